//! An account's content, compiled: what answers are decided on, as one immutable whole.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::{
    Content,
    catalog::{Contact, FixedReply, Intent, SafetyKind, Topic},
    decision::{self, Decision},
    matcher::{self, Matcher},
    normalize,
    safety::Learned,
};
use crate::domain::{id::IntentId, language::Language};

/// A resident's text and what is known of the resident.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The words as typed.
    pub text: &'a str,
    /// The language that the resident chose, if any.
    pub language: Option<Language>,
    /// The languages that the account offers, the usual one first.
    pub offered: &'a [Language],
    /// Today in the account's time zone.
    pub today: jiff::civil::Date,
}

/// Compiled content.
pub struct Snapshot {
    content: Content,
    places: FxHashMap<IntentId, usize>,
    /// Topics by what people call them, normalised.
    topic_names: FxHashMap<String, usize>,
    matchers: Vec<Box<dyn Matcher>>,
    /// Takes a third of the compiling, and nobody has to wait for it: see [`Snapshot::warm`].
    learned: OnceLock<Option<Learned>>,
}

impl Snapshot {
    /// Compiles content.
    pub fn compile(content: Content) -> Self {
        let places = content.intents.iter().enumerate().map(|(at, intent)| (intent.id.clone(), at)).collect();
        let matchers = matcher::all(&content);
        let topic_names = topic_names(&content);
        Self { content, places, topic_names, matchers, learned: OnceLock::new() }
    }

    /// A snapshot that can answer nothing yet.
    pub fn empty() -> Self {
        Self::compile(Content::default())
    }

    /// Whether nobody in danger would be recognised.
    pub fn has_no_safety(&self) -> bool {
        self.content.safety.is_empty()
    }

    /// Whether there is nothing to say at all.
    pub fn is_empty(&self) -> bool {
        self.has_no_safety() && self.content.intents.is_empty() && self.content.fixed.is_empty()
    }

    /// Decides what is to be said to a text.
    pub fn decide(&self, query: &Query<'_>) -> Decision {
        decision::decide(self, query)
    }

    /// The best intents for a text with their scores, best first, whatever the thresholds say.
    pub fn rank(&self, text: &str, top: usize) -> Vec<(IntentId, f32)> {
        let ranked = decision::rank(self, &normalize(text), None);
        ranked.into_iter().take(top).map(|c| (self.content.intents[c.intent].id.clone(), c.score)).collect()
    }

    /// An intent by its name.
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.places.get(id).map(|at| &self.content.intents[*at])
    }

    /// Every intent, in the order of the files.
    pub fn intents(&self) -> impl Iterator<Item = &Intent> {
        self.content.intents.iter()
    }

    /// Every topic, in the order of the files.
    pub fn topics(&self) -> &[Topic] {
        &self.content.topics
    }

    /// A kind of danger by its name.
    pub fn safety(&self, id: &str) -> Option<&SafetyKind> {
        self.content.safety.iter().find(|kind| kind.id.as_str() == id)
    }

    /// A fixed reply by its name.
    pub fn fixed(&self, id: &str) -> Option<&FixedReply> {
        self.content.fixed.iter().find(|fixed| fixed.id.as_str() == id)
    }

    /// The city's general desk.
    pub fn desk(&self) -> Option<&Contact> {
        self.content.desk.as_ref()
    }

    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    /// The intents of the topic that goes by this name, in the order of its file.
    pub(super) fn topic_called(&self, normal: &str) -> Option<impl Iterator<Item = &IntentId>> {
        let topic = &self.content.topics[*self.topic_names.get(normal)?].id;
        Some(
            self.content.intents.iter().filter(move |intent| intent.topic == *topic).map(|intent| &intent.id),
        )
    }

    /// Learns from the safety examples now; without it the first decision does.
    pub fn warm(&self) {
        self.learned();
    }

    pub(super) fn learned(&self) -> Option<&Learned> {
        self.learned.get_or_init(|| Learned::from(&self.content)).as_ref()
    }

    pub(super) fn matchers(&self) -> &[Box<dyn Matcher>] {
        &self.matchers
    }
}

/// A title such as 「ごみ・リサイクル」 names the topic as a whole and in its parts.
fn topic_names(content: &Content) -> FxHashMap<String, usize> {
    let mut names = FxHashMap::default();
    for (place, topic) in content.topics.iter().enumerate() {
        let titles = topic.title.iter().map(|(_, title)| title.as_str());
        for name in titles.chain(topic.names.iter().map(String::as_str)) {
            for part in std::iter::once(name).chain(name.split(['・', '、', '/'])) {
                names.entry(normalize(part)).or_insert(place);
            }
        }
    }
    names
}
