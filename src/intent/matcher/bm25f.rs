//! BM25F over title, examples, keywords and answer, then a closer look at the best.
//!
//! First pass ([`postings`]): the best by precomputed impacts. Second pass ([`profile`]), over these few:
//! how well the text fits one single title or example (weighted cosine), and how much of what the text
//! names the intent knows at all ([`super::coverage`]). The second pass orders the best and gives the confidence.

mod build;
mod postings;
mod profile;

use std::sync::Arc;

use self::{
    build::{Builder, Document, NOBODY},
    postings::Postings,
    profile::Profile,
};
use super::{
    Evidence, Matcher, Says,
    coverage::Coverage,
    gram::each_gram,
    reading::{Lexicon, Readings},
};
use crate::intent::catalog::Content;

/// Saturation of repeated grams, and how much length counts (Robertson and Zaragoza 2009).
const K1: f32 = 1.6;
const B: f32 = 0.4;
/// How many of the first pass the second looks at.
const LOOK_AT: usize = 20;
/// How much the best single phrase counts beside the BM25F score of the best intent.
const PHRASE: f32 = 0.7;
/// So many grams that only one intent has are enough; more make nothing surer.
const ENOUGH: f32 = 6.0;
/// Fewer than this prove less, however well they fit.
const FEW: f32 = 3.0;
/// So many characters of meaning make a whole question; more make nothing surer.
const MUCH: f32 = 12.0;
/// How much the text's grams that are unknown here weigh against known ones.
const UNKNOWN: f32 = 0.8;

/// The index of an account.
pub(super) struct Bm25f {
    lexicon: Arc<Lexicon>,
    /// The numbers of the lexicon's grams here.
    numbers: Vec<u32>,
    idf: Vec<f32>,
    postings: Postings,
    profiles: Vec<Profile>,
    idf_of_rarest: f32,
}

impl Bm25f {
    pub(super) fn new(content: &Content, readings: &Readings) -> Self {
        let lexicon = Arc::clone(readings.lexicon());
        let mut builder = Builder::new(lexicon.len());
        let intents = content.intents.iter().zip(readings.each());
        let documents: Vec<Document> =
            intents.map(|(intent, reading)| builder.document(intent, reading)).collect();
        let count = documents.len() as f32;
        let mut frequency = vec![0_u32; builder.count as usize];
        for document in &documents {
            document.weights.iter().for_each(|(gram, _)| frequency[*gram as usize] += 1);
        }
        let idf: Vec<f32> =
            frequency.iter().map(|df| (1.0 + (count - *df as f32 + 0.5) / (*df as f32 + 0.5)).ln()).collect();
        let average = documents.iter().map(|d| d.length).sum::<f32>() / count.max(1.0);
        let mut postings = Postings::new(idf.len(), documents.len());
        let mut profiles = Vec::with_capacity(documents.len());
        for (number, document) in (0..).zip(&documents) {
            let length = 1.0 - B + B * document.length / average.max(1.0);
            let impact = |(gram, weight): &(u32, f32)| {
                let tf = weight / length;
                (*gram, idf[*gram as usize] * tf / (K1 + tf))
            };
            let impacts = document.weights.iter().map(impact);
            impacts.clone().for_each(|(gram, impact)| postings.add(gram, number, impact));
            profiles.push(Profile::new(impacts, &document.phrases, &idf));
        }
        let idf_of_rarest = (1.0 + (count + 0.5) / 0.5).ln();
        Self { lexicon, numbers: builder.numbers, idf, postings, profiles, idf_of_rarest }
    }

    /// The number of a gram that an intent has.
    fn number(&self, gram: &str) -> Option<u32> {
        let number = *self.numbers.get(self.lexicon.get(gram)? as usize)?;
        (number != NOBODY).then_some(number)
    }

    /// The text's distinct known grams, and the weight of those that nobody knows.
    fn read(&self, normal: &str) -> (Vec<u32>, f32) {
        let (mut grams, mut unknown) = (Vec::new(), 0.0);
        each_gram(normal, |gram| match self.number(gram) {
            Some(number) => grams.push(number),
            // Hiragana that no keyword has is grammar, not an unknown matter.
            None if gram.starts_with('~') => {}
            None => unknown += UNKNOWN * self.idf_of_rarest,
        });
        grams.sort_unstable();
        grams.dedup();
        (grams, unknown)
    }
}

impl Matcher for Bm25f {
    fn name(&self) -> &'static str {
        "bm25f"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let (grams, unknown) = self.read(normal);
        let first = self.postings.best(&grams, LOOK_AT, &self.profiles);
        let Some((_, highest)) = first.first().copied() else { return Vec::new() };
        let coverage = Coverage::read(normal, |gram| self.number(gram));
        let content = coverage.all();
        let whole = grams.iter().map(|gram| self.idf[*gram as usize]).sum::<f32>() + unknown;
        let squared: f32 = grams.iter().map(|gram| self.idf[*gram as usize].powi(2)).sum();
        // Unknown grams lengthen the text's vector too: a text half unknown fits no phrase well.
        let norm = (squared + unknown * UNKNOWN * self.idf_of_rarest).sqrt().max(f32::EPSILON);
        let mut best: Vec<Fit> = first
            .into_iter()
            .map(|(document, score)| {
                let overlap = self.profiles[document].overlap(&grams, norm, &self.idf);
                Fit {
                    document,
                    score: score / highest + PHRASE * overlap.phrase,
                    phrase: overlap.phrase,
                    mass: overlap.shared / self.idf_of_rarest,
                    rest: (whole - overlap.shared) / self.idf_of_rarest,
                    content,
                    unknown: coverage.unknown(|gram| self.profiles[document].knows(gram)),
                }
            })
            .collect();
        best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
        let second = best.get(1).map_or(0.0, |second| second.score);
        let evidence = |(place, fit): (usize, &Fit)| {
            // The runner-up's margin is negative: it is as unsure as the best is far ahead.
            let margin = fit.score - if place == 0 { second } else { best[0].score };
            Evidence {
                intent: fit.document,
                score: fit.score,
                says: Says::Confidence(fit.confidence(margin)),
            }
        };
        best.iter().enumerate().map(evidence).take(top).collect()
    }
}

/// How well a text fits an intent.
struct Fit {
    document: usize,
    score: f32,
    /// The best weighted cosine with one title or example.
    phrase: f32,
    /// How much of the text the intent knows, in grams that only one intent has.
    mass: f32,
    /// How much of the text it does not know, in the measure of `mass`.
    rest: f32,
    /// How much the text names, in characters of meaning.
    content: f32,
    /// The share of them that the intent does not know, 0 to 1.
    unknown: f32,
}

impl Fit {
    /// How surely the intent is meant. Logistic regression, together with the odds of keywords, on the sample
    /// city's own questions and on those of `_elsewhere.yaml` without that file, checked on others. What the
    /// intent does not know weighs most: a known word beside an unknown one is mostly about the unknown one.
    /// The rest is held at what keeps far-off questions apart on another city's FAQ (ADR 5).
    fn confidence(&self, margin: f32) -> f32 {
        let mass = (self.mass / ENOUGH).min(1.0);
        // One word that is all of an example proves less than a sentence that is.
        let phrase = self.phrase * (self.mass / FEW).min(1.0);
        let content = (self.content / MUCH).min(1.0);
        let fits = 2.1 * phrase + 1.2 * margin.clamp(-0.6, 0.6) + 3.3 * mass + 1.5 * content;
        let z = -1.45 + fits - 5.0 * self.unknown - 0.15 * self.rest;
        1.0 / (1.0 + (-z).exp())
    }
}
