//! `/p/liff/{account}`: the page that is opened inside LINE. LINE's script gets an ID token and posts it; whoever it
//! is of is led to the page of their own data.
//!
//! The only page of residents' that runs scripts: LINE's own, and a few lines of ours.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::super::{
    Peer, Wish, is_foreign,
    page::{self, Frame, rendered},
};
use crate::{
    catalogue::public::Sentence,
    domain::{id::AccountId, language::Language},
    journeys::own_data::liff::{self, LiffError},
    web::{WebState, error},
};

#[derive(Template)]
#[template(path = "public/liff.html")]
struct Liff<'a> {
    frame: Frame<'a>,
    id: &'a str,
    sdk: &'a str,
    open: String,
}

/// What LINE's script gave.
#[derive(Deserialize)]
pub(in crate::web::public) struct Token {
    id_token: String,
}

/// Shows the page that asks LINE.
pub(in crate::web::public) async fn show(
    State(state): State<WebState>,
    Path(account): Path<String>,
    Query(wish): Query<Wish>,
) -> Response {
    let ctx = &state.0.ctx;
    let known = account.parse::<AccountId>().map_err(|_| LiffError::NoPage);
    let account = match known.and_then(|id| liff::account(ctx, &id)) {
        Ok(account) => account,
        Err(error) => return state.not_let_in(&wish, &error),
    };
    let Some(id) = &account.liff else { return state.not_let_in(&wish, &LiffError::NoPage) };
    let language = wish.or(account.default_language());
    let frame = Frame::new(&ctx.catalogue, language, Some(account), Sentence::MeTitle);
    let sdk = ctx.pages.liff_sdk.as_str();
    let page = Liff { frame, id: id.as_str(), sdk, open: id.address() };
    let mut response = page::respond(StatusCode::OK, rendered(&page));
    if let Ok(policy) = HeaderValue::try_from(policy(sdk)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Lets somebody in, by a redirect, so that the token stands in no address.
pub(in crate::web::public) async fn enter(
    State(state): State<WebState>,
    Path(account): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    headers: HeaderMap,
    sent: Result<Form<Token>, FormRejection>,
) -> Response {
    if let Err(wait) = state.0.forms.take(None, peer, state.now()) {
        return state.slowed(wish.or(Language::Ja), wait, "");
    }
    let id = account.parse::<AccountId>();
    let (Ok(id), Ok(Form(Token { id_token }))) = (id, sent.map_err(drop)) else {
        return state.not_let_in(&wish, &LiffError::NoPage);
    };
    if is_foreign(&headers) {
        return state.not_let_in(&wish, &LiffError::NoPage);
    }
    match liff::enter(&state.0.ctx, &id, &id_token).await {
        Ok((word, language)) => {
            let language = wish.or(language).code();
            Redirect::to(&format!("/p/me/{word}?lang={language}")).into_response()
        }
        Err(error) => state.not_let_in(&wish, &error),
    }
}

/// LINE's script comes from its own host and asks others of LINE's.
fn policy(sdk: &str) -> String {
    // `https://host` of `https://host/path`.
    let origin = sdk.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!(
        "default-src 'none'; script-src 'self' {origin}; style-src 'self'; img-src data:; \
         connect-src {origin} https://*.line.me https://*.line-scdn.net; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

impl WebState {
    /// The page that says why somebody is not let in, and the way that is left.
    fn not_let_in(&self, wish: &Wish, error: &LiffError) -> Response {
        let sentence = match error {
            LiffError::NoPage => Sentence::LinkUnknown,
            LiffError::Refused | LiffError::Unanswered => Sentence::LiffFailed,
            LiffError::Nobody => Sentence::LiffNobody,
            LiffError::Store(error) => {
                tracing::error!(%error, "somebody could not be let in from inside LINE");
                Sentence::MeTrouble
            }
        };
        let frame = Frame::new(&self.0.ctx.catalogue, wish.or(Language::Ja), None, Sentence::StopTitle);
        let why = frame.say(sentence);
        page::respond(error::liff_status(error), page::stop(frame, why, ""))
    }
}
