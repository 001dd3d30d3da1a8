//! `/p/me/{word}`: what is stored of a resident, changed and erased by themselves. A form a section, and none
//! of it needs JavaScript.

mod controls;
pub(super) mod fewer;
pub(super) mod helpers;
pub(super) mod liff;
mod view;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Peer, Wish, is_foreign,
    page::{self, Frame, rendered},
};
use crate::{
    catalogue::public::Sentence,
    domain::language::Language,
    journeys::{
        own_data::{self, Changed, OwnDataError, form::Filled},
        pages::LinkError,
    },
    web::{WebState, error},
};
use view::{Posted, Said};

/// What the address says beside the language.
#[derive(Deserialize)]
pub(super) struct After {
    /// Whether a form was just stored.
    saved: Option<String>,
}

type Sent = Result<Form<Vec<(String, String)>>, FormRejection>;

#[derive(Template)]
#[template(path = "public/me_erase.html")]
struct Erase<'a> {
    frame: Frame<'a>,
    word: String,
    submit: String,
}

#[derive(Template)]
#[template(path = "public/said.html")]
struct Told<'a> {
    frame: Frame<'a>,
    text: String,
}

/// Shows everything.
pub(super) async fn show(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Query(after): Query<After>,
    Peer(peer): Peer,
) -> Response {
    if let Err(slowed) = look(&state, &wish, &word, peer) {
        return slowed;
    }
    let said = if after.saved.is_some() { Said::Saved } else { Said::Nothing };
    shown(&state, &wish, &word, StatusCode::OK, said).await
}

/// Takes a section, or stops every topic, and shows the page again by a redirect, so that reloading sends
/// nothing.
pub(super) async fn change(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let (filled, language) = match taken(&state, &wish, &word, peer, &headers, sent) {
        Ok(taken) => taken,
        Err(refused) => return *refused,
    };
    let (submit, section) = (filled.get("submit").unwrap_or_default(), filled.get("section"));
    let changed = match section {
        Some(section) => own_data::change(&state.0.ctx, &word, submit, section, &filled).await,
        None => own_data::stop(&state.0.ctx, &word, submit).await,
    };
    match changed {
        Ok(Changed::Saved { is_over: false }) => {
            Redirect::to(&format!("/p/me/{word}?lang={}&saved=1#saved", language.code())).into_response()
        }
        Ok(Changed::Saved { is_over: true }) => {
            state.told(language, Sentence::MeTitle, Sentence::MeSavedOver)
        }
        Ok(Changed::Meanwhile) => shown(&state, &wish, &word, StatusCode::CONFLICT, Said::Meanwhile).await,
        Ok(Changed::Problems(problems)) => {
            let section = section.unwrap_or_default().to_owned();
            let posted = Posted { section, filled: filled.clone(), problems };
            shown(&state, &wish, &word, StatusCode::UNPROCESSABLE_ENTITY, Said::Problems(posted)).await
        }
        Err(error) => state.no_own_data(&wish, &error),
    }
}

/// Asks once more before everything is erased.
pub(super) async fn confirm(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
) -> Response {
    if let Err(slowed) = look(&state, &wish, &word, peer) {
        return slowed;
    }
    match own_data::erasable(&state.0.ctx, &word).await {
        Ok((account, language, submit)) => {
            let catalogue = &state.0.ctx.catalogue;
            let frame = Frame::new(catalogue, wish.or(language), Some(&account), Sentence::MeEraseTitle);
            page::respond(StatusCode::OK, rendered(&Erase { frame, word, submit }))
        }
        Err(error) => state.no_own_data(&wish, &error),
    }
}

/// Erases everything. The page is the answer to the form: after this the link leads nowhere.
pub(super) async fn erase(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let (filled, _) = match taken(&state, &wish, &word, peer, &headers, sent) {
        Ok(taken) => taken,
        Err(refused) => return *refused,
    };
    let submit = filled.get("submit").unwrap_or_default();
    match own_data::erase(&state.0.ctx, &word, submit).await {
        Ok((_, language)) => state.told(wish.or(language), Sentence::MeErasedTitle, Sentence::MeErased),
        Err(error) => state.no_own_data(&wish, &error),
    }
}

/// A look is one from the person's bucket: it reads more than other pages do.
#[expect(clippy::result_large_err, reason = "it is the response")]
fn look(state: &WebState, wish: &Wish, word: &str, peer: Option<std::net::IpAddr>) -> Result<(), Response> {
    let Some((person, language)) = state.bearer(word) else { return Ok(()) };
    state
        .0
        .forms
        .take_look(person, peer, state.now())
        .map_err(|wait| state.slowed(wish.or(language), wait, ""))
}

/// A form of our own page by somebody who has not sent too many.
fn taken(
    state: &WebState,
    wish: &Wish,
    word: &str,
    peer: Option<std::net::IpAddr>,
    headers: &HeaderMap,
    sent: Sent,
) -> Result<(Filled, Language), Box<Response>> {
    let unknown = || Box::new(state.no_own_data(wish, &LinkError::Unknown.into()));
    let Form(pairs) = sent.ok().filter(|_| !is_foreign(headers)).ok_or_else(unknown)?;
    let (person, language) = state.bearer(word).ok_or_else(unknown)?;
    let language = wish.or(language);
    let taken = state.0.forms.take_change(person, peer, state.now());
    taken.map_err(|wait| Box::new(state.slowed(language, wait, "")))?;
    Ok((Filled::new(pairs), language))
}

async fn shown(state: &WebState, wish: &Wish, word: &str, status: StatusCode, said: Said) -> Response {
    match own_data::open(&state.0.ctx, word, wish.language()).await {
        Ok(page) => page::respond(status, view::render(&state.0.ctx.catalogue, word, &page, said)),
        Err(error) => state.no_own_data(wish, &error),
    }
}

impl WebState {
    /// A page that says one thing, and is the answer to a form: it has no address to come back to.
    fn told(&self, language: Language, title: Sentence, text: Sentence) -> Response {
        let mut frame = Frame::new(&self.0.ctx.catalogue, language, None, title);
        frame.languages.clear();
        let text = frame.say(text);
        page::respond(StatusCode::OK, rendered(&Told { frame, text }))
    }

    /// The page that says why there is none.
    fn no_own_data(&self, wish: &Wish, error: &OwnDataError) -> Response {
        let (language, sentence) = match error {
            OwnDataError::Link(LinkError::Unknown) => (Language::Ja, Sentence::LinkUnknown),
            OwnDataError::Link(LinkError::Over(language)) => (*language, Sentence::MeOver),
            OwnDataError::Nobody(language) => (*language, Sentence::MeNobody),
            OwnDataError::NoHelper(language) => (*language, Sentence::MeHelperOver),
            OwnDataError::Store(error) => {
                tracing::error!(%error, "a page of somebody's own data could not be served");
                (Language::Ja, Sentence::MeTrouble)
            }
        };
        let frame = Frame::new(&self.0.ctx.catalogue, wish.or(language), None, Sentence::StopTitle);
        let why = frame.say(sentence);
        page::respond(error::own_data_status(error), page::stop(frame, why, ""))
    }
}
