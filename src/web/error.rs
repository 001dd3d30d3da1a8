//! The only place, with what is below it, where a failure becomes a status, a stable code and a sentence for people.

mod api;

use std::any::Any;

use axum::{
    Json,
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse,
};
use serde_json::json;

pub use api::ApiError;

use crate::{
    domain::{announcement, emergency, staff::Denied},
    journeys::{
        announce::{AnnounceError, AudienceError},
        curate::PublishError,
        emergency::EmergencyError,
        enquiries::{PageError, handle::HandleError},
        own_data::{OwnDataError, liff::LiffError},
        pages::LinkError,
        reach::ReachError,
        segments::SegmentError,
        staff::{Refused, StaffError},
        unanswered::MarkError,
    },
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

/// Everything that the console shows instead of the page that was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConsoleError {
    /// No such page, or nothing of that name that the person may know of.
    #[error("there is no such page")]
    NotFound,
    /// The address takes no such method.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// A right is missing; the administrators' names say whom to ask.
    #[error("the right {} is missing", denied.right.code())]
    Denied {
        /// Which right, and why.
        denied: Denied,
        /// Whom to ask.
        administrators: Vec<String>,
    },
    /// The address of the client is not in `console.allow_from`.
    #[error("the console is not open to this address")]
    NotFromHere,
    /// Plain HTTP from another machine.
    #[error("the console needs https")]
    PlainHttp,
    /// The request was started by another site.
    #[error("the request was started by another site")]
    Foreign,
    /// The form was made for another session or address.
    #[error("the form is out of date")]
    FormExpired,
    /// The form cannot be read.
    #[error("the form cannot be read")]
    BadForm,
    /// The form is too large.
    #[error("the form is too large")]
    TooLarge,
    /// Somebody else changed it meanwhile.
    #[error("it was changed by somebody else")]
    Conflict,
    /// The form was posted before, and nobody knows how that ended.
    #[error("it is not known whether it was done")]
    Unknown,
    /// Somebody else has to do it.
    #[error("somebody else has to do this")]
    Oneself,
    /// Too many attempts.
    #[error("too many attempts; wait {seconds} s")]
    Wait {
        /// How long.
        seconds: u64,
    },
    /// The store takes no writes just now.
    #[error("nothing can be stored just now")]
    Unavailable,
    /// A fault of ours.
    #[error("an unexpected error happened; it has been logged")]
    Internal,
}

impl ConsoleError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Denied { .. }
            | Self::NotFromHere
            | Self::PlainHttp
            | Self::Foreign
            | Self::FormExpired
            | Self::Oneself => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict | Self::Unknown => StatusCode::CONFLICT,
            Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code, with which the console's catalogue names the sentences for people.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Denied { .. } => "denied",
            Self::NotFromHere => "not-from-here",
            Self::PlainHttp => "plain-http",
            Self::Foreign => "foreign",
            Self::FormExpired => "form-expired",
            Self::BadForm => "bad-form",
            Self::TooLarge => "too-large",
            Self::Conflict => "conflict",
            Self::Unknown => "unknown",
            Self::Oneself => "oneself",
            Self::Wait { .. } => "wait",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// The status alone: the console's outermost layer finds the error and makes it a page.
impl IntoResponse for ConsoleError {
    fn into_response(self) -> Response<Body> {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Denied> for ConsoleError {
    fn from(denied: Denied) -> Self {
        Self::Denied { denied, administrators: Vec::new() }
    }
}

impl From<StoreError> for ConsoleError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            StoreError::Full | StoreError::Closed | StoreError::Backend(_) => Self::Unavailable,
            StoreError::Fenced | StoreError::Damaged { .. } => {
                tracing::error!(error = %error, "the console could not read the store");
                Self::Internal
            }
        }
    }
}

impl From<Refused> for ConsoleError {
    fn from(refused: Refused) -> Self {
        match refused {
            // Forms show a wrong attempt at the field; this is for those that cannot.
            Refused::Wrong => Self::FormExpired,
            Refused::Wait(wait) => Self::Wait { seconds: wait.as_secs().unsigned_abs() },
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<StaffError> for ConsoleError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Unknown => Self::NotFound,
            StaffError::Oneself => Self::Oneself,
            StaffError::Store(error) => error.into(),
            StaffError::LoginTaken | StaffError::NoFactor => Self::Conflict,
            // Forms show these at the field before a journey is asked.
            StaffError::UnknownDepartment | StaffError::NoRole | StaffError::DaysExchanged => Self::BadForm,
        }
    }
}

