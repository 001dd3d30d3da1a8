//! `/p/go/{code}`: on to an intent's online procedure, with one more tap counted. It shows nothing, keeps
//! nothing of who came, and leads nowhere but to what the city has published.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Peer, Wish};
use crate::{
    journeys::{follow_way, pages::LinkError},
    web::WebState,
};

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

/// Leads on.
pub(super) async fn follow(
    State(state): State<WebState>,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
    Peer(peer): Peer,
    method: Method,
    headers: HeaderMap,
) -> Response {
    // Whoever taps too often is led on all the same, and not counted.
    let counts = method == Method::GET && is_person(&headers) && state.0.forms.take_tap(peer, state.now());
    let address = follow_way(&state.0.ctx, &code, counts).await;
    address
        .and_then(|address| lead_on(&address))
        .unwrap_or_else(|| state.stopped(&wish, &LinkError::Unknown.into(), ""))
}

/// On to an address; `None`: no header takes it.
pub(super) fn lead_on(address: &str) -> Option<Response> {
    let address = HeaderValue::try_from(in_a_header(address)).ok()?;
    Some((StatusCode::FOUND, [(header::LOCATION, address)]).into_response())
}

/// Whether a person seems to ask, and no program that looks ahead.
pub(super) fn is_person(headers: &HeaderMap) -> bool {
    let said =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
    let ahead = AHEAD.iter().filter_map(|name| said(name)).any(|purpose| purpose.contains("prefetch"));
    // Every browser names itself.
    let agent = said(header::USER_AGENT.as_str()).unwrap_or_default();
    !ahead && !agent.is_empty() && !PROGRAMS.iter().any(|program| agent.contains(program))
}

/// An address as a header takes it: what is not ASCII is escaped.
fn in_a_header(address: &str) -> String {
    let escaped = |byte: u8| {
        if byte.is_ascii_graphic() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    address.bytes().map(escaped).collect()
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

    #[test]
    fn an_address_is_escaped_where_a_header_needs_it() {
        assert_eq!(
            in_a_header("https://city.example/申請?a=1%20b#c"),
            "https://city.example/%E7%94%B3%E8%AB%8B?a=1%20b#c"
        );
        assert_eq!(
            in_a_header("https://city.example/\r\nSet-Cookie: x"),
            "https://city.example/%0D%0ASet-Cookie:%20x"
        );
    }
}
