//! What a city has written: intents, topics, safety replies, fixed replies. Values only.

use jiff::civil::Date;

use super::{elsewhere::Elsewhere, expression::Expression};
use crate::domain::{
    id::IntentId,
    language::{Language, Localized},
};

/// Kinds of danger, in the order of urgency in which they are tried.
pub const SAFETY_KINDS: [&str; 5] = ["self-harm", "violence", "medical", "fire", "disaster"];

/// What the engine asks for by name.
pub const FIXED_KINDS: [&str; 15] = [
    "follow",
    "sticker",
    "image",
    "video",
    "audio",
    "file",
    "location",
    "thanks",
    "greeting",
    "abuse",
    "personal-data",
    "human",
    "genuine",
    "other",
    "refused",
];

/// Everything of one account, as read from its files.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Topics in the order of their files.
    pub topics: Vec<Topic>,
    /// Intents in the order of their files.
    pub intents: Vec<Intent>,
    /// Kinds of danger, the most urgent first.
    pub safety: Vec<SafetyKind>,
    /// Messages of people in danger, and ordinary ones that only sound like it.
    pub safety_examples: Vec<SafetyExample>,
    /// Fixed replies.
    pub fixed: Vec<FixedReply>,
    /// The city's general desk.
    pub desk: Option<Contact>,
    /// What is somebody else's.
    pub elsewhere: Elsewhere,
}

/// A field of city work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name in files and buttons.
    pub id: String,
    /// Its name for people.
    pub title: Localized<String>,
    /// Other words for it: somebody who sends nothing else is shown its questions.
    pub names: Vec<String>,
}

/// A question that the bot can answer.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Its name.
    pub id: IntentId,
    /// The topic's id.
    pub topic: String,
    /// The question in a few words.
    pub title: Localized<String>,
    /// The department that answers for it.
    pub owner: String,
    /// How people ask it.
    pub examples: Vec<(Language, String)>,
    /// Names of the thing.
    pub keywords: Vec<String>,
    /// Unmistakable phrases, on normalised text.
    pub patterns: Vec<Expression>,
    /// The answer.
    pub answer: Localized<String>,
    /// The online procedure.
    pub link: Option<Link>,
    /// What may be asked next.
    pub quick_replies: Vec<QuickText>,
    /// Whom to call.
    pub contact: Contact,
    /// The page that the answer rests on.
    pub source: Option<String>,
    /// The first day on which it holds.
    pub valid_from: Option<Date>,
    /// The last day on which it holds.
    pub valid_until: Option<Date>,
    /// Intents offered after it.
    pub follow_up: Vec<IntentId>,
}

impl Intent {
    /// Whether the answer holds on this day of the account's time zone.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }
}

/// A way to the online procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// On the button, at most 20 characters.
    pub label: Localized<String>,
    /// The address.
    pub url: String,
}

/// A quick reply that says something as the resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickText {
    /// On the button, at most 20 characters.
    pub label: Localized<String>,
    /// What is said.
    pub text: Localized<String>,
}

/// Whom to call, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The division.
    pub name: Localized<String>,
    /// Its telephone number.
    pub tel: Option<String>,
    /// Its hours.
    pub hours: Localized<String>,
}

/// The name of a kind of danger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyId(pub String);

impl SafetyId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a fixed reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedId(pub String);

impl FixedId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A kind of danger: how it is recognised and what is said at once.
#[derive(Debug, Clone)]
pub struct SafetyKind {
    /// `self-harm`, `violence`, `medical`, `fire` or `disaster`.
    pub id: SafetyId,
    /// Its name for people.
    pub title: Localized<String>,
    /// One alternation of all patterns, on normalised text.
    pub patterns: Expression,
    /// One alternation of all phrases that are blanked before the patterns are tried.
    pub exceptions: Option<Expression>,
    /// What is said.
    pub reply: Localized<String>,
    /// Whom to call.
    pub numbers: Vec<SafetyNumber>,
}

/// A message from which danger is learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyExample {
    /// The message.
    pub text: String,
    /// The place of its kind among [`Content::safety`]; `None` for an ordinary one.
    pub kind: Option<usize>,
}

/// A number for people in danger.
#[derive(Debug, Clone)]
pub struct SafetyNumber {
    /// Who answers.
    pub name: Localized<String>,
    /// The number.
    pub tel: String,
    /// When.
    pub hours: Localized<String>,
    /// The page that says so.
    pub source: String,
    /// When somebody last compared it with that page.
    pub checked_on: Date,
}

/// A reply to something that is no question.
#[derive(Debug, Clone)]
pub struct FixedReply {
    /// `follow`, `sticker`, `thanks`, …
    pub id: FixedId,
    /// Texts that it answers, on normalised text; none for those that no text triggers.
    pub patterns: Option<Expression>,
    /// What is said.
    pub reply: Localized<String>,
    /// What is offered.
    pub quick_replies: Vec<QuickText>,
}
