//! What falls due: answers that expire, and those whose source page nobody has compared for long.

use askama::Template;
use axum::response::Response;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page},
    },
    Place,
    list::DUE_DAYS,
};
use crate::{
    domain::staff::rights::EditIntents,
    intent::listing::{self, Due, Reason},
    web::error::ConsoleError,
};

/// A source page is to be compared again after so many days.
pub(super) const RECHECK_DAYS: u16 = 180;
/// So many are shown; the earliest come first.
const MOST: usize = 500;

struct Row {
    href: String,
    title: String,
    owner: String,
    day: String,
    why: String,
    has_passed: bool,
}

#[derive(Template)]
#[template(path = "console/intents/due.html")]
struct DuePage {
    frame: Frame,
    base: String,
    rows: Vec<Row>,
    more: usize,
}

/// Shows them, the earliest first.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let (place, frame) = (Place::of(&visit)?, visit.frame());
    let today = place.today();
    let due = listing::due(&place.head.edition, today, DUE_DAYS, RECHECK_DAYS);
    let row = |due: &Due<'_>| Row {
        href: format!("{}/{}", place.base, due.entry.id),
        title: due.entry.title.to_owned(),
        owner: due.entry.owner.to_owned(),
        day: due.day.to_string(),
        why: frame.t(match due.why {
            Reason::Expires => "due-expires",
            Reason::SourceUnchecked => "due-unchecked",
        }),
        has_passed: due.day < today,
    };
    let rows: Vec<Row> = due.iter().take(MOST).map(row).collect();
    let more = due.len() - rows.len();
    Ok(page(&DuePage { base: place.base.clone(), rows, more, frame }))
}
