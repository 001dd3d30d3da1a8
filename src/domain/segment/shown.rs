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
    /// Too few to be shown, perhaps none; of a part of a breakdown also: from which others would follow.
    Hidden,
    /// All of a total but some, who are too few to be shown.
    AllButAFew,
}

/// Whether there are some, and too few to be told of.
fn few(count: u64) -> bool {
    (1..FEWEST_SHOWN).contains(&count)
}

impl Shown {
    /// A count that stands alone.
    pub fn of(count: u64) -> Self {
        if count >= FEWEST_SHOWN { Self::Exactly(count) } else { Self::Hidden }
    }

    /// A count beside its total: not shown either where the rest is some, but too few.
    pub fn of_total(count: u64, total: u64) -> Self {
        match Self::of(count) {
            Self::Exactly(_) if few(total.saturating_sub(count)) => Self::AllButAFew,
            shown => shown,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(f),
            Self::Hidden | Self::AllButAFew => f.write_str("-"),
        }
    }
}

/// A part of a breakdown: how many of those who are counted belong to it, and how many of everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<K> {
    /// What it is called.
    pub name: K,
    /// Of those who are counted.
    pub here: u64,
    /// Of everybody; they can be counted too, so nothing may follow from both.
    pub everywhere: u64,
}

impl<K> Part<K> {
    /// Those of the part who are not counted.
    fn elsewhere(&self) -> u64 {
        self.everywhere.saturating_sub(self.here)
    }
}

/// A total and its parts, so that nothing hidden follows from what is shown, even beside the same breakdown of
/// everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakdown<K> {
    /// The total.
    pub total: Shown,
    /// The parts, in the order given.
    pub parts: Vec<(K, Shown)>,
}

impl<K> Breakdown<K> {
    /// Parts that nobody or everybody may belong to, several at once too: topics. `total` are those who are
    /// counted, out of `everybody`.
    pub fn overlapping(total: u64, everybody: u64, parts: Vec<Part<K>>) -> Self {
        let others = everybody.saturating_sub(total);
        let shown = |part: &Part<K>| {
            part.here >= FEWEST_SHOWN
                && !few(total.saturating_sub(part.here))
                && !few(part.elsewhere())
                && !few(others.saturating_sub(part.elsewhere()))
        };
        Self::shown(total, everybody, parts, |parts| parts.iter().map(shown).collect())
    }

    /// Parts of which each person belongs to at most one: wards where one lives. What is not shown, those in
    /// no part included, is together at least [`FEWEST_SHOWN`] or nobody, among those who are counted and
    /// among the others: otherwise the smallest parts that would be shown are hidden with it.
    pub fn disjoint(total: u64, everybody: u64, parts: Vec<Part<K>>) -> Self {
        let others = everybody.saturating_sub(total);
        Self::shown(total, everybody, parts, |parts| {
            let mut shown: Vec<bool> =
                parts.iter().map(|part| part.here >= FEWEST_SHOWN && !few(part.elsewhere())).collect();
            loop {
                let told = |count: fn(&Part<K>) -> u64| -> u64 {
                    parts.iter().zip(&shown).filter(|(_, shown)| **shown).map(|(part, _)| count(part)).sum()
                };
                let rest = total.saturating_sub(told(|part| part.here));
                let rest_of_others = others.saturating_sub(told(Part::elsewhere));
                if !few(rest) && !few(rest_of_others) {
                    break shown;
                }
                let smallest = (0..parts.len()).filter(|at| shown[*at]).min_by_key(|at| parts[*at].here);
                match smallest {
                    Some(at) => shown[at] = false,
                    None => break shown,
                }
            }
        })
    }

