//! `POST /api/v1/announcements` and `GET /api/v1/announcements/{id}`.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Known,
    shape::{Posted, Told},
};
use crate::{
    domain::{
        announcement::AnnouncementId,
        staff::{CheckedKey, Hash},
    },
    journeys::announce::post::{self, Answered},
    web::{ApiError, WebState, body},
};

/// The largest body: five messages in eight languages, and a predicate.
const MOST_BYTES: usize = 512 * 1024;
/// The longest idempotency key.
const LONGEST_NAME: usize = 255;

/// Writes a draft and, where that is asked, shows it to a second person: once for each idempotency key.
pub(super) async fn create(
    State(state): State<WebState>,
    Known(key): Known,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let name = idempotency_key(&parts.headers)?;
    if !is_json(&parts.headers) {
        return Err(ApiError::NoJson);
    }
    let bytes = body::read(body, MOST_BYTES).await?;
    let posted: Posted =
        serde_json::from_slice(&bytes).map_err(|error| ApiError::Malformed(error.to_string()))?;
    let ctx = &state.0.ctx;
    let submits = posted.submit;
    let hash = Hash(Sha256::digest(&bytes).into());
    // Whoever asks again is told again, whatever has become of segments and people since.
    if let Some(again) = post::known(ctx, &key, &name, &hash).await? {
        return again_or_other(again);
    }
    let ready = post::check(ctx, &key, posted.read()?, submits).await?;
    let id = match post::begin(ctx, &key, name, hash).await? {
        Answered::Makes(id) => id,
        other => return again_or_other(other),
    };
    let problem = match post::post(ctx, id, ready).await {
        Ok(()) => None,
        Err(error) => Some(ApiError::from(error)),
    };
    let answer = told(&state, &key, id, problem).await?;
    post::end(ctx, &key, &name, answer.to_string()).await?;
    Ok(created(&answer))
}

fn again_or_other(known: Answered) -> Result<Response, ApiError> {
    match known {
        Answered::Answered(answer) => {
            let answer = serde_json::from_str(&answer).unwrap_or_default();
            Ok(created(&answer))
        }
        Answered::Other | Answered::Makes(_) => Err(ApiError::Reused),
    }
}

/// How it stands; with why it was not shown to anybody. What was not even written is an error.
async fn told(
    state: &WebState,
    key: &CheckedKey,
    id: AnnouncementId,
    problem: Option<ApiError>,
) -> Result<Value, ApiError> {
    let standing = match (post::stands(&state.0.ctx, key, id).await, problem) {
        (Ok(standing), problem) => {
            let mut told = Told::of(&standing);
            told.problem = problem.map(|problem| problem.body());
            told
        }
        (Err(_), Some(problem)) => return Err(problem),
        (Err(error), None) => return Err(error.into()),
    };
    serde_json::to_value(standing).map_err(|_| ApiError::Web(crate::web::WebError::Internal))
}

fn created(answer: &Value) -> Response {
    let mut response = (StatusCode::CREATED, axum::Json(answer)).into_response();
    let place = answer["id"].as_str().map(|id| format!("/api/v1/announcements/{id}"));
    if let Some(place) = place.and_then(|place| HeaderValue::try_from(place).ok()) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// How an announcement stands.
pub(super) async fn look(
    State(state): State<WebState>,
    Known(key): Known,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id: AnnouncementId = id.parse().map_err(|_| ApiError::Web(crate::web::WebError::NotFound))?;
    let standing = post::stands(&state.0.ctx, &key, id).await?;
    Ok(axum::Json(Told::of(&standing)).into_response())
}

/// Its hash: names of other systems' own making may say anything.
fn idempotency_key(headers: &HeaderMap) -> Result<Hash, ApiError> {
    let name = headers.get("idempotency-key").and_then(|name| name.to_str().ok()).unwrap_or_default().trim();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(ApiError::NoIdempotencyKey);
    }
    Ok(Hash(Sha256::digest(name).into()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
