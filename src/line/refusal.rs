//! What LINE's refusals mean for the caller. LINE has no error codes: the status tells most, the text the rest.

use std::time::Duration;

use serde::Deserialize;

use crate::messenger::{MOST_RECIPIENTS, SendError};

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
    let places = if status == 400 { recipients(&body) } else { Vec::new() };
    match status {
        400 if text.contains("invalid reply token") => SendError::TokenSpent,
        400 if !places.is_empty() => SendError::BadRecipients { places },
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

/// The places of recipients that LINE names: `to[1]` in the sentence ("The property, to[1], in the request body is
/// invalid") or as a field of the details. Ascending, each once.
fn recipients(body: &ErrorBody) -> Vec<usize> {
    let details = body.details.iter().flat_map(|detail| [&detail.property, &detail.message]);
    let mut places: Vec<usize> =
        std::iter::once(&body.message).chain(details).flat_map(|text| named(text)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn named(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices("to[").filter_map(|(at, found)| {
        // `messages[0].quoteto[1]` and `a.to[1]` are other fields.
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ']');
        let (place, _) = text[at + found.len()..].split_once(']')?;
        let place = place.parse().ok().filter(|place| *place < MOST_RECIPIENTS)?;
        (!text[..at].ends_with(is_part)).then_some(place)
    })
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
    fn recipients_that_are_named_are_told_by_their_places() {
        let places = |message: &str| match said(400, message) {
            SendError::BadRecipients { places } => places,
            SendError::Refused { status: 400, .. } => Vec::new(),
            other => panic!("{other:?}"),
        };
        assert_eq!(places("The property, to[1], in the request body is invalid (line: -, column: -)"), [1]);
        assert_eq!(places("The property, 'to[499]', in the request body is invalid"), [499]);
        assert_eq!(places("to[7] and to[3], to[7]"), [3, 7]);
        for other in
            ["The property, 'to', is invalid", "a.to[1]", "auto[1]", "to[500]", "to[-1]", "to[", "to[x]"]
        {
            assert_eq!(places(other), [0_usize; 0], "{other}");
        }
        let detailed = br#"{"message":"The request body has 2 error(s)","details":[
            {"message":"invalid","property":"to[12]"},{"message":"The property, to[4], is invalid","property":""}]}"#;
        assert!(matches!(classify(400, detailed), SendError::BadRecipients { places } if places == [4, 12]));
        assert!(matches!(classify(413, detailed), SendError::Refused { .. }));
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
