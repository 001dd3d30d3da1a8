//! What commands ask about figures: by `todoke figures`, whoever holds the store.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    domain::{
        figure::{Day, FigureName},
        id::AccountId,
        segment::Shown,
        staff::{Actor, Machine, rights::SeeFigures},
        time::Date,
    },
    journeys::{
        Ctx,
        targets::{known, shown},
    },
};

/// Without a beginning so many days are told.
const USUAL_DAYS: i32 = 28;

/// A question about an account's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The first day; `None`: four weeks before the last one.
    pub from: Option<Date>,
    /// The last day; `None`: yesterday, in the account's time zone.
    pub to: Option<Date>,
    /// Which figures; empty: all that are known.
    pub figures: Vec<FigureName>,
}

/// Answers a question: the days without a gap between them, with what is known of each.
pub(super) async fn answer(ctx: &Ctx, account: &AccountId, question: Value) -> Result<Value, String> {
    let Question { from, to, figures } = serde_json::from_value(question)
        .map_err(|error| format!("the command is not understood: {error}"))?;
    let zone = ctx.library.account(account).map(|account| account.time_zone.clone());
    let today = zone.map(|zone| ctx.clock.now().to_zoned(zone).date());
    let yesterday = today.and_then(|today| today.yesterday().ok()).ok_or("there is no such account")?;
    let to = to.unwrap_or(yesterday);
    let from = from.unwrap_or_else(|| to.saturating_sub((USUAL_DAYS - 1).days()));
    let actor: Actor<SeeFigures> = Machine.actor(account);
    let known = known(ctx, &actor, from, to).await.map_err(|error| error.to_string())?;
    let series = known
        .series
        .iter()
        .map(|series| json!({ "no": series.no, "name": series.name, "began": series.began }));
    let days = known.days.iter().map(|day| described(day, &figures));
    Ok(json!({
        "account": account,
        "from": from,
        "to": to,
        "series": series.collect::<Vec<_>>(),
        "days": days.collect::<Vec<_>>(),
    }))
}

/// A day. What is missing in `figures` is not known; `"few"` stands for what is not shown.
fn described(day: &Day, wanted: &[FigureName]) -> Value {
    let all: Vec<FigureName> = match wanted {
        [] => day.values().map(|(name, _)| name).collect(),
        wanted => wanted.to_vec(),
    };
    let figures: Map<String, Value> = all
        .into_iter()
        .filter_map(|name| {
            let value = match shown(day, &name)? {
                Shown::Exactly(value) => json!(value),
                Shown::Hidden | Shown::AllButAFew => json!("few"),
            };
            Some((name.to_string(), value))
        })
        .collect();
    let line = day.line.as_ref().map_or_else(
        || json!({ "status": "never_asked" }),
        |line| {
            let corrections = line.corrections.iter().map(|correction| {
                json!({
                    "at": correction.at,
                    "followers": correction.before.followers,
                    "blocks": correction.before.blocks,
                    "reaches": correction.before.reaches,
                })
            });
            json!({
                "status": line.said.code(),
                "asked": line.asked,
                "before": corrections.collect::<Vec<_>>(),
            })
        },
    );
    json!({
        "day": day.day,
        "line": line,
        "counted": day.own.as_ref().map(|own| own.counted),
        "figures": figures,
    })
}
