//! The table of the population beside those who registered and may be told something: counts of a few are not shown, nor
//! do they follow from others.

use super::{ReachError, wards};
use crate::{
    domain::{
        account::Account,
        attribute::{ChoiceId, Kind},
        language::Localized,
        population::{BANDS, Population},
        segment::{Predicate, Shown, split::Slice},
        staff::{Actor, rights::SeeFigures},
    },
    journeys::{
        Ctx,
        segments::{ByAttribute, SegmentError, broken_down},
    },
};

/// A ward.
#[derive(Debug, Clone, PartialEq)]
pub struct OfWard {
    /// Which.
    pub ward: ChoiceId,
    /// What it is called.
    pub label: Localized<String>,
    /// How many live there; `None`: the table does not say.
    pub people: Option<u64>,
    /// How many of those who may be told something named it as their own.
    pub registered: Shown,
}

/// Children of an age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OfAge {
    /// The ages in whole years, both included.
    pub years: (u8, u8),
    /// How many people of these ages live in the city; `None`: the table's steps do not fit.
    pub people: Option<u64>,
    /// How many registered who have a child of these ages; `None`: residents are not asked this age.
    pub registered: Option<Shown>,
}

/// The city against its residents.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// The table that is compared with.
    pub table: Population,
    /// Everybody who may be told something, or wants the topic.
    pub registered: Shown,
    /// By ward, in the order of the account.
    pub wards: Vec<OfWard>,
    /// By age.
    pub ages: Vec<OfAge>,
}

/// A part of a whole, in tenths of a percent; `None`: one of them is not known, or not shown.
pub fn share(registered: Shown, people: Option<u64>) -> Option<u64> {
    match (registered, people) {
        (Shown::Exactly(count), Some(people)) if people > 0 => Some((count * 1_000 + people / 2) / people),
        _ => None,
    }
}

/// Compares with the latest table; with a topic: those who want it. `None`: there is no table yet.
pub async fn look(
    ctx: &Ctx,
    actor: &Actor<SeeFigures>,
    topic: Option<&ChoiceId>,
) -> Result<Option<Reach>, ReachError> {
    let account = ctx.library.account(actor.account()).ok_or(ReachError::NotFound)?;
    let asked = wards(account).ok_or(ReachError::NoWards)?;
    let tables = ctx.store.populations(actor.account()).await?.value;
    let Some(table) = tables.into_iter().max_by_key(|table| table.as_of) else { return Ok(None) };
    let predicate = whom(account, topic).ok_or(ReachError::NotFound)?;
    let (counted, parts) = match broken_down(ctx, account, &predicate).await {
        Ok(told) => told,
        Err(SegmentError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(ReachError::NotFound),
    };
    let of =
        |is: &dyn Fn(&ByAttribute) -> bool| parts.iter().find(|part| is(part)).map(|part| &part.parts[..]);
    let by_ward = of(&|part| part.attribute.as_ref() == Some(&asked.id)).unwrap_or_default();
    let people = table.by_ward();
    let wards = asked.kind.choices().filter(|choice| choice.within.is_none()).map(|choice| {
        let is_this = |(slice, _): &&(Slice, Shown)| matches!(slice, Slice::Choice(id) if *id == choice.id);
        OfWard {
            ward: choice.id.clone(),
            label: choice.label.clone(),
            people: people.get(&choice.id).copied(),
            registered: by_ward.iter().find(is_this).map_or(Shown::Hidden, |(_, shown)| *shown),
        }
    });
    let wards = wards.collect();
    let by_age = of(&|part| part.parts.iter().any(|(slice, _)| matches!(slice, Slice::Ages(..))));
    let asks_ages = account.attributes.plain().any(|asked| matches!(asked.kind, Kind::Children { .. }));
    let band = |((from, to), people): ((u8, u8), Option<u64>)| {
        // Segments count children by whole months, the last of which ends before the next birthday.
        let months = (i32::from(from) * 12, i32::from(to) * 12 + 11);
        let is_this = |(slice, _): &&(Slice, Shown)| matches!(slice, Slice::Ages(a, b) if (*a, *b) == months);
        let shown = by_age.and_then(|parts| parts.iter().find(is_this)).map(|(_, shown)| *shown);
        // With so few in all that nothing is broken down, ages that are asked are hidden, not unknown.
        let registered = if asks_ages && to < 18 { Some(shown.unwrap_or(Shown::Hidden)) } else { None };
        OfAge { years: (from, to), people, registered }
    };
    let ages = BANDS.into_iter().zip(table.by_band()).map(band).collect();
    Ok(Some(Reach { registered: counted.residents, wards, ages, table }))
}

/// Who counts: those who registered anything and may be told something; `None`: there is no such topic.
fn whom(account: &Account, topic: Option<&ChoiceId>) -> Option<Predicate> {
    let following = Predicate::Following(true);
    let Some(topic) = topic else {
        let said = account.attributes.plain().map(|asked| Predicate::Has(asked.id.clone()));
        return Some(Predicate::All(vec![following, Predicate::Any(said.collect())]));
    };
    let topics = account.attributes.plain().find(|asked| {
        matches!(asked.kind, Kind::Topics(_)) && asked.kind.choices().any(|choice| choice.id == *topic)
    })?;
    let wants = Predicate::Wanted { attribute: topics.id.clone(), of: vec![topic.clone()], areas: None };
    Some(Predicate::All(vec![following, wants]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_never_of_what_is_not_shown() {
        assert_eq!(share(Shown::Exactly(1), Some(3)), Some(333));
        assert_eq!(share(Shown::Exactly(2), Some(3)), Some(667));
        assert_eq!(share(Shown::Exactly(5), Some(0)), None);
        assert_eq!(share(Shown::Hidden, Some(3)), None);
        assert_eq!(share(Shown::Exactly(5), None), None);
    }
}
