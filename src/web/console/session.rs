//! The browser's part of a session: two cookies, and the extractors by which handlers get a proof of a
//! right.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use super::visit::Visit;
use crate::{
    domain::{
        language::Language,
        staff::{Actor, Permission},
    },
    journeys::staff::Secret,
    web::error::ConsoleError,
};

/// Holds the session's token. The prefix makes browsers insist on https (or loopback), the whole host and
/// no other path.
const SESSION: &str = "__Host-todoke-session";
/// Holds the console's language.
const LANGUAGE: &str = "__Host-todoke-language";
/// What every cookie of ours says of itself.
const KEPT_CLOSE: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The session's token, if the browser sent one that has the form of one.
pub(super) fn token(headers: &HeaderMap) -> Option<Secret> {
    cookie(headers, SESSION).and_then(Secret::parse)
}

/// The language that was chosen, otherwise Japanese.
pub(super) fn language(headers: &HeaderMap) -> Language {
    if cookie(headers, LANGUAGE) == Some("en") { Language::En } else { Language::Ja }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Gives the browser a session; it forgets it when it is closed.
pub fn give(token: &Secret) -> HeaderValue {
    header(&format!("{SESSION}={}; {KEPT_CLOSE}", token.expose()))
}

/// Takes the browser's session away.
pub(super) fn take_away() -> HeaderValue {
    header(&format!("{SESSION}=; Max-Age=0; {KEPT_CLOSE}"))
}

/// Keeps the language for a year.
pub(super) fn keep_language(language: Language) -> HeaderValue {
    header(&format!("{LANGUAGE}={language}; Max-Age=31536000; {KEPT_CLOSE}"))
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hexadecimal digits and our own words make a header")
}

/// The proof that the session has the right `R` on the account of the address.
pub struct Acting<R>(pub Actor<R>);

impl<S: Sync, R: Permission> FromRequestParts<S> for Acting<R> {
    type Rejection = ConsoleError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ConsoleError> {
        let visit = parts.extensions.get::<Visit>().ok_or(ConsoleError::Internal)?;
        Ok(Self(visit.actor::<R>()?))
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = ConsoleError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ConsoleError> {
        parts.extensions.get::<Self>().cloned().ok_or(ConsoleError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        let secret = "0f".repeat(32);
        headers.insert(header::COOKIE, format!("a=b; {SESSION}={secret};{LANGUAGE}=en").parse().unwrap());
        assert_eq!(token(&headers).unwrap().expose(), secret);
        assert_eq!(language(&headers), Language::En);
        headers.insert(header::COOKIE, format!("{SESSION}=short").parse().unwrap());
        assert!(token(&headers).is_none());
        assert_eq!(language(&headers), Language::Ja);
    }

    #[test]
    fn a_session_cookie_is_kept_close() {
        let cookie = give(&Secret::parse(&"0f".repeat(32)).unwrap());
        let cookie = cookie.to_str().unwrap();
        for part in ["__Host-", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"));
    }
}
