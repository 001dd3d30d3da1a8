//! Why a predicate holds for somebody, in nothing but what they said themselves.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Predicate, Standing, fits};
use crate::domain::{
    language::Language,
    profile::{Field, Profile, Value},
};

/// A part of the answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// They said this.
    Said(Field, Value),
    /// They want this topic, and topics were asked for.
    Wants(Field, Value),
    /// They follow the account, or are known to have left.
    Following(bool),
    /// They said something before some day.
    Registered,
    /// They chose this language.
    Language(Language),
    /// Something does not hold for them. What it is would tell more than what they said.
    Excluded,
}

/// Why a predicate holds for a resident; `None`: it does not. Of alternatives those that hold. Empty where it holds for
/// everybody.
pub fn reasons(
    predicate: &Predicate,
    profile: &Profile,
    standing: &Standing,
    today: Date,
) -> Option<BTreeSet<Because>> {
    let of = |inner: &Predicate| reasons(inner, profile, standing, today);
    let one = |because, holds: bool| holds.then(|| [because].into());
    match predicate {
        Predicate::All(inner) => {
            let all: Option<Vec<BTreeSet<Because>>> = inner.iter().map(of).collect();
            Some(all?.into_iter().flatten().collect())
        }
        Predicate::Any(inner) => {
            let some: Vec<BTreeSet<Because>> = inner.iter().filter_map(of).collect();
            (!some.is_empty()).then(|| some.into_iter().flatten().collect())
        }
        Predicate::Not(inner) => one(Because::Excluded, of(inner).is_none()),
        Predicate::Following(wanted) => one(Because::Following(*wanted), standing.following == *wanted),
        Predicate::RegisteredBefore(day) => {
            one(Because::Registered, standing.registered.is_some_and(|first| first < *day))
        }
        Predicate::Language(of) => {
            let chosen = standing.language.filter(|language| of.contains(language))?;
            Some([Because::Language(chosen)].into())
        }
        Predicate::Chosen { attribute, .. }
        | Predicate::Wanted { attribute, .. }
        | Predicate::YesNo { attribute, .. }
        | Predicate::Has(attribute)
        | Predicate::Between { attribute, .. }
        | Predicate::ChildAge { attribute, .. }
        | Predicate::MemberOf { attribute, .. } => {
            let is_topic = matches!(predicate, Predicate::Wanted { .. });
            let said = profile.of(attribute).filter(|(slot, value)| fits(predicate, slot, value, today));
            let found: BTreeSet<Because> = said
                .map(|(slot, value)| (Field(attribute.clone(), slot.clone()), value.clone()))
                .map(
                    |(field, value)| {
                        if is_topic { Because::Wants(field, value) } else { Because::Said(field, value) }
                    },
                )
                .collect();
            (!found.is_empty()).then_some(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::segment::{
        holds, read,
        sample::{self, Random},
        tests::household,
    };

    #[test]
    fn there_are_reasons_exactly_where_it_holds_and_none_is_of_others() {
        let attributes = sample::attributes();
        let mut random = Random(20_261_128);
        let (mut held, mut told) = (0, 0);
        for number in 0..4_000 {
            let (profile, standing) = household(&mut random, &attributes);
            for _ in 0..10 {
                let json = sample::predicate(&mut random, 3);
                let (predicate, _) = read(&json.to_string(), &attributes).unwrap();
                let reasons = reasons(&predicate, &profile, &standing, sample::today());
                let meant = holds(&predicate, &profile, &standing, sample::today());
                assert_eq!(reasons.is_some(), meant, "household {number}: {json}");
                held += u32::from(meant);
                for because in reasons.into_iter().flatten() {
                    let is_own = match &because {
                        Because::Said(field, value) | Because::Wants(field, value) => {
                            told += 1;
                            profile.get(field).is_some_and(|(known, _)| known == value)
                        }
                        Because::Following(following) => standing.following == *following,
                        Because::Registered => standing.registered.is_some(),
                        Because::Language(language) => standing.language == Some(*language),
                        Because::Excluded => true,
                    };
                    assert!(is_own, "household {number}: {because:?} of {json}");
                }
            }
        }
        assert!(held > 4_000 && told > 4_000, "the test tries both ways: {held}, {told}");
    }
}
