//! How often each intent was given as an answer and called wrong, from the figures of the last days.

use std::collections::HashMap;

use jiff::ToSpan;

use super::Desk;
use crate::{domain::id::AccountId, store::StoreError};

/// So many days are counted.
pub const DAYS: i32 = 28;

/// Counts by intent.
#[derive(Debug, Default)]
pub struct Usage {
    /// How often it was the answer.
    pub answered: HashMap<String, u64>,
    /// How often somebody said 「ちがう」 to it.
    pub disliked: HashMap<String, u64>,
}

impl Usage {
    /// How often an intent was the answer, and was called wrong.
    pub fn of(&self, intent: &str) -> (u64, u64) {
        let count = |counts: &HashMap<String, u64>| counts.get(intent).copied().unwrap_or(0);
        (count(&self.answered), count(&self.disliked))
    }

    /// Whether it is called wrong often: by three people at least, and by one in five of those who got it.
    pub fn is_often_disliked(&self, intent: &str) -> bool {
        let (answered, disliked) = self.of(intent);
        disliked >= 3 && disliked * 5 >= answered
    }
}

/// The counts of the last [`DAYS`] days, today included.
pub async fn usage(desk: &Desk, account: &AccountId) -> Result<Usage, StoreError> {
    let mut usage = Usage::default();
    let Some(known) = desk.library.account(account) else { return Ok(usage) };
    let today = desk.today(known);
    for back in 0..DAYS {
        for (name, count) in desk.store.day(account, today.saturating_sub(back.days())).await? {
            if let Some(intent) = name.strip_prefix("intent.") {
                *usage.answered.entry(intent.to_owned()).or_default() += count;
            } else if let Some(intent) = name.strip_prefix("feedback.wrong.") {
                *usage.disliked.entry(intent.to_owned()).or_default() += count;
            }
        }
    }
    Ok(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_people_call_wrong_is_not_often_disliked() {
        let counts = |count| HashMap::from([("a.x".to_owned(), count)]);
        for (answered, disliked, expected) in [(2, 2, false), (15, 3, true), (16, 3, false), (0, 3, true)] {
            let usage = Usage { answered: counts(answered), disliked: counts(disliked) };
            assert_eq!(usage.is_often_disliked("a.x"), expected, "{answered} {disliked}");
        }
        assert_eq!(Usage::default().of("a.x"), (0, 0));
    }
}
