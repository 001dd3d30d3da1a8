//! What follows from a tap.

use jiff::{ToSpan, civil::Date};

use super::{Asking, AttributeId, ChoiceId, Field, Kind, Note, Slot, Step, Tap, Turn, Value, Wish};
use crate::domain::profile::{Birth, Month};

/// Nobody is registered as older than this, in years.
const OLDEST: i16 = 120;

/// What follows from a tap; `picked` is the day that came with it, `step` what had been asked.
pub fn press(asking: &Asking<'_>, tap: &Tap, picked: Option<Date>, step: Option<&Step>) -> Turn {
    match tap {
        // From within it is the way back to everything that may be said, also before anything was.
        Tap::Open if step.is_some() => ask(Step::Menu),
        Tap::Open => ask(opened(asking)),
        Tap::Ask(id) => ask(first_step(asking, id)),
        Tap::More(step) => ask(step.clone()),
        Tap::Part(field) => match asking.attribute(&field.0).map(|attribute| &attribute.kind) {
            Some(Kind::Places(_)) => ask(Step::Place(field.clone(), None, 0)),
            Some(_) => ask(Step::Part(field.clone())),
            None => ask(Step::Menu),
        },
        Tap::Say(field, value) => say(asking, field, value),
        Tap::TakeBack(field) => take_back(asking, field, step),
        Tap::AskArea(field) => ask(Step::Area(field.clone(), 0)),
        Tap::Area(field, area) => narrow(asking, field, area.as_ref()),
        Tap::AskHours(field) => ask(Step::Hours(field.clone())),
        Tap::At(field, hours) => {
            let wish = Wish { hours: *hours, ..asking.wish(field).unwrap_or_default() };
            saved(asking, field, Value::Wanted(wish), Step::Attribute(field.0.clone(), 0))
        }
        Tap::AddBorn(id) => add_child(asking, id, born(asking, picked)),
        Tap::AddDue(id) => add_child(asking, id, due(asking, picked)),
        Tap::Born(field) => match born(asking, picked) {
            Some(birth) => saved(asking, field, Value::Child(birth), Step::Attribute(field.0.clone(), 0)),
            None => refused(Step::Part(field.clone())),
        },
        Tap::Pick(field) => {
            let value = picked.and_then(|day| match asking.attribute(&field.0)?.kind {
                Kind::Date => Some(Value::Date(day)),
                Kind::Month => Some(Value::Month(Month::of(day))),
                _ => None,
            });
            let here = Step::Attribute(field.0.clone(), 0);
            match value {
                Some(value) => saved(asking, field, value, Step::Menu),
                None => refused(here),
            }
        }
        Tap::Why(id) => {
            let next = step.cloned().unwrap_or_else(|| Step::Attribute(id.clone(), 0));
            Turn { notes: vec![Note::Why(id.clone())], next: Some(next), ..Turn::default() }
        }
        Tap::Data => Turn { notes: vec![Note::Data], next: Some(Step::Menu), ..Turn::default() },
        Tap::Stop if asking.wanted().is_empty() => {
            Turn { notes: vec![Note::NothingToStop], ..Turn::default() }
        }
        Tap::Stop => ask(Step::Stop(0)),
        Tap::StopAll => ask(Step::StopAll),
        Tap::StopAllSurely => {
            let changes = asking.wanted().into_iter().filter_map(|field| asking.change(field, None));
            Turn { changes: changes.collect(), notes: vec![Note::AllStopped], ..Turn::default() }
        }
        Tap::Erase => ask(Step::Erase),
        Tap::EraseSurely => Turn { erases: true, notes: vec![Note::Erased], ..Turn::default() },
        Tap::Leave => Turn { notes: vec![Note::Left], ..Turn::default() },
    }
}

fn ask(next: Step) -> Turn {
    Turn { next: Some(next), ..Turn::default() }
}

fn refused(next: Step) -> Turn {
    Turn { notes: vec![Note::Refused], next: Some(next), ..Turn::default() }
}

/// Whoever begins is asked for topics at once: what is useful first takes the fewest taps.
fn opened(asking: &Asking<'_>) -> Step {
    let topics = asking.attributes.iter().find(|attribute| matches!(attribute.kind, Kind::Topics(_)));
    match topics {
        Some(topics) if asking.profile.iter().next().is_none() => Step::Attribute(topics.id.clone(), 0),
        _ => Step::Menu,
    }
}

/// With a single role there is nothing to choose before the place.
fn first_step(asking: &Asking<'_>, id: &AttributeId) -> Step {
    match asking.attribute(id).map(|attribute| &attribute.kind) {
        Some(Kind::Places(places)) if places.roles.len() == 1 => {
            Step::Place(Field(id.clone(), Slot::Named(places.roles[0].id.clone())), None, 0)
        }
        Some(_) => Step::Attribute(id.clone(), 0),
        None => Step::Menu,
    }
}