impl From<HandleError> for ConsoleError {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::NotFound => Self::NotFound,
            HandleError::Store(error) => error.into(),
            HandleError::Refused(_) => Self::Conflict,
            // Forms show these at the field, or offer no such choice.
            HandleError::Text(_)
            | HandleError::NotTheirs
            | HandleError::UnknownDivision
            | HandleError::TooManyCanned
            | HandleError::NotAPerson(_) => Self::BadForm,
        }
    }
}

impl From<EmergencyError> for ConsoleError {
    fn from(error: EmergencyError) -> Self {
        match error {
            EmergencyError::Refused(emergency::Refusal::SamePerson) => Self::Oneself,
            EmergencyError::Refused(_) => Self::Conflict,
            EmergencyError::Store(error) => error.into(),
            EmergencyError::Notice(_) | EmergencyError::NotAPerson(_) => Self::BadForm,
        }
    }
}

impl From<AnnounceError> for ConsoleError {
    fn from(error: AnnounceError) -> Self {
        match error {
            AnnounceError::NotFound | AnnounceError::NoAccount => Self::NotFound,
            AnnounceError::Store(error) | AnnounceError::Audience(AudienceError::Store(error)) => {
                error.into()
            }
            AnnounceError::Refused(announcement::Refusal::SamePerson) => Self::Oneself,
            AnnounceError::Refused(_) | AnnounceError::TooLate | AnnounceError::TooManyTemplates => {
                Self::Conflict
            }
            AnnounceError::Line(_) => Self::Unavailable,
            // Pages show these beside what was typed; this is for those that cannot.
            AnnounceError::Content(_)
            | AnnounceError::Audience(_)
            | AnnounceError::NotAPerson(_)
            | AnnounceError::NotADeputy
            | AnnounceError::OnlyAlerts
            | AnnounceError::NotAgreed => Self::BadForm,
        }
    }
}

impl From<ReachError> for ConsoleError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Store(error) => error.into(),
            ReachError::NotFound | ReachError::NoWards => Self::NotFound,
            // The page shows these beside what was typed.
            ReachError::Unreadable(_) | ReachError::InFuture => Self::BadForm,
        }
    }
}

impl From<SegmentError> for ConsoleError {
    fn from(error: SegmentError) -> Self {
        match error {
            SegmentError::NoAccount => Self::NotFound,
            SegmentError::Store(error) => error.into(),
            // Pages show these beside what was typed; this is for those that cannot.
            SegmentError::Faults(_) => Self::BadForm,
            SegmentError::TooMany => Self::Conflict,
        }
    }
}

impl From<MarkError> for ConsoleError {
    fn from(error: MarkError) -> Self {
        match error {
            MarkError::Store(error) => error.into(),
            MarkError::NotAPerson(_) => Self::BadForm,
        }
    }
}

impl From<PublishError> for ConsoleError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            PublishError::NoRevision(_) | PublishError::NoDraft(_) => Self::NotFound,
            // The pages show these beside what was typed; this is for those that cannot.
            PublishError::Conflict(_) | PublishError::NoConflict => Self::Conflict,
            PublishError::Problems(_)
            | PublishError::Files(_)
            | PublishError::Breaks(_)
            | PublishError::LosesSafety => Self::BadForm,
            PublishError::Shelf(error) => {
                tracing::error!(%error, "the console could not read or write the files");
                Self::Unavailable
            }
        }
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

/// The status of a page of somebody's own data that cannot do it.
pub(super) fn own_data_status(error: &OwnDataError) -> StatusCode {
    match error {
        OwnDataError::Link(LinkError::Unknown) => StatusCode::NOT_FOUND,
        OwnDataError::Link(LinkError::Over(_)) | OwnDataError::Nobody(_) | OwnDataError::NoHelper(_) => {
            StatusCode::GONE
        }
        OwnDataError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The status of a page inside LINE that lets nobody in.
pub(super) fn liff_status(error: &LiffError) -> StatusCode {
    match error {
        LiffError::NoPage | LiffError::Nobody => StatusCode::NOT_FOUND,
        LiffError::Refused => StatusCode::FORBIDDEN,
        LiffError::Unanswered => StatusCode::BAD_GATEWAY,
        LiffError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Makes a panic of a handler a plain 500; the panic's text stays inside.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("a handler panicked");
    WebError::Internal.into_response()
}
