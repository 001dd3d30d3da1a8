//! What the texts of intents come to, read once: normalised, cut into grams, their expressions looked into.
//!
//! Matchers are made of readings. A reading depends on its intent alone and is taken over by the next
//! snapshot if the intent's words stayed the same: a publication reads what changed. Everything that
//! depends on the whole content is computed anew each time, in the same order, so that a snapshot made
//! after another is the same as one made of nothing.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    gram::{each_gram, each_keyword_gram},
    keyword, pattern,
};
use crate::intent::{
    catalog::{Content, Intent},
    expression::Expression,
    normal::joined,
    normalize,
};

/// So many grams that nobody has any more are kept without a second thought.
const SPARE_GRAMS: usize = 10_000;

/// The readings of a content's intents, in their order.
#[derive(Default)]
pub struct Readings {
    lexicon: Arc<Lexicon>,
    of: Vec<Arc<Reading>>,
}

/// Numbers for grams. They say nothing but which gram it is, and differ with what was read before.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon {
    ids: FxHashMap<Box<str>, u32>,
}

/// One intent.
pub(super) struct Reading {
    /// Titles first, then examples.
    pub(super) phrases: Box<[Phrase]>,
    /// The grams of each answer.
    pub(super) answers: Box<[Box<[u32]>]>,
    /// Names of the thing.
    pub(super) keywords: Box<[Keyword]>,
    /// Literals of which every match of an expression holds one, if there are such.
    pub(super) needed: Box<[Option<Box<[String]>>]>,
}

/// A title or an example.
pub(super) struct Phrase {
    /// Without blanks and endings: see [`key`].
    pub(super) key: Box<str>,
    /// Its grams as they come, without those that are all hiragana.
    pub(super) grams: Box<[u32]>,
}

/// A name.
pub(super) struct Keyword {
    /// As a phrase.
    pub(super) phrase: Phrase,
    /// Katakana as hiragana.
    pub(super) folded: Box<str>,
    /// The grams that are all hiragana.
    pub(super) hiragana: Box<[u32]>,
}

impl Lexicon {
    /// The number of a gram that somebody has or had.
    pub(super) fn get(&self, gram: &str) -> Option<u32> {
        self.ids.get(gram).copied()
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    fn id(&mut self, gram: &str) -> u32 {
        if let Some(id) = self.ids.get(gram) {
            return *id;
        }
        let id = u32::try_from(self.ids.len()).expect("fewer grams than 2^32 fit into the loader's budget");
        self.ids.insert(gram.into(), id);
        id
    }

    fn grams(&mut self, normal: &str) -> Box<[u32]> {
        let mut grams = Vec::new();
        each_gram(normal, |gram| {
            if !gram.starts_with('~') {
                grams.push(self.id(gram));
            }
        });
        grams.into()
    }

    fn phrase(&mut self, normal: &str) -> Phrase {
        Phrase { key: key(normal).into(), grams: self.grams(normal) }
    }

    fn keyword(&mut self, keyword: &str) -> Keyword {
        let normal = normalize(keyword);
        let mut hiragana = Vec::new();
        each_keyword_gram(&normal, |gram| hiragana.push(self.id(gram)));
        Keyword {
            phrase: self.phrase(&normal),
            folded: keyword::folded(&normal).into(),
            hiragana: hiragana.into(),
        }
    }

    fn read(&mut self, intent: &Intent) -> Reading {
        let titles = intent.title.iter().map(|(_, title)| title);
        let examples = intent.examples.iter().map(|(_, example)| example);
        Reading {
            phrases: titles.chain(examples).map(|text| self.phrase(&normalize(text))).collect(),
            answers: intent.answer.iter().map(|(_, answer)| self.grams(&normalize(answer))).collect(),
            keywords: intent.keywords.iter().map(|keyword| self.keyword(keyword)).collect(),
            needed: intent.patterns.iter().map(pattern::needed_by).collect(),
        }
    }
}

impl Readings {
    /// Reads a content; what `before` has read already and still holds is taken over. `before` are the
    /// intents that these readings begin with.
    pub fn new(content: &Content, before: Option<(&[Intent], &Self)>) -> Self {
        let Some((old, readings)) = before else { return Self::take_over(content, &[], &Self::default()) };
        let new = Self::take_over(content, old, readings);
        // What was tried and thrown away must not stay for ever.
        if new.lexicon.len() > 2 * new.grams_in_use() + SPARE_GRAMS {
            return Self::take_over(content, &[], &Self::default());
        }
        new
    }

    fn take_over(content: &Content, old: &[Intent], before: &Self) -> Self {
        let known: FxHashMap<_, _> =
            old.iter().zip(&before.of).map(|(intent, reading)| (&intent.id, (intent, reading))).collect();
        let mut lexicon = Arc::clone(&before.lexicon);
        let of = content.intents.iter().map(|intent| match known.get(&intent.id) {
            Some((before, reading)) if same_words(before, intent) => Arc::clone(reading),
            _ => Arc::new(Arc::make_mut(&mut lexicon).read(intent)),
        });
        let of = of.collect();
        Self { lexicon, of }
    }