fn saved(asking: &Asking<'_>, field: &Field, value: Value, next: Step) -> Turn {
    match asking.change(field.clone(), Some(value.clone())) {
        Some(change) => Turn {
            changes: vec![change],
            notes: vec![Note::Saved(field.clone(), value)],
            next: Some(next),
            ..Turn::default()
        },
        // The choice is gone since the button was shown.
        None => refused(Step::Menu),
    }
}

fn say(asking: &Asking<'_>, field: &Field, value: &Value) -> Turn {
    let here = Step::Attribute(field.0.clone(), 0);
    match value {
        Value::Wanted(_) => {
            let home = asking.areas(field).and_then(|areas| asking.home(areas));
            match home {
                // Where one lives is known: that is what one wants to be told of.
                Some((_, Some(place))) => {
                    let wish = Wish { areas: [place].into(), ..Wish::default() };
                    saved(asking, field, Value::Wanted(wish), here)
                }
                Some((_, None)) => saved(asking, field, value.clone(), Step::Area(field.clone(), 0)),
                None => saved(asking, field, value.clone(), here),
            }
        }
        Value::Chosen(place) if matches!(field.1, Slot::Named(_)) => {
            let attribute = asking.attribute(&field.0);
            let is_outer = attribute.is_some_and(|attribute| {
                attribute.kind.choices().any(|inner| inner.within.as_ref() == Some(place))
            });
            let next = if is_outer { Step::Place(field.clone(), Some(place.clone()), 0) } else { here };
            saved(asking, field, value.clone(), next)
        }
        _ => saved(asking, field, value.clone(), Step::Menu),
    }
}

/// A topic for one area. Who has not said where they live says it by this, unless it is the whole city.
fn narrow(asking: &Asking<'_>, field: &Field, area: Option<&ChoiceId>) -> Turn {
    let wish = Wish { areas: area.cloned().into_iter().collect(), ..asking.wish(field).unwrap_or_default() };
    let mut turn = saved(asking, field, Value::Wanted(wish), Step::Attribute(field.0.clone(), 0));
    let home = asking.areas(field).and_then(|areas| asking.home(areas));
    if let (Some((home, None)), Some(area)) = (home, area)
        && let Some(change) = asking.change(home.clone(), Some(Value::Chosen(area.clone())))
    {
        turn.changes.push(change);
        turn.notes.push(Note::Saved(home, Value::Chosen(area.clone())));
    }
    turn
}

fn take_back(asking: &Asking<'_>, field: &Field, step: Option<&Step>) -> Turn {
    let is_topic = asking.topic(field).is_some();
    let note = if is_topic { Note::Stopped(field.clone()) } else { Note::TakenBack(field.clone()) };
    let left: Vec<Field> = asking.wanted().into_iter().filter(|wanted| wanted != field).collect();
    let next = match step {
        // Whoever came to stop one thing is done, unless there is more.
        Some(Step::Stop(_)) if left.is_empty() => None,
        Some(Step::Stop(_)) => Some(Step::Stop(0)),
        _ => Some(Step::Attribute(field.0.clone(), 0)),
    };
    match asking.change(field.clone(), None) {
        Some(change) => Turn { changes: vec![change], notes: vec![note], next, ..Turn::default() },
        None => refused(Step::Menu),
    }
}

fn add_child(asking: &Asking<'_>, id: &AttributeId, birth: Option<Birth>) -> Turn {
    let here = Step::Attribute(id.clone(), 0);
    let Some(birth) = birth else { return refused(here) };
    let known: Vec<u8> = asking.profile.children(id).map(|(number, _)| number).collect();
    let free = (0..=u8::MAX).find(|number| !known.contains(number)).unwrap_or(u8::MAX);
    let mut turn = saved(asking, &Field(id.clone(), Slot::Child(free)), Value::Child(birth), here.clone());
    if turn.changes.is_empty() {
        turn.next = Some(here);
    }
    turn
}

/// Whether a child may be registered as born in a month: not after this one, and within a life.
pub fn may_be_born(today: Date, month: Month) -> bool {
    let now = Month::of(today).number();
    (now - i32::from(OLDEST) * 12..=now).contains(&month.number())
}

/// Whether a child may be registered as expected in a month: from last month on to ten months ahead.
pub fn may_be_due(today: Date, month: Month) -> bool {
    let now = Month::of(today).number();
    (now - 1..=now + 10).contains(&month.number())
}

/// Born not after today, and within a life.
fn born(asking: &Asking<'_>, day: Option<Date>) -> Option<Birth> {
    let day = day.filter(|day| *day <= asking.today && asking.today.year() - day.year() <= OLDEST)?;
    Some(Birth::Born(Month::of(day)))
}

/// Expected from last month on (somebody may be late) to ten months ahead.
fn due(asking: &Asking<'_>, day: Option<Date>) -> Option<Birth> {
    let (first, last) = (asking.today.saturating_sub(31.days()), asking.today.saturating_add(10.months()));
    Some(Birth::Expected(Month::of(day.filter(|day| (first..=last).contains(day))?)))
}
