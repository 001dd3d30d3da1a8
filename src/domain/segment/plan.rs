//! Predicate → sets of marks: what a store computes, whatever it computes with.

use jiff::civil::Date;

use super::{Predicate, day_number, marks};
use crate::domain::profile::Month;

/// A set of residents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set {
    /// Those in all of these; of none: everybody.
    All(Vec<Self>),
    /// Those in any of these; of none: nobody.
    Any(Vec<Self>),
    /// Everybody else.
    Not(Box<Self>),
    /// Those with this mark.
    Marked(String),
    /// Those with this mark and a number between two bounds, both included.
    Between(String, i32, i32),
}

/// What a predicate means on a day.
pub fn plan(predicate: &Predicate, today: Date) -> Set {
    let marked = |names: Vec<String>| Set::Any(names.into_iter().map(Set::Marked).collect());
    match predicate {
        Predicate::All(inner) => Set::All(inner.iter().map(|p| plan(p, today)).collect()),
        Predicate::Any(inner) => Set::Any(inner.iter().map(|p| plan(p, today)).collect()),
        Predicate::Not(inner) => Set::Not(Box::new(plan(inner, today))),
        Predicate::Chosen { attribute, roles: None, of } | Predicate::MemberOf { attribute, of } => {
            marked(of.iter().map(|choice| marks::is(attribute.as_str(), choice.as_str())).collect())
        }
        Predicate::Chosen { attribute, roles: Some(roles), of } => {
            let each = roles.iter().flat_map(|role| of.iter().map(move |choice| (role, choice)));
            let name = |(role, choice): (&_, &_)| {
                let (role, choice): (&super::ChoiceId, &super::ChoiceId) = (role, choice);
                marks::is_as(attribute.as_str(), role.as_str(), choice.as_str())
            };
            marked(each.map(name).collect())
        }
        Predicate::Wanted { attribute, of, areas } => {
            let id = attribute.as_str();
            let wanted = of.iter().map(|topic| {
                let topic = topic.as_str();
                let all = Set::Marked(marks::is(id, topic));
                let Some(areas) = areas else { return all };
                let narrowed = Set::Marked(marks::narrowed(id, topic));
                let there =
                    areas.iter().map(|area| Set::Marked(marks::narrowed_to(id, topic, area.as_str())));
                let anywhere = Set::All(vec![all, Set::Not(Box::new(narrowed))]);
                Set::Any([anywhere].into_iter().chain(there).collect())
            });
            Set::Any(wanted.collect())
        }
        Predicate::YesNo { attribute, of } => {
            marked(of.iter().map(|yes| marks::is(attribute.as_str(), marks::said(*yes))).collect())
        }
        Predicate::Has(attribute) => Set::Marked(marks::has(attribute.as_str())),
        Predicate::Between { attribute, from, to } => {
            Set::Between(marks::number(attribute.as_str()), *from, *to)
        }
        Predicate::ChildAge { attribute, from, to, at } => {
            child_age(attribute.as_str(), *from, *to, Month::of(at.unwrap_or(today)).number())
        }
        Predicate::Following(true) => Set::Not(Box::new(Set::Marked(marks::LEFT.into()))),
        Predicate::Following(false) => Set::Marked(marks::LEFT.into()),
        Predicate::Language(of) => marked(of.iter().map(|language| marks::speaks(*language)).collect()),
        Predicate::RegisteredBefore(day) => {
            Set::Between(marks::REGISTERED.into(), i32::MIN, day_number(*day) - 1)
        }
    }
}

/// Children of an age in the month `now`: see [`crate::domain::profile::Birth::age`].
fn child_age(attribute: &str, from: i32, to: i32, now: i32) -> Set {
    let (born, expected) = (marks::born(attribute), marks::expected(attribute));
    let mut sets = vec![Set::Between(born, now - to, now - from)];
    // Expected in a month that has passed: born in it, so at least one month old.
    if to >= 1 {
        sets.push(Set::Between(expected.clone(), now - to, now - from.max(1)));
    }
    // Expected in this month or later: below 0, one month later than somebody who was born then.
    if from <= -1 {
        sets.push(Set::Between(expected, now - 1 - to.min(-1), now - 1 - from));
    }
    Set::Any(sets)
}
