//! What messages of people in danger look like: logistic regression on character grams.
//!
//! Trained when content is compiled, from the examples of `_safety-examples.yaml` against its ordinary
//! messages and the intents' own examples. The same files give the same weights: the order is fixed and
//! nothing is random. Features are TF-IDF of grams of one to three characters, of length one.

use rustc_hash::FxHashMap;

use crate::intent::{catalog::Content, normalize};

/// Passes over the examples; more change nothing that matters.
const PASSES: usize = 14;
/// The first step of `AdaGrad`.
const STEP: f32 = 1.2;
/// How strongly weights are drawn to zero, per visit.
const SHRINK: f32 = 2e-6;
/// More of the intents' examples than this tell nothing new and only cost time.
const ORDINARY: usize = 4_000;
/// Fewer examples than this teach nothing.
const LEAST: usize = 50;
/// Beginning and end of a text, as characters of their own: 「無理」 alone is not 「無理なく」.
const EDGES: (char, char) = ('\u{2}', '\u{3}');

/// The trained weights.
pub struct Learned {
    grams: FxHashMap<u64, u32>,
    idf: Vec<f32>,
    danger: Line,
    /// One line for each kind of danger, against the others.
    kinds: Vec<Line>,
}

type Features = Vec<(u32, f32)>;

/// The weights of one question with two answers.
struct Line {
    weights: Vec<f32>,
    bias: f32,
}

impl Learned {
    /// Learns; `None` where the city gives too few examples.
    pub(crate) fn from(content: &Content) -> Option<Self> {
        let examples = &content.safety_examples;
        let dangers = examples.iter().filter(|example| example.kind.is_some()).count();
        if dangers < LEAST || examples.len() - dangers < LEAST {
            return None;
        }
        let of_intents: Vec<&str> = content
            .intents
            .iter()
            .flat_map(|intent| {
                let titles = intent.title.iter().map(|(_, title)| title.as_str());
                titles.chain(intent.examples.iter().map(|(_, example)| example.as_str()))
            })
            .collect();
        let every = of_intents.len().div_ceil(ORDINARY).max(1);
        let texts: Vec<(String, Option<usize>)> = examples
            .iter()
            .map(|example| (normalize(&example.text), example.kind))
            .chain(of_intents.iter().step_by(every).map(|text| (normalize(text), None)))
            .collect();
        let mut vocabulary = Vocabulary::default();
        let read: Vec<(Vec<u32>, Option<usize>)> =
            texts.iter().map(|(text, kind)| (vocabulary.read(text), *kind)).collect();
        let idf = vocabulary.idf();
        let rows: Vec<(Features, Option<usize>)> =
            read.into_iter().map(|(ids, kind)| (features(ids, &idf), kind)).collect();
        let size = idf.len();
        let danger = Line::train(size, &rows, |kind| Some(kind.is_some()));
        let kinds = (0..content.safety.len())
            .map(|kind| Line::train(size, &rows, |known| known.map(|known| known == kind)))
            .collect();
        Some(Self { grams: vocabulary.grams, idf, danger, kinds })
    }

    /// The likeliest kind of danger by its place, and how surely a normalised text is one of danger;
    /// `None` when it is not so surely as `enough`.
    pub(crate) fn judge(&self, normal: &str, enough: f32) -> Option<(usize, f32)> {
        let features = self.features(normal);
        let confidence = self.danger.confidence(&features);
        // Hardly any message is one of danger: of which kind is asked only where it matters.
        if confidence < enough {
            return None;
        }
        let sums = self.kinds.iter().map(|line| line.sum(&features)).enumerate();
        let (kind, _) = sums.max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((kind, confidence))
    }

    fn features(&self, normal: &str) -> Features {
        let mut ids = Vec::with_capacity(normal.len());
        each_gram(normal, |gram| ids.extend(self.grams.get(&gram)));
        features(ids, &self.idf)
    }
}

/// The features of a text with these grams. They are sorted, so that the same text gives the same sums.
fn features(mut ids: Vec<u32>, idf: &[f32]) -> Features {
    ids.sort_unstable();
    let times = |same: &[u32]| (same[0], (1.0 + (same.len() as f32).ln()) * idf[same[0] as usize]);
    let mut features: Features = ids.chunk_by(|a, b| a == b).map(times).collect();
    let length = features.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::EPSILON);
    for (_, value) in &mut features {
        *value /= length;
    }
    features
}

