//! An account's content, compiled: what answers are decided on, as one immutable whole.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Content,
    catalog::{Contact, FixedReply, Intent, SafetyKind, Topic},
    decision::{self, Decision},
    elsewhere::{Matter, MatterId, Places},
    expression::Expression,
    matcher::{self, Matcher, Readings},
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

/// What evidence is about: something that is answered, or something that is somebody else's.
pub(super) enum Target<'a> {
    Intent(&'a Intent),
    Matter(&'a Matter),
}

/// Compiled content.
pub struct Snapshot {
    content: Content,
    places: FxHashMap<IntentId, usize>,
    /// Topics by what people call them, normalised.
    topic_names: FxHashMap<String, usize>,
    matchers: Vec<Box<dyn Matcher>>,
    /// What the next snapshot takes over where nothing changed.
    readings: Readings,
    /// Takes a third of the compiling, and nobody has to wait for it: see [`Snapshot::warm`].
    learned: OnceLock<Option<Learned>>,
    places_elsewhere: Option<Places>,
}

impl Snapshot {
    /// Compiles content.
    pub fn compile(content: Content) -> Self {
        Self::made(content, None)
    }

    /// Compiles content that is mostly that of another snapshot. The result is the same as that of
    /// [`Self::compile`]; reading what stayed as it was is spared.
    pub fn compile_after(content: Content, before: &Self) -> Self {
        Self::made(content, Some(before))
    }

    fn made(mut content: Content, before: Option<&Self>) -> Self {
        // A topic is offered as soon as there is something to choose in it.
        let used: FxHashSet<&str> = content.intents.iter().map(|intent| intent.topic.as_str()).collect();
        content.topics.retain(|topic| used.contains(topic.id.as_str()));
        let places = content.intents.iter().enumerate().map(|(at, intent)| (intent.id.clone(), at)).collect();
        // What is somebody else's competes with the intents: it stands behind them while matchers are made.
        let intents = content.intents.len();
        content.intents.extend(content.elsewhere.matters.iter().map(Matter::as_question));
        let before = before.map(|before| (before.content.intents.as_slice(), &before.readings));
        let readings = Readings::new(&content, before);
        let matchers = matcher::all(&content, &readings);
        content.intents.truncate(intents);
        let places_elsewhere = Places::new(&content.elsewhere.home, &content.elsewhere.neighbours);
        let topic_names = topic_names(&content);
        let learned = OnceLock::new();
        Self { content, places, topic_names, matchers, readings, learned, places_elsewhere }
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
        let ranked = decision::rank(self, &normalize(text), None).intents;
        ranked.into_iter().take(top).map(|c| (self.content.intents[c.intent].id.clone(), c.score)).collect()
    }

    /// The best intents that hold on a day, the surest first, with how sure it is that each is meant (0 to
    /// 1): all of them, whatever the thresholds say.
    pub fn search(&self, text: &str, today: jiff::civil::Date, top: usize) -> Vec<(IntentId, f32)> {
        let ranked = decision::rank(self, &normalize(text), Some(today)).intents.into_iter();
        let mut sure: Vec<(IntentId, f32)> =
            ranked.map(|c| (self.content.intents[c.intent].id.clone(), c.confidence)).collect();
        // Stable: of equally sure ones the better ranked stays first.
        sure.sort_by(|a, b| b.1.total_cmp(&a.1));
        sure.truncate(top);
        sure
    }

    /// Whether a text may be from somebody in danger, surely or not.
    pub fn sounds_grave(&self, text: &str) -> bool {
        decision::sounds_grave(self, text)
    }

    /// An intent by its name.
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.places.get(id).map(|at| &self.content.intents[*at])
    }

    /// Every intent, in the order of the files.
    pub fn intents(&self) -> impl Iterator<Item = &Intent> {
        self.content.intents.iter()
    }

    /// Every topic in which there is a question, in the order of the files.
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

    /// A matter of somebody else's by its name.
    pub fn matter(&self, id: &MatterId) -> Option<&Matter> {
        self.content.elsewhere.matters.iter().find(|matter| matter.id == *id)
    }

    /// What a matcher's evidence is about.
    pub(super) fn target(&self, place: usize) -> Target<'_> {
        match self.content.intents.get(place) {
            Some(intent) => Target::Intent(intent),
            None => Target::Matter(&self.content.elsewhere.matters[place - self.content.intents.len()]),
        }
    }

    /// Finds other municipalities, if the account says where it is at home.
    pub(super) fn places(&self) -> Option<&Places> {
        self.places_elsewhere.as_ref()
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

    /// Does now what the first decision would do otherwise: compiles what is tried on every text, and learns
    /// from the safety examples.
    pub fn warm(&self) {
        let safety = self.content.safety.iter();
        let of_safety = safety.flat_map(|kind| [Some(&kind.patterns), kind.exceptions.as_ref()]);
        let of_fixed = self.content.fixed.iter().map(|fixed| fixed.patterns.as_ref());
        of_safety.chain(of_fixed).flatten().for_each(Expression::warm);
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
