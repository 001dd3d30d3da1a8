//! How fast calls are begun. The place to wait is here, before anything is asked or claimed for good: a call that waits
//! at the client's gate could not be taken back any more.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A turn every so often; without a number of its own, LINE's limit alone holds.
#[derive(Debug)]
pub(super) struct Pace {
    every: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let every = per_second.map(|calls| Duration::from_secs(1) / calls.max(1));
        Self { every, next: Mutex::default() }
    }

    /// Waits for a turn. Turns that nobody took are lost: what was slow is not made up for by a burst.
    pub(super) async fn turn(&self) {
        let Some(every) = self.every else { return };
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.map_or(now, |next| next.max(now));
            *next = Some(at + every);
            at
        };
        sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_come_evenly_and_none_is_made_up_for() {
        let pace = Pace::new(Some(100));
        let start = Instant::now();
        for _ in 0..50 {
            pace.turn().await;
        }
        assert_eq!(start.elapsed().as_millis(), 490);
        tokio::time::advance(Duration::from_secs(5)).await;
        let later = Instant::now();
        for _ in 0..3 {
            pace.turn().await;
        }
        assert_eq!(later.elapsed().as_millis(), 20);
    }
}
