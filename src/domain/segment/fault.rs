//! What is wrong with a predicate, with its place in the JSON and what may stand there.

use std::fmt;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place, for example `all[1].in.of[0]`; empty: the whole.
    pub at: String,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is no JSON.
    #[error("this is no JSON (line {line}, column {column})")]
    NoJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// It is too long.
    #[error("the predicate is longer than 32 KiB")]
    TooLong,
    /// There are too many parts.
    #[error("the predicate has more than 200 parts")]
    TooManyParts,
    /// They stand too deep in one another.
    #[error("all, any and not stand more than 8 deep in one another")]
    TooDeep,
    /// A part is no object with one name.
    #[error("a part is an object with exactly one name out of {0}")]
    NotOneName(&'static str),
    /// A part has a name that is none.
    #[error("{name:?} is no part; write one of {allowed}")]
    UnknownName {
        /// What stands there.
        name: String,
        /// What may.
        allowed: &'static str,
    },
    /// A list is expected.
    #[error("a list [ … ] of parts belongs here")]
    NoList,
    /// The form of a part is wrong.
    #[error("{0}")]
    Form(String),
    /// The account does not ask this.
    #[error("{name:?} is no attribute of this account; there are {}", known.join(", "))]
    NoAttribute {
        /// What stands there.
        name: String,
        /// The plain attributes.
        known: Vec<String>,
    },
    /// Nobody is picked by it.
    #[error("{0:?} is sealed: nobody is picked by it")]
    Sealed(String),
    /// The attribute is of another kind.
    #[error("{name:?} is of kind {kind}; an attribute of kind {wanted} belongs here")]
    WrongKind {
        /// The attribute.
        name: String,
        /// Its kind.
        kind: &'static str,
        /// What may stand there.
        wanted: &'static str,
    },
    /// The attribute has no such choice.
    #[error("{name:?} is no choice here; there are {}", known.join(", "))]
    NoChoice {
        /// What stands there.
        name: String,
        /// The choices.
        known: Vec<String>,
    },
    /// A list of names is empty or too long.
    #[error("1 to {0} names belong here")]
    Names(usize),
    /// A field belongs to another kind.
    #[error("{field} is for attributes of kind {kind} alone")]
    Foreign {
        /// The field.
        field: &'static str,
        /// The kind.
        kind: &'static str,
    },
    /// The topics have no areas.
    #[error("these topics have no areas; leave areas out")]
    NoAreas,
    /// Yes or no.
    #[error("of is [\"yes\"] or [\"no\"] here")]
    YesOrNo,
    /// No bound is given.
    #[error("write from, to, or both")]
    NoBound,
    /// A bound is of the wrong kind.
    #[error(
        "a bound of an attribute of kind {0} is written otherwise: numbers without quotes, days like \"2026-11-25\", months like \"2026-11\""
    )]
    BoundKind(&'static str),
    /// The bounds leave nothing.
    #[error("from is above to; exchange them")]
    Empty,
    /// An age is out of bounds.
    #[error("ages are counted in months, from -10 to 1200")]
    Age,
    /// It is not said which children.
    #[error("the account has {0} attributes of kind children; name one with attribute")]
    WhichChildren(usize),
    /// It is no day.
    #[error("{0:?} is no day from 1900 to 2199; write it like 2026-11-25")]
    NoDay(String),
    /// It is no month.
    #[error("{0:?} is no month from 1900 to 2199; write it like 2026-11")]
    NoMonth(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at.is_empty() { "the predicate" } else { &self.at };
        write!(f, "{at}: {}", self.wrong)
    }
}
