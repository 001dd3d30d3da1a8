//! PURE: whom a segment holds. A predicate is read from JSON ([`read()`]), has one meaning ([`holds`]), and can be
//! turned into sets of marks ([`plan()`]), which a store evaluates in its own way; tests hold that both agree.
//!
//! Counts of people are shown through [`Shown`] alone, so that no page tells of a few.

mod fault;
mod marks;
mod named;
mod plan;
mod read;
mod reasons;
pub mod rows;
mod shown;
pub mod split;
mod written;

use jiff::civil::Date;

use super::{
    attribute::{AttributeId, ChoiceId},
    language::Language,
    profile::{Profile, Slot, Value},
};

pub use fault::{Fault, Wrong};
pub use marks::{Mark, asking_for_fewer, language_in, marks};
pub use named::{KEPT_REMOVED, Named, SegmentId, SegmentName};
pub use plan::{Set, plan};
pub use read::{DEEPEST, LONGEST, MOST_PARTS, read, read_again};
pub use reasons::{Because, reasons};
pub use shown::{Breakdown, FEWEST_SHOWN, Part, Shown};
pub use written::{Between, Bound, ChildAge, In, MemberOf, Written, schema};

/// Whom a segment holds, checked: attributes and choices exist, no attribute is sealed, and a choice stands
/// with everything that is within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// All of these hold.
    All(Vec<Self>),
    /// At least one of these holds.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A choice, or a place in one of some roles, is one of these.
    Chosen {
        /// The attribute.
        attribute: AttributeId,
        /// Of places: in one of these roles; `None`: in any.
        roles: Option<Vec<ChoiceId>>,
        /// The choices, sorted.
        of: Vec<ChoiceId>,
    },
    /// One of these topics is wanted.
    Wanted {
        /// The attribute.
        attribute: AttributeId,
        /// The topics, sorted.
        of: Vec<ChoiceId>,
        /// For one of these areas or for all; `None`: wherever.
        areas: Option<Vec<ChoiceId>>,
    },
    /// Yes or no was said.
    YesNo {
        /// The attribute.
        attribute: AttributeId,
        /// What was said.
        of: Vec<bool>,
    },
    /// Anything was said of the attribute.
    Has(AttributeId),
    /// A number lies between two bounds, both included; days are counted from 1970-01-01, months from January
    /// of the year 0.
    Between {
        /// The attribute.
        attribute: AttributeId,
        /// The least.
        from: i32,
        /// The most.
        to: i32,
    },
    /// A child has an age between two bounds, both included, in whole months.
    ChildAge {
        /// The attribute.
        attribute: AttributeId,
        /// The least.
        from: i32,
        /// The most.
        to: i32,
        /// On this day; `None`: today.
        at: Option<Date>,
    },
    /// Announcements may be sent, or may not.
    Following(bool),
    /// Something was said before this day.
    RegisteredBefore(Date),
    /// One of these languages was chosen.
    Language(Vec<Language>),
    /// A member of one of these groups.
    MemberOf {
        /// The attribute.
        attribute: AttributeId,
        /// The groups, sorted.
        of: Vec<ChoiceId>,
    },
}

/// What is known of a resident beside the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether announcements may be sent (see [`super::resident::FollowState::may_be_reached`]).
    pub following: bool,
    /// The day, in the account's time zone, on which something was said for the first time.
    pub registered: Option<Date>,
    /// The language that was chosen; without a choice each message is answered in its own.
    pub language: Option<Language>,
}

/// The days since 1970-01-01.
pub(super) fn day_number(day: Date) -> i32 {
    let since = day.duration_since(jiff::civil::date(1970, 1, 1));
    i32::try_from(since.as_hours() / 24).unwrap_or(i32::MAX)
}

/// Whether a predicate holds for a resident on a day: its meaning, which every other evaluation has to share.
pub fn holds(predicate: &Predicate, profile: &Profile, standing: &Standing, today: Date) -> bool {
    match predicate {
        Predicate::All(inner) => inner.iter().all(|p| holds(p, profile, standing, today)),
        Predicate::Any(inner) => inner.iter().any(|p| holds(p, profile, standing, today)),
        Predicate::Not(inner) => !holds(inner, profile, standing, today),
        Predicate::Following(wanted) => standing.following == *wanted,
        Predicate::RegisteredBefore(day) => standing.registered.is_some_and(|first| first < *day),
        Predicate::Language(of) => standing.language.is_some_and(|language| of.contains(&language)),
        Predicate::Chosen { attribute, .. }
        | Predicate::Wanted { attribute, .. }
        | Predicate::YesNo { attribute, .. }
        | Predicate::Has(attribute)
        | Predicate::Between { attribute, .. }
        | Predicate::ChildAge { attribute, .. }
        | Predicate::MemberOf { attribute, .. } => {
            profile.of(attribute).any(|(slot, value)| fits(predicate, slot, value, today))
        }
    }
}

/// Whether what was said of the attribute of a predicate is what it asks for.
fn fits(predicate: &Predicate, slot: &Slot, value: &Value, today: Date) -> bool {
    match predicate {
        Predicate::Chosen { roles, of, .. } => {
            let in_role = match (slot, roles) {
                (_, None) => true,
                (Slot::Named(role), Some(roles)) => roles.contains(role),
                _ => false,
            };
            in_role && matches!(value, Value::Chosen(choice) if of.contains(choice))
        }
        Predicate::Wanted { of, areas, .. } => {
            let (Slot::Named(topic), Value::Wanted(wish)) = (slot, value) else { return false };
            let there = |areas: &Vec<ChoiceId>| {
                wish.areas.is_empty() || areas.iter().any(|area| wish.areas.contains(area))
            };
            of.contains(topic) && areas.as_ref().is_none_or(there)
        }
        Predicate::YesNo { of, .. } => matches!(value, Value::YesNo(said) if of.contains(said)),
        Predicate::Has(_) => true,
        Predicate::Between { from, to, .. } => {
            let number = match value {
                Value::Number(number) => *number,
                Value::Date(day) => day_number(*day),
                Value::Month(month) => month.number(),
                _ => return false,
            };
            (from..=to).contains(&&number)
        }
        Predicate::ChildAge { from, to, at, .. } => match (slot, value) {
            (Slot::Child(_), Value::Child(birth)) => (from..=to).contains(&&birth.age(at.unwrap_or(today))),
            _ => false,
        },
        Predicate::MemberOf { of, .. } => matches!(slot, Slot::Named(group) if of.contains(group)),
        Predicate::All(_)
        | Predicate::Any(_)
        | Predicate::Not(_)
        | Predicate::Following(_)
        | Predicate::RegisteredBefore(_)
        | Predicate::Language(_) => false,
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
