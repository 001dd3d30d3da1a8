//! What people ask the city although somebody else answers for it: other offices, and other municipalities.
//!
//! A city writes the [`Matter`]s into `_elsewhere.yaml`. They compete with its intents in the same matchers:
//! a question about a driving licence is near to everything with a certificate in it, until something nearer
//! is known. Other municipalities are found by their names ([`Places`]). What follows from either is decided
//! in [`super::decision`] alone.

mod places;

pub(super) use places::Places;

use super::{
    catalog::{Contact, Intent, Link},
    expression::Expression,
};
use crate::domain::{
    id::IntentId,
    language::{Language, Localized},
};

/// The name of a matter that is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterId(pub String);

impl MatterId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What `_elsewhere.yaml` says.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// The account's own municipality and prefecture, as people call them. Without any, no municipality is
    /// another one.
    pub home: Vec<String>,
    /// Municipalities that are known beside those of todoke's own list.
    pub neighbours: Vec<Localized<String>>,
    /// Matters of other offices, in the order of the file.
    pub matters: Vec<Matter>,
}

/// Something that another office, or a company, answers for.
#[derive(Debug, Clone)]
pub struct Matter {
    /// Its name.
    pub id: MatterId,
    /// The matter in a few words.
    pub title: Localized<String>,
    /// How people ask for it.
    pub examples: Vec<(Language, String)>,
    /// Names of the thing.
    pub keywords: Vec<String>,
    /// Unmistakable phrases, on normalised text.
    pub patterns: Vec<Expression>,
    /// Says who does it.
    pub reply: Localized<String>,
    /// Whom to ask, where somebody can be named.
    pub contact: Option<Contact>,
    /// The page of whoever does it.
    pub link: Option<Link>,
}

impl Matter {
    /// The matter as the matchers know questions. Nothing else ever sees this intent.
    pub(super) fn as_question(&self) -> Intent {
        Intent {
            id: IntentId::new(self.id.as_str()),
            topic: String::new(),
            title: self.title.clone(),
            owner: String::new(),
            examples: self.examples.clone(),
            keywords: self.keywords.clone(),
            patterns: self.patterns.clone(),
            answer: self.reply.clone(),
            link: None,
            quick_replies: Vec::new(),
            contact: Contact::default(),
            source: None,
            valid_from: None,
            valid_until: None,
            follow_up: Vec::new(),
        }
    }
}

/// Who else a question belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Another office's, by the matter's name.
    Office(MatterId),
    /// That of another municipality, by its name.
    Municipality(Localized<String>),
}

impl Whose {
    /// The name in traces and counts: the matter's, or one for all municipalities.
    pub fn name(&self) -> &str {
        match self {
            Self::Office(matter) => matter.as_str(),
            Self::Municipality(_) => "municipality",
        }
    }
}
