//! A body that LINE signed. A handler that takes a [`VerifiedBody`] cannot see an unverified one.

use axum::{
    extract::{FromRequest, Path, Request},
    http::HeaderMap,
};
use bytes::Bytes;

use super::{WebError, WebState, body};
use crate::domain::id::AccountId;

/// LINE's header; names of headers are compared without regard to case.
const SIGNATURE: &str = "x-line-signature";

/// The raw bytes of a request whose signature fits a secret of the account in its path.
pub(super) struct VerifiedBody {
    /// The account whose secret fitted.
    pub(super) account: AccountId,
    /// The body as it came.
    pub(super) bytes: Bytes,
}

impl FromRequest<WebState> for VerifiedBody {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &WebState) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let account = axum::RequestPartsExt::extract::<Path<String>>(&mut parts)
            .await
            .ok()
            .and_then(|Path(name)| name.parse::<AccountId>().ok());
        // The body is read to its end whatever the verdict, so that the sender can read the answer.
        let bytes = body::read(body, state.0.webhook_max_bytes).await;
        let account = account.ok_or(WebError::UnknownAccount)?;
        let credentials = state.0.accounts.get(&account).ok_or(WebError::UnknownAccount)?;
        let bytes = bytes?;
        let header = signature_of(&parts.headers)?;
        if credentials.verifies(header, &bytes) {
            Ok(Self { account, bytes })
        } else {
            Err(WebError::WrongSignature)
        }
    }
}

/// The one signature header. Two of them are as good as none: nobody knows which one was checked before us.
fn signature_of(headers: &HeaderMap) -> Result<&str, WebError> {
    let mut values = headers.get_all(SIGNATURE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| WebError::WrongSignature),
        (None, _) => Err(WebError::Unsigned),
        (Some(_), Some(_)) => Err(WebError::WrongSignature),
    }
}
