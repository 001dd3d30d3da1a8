//! Whom a set of marks holds: a bitmap of residents' numbers for each mark, in memory.
//!
//! Built at the start from the blocks of marks ([`rows`]), changed by the writer's thread when a change has
//! become durable. It holds no names and no ids, and nothing of sealed attributes.

mod ranged;
pub(super) mod rows;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use roaring::{MultiOps, RoaringBitmap};

use crate::domain::{
    id::ResidentNo,
    segment::{Mark, Set},
};
use ranged::Ranged;

/// The bitmaps of one account.
#[derive(Debug, Default)]
pub(super) struct Index(RwLock<Sets>);

#[derive(Debug, Default)]
struct Sets {
    everybody: RoaringBitmap,
    marked: HashMap<String, RoaringBitmap>,
    ranged: HashMap<String, Ranged>,
}

impl Index {
    /// Somebody has become known.
    pub(super) fn add(&self, resident: ResidentNo) {
        self.write().everybody.insert(resident.0);
    }

    /// Somebody was erased; the marks were taken away before.
    pub(super) fn remove(&self, resident: ResidentNo) {
        self.write().everybody.remove(resident.0);
    }

    /// Somebody's marks are others now.
    pub(super) fn change(&self, resident: ResidentNo, before: &BTreeSet<Mark>, after: &BTreeSet<Mark>) {
        let mut sets = self.write();
        for mark in before.difference(after).filter(|mark| mark.number.is_none()) {
            if let Some(set) = sets.marked.get_mut(&mark.name) {
                set.remove(resident.0);
            }
        }
        for mark in after.difference(before).filter(|mark| mark.number.is_none()) {
            sets.marked.entry(mark.name.clone()).or_default().insert(resident.0);
        }
        let numbers = |marks: &BTreeSet<Mark>, name: &str| -> BTreeSet<i32> {
            marks.iter().filter(|mark| mark.name == name).filter_map(|mark| mark.number).collect()
        };
        let changed: BTreeSet<&str> = before
            .symmetric_difference(after)
            .filter(|mark| mark.number.is_some())
            .map(|mark| mark.name.as_str())
            .collect();
        for name in changed {
            let (before, after) = (numbers(before, name), numbers(after, name));
            sets.ranged.entry(name.to_owned()).or_default().change(resident.0, &before, &after);
        }
    }

    /// Somebody's marks, looked for in every set: slow, for where nothing else tells.
    fn marks_of(&self, resident: ResidentNo) -> BTreeSet<Mark> {
        let sets = self.read();
        let holds = |set: &RoaringBitmap| set.contains(resident.0);
        let plain = sets.marked.iter().filter(|(_, set)| holds(set));
        let plain = plain.map(|(name, _)| Mark { name: name.clone(), number: None });
        let numbered = sets.ranged.iter().flat_map(|(name, ranged)| {
            let numbers = ranged.numbers_of(resident.0);
            numbers.map(|number| Mark { name: name.clone(), number: Some(number) })
        });
        plain.chain(numbered).collect()
    }

    /// How many are in the set.
    pub(super) fn count(&self, set: &Set) -> u64 {
        self.read().find(set).len()
    }

    /// Who is in the set, in order.
    pub(super) fn list(&self, set: &Set) -> Vec<ResidentNo> {
        self.read().find(set).iter().map(ResidentNo).collect()
    }

    /// Who is in the set.
    pub(super) fn pick(&self, set: &Set) -> RoaringBitmap {
        self.read().find(set).into_owned()
    }

