//! When the next attempt may be made: a pure function of the failures so far and the time.
//!
//! An attempt is counted as failed before it is judged, and the count is cleared when it was right: so
//! that a thousand attempts at once are not judged before the first failure is known.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// So many failures cost nothing: people mistype.
pub const TRIES_BEFORE_WAITING: u32 = 5;
/// The first wait; each further failure doubles it.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// No wait is longer, so that nobody can lock a colleague out for a day.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(30);
/// After so long without a failure the count begins anew.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The failures since the last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last: Option<Timestamp>,
}

impl Failures {
    /// How long the next attempt has to wait; `None` when it may be made now.
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let beyond = self.current(now).checked_sub(TRIES_BEFORE_WAITING)?;
        let last = self.last?;
        let wait = FIRST_WAIT.saturating_mul(1_i32 << beyond.min(16)).min(LONGEST_WAIT);
        let left = wait.saturating_sub(now.duration_since(last));
        // A clock that was set back must not lengthen the wait.
        (left > SignedDuration::ZERO).then_some(left.min(wait))
    }

    /// After one more attempt, which counts as failed until it is known to be right.
    #[must_use]
    pub fn with_one_more(&self, now: Timestamp) -> Self {
        Self { count: self.current(now).saturating_add(1), last: Some(now) }
    }

    fn current(&self, now: Timestamp) -> u32 {
        let forgotten = self.last.is_none_or(|last| now.duration_since(last) > FORGOTTEN_AFTER);
        if forgotten { 0 } else { self.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn five_failures_are_free_and_then_each_doubles_the_wait_up_to_half_an_hour() {
        let (mut failures, mut now, mut waits) = (Failures::default(), 1_000, Vec::new());
        for _ in 0..14 {
            failures = failures.with_one_more(at(now));
            let wait = failures.wait(at(now)).map_or(0, |wait| wait.as_secs());
            waits.push(wait);
            assert_eq!(failures.wait(at(now + wait)), None, "it ends");
            now += wait;
        }
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800, 1_800]);
    }

    #[test]
    fn a_day_without_failures_begins_anew_and_a_clock_set_back_does_not_lock_for_ever() {
        let failures = Failures { count: 30, last: Some(at(1_000_000)) };
        assert_eq!(failures.wait(at(0)).map(|wait| wait.as_secs()), Some(1_800));
        let next_day = at(1_000_000 + 86_401);
        assert_eq!(failures.wait(next_day), None);
        assert_eq!(failures.with_one_more(next_day).count, 1);
    }
}
