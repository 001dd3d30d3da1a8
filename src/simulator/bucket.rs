//! LINE's own rate limits: token buckets a channel and endpoint.

use std::time::Duration;

use crate::domain::time::Timestamp;

/// Broadcasts an hour, and calls of each insight endpoint (Messaging API, "Rate limits").
const PER_HOUR: u32 = 60;

/// A bucket like LINE's: it refuses what comes faster than its rate, and holds one period's worth.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    most: f64,
    left: f64,
    at: Timestamp,
}

impl Bucket {
    fn over(period: Duration, limit: u32, now: Timestamp) -> Self {
        let most = f64::from(limit);
        Self { per_second: most / period.as_secs_f64(), most, left: most, at: now }
    }

    /// Whether a call comes slowly enough.
    pub(super) fn take(&mut self, now: Timestamp) -> bool {
        let passed = Duration::try_from(now.duration_since(self.at)).unwrap_or_default().as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * self.per_second).min(self.most);
        let is_taken = self.left >= 1.0;
        self.left -= f64::from(u8::from(is_taken));
        is_taken
    }
}

/// The limits that are low enough to be met.
#[derive(Debug)]
pub(super) struct Buckets {
    pub(super) multicast: Bucket,
    pub(super) broadcast: Bucket,
    pub(super) insight: Bucket,
    pub(super) followers: Bucket,
}

impl Buckets {
    pub(super) fn new(multicasts_per_second: u32, now: Timestamp) -> Self {
        let hourly = || Bucket::over(Duration::from_hours(1), PER_HOUR, now);
        Self {
            multicast: Bucket::over(Duration::from_secs(1), multicasts_per_second, now),
            broadcast: hourly(),
            insight: hourly(),
            followers: hourly(),
        }
    }
}
