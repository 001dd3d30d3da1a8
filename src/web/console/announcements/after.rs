//! What came of an announcement: who left, who asked for fewer, what LINE counted; in numbers alone.

use askama::Template;

use super::{super::frame::Frame, super::visit::Visit, words::number};
use crate::{
    domain::{
        announcement::{Announcement, Stage},
        staff::{Actor, rights::ViewConsole},
    },
    journeys::announce::{self, Afterwards},
    web::error::ConsoleError,
};

struct Row {
    key: &'static str,
    count: String,
    /// Of every 10,000 who were reached; empty: that says nothing.
    share: String,
    usual: String,
}

#[derive(Template)]
#[template(path = "console/announcements/after.html")]
struct After {
    frame: Frame,
    rows: Vec<Row>,
    /// What LINE counted: a name or an address, and how many people.
    line: Vec<(String, String)>,
    is_asked: bool,
}

/// It as a part of a page; empty before anybody was reached.
pub(super) async fn html(
    visit: &Visit,
    actor: &Actor<ViewConsole>,
    one: &Announcement,
) -> Result<String, ConsoleError> {
    let went_out = matches!(one.way.stage(), Stage::Sent { .. } | Stage::Cancelled { begun: true, .. });
    if !went_out {
        return Ok(String::new());
    }
    let frame = visit.frame();
    let Afterwards { fewer, left, share, usual, line, .. } =
        announce::afterwards(visit.ctx(), actor, one.id).await?;
    let told = |part: Option<u64>| part.map(number).unwrap_or_default();
    let row = |key, count: u64, share: Option<u64>, usual: Option<u64>| Row {
        key,
        count: number(count),
        share: told(share),
        usual: told(usual),
    };
    let rows = vec![
        row("ann-left-soon", left.soon, share.map(|left| left.soon), usual.map(|left| left.soon)),
        row("ann-left-later", left.later, share.map(|left| left.later), usual.map(|left| left.later)),
        row("ann-fewer", fewer, None, None),
    ];
    let is_asked = line.is_some();
    let mut counted = Vec::new();
    if let Some(line) = line {
        let or_dash = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), number);
        counted.push((frame.t("ann-line-seen"), or_dash(line.seen)));
        counted.push((frame.t("ann-line-opened"), or_dash(line.opened_a_link)));
        counted.extend(line.links.into_iter().map(|(address, people)| (address, or_dash(people))));
    }
    After { frame, rows, line: counted, is_asked }.render().map_err(|error| {
        tracing::error!(%error, "what came of an announcement could not be rendered");
        ConsoleError::Internal
    })
}