    fn read(&self) -> RwLockReadGuard<'_, Sets> {
        // Changed by whole steps that do not panic; a poisoned lock is as good as a sound one.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Sets> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sets {
    fn find(&self, set: &Set) -> Cow<'_, RoaringBitmap> {
        match set {
            Set::Marked(name) => self.marked.get(name).map_or_else(nobody, Cow::Borrowed),
            Set::Between(name, from, to) => {
                self.ranged.get(name).map_or_else(nobody, |ranged| Cow::Owned(ranged.between(*from, *to)))
            }
            Set::Not(inner) => Cow::Owned(&self.everybody - &*self.find(inner)),
            Set::Any(sets) => match &sets[..] {
                [] => nobody(),
                [one] => self.find(one),
                several => {
                    let found: Vec<Cow<'_, RoaringBitmap>> =
                        several.iter().map(|set| self.find(set)).collect();
                    Cow::Owned(found.iter().map(|set| &**set).union())
                }
            },
            Set::All(sets) => self.all(sets),
        }
    }

    /// The smallest first, and what is excluded last: intersections shrink at once.
    fn all(&self, sets: &[Set]) -> Cow<'_, RoaringBitmap> {
        let (mut found, mut excluded) = (Vec::new(), Vec::new());
        for set in sets {
            match set {
                Set::Not(inner) => excluded.push(self.find(inner)),
                other => found.push(self.find(other)),
            }
        }
        found.sort_by_key(|set| set.len());
        let mut found = found.into_iter();
        let mut left = found.next().unwrap_or(Cow::Borrowed(&self.everybody));
        for set in found {
            left = match left {
                Cow::Owned(left) => Cow::Owned(left & &*set),
                Cow::Borrowed(left) => Cow::Owned(left & &*set),
            };
        }
        for set in excluded {
            left = match left {
                Cow::Owned(left) => Cow::Owned(left - &*set),
                Cow::Borrowed(left) => Cow::Owned(left - &*set),
            };
        }
        left
    }
}

fn nobody<'a>() -> Cow<'a, RoaringBitmap> {
    Cow::Owned(RoaringBitmap::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        profile::Profile,
        segment::{
            Standing, asking_for_fewer, holds, marks, plan, read,
            sample::{self, Random},
        },
    };

    /// 100,000 households in 100 small cities, each asked 40 predicates; what is said is changed on the way.
    #[test]
    fn bitmaps_and_the_meaning_agree_on_100_000_households() {
        let attributes = sample::attributes();
        let mut seed = [0; 8];
        crate::domain::id::Entropy::fill(&crate::system::SystemEntropy, &mut seed);
        let seed = u64::from_be_bytes(seed);
        let mut random = Random(seed);
        let mut held = 0_u64;
        for city in 0..100 {
            let index = Index::default();
            let mut households = Vec::new();
            for number in 0..1_000 {
                let (no, mut profile) = (ResidentNo(number * 70), Profile::default());
                index.add(no);
                let mut known = BTreeSet::new();
                let mut standing = Standing { following: true, registered: None, language: None };
                for _ in 0..random.below(4) {
                    for _ in 0..random.below(6) {
                        profile.fold(sample::change(&mut random, &attributes));
                    }
                    let first = profile.registered();
                    let registered = first.map(|first| first.to_zoned(jiff::tz::TimeZone::UTC).date());
                    let language = sample::language(&mut random);
                    standing = Standing { following: !random.one_in(5), registered, language };
                    let after = marks(&attributes, &profile, &standing);
                    index.change(no, &known, &after);
                    known = after;
                }
                households.push((no, profile, standing));
            }
            for series in sample::series() {
                let asks = |profile: &Profile| profile.fewer().any(|(known, ..)| *known == series);
                let meant = households.iter().filter(|(_, profile, _)| asks(profile)).map(|(no, ..)| *no);
                let meant: Vec<ResidentNo> = meant.collect();
                assert!(!meant.is_empty(), "the test tries both ways: seed {seed}, city {city}");
                assert_eq!(index.list(&asking_for_fewer(&series)), meant, "seed {seed}, city {city}");
            }
            for _ in 0..40 {
                let json = sample::predicate(&mut random, 3);
                let (predicate, _) = read(&json.to_string(), &attributes).unwrap();
                let (today, set) = (sample::today(), plan(&predicate, sample::today()));
                let meant: Vec<ResidentNo> = households
                    .iter()
                    .filter(|(_, profile, standing)| holds(&predicate, profile, standing, today))
                    .map(|(no, ..)| *no)
                    .collect();
                assert_eq!(index.list(&set), meant, "seed {seed}, city {city}: {json}");
                assert_eq!(index.count(&set), meant.len() as u64, "seed {seed}, city {city}: {json}");
                held += meant.len() as u64;
            }
        }
        assert!(
            (400_000..3_600_000).contains(&held),
            "both ways are tried: {held} of 4,000,000, seed {seed}"
        );
    }
}
