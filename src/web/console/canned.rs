//! The texts that staff send often: written, rewritten, removed.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    session::Acting,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::{
        staff::{Actor, rights::WorkInbox},
        version::Version,
    },
    journeys::enquiries::{
        handle::HandleError,
        inbox::{self, CannedChange},
    },
    web::error::ConsoleError,
};

struct Canned {
    place: String,
    title: String,
    text: String,
    /// Whose it is; empty: everybody's.
    division: String,
}

#[derive(Template)]
#[template(path = "console/canned.html")]
struct CannedPage {
    frame: Frame,
    action: String,
    base: String,
    version: u64,
    list: Vec<Canned>,
    title: String,
    text: String,
    /// The department for which a new one is kept; `None`: for everybody.
    own: Option<String>,
    problem: Option<&'static str>,
}

async fn canned_page(
    visit: &Visit,
    actor: &Actor<WorkInbox>,
    problem: Option<&'static str>,
) -> Result<CannedPage, ConsoleError> {
    let (list, version) = inbox::canned_answers(visit.ctx(), actor).await?;
    let list = list.into_iter().map(|(place, one)| Canned {
        place: place.to_string(),
        title: one.title,
        text: one.text,
        division: one.division.unwrap_or_default(),
    });
    let is_new = visit.posted().text("act") == "add";
    let typed = |field| if is_new { visit.posted().raw(field).to_owned() } else { String::new() };
    Ok(CannedPage {
        frame: visit.frame(),
        action: visit.path().to_owned(),
        base: format!("/console/{}/enquiries", actor.account()),
        version: version.0,
        list: list.collect(),
        title: typed("title"),
        text: typed("text"),
        own: actor.doer().department.as_ref().map(ToString::to_string),
        problem,
    })
}

/// Shows them.
pub(super) async fn show(visit: Visit, Acting(actor): Acting<WorkInbox>) -> Result<Response, ConsoleError> {
    Ok(page(&canned_page(&visit, &actor, None).await?))
}

/// Does what the pressed button says.
pub(super) async fn change(visit: Visit, Acting(actor): Acting<WorkInbox>) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let expected = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let (title, text) = (posted.raw("title").to_owned(), posted.raw("text").to_owned());
    let place = || posted.text("place").parse().map_err(|_| ConsoleError::BadForm);
    let change = match posted.text("act") {
        "add" => CannedChange::Add { title, text },
        "rewrite" => CannedChange::Rewrite { place: place()?, title, text },
        "remove" => CannedChange::Remove { place: place()? },
        _ => return Err(ConsoleError::BadForm),
    };
    let problem = match inbox::change_canned(visit.ctx(), &actor, expected, change).await {
        Ok(()) => return Ok(see(visit.path())),
        Err(HandleError::Text(_)) => "canned-problem",
        Err(HandleError::TooManyCanned) => "canned-too-many",
        Err(error) => return Err(error.into()),
    };
    Ok(page_with_problems(&canned_page(&visit, &actor, Some(problem)).await?))
}
