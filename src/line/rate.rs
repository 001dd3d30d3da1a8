//! A token bucket a LINE account and endpoint, with this instance's share of LINE's limit, and a queue in front of it.
//!
//! LINE counts per channel, endpoint and method, whatever the caller's address, and answers 429 without
//! saying how long to wait; so we keep below it ourselves. Whoever is urgent stands before everybody who is not.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until, timeout_at},
};

/// A bucket that refills evenly and holds at most one period's worth (a second's, where LINE counts by the second) or
/// less, with two queues of callers.
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
    tickets: u64,
    urgent: VecDeque<Waiting>,
    ordinary: VecDeque<Waiting>,
}

/// Somebody in a queue. Only the first of all sleeps until there is a token; the others are woken.
#[derive(Debug)]
struct Waiting {
    ticket: u64,
    wake: Arc<Notify>,
}

/// Its turn did not come in time; it has left the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Late;

/// What a caller has to do now.
enum Turn {
    Passed,
    /// It is the first: there is a token then.
    First(Instant),
    Behind,
}

impl RateGate {
    /// `share` (above 0, at most 1) of `limit` calls a second; full at the start.
    pub(super) fn new(limit: u32, share: f64, now: Instant) -> Self {
        Self::over(Duration::from_secs(1), limit, share, now)
    }

    /// The same for a limit over a longer period; LINE lets a burst use all of it at once.
    pub(super) fn over(period: Duration, limit: u32, share: f64, now: Instant) -> Self {
        let most = (f64::from(limit) * share).max(1.0);
        Self::filled(most / period.as_secs_f64(), most, most, now)
    }

    /// `share` of `limit` calls a second, of which at most `burst` at once; empty at the start, so that one restart
    /// after the other does not add up to more than LINE takes.
    pub(super) fn even(limit: u32, share: f64, burst: u32, now: Instant) -> Self {
        let per_second = (f64::from(limit) * share).max(1.0);
        Self::filled(per_second, f64::from(burst.max(1)).min(per_second), 0.0, now)
    }

    fn filled(per_second: f64, most: f64, tokens: f64, now: Instant) -> Self {
        let (urgent, ordinary) = (VecDeque::new(), VecDeque::new());
        Self { per_second, most, state: Mutex::new(State { tokens, at: now, tickets: 0, urgent, ordinary }) }
    }

    /// Waits for a place, in the order of coming. The wait is bounded by the gate's own queue alone.
    pub(super) async fn pass(&self) {
        self.wait(false).await;
    }

    /// The same; who is urgent stands before all who are not. With a `limit` it gives up then.
    pub(super) async fn pass_as(&self, is_urgent: bool, limit: Option<Instant>) -> Result<(), Late> {
        match limit {
            None => {
                self.wait(is_urgent).await;
                Ok(())
            }
            Some(limit) => timeout_at(limit, self.wait(is_urgent)).await.map_err(|_| Late),
        }
    }

    async fn wait(&self, is_urgent: bool) {
        let Some(place) = self.stand(is_urgent, Instant::now()) else { return };
        loop {
            match self.look(&place, Instant::now()) {
                Turn::Passed => return,
                Turn::First(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = place.wake.notified() => {}
                },
                Turn::Behind => place.wake.notified().await,
            }
        }
    }

    /// Takes a token where one is there for this caller, or a place in the queue.
    fn stand(&self, is_urgent: bool, now: Instant) -> Option<Place<'_>> {
        let mut state = self.lock();
        self.refill(&mut state, now);
        let is_first = state.urgent.is_empty() && (is_urgent || state.ordinary.is_empty());
        if is_first && state.tokens >= 1.0 {
            state.tokens -= 1.0;
            return None;
        }
        state.tickets += 1;
        let (ticket, wake) = (state.tickets, Arc::new(Notify::new()));
        let queue = if is_urgent { &mut state.urgent } else { &mut state.ordinary };
        queue.push_back(Waiting { ticket, wake: Arc::clone(&wake) });
        Some(Place { gate: self, ticket, wake })
    }

    fn look(&self, place: &Place<'_>, now: Instant) -> Turn {
        let mut state = self.lock();
        self.refill(&mut state, now);
        if state.first().is_none_or(|first| first.ticket != place.ticket) {
            return Turn::Behind;
        }
        if state.tokens < 1.0 {
            let missing = (1.0 - state.tokens) / self.per_second;
            // A part of a nanosecond too early would have it look twice.
            return Turn::First(now + Duration::from_secs_f64(missing) + Duration::from_nanos(1));
        }
        state.tokens -= 1.0;
        state.leave(place.ticket);
        Turn::Passed
    }

    fn refill(&self, state: &mut State, now: Instant) {
        let passed = now.saturating_duration_since(state.at).as_secs_f64();
        state.tokens = (state.tokens + passed * self.per_second).min(self.most);
        state.at = state.at.max(now);
    }

    /// After a 429: whatever we counted, LINE's bucket is empty now.
    pub(super) fn drain(&self) {
        let mut state = self.lock();
        self.refill(&mut state, Instant::now());
        state.tokens = state.tokens.min(0.0);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn first(&self) -> Option<&Waiting> {
        self.urgent.front().or(self.ordinary.front())
    }

    /// Takes somebody out, and wakes whoever is the first now.
    fn leave(&mut self, ticket: u64) {
        for queue in [&mut self.urgent, &mut self.ordinary] {
            if let Some(at) = queue.iter().position(|waiting| waiting.ticket == ticket) {
                queue.remove(at);
            }
        }
        if let Some(first) = self.first() {
            first.wake.notify_one();
        }
    }
}

