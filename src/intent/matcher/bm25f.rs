//! BM25F over title, examples, keywords and answer, then a closer look at the best.
//!
//! First pass: postings with precomputed impacts into a dense accumulator. Second pass, over the best
//! few: how well the text fits one single title or example (weighted cosine), and how much of what the text
//! names the intent knows at all ([`super::coverage`]). The second pass orders the best and gives the confidence.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Evidence, Matcher, Says,
    coverage::Coverage,
    gram::{each_gram, each_keyword_gram},
};
use crate::intent::{
    catalog::{Content, Intent},
    normalize,
};

/// Saturation of repeated grams, and how much length counts (Robertson and Zaragoza 2009).
const K1: f32 = 1.6;
const B: f32 = 0.4;
/// What a gram in a field counts.
const TITLE: f32 = 1.5;
const EXAMPLES: f32 = 2.0;
const KEYWORDS: f32 = 2.5;
const ANSWER: f32 = 1.0;
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
    grams: FxHashMap<Box<str>, u32>,
    idf: Vec<f32>,
    postings: Vec<Vec<(u32, f32)>>,
    /// The grams of each intent's titles and examples, sorted, with the length of the weight vector.
    phrases: Vec<Vec<(Box<[u32]>, f32)>>,
    /// All grams of each intent.
    known: Vec<FxHashSet<u32>>,
    idf_of_rarest: f32,
}

impl Bm25f {
    pub(super) fn new(content: &Content) -> Self {
        let mut builder = Builder::default();
        let documents: Vec<Document> =
            content.intents.iter().map(|intent| builder.document(intent)).collect();
        let count = documents.len() as f32;
        let mut frequency = vec![0_u32; builder.grams.len()];
        for document in &documents {
            document.weights.keys().for_each(|gram| frequency[*gram as usize] += 1);
        }
        let idf: Vec<f32> =
            frequency.iter().map(|df| (1.0 + (count - *df as f32 + 0.5) / (*df as f32 + 0.5)).ln()).collect();
        let average = documents.iter().map(|d| d.length).sum::<f32>() / count.max(1.0);
        let mut postings = vec![Vec::new(); idf.len()];
        for (number, document) in (0..).zip(&documents) {
            let length = 1.0 - B + B * document.length / average.max(1.0);
            for (gram, weight) in &document.weights {
                let tf = weight / length;
                postings[*gram as usize].push((number, idf[*gram as usize] * tf / (K1 + tf)));
            }
        }
        let norm = |grams: &[u32]| grams.iter().map(|g| idf[*g as usize].powi(2)).sum::<f32>().sqrt();
        let phrases = documents
            .iter()
            .map(|d| d.phrases.iter().map(|p| (p.clone(), norm(p))).filter(|(_, norm)| *norm > 0.0).collect())
            .collect();
        let known = documents.into_iter().map(|d| d.weights.into_keys().collect()).collect();
        let idf_of_rarest = (1.0 + (count + 0.5) / 0.5).ln();
        Self { grams: builder.grams, idf, postings, phrases, known, idf_of_rarest }
    }

    /// The text's distinct known grams, and the weight of those that nobody knows.
    fn read(&self, normal: &str) -> (Vec<u32>, f32) {
        let (mut grams, mut unknown) = (Vec::new(), 0.0);
        each_gram(normal, |gram| match self.grams.get(gram) {
            Some(id) => grams.push(*id),
            // Hiragana that no keyword has is grammar, not an unknown matter.
            None if gram.starts_with('~') => {}
            None => unknown += UNKNOWN * self.idf_of_rarest,
        });
        grams.sort_unstable();
        grams.dedup();
        (grams, unknown)
    }

    fn first_pass(&self, grams: &[u32]) -> Vec<(usize, f32)> {
        let mut scores = vec![0.0_f32; self.known.len()];
        for gram in grams {
            for (document, impact) in &self.postings[*gram as usize] {
                scores[*document as usize] += impact;
            }
        }
        let mut best: Vec<(usize, f32)> = Vec::with_capacity(4 * LOOK_AT);
        // What cannot come among the first any more is not carried along: of thousands few are.
        let mut least = 0.0;
        for (document, score) in scores.into_iter().enumerate() {
            if score <= least {
                continue;
            }
            best.push((document, score));
            if best.len() == 4 * LOOK_AT {
                least = keep_best(&mut best);
            }
        }
        keep_best(&mut best);
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best
    }

