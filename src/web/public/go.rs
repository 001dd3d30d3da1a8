//! `/p/go/{code}`: on to an intent's online procedure, with one more tap counted. It shows nothing, keeps
//! nothing of who came, and leads nowhere but to what the city has published.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Wish, tap::Tap};
use crate::{
    journeys::{follow_way, pages::LinkError},
    web::WebState,
};

/// Leads on.
pub(super) async fn follow(
    State(state): State<WebState>,
    Path(code): Path<String>,
    Query(wish): Query<Wish>,
    Tap { counts }: Tap,
) -> Response {
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
