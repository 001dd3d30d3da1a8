//! Whether a request is a tap that counts: a person's, by a GET, and not one of too many of one address.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};

use super::Peer;
use crate::web::WebState;

/// What programs call themselves that fetch addresses for previews and searches, in lower case. LINE's own
/// preview is `facebookexternalhit/1.1;line-poker/1.0` (as seen in its requests). A list of this kind is never
/// whole: what it misses is counted.
const PROGRAMS: [&str; 12] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "line-poker",
    "facebookexternalhit",
    "preview",
    "curl/",
    "wget/",
    "python-",
    "go-http-client",
    "headlesschrome",
];
/// Headers in which browsers say that they load an address before anybody has tapped it.
const AHEAD: [&str; 3] = ["sec-purpose", "purpose", "x-moz"];

/// A request to be led on. Whoever does not count is led on all the same.
pub(super) struct Tap {
    /// Whether it counts.
    pub(super) counts: bool,
}

impl FromRequestParts<WebState> for Tap {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let Peer(peer) = Peer::from_request_parts(parts, state).await?;
        let is_persons = parts.method == Method::GET && is_person(&parts.headers);
        Ok(Self { counts: is_persons && state.0.forms.take_tap(peer, state.now()) })
    }
}

/// Whether a person seems to ask, and no program that looks ahead.
fn is_person(headers: &HeaderMap) -> bool {
    let said =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
    let ahead = AHEAD.iter().filter_map(|name| said(name)).any(|purpose| purpose.contains("prefetch"));
    // Every browser names itself.
    let agent = said(header::USER_AGENT.as_str()).unwrap_or_default();
    !ahead && !agent.is_empty() && !PROGRAMS.iter().any(|program| agent.contains(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn previews_searches_and_loading_ahead_are_no_people() {
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/15.1.0";
        assert!(is_person(&headers(&[("user-agent", phone)])));
        for agent in
            ["facebookexternalhit/1.1;line-poker/1.0", "Googlebot/2.1", "Mozilla/5.0 (compatible; bingbot)"]
        {
            assert!(!is_person(&headers(&[("user-agent", agent)])), "{agent}");
        }
        assert!(!is_person(&headers(&[])));
        assert!(!is_person(&headers(&[("user-agent", phone), ("sec-purpose", "prefetch;prerender")])));
    }
}
