//! What a resident said of one attribute, and which part of it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Birth, Month};
use crate::domain::attribute::{Attribute, AttributeId, Attributes, ChoiceId, Hours, Kind};

/// Which part of an attribute a value stands for: what is changed by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Slot {
    /// The whole of it.
    #[serde(rename = "")]
    Whole,
    /// One topic, one group, or the place of one role.
    #[serde(rename = "n")]
    Named(ChoiceId),
    /// One child, counted from 0 in the order in which they were named.
    #[serde(rename = "k")]
    Child(u8),
}

/// A part of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Field(pub AttributeId, pub Slot);

/// What a resident said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// This choice; of a place, this place.
    #[serde(rename = "c")]
    Chosen(ChoiceId),
    /// The topic is wanted.
    #[serde(rename = "t")]
    Wanted(Wish),
    /// A member of the group.
    #[serde(rename = "g")]
    Member,
    /// A day.
    #[serde(rename = "d")]
    Date(Date),
    /// A month.
    #[serde(rename = "m")]
    Month(Month),
    /// A number.
    #[serde(rename = "i")]
    Number(i32),
    /// Yes or no.
    #[serde(rename = "y")]
    YesNo(bool),
    /// A child.
    #[serde(rename = "k")]
    Child(Birth),
}

/// How a topic is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Wish {
    /// Only for these areas; none: for all.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub areas: BTreeSet<ChoiceId>,
    /// Only at these hours of the day; `None`: at any time.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// Why something cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The account does not ask this.
    #[error("the account has no such attribute")]
    NoAttribute,
    /// It is a value for another kind of attribute, or for another part of it.
    #[error("the value is none for this attribute")]
    WrongKind,
    /// The choice, topic, place, role or group does not exist.
    #[error("there is no such choice")]
    NoChoice,
    /// It lies outside of what is allowed: a number beyond the bounds, one child too many, other hours.
    #[error("the value is out of bounds")]
    OutOfBounds,
}

/// Checks a part and, if one is given, its value against what the account asks.
pub(super) fn check(attributes: &Attributes, field: &Field, value: Option<&Value>) -> Result<(), NotAllowed> {
    let attribute = attributes.get(&field.0).ok_or(NotAllowed::NoAttribute)?;
    check_slot(attribute, &field.1)?;
    value.map_or(Ok(()), |value| check_value(attributes, attribute, &field.1, value))
}

fn check_slot(attribute: &Attribute, slot: &Slot) -> Result<(), NotAllowed> {
    let known = |is_known: bool| if is_known { Ok(()) } else { Err(NotAllowed::NoChoice) };
    match (&attribute.kind, slot) {
        (Kind::Topics(_) | Kind::Group(_), Slot::Named(name)) => known(attribute.kind.choice(name).is_some()),
        (Kind::Places(places), Slot::Named(role)) => known(places.roles.iter().any(|r| r.id == *role)),
        (Kind::Children { most }, Slot::Child(number)) => {
            if number < most {
                Ok(())
            } else {
                Err(NotAllowed::OutOfBounds)
            }
        }
        (Kind::Choice(_) | Kind::Date | Kind::Month | Kind::Number { .. } | Kind::YesNo, Slot::Whole) => {
            Ok(())
        }
        _ => Err(NotAllowed::WrongKind),
    }
}

fn check_value(
    attributes: &Attributes,
    attribute: &Attribute,
    slot: &Slot,
    value: &Value,
) -> Result<(), NotAllowed> {
    let within = |is_within: bool| if is_within { Ok(()) } else { Err(NotAllowed::OutOfBounds) };
    match (&attribute.kind, value) {
        (Kind::Choice(_) | Kind::Places(_), Value::Chosen(choice)) => {
            attribute.kind.choice(choice).map(drop).ok_or(NotAllowed::NoChoice)
        }
        (Kind::Topics(topics), Value::Wanted(Wish { areas, hours })) => {
            let topic = topics.topics.iter().find(|topic| *slot == Slot::Named(topic.choice.id.clone()));
            let topic = topic.ok_or(NotAllowed::NoChoice)?;
            if !areas.is_empty() {
                let places = topics.areas_of.as_ref().and_then(|id| attributes.get(id));
                let places = places.filter(|_| topic.areas).ok_or(NotAllowed::OutOfBounds)?;
                if areas.iter().any(|area| places.kind.choice(area).is_none()) {
                    return Err(NotAllowed::NoChoice);
                }
            }
            within(hours.is_none_or(|hours| topic.hours.contains(&hours)))
        }
        (Kind::Number { least, most }, Value::Number(number)) => within((least..=most).contains(&number)),
        (Kind::Date, Value::Date(day)) => within((1900..=2199).contains(&day.year())),
        (Kind::Group(_), Value::Member)
        | (Kind::Month, Value::Month(_))
        | (Kind::YesNo, Value::YesNo(_))
        | (Kind::Children { .. }, Value::Child(_)) => Ok(()),
        _ => Err(NotAllowed::WrongKind),
    }
}
