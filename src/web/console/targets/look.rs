//! One target: its card, its years, its files.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    super::{
        chart,
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page},
    },
    account, base, target_id,
    view::Card,
    words::{Words, number},
};
use crate::{
    domain::{
        figure::fiscal::FiscalYear,
        staff::rights::{EditTargets, SeeFigures},
    },
    journeys::targets as journey,
    web::error::ConsoleError,
};

/// What was done just now.
#[derive(Deserialize)]
pub(in crate::web::console) struct Done {
    #[serde(default)]
    done: String,
}

/// A fiscal year of the target.
struct Year {
    label: String,
    href: String,
    /// The value and its day, what was planned.
    value: String,
    planned: String,
    sign: String,
    mark: String,
    reason: String,
    next_step: String,
    /// Who evaluated it when; empty: nobody yet.
    by: String,
    is_over: bool,
}

#[derive(Template)]
#[template(path = "console/targets/look.html")]
struct LookPage {
    frame: Frame,
    base: String,
    may_edit: bool,
    done: Option<&'static str>,
    card: Card,
    note: String,
    owner: String,
    changed: String,
    years: Vec<Year>,
    width: u64,
    height: u64,
}

/// Shows it.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, ConsoleError> {
    let id = target_id(&id)?;
    let (names, base) = (Names::of(&visit).await?, base(&visit)?);
    let words = Words { words: visit.words(), account: account(&visit)? };
    let ctx = visit.ctx();
    let outlook = journey::outlook(ctx, &actor, id).await?.ok_or(ConsoleError::NotFound)?;
    let evaluations = journey::evaluations(ctx, &actor, id).await?;
    let today = ctx.today(actor.account()).ok_or(ConsoleError::NotFound)?;
    let target = &outlook.target.value;
    let card = Card::new(&words, &base, &outlook);
    let mut years = Vec::new();
    // The baseline's own day belongs to the year before the first that is judged.
    let mut year = Some(FiscalYear::of(target.baseline.day.tomorrow().unwrap_or(target.baseline.day)));
    while let Some(one) = year.filter(|one| one.first_day() <= today) {
        let known = evaluations.iter().map(|known| &known.value).find(|known| known.year == one);
        let (value, planned, _) = journey::suggested_for(target, &outlook.days, one);
        let (value, planned) = known.map_or((value, planned), |known| (known.value, known.planned));
        years.push(Year {
            label: words.year(one),
            href: format!("{}/year/{}", card.href, one.number()),
            value: value.map_or_else(
                || "—".to_owned(),
                |point| {
                    let day = words.day(point.day);
                    let value = number(point.value as f64);
                    words.with("target-as-of", &[("value", &value), ("day", &day)])
                },
            ),
            planned: planned.map_or_else(|| "—".to_owned(), |planned| number(planned as f64)),
            sign: known.map_or_else(String::new, |known| known.mark.sign().to_owned()),
            mark: known.map_or_else(|| words.say("target-not-evaluated"), |known| words.mark(known.mark)),
            reason: known.map_or_else(String::new, |known| known.reason.clone()),
            next_step: known.map_or_else(String::new, |known| known.next_step.clone()),
            by: known.map_or_else(String::new, |known| {
                let who = known.by.map_or_else(|| words.say("who-command-line"), |by| names.person(by));
                format!("{who} {}", names.time(known.at))
            }),
            is_over: one.is_over(today),
        });
        year = one.next();
    }
    years.reverse();
    let owner = target.owner.map_or_else(|| words.say("who-command-line"), |owner| names.person(owner));
    Ok(page(&LookPage {
        may_edit: visit.actor::<EditTargets>().is_ok(),
        done: match done.done.as_str() {
            "saved" => Some("target-saved"),
            "evaluated" => Some("target-evaluated"),
            _ => None,
        },
        note: target.note.clone(),
        owner,
        changed: names.time(target.changed),
        years,
        card,
        base,
        width: chart::WIDTH,
        height: chart::HEIGHT,
        frame: visit.frame().titled(target.name.as_str().to_owned()),
    }))
}
