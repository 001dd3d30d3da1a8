//! What the interface for other systems answers instead of what was asked for: a status, a stable code, a sentence, and the
//! places that are to be mended.

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, Response, StatusCode, header::WWW_AUTHENTICATE},
    response::IntoResponse,
};
use serde_json::json;

use super::WebError;
use crate::{
    domain::{announcement, segment, staff::Denied},
    journeys::announce::{AnnounceError, AudienceError, post::PostError},
    store::StoreError,
};

/// Everything that other systems are answered instead of what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No key was shown, or one that lets nobody in.
    #[error("show a key of this installation: Authorization: Bearer todoke_key_…")]
    Unauthorized,
    /// Plain HTTP from another machine.
    #[error("keys are shown over https only")]
    PlainHttp,
    /// The key is not for that, or the person who answers for it may not do it.
    #[error("the key may not do this: it, and the person who answers for it, need the right {}", .0.right.code())]
    Denied(Denied),
    /// The idempotency key is missing.
    #[error(
        "name the post in the header Idempotency-Key (1 to 255 characters): the same name is the same post"
    )]
    NoIdempotencyKey,
    /// The idempotency key belongs to another post.
    #[error("something else was posted under this Idempotency-Key; take another one")]
    Reused,
    /// The content type is another one.
    #[error("post application/json")]
    NoJson,
    /// The body does not have the shape of the description.
    #[error("the body is not as /api/openapi.json describes it: {0}")]
    Malformed(String),
    /// There is no such segment.
    #[error("the account has no such segment")]
    NoSegment,
    /// The key writes for another department.
    #[error("the key does not write for this department, or the account has no such department")]
    Department,
    /// It cannot go out so.
    #[error("{message}")]
    Unacceptable {
        /// The stable code.
        code: &'static str,
        /// A sentence.
        message: String,
        /// Places and sentences.
        faults: Vec<(String, String)>,
    },
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile; look at it again")]
    Conflict,
    /// What every address may answer.
    #[error(transparent)]
    Web(#[from] WebError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::PlainHttp | Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::NoIdempotencyKey | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Reused | Self::Conflict => StatusCode::CONFLICT,
            Self::NoJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoSegment | Self::Department | Self::Unacceptable { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Web(error) => error.status(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::PlainHttp => "plain_http",
            Self::Denied(_) => "denied",
            Self::NoIdempotencyKey => "idempotency_key_missing",
            Self::Reused => "idempotency_key_reused",
            Self::NoJson => "not_json",
            Self::Malformed(_) => "malformed",
            Self::NoSegment => "unknown_segment",
            Self::Department => "department",
            Self::Unacceptable { code, .. } => code,
            Self::Conflict => "conflict",
            Self::Web(error) => error.code(),
        }
    }

    /// Code, sentence and places.
    pub(in crate::web) fn body(&self) -> serde_json::Value {
        let mut body = json!({ "code": self.code(), "message": self.to_string() });
        if let Self::Unacceptable { faults, .. } = self {
            let faults = faults.iter().map(|(at, message)| json!({ "at": at, "message": message }));
            body["faults"] = faults.collect();
        }
        body
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response<Body> {
        let mut response = (self.status(), Json(self.body())).into_response();
        if matches!(self, Self::Unauthorized) {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            other => Self::Web(other.into()),
        }
    }
}

impl From<AnnounceError> for ApiError {
    fn from(error: AnnounceError) -> Self {
        let unacceptable = |code, error: &dyn std::error::Error, faults| Self::Unacceptable {
            code,
            message: error.to_string(),
            faults,
        };
        match &error {
            AnnounceError::Content(faults) | AnnounceError::Audience(AudienceError::Content(faults)) => {
                unacceptable("content", &error, content_faults(faults))
            }
            AnnounceError::Audience(AudienceError::Predicate(faults)) => {
                unacceptable("predicate", &error, predicate_faults(faults))
            }
            AnnounceError::Audience(AudienceError::Store(_)) | AnnounceError::Store(_) => match error {
                AnnounceError::Store(error) | AnnounceError::Audience(AudienceError::Store(error)) => {
                    error.into()
                }
                _ => Self::Web(WebError::Internal),
            },
            AnnounceError::Audience(_) => unacceptable("audience", &error, Vec::new()),
            AnnounceError::TooLate => unacceptable("too_late", &error, Vec::new()),
            AnnounceError::Refused(announcement::Refusal::Nobody) => {
                unacceptable("nobody", &error, Vec::new())
            }
            AnnounceError::Refused(_) => Self::Conflict,
            AnnounceError::NotFound | AnnounceError::NoAccount => Self::Web(WebError::NotFound),
            AnnounceError::NotAPerson(_)
            | AnnounceError::NotADeputy
            | AnnounceError::OnlyAlerts
            | AnnounceError::NotAgreed
            | AnnounceError::TooManyTemplates
            | AnnounceError::Line(_) => {
                tracing::error!(%error, "a key asked for what no key does");
                Self::Web(WebError::Internal)
            }
        }
    }
}

impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Denied(denied) => Self::Denied(denied),
            PostError::Department => Self::Department,
            PostError::NoSegment => Self::NoSegment,
            PostError::Predicate(ref faults) => Self::Unacceptable {
                code: "predicate",
                message: error.to_string(),
                faults: predicate_faults(faults),
            },
            PostError::Content(ref faults) => Self::Unacceptable {
                code: "content",
                message: error.to_string(),
                faults: content_faults(faults),
            },
            PostError::NotFound => Self::Web(WebError::NotFound),
            PostError::Announce(error) => error.into(),
            PostError::Store(error) => error.into(),
        }
    }
}

fn content_faults(faults: &[announcement::Fault]) -> Vec<(String, String)> {
    faults.iter().map(|fault| (crate::web::api::place(&fault.place), fault.wrong.to_string())).collect()
}

fn predicate_faults(faults: &[segment::Fault]) -> Vec<(String, String)> {
    let at = |fault: &segment::Fault| match fault.at.as_str() {
        "" => "audience.predicate".to_owned(),
        at => format!("audience.predicate.{at}"),
    };
    faults.iter().map(|fault| (at(fault), fault.wrong.to_string())).collect()
}
