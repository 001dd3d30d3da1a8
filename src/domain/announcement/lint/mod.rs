//! PURE: what an author should look at again before an announcement goes out.
//!
//! Cities did send drills as real, last year's dates, links to strangers. Each lint is a file of its own and one
//! line in [`LINTS`]. A lint never changes anything and never stops what may be right: only what LINE or todoke
//! could not send, or what deceives readers, [`Severity::Stops`]. A finding on a sound text is a bug, since people
//! learn to click findings away: `tests.rs` holds sound texts that must stay without any.

mod alerts;
mod calendar;
mod characters;
mod dates;
mod drills;
mod easy;
mod faults;
mod fields;
mod languages;
mod links;
mod personal;
mod pictures;
mod placeholders;
mod scan;

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::{Content, Dress, Place, Wrong};
use crate::domain::{attribute::Attributes, language::Language};

pub use links::host;

/// What lints need to know besides the words.
#[derive(Debug, Clone, Copy)]
pub struct City<'a> {
    /// The day in the account's time zone on which it is going out: the scheduled one, or today.
    pub today: Date,
    /// The languages that the account offers.
    pub languages: &'a [Language],
    /// Hosts of the city's own pages; what is below them is theirs too (`city.example` holds `www.city.example`).
    pub domains: &'a [String],
    /// What the account asks its residents.
    pub attributes: &'a Attributes,
    /// Whether it goes the way of alerts.
    pub is_alert: bool,
    /// Whether it is a drill.
    pub is_drill: bool,
    /// What the server writes before it.
    pub dress: &'a Dress,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot go out like this.
    Stops,
    /// A person has to say that it is meant.
    AsksToConfirm,
    /// It could be better.
    Hint,
}

/// Something to look at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// The words at that place, as they stand there; empty: all of the part.
    pub words: String,
    /// What it is.
    pub what: What,
}

/// What a lint found. [`What::code`] names its sentence in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It cannot be sent: LINE's limits, fields that cannot be read.
    Fault(Wrong),
    /// A day that is over.
    PastDate(Date),
    /// A day of the week that does not fit: the day as understood, and what it really is.
    WrongWeekday(Date, Weekday),
    /// A day that the calendar does not have.
    NoSuchDay,
    /// It says of itself to be a drill or a trial, and is none.
    DrillWords,
    /// A drill that does not say so in its own words.
    DrillUnsaid,
    /// It speaks like an alert, and is none.
    AlertWords,
    /// A link to somebody else's pages: the host.
    ForeignLink(String),
    /// A link whose host is hidden or looks like another one.
    DisguisedLink(String),
    /// A link that is not encrypted.
    PlainLink,
    /// A character that turns the direction of reading: its number.
    TurningCharacter(u32),
    /// A character that nobody sees: its number.
    InvisibleCharacter(u32),
    /// A character that phones do not show: its number.
    UnknownCharacter(u32),
    /// A language that the account offers says nothing; its readers get this one.
    NoBody {
        /// What they read instead.
        instead: Language,
    },
    /// Nothing is said at all.
    NothingSaid,
    /// Words that say nothing of what a picture shows.
    EmptyAlt,
    /// A number that is a mobile telephone's.
    MobileNumber,
    /// A number that may be somebody's Individual Number (マイナンバー).
    MyNumber,
    /// A mail address that is not an office's.
    PrivateMail,
    /// A field that the account does not have.
    UnknownField(String),
    /// A field that stays empty for whoever has not said it.
    NoDefault(String),
    /// Something was to be filled in.
    Placeholder,
    /// A sentence of easy Japanese that is too long: how many characters it has.
    LongSentence(usize),
    /// A word that is hard to understand, and an easier one.
    HardWord(&'static str),
    /// A year by era; who came from elsewhere knows the Christian one.
    EraYear,
}

impl What {
    /// The name of its sentence, and of the finding in the API: it stays for ever.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fault(wrong) => wrong.code(),
            Self::PastDate(_) => "past-date",
            Self::WrongWeekday(..) => "wrong-weekday",
            Self::NoSuchDay => "no-such-day",
            Self::DrillWords => "drill-words",
            Self::DrillUnsaid => "drill-unsaid",
            Self::AlertWords => "alert-words",
            Self::ForeignLink(_) => "foreign-link",
            Self::DisguisedLink(_) => "disguised-link",
            Self::PlainLink => "plain-link",
            Self::TurningCharacter(_) => "turning-character",
            Self::InvisibleCharacter(_) => "invisible-character",
            Self::UnknownCharacter(_) => "unknown-character",
            Self::NoBody { .. } => "no-body",
            Self::NothingSaid => "nothing-said",
            Self::EmptyAlt => "empty-alt",
            Self::MobileNumber => "mobile-number",
            Self::MyNumber => "my-number",
            Self::PrivateMail => "private-mail",
            Self::UnknownField(_) => "unknown-field",
            Self::NoDefault(_) => "no-default",
            Self::Placeholder => "placeholder",
            Self::LongSentence(_) => "long-sentence",
            Self::HardWord(_) => "hard-word",
            Self::EraYear => "era-year",
        }
    }
}

/// A lint: everything that it finds in a content.
type Lint = fn(&Content, &City<'_>) -> Vec<Finding>;

/// Every lint.
const LINTS: &[Lint] = &[
    faults::find,
    languages::find,
    characters::find,
    dates::find,
    drills::find,
    alerts::find,
    links::find,
    pictures::find,
    personal::find,
    fields::find,
    placeholders::find,
    easy::find,
];

/// Everything that should be looked at again: the gravest first, then in the order of languages and blocks.
pub fn look(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = LINTS.iter().flat_map(|lint| lint(content, city)).collect();
    found.sort_by(|a, b| (a.severity, &a.place, a.what.code()).cmp(&(b.severity, &b.place, b.what.code())));
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
