//! The form controls of an attribute: what is stored, or what somebody sent and has to mend.

use super::view::Posted;
use crate::{
    catalogue::{Phrase, public::Sentence},
    domain::{
        attribute::{Attribute, Attributes, Choice, Hours, Kind, Topic},
        language::Localized,
        profile::{Birth, Field, Profile, Slot, Value, Wish},
    },
    journeys::own_data::form::{Wrong, hours_text, name, text},
    web::public::page::Frame,
};

/// One of several.
pub(super) struct Choosable {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// A control, and what stands at it.
pub(super) struct Control {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) problem: Option<String>,
    pub(super) input: Input,
}

/// What one fills in.
pub(super) enum Input {
    /// A line of text; its value and the keyboard that telephones show.
    Line(String, &'static str),
    /// A day.
    Day(String),
    /// One of several, without one too.
    Select(Vec<Choosable>),
    /// A box.
    Box(bool),
    /// A topic: a box, and how it may be narrowed.
    Topic { wanted: bool, areas: Vec<Choosable>, hours: Vec<Choosable> },
    /// A child: the month, born or expected, and whether one may remove the child.
    Child { month: String, due: bool, known: bool },
}

/// Makes the controls of one attribute.
pub(super) struct Controls<'a> {
    pub(super) frame: &'a Frame<'a>,
    pub(super) attributes: &'a Attributes,
    pub(super) profile: &'a Profile,
    /// What was sent of this attribute and has to be mended.
    pub(super) posted: Option<&'a Posted>,
}

