//! Push, multicast and broadcast: once a retry key, within the month's quota, and not more often than LINE takes.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State as Extract,
    http::{HeaderMap, Response},
    routing::post,
};
use serde_json::{Value, json};

use super::{
    FriendId, Simulator, State,
    api::{Effect, RATE_LIMITED, Verdict, carry_out, common, header},
    people::Content,
};
use crate::domain::{message::Messages, time::Timestamp};

const PUSH: &str = "/v2/bot/message/push";
const MULTICAST: &str = "/v2/bot/message/multicast";
const BROADCAST: &str = "/v2/bot/message/broadcast";
/// The endpoints that send without having been asked by the people.
pub(super) const ENDPOINTS: [&str; 3] = [PUSH, MULTICAST, BROADCAST];
/// People of one multicast (Messaging API, "Send multicast message").
const MOST: usize = 500;

pub(super) fn routes() -> Router<Simulator> {
    Router::new().route(PUSH, post(push)).route(MULTICAST, post(multicast)).route(BROADCAST, post(broadcast))
}

/// What a call that is taken hands to people.
#[derive(Clone)]
pub(super) struct Sending {
    key: Option<String>,
    /// The custom aggregation unit; empty: none.
    pub(super) unit: String,
    messages: Messages,
    pub(super) to: Vec<FriendId>,
}

async fn push(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let verdict = judge_push(&simulator, &headers, &body).unwrap_or_else(|refused| *refused);
    carry_out(&simulator, PUSH, &headers, &body, verdict).await
}

async fn multicast(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let verdict = judge_multicast(&simulator, &headers, &body).unwrap_or_else(|refused| *refused);
    carry_out(&simulator, MULTICAST, &headers, &body, verdict).await
}

async fn broadcast(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let verdict = judge_broadcast(&simulator, &headers, &body).unwrap_or_else(|refused| *refused);
    carry_out(&simulator, BROADCAST, &headers, &body, verdict).await
}

type Judged = Result<Verdict, Box<Verdict>>;

fn judge_push(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Judged {
    let (value, messages) = common(simulator, headers, body)?;
    let (key, unit) = (retry_key(headers)?, unit(&value)?);
    let friend = FriendId(value["to"].as_str().unwrap_or_default().to_owned());
    if simulator.state().people.get(&friend).is_none() {
        return Err(invalid("to"));
    }
    let answer = json!({ "sentMessages": [{ "id": "1", "quoteToken": "q" }] });
    Ok(taken(answer, Sending { key, unit, messages, to: vec![friend] }))
}

fn judge_multicast(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Judged {
    let now = simulator.0.clock.now();
    if !simulator.state().buckets.multicast.take(now) {
        return Err(Box::new(Verdict::refused(429, RATE_LIMITED)));
    }
    let (value, messages) = common(simulator, headers, body)?;
    let (key, unit) = (retry_key(headers)?, unit(&value)?);
    let to: Vec<FriendId> = value["to"]
        .as_array()
        .map(|list| list.iter().map(|to| FriendId(to.as_str().unwrap_or_default().to_owned())).collect())
        .unwrap_or_default();
    if to.is_empty() || to.len() > MOST {
        return Err(invalid("to"));
    }
    let state = simulator.state();
    // LINE's reference says in one place that unknown ids are skipped, in another that they are refused.
    if state.faults.refuses_unknown || state.faults.refuses_unknown_silently {
        let unknown = to.iter().position(|friend| state.people.get(friend).is_none());
        match unknown {
            Some(at) if state.faults.refuses_unknown => return Err(invalid(&format!("to[{at}]"))),
            Some(_) => return Err(Box::new(Verdict::refused(400, "Failed to send messages"))),
            None => {}
        }
    }
    Ok(taken(json!({}), Sending { key, unit, messages, to }))
}

fn judge_broadcast(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Judged {
    let now = simulator.0.clock.now();
    if !simulator.state().buckets.broadcast.take(now) {
        return Err(Box::new(Verdict::refused(429, RATE_LIMITED)));
    }
    let (value, messages) = common(simulator, headers, body)?;
    let key = retry_key(headers)?;
    for other in ["to", "customAggregationUnits"] {
        if !value[other].is_null() {
            return Err(invalid(other));
        }
    }
    let to = simulator.state().people.followers().collect();
    Ok(taken(json!({}), Sending { key, unit: String::new(), messages, to }))
}

/// Taken, unless the key or the quota stand against it when it takes effect.
fn taken(answer: Value, sending: Sending) -> Verdict {
    Verdict { status: 200, answer, event: None, effect: Some(Effect::Send(sending)) }
}

/// The retry key of a call that takes one.
fn retry_key(headers: &HeaderMap) -> Result<Option<String>, Box<Verdict>> {
    let key = header(headers, "x-line-retry-key");
    if key.as_ref().is_some_and(|key| uuid::Uuid::parse_str(key).is_err()) {
        return Err(Box::new(Verdict::refused(400, "The retry key is invalid")));
    }
    Ok(key)
}

fn unit(value: &Value) -> Result<String, Box<Verdict>> {
    let units = &value["customAggregationUnits"];
    let unit = units[0].as_str().unwrap_or_default();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if units.as_array().map_or(0, Vec::len) > 1 || unit.len() > 30 || !unit.bytes().all(is_name) {
        return Err(invalid("customAggregationUnits"));
    }
    Ok(unit.to_owned())
}

fn invalid(property: &str) -> Box<Verdict> {
    let message = format!("The property, '{property}', in the request body is invalid (line: -, column: -)");
    Box::new(Verdict::refused(400, &message))
}

/// Why a call that was judged well does not take effect.
pub(super) enum Stopped {
    /// Its key was accepted before, under this request.
    Already(String),
    /// The month's quota does not reach that far; of such a call nobody gets anything.
    QuotaOut,
}

impl State {
    /// Hands it to people: all of it or nothing, at one moment.
    pub(super) fn send(&mut self, sending: Sending, now: Timestamp, request: &str) -> Result<(), Stopped> {
        if let Some(first) = sending.key.as_ref().and_then(|key| self.tokens.accepted_under(key, now)) {
            return Err(Stopped::Already(first));
        }
        // Whoever has blocked the account is skipped silently, and not counted.
        let is_reached = |friend: &&FriendId| self.people.get(friend).is_some_and(|friend| friend.follows);
        let reached: Vec<&FriendId> = sending.to.iter().filter(is_reached).collect();
        let count = u64::try_from(reached.len()).unwrap_or(u64::MAX);
        if !self.usage.take(count) {
            return Err(Stopped::QuotaOut);
        }
        self.usage.count_unit(&sending.unit, count, sending.messages.list().len());
        for friend in reached {
            self.people.say(friend, now, None, || Content::Said(sending.messages.clone()));
        }
        if let Some(key) = sending.key {
            self.tokens.remember(key, now, request);
        }
        Ok(())
    }
}
