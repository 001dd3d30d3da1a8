//! Who follows, in pages: short ones too, with tokens that lead on for a day.

use std::collections::HashMap;

use axum::{
    body::{Body, Bytes},
    extract::{Query, State as Extract},
    http::{HeaderMap, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    FriendId, Simulator,
    api::{Effect, Verdict, authorized, carry_out},
};
use crate::domain::{follower::TOKEN_LIFE, time::Timestamp};

/// People on a page when nothing is asked for, and at most.
const USUAL: u64 = 300;
const MOST: u64 = 1_000;

/// The tokens that were given: who comes before the next page, and when.
#[derive(Debug, Default)]
pub(super) struct Followers {
    tokens: HashMap<String, (FriendId, Timestamp)>,
    pages: u64,
}

impl Followers {
    /// How many pages were given.
    pub(super) fn pages(&self) -> u64 {
        self.pages
    }

    pub(super) fn give(&mut self, next: Option<(String, FriendId)>, now: Timestamp) {
        self.pages += 1;
        self.tokens.extend(next.map(|(token, last)| (token, (last, now))));
    }

    /// Every token is a day older.
    pub(super) fn expire(&mut self) {
        for (_, given) in self.tokens.values_mut() {
            *given = given.checked_sub(TOKEN_LIFE).unwrap_or(Timestamp::MIN);
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    limit: Option<String>,
    start: Option<String>,
}

pub(super) async fn list(
    Extract(simulator): Extract<Simulator>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response<Body> {
    let verdict = match authorized(&simulator, &headers) {
        Ok(()) => judge(&simulator, &asked),
        Err(refused) => *refused,
    };
    carry_out(&simulator, "/v2/bot/followers/ids", &headers, &Bytes::new(), verdict).await
}

fn judge(simulator: &Simulator, asked: &Asked) -> Verdict {
    let now = simulator.0.clock.now();
    let mut state = simulator.state();
    if state.faults.unverified {
        return Verdict::refused(403, "Access to this API is not available for your account");
    }
    let limit = asked.limit.as_ref().map_or(Ok(USUAL), |limit| limit.parse::<u64>());
    let Some(limit) = limit.ok().filter(|limit| (1..=MOST).contains(limit)) else {
        return Verdict::refused(400, "The value for the 'limit' parameter is invalid");
    };
    let last = match &asked.start {
        None => None,
        Some(token) => match state.followers.tokens.get(token) {
            Some((last, given)) if now.duration_since(*given) < TOKEN_LIFE => Some(last.clone()),
            _ => return Verdict::refused(400, "The value for the 'start' parameter is invalid"),
        },
    };
    // LINE may give less than was asked for, even nothing, although there is more.
    let most = limit.min(state.faults.followers_a_page.unwrap_or(MOST));
    let length = state.random.below(most + 1);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut rest: Vec<FriendId> = state.people.followers().collect();
    rest.retain(|id| last.as_ref().is_none_or(|last| id > last));
    let page = &rest[..length.min(rest.len())];
    let mut answer = json!({ "userIds": page });
    let next = (page.len() < rest.len()).then(|| {
        let before = page.last().cloned().or(last).unwrap_or(FriendId(String::new()));
        (format!("{}=", state.random.hex()), before)
    });
    if let Some((token, _)) = &next {
        answer["next"] = token.as_str().into();
    }
    Verdict { status: 200, answer, event: None, effect: Some(Effect::Followers(next)) }
}
