//! What may be tapped at a step, in the order in which it is shown and numbered.

use super::{Asking, AttributeId, Field, Kind, Slot, Step, Tap, Value, Wish};

/// LINE shows 13 quick replies; the rest of them lead on, back and out.
const A_PAGE: usize = 9;
/// So many pages a list has at most: all of 100 choices.
pub(super) const MOST_PAGES: u8 = 12;

/// The buttons of a step. What is asked for by typing only (a code, a large number) has none of its own.
pub fn options(asking: &Asking<'_>, step: &Step) -> Vec<Tap> {
    let mut taps = match step {
        Step::Menu => menu(asking),
        Step::Attribute(id, page) => attribute(asking, id, *page),
        Step::Part(field) => part(asking, field),
        Step::Place(field, within, page) => {
            let Some(attribute) = asking.attribute(&field.0) else { return vec![Tap::Open, Tap::Leave] };
            let places = attribute.kind.choices().filter(|place| place.within == *within);
            let each = places.map(|place| Tap::Say(field.clone(), Value::Chosen(place.id.clone())));
            let next = |page| Step::Place(field.clone(), within.clone(), page);
            let mut taps = paged(each.collect(), *page, next);
            if asking.profile.get(field).is_some() && within.is_none() {
                taps.push(Tap::TakeBack(field.clone()));
            }
            taps.push(Tap::Ask(field.0.clone()));
            taps
        }
        Step::Area(field, page) => {
            let places = asking.areas(field).into_iter().flat_map(|areas| areas.kind.choices());
            let each = places.map(|place| Tap::Area(field.clone(), Some(place.id.clone())));
            let mut taps = paged(each.collect(), *page, |page| Step::Area(field.clone(), page));
            taps.push(Tap::Area(field.clone(), None));
            taps
        }
        Step::Hours(field) => {
            let hours = asking.topic(field).map(|(_, topic)| topic.hours.as_slice()).unwrap_or_default();
            let each = hours.iter().copied().map(Some).chain([None]);
            each.map(|hours| Tap::At(field.clone(), hours)).take(A_PAGE).collect()
        }
        Step::Stop(page) => {
            let each = asking.wanted().into_iter().map(Tap::TakeBack).collect();
            let mut taps = paged(each, *page, Step::Stop);
            taps.push(Tap::StopAll);
            taps
        }
        Step::StopAll => vec![Tap::StopAllSurely, Tap::Open],
        Step::Erase => vec![Tap::EraseSurely, Tap::Open],
    };
    taps.push(Tap::Leave);
    taps
}

fn menu(asking: &Asking<'_>) -> Vec<Tap> {
    let each = asking.attributes.iter().map(|attribute| Tap::Ask(attribute.id.clone()));
    let mut taps: Vec<Tap> = each.take(A_PAGE - 1).collect();
    if !asking.wanted().is_empty() {
        taps.push(Tap::Stop);
    }
    if !asking.profile.is_empty() {
        taps.extend([Tap::Data, Tap::Erase]);
    }
    taps
}

fn attribute(asking: &Asking<'_>, id: &AttributeId, page: u8) -> Vec<Tap> {
    let Some(attribute) = asking.attribute(id) else { return vec![Tap::Open] };
    let named = |name| Field(id.clone(), Slot::Named(name));
    let whole = Field(id.clone(), Slot::Whole);
    let next = |page| Step::Attribute(id.clone(), page);
    let mut taps = match &attribute.kind {
        Kind::Choice(choices) => {
            let each = choices.iter().map(|choice| Value::Chosen(choice.id.clone()));
            paged(each.map(|value| Tap::Say(whole.clone(), value)).collect(), page, next)
        }
        Kind::YesNo => [true, false].map(|value| Tap::Say(whole.clone(), Value::YesNo(value))).into(),
        Kind::Number { least, most } => {
            let few = (*least..=*most).take(A_PAGE + 1);
            let each: Vec<Tap> = few.map(|number| Tap::Say(whole.clone(), Value::Number(number))).collect();
            if each.len() > A_PAGE { each.into_iter().take(A_PAGE).collect() } else { each }
        }
        Kind::Date | Kind::Month => vec![Tap::Pick(whole.clone())],
        Kind::Topics(topics) => {
            let each = topics.topics.iter().map(|topic| named(topic.choice.id.clone())).map(|field| {
                match asking.wish(&field) {
                    Some(_) => Tap::Part(field),
                    None => Tap::Say(field, Value::Wanted(Wish::default())),
                }
            });
            paged(each.collect(), page, next)
        }
        Kind::Places(places) => {
            let each = places.roles.iter().map(|role| Tap::Part(named(role.id.clone())));
            paged(each.collect(), page, next)
        }
        Kind::Group(groups) => {
            let fields = groups.iter().map(|group| named(group.choice.id.clone()));
            let member = fields.filter(|field| asking.profile.get(field).is_some());
            paged(member.map(Tap::TakeBack).collect(), page, next)
        }
        Kind::Children { most } => {
            let known: Vec<Tap> = asking
                .profile
                .children(id)
                .map(|(number, _)| Tap::Part(Field(id.clone(), Slot::Child(number))))
                .collect();
            let has_room = known.len() < usize::from(*most);
            let add = [Tap::AddBorn(id.clone()), Tap::AddDue(id.clone())];
            let mut taps = if has_room { add.into() } else { Vec::new() };
            taps.extend(paged(known, page, next).into_iter().take(A_PAGE - 2));
            taps
        }
    };
    if asking.profile.get(&whole).is_some() {
        taps.push(Tap::TakeBack(whole));
    }
    taps.extend([Tap::Why(id.clone()), Tap::Open]);
    taps
}

fn part(asking: &Asking<'_>, field: &Field) -> Vec<Tap> {
    let back = Tap::Ask(field.0.clone());
    if let Some((_, topic)) = asking.topic(field) {
        let mut taps = Vec::new();
        if asking.areas(field).is_some() {
            taps.push(Tap::AskArea(field.clone()));
        }
        if !topic.hours.is_empty() {
            taps.push(Tap::AskHours(field.clone()));
        }
        taps.extend([Tap::TakeBack(field.clone()), back]);
        return taps;
    }
    match field.1 {
        Slot::Child(_) => vec![Tap::Born(field.clone()), Tap::TakeBack(field.clone()), back],
        _ => vec![Tap::TakeBack(field.clone()), back],
    }
}

/// The taps of a page, and one that leads on where there are more; after the last page the first follows.
fn paged(all: Vec<Tap>, page: u8, step: impl Fn(u8) -> Step) -> Vec<Tap> {
    if all.len() <= A_PAGE {
        return all;
    }
    let pages = all.len().div_ceil(A_PAGE).min(usize::from(MOST_PAGES));
    let page = usize::from(page).min(pages - 1);
    let mut taps: Vec<Tap> = all.into_iter().skip(page * A_PAGE).take(A_PAGE).collect();
    let next = u8::try_from((page + 1) % pages).unwrap_or_default();
    taps.push(Tap::More(step(next)));
    taps
}
