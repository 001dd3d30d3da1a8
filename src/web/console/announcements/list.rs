//! Announcements by where they stand: what waits for an approver first, then what is on its way, drafts, what went out.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page},
    },
    account, base, is_shown,
    look::segments_of,
    words::{Words, kind_key, number, stage_key},
};
use crate::{
    domain::{
        announcement::{Announcement, Kind, Stage},
        staff::rights::{ViewConsole, WriteDrafts},
    },
    journeys::announce,
    web::error::ConsoleError,
};

/// So many are shown on a page.
const A_PAGE: usize = 200;

/// From where on.
#[derive(Deserialize)]
pub(in crate::web::console) struct Search {
    #[serde(default)]
    before: String,
}

struct Row {
    href: String,
    title: String,
    kind: &'static str,
    /// Whether it is worth a mark of its own.
    is_special: bool,
    stage: &'static str,
    audience: String,
    count: String,
    author: String,
    when: String,
    needs_review: bool,
}

struct Part {
    id: &'static str,
    heading: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "console/announcements/list.html")]
struct ListPage {
    frame: Frame,
    base: String,
    may_write: bool,
    parts: Vec<Part>,
    /// The address of what is older.
    older: Option<String>,
}

/// Where one stands in the list; lower is higher.
fn part_of(announcement: &Announcement) -> usize {
    match announcement.way.stage() {
        Stage::Waiting { .. } => 0,
        Stage::Held { .. } | Stage::Sending { .. } => 1,
        Stage::Draft => 2,
        Stage::Sent { .. } => 3,
        Stage::Cancelled { .. } => 4,
    }
}

/// Shows them.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
    Query(search): Query<Search>,
) -> Result<Response, ConsoleError> {
    let (names, base, account) = (Names::of(&visit).await?, base(&visit)?, account(&visit)?);
    let segments = segments_of(&visit).await?;
    let words = Words { words: visit.words(), account, segments: &segments };
    let before = search.before.parse().ok();
    let all = announce::list(visit.ctx(), &actor, before, A_PAGE).await?;
    let older =
        all.last().filter(|_| all.len() == A_PAGE).map(|last| format!("{base}?before={}", last.value.id));
    let mut parts = [
        ("waiting", "ann-part-waiting"),
        ("moving", "ann-part-moving"),
        ("drafts", "ann-part-drafts"),
        ("sent", "ann-part-sent"),
        ("cancelled", "ann-part-cancelled"),
    ]
    .map(|(id, heading)| Part { id, heading, rows: Vec::new() });
    for known in all.iter().filter(|known| is_shown(&visit, &known.value)) {
        let one = &known.value;
        parts[part_of(one)].rows.push(Row {
            href: format!("{base}/a/{}", one.id),
            title: one.draft.content.title.as_str().to_owned(),
            kind: kind_key(one.draft.kind),
            is_special: one.draft.kind != Kind::Ordinary,
            stage: stage_key(one),
            audience: words.audience(&one.draft),
            count: announce::count_of(&one.way).map(number).unwrap_or_default(),
            author: names.person(one.way.author()),
            when: names.time(one.changed),
            needs_review: one.way.review_due().is_some(),
        });
    }
    Ok(page(&ListPage {
        frame: visit.frame(),
        base,
        may_write: visit.actor::<WriteDrafts>().is_ok(),
        parts: parts.into_iter().filter(|part| !part.rows.is_empty()).collect(),
        older,
    }))
}
