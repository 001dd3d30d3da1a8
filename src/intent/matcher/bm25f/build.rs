//! Weighs the grams of all intents: what the index is made of.

use super::super::reading::Reading;
use crate::intent::catalog::Intent;

/// What a gram in a field counts.
const TITLE: f32 = 1.5;
const EXAMPLES: f32 = 2.0;
const KEYWORDS: f32 = 2.5;
const ANSWER: f32 = 1.0;

/// The number of a gram that no intent has.
pub(super) const NOBODY: u32 = u32::MAX;

/// Gives the grams of all intents numbers in the order in which they come: equal contents get equal ones,
/// whatever the lexicon has seen before.
pub(super) struct Builder {
    /// By their numbers in the lexicon; [`NOBODY`] for those that no intent has.
    pub(super) numbers: Vec<u32>,
    /// How many were given.
    pub(super) count: u32,
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
    /// For a lexicon of so many grams.
    pub(super) fn new(grams: usize) -> Self {
        Self { numbers: vec![NOBODY; grams], count: 0 }
    }

    fn number(&mut self, gram: u32) -> u32 {
        let number = &mut self.numbers[gram as usize];
        if *number == NOBODY {
            *number = self.count;
            self.count += 1;
        }
        *number
    }

    /// Weighs an intent; new grams get numbers.
    pub(super) fn document(&mut self, intent: &Intent, reading: &Reading) -> Document {
        let mut document = Document { weights: Vec::new(), length: 0.0, phrases: Vec::new() };
        // Many examples must not drown a title: together they count like a few.
        let of_examples = EXAMPLES / (intent.examples.len().max(1) as f32).sqrt();
        let titles = intent.title.iter().count();
        for (at, phrase) in reading.phrases.iter().enumerate() {
            let weight = if at < titles { TITLE } else { of_examples };
            let from = document.weights.len();
            self.add(&mut document, &phrase.grams, weight);
            let mut grams: Vec<u32> = document.weights[from..].iter().map(|(gram, _)| *gram).collect();
            grams.sort_unstable();
            grams.dedup();
            document.phrases.push(grams.into());
        }
        for answer in &reading.answers {
            self.add(&mut document, answer, ANSWER);
        }
        for keyword in &reading.keywords {
            self.add(&mut document, &keyword.phrase.grams, KEYWORDS);
            for gram in &keyword.hiragana {
                let number = self.number(*gram);
                document.weights.push((number, KEYWORDS));
            }
        }
        document.weights = summed(document.weights);
        document
    }

    /// Adds a text's grams to the document.
    fn add(&mut self, document: &mut Document, grams: &[u32], weight: f32) {
        for gram in grams {
            let number = self.number(*gram);
            document.weights.push((number, weight));
            document.length += weight;
        }
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