    /// Each intent's reading, in the order of the content.
    pub(super) fn each(&self) -> impl Iterator<Item = &Reading> {
        self.of.iter().map(|reading| &**reading)
    }

    pub(super) fn lexicon(&self) -> &Arc<Lexicon> {
        &self.lexicon
    }

    fn grams_in_use(&self) -> usize {
        let mut used = vec![false; self.lexicon.len()];
        self.each().flat_map(Reading::grams).for_each(|gram| used[gram as usize] = true);
        used.into_iter().filter(|used| *used).count()
    }
}

impl Reading {
    fn grams(&self) -> impl Iterator<Item = u32> {
        let of_keywords =
            self.keywords.iter().flat_map(|word| word.phrase.grams.iter().chain(&word.hiragana));
        let of_phrases = self.phrases.iter().flat_map(|phrase| &phrase.grams);
        of_phrases.chain(self.answers.iter().flatten()).chain(of_keywords).copied()
    }
}

/// Whether nothing changed of what is read.
fn same_words(a: &Intent, b: &Intent) -> bool {
    a.title == b.title
        && a.examples == b.examples
        && a.keywords == b.keywords
        && a.answer == b.answer
        && a.patterns.iter().map(Expression::as_str).eq(b.patterns.iter().map(Expression::as_str))
}

/// Without blanks, and without the endings that turn a noun into a question.
pub(super) fn key(normal: &str) -> String {
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

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*, sample::select};

    use super::*;
    use crate::intent::expression::compile;
    use crate::{
        domain::{
            id::IntentId,
            language::{Language, Localized},
        },
        intent::{Snapshot, catalog::Contact},
    };

    fn intent(number: usize, words: &[&str]) -> Intent {
        let ja = |text: String| Localized::new([(Language::Ja, text)].into());
        Intent {
            id: IntentId::new(format!("topic.number-{number}")),
            topic: "topic".into(),
            title: ja(words.concat()),
            owner: String::new(),
            examples: words.iter().map(|word| (Language::Ja, format!("{word}はどこ"))).collect(),
            keywords: words.iter().take(2).map(ToString::to_string).collect(),
            patterns: words.iter().take(1).map(|word| compile(&format!("{word}.?の")).unwrap()).collect(),
            answer: ja(format!("{}です。", words.join("と"))),
            link: None,
            quick_replies: Vec::new(),
            contact: Contact::default(),
            source: None,
            valid_from: None,
            valid_until: None,
            follow_up: Vec::new(),
        }
    }

    fn content(intents: &[Option<Vec<&'static str>>]) -> Content {
        let intents = intents.iter().enumerate();
        let intents = intents.filter_map(|(number, words)| Some(intent(number, words.as_deref()?)));
        Content { intents: intents.collect(), ..Content::default() }
    }

    fn words() -> impl Strategy<Value = Option<Vec<&'static str>>> {
        let word =
            select(&["粗大ごみ", "ソファ", "市民税", "そだい", "納期", "tax", "窓口の", "ごみの日"][..]);
        proptest::option::weighted(0.8, collection::vec(word, 1..5))
    }

    proptest! {
        #[test]
        fn a_snapshot_after_others_ranks_like_one_of_nothing_to_the_last_bit(
            first in collection::vec(words(), 1..12),
            edits in collection::vec(collection::vec((0..12_usize, words()), 1..4), 1..5),
        ) {
            let mut now = first;
            let mut after = Snapshot::compile(content(&now));
            for edit in edits {
                for (place, words) in edit {
                    now.resize(now.len().max(place + 1), None);
                    now[place] = words;
                }
                after = Snapshot::compile_after(content(&now), &after);
                let anew = Snapshot::compile(content(&now));
                for question in ["そだいごみの納期は", "ソファと市民税の窓口", "how to pay tax", "ごみの日の窓口"] {
                    let bits = |snapshot: &Snapshot| -> Vec<(IntentId, u32)> {
                        let ranked = snapshot.rank(question, 12).into_iter();
                        ranked.map(|(id, score)| (id, score.to_bits())).collect()
                    };
                    prop_assert_eq!(bits(&after), bits(&anew));
                }
            }
        }
    }

    #[test]
    fn what_did_not_change_is_not_read_again_and_lost_grams_go() {
        let first = content(&[Some(vec!["粗大ごみ"]), Some(vec!["市民税"])]);
        let before = Readings::new(&first, None);
        let mut second = first.clone();
        second.intents[1].keywords.push("住民税".into());
        second.intents.swap(0, 1);
        let after = Readings::new(&second, Some((&first.intents, &before)));
        assert!(Arc::ptr_eq(&after.of[1], &before.of[0]), "it only moved");
        assert!(!Arc::ptr_eq(&after.of[0], &before.of[1]), "it has one more name");

        let mut large = first.clone();
        let answer: String = (0x4e00..0x4e00 + 12_000).filter_map(char::from_u32).collect();
        large.intents[0].answer = Localized::new([(Language::Ja, answer)].into());
        let large_readings = Readings::new(&large, Some((&first.intents, &before)));
        assert!(large_readings.lexicon.len() > SPARE_GRAMS);
        let small = Readings::new(&first, Some((&large.intents, &large_readings)));
        assert_eq!(small.lexicon.len(), before.lexicon.len());
    }
}
