//! The browser's part of a session: its cookies, and the extractors by which handlers get a proof of a
//! right.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use super::visit::Visit;
use crate::{
    domain::{
        id::Entropy,
        language::Language,
        staff::{Actor, Hash, Permission},
        time::Timestamp,
    },
    journeys::staff::Secret,
    web::error::ConsoleError,
};

/// Holds the session's token. The prefix makes browsers insist on https (or loopback), the whole host and
/// no other path.
const SESSION: &str = "__Host-todoke-session";
/// Holds what binds the forms of the way in to this browser, before there is a session.
const WAY_IN: &str = "__Host-todoke-way-in";
/// Holds the console's language.
const LANGUAGE: &str = "__Host-todoke-language";
/// What every cookie of ours says of itself.
const KEPT_CLOSE: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The session's token, if the browser sent one that has the form of one.
pub(super) fn token(headers: &HeaderMap) -> Option<Secret> {
    cookie(headers, SESSION).and_then(Secret::parse)
}

/// The secret of a browser that nobody has signed in with: forms of the way in are made for it, so that no
/// other site can sign somebody in under a name of its own choice. The prefix of the cookie's name keeps
/// neighbouring hosts from setting it.
#[derive(Clone)]
pub(super) struct WayIn {
    key: Hash,
    since: i64,
}

impl WayIn {
    /// For so many seconds a form may be posted after its page was shown …
    const LIFE: i64 = 2 * 3_600;
    /// … and a secret is given to new pages for half of them.
    const SHOWN: i64 = Self::LIFE / 2;

    pub(super) fn new(entropy: &dyn Entropy, now: Timestamp) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self { key: Hash(key), since: now.as_second() }
    }

    /// The one that the browser sent, while a form made for it may be posted.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Option<Self> {
        let (key, since) = cookie(headers, WAY_IN)?.split_once('.')?;
        let mut bytes = [0; 32];
        if key.len() != 64 || !key.is_ascii() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(key.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let way_in = Self { key: Hash(bytes), since: since.parse().ok()? };
        (0..=Self::LIFE).contains(&way_in.age(now)).then_some(way_in)
    }

    /// Whether new pages may still be made for it.
    pub(super) fn is_young(&self, now: Timestamp) -> bool {
        self.age(now) <= Self::SHOWN
    }

    /// The secret that binds form tokens to it.
    pub(super) fn form_key(&self) -> Hash {
        self.key
    }

    /// For the browser, which forgets it by itself.
    pub(super) fn give(&self) -> HeaderValue {
        let key: String = self.key.0.iter().map(|byte| format!("{byte:02x}")).collect();
        header(&format!("{WAY_IN}={key}.{}; Max-Age={}; {KEPT_CLOSE}", self.since, Self::LIFE))
    }

    fn age(&self, now: Timestamp) -> i64 {
        now.as_second().saturating_sub(self.since)
    }
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
    fn the_secret_of_the_way_in_comes_back_for_two_hours() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let given = WayIn::new(&crate::system::SystemEntropy, at(10_000));
        let cookie = given.give();
        let cookie = cookie.to_str().unwrap();
        for part in ["__Host-", "Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=7200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let pair = cookie.split(';').next().unwrap();
        let read = |pair: &str, now| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, pair.parse().unwrap());
            WayIn::of(&headers, at(now))
        };
        assert_eq!(read(pair, 17_200).unwrap().form_key(), given.form_key());
        assert!(read(pair, 13_600).unwrap().is_young(at(13_600)));
        assert!(!read(pair, 13_601).unwrap().is_young(at(13_601)));
        for (bad, now) in
            [(pair, 17_201), (pair, 9_999), (&pair[..40], 10_000), (&pair.replace('.', "x"), 10_000)]
        {
            assert!(read(bad, now).is_none(), "{bad} at {now}");
        }
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
