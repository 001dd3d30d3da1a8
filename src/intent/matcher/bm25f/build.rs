//! Reads all intents into grams with their weights: what the index is made of.

use rustc_hash::FxHashMap;

use super::super::gram::{each_gram, each_keyword_gram};
use crate::intent::{catalog::Intent, normalize};

/// What a gram in a field counts.
const TITLE: f32 = 1.5;
const EXAMPLES: f32 = 2.0;
const KEYWORDS: f32 = 2.5;
const ANSWER: f32 = 1.0;

/// Gathers the grams of all intents.
#[derive(Default)]
pub(super) struct Builder {
    /// The number of each gram.
    pub(super) grams: FxHashMap<Box<str>, u32>,
}

/// An intent as grams.
pub(super) struct Document {
    /// Its grams with the weight of all fields together, by gram.
    pub(super) weights: Vec<(u32, f32)>,
    /// How long it is, in weighted grams.
    pub(super) length: f32,
    /// The grams of each title and example, sorted.
    pub(super) phrases: Vec<Box<[u32]>>,
}

impl Builder {
    fn id(&mut self, gram: &str) -> u32 {
        if let Some(id) = self.grams.get(gram) {
            return *id;
        }
        let id = u32::try_from(self.grams.len()).expect("fewer grams than 2^32 fit into the loader's budget");
        self.grams.insert(gram.into(), id);
        id
    }

    /// Reads an intent; new grams get numbers.
    pub(super) fn document(&mut self, intent: &Intent) -> Document {
        let mut document = Document { weights: Vec::new(), length: 0.0, phrases: Vec::new() };
        // Many examples must not drown a title: together they count like a few.
        let of_examples = EXAMPLES / (intent.examples.len().max(1) as f32).sqrt();
        let titles = intent.title.iter().map(|(_, text)| (text.as_str(), TITLE));
        let examples = intent.examples.iter().map(|(_, text)| (text.as_str(), of_examples));
        for (text, weight) in titles.chain(examples) {
            let grams = self.add(&mut document, text, weight);
            document.phrases.push(grams.into());
        }
        for (_, answer) in intent.answer.iter() {
            self.add(&mut document, answer, ANSWER);
        }
        for keyword in &intent.keywords {
            self.add(&mut document, keyword, KEYWORDS);
            each_keyword_gram(&normalize(keyword), |gram| {
                document.weights.push((self.id(gram), KEYWORDS));
            });
        }
        document.weights = summed(document.weights);
        document
    }

    /// Adds a text's grams to the document; gives them back sorted.
    fn add(&mut self, document: &mut Document, text: &str, weight: f32) -> Vec<u32> {
        let mut grams = Vec::new();
        each_gram(&normalize(text), |gram| {
            if !gram.starts_with('~') {
                grams.push(self.id(gram));
            }
        });
        for gram in &grams {
            document.weights.push((*gram, weight));
            document.length += weight;
        }
        grams.sort_unstable();
        grams.dedup();
        grams
    }
}

/// Each gram once, with the sum of its weights, by gram.
fn summed(mut weights: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    // A stable sort: the order of a sum's parts decides its last bits, and those decide ties.
    weights.sort_by_key(|(gram, _)| *gram);
    weights.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    weights
}
