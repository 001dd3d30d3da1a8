//! What may be wrong with a field, as values: files and commands say it in English here, pages in the
//! reader's language from the catalogue, under [`Fault::name`].

use std::fmt;

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Field;
use crate::intent::source::Severity;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The id is not `<topic>.<name>` in lower case letters, digits and hyphens.
    Id {
        /// As typed.
        id: String,
        /// The topic.
        topic: String,
    },
    /// A text has no Japanese.
    NoJapanese,
    /// Nothing is there.
    Empty,
    /// Nobody answers for it.
    NoOwner,
    /// A text is longer than LINE takes.
    TooLong {
        /// How many characters are allowed.
        max: usize,
        /// How many there are.
        actual: usize,
    },
    /// There are too many values.
    TooMany {
        /// How many are allowed.
        max: usize,
    },
    /// No examples and no keywords: it will hardly be found. A warning.
    NoExamples,
    /// The answer does not fit on a phone's screen. A warning.
    LongAnswer {
        /// How many characters read well.
        max: usize,
    },
    /// The last day lies before the first.
    UntilBeforeFrom {
        /// The first day.
        from: Date,
    },
    /// The last day has passed. A warning.
    Expired,
    /// The day lies in the future. A warning.
    InFuture,
    /// The text is no day.
    NoDay(String),
    /// The text is no telephone number.
    NoTelephone(String),
    /// The text is no address that begins with https://.
    NoAddress(String),
    /// The expression matches every text.
    MatchesAll,
    /// The text is no regular expression.
    Expression(String),
    /// There is no such intent.
    NoIntent(String),
    /// There is no such topic.
    NoTopic(String),
    /// The text cannot be the name of a topic.
    TopicName(String),
}

impl Fault {
    /// Every name that [`Fault::name`] gives.
    pub const NAMES: [&str; 19] = [
        "id",
        "no-japanese",
        "empty",
        "no-owner",
        "too-long",
        "too-many",
        "no-examples",
        "long-answer",
        "until-before-from",
        "expired",
        "in-future",
        "no-day",
        "no-telephone",
        "no-address",
        "matches-all",
        "expression",
        "no-intent",
        "no-topic",
        "topic-name",
    ];

