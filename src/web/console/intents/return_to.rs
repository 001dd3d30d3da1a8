//! The content of an earlier revision is published again: first what that does, then why, then done.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page, see},
    },
    Place,
    words::{self, ShownTrial},
};
use crate::{
    domain::{
        content::RevisionNo,
        staff::rights::{EditIntents, PublishIntents},
    },
    journeys::curate::{PublishError, history, return_to},
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/intents/return.html")]
struct ReturnPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    number: RevisionNo,
    head: RevisionNo,
    trial: ShownTrial,
    why: String,
    is_why_missing: bool,
    has_moved: bool,
}

async fn shown(
    visit: &Visit,
    number: RevisionNo,
    status: StatusCode,
    is_why_missing: bool,
) -> Result<Response, ConsoleError> {
    let place = Place::of(visit)?;
    let tried = history::try_return(place.desk, &visit.actor::<EditIntents>()?, number).await?;
    let shown = ReturnPage {
        frame: visit.frame(),
        base: place.base.clone(),
        action: visit.path(),
        number,
        head: place.head.revision,
        trial: words::trial(visit, &place.head.edition, &tried),
        why: visit.posted().text("why").to_owned(),
        is_why_missing,
        has_moved: status == StatusCode::CONFLICT,
    };
    Ok((status, page(&shown)).into_response())
}

fn number_of(text: &str) -> Result<RevisionNo, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::NotFound)
}

/// Shows what a return would do.
pub(in crate::web::console) async fn ask(
    visit: Visit,
    Acting(_): Acting<PublishIntents>,
    Path((_, number)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    shown(&visit, number_of(&number)?, StatusCode::OK, false).await
}

/// Returns, and leads to the new revision.
pub(in crate::web::console) async fn go(
    visit: Visit,
    Acting(actor): Acting<PublishIntents>,
    Path((_, number)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (place, number, posted) = (Place::of(&visit)?, number_of(&number)?, visit.posted());
    let head = posted.text("head").parse().map_err(|_| ConsoleError::BadForm)?;
    let why = posted.text("why").to_owned();
    if why.is_empty() {
        return shown(&visit, number, StatusCode::UNPROCESSABLE_ENTITY, true).await;
    }
    match return_to(place.desk, &actor, number, head, why).await {
        Ok(next) => Ok(see(&format!("{}/history/{}", place.base, next.revision))),
        Err(PublishError::Conflict(_)) => shown(&visit, number, StatusCode::CONFLICT, false).await,
        Err(PublishError::Breaks(_)) => shown(&visit, number, StatusCode::UNPROCESSABLE_ENTITY, false).await,
        Err(other) => Err(other.into()),
    }
}
