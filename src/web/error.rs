//! The only place where a failure becomes a status, a stable code and a sentence for people.

use std::any::Any;

use axum::{
    Json,
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse,
};
use serde_json::json;

use crate::{
    journeys::{enquiries::PageError, pages::LinkError},
    store::StoreError,
};

/// Everything that the server answers instead of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// No such address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address exists, the method does not.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// The account is unknown or off.
    #[error("there is no such account here, or it has no channel secret")]
    UnknownAccount,
    /// The signature header is missing.
    #[error("the request has no x-line-signature header")]
    Unsigned,
    /// The signature does not fit the body.
    #[error("the signature does not fit the body; check the channel secret")]
    WrongSignature,
    /// The body is larger than allowed.
    #[error("the body is larger than {max} bytes")]
    TooLarge {
        /// `server.webhook_max_bytes`.
        max: usize,
    },
    /// The body did not come in time, or the connection broke.
    #[error("the body did not arrive whole")]
    Incomplete,
    /// Signed, but no webhook body.
    #[error("the body is signed, but it is no webhook body: {0}")]
    NotAWebhook(String),
    /// Too much is in work or waits.
    #[error("too much is waiting; deliver again later")]
    Busy,
    /// The store takes no writes just now.
    #[error("nothing can be stored just now; deliver again later")]
    Unavailable,
    /// A fault of ours.
    #[error("an unexpected error happened; it has been logged")]
    Internal,
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownAccount => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unsigned | Self::WrongSignature => StatusCode::UNAUTHORIZED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Incomplete => StatusCode::REQUEST_TIMEOUT,
            Self::NotAWebhook(_) => StatusCode::BAD_REQUEST,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code that programs may rely on.
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::UnknownAccount => "unknown_account",
            Self::Unsigned => "unsigned",
            Self::WrongSignature => "wrong_signature",
            Self::TooLarge { .. } => "too_large",
            Self::Incomplete => "incomplete",
            Self::NotAWebhook(_) => "not_a_webhook",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response<Body> {
        let body = Json(json!({ "code": self.code(), "message": self.to_string() }));
        (self.status(), body).into_response()
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Busy,
            // Nothing was acknowledged, so LINE may deliver again.
            StoreError::Closed | StoreError::Backend(_) => Self::Unavailable,
            StoreError::Fenced | StoreError::Conflict | StoreError::Damaged { .. } => {
                tracing::error!(error = %error, "the store answered what a webhook never asks for");
                Self::Unavailable
            }
        }
    }
}

/// The status of a resident's page that cannot be.
pub(super) fn page_status(error: &PageError) -> StatusCode {
    match error {
        PageError::Link(LinkError::Unknown) => StatusCode::NOT_FOUND,
        PageError::Link(LinkError::Over(_)) | PageError::Gone(_) => StatusCode::GONE,
        PageError::Text(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PageError::Refused(_) => StatusCode::CONFLICT,
        PageError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Makes a panic of a handler a plain 500; the panic's text stays inside.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("a handler panicked");
    WebError::Internal.into_response()
}
