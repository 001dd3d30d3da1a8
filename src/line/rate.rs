//! A token bucket a LINE account and endpoint, with this instance's share of LINE's limit.
//!
//! LINE counts per channel, endpoint and method, whatever the caller's address, and answers 429 without
//! saying how long to wait; so we keep below it ourselves.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A bucket that refills evenly and holds at most one period's worth: a second's, where LINE counts by the second.
#[derive(Debug)]
pub(super) struct RateGate {
    per_second: f64,
    most: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    at: Instant,
}

impl RateGate {
    /// `share` (above 0, at most 1) of `limit` calls a second; full at the start.
    pub(super) fn new(limit: u32, share: f64, now: Instant) -> Self {
        Self::over(Duration::from_secs(1), limit, share, now)
    }

    /// The same for a limit over a longer period; LINE lets a burst use all of it at once.
    pub(super) fn over(period: Duration, limit: u32, share: f64, now: Instant) -> Self {
        let most = (f64::from(limit) * share).max(1.0);
        let per_second = most / period.as_secs_f64();
        Self { per_second, most, state: Mutex::new(State { tokens: most, at: now }) }
    }

    /// Waits for a place. The wait is bounded by the gate's own queue, so callers need a bound of their own.
    pub(super) async fn pass(&self) {
        let now = Instant::now();
        let wait = self.take(now);
        if !wait.is_zero() {
            sleep_until(now + wait).await;
        }
    }

    /// Takes a token, or says how long until there is one for this caller. A caller that waits has taken
    /// its place: nobody overtakes it.
    pub(super) fn take(&self, now: Instant) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(state.at).as_secs_f64();
        state.tokens = (state.tokens + passed * self.per_second).min(self.most) - 1.0;
        state.at = now;
        if state.tokens >= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(-state.tokens / self.per_second)
        }
    }

    /// After a 429: whatever we counted, LINE's bucket is empty now.
    pub(super) fn drain(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tokens = state.tokens.min(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_gate_lets_its_share_through_and_queues_the_rest() {
        let start = Instant::now();
        let gate = RateGate::new(2_000, 0.5, start);
        let waits: Vec<Duration> = (0..1_500).map(|_| gate.take(start)).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 1_000);
        assert!((waits[1_499].as_secs_f64() - 0.5).abs() < 0.002, "{:?}", waits[1_499]);
        let later = start + Duration::from_secs(1);
        assert!(gate.take(later).is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_by_the_hour_may_be_used_at_once_and_comes_back_slowly() {
        let start = Instant::now();
        let gate = RateGate::over(Duration::from_hours(1), 100, 1.0, start);
        let waits: Vec<Duration> = (0..102).map(|_| gate.take(start)).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 100);
        assert!((waits[101].as_secs_f64() - 72.0).abs() < 0.1, "{:?}", waits[101]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_429_the_gate_starts_from_empty() {
        let start = Instant::now();
        let gate = RateGate::new(10, 1.0, start);
        gate.drain();
        assert!(!gate.take(start).is_zero());
    }
}
