//! What LINE's answer means for a batch, and for the announcement.

use std::time::Duration;

use crate::{
    domain::{
        announcement::{
            PauseReason,
            batch::{Batch, People, Said, State},
        },
        time::Timestamp,
    },
    messenger::{Receipt, SendError},
};

/// What a call meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) said: Said,
    /// Why nothing more is begun until somebody has looked.
    pub(super) pause: Option<PauseReason>,
}

/// How long the store's retry is put off at most: 64 times the first.
const DOUBLINGS: u32 = 6;

/// Reads the answer to a call of a batch.
pub(super) fn outcome(
    result: Result<Receipt, SendError>,
    batch: &Batch,
    (now, back_off): (Timestamp, Duration),
) -> Outcome {
    let tries = match batch.state {
        State::Begun { tries, .. } => tries,
        _ => 1,
    };
    let later = |wait: Duration| Said::Again { at: later_by(now, wait) };
    let backed_off = || later(back_off * 2_u32.pow((tries.saturating_sub(1)).min(DOUBLINGS)));
    let plain = |said| Outcome { said, pause: None };
    let paused = |said, why| Outcome { said, pause: Some(why) };
    match result {
        Ok(Receipt { request_id }) => plain(Said::Accepted { request_id }),
        Err(SendError::BadRecipients { places }) => plain(Said::Bad { places }),
        // Nothing was accepted: as it is, later.
        Err(SendError::RateLimited { after }) => plain(later(after.min(back_off * 64).max(back_off))),
        // Nothing was accepted either, and nothing will be until somebody has done something.
        Err(SendError::QuotaOut) => paused(later(Duration::ZERO), PauseReason::Quota),
        Err(SendError::Unauthorized | SendError::NotConfigured) => {
            paused(later(Duration::ZERO), PauseReason::Token)
        }
        Err(SendError::Forbidden { .. }) => paused(later(Duration::ZERO), PauseReason::Forbidden),
        // Nothing was accepted, or it may have been: the same again, under the same key.
        Err(
            SendError::TooManyJobs | SendError::TooManyToOne | SendError::NotSent(_) | SendError::Unknown(_),
        ) => plain(backed_off()),
        Err(SendError::Refused { status: 400, message }) if !is_about_words(&message) => match batch.people {
            People::Everybody { .. } => plain(Said::Refused { status: 400 }),
            _ => plain(Said::Halve),
        },
        Err(SendError::Refused { status, .. }) => plain(Said::Refused { status }),
        Err(SendError::Gone | SendError::TokenSpent) => plain(Said::Refused { status: 404 }),
    }
}

/// Whether LINE speaks of the messages: then they are refused for whoever they are.
fn is_about_words(message: &str) -> bool {
    message.contains("messages[") || message.contains("message object")
}

fn later_by(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::announcement::batch::BatchNo;

    fn read(result: Result<Receipt, SendError>, tries: u32) -> Outcome {
        let batch = Batch {
            no: BatchNo(0),
            people: People::Part { variant: 0, from: 0, count: 500 },
            retry_key: Uuid::nil(),
            state: State::Begun { first: Timestamp::UNIX_EPOCH, tries, again: None },
            withdrawn: Vec::new(),
        };
        outcome(result, &batch, (Timestamp::UNIX_EPOCH, Duration::from_secs(1)))
    }

    fn again(seconds: i64) -> Outcome {
        let at = Timestamp::from_second(seconds).unwrap();
        Outcome { said: Said::Again { at }, pause: None }
    }

    #[test]
    fn what_may_have_been_accepted_is_tried_again_ever_more_slowly() {
        assert_eq!(read(Err(SendError::Unknown(None)), 1), again(1));
        assert_eq!(read(Err(SendError::Unknown(None)), 4), again(8));
        assert_eq!(read(Err(SendError::NotSent(None)), 40), again(64));
        let limited = SendError::RateLimited { after: Duration::from_secs(3) };
        assert_eq!(read(Err(limited), 9), again(3));
    }

    #[test]
    fn what_needs_somebody_pauses_and_stays_open() {
        for (error, why) in [
            (SendError::QuotaOut, PauseReason::Quota),
            (SendError::Unauthorized, PauseReason::Token),
            (SendError::NotConfigured, PauseReason::Token),
            (SendError::Forbidden { message: String::new() }, PauseReason::Forbidden),
        ] {
            let outcome = read(Err(error), 1);
            assert_eq!(outcome.pause, Some(why));
            assert!(matches!(outcome.said, Said::Again { .. }));
        }
    }

    #[test]
    fn a_refusal_is_for_the_words_for_some_people_or_for_all() {
        let refused = |message: &str| SendError::Refused { status: 400, message: message.into() };
        assert_eq!(
            read(Err(refused("May not be empty: messages[0].text")), 1).said,
            Said::Refused { status: 400 }
        );
        assert_eq!(read(Err(refused("The property, 'to', is invalid")), 1).said, Said::Halve);
        assert_eq!(
            read(Err(SendError::BadRecipients { places: vec![3] }), 1).said,
            Said::Bad { places: vec![3] }
        );
        let too_large = SendError::Refused { status: 413, message: String::new() };
        assert_eq!(read(Err(too_large), 1).said, Said::Refused { status: 413 });
    }
}
