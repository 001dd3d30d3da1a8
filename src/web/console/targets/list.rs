//! All targets at a glance. What was removed can be put back.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    super::{
        chart,
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page},
    },
    account, base,
    view::Card,
    words::Words,
};
use crate::{
    domain::{
        figure::status::Status,
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

/// One that was removed.
struct Removed {
    /// Where the form that puts it back is posted.
    action: String,
    version: u64,
    name: String,
    label: String,
    when: String,
}

#[derive(Template)]
#[template(path = "console/targets/list.html")]
struct ListPage {
    frame: Frame,
    base: String,
    may_edit: bool,
    done: Option<&'static str>,
    /// How many stand how.
    summary: Vec<(&'static str, String, usize)>,
    cards: Vec<Card>,
    removed: Vec<Removed>,
    width: u64,
    height: u64,
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(done): Query<Done>,
) -> Result<Response, ConsoleError> {
    let (names, base) = (Names::of(&visit).await?, base(&visit)?);
    let words = Words { words: visit.words(), account: account(&visit)? };
    let outlooks = journey::outlooks(visit.ctx(), &actor).await?;
    let may_edit = visit.actor::<EditTargets>().is_ok();
    let known = if may_edit { journey::list(visit.ctx(), &actor).await? } else { Vec::new() };
    let removed = known.into_iter().filter(|known| known.value.removed).map(|known| Removed {
        action: format!("{base}/target/{}/edit", known.value.id),
        version: known.version.0,
        name: known.value.name.as_str().to_owned(),
        label: words.with("target-restore", &[("name", known.value.name.as_str())]),
        when: names.time(known.value.changed),
    });
    let count = |status: Status| outlooks.iter().filter(|outlook| outlook.status == status).count();
    Ok(page(&ListPage {
        done: match done.done.as_str() {
            "removed" => Some("target-removed"),
            "restored" => Some("target-restored"),
            _ => None,
        },
        summary: Status::ALL
            .into_iter()
            .map(|status| (status.code(), words.status(status).0, count(status)))
            .filter(|(.., count)| *count > 0)
            .collect(),
        cards: outlooks.iter().map(|outlook| Card::new(&words, &base, outlook)).collect(),
        removed: removed.collect(),
        may_edit,
        base,
        width: chart::WIDTH,
        height: chart::HEIGHT,
        frame: visit.frame(),
    }))
}
