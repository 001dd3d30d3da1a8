//! PURE: by what a count is broken down: attributes, never people.

use super::Predicate;
use crate::domain::{
    attribute::{Attribute, AttributeId, Attributes, Choice, ChoiceId, Kind},
    language::Language,
};

/// What a part of a breakdown is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slice {
    /// A choice, a topic, a place or a group.
    Choice(ChoiceId),
    /// Yes or no.
    Said(bool),
    /// A language that was chosen.
    Language(Language),
    /// A child of an age in whole months between two bounds, both included.
    Ages(i32, i32),
}

/// A way to break a count down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// By this attribute; `None`: by language.
    pub attribute: Option<AttributeId>,
    /// Of places: by the place in this role.
    pub role: Option<ChoiceId>,
    /// Whether one person may belong to several parts.
    pub overlaps: bool,
    /// The parts, and for whom each holds.
    pub parts: Vec<(Slice, Predicate)>,
}

/// Ages in months by which children are counted: expected, under one year, 1 and 2 years, 3 to 5 (before
/// school), 6 to 11 (the years of primary school), 12 to 17.
pub const AGES: [(i32, i32); 6] = [(-10, -1), (0, 11), (12, 35), (36, 71), (72, 143), (144, 215)];

/// Every way to break a count down that the account's plain attributes offer. Places count by the first role,
/// so that nobody counts twice; parts of choices count with what they are a part of. At last by the languages
/// that the account offers.
pub fn splits(attributes: &Attributes, languages: &[Language]) -> Vec<Split> {
    let spoken = languages.iter().map(|one| (Slice::Language(*one), Predicate::Language(vec![*one])));
    let by_language = Split { attribute: None, role: None, overlaps: false, parts: spoken.collect() };
    attributes.plain().filter_map(split).chain([by_language]).collect()
}

fn split(attribute: &Attribute) -> Option<Split> {
    let id = attribute.id.clone();
    let outer = || attribute.kind.choices().filter(|choice| choice.within.is_none());
    let slice = |choice: &Choice| Slice::Choice(choice.id.clone());
    let (role, overlaps, parts) = match &attribute.kind {
        Kind::Choice(_) => {
            (None, false, outer().map(|one| (slice(one), chosen(attribute, one, None))).collect())
        }
        Kind::Places(places) => {
            let role = places.roles.first()?.id.clone();
            let parts = outer().map(|one| (slice(one), chosen(attribute, one, Some(&role)))).collect();
            (Some(role), false, parts)
        }
        Kind::Topics(_) => {
            let wanted = |one: &Choice| Predicate::Wanted {
                attribute: id.clone(),
                of: vec![one.id.clone()],
                areas: None,
            };
            (None, true, outer().map(|one| (slice(one), wanted(one))).collect())
        }
        Kind::Group(_) => {
            let member =
                |one: &Choice| Predicate::MemberOf { attribute: id.clone(), of: vec![one.id.clone()] };
            (None, true, outer().map(|one| (slice(one), member(one))).collect())
        }
        Kind::YesNo => {
            let said = |yes| (Slice::Said(yes), Predicate::YesNo { attribute: id.clone(), of: vec![yes] });
            (None, false, vec![said(true), said(false)])
        }
        Kind::Children { .. } => {
            let aged = |(from, to)| {
                let predicate = Predicate::ChildAge { attribute: id.clone(), from, to, at: None };
                (Slice::Ages(from, to), predicate)
            };
            (None, true, AGES.map(aged).into())
        }
        Kind::Date | Kind::Month | Kind::Number { .. } => return None,
    };
    Some(Split { attribute: Some(id), role, overlaps, parts })
}

fn chosen(attribute: &Attribute, choice: &Choice, role: Option<&ChoiceId>) -> Predicate {
    Predicate::Chosen {
        attribute: attribute.id.clone(),
        roles: role.map(|role| vec![role.clone()]),
        of: attribute.kind.covered(&choice.id),
    }
}
