//! What a store keeps of a resident so that segments are found without reading anybody: marks, each a name
//! and perhaps a number. They follow from profile and standing alone and hold nothing sealed.

use std::collections::BTreeSet;

use super::{Set, Standing, day_number};
use crate::domain::{
    attribute::{Attribute, Attributes, Kind},
    fewer::Series,
    language::Language,
    profile::{Birth, Profile, Slot, Value},
};

/// A mark: a name and, for what is compared, a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// For example `topics=garbage`.
    pub name: String,
    /// For example the number of a month.
    pub number: Option<i32>,
}

impl Mark {
    /// The mark of somebody to whom no announcement may be sent.
    pub fn left() -> Self {
        Self { name: LEFT.to_owned(), number: None }
    }

    /// The mark of somebody who chose a language.
    pub fn language(language: Language) -> Self {
        Self { name: speaks(language), number: None }
    }
}

/// Those who asked for fewer announcements of a series.
pub fn asking_for_fewer(series: &Series) -> Set {
    Set::Marked(fewer(series))
}

/// Fewer announcements of a series are wanted.
fn fewer(series: &Series) -> String {
    format!("!fewer={series}")
}

/// The language that these marks say was chosen.
pub fn language_in(marks: &BTreeSet<Mark>) -> Option<Language> {
    Language::ALL.into_iter().find(|language| marks.contains(&Mark::language(*language)))
}

/// A language was chosen.
pub(super) fn speaks(language: Language) -> String {
    format!("!language={language}")
}

/// Announcements may not be sent.
pub(super) const LEFT: &str = "!left";
/// The day of the first word, counted from 1970-01-01.
pub(super) const REGISTERED: &str = "!registered";

/// Anything was said.
pub(super) fn has(attribute: impl AsRef<str>) -> String {
    format!("{}?", attribute.as_ref())
}

/// A choice, topic, group, or a place in whatever role.
pub(super) fn is(attribute: &str, choice: &str) -> String {
    format!("{attribute}={choice}")
}

/// A place in a role.
pub(super) fn is_as(attribute: &str, role: &str, choice: &str) -> String {
    format!("{attribute}.{role}={choice}")
}

/// A topic that is narrowed to areas.
pub(super) fn narrowed(attribute: &str, topic: &str) -> String {
    format!("{attribute}={topic}@")
}

/// A topic that is narrowed to an area.
pub(super) fn narrowed_to(attribute: &str, topic: &str, area: &str) -> String {
    format!("{attribute}={topic}@{area}")
}

/// The number of an attribute.
pub(super) fn number(attribute: &str) -> String {
    format!("{attribute}#")
}

/// The month of birth of a child.
pub(super) fn born(attribute: &str) -> String {
    format!("{attribute}#born")
}

/// The month in which a child is expected.
pub(super) fn expected(attribute: &str) -> String {
    format!("{attribute}#expected")
}

/// Yes or no.
pub(super) fn said(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Every mark of a resident. Only plain attributes leave marks, and only what is of their kind.
pub fn marks(attributes: &Attributes, profile: &Profile, standing: &Standing) -> BTreeSet<Mark> {
    let mut found = BTreeSet::new();
    let mut add = |name: String, number| {
        found.insert(Mark { name, number });
    };
    if !standing.following {
        add(LEFT.to_owned(), None);
    }
    if let Some(day) = standing.registered {
        add(REGISTERED.to_owned(), Some(day_number(day)));
    }
    if let Some(language) = standing.language {
        add(speaks(language), None);
    }
    for (series, ..) in profile.fewer() {
        add(fewer(series), None);
    }
    for attribute in attributes.plain() {
        for (slot, value) in profile.of(&attribute.id) {
            add(has(attribute.id.as_str()), None);
            of_value(attribute, slot, value, &mut add);
        }
    }
    found
}

fn of_value(attribute: &Attribute, slot: &Slot, value: &Value, add: &mut impl FnMut(String, Option<i32>)) {
    let id = attribute.id.as_str();
    match (&attribute.kind, slot, value) {
        (Kind::Choice(_), _, Value::Chosen(choice)) => add(is(id, choice.as_str()), None),
        (Kind::Places(_), Slot::Named(role), Value::Chosen(place)) => {
            add(is(id, place.as_str()), None);
            add(is_as(id, role.as_str(), place.as_str()), None);
        }
        (Kind::Topics(_), Slot::Named(topic), Value::Wanted(wish)) => {
            add(is(id, topic.as_str()), None);
            if !wish.areas.is_empty() {
                add(narrowed(id, topic.as_str()), None);
            }
            for area in &wish.areas {
                add(narrowed_to(id, topic.as_str(), area.as_str()), None);
            }
        }
        (Kind::Group(_), Slot::Named(group), Value::Member) => add(is(id, group.as_str()), None),
        (Kind::YesNo, _, Value::YesNo(yes)) => add(is(id, said(*yes)), None),
        (Kind::Number { .. }, _, Value::Number(value)) => add(number(id), Some(*value)),
        (Kind::Date, _, Value::Date(day)) => add(number(id), Some(day_number(*day))),
        (Kind::Month, _, Value::Month(month)) => add(number(id), Some(month.number())),
        (Kind::Children { .. }, Slot::Child(_), Value::Child(Birth::Born(month))) => {
            add(born(id), Some(month.number()));
        }
        (Kind::Children { .. }, Slot::Child(_), Value::Child(Birth::Expected(month))) => {
            add(expected(id), Some(month.number()));
        }
        // Said while the attribute was of another kind.
        _ => {}
    }
}