impl Line {
    /// Trains on the rows to which `answer` gives an answer; both answers weigh the same together.
    fn train(
        size: usize,
        rows: &[(Features, Option<usize>)],
        answer: impl Fn(Option<usize>) -> Option<bool>,
    ) -> Self {
        let rows: Vec<(&Features, bool)> =
            rows.iter().filter_map(|(features, kind)| Some((features, answer(*kind)?))).collect();
        let yes = rows.iter().filter(|(_, answer)| *answer).count().max(1) as f32;
        let all = rows.len() as f32;
        let weight =
            |answer: bool| if answer { all / (2.0 * yes) } else { all / (2.0 * (all - yes).max(1.0)) };
        // Each weight beside the sum of its squared slopes: one place in memory, not two.
        let mut places = vec![(0.0_f32, 1e-6_f32); size];
        let (mut bias, mut seen_bias) = (0.0_f32, 1e-6_f32);
        for pass in 0..PASSES {
            for row in shuffled(rows.len(), pass) {
                let (features, answer) = &rows[row];
                let target = f32::from(u8::from(*answer));
                let sum = features.iter().map(|(id, value)| places[*id as usize].0 * value).sum::<f32>();
                let error = (logistic(bias + sum) - target) * weight(*answer);
                for (id, value) in *features {
                    let (weight, seen) = &mut places[*id as usize];
                    let slope = error * value + SHRINK * all * *weight / PASSES as f32;
                    *seen += slope * slope;
                    *weight -= STEP * slope / seen.sqrt();
                }
                seen_bias += error * error;
                bias -= STEP * error / seen_bias.sqrt();
            }
        }
        Self { weights: places.into_iter().map(|(weight, _)| weight).collect(), bias }
    }

    fn sum(&self, features: &Features) -> f32 {
        self.bias + features.iter().map(|(id, value)| self.weights[*id as usize] * value).sum::<f32>()
    }

    fn confidence(&self, features: &Features) -> f32 {
        logistic(self.sum(features))
    }
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}

/// Every place once, in an order that looks like chance and is always the same: steps of a fixed stride
/// that has no common divisor with the count.
fn shuffled(count: usize, pass: usize) -> impl Iterator<Item = usize> {
    let mut stride = (count * 5 / 8 + 2 * pass) | 1;
    while divisor(stride, count) != 1 {
        stride += 1;
    }
    (0..count).map(move |n| (n * stride + pass * 7) % count.max(1))
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// The grams that occur at all, and in how many texts.
#[derive(Default)]
struct Vocabulary {
    grams: FxHashMap<u64, u32>,
    frequency: Vec<u32>,
    /// The last text in which a gram was seen.
    last_seen: Vec<u32>,
    texts: u32,
}

impl Vocabulary {
    /// Counts one more text and gives back its grams, in their order and as often as they occur.
    fn read(&mut self, text: &str) -> Vec<u32> {
        self.texts += 1;
        let mut ids = Vec::with_capacity(text.len());
        each_gram(text, |gram| {
            let fresh =
                u32::try_from(self.frequency.len()).expect("the loader's budgets keep grams below 2^32");
            let id = *self.grams.entry(gram).or_insert(fresh);
            let at = id as usize;
            if id == fresh {
                self.frequency.push(0);
                self.last_seen.push(0);
            }
            if self.last_seen[at] != self.texts {
                self.last_seen[at] = self.texts;
                self.frequency[at] += 1;
            }
            ids.push(id);
        });
        ids
    }

    /// How telling each gram is.
    fn idf(&self) -> Vec<f32> {
        let of = |df: &u32| ((1.0 + self.texts as f32) / (1.0 + *df as f32)).ln() + 1.0;
        self.frequency.iter().map(of).collect()
    }
}

/// Grams of one to three characters, each as one number: three characters fit into 63 bits.
fn each_gram(normal: &str, mut each: impl FnMut(u64)) {
    let (mut before, mut last) = (None::<u64>, None::<u64>);
    let edged = std::iter::once(EDGES.0).chain(normal.chars()).chain([EDGES.1]);
    for c in edged {
        let c = u64::from(c) + 1;
        each(c);
        if let Some(last) = last {
            each(last << 21 | c);
            if let Some(before) = before {
                each(before << 42 | last << 21 | c);
            }
        }
        (before, last) = (last, Some(c));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::catalog::SafetyExample;

    #[test]
    fn every_place_is_visited_once_in_a_pass() {
        for count in [1, 2, 7, 64, 1_000] {
            for pass in 0..3 {
                let mut places: Vec<usize> = shuffled(count, pass).collect();
                places.sort_unstable();
                assert_eq!(places, (0..count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn it_learns_what_separates_and_always_the_same() {
        let example = |text: String, kind| SafetyExample { text, kind };
        let examples = (0..60).flat_map(|n| {
            [example(format!("もう消えたい{n}"), Some(0)), example(format!("印鑑証明がほしい{n}"), None)]
        });
        let content = Content { safety_examples: examples.collect(), ..Content::default() };
        let judge = |text: &str| {
            let learned = Learned::from(&content).unwrap();
            learned.danger.confidence(&learned.features(text))
        };
        assert!(judge("消えたいです") > 0.7 && judge("証明がほしい") < 0.3);
        assert_eq!(judge("消えたいです").to_bits(), judge("消えたいです").to_bits());
    }

    #[test]
    fn too_few_examples_teach_nothing() {
        assert!(Learned::from(&Content::default()).is_none());
    }
}
