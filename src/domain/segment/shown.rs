//! Counts of people as they may be shown: never of a few, not even by subtraction.

use std::fmt;

use serde::Serialize;

/// The fewest people of whom a number is shown (k-anonymity).
pub const FEWEST_SHOWN: u64 = 5;

/// A count as it may be shown. It is made from a count and does not give it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// So many; at least [`FEWEST_SHOWN`].
    Exactly(u64),
    /// Too few to be shown, perhaps none; or so many of a total that the rest would be too few.
    Hidden,
}

impl Shown {
    /// A count that stands alone.
    pub fn of(count: u64) -> Self {
        if count >= FEWEST_SHOWN { Self::Exactly(count) } else { Self::Hidden }
    }

    /// A count beside its total: hidden too where the rest is some, but too few.
    pub fn of_total(count: u64, total: u64) -> Self {
        match total.saturating_sub(count) {
            1..FEWEST_SHOWN => Self::Hidden,
            _ => Self::of(count),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(f),
            Self::Hidden => f.write_str("-"),
        }
    }
}

/// A total and its parts, so that nothing hidden follows from what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakdown<K> {
    /// The total.
    pub total: Shown,
    /// The parts, in the order given.
    pub parts: Vec<(K, Shown)>,
}

impl<K> Breakdown<K> {
    /// Parts that nobody or everybody may belong to, several at once too: topics.
    pub fn overlapping(total: u64, parts: Vec<(K, u64)>) -> Self {
        let shown = |count| match Shown::of(total) {
            Shown::Hidden => Shown::Hidden,
            Shown::Exactly(_) => Shown::of_total(count, total),
        };
        Self {
            total: Shown::of(total),
            parts: parts.into_iter().map(|(name, count)| (name, shown(count))).collect(),
        }
    }

    /// Parts of which each person belongs to at most one: wards where one lives. What is not shown, those in
    /// no part included, is together at least [`FEWEST_SHOWN`] or nobody: otherwise the smallest parts that
    /// would be shown are hidden with it.
    pub fn disjoint(total: u64, parts: Vec<(K, u64)>) -> Self {
        let mut shown: Vec<bool> = match Shown::of(total) {
            Shown::Hidden => vec![false; parts.len()],
            Shown::Exactly(_) => parts.iter().map(|(_, count)| *count >= FEWEST_SHOWN).collect(),
        };
        loop {
            let told: u64 = parts.iter().zip(&shown).filter(|(_, s)| **s).map(|((_, count), _)| count).sum();
            let rest = total.saturating_sub(told);
            if rest == 0 || rest >= FEWEST_SHOWN {
                break;
            }
            let smallest = (0..parts.len()).filter(|at| shown[*at]).min_by_key(|at| parts[*at].1);
            match smallest {
                Some(at) => shown[at] = false,
                None => break,
            }
        }
        let parts = parts
            .into_iter()
            .zip(shown)
            .map(|((name, count), shown)| (name, if shown { Shown::Exactly(count) } else { Shown::Hidden }));
        Self { total: Shown::of(total), parts: parts.collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_are_never_shown_neither_by_themselves_nor_by_subtraction() {
        assert_eq!([0, 4, 5].map(Shown::of), [Shown::Hidden, Shown::Hidden, Shown::Exactly(5)]);
        let cases =
            [(96, Shown::Hidden), (95, Shown::Exactly(95)), (100, Shown::Exactly(100)), (4, Shown::Hidden)];
        for (count, expected) in cases {
            assert_eq!(Shown::of_total(count, 100), expected, "{count}");
        }
        let wards = Breakdown::disjoint(30, vec![("a", 15), ("b", 12), ("c", 3)]);
        let parts = [("a", Shown::Exactly(15)), ("b", Shown::Hidden), ("c", Shown::Hidden)];
        assert_eq!((wards.total, &wards.parts[..]), (Shown::Exactly(30), &parts[..]));
    }

    proptest! {
        #[test]
        fn what_is_hidden_of_a_breakdown_is_nobody_or_not_a_few(
            counts in prop::collection::vec(0u64..20, 0..8), others in 0u64..10,
        ) {
            let total = counts.iter().sum::<u64>() + others;
            let told = |parts: &[(usize, Shown)]| -> u64 {
                parts.iter().map(|(_, shown)| match shown { Shown::Exactly(n) => *n, Shown::Hidden => 0 }).sum()
            };
            let parts: Vec<(usize, u64)> = counts.iter().copied().enumerate().collect();
            let disjoint = Breakdown::disjoint(total, parts.clone());
            if let Shown::Exactly(total) = disjoint.total {
                let rest = total - told(&disjoint.parts);
                prop_assert!(rest == 0 || rest >= FEWEST_SHOWN, "{rest}");
            } else {
                prop_assert_eq!(told(&disjoint.parts), 0);
            }
            for (at, shown) in &disjoint.parts {
                prop_assert!(*shown == Shown::Hidden || *shown == Shown::of(counts[*at]));
            }
            for (_, shown) in Breakdown::overlapping(total, parts).parts {
                if let Shown::Exactly(n) = shown {
                    prop_assert!(n >= FEWEST_SHOWN && (total == n || total - n >= FEWEST_SHOWN));
                }
            }
        }
    }
}
