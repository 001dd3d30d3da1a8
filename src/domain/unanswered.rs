//! A question that the bot could not answer: what staff learn from. Always masked (`intent::mask`), never
//! of somebody in danger, and it names nobody.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    event::EventKey,
    id::{IntentId, InvalidId, StaffId},
    language::Language,
    time::Timestamp,
    version::Version,
};

/// A question's name, `unq_…`; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnansweredId(pub Uuid);

impl std::fmt::Display for UnansweredId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unq_{}", self.0.simple())
    }
}

impl std::str::FromStr for UnansweredId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("unq_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a question's id (unq_ and 32 hexadecimal digits)"))
    }
}

/// How it came that it was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nothing was near enough.
    Refused,
    /// The bot asked back, and none of its choices fitted.
    NoneOfThese,
    /// It was answered with this intent, and the resident said 「ちがう」.
    Wrong(IntentId),
    /// An operator searched for a caller and found nothing.
    NotFound,
    /// Somebody asked the city with a form; whoever answered it left the question to learn from.
    Enquiry,
}

impl Why {
    /// A label from a closed set, for the daily figures.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NoneOfThese => "none_of_these",
            Self::Wrong(_) => "wrong",
            Self::NotFound => "not_found",
            Self::Enquiry => "enquiry",
        }
    }
}

/// A question as a journey hands it to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUnanswered {
    /// The event in whose body the words stand: when its sender takes it back, the question goes too.
    /// `None` for what came in another way.
    pub of: Option<EventKey>,
    /// The masked words, at most [`LONGEST`] characters.
    pub text: String,
    /// Their language, as far as it was recognised.
    pub language: Language,
    /// How it came.
    pub why: Why,
    /// The nearest intents, the likeliest first, at most three.
    pub nearest: Vec<IntentId>,
}

/// Longer questions are cut: what matters stands at the beginning.
pub const LONGEST: usize = 300;

/// A question as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unanswered {
    /// Its name.
    pub id: UnansweredId,
    /// When it was asked (settled).
    pub at: Timestamp,
    /// The masked words.
    pub text: String,
    /// Their language.
    pub language: Language,
    /// How it came.
    pub why: Why,
    /// The nearest intents.
    pub nearest: Vec<IntentId>,
    /// What staff did with it.
    pub mark: Option<Mark>,
    /// Counts the marks.
    pub version: Version,
}

/// What staff did with a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What.
    pub done: Done,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// The kinds of marks. A question without one is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It is none of the city's matters.
    Ignored,
    /// This intent was begun for it.
    Drafted(IntentId),
    /// It has become an example of this intent.
    Added(IntentId),
}

impl Done {
    /// What it became.
    pub fn intent(&self) -> Option<&IntentId> {
        match self {
            Self::Ignored => None,
            Self::Drafted(intent) | Self::Added(intent) => Some(intent),
        }
    }
}
