//! `/p/enquiries/{word}`: what was asked and answered, and room for more.

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
    problem, text_hint,
};
use crate::{
    catalogue::public::Sentence,
    domain::enquiry::{self, MOST_CHARACTERS, Side, TextError, checked_text},
    journeys::{
        enquiries::{self, PageError},
        pages::LinkError,
    },
    web::WebState,
};

#[derive(Template)]
#[template(path = "public/enquiry.html")]
struct Enquiry<'a> {
    frame: Frame<'a>,
    problem: Option<String>,
    state: String,
    messages: Vec<Message>,
    submit: String,
    text: String,
    text_hint: String,
}

struct Message {
    is_city: bool,
    by: String,
    machine: String,
    shown: String,
    lines: Vec<String>,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    submit: String,
    text: String,
}

/// Shows the enquiry.
pub(super) async fn show(
    State(state): State<WebState>,
    Path(word): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    enquiry(&state, &word, &wish, Sent::default(), None).await
}

/// Takes what the resident adds, and shows the page again by a redirect, so that reloading sends nothing.
pub(super) async fn reply(
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
        return enquiry(&state, &word, &wish, sent, Some(error)).await;
    }
    if let Err(wait) = state.0.forms.take(Some(person), peer, state.now()) {
        return state.slowed(wish.or(language), wait, &sent.text);
    }
    match enquiries::reply(&state.0.ctx, &word, &sent.submit, &sent.text).await {
        Ok(()) => {
            let code = wish.or(language).code();
            Redirect::to(&format!("/p/enquiries/{word}?lang={code}")).into_response()
        }
        Err(PageError::Text(error)) => enquiry(&state, &word, &wish, sent, Some(error)).await,
        Err(error) => state.stopped(&wish, &error, &sent.text),
    }
}

async fn enquiry(
    state: &WebState,
    word: &str,
    wish: &Wish,
    sent: Sent,
    error: Option<TextError>,
) -> Response {
    let page = match enquiries::read(&state.0.ctx, word).await {
        Ok(page) => page,
        Err(error) => return state.stopped(wish, &error, &sent.text),
    };
    let head = &page.enquiry.head;
    let city = &page.account.name;
    let catalogue = &state.0.ctx.catalogue;
    let mut frame =
        Frame::new(catalogue, wish.or(head.language), Some(&page.account), Sentence::EnquiryTitle);
    frame.title = frame.with(Sentence::EnquiryTitle, &[("number", &head.receipt.to_string())]);
    let now = frame.say(match head.state {
        enquiry::State::Open => Sentence::StateOpen,
        enquiry::State::InProgress => Sentence::StateInProgress,
        enquiry::State::Answered => Sentence::StateAnswered,
        enquiry::State::Closed => Sentence::StateClosed,
    });
    let message = |message: &enquiry::Message| {
        let at = message.at.to_zoned(page.account.time_zone.clone());
        let is_city = matches!(message.from, Side::Staff(_));
        Message {
            is_city,
            by: if is_city { city.clone() } else { frame.say(Sentence::FromYou) },
            machine: message.at.to_string(),
            shown: at.strftime("%Y-%m-%d %H:%M").to_string(),
            lines: message.text.lines().map(ToOwned::to_owned).collect(),
        }
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Enquiry {
        problem: error.map(|error| problem(&frame, error)),
        state: frame.with(Sentence::EnquiryState, &[("state", &now)]),
        messages: page.enquiry.content.messages.iter().map(message).collect(),
        submit: if error.is_some() { sent.submit } else { page.submit.clone() },
        text: sent.text,
        text_hint: text_hint(&frame),
        frame,
    };
    page::respond(status, rendered(&page))
}
