//! The numbers of followers by day: what people did, or what a script says; ready about a day later.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Query, State as Extract},
    http::{HeaderMap, Response},
    routing::get,
};
use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    FriendId, Simulator,
    api::{Effect, RATE_LIMITED, Verdict, authorized, carry_out},
};
use crate::domain::time::{Date, Timestamp};

pub(super) const ENDPOINT: &str = "/v2/bot/insight/followers";
/// LINE counts by the days of Japan.
const JAPAN: i8 = 9;
/// So long after a day's end its numbers are not ready.
const READY_AFTER: SignedDuration = SignedDuration::from_hours(20);
/// Of so many friends in a hundred LINE supposes enough to reach them by it.
const REACHED_OF_100: u64 = 80;

/// What a script has the double say of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DaySays {
    /// The numbers are these, at once.
    Ready {
        /// People who ever added the account.
        followers: u64,
        /// People who block it.
        blocks: u64,
        /// People who can be reached by what LINE supposes of them; `None`: LINE does not tell.
        reaches: Option<u64>,
    },
    /// They are not ready, however long one waits.
    Unready,
    /// There are none.
    OutOfService,
    /// A status that LINE's documentation does not name.
    Status(&'static str),
    /// 500.
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Totals {
    followers: u64,
    blocks: u64,
}

/// What people did, by day, and what a script says.
#[derive(Debug)]
pub(super) struct Insight {
    /// The account's first day.
    opened: Date,
    /// Everybody who ever added the account; nobody leaves this list.
    ever: BTreeSet<FriendId>,
    blocking: BTreeSet<FriendId>,
    /// How many there were at the end of the days on which something changed.
    totals: BTreeMap<Date, Totals>,
    script: BTreeMap<Date, DaySays>,
    limited: u64,
}

impl Insight {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            opened: day_at(now),
            ever: BTreeSet::new(),
            blocking: BTreeSet::new(),
            totals: BTreeMap::new(),
            script: BTreeMap::new(),
            limited: 0,
        }
    }

    /// Somebody added the account, or blocks it now.
    pub(super) fn note(&mut self, friend: &FriendId, follows: bool, now: Timestamp) {
        if follows {
            self.ever.insert(friend.clone());
            self.blocking.remove(friend);
        } else if self.ever.contains(friend) {
            self.blocking.insert(friend.clone());
        }
        self.total(now);
    }

    /// Somebody's LINE account is gone: they block nobody, and the followers do not fall.
    pub(super) fn forget(&mut self, friend: &FriendId, now: Timestamp) {
        self.blocking.remove(friend);
        self.total(now);
    }

    fn total(&mut self, now: Timestamp) {
        let count = |people: &BTreeSet<FriendId>| u64::try_from(people.len()).unwrap_or(u64::MAX);
        let totals = Totals { followers: count(&self.ever), blocks: count(&self.blocking) };
        self.totals.insert(day_at(now), totals);
    }

    /// What is said of a day; a status beside 200 has LINE's words.
    fn says(&self, day: Date, now: Timestamp) -> Result<Value, (u16, &'static str)> {
        let none = |status: &str| json!({ "status": status, "followers": null, "targetedReaches": null, "blocks": null });
        match self.script.get(&day) {
            Some(DaySays::Ready { followers, blocks, reaches }) => {
                return Ok(json!({
                    "status": "ready", "followers": followers, "targetedReaches": reaches, "blocks": blocks,
                }));
            }
            Some(DaySays::Unready) => return Ok(none("unready")),
            Some(DaySays::OutOfService) => return Ok(none("out_of_service")),
            Some(DaySays::Status(status)) => return Ok(none(status)),
            Some(DaySays::Error) => return Err((500, "Internal server error")),
            None => {}
        }
        if day < self.opened {
            return Ok(none("out_of_service"));
        }
        let end = day.saturating_add(1.day()).to_zoned(japan()).map(|end| end.timestamp());
        let is_ready = end.is_ok_and(|end| now.duration_since(end) >= READY_AFTER);
        if !is_ready {
            return Ok(none("unready"));
        }
        let last = self.totals.range(..=day).next_back();
        let totals = last.map_or(Totals { followers: 0, blocks: 0 }, |(_, totals)| *totals);
        let reaches = (totals.followers - totals.blocks) * REACHED_OF_100 / 100;
        Ok(json!({
            "status": "ready", "followers": totals.followers, "targetedReaches": reaches, "blocks": totals.blocks,
        }))
    }
}

