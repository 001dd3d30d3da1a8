//! `/p/ask/{word}`: the form behind 「市に問い合わせる」.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    Peer, Wish, is_foreign,
    page::{self, Frame, rendered},
    problem, text_hint,
};
use crate::{
    catalogue::public::Sentence,
    domain::{
        enquiry::{MOST_CHARACTERS, TextError, checked_text},
        language::Language,
    },
    journeys::{
        enquiries::{self, PageError, ask::Filled},
        pages::LinkError,
    },
    web::WebState,
};

#[derive(Template)]
#[template(path = "public/ask.html")]
struct Ask<'a> {
    frame: Frame<'a>,
    problem: Option<String>,
    about: Option<String>,
    submit: String,
    text: String,
    text_hint: String,
    divisions: Vec<String>,
    chosen: String,
    name: String,
    privacy: String,
}

#[derive(Template)]
#[template(path = "public/done.html")]
struct Done<'a> {
    frame: Frame<'a>,
    danger: Vec<String>,
    lead: String,
    read: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    submit: String,
    text: String,
    division: String,
    name: String,
}

/// Shows the form.
pub(super) async fn show(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    form(&state, &word, &wish, Sent::default(), None)
}

/// Takes what was filled in.
pub(super) async fn send(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Some(Form(sent)) = sent.ok().filter(|_| !is_foreign(&headers)) else {
        return state.stopped(&wish, &LinkError::Unknown.into(), "");
    };
    let Some((person, language)) = state.bearer(&word) else {
        return state.stopped(&wish, &LinkError::Unknown.into(), &sent.text);
    };
    // A slip of the pen is not counted.
    if let Err(error) = checked_text(&sent.text, MOST_CHARACTERS) {
        return form(&state, &word, &wish, sent, Some(error));
    }
    if let Err(wait) = state.0.forms.take(Some(person), peer, state.now()) {
        return state.slowed(wish.or(language), wait, &sent.text);
    }
    let filled = Filled {
        submit: sent.submit.clone(),
        name: sent.name.clone(),
        division: sent.division.clone(),
        text: sent.text.clone(),
    };
    match enquiries::ask(&state.0.ctx, &word, &filled).await {
        Ok(asked) => done(&state, wish.or(language), &word, asked),
        Err(PageError::Text(error)) => form(&state, &word, &wish, sent, Some(error)),
        Err(error) => state.stopped(&wish, &error, &sent.text),
    }
}

fn form(state: &WebState, word: &str, wish: &Wish, sent: Sent, error: Option<TextError>) -> Response {
    let form = match enquiries::form(&state.0.ctx, word) {
        Ok(form) => form,
        Err(error) => return state.stopped(wish, &error, &sent.text),
    };
    let ctx = &state.0.ctx;
    let frame = Frame::new(&ctx.catalogue, wish.or(form.language), Some(&form.account), Sentence::AskTitle);
    let days = (ctx.pages.enquiries_kept.as_hours() / 24).to_string();
    let values = [("city", form.account.name.as_str()), ("days", days.as_str())];
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Ask {
        problem: error.map(|error| problem(&frame, error)),
        about: form.about.map(|title| frame.with(Sentence::About, &[("title", &title)])),
        submit: if error.is_some() { sent.submit } else { form.submit },
        text: sent.text,
        text_hint: text_hint(&frame),
        chosen: Some(sent.division).filter(|d| form.divisions.contains(d)).unwrap_or(form.suggested),
        divisions: form.divisions,
        name: sent.name,
        privacy: frame.with(Sentence::Privacy, &values),
        frame,
    };
    page::respond(status, rendered(&page))
}

fn done(state: &WebState, language: Language, word: &str, asked: enquiries::ask::Asked) -> Response {
    let ctx = &state.0.ctx;
    let link = ctx.pages.links.read(word);
    let account = link.as_ref().and_then(|link| ctx.library.account(&link.account));
    let mut frame = Frame::new(&ctx.catalogue, language, account, Sentence::DoneTitle);
    // This page is the answer to a form: it has no address of its own to come back to in another language.
    frame.languages.clear();
    let number = asked.receipt.to_string();
    let lead = frame.with(Sentence::DoneLead, &[("number", &number)]);
    let danger = asked.danger.map(|messages| messages.plain_lines()).unwrap_or_default();
    let danger = danger.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
    let danger = danger.map(ToOwned::to_owned).collect();
    page::respond(StatusCode::OK, rendered(&Done { frame, danger, lead, read: asked.read }))
}