impl Controls<'_> {
    /// What the section showed, so that only what is changed counts: name and value of hidden fields.
    pub(super) fn shown(&self, attribute: &Attribute) -> Vec<(String, String)> {
        let shown = |field: &Field| {
            let name = format!("was.{}", name(field));
            let was = match self.posted {
                Some(posted) => posted.filled.get(&name)?.to_owned(),
                None => text(self.profile.get(field).map(|(value, _)| value)),
            };
            Some((name, was))
        };
        fields(attribute, self.profile).iter().filter_map(shown).collect()
    }

    /// The controls, in order.
    pub(super) fn of(&self, attribute: &Attribute) -> Vec<Control> {
        let whole = Field(attribute.id.clone(), Slot::Whole);
        let named = |choice: &Choice| Field(attribute.id.clone(), Slot::Named(choice.id.clone()));
        let label = self.pick(&attribute.label);
        let empty = self.frame.say(Sentence::MeEmptyHint);
        match &attribute.kind {
            Kind::Choice(choices) => {
                let input = self.select(&whole, choices);
                vec![self.control(name(&whole), label, String::new(), input)]
            }
            Kind::Places(places) => places
                .roles
                .iter()
                .map(|role| {
                    let input = self.select(&named(role), &places.places);
                    self.control(name(&named(role)), self.pick(&role.label), String::new(), input)
                })
                .collect(),
            Kind::YesNo => {
                let sent = self.sent(&whole);
                let say = |phrase| self.frame.phrase(phrase, &[]);
                let options = [("yes", say(Phrase::RegYes)), ("no", say(Phrase::RegNo))];
                let options = options.map(|(value, label)| (value.to_owned(), label));
                let input = Input::Select(self.with_none(options.into(), &sent));
                vec![self.control(name(&whole), label, String::new(), input)]
            }
            Kind::Number { least, most } => {
                let hint = self.frame.with(
                    Sentence::MeNumberHint,
                    &[("least", &least.to_string()), ("most", &most.to_string())],
                );
                let keyboard = if *least < 0 { "text" } else { "numeric" };
                let input = Input::Line(self.sent(&whole), keyboard);
                vec![self.control(name(&whole), label, format!("{hint}{empty}"), input)]
            }
            Kind::Date => {
                let input = Input::Day(self.sent(&whole));
                vec![self.control(name(&whole), label, empty, input)]
            }
            Kind::Month => {
                let hint = format!("{}{empty}", self.frame.say(Sentence::MeMonthHint));
                let input = Input::Line(self.sent(&whole), "text");
                vec![self.control(name(&whole), label, hint, input)]
            }
            Kind::Topics(topics) => {
                let places = topics.areas_of.as_ref().and_then(|id| self.attributes.get(id));
                let places: Vec<Choice> = places.iter().flat_map(|a| a.kind.choices()).cloned().collect();
                let each = topics.topics.iter();
                each.map(|topic| self.topic(&named(&topic.choice), topic, &places)).collect()
            }
            Kind::Group(groups) => {
                let member = |group: &&Choice| self.profile.get(&named(group)).is_some();
                let groups = groups.iter().map(|group| &group.choice).filter(member);
                let leave = self.frame.say(Sentence::MeLeaveHint);
                let mut controls: Vec<Control> = groups
                    .map(|group| {
                        let input = Input::Box(!self.sent(&named(group)).is_empty());
                        self.control(name(&named(group)), self.pick(&group.label), leave.clone(), input)
                    })
                    .collect();
                let at = format!("{}.code", attribute.id);
                let typed = self.typed(&at).unwrap_or_default();
                let (label, hint) = (self.frame.say(Sentence::MeCode), self.frame.say(Sentence::MeCodeHint));
                controls.push(self.control(at, label, hint, Input::Line(typed, "text")));
                controls
            }
            Kind::Children { most } => self.children(attribute, *most),
        }
    }

    fn children(&self, attribute: &Attribute, most: u8) -> Vec<Control> {
        let known: Vec<(u8, Birth)> = self.profile.children(&attribute.id).collect();
        let hint = self.frame.say(Sentence::MeMonthHint);
        let mut controls: Vec<Control> = (1..)
            .zip(known.iter().filter(|(number, _)| *number < most))
            .map(|(count, (number, birth))| {
                let at = name(&Field(attribute.id.clone(), Slot::Child(*number)));
                let (month, due) = match birth {
                    Birth::Born(month) => (month, false),
                    Birth::Expected(month) => (month, true),
                };
                let label = self.frame.with(Sentence::MeChild, &[("number", &format!("{count}"))]);
                let due = self.typed(&format!("{at}.kind")).map_or(due, |kind| kind == "due");
                let month = self.typed(&at).unwrap_or_else(|| month.to_string());
                self.control(at, label, hint.clone(), Input::Child { month, due, known: true })
            })
            .collect();
        if known.len() < usize::from(most) {
            let at = format!("{}.new", attribute.id);
            let month = self.typed(&at).unwrap_or_default();
            let due = self.typed(&format!("{at}.kind")).is_some_and(|kind| kind == "due");
            let label = self.frame.say(Sentence::MeChildNew);
            controls.push(self.control(at, label, hint, Input::Child { month, due, known: false }));
        }
        controls
    }

    fn topic(&self, field: &Field, topic: &Topic, places: &[Choice]) -> Control {
        let at = name(field);
        let stored = match self.profile.get(field) {
            Some((Value::Wanted(wish), _)) => Some(wish.clone()),
            _ => None,
        };
        let Wish { areas, hours } = stored.clone().unwrap_or_default();
        let is_area = |id: &str| match self.posted {
            Some(posted) => posted.filled.all(&format!("{at}.area")).any(|area| area == id),
            None => areas.iter().any(|area| area.as_str() == id),
        };
        // An area that is none any more stays until somebody unticks it: without it the topic would mean more.
        let gone = areas.iter().filter(|area| places.iter().all(|place| place.id != **area));
        let gone = gone.map(|area| (area.to_string(), area.to_string()));
        let known = places.iter().filter(|_| topic.areas);
        let known = known.map(|place| (place.id.to_string(), self.place(place, places)));
        let areas =
            known.chain(gone).map(|(value, label)| Choosable { chosen: is_area(&value), value, label });
        let hours = hours.map(hours_text).unwrap_or_default();
        let hours = self.typed(&format!("{at}.hours")).unwrap_or(hours);
        let offered: Vec<(String, String)> =
            topic.hours.iter().map(|hours| (hours_text(*hours), self.hours(*hours))).collect();
        let hours = if offered.is_empty() && hours.is_empty() {
            Vec::new()
        } else {
            let mut list = self.with_none(offered, &hours);
            list[0].label = self.frame.phrase(Phrase::RegAnyTime, &[]);
            list
        };
        let wanted = match self.posted {
            Some(posted) => posted.filled.get(&at).is_some(),
            None => stored.is_some(),
        };
        let input = Input::Topic { wanted, areas: areas.collect(), hours };
        self.control(at, self.pick(&topic.choice.label), String::new(), input)
    }

    fn control(&self, name: String, label: String, hint: String, input: Input) -> Control {
        let wrong = self.posted.and_then(|posted| posted.problems.iter().find(|problem| problem.at == name));
        let problem = wrong.map(|problem| said(self.frame, problem.wrong));
        Control { name, label, hint, problem, input }
    }

    /// What stands in a field: what was sent, else what is stored.
    fn sent(&self, field: &Field) -> String {
        match self.posted {
            Some(posted) => posted.filled.get(&name(field)).unwrap_or_default().to_owned(),
            None => text(self.profile.get(field).map(|(value, _)| value)),
        }
    }

    /// What was sent under a name.
    fn typed(&self, name: &str) -> Option<String> {
        self.posted.and_then(|posted| posted.filled.get(name)).map(ToOwned::to_owned)
    }

    fn select(&self, field: &Field, choices: &[Choice]) -> Input {
        let options = choices.iter().map(|choice| (choice.id.to_string(), self.place(choice, choices)));
        Input::Select(self.with_none(options.collect(), &self.sent(field)))
    }

    /// Choices after an empty one. What is chosen and is offered no more stays chosen until it is changed.
    fn with_none(&self, mut options: Vec<(String, String)>, chosen: &str) -> Vec<Choosable> {
        options.insert(0, (String::new(), self.frame.say(Sentence::MeUnsaid)));
        if options.iter().all(|(value, _)| value != chosen) {
            options.push((chosen.to_owned(), chosen.to_owned()));
        }
        let choice = |(value, label): (String, String)| Choosable { chosen: value == chosen, value, label };
        options.into_iter().map(choice).collect()
    }

    /// A place with those that it lies within.
    fn place(&self, choice: &Choice, all: &[Choice]) -> String {
        let label = self.pick(&choice.label);
        let outer = choice.within.as_ref().and_then(|outer| all.iter().find(|other| other.id == *outer));
        outer.map_or_else(|| label.clone(), |outer| format!("{} {label}", self.pick(&outer.label)))
    }

    fn hours(&self, hours: Hours) -> String {
        let (from, until) = (hours.from().to_string(), hours.until().to_string());
        self.frame.phrase(Phrase::RegHours, &[("from", &from), ("until", &until)])
    }

    fn pick(&self, text: &Localized<String>) -> String {
        text.best(self.frame.language()).map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

/// The parts of an attribute that its form has.
fn fields(attribute: &Attribute, profile: &Profile) -> Vec<Field> {
    let slots: Vec<Slot> = match &attribute.kind {
        Kind::Topics(_) => attribute.kind.choices().map(|topic| Slot::Named(topic.id.clone())).collect(),
        Kind::Places(places) => places.roles.iter().map(|role| Slot::Named(role.id.clone())).collect(),
        Kind::Group(_) => {
            let groups = attribute.kind.choices().map(|group| Slot::Named(group.id.clone()));
            groups.filter(|slot| profile.get(&Field(attribute.id.clone(), slot.clone())).is_some()).collect()
        }
        Kind::Children { most } => {
            let known = profile.children(&attribute.id).filter(|(number, _)| number < most);
            known.map(|(number, _)| Slot::Child(number)).collect()
        }
        Kind::Choice(_) | Kind::Date | Kind::Month | Kind::Number { .. } | Kind::YesNo => vec![Slot::Whole],
    };
    slots.into_iter().map(|slot| Field(attribute.id.clone(), slot)).collect()
}

/// What is wrong, in words.
pub(super) fn said(frame: &Frame<'_>, wrong: Wrong) -> String {
    match wrong {
        Wrong::Month => frame.say(Sentence::MeErrorMonth),
        Wrong::Born => frame.say(Sentence::MeErrorBorn),
        Wrong::Due => frame.say(Sentence::MeErrorDue),
        Wrong::Day => frame.say(Sentence::MeErrorDay),
        Wrong::Number { least, most } => {
            let (least, most) = (least.to_string(), most.to_string());
            frame.with(Sentence::MeErrorNumber, &[("least", &least), ("most", &most)])
        }
        Wrong::Code => frame.phrase(Phrase::RegWrongCode, &[]),
        Wrong::UsedCode => frame.phrase(Phrase::RegUsedCode, &[]),
        Wrong::Children { most } => frame.with(Sentence::MeErrorChildren, &[("most", &most.to_string())]),
        Wrong::Gone => frame.say(Sentence::MeErrorGone),
    }
}
