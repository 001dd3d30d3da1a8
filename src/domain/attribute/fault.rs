//! What is wrong with a list of attributes, each with its place.

use std::{collections::BTreeSet, fmt};

use super::{Attribute, AttributeId, Choice, ChoiceId, Kind, MOST, MOST_CHILDREN};
use crate::domain::language::{Language, Localized};

/// Something that is wrong with an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The attribute.
    pub attribute: AttributeId,
    /// The choice, where it is about one.
    pub choice: Option<ChoiceId>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Two attributes have the name.
    #[error("the name comes twice; give each attribute one of its own")]
    AttributeTwice,
    /// Two choices have the name.
    #[error("the choice comes twice; give each one a name of its own")]
    ChoiceTwice,
    /// There is nothing to choose.
    #[error("there is nothing to choose; write at least one [[attributes.choices]]")]
    NoChoices,
    /// There is no role.
    #[error("there is no role; write at least one [[attributes.roles]], for example home")]
    NoRoles,
    /// There are too many.
    #[error("there are more than 100; nobody reads so many in a chat")]
    TooMany,
    /// A text is missing.
    #[error("{0} has no Japanese text; write it as ja = \"…\"")]
    NoJapanese(&'static str),
    /// A text cannot be shown.
    #[error("{what} ({language}) has to be one line of 1 to {most} characters")]
    Text {
        /// Which text.
        what: &'static str,
        /// In which language.
        language: Language,
        /// The most characters.
        most: usize,
    },
    /// It is a part of something that does not exist.
    #[error("within names {0}, which is no choice of this attribute")]
    NoOuter(ChoiceId),
    /// It is a part of itself.
    #[error("within leads back to itself; let the outermost choice have no within")]
    Circle,
    /// The areas are no attribute with places.
    #[error("areas_of names {0}, which is no attribute of kind places that is plain")]
    NoAreas(AttributeId),
    /// There are no areas to narrow to.
    #[error("areas = true needs areas_of at the attribute: the places to which topics may be narrowed")]
    AreasOfNothing,
    /// The bounds are the wrong way round.
    #[error("least is above most; exchange them")]
    Bounds,
    /// There may be no or too many children.
    #[error("most has to be between 1 and {MOST_CHILDREN}")]
    Children,
    /// Nothing, or more than ten years.
    #[error("keep has to be \"while-registered\" or between \"1 days\" and \"3650 days\"")]
    Retention,
    /// Two groups have the same code.
    #[error("the code is that of another group; draw one for each")]
    SameCode,
    /// Topics are not to be sealed: nobody could be told anything.
    #[error("topics and groups cannot be sealed: nobody could be picked by them; write keeping = \"plain\"")]
    SealedTopics,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attribute {}", self.attribute)?;
        if let Some(choice) = &self.choice {
            write!(f, ", {choice}")?;
        }
        write!(f, ": {}", self.wrong)
    }
}

/// A button of a chat holds so many characters (Messaging API, label of a quick reply: 20).
const LABEL: usize = 20;
const PURPOSE: usize = 200;

/// Everything that is wrong, in the order of the list.
pub(super) fn find(list: &[Attribute]) -> Vec<Fault> {
    let mut names = BTreeSet::new();
    list.iter()
        .enumerate()
        .flat_map(|(at, attribute)| {
            let mut found: Vec<(Option<ChoiceId>, Wrong)> = Vec::new();
            if !names.insert(&attribute.id) {
                found.push((None, Wrong::AttributeTwice));
            }
            if at == MOST {
                found.push((None, Wrong::TooMany));
            }
            found.extend(of_texts("label", &attribute.label, LABEL).map(|wrong| (None, wrong)));
            found.extend(of_texts("purpose", &attribute.purpose, PURPOSE).map(|wrong| (None, wrong)));
            if let super::Retention::Days(0 | 3_651..) = attribute.retention {
                found.push((None, Wrong::Retention));
            }
            let sealed = attribute.keeping == super::Keeping::Sealed;
            if sealed && matches!(attribute.kind, Kind::Topics(_) | Kind::Group(_)) {
                found.push((None, Wrong::SealedTopics));
            }
            of_kind(list, &attribute.kind, &mut found);
            found.into_iter().map(|(choice, wrong)| Fault { attribute: attribute.id.clone(), choice, wrong })
        })
        .collect()
}