    fn shown(
        total: u64,
        everybody: u64,
        parts: Vec<Part<K>>,
        which: impl FnOnce(&[Part<K>]) -> Vec<bool>,
    ) -> Self {
        let whole = Shown::of_total(total, everybody);
        let which = match whole {
            Shown::Exactly(_) => which(&parts),
            Shown::Hidden | Shown::AllButAFew => vec![false; parts.len()],
        };
        let shown = |(part, is_shown): (Part<K>, bool)| {
            (part.name, if is_shown { Shown::Exactly(part.here) } else { Shown::Hidden })
        };
        Self { total: whole, parts: parts.into_iter().zip(which).map(shown).collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part<K>(name: K, here: u64, elsewhere: u64) -> Part<K> {
        Part { name, here, everywhere: here + elsewhere }
    }

    #[test]
    fn a_few_are_never_shown_neither_by_themselves_nor_by_subtraction() {
        assert_eq!([0, 4, 5].map(Shown::of), [Shown::Hidden, Shown::Hidden, Shown::Exactly(5)]);
        let cases = [
            (100, Shown::Exactly(100)),
            (99, Shown::AllButAFew),
            (96, Shown::AllButAFew),
            (95, Shown::Exactly(95)),
            (4, Shown::Hidden),
        ];
        for (count, expected) in cases {
            assert_eq!(Shown::of_total(count, 100), expected, "{count}");
        }
        assert_eq!(Shown::of_total(3, 6), Shown::Hidden, "few is said before all but a few");
        let json =
            [Shown::Exactly(7), Shown::Hidden, Shown::AllButAFew].map(|shown| serde_json::json!(shown));
        assert_eq!(json, [serde_json::json!(7), serde_json::Value::Null, serde_json::Value::Null]);
        let wards = Breakdown::disjoint(30, 30, vec![part("a", 15, 0), part("b", 12, 0), part("c", 3, 0)]);
        let parts = [("a", Shown::Exactly(15)), ("b", Shown::Hidden), ("c", Shown::Hidden)];
        assert_eq!((wards.total, &wards.parts[..]), (Shown::Exactly(30), &parts[..]));
    }

    #[test]
    fn nobody_follows_from_the_breakdown_of_everybody() {
        // 98 of the 100 in a are counted: beside everybody's 100 that would tell of two.
        let split = |parts| Breakdown::disjoint(170, 250, parts).parts;
        let told = split(vec![part("a", 98, 2), part("b", 40, 40), part("c", 32, 38)]);
        assert_eq!(told[0].1, Shown::Hidden);
        assert!(told[1..].iter().any(|(_, shown)| *shown == Shown::Hidden), "the rest would be those two");
        let topics = Breakdown::overlapping(170, 250, vec![part("a", 98, 2), part("b", 40, 40)]).parts;
        assert_eq!(topics, [("a", Shown::Hidden), ("b", Shown::Exactly(40))]);
    }

    proptest! {
        #[test]
        fn what_is_hidden_of_a_breakdown_is_nobody_or_not_a_few(
            counts in prop::collection::vec((0u64..20, 0u64..20), 0..8), rest in (0u64..10, 0u64..10),
        ) {
            let parts: Vec<Part<usize>> =
                counts.iter().enumerate().map(|(at, (here, elsewhere))| part(at, *here, *elsewhere)).collect();
            let total = counts.iter().map(|(here, _)| here).sum::<u64>() + rest.0;
            let others = counts.iter().map(|(_, elsewhere)| elsewhere).sum::<u64>() + rest.1;
            let disjoint = Breakdown::disjoint(total, total + others, parts.clone());
            let told: Vec<usize> =
                disjoint.parts.iter().filter(|(_, shown)| *shown != Shown::Hidden).map(|(at, _)| *at).collect();
            if disjoint.total == Shown::Exactly(total) {
                let rest = total - told.iter().map(|at| counts[*at].0).sum::<u64>();
                let rest_of_others = others - told.iter().map(|at| counts[*at].1).sum::<u64>();
                prop_assert!(!few(rest) && !few(rest_of_others), "{rest} {rest_of_others}");
            } else {
                prop_assert!(told.is_empty());
            }
            for (at, shown) in &disjoint.parts {
                prop_assert!(*shown == Shown::Hidden || *shown == Shown::of(counts[*at].0));
                prop_assert!(*shown == Shown::Hidden || !few(counts[*at].1));
            }
            for (at, shown) in Breakdown::overlapping(total, total + others, parts).parts {
                if let Shown::Exactly(here) = shown {
                    let elsewhere = counts[at].1;
                    let cells = [here, total - here, elsewhere, others - elsewhere];
                    prop_assert!(here == counts[at].0 && !cells.into_iter().any(few), "{cells:?}");
                }
            }
        }
    }
}
