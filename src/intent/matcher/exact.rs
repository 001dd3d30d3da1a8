//! The text is exactly a title, an example or a keyword.

use rustc_hash::FxHashMap;

use super::{
    Evidence, Matcher, Says,
    reading::{Readings, key},
};

/// A title or an example names one question.
const PHRASE: f32 = 0.99;
/// A keyword names a thing; one that only one intent has is nearly as good.
const KEYWORD: f32 = 0.9;

/// Phrases and keywords by their normalised form without blanks.
pub(super) struct Exact {
    intents: FxHashMap<Box<str>, Vec<(usize, f32)>>,
}

impl Exact {
    pub(super) fn new(readings: &Readings) -> Self {
        let mut intents: FxHashMap<Box<str>, Vec<(usize, f32)>> = FxHashMap::default();
        let mut add = |key: &str, intent: usize, confidence: f32| match intents.get_mut(key) {
            Some(entry) => match entry.iter_mut().find(|(known, _)| *known == intent) {
                Some((_, known)) => *known = known.max(confidence),
                None => entry.push((intent, confidence)),
            },
            None => {
                intents.insert(key.into(), vec![(intent, confidence)]);
            }
        };
        for (place, reading) in readings.each().enumerate() {
            reading.phrases.iter().for_each(|phrase| add(&phrase.key, place, PHRASE));
            reading.keywords.iter().for_each(|keyword| add(&keyword.phrase.key, place, KEYWORD));
        }
        Self { intents }
    }
}

impl Matcher for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let Some(found) = self.intents.get(key(normal).as_str()) else { return Vec::new() };
        let phrases = found.iter().filter(|(_, confidence)| *confidence >= PHRASE).count();
        let mut found = found.clone();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        // What several intents claim equally names none of them.
        let sharing = if phrases > 0 { phrases } else { found.len() };
        let share = if sharing == 1 { 1.0 } else { 0.6 };
        let evidence = |(intent, confidence)| {
            let share = if phrases > 0 && confidence < PHRASE { 0.5 } else { share };
            Evidence { intent, score: confidence, says: Says::Confidence(confidence * share) }
        };
        found.into_iter().map(evidence).take(top).collect()
    }
}
