//! `/p/…`: residents' own pages. They work without JavaScript, hold nothing personal in their addresses, are
//! never kept by a browser or found by a search, and tell no other site where their reader came from.
//!
//! Who may read or send is told by the link alone; there is no session, so there is no cookie.

mod add;
mod ask;
mod enquiries;
mod go;
mod limit;
mod me;
mod page;
mod tap;

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tower_http::set_header::SetResponseHeaderLayer;

pub(super) use limit::Limiter;

use super::{WebState, error};
use crate::{
    catalogue::public::Sentence,
    domain::{
        enquiry::{MOST_CHARACTERS, TextError},
        id::ResidentRef,
        language::Language,
    },
    journeys::{enquiries::PageError, pages::LinkError},
};
use page::Frame;

/// Our own stylesheet, forms to ourselves, nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// A form: 4,000 characters of which each may take twelve bytes, and what goes with them.
const MOST_BYTES: usize = 64 * 1024;
/// A section of somebody's own data: each of 100 topics may name 100 areas, twice.
const MOST_OWN_BYTES: usize = 1024 * 1024;

/// The pages' addresses.
pub(super) fn router() -> Router<WebState> {
    let set = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/p/ask/{word}", get(ask::show).post(ask::send))
        .route("/p/enquiries/{word}", get(enquiries::show).post(enquiries::reply))
        .route("/p/me/{word}", get(me::show).post(me::change).layer(DefaultBodyLimit::max(MOST_OWN_BYTES)))
        .route("/p/me/{word}/fewer", get(me::fewer::back).post(me::fewer::undo))
        .route("/p/me/{word}/helpers", get(me::helpers::back).post(me::helpers::change))
        .route("/p/me/{word}/erase", get(me::confirm).post(me::erase))
        .route("/p/go/{code}", get(go::follow))
        .route("/p/add/{code}", get(add::add))
        .route("/p/share/{account}", get(add::share))
        .route("/p/liff/{account}", get(me::liff::show).post(me::liff::enter))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .route("/p/assets/public.css", get(stylesheet))
        .route("/p/assets/liff.js", get(liff_script))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        // A page with a policy of its own says so itself.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow"))
}

async fn stylesheet() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=600")];
    (headers, include_str!("../../../assets/public/public.css")).into_response()
}

async fn liff_script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=600"),
    ];
    (headers, include_str!("../../../assets/public/liff.js")).into_response()
}

/// `?lang=`.
#[derive(Deserialize)]
struct Wish {
    lang: Option<String>,
}

impl Wish {
    /// The language that was asked for, else that of the link.
    fn or(&self, language: Language) -> Language {
        self.language().unwrap_or(language)
    }

    /// The language that was asked for.
    fn language(&self) -> Option<Language> {
        self.lang.as_deref().and_then(|code| code.parse().ok())
    }
}

/// Where the connection comes from, as far as is known.
struct Peer(Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(address)| address.ip())))
    }
}

/// Whether a form was sent from another site's page: browsers say so.
fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// The sentence at a field.
fn problem(frame: &Frame<'_>, error: TextError) -> String {
    match error {
        TextError::Empty => frame.say(Sentence::ErrorEmpty),
        TextError::TooLong { most } => frame.with(Sentence::ErrorTooLong, &[("most", &most.to_string())]),
    }
}

fn text_hint(frame: &Frame<'_>) -> String {
    frame.with(Sentence::TextHint, &[("most", &MOST_CHARACTERS.to_string())])
}

impl WebState {
    /// The person behind a word of ours, for the bucket and the page's language.
    fn bearer(&self, word: &str) -> Option<(ResidentRef, Language)> {
        let link = self.0.ctx.pages.links.read(word)?;
        Some((link.resident, link.language))
    }

    /// The page that says why there is none. `text` is what somebody wrote and would lose.
    fn stopped(&self, wish: &Wish, error: &PageError, text: &str) -> Response {
        let (language, sentence) = match error {
            PageError::Link(LinkError::Unknown) | PageError::Text(_) => (Language::Ja, Sentence::LinkUnknown),
            PageError::Link(LinkError::Over(language)) => (*language, Sentence::LinkOver),
            PageError::Gone(language) => (*language, Sentence::EnquiryGone),
            PageError::Refused(_) => (Language::Ja, Sentence::TalkFull),
            PageError::Store(error) => {
                tracing::error!(%error, "a resident's page could not be served");
                (Language::Ja, Sentence::Trouble)
            }
        };
        let frame = Frame::new(&self.0.ctx.catalogue, wish.or(language), None, Sentence::StopTitle);
        let why = frame.say(sentence);
        page::respond(error::page_status(error), page::stop(frame, why, text))
    }

    /// The page of somebody who sends too often.
    fn slowed(&self, language: Language, wait: std::time::Duration, text: &str) -> Response {
        let minutes = wait.as_secs().div_ceil(60).max(1);
        let frame = Frame::new(&self.0.ctx.catalogue, language, None, Sentence::StopTitle);
        let why = frame.with(Sentence::TooMany, &[("minutes", &minutes.to_string())]);
        let mut response = page::respond(StatusCode::TOO_MANY_REQUESTS, page::stop(frame, why, text));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(minutes * 60));
        response
    }
}
