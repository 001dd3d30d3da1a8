//! Staff by CSV: first every row's problem, then all rows or none.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    session::Acting,
    staff::{link, show_once},
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::rights::ManageStaff,
    journeys::staff::import_staff::{
        COLUMNS, Plan, RowPlan, RowProblem, Unreadable, decode, import_staff, plan,
    },
    web::error::ConsoleError,
};

struct ShownRow {
    line: usize,
    login: String,
    what: String,
    is_wrong: bool,
}

#[derive(Template)]
#[template(path = "console/staff_import.html")]
struct ImportPage {
    frame: Frame,
    action: String,
    columns: String,
    /// The file's text, carried from the first run to the second.
    text: String,
    rows: Vec<ShownRow>,
    can_go: bool,
    problem: Option<String>,
}

impl ImportPage {
    fn empty(visit: &Visit) -> Self {
        Self {
            frame: visit.frame(),
            action: visit.path().to_owned(),
            columns: COLUMNS.join(","),
            text: String::new(),
            rows: Vec::new(),
            can_go: false,
            problem: None,
        }
    }
}

/// Asks for the file.
pub(super) async fn show(visit: Visit) -> Response {
    page(&ImportPage::empty(&visit))
}

/// Looks at a file, or does what it says when that was asked for.
pub(super) async fn import(
    visit: Visit,
    Acting(actor): Acting<ManageStaff>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let mut shown = ImportPage::empty(&visit);
    let text = match posted.file("list") {
        Some(bytes) => decode(bytes),
        None => Ok(posted.raw("text").to_owned()),
    };
    let read = match text {
        Ok(text) => {
            shown.text.clone_from(&text);
            plan(visit.ctx(), &actor, &text).await?
        }
        Err(unreadable) => Err(unreadable),
    };
    let plan = match read {
        Ok(plan) => plan,
        Err(unreadable) => {
            shown.problem = Some(unreadable_words(&shown.frame, &unreadable));
            return Ok(page_with_problems(&shown));
        }
    };
    if posted.text("act") == "go" && plan.is_sound() && plan.changes_something() {
        let imported = import_staff(visit.ctx(), &actor, plan).await?;
        if imported.is_empty() {
            return Ok(see(&format!("/console/{}/staff", actor.account())));
        }
        let lines = imported.iter().map(|one| (one.login.as_str().to_owned(), link(&visit, &one.secret)));
        return Ok(see(&show_once(&visit, lines.collect())?));
    }
    show_plan(&mut shown, &plan);
    Ok(if plan.is_sound() { page(&shown) } else { page_with_problems(&shown) })
}

fn show_plan(shown: &mut ImportPage, plan: &Plan) {
    shown.can_go = plan.is_sound() && plan.changes_something();
    let frame = &shown.frame;
    let row = |row: &crate::journeys::staff::import_staff::Row| ShownRow {
        line: row.line,
        login: row.login.clone(),
        what: match &row.plan {
            RowPlan::Add => frame.t("row-add"),
            RowPlan::Change => frame.t("row-change"),
            RowPlan::Same => frame.t("row-same"),
            RowPlan::Wrong(RowProblem::Column(column)) => frame.tv("row-column", "column", column),
            RowPlan::Wrong(RowProblem::Twice) => frame.t("row-twice"),
            RowPlan::Wrong(RowProblem::UnknownDepartment) => frame.t("problem-department"),
            RowPlan::Wrong(RowProblem::DaysExchanged) => frame.t("problem-days"),
            RowPlan::Wrong(RowProblem::Oneself) => frame.t("error-oneself-what"),
            RowPlan::Wrong(RowProblem::OfAnotherAccount) => frame.t("row-of-another-account"),
        },
        is_wrong: matches!(row.plan, RowPlan::Wrong(_)),
    };
    shown.rows = plan.rows.iter().map(row).collect();
}

fn unreadable_words(frame: &Frame, unreadable: &Unreadable) -> String {
    match unreadable {
        Unreadable::NoColumn(column) => frame.tv("file-no-column", "column", column),
        Unreadable::NoCsv => frame.t("file-no-csv"),
        Unreadable::TooLong => frame.t("file-too-long"),
    }
}
