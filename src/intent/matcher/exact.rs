//! The text is exactly a title, an example or a keyword.

use rustc_hash::FxHashMap;

use super::{Evidence, Matcher, Says};
use crate::intent::{catalog::Content, normal::joined, normalize};

/// A title or an example names one question.
const PHRASE: f32 = 0.99;
/// A keyword names a thing; one that only one intent has is nearly as good.
const KEYWORD: f32 = 0.9;

/// Phrases and keywords by their normalised form without blanks.
pub(super) struct Exact {
    intents: FxHashMap<String, Vec<(usize, f32)>>,
}

impl Exact {
    pub(super) fn new(content: &Content) -> Self {
        let mut intents: FxHashMap<String, Vec<(usize, f32)>> = FxHashMap::default();
        let mut add = |text: &str, intent: usize, confidence: f32| {
            let entry = intents.entry(key(&normalize(text))).or_default();
            match entry.iter_mut().find(|(known, _)| *known == intent) {
                Some((_, known)) => *known = known.max(confidence),
                None => entry.push((intent, confidence)),
            }
        };
        for (place, intent) in content.intents.iter().enumerate() {
            let titles = intent.title.iter().map(|(_, title)| title.as_str());
            let examples = intent.examples.iter().map(|(_, example)| example.as_str());
            titles.chain(examples).for_each(|phrase| add(phrase, place, PHRASE));
            intent.keywords.iter().for_each(|keyword| add(keyword, place, KEYWORD));
        }
        Self { intents }
    }
}

/// Without blanks, and without the endings that turn a noun into a question.
fn key(normal: &str) -> String {
    let text = joined(normal);
    let endings = [
        "について教えてください",
        "を教えてください",
        "について教えて",
        "を教えて",
        "について",
        "とは",
        "って何",
        "のこと",
        "は",
    ];
    let short =
        endings.iter().find_map(|ending| text.strip_suffix(ending)).filter(|rest| rest.chars().count() >= 2);
    short.map_or(text.clone(), ToOwned::to_owned)
}

impl Matcher for Exact {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let Some(found) = self.intents.get(&key(normal)) else { return Vec::new() };
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
