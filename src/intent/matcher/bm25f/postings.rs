//! The best intents by the sum of impacts, exactly, without adding up all of them.
//!
//! `MaxScore` (Turtle and Flood 1995): the grams that say most come first. As soon as what is left could
//! not lift an intent without any of them among the best, the long lists of frequent grams are not read any
//! more; only intents that were met are completed. The result is the one of adding up everything, to the
//! last bit: the best are summed once more in the order of the grams.

use std::sync::{Mutex, PoisonError};

use super::profile::Profile;

/// To look a gram up in an intent costs as much as to read so many places of a list.
const LOOK_UP: usize = 8;

/// For each gram the intents that have it.
pub(super) struct Postings {
    lists: Vec<Vec<(u32, f32)>>,
    /// The highest impact in each list.
    highest: Vec<f32>,
    documents: usize,
    /// What searches work in: one is taken for each search and given back clean.
    spare: Mutex<Vec<Desk>>,
}

/// A sum for each intent, and which of them are not zero.
struct Desk {
    sums: Vec<f32>,
    met: Vec<u32>,
}

impl Postings {
    /// Empty lists for so many grams, over so many intents.
    pub(super) fn new(grams: usize, documents: usize) -> Self {
        Self { lists: vec![Vec::new(); grams], highest: vec![0.0; grams], documents, spare: Mutex::default() }
    }

    /// Adds an intent to the list of a gram. Intents come in ascending order.
    pub(super) fn add(&mut self, gram: u32, document: u32, impact: f32) {
        // An impact of nothing changes no sum, and a sum of zero means that an intent was not met.
        if impact > 0.0 {
            let gram = gram as usize;
            self.lists[gram].push((document, impact));
            self.highest[gram] = self.highest[gram].max(impact);
        }
    }

    /// The `keep` best intents for distinct, sorted grams: best first, among equals the first.
    pub(super) fn best(&self, grams: &[u32], keep: usize, profiles: &[Profile]) -> Vec<(usize, f32)> {
        let mut desk = self
            .spare
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_else(|| Desk { sums: vec![0.0; self.documents], met: Vec::new() });
        let survivors = self.survivors(grams, keep, profiles, &mut desk);
        for document in desk.met.drain(..) {
            desk.sums[document as usize] = 0.0;
        }
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(desk);

        let complete = |document| (document as usize, profiles[document as usize].score(grams));
        let mut best: Vec<(usize, f32)> = survivors.into_iter().map(complete).collect();
        best.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(keep);
        best
    }

    /// The intents that may be among the best; some more, but none less.
    fn survivors(&self, grams: &[u32], keep: usize, profiles: &[Profile], desk: &mut Desk) -> Vec<u32> {
        let mut order = grams.to_vec();
        order.sort_by(|a, b| self.highest[*b as usize].total_cmp(&self.highest[*a as usize]));
        // What the grams from a place on can add at most.
        let mut left = vec![0.0; order.len() + 1];
        for (at, gram) in order.iter().enumerate().rev() {
            left[at] = left[at + 1] + self.highest[*gram as usize];
        }
        // Sums in another order differ by rounding: at most 2^-24 a part, in each of three sums.
        let slack = 1.0 + 4e-7 * (order.len() + 1) as f32;

        let (mut at, mut least, mut highest) = (0, 0.0, 0.0_f32);
        while let Some(gram) = order.get(at) {
            let list = &self.lists[*gram as usize];
            // To look for the least of the best costs about as much as to read a list that long.
            if desk.met.len() >= keep && list.len() > desk.met.len() && highest > left[at] * slack {
                least = desk.least_of_best(&desk.met, keep);
                if least > left[at] * slack {
                    break;
                }
            }
            for (document, impact) in list {
                let sum = &mut desk.sums[*document as usize];
                if *sum <= 0.0 {
                    desk.met.push(*document);
                }
                *sum += impact;
                highest = highest.max(*sum);
            }
            at += 1;
        }
        let mut survivors = desk.met.clone();
        // Nobody new comes in any more: those that were met are completed, and fewer with each gram.
        loop {
            if survivors.len() > keep {
                least = desk.least_of_best(&survivors, keep).max(least);
            }
            survivors.retain(|document| (desk.sums[*document as usize] + left[at]) * slack >= least);
            let Some(gram) = order.get(at) else { return survivors };
            let list = &self.lists[*gram as usize];
            if list.len() > LOOK_UP * survivors.len() {
                for document in &survivors {
                    desk.sums[*document as usize] += profiles[*document as usize].impact(*gram);
                }
            } else {
                for (document, impact) in list {
                    let sum = &mut desk.sums[*document as usize];
                    // Without a sum it was not met; the desk must be left clean.
                    *sum += if *sum > 0.0 { *impact } else { 0.0 };
                }
            }
            at += 1;
        }
    }
}

