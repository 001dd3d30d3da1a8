//! What LINE's refusals mean for the caller. LINE has no error codes: the status tells most, the text the rest.

use std::time::Duration;

use serde::Deserialize;

use crate::messenger::SendError;

/// LINE's error body: `{"message":"…","details":[…]}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Debug, Default, Deserialize)]
struct Detail {
    #[serde(default)]
    message: String,
    #[serde(default)]
    property: String,
}

/// The least pause after a rate limit; LINE sends no `Retry-After`.
const RATE_PAUSE: Duration = Duration::from_secs(1);

/// Turns a status that is not success into the caller's next step.
///
/// A 429 whose text is none of the known ones counts as the rate limit: waiting is right for all of them.
pub(super) fn classify(status: u16, body: &[u8]) -> SendError {
    let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let text = body.message.to_ascii_lowercase();
    match status {
        400 if text.contains("invalid reply token") => SendError::TokenSpent,
        401 => SendError::Unauthorized,
        403 => SendError::Forbidden { message: body.message },
        404 | 410 => SendError::Gone,
        429 if text.contains("monthly limit") => SendError::QuotaOut,
        429 if text.contains("concurrent") => SendError::TooManyJobs,
        429 if text.contains("same user") || text.contains("to this user") || text.contains("one user") => {
            SendError::TooManyToOne
        }
        429 => SendError::RateLimited { after: RATE_PAUSE },
        500..=599 => SendError::Unknown(None),
        _ => SendError::Refused { status, message: sentence(body) },
    }
}

/// LINE's words with the fields that it names; they carry no ids of people.
fn sentence(body: ErrorBody) -> String {
    body.details
        .into_iter()
        .fold(body.message, |sentence, detail| format!("{sentence}; {}: {}", detail.property, detail.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, message: &str) -> SendError {
        classify(status, format!("{{\"message\":{message:?}}}").as_bytes())
    }

    #[test]
    fn the_four_meanings_of_429_are_told_apart() {
        assert!(matches!(
            said(429, "The API rate limit has been exceeded. Try again later."),
            SendError::RateLimited { .. }
        ));
        assert!(matches!(said(429, "You have reached your monthly limit."), SendError::QuotaOut));
        assert!(matches!(said(429, "Too many concurrent audience jobs"), SendError::TooManyJobs));
        assert!(matches!(said(429, "Too many messages to the same user"), SendError::TooManyToOne));
        assert!(matches!(said(429, "something new"), SendError::RateLimited { .. }));
    }

    #[test]
    fn every_other_status_has_its_next_step() {
        assert!(matches!(said(400, "Invalid reply token"), SendError::TokenSpent));
        assert!(matches!(said(400, "May not be empty"), SendError::Refused { status: 400, .. }));
        assert!(matches!(said(401, ""), SendError::Unauthorized));
        assert!(matches!(said(403, "no"), SendError::Forbidden { .. }));
        assert!(matches!(said(404, ""), SendError::Gone));
        assert!(matches!(said(410, ""), SendError::Gone));
        assert!(matches!(said(413, ""), SendError::Refused { status: 413, .. }));
        assert!(matches!(said(500, ""), SendError::Unknown(_)));
        assert!(matches!(classify(503, b"<html>"), SendError::Unknown(_)));
    }
}
