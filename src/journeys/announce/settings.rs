//! How announcements are held and paced. Times are configurable so that tests need not wait.

use std::time::Duration;

use jiff::SignedDuration;

use crate::domain::announcement::{Hold, Kind};

/// Which queue an announcement stands in. Alerts have one of their own, so that nothing is before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Alerts and corrections: full speed.
    Urgent,
    /// Everything else: paced.
    Ordinary,
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Ordinary];

    /// Where a kind stands.
    pub fn of(kind: Kind) -> Self {
        match kind {
            // What is wrong is put right quickly.
            Kind::Alert | Kind::Correction => Self::Urgent,
            Kind::Ordinary | Kind::Drill => Self::Ordinary,
        }
    }
}

/// How announcements are held and paced.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The hold of announcements.
    pub hold: SignedDuration,
    /// The hold of alerts and corrections.
    pub urgent_hold: SignedDuration,
    /// Calls a second of ordinary announcements, together.
    pub calls_per_second: u32,
    /// Calls at once, of each lane.
    pub calls_at_once: usize,
    /// Whether the first 500 people go first, and the rest only when at most one in a hundred was refused.
    pub ramp: bool,
    /// How long after a call without an outcome it is tried again; it doubles with each try, up to 64 times that.
    pub back_off: Duration,
}

impl Settings {
    /// How long a kind is held.
    pub fn hold(&self, kind: Kind) -> Hold {
        Hold::new(match Lane::of(kind) {
            Lane::Urgent => self.urgent_hold,
            Lane::Ordinary => self.hold,
        })
    }
}
