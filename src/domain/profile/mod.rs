//! PURE: what one resident said, as a fold over changes: any order and any duplication end the same.
//!
//! A profile holds nothing that time changes: no ages, no 「has begun school」. [`Birth::age`] says how old a
//! child is on a day.

mod form;
mod month;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    announcement::AnnouncementId,
    attribute::{AttributeId, Attributes, Retention},
    event::EventKey,
    fewer::Series,
    time::Timestamp,
};

pub use month::{Birth, LEAST_AGE, MOST_AGE, Month};
pub use value::{Field, NotAllowed, Slot, Value, Wish};

/// When something was said: the event's own time and its name, so that no two are alike.
pub type Stamp = (Timestamp, EventKey);

/// A change of one field, checked against what the account asks; or a word about announcements of which fewer are
/// wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    what: What,
    at: Stamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Field(Field, Option<Value>),
    Fewer(Series, Option<AnnouncementId>),
}

impl Change {
    /// Says something, or with `None` takes back what was said.
    pub fn new(
        attributes: &Attributes,
        field: Field,
        value: Option<Value>,
        at: Stamp,
    ) -> Result<Self, NotAllowed> {
        value::check(attributes, &field, value.as_ref())?;
        Ok(Self { what: What::Field(field, value), at })
    }

    /// Asks for fewer announcements of a series, because of one of them; with `None` takes that back.
    pub fn fewer(series: Series, because_of: Option<AnnouncementId>, at: Stamp) -> Self {
        Self { what: What::Fewer(series, because_of), at }
    }

    /// When.
    pub fn at(&self) -> Stamp {
        self.at
    }
}

/// The last word on something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word<T> {
    at: Stamp,
    /// `None`: taken back. It is kept so that an older change that comes later does not bring it back.
    value: Option<T>,
}

/// Of two words the later one counts, by time and event; of two in one event the greater value, and any value before
/// none.
fn fold<K: Ord, T: Ord>(words: &mut BTreeMap<K, Word<T>>, about: K, word: Word<T>) {
    match words.get_mut(&about) {
        Some(known) if (known.at, &known.value) >= (word.at, &word.value) => {}
        Some(known) => *known = word,
        None => {
            words.insert(about, word);
        }
    }
}

/// What a resident said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "form::Form", into = "form::Form")]
pub struct Profile {
    words: BTreeMap<Field, Word<Value>>,
    /// Of which announcements fewer are wanted, and because of which one.
    fewer: BTreeMap<Series, Word<AnnouncementId>>,
    /// When the resident said something for the first time.
    first: Option<Timestamp>,
}

impl Profile {
    /// Takes a change into account: of two changes of a field the later one counts, by time and event; of two
    /// in one event the greater value, and any value before none.
    pub fn fold(&mut self, change: Change) {
        let Change { what, at } = change;
        match what {
            What::Field(field, value) => {
                self.first = Some(self.first.map_or(at.0, |first| first.min(at.0)));
                fold(&mut self.words, field, Word { at, value });
            }
            // To want fewer is no registration.
            What::Fewer(series, value) => fold(&mut self.fewer, series, Word { at, value }),
        }
    }

    /// Of which announcements fewer are wanted: because of which one, and since when.
    pub fn fewer(&self) -> impl Iterator<Item = (&Series, AnnouncementId, Timestamp)> {
        self.fewer.iter().filter_map(|(series, word)| Some((series, word.value?, word.at.0)))
    }

    /// When the last word on a series was said, be it that it was taken back.
    pub fn last_word_on(&self, series: &Series) -> Option<Timestamp> {
        self.fewer.get(series).map(|word| word.at.0)
    }

    /// Everything that is said, by field.
    pub fn iter(&self) -> impl Iterator<Item = (&Field, &Value)> {
        self.words.iter().filter_map(|(field, word)| Some((field, word.value.as_ref()?)))
    }

    /// What is said of an attribute.
    pub fn of<'a>(&'a self, attribute: &'a AttributeId) -> impl Iterator<Item = (&'a Slot, &'a Value)> {
        self.iter().filter(move |(field, _)| field.0 == *attribute).map(|(field, value)| (&field.1, value))
    }

    /// What is said of a field, and when it was.
    pub fn get(&self, field: &Field) -> Option<(&Value, Timestamp)> {
        let word = self.words.get(field)?;
        Some((word.value.as_ref()?, word.at.0))
    }

    /// When the last word on a field was said, be it that what was said is taken back.
    pub fn last_word(&self, field: &Field) -> Option<Timestamp> {
        self.words.get(field).map(|word| word.at.0)
    }

    /// The children, by number.
    pub fn children<'a>(&'a self, attribute: &'a AttributeId) -> impl Iterator<Item = (u8, Birth)> + 'a {
        self.of(attribute).filter_map(|(slot, value)| match (slot, value) {
            (Slot::Child(number), Value::Child(birth)) => Some((*number, *birth)),
            _ => None,
        })
    }

    /// Keeps what is said of some fields alone, for those who may see no more.
    pub fn retain(&mut self, keep: impl Fn(&Field) -> bool) {
        self.words.retain(|field, _| keep(field));
        self.fewer.clear();
    }

    /// The same without these fields.
    #[must_use]
    pub fn without(mut self, fields: &[Field]) -> Self {
        self.words.retain(|field, _| !fields.contains(field));
        self
    }

    /// When something was said for the first time; `None`: never.
    pub fn registered(&self) -> Option<Timestamp> {
        self.first
    }

    /// Whether nothing is said and nothing was taken back.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.fewer.is_empty()
    }

    /// Drops what was kept as long as it may be, and attributes that the account asks no more; whether there
    /// was any. What was taken back goes too, after the same time: an older change that comes later than that
    /// is dropped with the next call.
    pub fn expire(&mut self, attributes: &Attributes, now: Timestamp) -> bool {
        let before = self.words.len();
        self.words.retain(|field, word| match attributes.get(&field.0).map(|a| a.retention) {
            None => false,
            Some(Retention::WhileRegistered) => true,
            Some(Retention::Days(days)) => {
                let kept = jiff::SignedDuration::from_hours(24 * i64::from(days));
                now.duration_since(word.at.0) < kept
            }
        });
        self.words.len() != before
    }
}

#[cfg(test)]
mod tests;
