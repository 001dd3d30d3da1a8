//! What a person edits: an intent and a topic with every field as typed, before anything is checked.
//!
//! Files, the console and sheets make drafts; [`check`] turns a draft into an [`super::Intent`] or says at
//! which [`Field`] what is wrong. The serialised form is that of a topic file, and, as JSON, the canonical
//! form from which a content's hash is made: a field may be added, but never renamed or given another meaning.

mod check;
mod fault;
mod field;
pub(super) mod rules;
mod yaml;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::{check, check_topic};
pub use fault::{Fault, Problem};
pub use field::Field;
pub use rules::topic_name;
pub use yaml::{head_yaml, intent_yaml, topic_yaml};

use crate::domain::language::Language;

/// A text by language.
pub type Texts = BTreeMap<Language, String>;

/// One question with its answer, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// `<topic>.<name>`.
    pub id: String,
    /// The question in a few words.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub title: Texts,
    /// The owner; `None`: the topic's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How people ask it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<Language, Vec<String>>,
    /// Names of the thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Regular expressions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub answer: Texts,
    /// The online procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkDraft>,
    /// What may be asked next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quick_replies: Vec<QuickDraft>,
    /// Whom to call; `None`: the topic's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactDraft>,
    /// The page that the answer rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The day on which somebody last compared the answer with that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<String>,
    /// The days on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<ValidDraft>,
    /// Intents offered after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_up: Vec<String>,
    /// Questions that this intent must answer: a change that loses one is not published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_not_break: Vec<String>,
}

/// A way to the online procedure, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkDraft {
    /// On the button.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub label: Texts,
    /// The address.
    #[serde(default)]
    pub url: String,
}

/// A quick reply, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuickDraft {
    /// On the button.
    pub label: Texts,
    /// What is said.
    pub text: Texts,
}

/// Whom to call, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactDraft {
    /// The division.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub name: Texts,
    /// Its telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tel: Option<String>,
    /// Its hours.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub hours: Texts,
}

/// First and last day, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidDraft {
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What the intents of a topic have in common, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicDraft {
    /// Its name in files and buttons.
    pub topic: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub title: Texts,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The department that answers for it.
    #[serde(default)]
    pub owner: String,
    /// Whom to call.
    #[serde(default)]
    pub contact: ContactDraft,
    /// The intents in the order in which they are offered; those that are not named follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
}

impl Draft {
    /// The name of its topic.
    pub fn topic(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }

    /// The same without what makes no difference: blanks around texts, and empty things. Two drafts that say
    /// the same are then equal, whether they come from a file, a form or a sheet.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for texts in [&mut self.title, &mut self.answer] {
            tidy_texts(texts);
        }
        if let Some(link) = &mut self.link {
            tidy_texts(&mut link.label);
            tidy(&mut link.url);
        }
        for quick in &mut self.quick_replies {
            tidy_texts(&mut quick.label);
            tidy_texts(&mut quick.text);
        }
        if let Some(contact) = &mut self.contact {
            contact.tidy();
        }
        for text in [&mut self.owner, &mut self.source, &mut self.checked_on].into_iter().flatten() {
            tidy(text);
        }
        let lists = [&mut self.keywords, &mut self.patterns, &mut self.follow_up, &mut self.must_not_break];
        for text in lists.into_iter().chain(self.examples.values_mut()).flatten() {
            tidy(text);
        }
        self.examples.retain(|_, list| !list.is_empty());
        if let Some(valid) = &mut self.valid {
            [&mut valid.from, &mut valid.until].into_iter().flatten().for_each(tidy);
        }
        self.valid = self.valid.filter(|valid| *valid != ValidDraft::default());
        self
    }
}

impl TopicDraft {
    /// See [`Draft::tidied`].
    #[must_use]
    pub fn tidied(mut self) -> Self {
        tidy_texts(&mut self.title);
        self.names.iter_mut().for_each(tidy);
        tidy(&mut self.owner);
        self.contact.tidy();
        self
    }
}

impl ContactDraft {
    fn tidy(&mut self) {
        tidy_texts(&mut self.name);
        tidy_texts(&mut self.hours);
        self.tel.iter_mut().for_each(tidy);
    }
}

fn tidy_texts(texts: &mut Texts) {
    texts.values_mut().for_each(tidy);
}

/// One kind of line end, and no blanks around the whole.
fn tidy(text: &mut String) {
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

#[cfg(test)]
mod tests;