impl Simulator {
    /// What is said of a day from now on, instead of what follows from what people did.
    pub fn script_insight(&self, day: Date, says: DaySays) {
        self.state().insight.script.insert(day, says);
    }

    /// The account's first day; there are no numbers from before it.
    pub fn open_since(&self, day: Date) {
        self.state().insight.opened = day;
    }

    /// How often somebody asked for the numbers of a day too fast.
    pub fn insight_limited(&self) -> u64 {
        self.state().insight.limited
    }
}

fn japan() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(JAPAN))
}

fn day_at(now: Timestamp) -> Date {
    now.to_zoned(japan()).date()
}

pub(super) fn routes() -> Router<Simulator> {
    Router::new().route(ENDPOINT, get(followers))
}

#[derive(Deserialize)]
struct Asked {
    date: Option<String>,
}

async fn followers(
    Extract(simulator): Extract<Simulator>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response<Body> {
    let verdict = match authorized(&simulator, &headers) {
        Ok(()) => judge(&simulator, &asked),
        Err(refused) => *refused,
    };
    carry_out(&simulator, ENDPOINT, &headers, &Bytes::new(), verdict).await
}

fn judge(simulator: &Simulator, asked: &Asked) -> Verdict {
    let now = simulator.0.clock.now();
    let mut state = simulator.state();
    if !state.buckets.followers.take(now) {
        state.insight.limited += 1;
        return Verdict::refused(429, RATE_LIMITED);
    }
    let day = match &asked.date {
        // LINE's own default is yesterday.
        None => day_at(now).yesterday().ok(),
        Some(text) => (text.len() == 8).then(|| Date::strptime("%Y%m%d", text).ok()).flatten(),
    };
    let Some(day) = day else {
        return Verdict::refused(400, "The value for the 'date' parameter is invalid");
    };
    match state.insight.says(day, now) {
        Ok(answer) => Verdict { status: 200, answer, event: None, effect: Some(Effect::Look) },
        Err((status, message)) => Verdict::refused(status, message),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn followers_never_fall_blocks_do_and_a_day_is_ready_about_a_day_later() {
        let mut insight = Insight::new(at("2026-11-20T00:00:00Z"));
        let [one, two] = ["U1", "U2"].map(|id| FriendId(id.into()));
        insight.note(&one, true, at("2026-11-20T01:00:00Z"));
        insight.note(&two, true, at("2026-11-20T02:00:00Z"));
        // 23:59 and 00:00 in Japan.
        insight.note(&one, false, at("2026-11-21T14:59:00Z"));
        insight.note(&two, false, at("2026-11-21T15:00:00Z"));
        insight.note(&one, true, at("2026-11-23T00:00:00Z"));
        insight.forget(&two, at("2026-11-24T00:00:00Z"));
        let now = at("2026-11-28T00:00:00Z");
        let numbers = |day: i8| {
            let said = insight.says(date(2026, 11, day), now).unwrap();
            (said["status"] == "ready").then(|| (said["followers"].clone(), said["blocks"].clone()))
        };
        let is = |followers: u64, blocks: u64| Some((json!(followers), json!(blocks)));
        let days = [19, 20, 21, 22, 23, 24, 26, 27].map(numbers);
        let expected = [None, is(2, 0), is(2, 1), is(2, 2), is(2, 1), is(2, 0), is(2, 0), None];
        assert_eq!(days, expected);
        let said = |day| insight.says(day, now).unwrap()["status"].clone();
        assert_eq!(said(date(2026, 11, 19)), "out_of_service");
        assert_eq!(said(date(2026, 11, 27)), "unready");
    }
}