    /// Its name in catalogues.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Id { .. } => "id",
            Self::NoJapanese => "no-japanese",
            Self::Empty => "empty",
            Self::NoOwner => "no-owner",
            Self::TooLong { .. } => "too-long",
            Self::TooMany { .. } => "too-many",
            Self::NoExamples => "no-examples",
            Self::LongAnswer { .. } => "long-answer",
            Self::UntilBeforeFrom { .. } => "until-before-from",
            Self::Expired => "expired",
            Self::InFuture => "in-future",
            Self::NoDay(_) => "no-day",
            Self::NoTelephone(_) => "no-telephone",
            Self::NoAddress(_) => "no-address",
            Self::MatchesAll => "matches-all",
            Self::Expression(_) => "expression",
            Self::NoIntent(_) => "no-intent",
            Self::NoTopic(_) => "no-topic",
            Self::TopicName(_) => "topic-name",
        }
    }

    /// What its sentence in a catalogue may name: `value`, `max`, `actual`.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Id { id, topic } => vec![("value", id.clone()), ("topic", topic.clone())],
            Self::TooLong { max, actual } => vec![("max", max.to_string()), ("actual", actual.to_string())],
            Self::TooMany { max } | Self::LongAnswer { max } => vec![("max", max.to_string())],
            Self::UntilBeforeFrom { from } => vec![("value", from.to_string())],
            Self::NoDay(value)
            | Self::NoTelephone(value)
            | Self::NoAddress(value)
            | Self::Expression(value)
            | Self::NoIntent(value)
            | Self::NoTopic(value)
            | Self::TopicName(value) => vec![("value", value.clone())],
            _ => Vec::new(),
        }
    }

    /// Whether it stops the content from being used.
    pub fn severity(&self) -> Severity {
        match self {
            Self::NoExamples | Self::LongAnswer { .. } | Self::Expired | Self::InFuture => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// Something wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field.
    pub field: Field,
    /// Which of a list's values, from 0.
    pub item: Option<usize>,
    /// What is wrong.
    pub fault: Fault,
}

impl Problem {
    /// A problem of a whole field.
    pub fn new(field: Field, fault: Fault) -> Self {
        Self { field, item: None, fault }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.fault.severity()
    }

    /// `examples.ja` of an example is 「example」, as a person would say it.
    fn thing(&self) -> &'static str {
        match self.field {
            Field::Examples(_) => "example",
            Field::Keywords => "keyword",
            Field::Names => "name",
            Field::Patterns => "pattern",
            Field::FollowUp => "follow-up",
            Field::MustNotBreak => "question",
            Field::ContactName(_) => "contact name",
            Field::ContactHours(_) => "hours",
            Field::ContactTel => "tel",
            Field::LinkLabel(_) | Field::QuickLabel(_) => "label",
            Field::QuickText(_) => "text",
            Field::LinkUrl => "url",
            field => field.base(),
        }
    }

    /// What is wrong.
    pub fn what(&self) -> String {
        let thing = self.thing();
        let of = self.field.language().map(|language| format!(" in {language}")).unwrap_or_default();
        match &self.fault {
            Fault::Id { id, topic } => {
                format!("id {id:?} must be {topic}.<name> in lower case letters, digits and hyphens")
            }
            Fault::NoJapanese => format!("{thing} has no Japanese"),
            Fault::Empty => format!("the {thing}{of} is empty"),
            Fault::NoOwner => "owner is empty".into(),
            Fault::TooLong { max, actual } => {
                format!("the {thing}{of} has {actual} characters, at most {max} are allowed")
            }
            Fault::TooMany { max } => format!("an intent may have at most {max} of each"),
            Fault::NoExamples => "there are no examples".into(),
            Fault::LongAnswer { max } => format!("the answer{of} is longer than {max} characters"),
            Fault::UntilBeforeFrom { from } => format!("until lies before from ({from})"),
            Fault::Expired => "the answer has expired and is not given any more".into(),
            Fault::InFuture => format!("{thing} lies in the future"),
            Fault::NoDay(value) => format!("{value:?} is no day"),
            Fault::NoTelephone(value) => format!("tel {value:?} is no telephone number"),
            Fault::NoAddress(value) => format!("{value:?} is no address"),
            Fault::MatchesAll => "the expression matches every text".into(),
            Fault::Expression(why) => format!("no valid regular expression: {why}"),
            Fault::NoIntent(id) => format!("there is no intent {id:?} to follow up with"),
            Fault::NoTopic(topic) => format!("there is no topic {topic:?}"),
            Fault::TopicName(name) => format!("{name:?} cannot be the name of a topic"),
        }
    }

    /// What to write instead.
    pub fn instead(&self) -> String {
        match &self.fault {
            Fault::Id { topic, .. } => format!("write one like {topic}.opening-hours"),
            Fault::NoJapanese => "add ja".into(),
            Fault::Empty if self.item.is_some() => "remove it".into(),
            Fault::Empty => "write at least one character".into(),
            Fault::NoOwner => "write the department that answers for it".into(),
            Fault::TooLong { .. } | Fault::LongAnswer { .. } => "shorten it".into(),
            Fault::TooMany { .. } => "drop the weakest".into(),
            Fault::NoExamples => "add the questions that people really ask".into(),
            Fault::UntilBeforeFrom { .. } => "swap them".into(),
            Fault::Expired => "renew or remove it".into(),
            Fault::InFuture => "write the day on which it was checked".into(),
            Fault::NoDay(_) => "write it like 2027-03-31".into(),
            Fault::NoTelephone(_) => "write digits and hyphens, in quotes".into(),
            Fault::NoAddress(_) => "write one that begins with https://".into(),
            Fault::MatchesAll => "make it say something".into(),
            Fault::Expression(_) => "correct it, or put a \\ before a sign that stands for itself".into(),
            Fault::NoIntent(_) => "correct its id".into(),
            Fault::NoTopic(_) => "write one that exists, or make it first".into(),
            Fault::TopicName(_) => "write at most 40 lower case letters, digits and hyphens".into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.instead())
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Problem", 6)?;
        shape.serialize_field("field", &self.field)?;
        shape.serialize_field("item", &self.item)?;
        shape.serialize_field("severity", &self.severity())?;
        shape.serialize_field("fault", self.fault.name())?;
        shape.serialize_field("what", &self.what())?;
        shape.serialize_field("instead", &self.instead())?;
        shape.end()
    }
}
