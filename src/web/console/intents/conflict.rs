//! Files and console were both changed: shows both sides, and somebody chooses. Nothing is overwritten before.

use askama::Template;
use axum::{
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
    words::{self, ShownDiff},
};
use crate::{
    domain::staff::{Actor, rights::PublishIntents},
    journeys::curate::{PublishError, Take, contradictions, settle},
    web::error::ConsoleError,
};

struct Side {
    title: String,
    piece: String,
    diffs: Vec<ShownDiff>,
}

#[derive(Template)]
#[template(path = "console/intents/conflict.html")]
struct ConflictPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    pieces: Vec<Side>,
    /// What is wrong with the files, as the loader says it.
    files: Vec<String>,
    refused: Option<String>,
    can_take_files: bool,
    is_settled: bool,
}

async fn shown(
    visit: &Visit,
    actor: &Actor<PublishIntents>,
    status: StatusCode,
    refused: Option<String>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(visit)?;
    let (pieces, files) = match contradictions(place.desk, actor).await {
        Ok(both) => (both, Vec::new()),
        Err(PublishError::Files(problems)) => (Vec::new(), problems),
        Err(other) => return Err(other.into()),
    };
    let side = |both: &crate::journeys::curate::Contradiction| Side {
        title: both.console.as_ref().or(both.files.as_ref()).map_or_else(String::new, words::title_of),
        piece: both.piece.to_string(),
        diffs: words::diffs(visit, both.console.as_ref(), both.files.as_ref()),
    };
    let shown = ConflictPage {
        frame: visit.frame(),
        base: place.base.clone(),
        action: visit.path(),
        pieces: pieces.iter().map(side).collect(),
        can_take_files: files.is_empty(),
        files: files.iter().map(ToString::to_string).collect(),
        refused,
        is_settled: place.head.conflict.is_empty(),
    };
    Ok((status, page(&shown)).into_response())
}

/// Shows both sides.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<PublishIntents>,
) -> Result<Response, ConsoleError> {
    shown(&visit, &actor, StatusCode::OK, None).await
}

/// Takes one of them.
pub(in crate::web::console) async fn choose(
    visit: Visit,
    Acting(actor): Acting<PublishIntents>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let take = match visit.posted().text("take") {
        "files" => Take::Files,
        "console" => Take::Console,
        _ => return Err(ConsoleError::BadForm),
    };
    let words = visit.words();
    let refused = match settle(place.desk, &actor, take, words.say("settle-why")).await {
        // Where somebody else was quicker, there is nothing to choose any more.
        Ok(_) | Err(PublishError::NoConflict) => return Ok(see(&place.base)),
        Err(PublishError::Breaks(broken)) => {
            let texts: Vec<&str> = broken.broken().map(|one| one.text.as_str()).collect();
            words.say_with("settle-breaks", &[("questions", &texts.join(" / "))])
        }
        Err(PublishError::Problems(_) | PublishError::Files(_) | PublishError::LosesSafety) => {
            words.say("files-unusable")
        }
        Err(other) => return Err(other.into()),
    };
    shown(&visit, &actor, StatusCode::UNPROCESSABLE_ENTITY, Some(refused)).await
}
