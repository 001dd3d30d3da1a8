//! Intents from CSV or Excel: first every row's problem, then drafts of all rows or of none.

use askama::Template;
use axum::response::Response;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        sheet::unreadable,
        visit::{Visit, page, page_with_problems, see},
    },
    Place, words,
};
use crate::{
    domain::staff::rights::EditIntents,
    intent::{columns::CellProblem, source::Severity},
    journeys::curate::import::{ImportReport, import},
    sheet,
    web::error::ConsoleError,
};

/// So many problems are shown.
const MOST_PROBLEMS: usize = 500;

struct Row {
    place: String,
    field: String,
    what: String,
    is_error: bool,
}

#[derive(Template)]
#[template(path = "console/intents/import.html")]
struct ImportPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    problem: Option<String>,
    /// What the sheet would do: once it was read.
    summary: Option<String>,
    rows: Vec<Row>,
    more: usize,
    /// Intents of which somebody else has a draft.
    held: Vec<(String, String)>,
    /// The sheet as CSV, carried from the first run to the second.
    text: String,
    can_go: bool,
}

/// Asks for the file.
pub(in crate::web::console) async fn ask(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    Ok(page(&empty(&visit, &place)))
}

fn empty<'a>(visit: &'a Visit, place: &Place<'_>) -> ImportPage<'a> {
    ImportPage {
        frame: visit.frame(),
        base: place.base.clone(),
        action: visit.path(),
        problem: None,
        summary: None,
        rows: Vec::new(),
        more: 0,
        held: Vec::new(),
        text: String::new(),
        can_go: false,
    }
}

/// Looks at a file, or makes drafts of it when that was asked for.
pub(in crate::web::console) async fn go(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let mut shown = empty(&visit, &place);
    let read = match posted.file("list") {
        Some(bytes) => sheet::read(bytes),
        None => sheet::read(posted.raw("text").as_bytes()),
    };
    let rows = match read {
        Ok(rows) => rows,
        Err(error) => {
            shown.problem = Some(unreadable(visit.words(), &error));
            return Ok(page_with_problems(&shown));
        }
    };
    let dry_run = posted.text("act") != "go";
    if dry_run {
        let csv = sheet::write(&rows, sheet::Format::Csv).map_err(|_| ConsoleError::Internal)?;
        shown.text = String::from_utf8_lossy(&csv).into_owned();
    } else {
        posted.raw("text").clone_into(&mut shown.text);
    }
    let report = import(place.desk, &actor, rows, dry_run).await?;
    if !report.saved.is_empty() {
        return Ok(see(&format!("{}/publish", place.base)));
    }
    let is_sound = report.is_sound();
    show(&visit, &place, &mut shown, &report);
    Ok(if is_sound { page(&shown) } else { page_with_problems(&shown) })
}

fn show(visit: &Visit, place: &Place<'_>, shown: &mut ImportPage<'_>, report: &ImportReport) {
    let number = |count: usize| count.to_string();
    shown.summary = Some(visit.words().say_with(
        "table-summary",
        &[
            ("new", &number(report.new)),
            ("changed", &number(report.changed)),
            ("unchanged", &number(report.unchanged)),
        ],
    ));
    let row = |found: &CellProblem| Row {
        place: format!("{}{}", found.column, found.row),
        field: found.field.map_or_else(String::new, |field| words::field(visit, field)),
        what: cell(visit, found),
        is_error: found.severity == Severity::Error,
    };
    shown.rows = report.problems.iter().take(MOST_PROBLEMS).map(row).collect();
    shown.more = report.problems.len() - shown.rows.len();
    let held = report.edited_by_others.iter().take(MOST_PROBLEMS);
    shown.held = held
        .map(|piece| (format!("{}/{piece}", place.base), words::title(&place.head.edition, piece.as_str())))
        .collect();
    shown.can_go = report.is_sound() && report.new + report.changed > 0;
}

/// What is wrong with a cell: in the reader's words where it is a fault of a field.
fn cell(visit: &Visit, found: &CellProblem) -> String {
    match &found.fault {
        Some(problem) => words::fault(visit, problem),
        None => {
            let values = [("what", found.what.as_str()), ("instead", found.instead.as_str())];
            visit.words().say_with("table-cell", &values)
        }
    }
}