    /// The best weighted cosine between the text and one title or example.
    fn best_phrase(&self, document: usize, grams: &[u32], norm: f32) -> f32 {
        let cosine = |(phrase, length): &(Box<[u32]>, f32)| {
            let shared = phrase.iter().filter(|gram| grams.binary_search(gram).is_ok());
            shared.map(|gram| self.idf[*gram as usize].powi(2)).sum::<f32>() / (length * norm)
        };
        self.phrases[document].iter().map(cosine).fold(0.0, f32::max)
    }

    fn weight(&self, grams: impl Iterator<Item = u32>) -> f32 {
        grams.map(|gram| self.idf[gram as usize]).sum()
    }
}

impl Matcher for Bm25f {
    fn name(&self) -> &'static str {
        "bm25f"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let (grams, unknown) = self.read(normal);
        let first = self.first_pass(&grams);
        let Some((_, highest)) = first.first().copied() else { return Vec::new() };
        let whole = self.weight(grams.iter().copied()) + unknown;
        let coverage = Coverage::read(normal, |gram| self.grams.get(gram).copied());
        let content = coverage.all();
        let squared: f32 = grams.iter().map(|gram| self.idf[*gram as usize].powi(2)).sum();
        // Unknown grams lengthen the text's vector too: a text half unknown fits no phrase well.
        let norm = (squared + unknown * UNKNOWN * self.idf_of_rarest).sqrt().max(f32::EPSILON);
        let mut best: Vec<Fit> = first
            .into_iter()
            .map(|(document, score)| {
                let phrase = self.best_phrase(document, &grams, norm);
                let shared = grams.iter().copied().filter(|gram| self.known[document].contains(gram));
                let shared = self.weight(shared);
                Fit {
                    document,
                    score: score / highest + PHRASE * phrase,
                    phrase,
                    mass: shared / self.idf_of_rarest,
                    rest: (whole - shared) / self.idf_of_rarest,
                    content,
                    unknown: coverage.unknown(|gram| self.known[document].contains(&gram)),
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

/// Keeps the best [`LOOK_AT`] and gives the score of the last of them.
fn keep_best(list: &mut Vec<(usize, f32)>) -> f32 {
    if list.len() > LOOK_AT {
        list.select_nth_unstable_by(LOOK_AT, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list.truncate(LOOK_AT);
    }
    list.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min)
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

/// Gathers the grams of all intents.
#[derive(Default)]
struct Builder {
    grams: FxHashMap<Box<str>, u32>,
}

struct Document {
    weights: FxHashMap<u32, f32>,
    length: f32,
    phrases: Vec<Box<[u32]>>,
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

    fn document(&mut self, intent: &Intent) -> Document {
        let mut document = Document { weights: FxHashMap::default(), length: 0.0, phrases: Vec::new() };
        // Many examples must not drown a title: together they count like a few.
        let of_examples = EXAMPLES / (intent.examples.len().max(1) as f32).sqrt();
        let titles = intent.title.iter().map(|(_, text)| (text.as_str(), TITLE));
        let examples = intent.examples.iter().map(|(_, text)| (text.as_str(), of_examples));
        for (text, weight) in titles.chain(examples).collect::<Vec<_>>() {
            let grams = self.add(&mut document, text, weight);
            document.phrases.push(grams.into());
        }
        for (_, answer) in intent.answer.iter() {
            self.add(&mut document, answer, ANSWER);
        }
        for keyword in &intent.keywords {
            self.add(&mut document, keyword, KEYWORDS);
            let mut brought = Vec::new();
            each_keyword_gram(&normalize(keyword), |gram| brought.push(self.id(gram)));
            for gram in brought {
                *document.weights.entry(gram).or_default() += KEYWORDS;
            }
        }
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
            *document.weights.entry(*gram).or_default() += weight;
            document.length += weight;
        }
        grams.sort_unstable();
        grams.dedup();
        grams
    }
}
