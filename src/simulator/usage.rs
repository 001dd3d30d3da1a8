//! What an account has used and what came of it: the month's quota, aggregation units and their statistics; and the
//! call that tries messages without sending them.

use std::collections::{BTreeMap, HashMap};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, State as Extract},
    http::{HeaderMap, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Simulator,
    api::{Effect, RATE_LIMITED, Verdict, authorized, carry_out, common},
};
use crate::domain::time::Date;

/// Names a month; LINE drops one more in silence ("Get number of units used this month").
const MOST_UNITS: usize = 1_000;
/// Fewer people are not told as a number.
const FEW: u64 = 20;
/// Days between the first and the last ("Get statistics per unit").
const MOST_DAYS: i32 = 30;

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/v2/bot/message/quota", get(quota))
        .route("/v2/bot/message/quota/consumption", get(consumption))
        .route("/v2/bot/message/aggregation/info", get(units))
        .route("/v2/bot/insight/message/event/aggregation", get(statistics))
        .route("/v2/bot/message/validate/{kind}", post(validate))
}

/// What was used this month.
#[derive(Debug, Default)]
pub(super) struct Usage {
    pub(super) limit: Option<u64>,
    used: u64,
    units: HashMap<String, Unit>,
}

#[derive(Debug, Default)]
struct Unit {
    people: u64,
    bubbles: usize,
    taps: BTreeMap<String, u64>,
}

impl Usage {
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Whether the quota reaches that far; it is used then.
    pub(super) fn take(&mut self, people: u64) -> bool {
        let after = self.used.saturating_add(people);
        let is_enough = self.limit.is_none_or(|limit| after <= limit);
        if is_enough {
            self.used = after;
        }
        is_enough
    }

    pub(super) fn count_unit(&mut self, name: &str, people: u64, bubbles: usize) {
        if name.is_empty() || (self.units.len() >= MOST_UNITS && !self.units.contains_key(name)) {
            return;
        }
        let unit = self.units.entry(name.to_owned()).or_default();
        unit.people += people;
        unit.bubbles = unit.bubbles.max(bubbles);
    }
}

impl Simulator {
    /// The month's quota in recipients from now on; `None`: there is none.
    pub fn set_monthly_limit(&self, limit: Option<u64>) {
        self.state().usage.limit = limit;
    }

    /// So many people were sent to by somebody else: LINE's own console.
    pub fn use_up(&self, people: u64) {
        let mut state = self.state();
        state.usage.used = state.usage.used.saturating_add(people);
    }

    /// So many people open a link of what is counted under a unit.
    pub fn tap_link(&self, unit: &str, url: &str, people: u64) {
        if let Some(unit) = self.state().usage.units.get_mut(unit) {
            *unit.taps.entry(url.to_owned()).or_default() += people;
        }
    }
}

async fn look(
    simulator: &Simulator,
    endpoint: &'static str,
    headers: &HeaderMap,
    told: impl FnOnce(&Usage) -> Result<Value, (u16, &'static str)>,
) -> Response<Body> {
    let verdict = match authorized(simulator, headers) {
        Err(refused) => *refused,
        Ok(()) => match told(&simulator.state().usage) {
            Ok(answer) => Verdict { status: 200, answer, event: None, effect: Some(Effect::Look) },
            Err((status, message)) => Verdict::refused(status, message),
        },
    };
    carry_out(simulator, endpoint, headers, &Bytes::new(), verdict).await
}

async fn quota(Extract(simulator): Extract<Simulator>, headers: HeaderMap) -> Response<Body> {
    let told = |usage: &Usage| {
        Ok(match usage.limit {
            None => json!({ "type": "none" }),
            Some(limit) => json!({ "type": "limited", "value": limit }),
        })
    };
    look(&simulator, "/v2/bot/message/quota", &headers, told).await
}

async fn consumption(Extract(simulator): Extract<Simulator>, headers: HeaderMap) -> Response<Body> {
    let told = |usage: &Usage| Ok(json!({ "totalUsage": usage.used }));
    look(&simulator, "/v2/bot/message/quota/consumption", &headers, told).await
}

async fn units(Extract(simulator): Extract<Simulator>, headers: HeaderMap) -> Response<Body> {
    let told = |usage: &Usage| Ok(json!({ "numOfCustomAggregationUnits": usage.units.len() }));
    look(&simulator, "/v2/bot/message/aggregation/info", &headers, told).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    custom_aggregation_unit: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

async fn statistics(
    Extract(simulator): Extract<Simulator>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response<Body> {
    let now = simulator.0.clock.now();
    let in_time = simulator.state().buckets.insight.take(now);
    let told = |usage: &Usage| {
        if !in_time {
            return Err((429, RATE_LIMITED));
        }
        let (Some(from), Some(to)) = (day(&asked.from), day(&asked.to)) else {
            return Err((400, "The value for the 'from' parameter is invalid"));
        };
        if !(0..=MOST_DAYS).contains(&(to - from).get_days()) {
            return Err((400, "The value for the 'to' parameter is invalid"));
        }
        Ok(told_of(usage.units.get(&asked.custom_aggregation_unit)))
    };
    look(&simulator, "/v2/bot/insight/message/event/aggregation", &headers, told).await
}

fn day(text: &str) -> Option<Date> {
    (text.len() == 8).then(|| Date::strptime("%Y%m%d", text).ok()).flatten()
}

/// A unit that was never used has no numbers; one of few people neither.
fn told_of(unit: Option<&Unit>) -> Value {
    let shown = |people: u64| (people >= FEW).then_some(people);
    let Some(unit) = unit else {
        return json!({ "overview": { "uniqueImpression": null, "uniqueClick": null }, "messages": [], "clicks": [] });
    };
    let clicks = unit.taps.iter().enumerate();
    let clicks: Vec<Value> = clicks
        .map(|(n, (url, people))| {
            json!({ "seq": n + 1, "url": url, "click": shown(*people), "uniqueClick": shown(*people) })
        })
        .collect();
    let people = shown(unit.people);
    let bubbles = 1..=unit.bubbles;
    let bubbles: Vec<Value> =
        bubbles.map(|seq| json!({ "seq": seq, "impression": people, "uniqueImpression": people })).collect();
    let tapped = shown(unit.taps.values().copied().max().unwrap_or(0));
    json!({
        "overview": { "uniqueImpression": people, "uniqueClick": tapped, "uniqueMediaPlayed": null },
        "messages": bubbles, "clicks": clicks,
    })
}

async fn validate(
    Extract(simulator): Extract<Simulator>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let endpoint = match kind.as_str() {
        "reply" => "/v2/bot/message/validate/reply",
        "push" => "/v2/bot/message/validate/push",
        "multicast" => "/v2/bot/message/validate/multicast",
        "narrowcast" => "/v2/bot/message/validate/narrowcast",
        "broadcast" => "/v2/bot/message/validate/broadcast",
        _ => return super::api::answer(404, &json!({ "message": "Not found" }), None),
    };
    let verdict = match common(&simulator, &headers, &body) {
        Ok(_) => Verdict { status: 200, answer: json!({}), event: None, effect: Some(Effect::Look) },
        Err(refused) => *refused,
    };
    carry_out(&simulator, endpoint, &headers, &body, verdict).await
}