fn of_kind(list: &[Attribute], kind: &Kind, found: &mut Vec<(Option<ChoiceId>, Wrong)>) {
    match kind {
        Kind::Choice(_) | Kind::Group(_) | Kind::Places(_) | Kind::Topics(_) => {
            of_choices(kind.choices(), Wrong::NoChoices, found);
        }
        Kind::Number { least, most } if least > most => found.push((None, Wrong::Bounds)),
        Kind::Children { most } if !(1..=MOST_CHILDREN).contains(most) => {
            found.push((None, Wrong::Children));
        }
        Kind::Date | Kind::Month | Kind::Number { .. } | Kind::YesNo | Kind::Children { .. } => {}
    }
    match kind {
        Kind::Places(places) => of_choices(places.roles.iter(), Wrong::NoRoles, found),
        Kind::Topics(topics) => {
            let places = |id: &AttributeId| {
                list.iter().any(|other| {
                    other.id == *id
                        && matches!(other.kind, Kind::Places(_))
                        && other.keeping == super::Keeping::Plain
                })
            };
            match &topics.areas_of {
                Some(areas) if !places(areas) => found.push((None, Wrong::NoAreas(areas.clone()))),
                Some(_) => {}
                None => {
                    let narrowed = topics.topics.iter().filter(|topic| topic.areas);
                    found
                        .extend(narrowed.map(|topic| (Some(topic.choice.id.clone()), Wrong::AreasOfNothing)));
                }
            }
        }
        Kind::Group(groups) => {
            let mut codes = std::collections::HashSet::new();
            let same = groups.iter().filter(|group| group.code.is_some_and(|code| !codes.insert(code)));
            found.extend(same.map(|group| (Some(group.choice.id.clone()), Wrong::SameCode)));
        }
        _ => {}
    }
}

fn of_choices<'a>(
    choices: impl Iterator<Item = &'a Choice>,
    none: Wrong,
    found: &mut Vec<(Option<ChoiceId>, Wrong)>,
) {
    let choices: Vec<&Choice> = choices.collect();
    match choices.len() {
        0 => found.push((None, none)),
        1..=MOST => {}
        _ => found.push((None, Wrong::TooMany)),
    }
    let mut names = BTreeSet::new();
    for choice in &choices {
        let mut add = |wrong| found.push((Some(choice.id.clone()), wrong));
        if !names.insert(&choice.id) {
            add(Wrong::ChoiceTwice);
        }
        of_texts("label", &choice.label, LABEL).for_each(&mut add);
        let (mut inner, mut steps) = (*choice, 0);
        while let Some(outer) = &inner.within {
            let Some(next) = choices.iter().find(|other| other.id == *outer) else {
                if steps == 0 {
                    add(Wrong::NoOuter(outer.clone()));
                }
                break;
            };
            steps += 1;
            if steps > choices.len() {
                add(Wrong::Circle);
                break;
            }
            inner = next;
        }
    }
}

fn of_texts(what: &'static str, texts: &Localized<String>, most: usize) -> impl Iterator<Item = Wrong> {
    let missing = texts.exactly(Language::Ja).is_none().then_some(Wrong::NoJapanese(what));
    let odd = |text: &str| {
        let length = text.chars().count();
        text.trim().is_empty() || length > most || text.chars().any(char::is_control)
    };
    let odd: Vec<Wrong> = texts
        .iter()
        .filter(|(_, text)| odd(text))
        .map(|(language, _)| Wrong::Text { what, language, most })
        .collect();
    missing.into_iter().chain(odd)
}
