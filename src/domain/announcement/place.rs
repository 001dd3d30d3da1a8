//! Where something stands in a content, and what hinders it from going out.

use std::ops::Range;

use serde::Serialize;

use crate::domain::{language::Language, message::LimitError};

/// A place in a content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// In which language; `None`: it is about the whole.
    pub language: Option<Language>,
    /// In which block of that language, from 0; `None`: it is about all of them.
    pub block: Option<usize>,
    /// In which part of the block.
    pub part: Part,
    /// In which bytes of that part's text; `None`: it is about all of it.
    #[serde(skip)]
    pub range: Option<(usize, usize)>,
}

/// A part of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The block as a whole, or what is above blocks.
    Whole,
    /// Its text.
    Text,
    /// A card's title.
    Title,
    /// What a picture shows in words; what notifications show of a card.
    Alt,
    /// The address of a picture.
    Original,
    /// The address of its small form.
    Preview,
    /// The label of a button, from 0.
    Label(usize),
    /// The address of a button, from 0.
    Uri(usize),
}

impl Place {
    /// The content as a whole.
    pub const WHOLE: Self = Self { language: None, block: None, part: Part::Whole, range: None };

    /// All that is said in a language.
    pub fn of(language: Language) -> Self {
        Self { language: Some(language), ..Self::WHOLE }
    }

    /// A block of it.
    #[must_use]
    pub fn in_block(self, block: usize) -> Self {
        Self { block: Some(block), ..self }
    }

    /// A part of the block.
    #[must_use]
    pub fn at(&self, part: Part) -> Self {
        Self { part, ..self.clone() }
    }

    /// Some bytes of the part's text.
    #[must_use]
    pub fn within(&self, range: &Range<usize>) -> Self {
        Self { range: Some((range.start, range.end)), ..self.clone() }
    }
}

/// Something that hinders a content from going out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub wrong: Wrong,
}

/// What can hinder it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It breaks one of LINE's limits.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Only some addresses may stand there.
    #[error("an address here begins with https:// or tel:")]
    Address,
    /// Only expressions are understood, no blocks and no comments.
    #[error("{{% and {{# mean nothing here; only a field can be filled in: {{{{ ward }}}}")]
    NoExpression,
    /// A field has no end.
    #[error("a field that begins with {{{{ has to end with }}}} in the same text")]
    Unclosed,
    /// An end has no beginning.
    #[error("there is a }}}} without the {{{{ before it")]
    Unopened,
    /// The expression cannot be read.
    #[error("this field cannot be read; write it as {{{{ ward }}}} or {{{{ ward | default(\"…\") }}}}")]
    Unreadable,
    /// A name that cannot be a field's.
    #[error("{0:?} is no name of a field; names are those of attributes, with _ for -")]
    NoField(String),
    /// There is no value for it.
    #[error("there is nothing to fill in for some people; add a default: {{{{ {0} | default(\"…\") }}}}")]
    NoValue(String),
    /// Nothing is said in a language.
    #[error("nothing is said in this language; write a text, or leave the language out")]
    Nothing,
}

impl Wrong {
    /// The name of its sentence, and of the finding in the API: it stays for ever.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit(LimitError::Empty { .. }) => "empty",
            Self::Limit(LimitError::TooLong { .. }) => "too-long",
            Self::Limit(LimitError::Count { .. } | LimitError::UnevenColumns | LimitError::Days) => {
                "too-many"
            }
            Self::Limit(LimitError::Scheme { .. }) | Self::Address => "address",
            Self::NoExpression => "no-expression",
            Self::Unclosed => "field-unclosed",
            Self::Unopened => "field-unopened",
            Self::Unreadable => "field-unreadable",
            Self::NoField(_) => "field-name",
            Self::NoValue(_) => "field-value",
            Self::Nothing => "nothing-said",
        }
    }
}
