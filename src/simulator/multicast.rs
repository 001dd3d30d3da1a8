//! Multicast: the same to up to 500 people, once a retry key, and not more often than LINE takes.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::State as Extract,
    http::{HeaderMap, Response},
};
use serde_json::{Value, json};

use super::{
    FriendId, Simulator,
    api::{Effect, Verdict, carry_out, common, retry_key},
};
use crate::domain::time::Timestamp;

const ENDPOINT: &str = "/v2/bot/message/multicast";
/// People of one call (Messaging API, "Send multicast message").
const MOST: usize = 500;

/// A bucket like LINE's: it refuses what comes faster than its rate, and holds a second's worth.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    left: f64,
    at: Timestamp,
}

impl Bucket {
    pub(super) fn new(per_second: u32, now: Timestamp) -> Self {
        Self { per_second: f64::from(per_second), left: f64::from(per_second), at: now }
    }

    /// Whether a call comes slowly enough.
    fn take(&mut self, now: Timestamp) -> bool {
        let passed = Duration::try_from(now.duration_since(self.at)).unwrap_or_default().as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * self.per_second).min(self.per_second);
        let is_taken = self.left >= 1.0;
        self.left -= f64::from(u8::from(is_taken));
        is_taken
    }
}

pub(super) async fn multicast(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let verdict = judge(&simulator, &headers, &body);
    carry_out(&simulator, ENDPOINT, &headers, &body, verdict).await
}

fn judge(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Verdict {
    let now = simulator.0.clock.now();
    if !simulator.state().multicasts.take(now) {
        return Verdict::refused(429, "The API rate limit has been exceeded. Try again later.");
    }
    let (value, messages) = match common(simulator, headers, body) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let key = match retry_key(headers) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let to: Option<Vec<FriendId>> = value["to"]
        .as_array()
        .map(|list| list.iter().map(|to| FriendId(to.as_str().unwrap_or_default().to_owned())).collect());
    let to = to.unwrap_or_default();
    if to.is_empty() || to.len() > MOST {
        return invalid("to");
    }
    let units = value["customAggregationUnits"].as_array().map_or(0, Vec::len);
    let unit = value["customAggregationUnits"][0].as_str().unwrap_or_default().to_owned();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if units > 1 || unit.len() > 30 || !unit.bytes().all(is_name) {
        return invalid("customAggregationUnits");
    }
    let state = simulator.state();
    // LINE's reference says in one place that unknown ids are skipped, in another that they are refused.
    let unknown = to.iter().position(|friend| state.people.get(friend).is_none());
    if let Some(at) = unknown.filter(|_| state.faults.refuses_unknown) {
        return invalid(&format!("to[{at}]"));
    }
    if let Some(key) = &key
        && state.tokens.accepted_under(key, now).is_some()
    {
        return Verdict::refused(409, "The retry key is already accepted");
    }
    let effect = Effect::Multicast { key, unit, messages, to };
    Verdict { status: 200, answer: json!({}), event: None, effect: Some(effect) }
}

fn invalid(property: &str) -> Verdict {
    let message = format!("The property, '{property}', in the request body is invalid (line: -, column: -)");
    let answer: Value = json!({ "message": message });
    Verdict { status: 400, answer, event: None, effect: None }
}