/// A caller's place in a queue; given up when it is dropped, so that nobody waits behind somebody who has gone.
struct Place<'a> {
    gate: &'a RateGate,
    ticket: u64,
    wake: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.lock().leave(self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};

    use super::*;

    /// When each of so many callers that come at once gets through.
    async fn passed(gate: &RateGate, callers: u32) -> Vec<Duration> {
        let start = Instant::now();
        let all: FuturesUnordered<_> = (0..callers)
            .map(|_| async {
                gate.pass().await;
                start.elapsed()
            })
            .collect();
        all.collect().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_lets_its_share_through_and_queues_the_rest() {
        let gate = RateGate::new(2_000, 0.5, Instant::now());
        let waits = passed(&gate, 1_500).await;
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 1_000);
        assert!((waits[1_499].as_secs_f64() - 0.5).abs() < 0.003, "{:?}", waits[1_499]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_by_the_hour_may_be_used_at_once_and_comes_back_slowly() {
        let gate = RateGate::over(Duration::from_hours(1), 100, 1.0, Instant::now());
        let waits = passed(&gate, 102).await;
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 100);
        assert!((waits[101].as_secs_f64() - 72.0).abs() < 0.1, "{:?}", waits[101]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_429_the_gate_starts_from_empty() {
        let gate = RateGate::new(10, 1.0, Instant::now());
        gate.drain();
        let waits = passed(&gate, 1).await;
        assert!((waits[0].as_secs_f64() - 0.1).abs() < 0.003, "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_even_gate_starts_empty_and_never_lets_more_than_its_burst_pile_up() {
        let gate = RateGate::even(200, 1.0, 10, Instant::now());
        let waits = passed(&gate, 2_000).await;
        for (n, wait) in waits.iter().enumerate() {
            let allowed = wait.as_secs_f64() * 200.0 + 0.01;
            assert!((n + 1) as f64 <= allowed, "call {n} after {wait:?}");
        }
        assert!(2_000.0 / waits[1_999].as_secs_f64() >= 199.0, "{:?}", waits[1_999]);
        // Nobody came for a minute: ten at once, and no more.
        tokio::time::advance(Duration::from_mins(1)).await;
        let waits = passed(&gate, 30).await;
        assert_eq!(waits.iter().filter(|wait| wait.is_zero()).count(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_urgent_overtakes_all_who_wait() {
        let gate = RateGate::even(200, 1.0, 10, Instant::now());
        let start = Instant::now();
        let ordinary: FuturesUnordered<_> = (0..1_000)
            .map(|_| async {
                gate.pass().await;
                start.elapsed()
            })
            .collect();
        let mut ordinary = ordinary.collect::<Vec<_>>();
        assert!((&mut ordinary).now_or_never().is_none());
        let urgent: FuturesUnordered<_> = (0..100)
            .map(|_| async {
                gate.pass_as(true, None).await.unwrap();
                start.elapsed()
            })
            .collect();
        let (ordinary, urgent) = tokio::join!(ordinary, urgent.collect::<Vec<_>>());
        assert!(urgent[0] <= Duration::from_millis(10), "{:?}", urgent[0]);
        assert!(urgent[99] <= Duration::from_millis(510), "{:?}", urgent[99]);
        // What was theirs goes on behind, at the same pace.
        assert!(ordinary[0] >= urgent[99], "{:?}", ordinary[0]);
        assert!((ordinary[999].as_secs_f64() - 5.5).abs() < 0.05, "{:?}", ordinary[999]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_holds_up_nobody() {
        let gate = RateGate::even(10, 1.0, 1, Instant::now());
        let mut first = Box::pin(gate.pass());
        let mut second = Box::pin(gate.pass());
        let mut third = Box::pin(gate.pass());
        poll_fn(|cx| {
            for waiting in [&mut first, &mut second, &mut third] {
                assert!(waiting.poll_unpin(cx).is_pending());
            }
            std::task::Poll::Ready(())
        })
        .await;
        drop(first);
        drop(second);
        let start = Instant::now();
        third.await;
        assert!(start.elapsed() <= Duration::from_millis(102), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_a_limit_gives_up_then_and_has_used_nothing() {
        let gate = RateGate::even(1, 1.0, 1, Instant::now());
        let start = Instant::now();
        let limit = Some(start + Duration::from_millis(300));
        assert_eq!(gate.pass_as(true, limit).await, Err(Late));
        assert_eq!(start.elapsed(), Duration::from_millis(300));
        gate.pass().await;
        assert!(start.elapsed() <= Duration::from_millis(1_002), "{:?}", start.elapsed());
    }
}
