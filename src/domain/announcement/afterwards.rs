//! What is known of an announcement after it went out: numbers, and nobody in them.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// Within so long after an announcement somebody who leaves is counted with it.
pub const SOON: SignedDuration = SignedDuration::from_hours(24);
/// The longer time.
pub const LATER: SignedDuration = SignedDuration::from_hours(72);

/// How many of those who were reached left the account afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Within [`SOON`].
    pub soon: u64,
    /// Within [`LATER`], those of before among them.
    pub later: u64,
}

impl Left {
    /// The same of every 10,000 who were reached; `None`: nobody was.
    pub fn per_10_000(self, reached: u64) -> Option<Self> {
        let share = |part: u64| (part * 10_000).checked_div(reached);
        Some(Self { soon: share(self.soon)?, later: share(self.later)? })
    }
}

/// The usual of several announcements: the median of each number; `None` of none.
pub fn usual(mut of: Vec<Left>) -> Option<Left> {
    let mut middle = |number: fn(&Left) -> u64| {
        of.sort_unstable_by_key(number);
        let (low, high) = (of.get(of.len().checked_sub(1)? / 2)?, of.get(of.len() / 2)?);
        Some(u64::midpoint(number(low), number(high)))
    };
    Some(Left { soon: middle(|left| left.soon)?, later: middle(|left| left.later)? })
}

/// What LINE counted of those who were reached. It keeps back numbers of a few, and everything for a day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineCounts {
    /// When LINE was asked.
    pub asked: Timestamp,
    /// People who had it on their screen; `None`: LINE does not tell.
    pub seen: Option<u64>,
    /// People who opened any of its links; `None`: LINE does not tell.
    pub opened_a_link: Option<u64>,
    /// Its links, each with the people who opened it.
    pub links: Vec<(String, Option<u64>)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(soon: u64, later: u64) -> Left {
        Left { soon, later }
    }

    #[test]
    fn the_usual_is_the_middle_of_each() {
        assert_eq!(usual(Vec::new()), None);
        assert_eq!(usual(vec![left(3, 4)]), Some(left(3, 4)));
        assert_eq!(usual(vec![left(1, 90), left(100, 8), left(2, 9)]), Some(left(2, 9)));
        assert_eq!(usual(vec![left(1, 10), left(3, 20)]), Some(left(2, 15)));
    }

    #[test]
    fn shares_are_of_those_who_were_reached() {
        assert_eq!(left(1, 2).per_10_000(0), None);
        assert_eq!(left(3, 5).per_10_000(20_000), Some(left(1, 2)));
    }
}
