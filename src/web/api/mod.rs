//! `/api/…`: what other systems post and ask, with a key of their own. `assets/openapi.json` describes it.
//!
//! A key is shown with every call (`Authorization: Bearer …`), over an encrypted way; there is no session and no
//! cookie, so no page of another site can call in anybody's name.

mod announcements;
mod shape;

use std::net::SocketAddr;

use axum::{
    Router,
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

pub(super) use shape::place;

use super::{ApiError, WebError, WebState, console::peer::Caller};
use crate::{domain::staff::CheckedKey, journeys::api_keys};

/// The description of this API, in version 3.1 of that form.
const DESCRIPTION: &str = include_str!("../../../assets/openapi.json");

/// The API's addresses.
pub(super) fn router() -> Router<WebState> {
    let set = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/api/v1/announcements", post(announcements::create))
        .route("/api/v1/announcements/{id}", get(announcements::look))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .route("/api/openapi.json", get(describe))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(HeaderName::from_static("x-robots-tag"), "noindex"))
}

async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION).into_response()
}

/// Another system whose key was recognised.
pub(super) struct Known(pub(super) CheckedKey);

impl FromRequestParts<WebState> for Known {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, ApiError> {
        let ConnectInfo(peer) =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().ok_or(ApiError::Web(WebError::Internal))?;
        let caller = Caller::of(*peer, &parts.headers, &state.0.trusted_proxies);
        if !caller.is_safe {
            return Err(ApiError::PlainHttp);
        }
        let shown = bearer(&parts.headers).ok_or(ApiError::Unauthorized)?;
        let known = api_keys::recognise(&state.0.ctx, shown, &caller.address.to_string()).await?;
        known.map(Self).ok_or(ApiError::Unauthorized)
    }
}

/// The scheme's letters may be large or small (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, shown) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| shown.trim())
}
