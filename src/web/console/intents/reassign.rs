//! A reorganisation: everything of one owner gets another, after a look at what that is.

use askama::Template;
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page, see},
    },
    Place,
    list::Choice,
    words,
};
use crate::{
    domain::staff::{Department, rights::PublishIntents},
    intent::listing,
    journeys::curate::{PublishError, owned, reassign},
    web::error::ConsoleError,
};

/// So many pieces are listed.
const MOST: usize = 500;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Owners {
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "console/intents/reassign.html")]
struct ReassignPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    owners: Vec<Choice>,
    departments: Vec<String>,
    from: String,
    to: String,
    /// Titles and names of what would change; `None`: nothing was asked yet.
    pieces: Option<Vec<(String, String)>>,
    count: usize,
    /// How many intents follow, those of the topics counted in.
    intents: usize,
    revision: u64,
    problem: Option<String>,
}

fn shown(
    visit: &Visit,
    owners: &Owners,
    status: StatusCode,
    problem: Option<&str>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(visit)?;
    let edition = &place.head.edition;
    let (from, to) = (owners.from.trim(), owners.to.trim());
    let counted = listing::owners(edition);
    let is_asked = !from.is_empty() && !to.is_empty() && problem.is_none_or(|key| key == "something-moved");
    let pieces = is_asked.then(|| owned(edition, from));
    let count = pieces.as_ref().map_or(0, Vec::len);
    let name =
        |piece: &crate::domain::content::PieceId| (words::title(edition, piece.as_str()), piece.to_string());
    let shown = ReassignPage {
        frame: visit.frame(),
        base: place.base.clone(),
        action: visit.path(),
        intents: counted.iter().find(|(owner, _)| *owner == from).map_or(0, |(_, count)| *count),
        owners: counted
            .iter()
            .map(|(owner, count)| Choice::new(*owner, format!("{owner}（{count}）"), from))
            .collect(),
        departments: place.account.departments.iter().map(ToString::to_string).collect(),
        from: from.to_owned(),
        to: to.to_owned(),
        pieces: pieces.map(|pieces| pieces.iter().take(MOST).map(name).collect()),
        count,
        revision: place.head.revision,
        problem: problem.map(|key| visit.words().say(key)),
    };
    Ok((status, page(&shown)).into_response())
}

/// What is wrong with the two owners.
fn fault(owners: &Owners) -> Option<&'static str> {
    let is_sound = owners.to.trim().parse::<Department>().is_ok();
    if !is_sound {
        Some("problem-owner")
    } else if owners.from.trim() == owners.to.trim() {
        Some("problem-same-owner")
    } else {
        None
    }
}

/// Asks for both owners, and shows what would change.
pub(in crate::web::console) async fn ask(
    visit: Visit,
    Acting(_): Acting<PublishIntents>,
    Query(owners): Query<Owners>,
) -> Result<Response, ConsoleError> {
    let is_asked = !owners.from.is_empty() || !owners.to.is_empty();
    match fault(&owners).filter(|_| is_asked) {
        Some(key) => shown(&visit, &owners, StatusCode::UNPROCESSABLE_ENTITY, Some(key)),
        None => shown(&visit, &owners, StatusCode::OK, None),
    }
}

/// Does it, as one revision.
pub(in crate::web::console) async fn go(
    visit: Visit,
    Acting(actor): Acting<PublishIntents>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let owners = Owners { from: posted.text("from").to_owned(), to: posted.text("to").to_owned() };
    if let Some(key) = fault(&owners) {
        return shown(&visit, &owners, StatusCode::UNPROCESSABLE_ENTITY, Some(key));
    }
    let revision = posted.text("revision").parse().map_err(|_| ConsoleError::BadForm)?;
    let why = visit.words().say_with("reassign-why", &[("from", &owners.from), ("to", &owners.to)]);
    match reassign(place.desk, &actor, &owners.from, &owners.to, revision, why).await {
        Ok((0, _)) => Err(ConsoleError::NotFound),
        Ok((_, next)) => Ok(see(&format!("{}/history/{}", place.base, next.revision))),
        Err(PublishError::Conflict(_)) => {
            shown(&visit, &owners, StatusCode::CONFLICT, Some("something-moved"))
        }
        Err(other) => Err(other.into()),
    }
}