impl Desk {
    /// The `keep`th best sum of these intents, of which there are as many.
    fn least_of_best(&self, documents: &[u32], keep: usize) -> f32 {
        // Numbers that are not negative are in the order of their bits, which compare faster.
        let mut sums: Vec<u32> =
            documents.iter().map(|document| self.sums[*document as usize].to_bits()).collect();
        let place = sums.len() - keep;
        f32::from_bits(*sums.select_nth_unstable(place).1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection, prelude::*};

    use super::*;

    /// Sums up everything, in the order of the grams.
    fn plainly(content: &[BTreeMap<u32, f32>], grams: &[u32], keep: usize) -> Vec<(usize, f32)> {
        let sum = |document: &BTreeMap<u32, f32>| {
            grams.iter().filter_map(|gram| document.get(gram)).fold(0.0, |sum, impact| sum + impact)
        };
        let mut scores: Vec<(usize, f32)> = content.iter().map(sum).enumerate().collect();
        scores.retain(|(_, score)| *score > 0.0);
        scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scores.truncate(keep);
        scores
    }

    fn index(content: &[BTreeMap<u32, f32>], grams: usize) -> (Postings, Vec<Profile>) {
        let mut postings = Postings::new(grams, content.len());
        for (number, document) in (0..).zip(content) {
            for (gram, impact) in document {
                postings.add(*gram, number, *impact);
            }
        }
        let idf = vec![1.0; grams];
        let profile = |document: &BTreeMap<u32, f32>| {
            Profile::new(document.iter().map(|(gram, impact)| (*gram, *impact)), &[], &idf)
        };
        (postings, content.iter().map(profile).collect())
    }

    const GRAMS: u32 = 24;

    /// Frequent grams that say little, rare ones that say much, and many equal impacts, as in real content.
    fn content() -> impl Strategy<Value = Vec<BTreeMap<u32, f32>>> {
        let impact = prop_oneof![Just(1.0_f32), 0.5_f32..2.0, Just(0.0)];
        let document = collection::btree_map((0..GRAMS, 0..GRAMS).prop_map(|(a, b)| a.min(b)), impact, 0..12)
            .prop_map(|grams| {
                grams.into_iter().map(|(g, i)| (g, i * 1e-3_f32.max((g as f32 / 8.0).powi(3)))).collect()
            });
        collection::vec(document, 0..300)
    }

    proptest! {
        #[test]
        fn the_best_are_those_of_adding_up_everything_to_the_last_bit(
            content in content(),
            questions in collection::vec((collection::btree_set(0..GRAMS, 0..14), 1..25_usize), 4),
        ) {
            let (postings, profiles) = index(&content, GRAMS as usize);
            for (grams, keep) in questions {
                let grams: Vec<u32> = grams.into_iter().collect();
                let bits = |list: Vec<(usize, f32)>| -> Vec<(usize, u32)> {
                    list.into_iter().map(|(document, score)| (document, score.to_bits())).collect()
                };
                let found = postings.best(&grams, keep, &profiles);
                prop_assert_eq!(bits(found), bits(plainly(&content, &grams, keep)));
            }
        }
    }

    #[test]
    fn long_lists_of_frequent_grams_are_not_read() {
        let common = |number: u32| BTreeMap::from([(0, 0.01), (1 + number % 40, 1.0 + number as f32 * 1e-3)]);
        let content: Vec<_> = (0..4_000).map(common).collect();
        let (postings, profiles) = index(&content, 41);
        let mut desk = Desk { sums: vec![0.0; content.len()], met: Vec::new() };
        let survivors = postings.survivors(&[0, 7], 20, &profiles, &mut desk);
        assert_eq!(desk.met.len(), 100, "only intents with the rare gram were met");
        assert!(survivors.len() < 40, "{} may be among the best 20", survivors.len());
    }
}
