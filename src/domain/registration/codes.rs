//! The codes behind the buttons: they pass through LINE and tell it nothing.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::{Attribute, Attributes, Field, Kind, Slot, Step, Tap, Value, Wish, options::MOST_PAGES};

/// Every button that an account's attributes can bring up, by its code.
///
/// A code is made from names alone: another order in the file changes none, and a choice that is gone leaves
/// a code that nobody knows any more.
#[derive(Debug, Default)]
pub struct Codes(HashMap<String, Tap>);

/// Before our codes, so that no other button is taken for one.
const PREFIX: &str = "r:";

impl Codes {
    /// The codes of these attributes.
    pub fn new(attributes: &Attributes) -> Self {
        let mut taps = vec![
            Tap::Open,
            Tap::Data,
            Tap::Stop,
            Tap::StopAll,
            Tap::StopAllSurely,
            Tap::Erase,
            Tap::EraseSurely,
            Tap::Leave,
        ];
        taps.extend((0..MOST_PAGES).map(|page| Tap::More(Step::Stop(page))));
        for attribute in attributes.iter() {
            of(attributes, attribute, &mut taps);
        }
        Self(taps.into_iter().map(|tap| (Self::code(&tap), tap)).collect())
    }

    /// What a button means; `None` for one of an older day, or of another kind.
    pub fn read(&self, code: &str) -> Option<&Tap> {
        self.0.get(code)
    }

    /// Whether a code is one of a registration, known or not.
    pub fn is_one(code: &str) -> bool {
        code.starts_with(PREFIX)
    }

    /// The code of a button.
    pub fn code(tap: &Tap) -> String {
        let name = serde_json::to_vec(tap).expect("names and numbers are JSON");
        let hash = Sha256::digest(&name);
        hash.iter().take(10).fold(PREFIX.to_owned(), |code, byte| format!("{code}{byte:02x}"))
    }
}

fn of(attributes: &Attributes, attribute: &Attribute, taps: &mut Vec<Tap>) {
    let id = &attribute.id;
    let named = |name| Field(id.clone(), Slot::Named(name));
    let whole = Field(id.clone(), Slot::Whole);
    taps.extend([Tap::Ask(id.clone()), Tap::Why(id.clone())]);
    taps.extend((0..MOST_PAGES).map(|page| Tap::More(Step::Attribute(id.clone(), page))));
    match &attribute.kind {
        Kind::Choice(choices) => {
            let each = choices.iter().map(|choice| Value::Chosen(choice.id.clone()));
            taps.extend(each.map(|value| Tap::Say(whole.clone(), value)));
            taps.push(Tap::TakeBack(whole));
        }
        Kind::YesNo => {
            taps.extend([true, false].map(|value| Tap::Say(whole.clone(), Value::YesNo(value))));
            taps.push(Tap::TakeBack(whole));
        }
        Kind::Number { least, most } => {
            // Those that stand on buttons; others are typed.
            let few = (*least..=*most).take(usize::from(MOST_PAGES));
            taps.extend(few.map(|number| Tap::Say(whole.clone(), Value::Number(number))));
            taps.push(Tap::TakeBack(whole));
        }
        Kind::Date | Kind::Month => taps.extend([Tap::Pick(whole.clone()), Tap::TakeBack(whole)]),
        Kind::Topics(topics) => {
            let areas = topics.areas_of.as_ref().and_then(|id| attributes.get(id));
            for topic in &topics.topics {
                let field = named(topic.choice.id.clone());
                taps.push(Tap::Say(field.clone(), Value::Wanted(Wish::default())));
                taps.extend([Tap::Part(field.clone()), Tap::TakeBack(field.clone())]);
                if let Some(areas) = areas.filter(|_| topic.areas) {
                    let each = areas.kind.choices().map(|place| Some(place.id.clone()));
                    taps.extend(each.chain([None]).map(|area| Tap::Area(field.clone(), area)));
                    taps.push(Tap::AskArea(field.clone()));
                    taps.extend((0..MOST_PAGES).map(|page| Tap::More(Step::Area(field.clone(), page))));
                }
                if !topic.hours.is_empty() {
                    let each = topic.hours.iter().copied().map(Some).chain([None]);
                    taps.extend(each.map(|hours| Tap::At(field.clone(), hours)));
                    taps.push(Tap::AskHours(field));
                }
            }
        }
        Kind::Places(places) => {
            for role in &places.roles {
                let field = named(role.id.clone());
                let each = places.places.iter().map(|place| Value::Chosen(place.id.clone()));
                taps.extend(each.map(|value| Tap::Say(field.clone(), value)));
                taps.extend([Tap::Part(field.clone()), Tap::TakeBack(field.clone())]);
                let outer = places.places.iter().map(|place| Some(place.id.clone())).chain([None]);
                for within in outer {
                    let page = |page| Tap::More(Step::Place(field.clone(), within.clone(), page));
                    taps.extend((0..MOST_PAGES).map(page));
                }
            }
        }
        Kind::Group(groups) => {
            taps.extend(groups.iter().map(|group| Tap::TakeBack(named(group.choice.id.clone()))));
        }
        Kind::Children { most } => {
            taps.extend([Tap::AddBorn(id.clone()), Tap::AddDue(id.clone())]);
            for number in 0..*most {
                let field = Field(id.clone(), Slot::Child(number));
                taps.extend([Tap::Part(field.clone()), Tap::TakeBack(field.clone()), Tap::Born(field)]);
            }
        }
    }
}
