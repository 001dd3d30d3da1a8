//! Time as a port: whoever needs the present asks a [`Clock`], so that tests can turn it.

use std::time::Duration;

pub use jiff::{Timestamp, civil::Date};

/// Tells the present in UTC. The real one is `system::SystemClock`; tests turn a `ManualClock`.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, UTC.
    fn now(&self) -> Timestamp;
}

/// How long a reply may take after LINE handed us the event.
///
/// LINE says one minute (Messaging API reference, reply token); ten seconds stay in hand for the call itself.
pub const REPLY_WITHIN: Duration = Duration::from_secs(50);

/// A redelivered event's token is dead this long after the event itself (Messaging API reference, reply token).
pub const REPLY_TOKEN_LIFE: Duration = Duration::from_mins(20);

/// The last moment at which a reply token may still be tried:
/// `min(received + 50 s, happened + 20 min)`, so that a redelivered token counts as fresh.
#[must_use]
pub fn reply_deadline(received: Timestamp, happened: Timestamp) -> Timestamp {
    let fresh = received.checked_add(REPLY_WITHIN).unwrap_or(Timestamp::MAX);
    let alive = happened.checked_add(REPLY_TOKEN_LIFE).unwrap_or(Timestamp::MAX);
    fresh.min(alive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_fresh_event_may_be_answered_for_fifty_seconds() {
        assert_eq!(reply_deadline(at(1_000), at(999)), at(1_050));
    }

    #[test]
    fn a_redelivered_event_is_dead_twenty_minutes_after_it_happened() {
        assert_eq!(reply_deadline(at(3_000), at(1_810)), at(3_010));
        assert!(reply_deadline(at(3_000), at(1_000)) < at(3_000));
    }
}
