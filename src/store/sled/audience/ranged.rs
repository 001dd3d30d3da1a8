//! Residents by a number: a set for each number and for each 16, 256 and 4,096 of them, so that a range is a
//! union of few sets.

use std::collections::{BTreeMap, BTreeSet};

use roaring::{MultiOps, RoaringBitmap};

const LEVELS: usize = 4;
/// Each level gathers 16 of the one below.
const BITS: u32 = 4;

/// Residents by a number; somebody may have several.
#[derive(Debug, Default)]
pub(super) struct Ranged {
    levels: [BTreeMap<i64, RoaringBitmap>; LEVELS],
}

impl Ranged {
    /// Adds somebody.
    pub(super) fn insert(&mut self, resident: u32, number: i32) {
        for (level, sets) in (0..).zip(&mut self.levels) {
            sets.entry(i64::from(number) >> (BITS * level)).or_default().insert(resident);
        }
    }

    /// Somebody's numbers are others now.
    pub(super) fn change(&mut self, resident: u32, before: &BTreeSet<i32>, after: &BTreeSet<i32>) {
        for (level, sets) in (0..).zip(&mut self.levels) {
            let keys = |numbers: &BTreeSet<i32>| -> BTreeSet<i64> {
                numbers.iter().map(|number| i64::from(*number) >> (BITS * level)).collect()
            };
            let (before, after) = (keys(before), keys(after));
            for key in before.difference(&after) {
                if let Some(set) = sets.get_mut(key) {
                    set.remove(resident);
                    if set.is_empty() {
                        sets.remove(key);
                    }
                }
            }
            for key in after.difference(&before) {
                sets.entry(*key).or_default().insert(resident);
            }
        }
    }

    /// Somebody's numbers, looked for in every set.
    pub(super) fn numbers_of(&self, resident: u32) -> impl Iterator<Item = i32> {
        let sets = self.levels[0].iter().filter(move |(_, set)| set.contains(resident));
        sets.filter_map(|(number, _)| i32::try_from(*number).ok())
    }

    /// Everybody with a number between two bounds, both included.
    pub(super) fn between(&self, from: i32, to: i32) -> RoaringBitmap {
        let mut sets = Vec::new();
        self.pick(0, i64::from(from), i64::from(to), &mut sets);
        sets.union()
    }

    fn pick<'a>(&'a self, level: usize, from: i64, to: i64, picked: &mut Vec<&'a RoaringBitmap>) {
        if from > to {
            return;
        }
        let sets = &self.levels[level];
        // The first and the last of the level above that lie wholly within.
        let above = ((from + 15) >> BITS, ((to + 1) >> BITS) - 1);
        if level + 1 == LEVELS || above.0 > above.1 {
            picked.extend(sets.range(from..=to).map(|(_, set)| set));
            return;
        }
        picked.extend(sets.range(from..above.0 << BITS).map(|(_, set)| set));
        let rest = (above.1 + 1) << BITS;
        if rest <= to {
            picked.extend(sets.range(rest..=to).map(|(_, set)| set));
        }
        self.pick(level + 1, above.0, above.1, picked);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_range_is_everybody_with_a_number_in_it(
            people in prop::collection::vec(prop::collection::btree_set(-6_000i32..6_000, 0..4), 1..40),
            changed in prop::collection::vec(prop::collection::btree_set(-6_000i32..6_000, 0..4), 0..20),
            bounds in (-7_000i32..7_000, -7_000i32..7_000),
        ) {
            let mut people = people;
            let mut ranged = Ranged::default();
            for (resident, numbers) in (0..).zip(&people) {
                for number in numbers {
                    ranged.insert(resident, *number);
                }
                prop_assert_eq!(&ranged.numbers_of(resident).collect::<BTreeSet<i32>>(), numbers);
            }
            for (resident, numbers) in (0..).zip(changed).take(people.len()) {
                let before = std::mem::replace(&mut people[usize::try_from(resident).unwrap()], numbers.clone());
                ranged.change(resident, &before, &numbers);
            }
            for (from, to) in [bounds, (i32::MIN, bounds.1), (bounds.0, i32::MAX), (bounds.0, bounds.0)] {
                let within = |numbers: &BTreeSet<i32>| numbers.iter().any(|n| (from..=to).contains(n));
                let expected: Vec<u32> =
                    (0..).zip(&people).filter(|(_, numbers)| within(numbers)).map(|(r, _)| r).collect();
                prop_assert_eq!(ranged.between(from, to).iter().collect::<Vec<_>>(), expected);
            }
        }
    }
}
