//! PURE: what a section of the page says. A section is the form of one attribute; each of its fields carries
//! what it showed (`was.…`), so that only what the resident changed counts.
//!
//! Names of fields: `<attribute>` or `<attribute>.<part>`, with `.area`, `.hours`, `.kind` and `.remove` behind
//! it; `<attribute>.new` and `<attribute>.code` for what is added.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    domain::{
        attribute::{Attribute, ChoiceId, Hours, Kind},
        profile::{Birth, Field, Month, Slot, Value, Wish},
        registration::{may_be_born, may_be_due, month_typed},
        roster::Admission,
    },
    intent::normalize,
};

/// What a browser sent: names and values, in order.
#[derive(Debug, Clone, Default)]
pub struct Filled(Vec<(String, String)>);

impl Filled {
    /// What was sent.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a name: boxes of one name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is no month.
    Month,
    /// Nobody was born in that month.
    Born,
    /// Nobody is expected in that month.
    Due,
    /// It is no day.
    Day,
    /// It is no number, or beyond the bounds.
    Number {
        /// The least.
        least: i32,
        /// The most.
        most: i32,
    },
    /// The code lets nobody in.
    Code,
    /// The code was used by somebody else.
    UsedCode,
    /// There are as many children as there may be.
    Children {
        /// The most.
        most: u8,
    },
    /// The choice does not exist any more.
    Gone,
}

/// A field to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its name.
    pub at: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What the form says of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) field: Field,
    /// What the page showed, as [`text`] writes it.
    pub(super) was: String,
    /// What is wanted; `None`: nothing any more.
    pub(super) now: Option<Value>,
}

/// What a section says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Section {
    /// The parts that were changed.
    pub(super) said: Vec<Said>,
    /// A child more.
    pub(super) child: Option<Birth>,
    /// The children that the page showed.
    pub(super) shown: BTreeSet<u8>,
}

/// The name of a field.
pub fn name(Field(attribute, slot): &Field) -> String {
    match slot {
        Slot::Whole => attribute.to_string(),
        Slot::Named(part) => format!("{attribute}.{part}"),
        Slot::Child(number) => format!("{attribute}.{number}"),
    }
}

/// A value as forms carry it: equal texts are equal values of a field.
pub fn text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Chosen(choice)) => choice.to_string(),
        Some(Value::Wanted(Wish { areas, hours })) => {
            let areas: Vec<&str> = areas.iter().map(ChoiceId::as_str).collect();
            format!("wanted {} {}", areas.join(","), hours.map(hours_text).unwrap_or_default())
        }
        Some(Value::Member) => "member".to_owned(),
        Some(Value::Date(day)) => day.to_string(),
        Some(Value::Month(month)) => month.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::YesNo(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Value::Child(Birth::Born(month))) => format!("born {month}"),
        Some(Value::Child(Birth::Expected(month))) => format!("due {month}"),
    }
}

/// Hours as forms carry them.
pub fn hours_text(hours: Hours) -> String {
    format!("{}-{}", hours.from(), hours.until())
}

/// What the form of an attribute says, or every field that is to be mended. What was not changed is not
/// judged: the account may ask otherwise by now. `admission` says what the code that was typed is as one of one's own.
pub(super) fn read(
    attribute: &Attribute,
    filled: &Filled,
    today: Date,
    admission: &Admission,
) -> Result<Section, Vec<Problem>> {
    let (section, problems) = (Section::default(), Vec::new());
    let mut reader = Reader { attribute, filled, today, admission, section, problems };
    reader.read();
    if reader.problems.is_empty() { Ok(reader.section) } else { Err(reader.problems) }
}

struct Reader<'a> {
    attribute: &'a Attribute,
    filled: &'a Filled,
    today: Date,
    admission: &'a Admission,
    section: Section,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn read(&mut self) {
        match &self.attribute.kind {
            Kind::Topics(topics) => {
                for topic in &topics.topics {
                    self.part(Slot::Named(topic.choice.id.clone()), Self::wish);
                }
            }
            Kind::Places(places) => {
                for role in &places.roles {
                    self.part(Slot::Named(role.id.clone()), Self::chosen);
                }
            }
            Kind::Choice(_) => self.part(Slot::Whole, Self::chosen),
            Kind::YesNo => self.part(Slot::Whole, |_, _, sent| match sent {
                "" => Ok(None),
                "yes" => Ok(Some(Value::YesNo(true))),
                "no" => Ok(Some(Value::YesNo(false))),
                _ => Err(Wrong::Gone),
            }),
            Kind::Number { least, most } => {
                let (least, most) = (*least, *most);
                self.part(Slot::Whole, |_, _, sent| match sent {
                    "" => Ok(None),
                    sent => number(sent).map(Some).ok_or(Wrong::Number { least, most }),
                });
            }
            Kind::Date => self.part(Slot::Whole, |_, _, sent| match normalize(sent).as_str() {
                "" => Ok(None),
                day => month_typed(day).map(|day| Some(Value::Date(day))).ok_or(Wrong::Day),
            }),
            Kind::Month => self.part(Slot::Whole, |_, _, sent| Ok(month(sent)?.map(Value::Month))),
            Kind::Group(groups) => {
                for group in groups {
                    self.part(Slot::Named(group.choice.id.clone()), |_, _, sent| {
                        Ok((!sent.is_empty()).then_some(Value::Member))
                    });
                }
                self.code();
            }
            Kind::Children { most } => {
                for number in 0..*most {
                    self.part(Slot::Child(number), Self::child);
                }
                self.new_child();
            }
        }
    }

    /// Takes a part that the page showed, if it was changed.
    fn part(&mut self, slot: Slot, value: impl FnOnce(&Self, &str, &str) -> Result<Option<Value>, Wrong>) {
        let field = Field(self.attribute.id.clone(), slot);
        let at = name(&field);
        let Some(was) = self.filled.get(&format!("was.{at}")) else { return };
        if let Slot::Child(number) = field.1 {
            self.section.shown.insert(number);
        }
        let now = value(self, &at, &at_or_empty(self.filled, &at));
        match now {
            Ok(now) if text(now.as_ref()) == was => {}
            Ok(now) => match self.bounds(now.as_ref()) {
                Some(wrong) => self.problems.push(Problem { at, wrong }),
                None => self.section.said.push(Said { field, was: was.to_owned(), now }),
            },
            Err(wrong) => self.problems.push(Problem { at, wrong }),
        }
    }

    /// What is beyond what may be said, of something that was changed.
    fn bounds(&self, value: Option<&Value>) -> Option<Wrong> {
        match (value?, &self.attribute.kind) {
            (Value::Number(number), Kind::Number { least, most }) if !(least..=most).contains(&number) => {
                Some(Wrong::Number { least: *least, most: *most })
            }
            (Value::Child(Birth::Born(month)), _) if !may_be_born(self.today, *month) => Some(Wrong::Born),
            (Value::Child(Birth::Expected(month)), _) if !may_be_due(self.today, *month) => Some(Wrong::Due),
            _ => None,
        }
    }

    fn chosen(_: &Self, _: &str, sent: &str) -> Result<Option<Value>, Wrong> {
        if sent.is_empty() {
            return Ok(None);
        }
        sent.parse().map(|choice| Some(Value::Chosen(choice))).map_err(|_| Wrong::Gone)
    }

    /// Where a topic's box is not ticked, its areas and hours count for nothing.
    fn wish(&self, at: &str, sent: &str) -> Result<Option<Value>, Wrong> {
        if sent.is_empty() {
            return Ok(None);
        }
        let areas = format!("{at}.area");
        let areas = self.filled.all(&areas).map(|area| area.parse().map_err(|_| Wrong::Gone));
        let hours = match self.filled.get(&format!("{at}.hours")).unwrap_or_default() {
            "" => None,
            hours => Some(hours_of(hours).ok_or(Wrong::Gone)?),
        };
        Ok(Some(Value::Wanted(Wish { areas: areas.collect::<Result<_, _>>()?, hours })))
    }

    /// A child's field holds the month; beside it stand whether it is a birth or one that is expected, and
    /// whether the child is to be removed.
    fn child(&self, at: &str, sent: &str) -> Result<Option<Value>, Wrong> {
        if self.filled.get(&format!("{at}.remove")).is_some() {
            return Ok(None);
        }
        Ok(Some(Value::Child(self.birth(at, sent)?.ok_or(Wrong::Month)?)))
    }

    fn birth(&self, at: &str, sent: &str) -> Result<Option<Birth>, Wrong> {
        let Some(month) = month(sent)? else { return Ok(None) };
        let is_due = self.filled.get(&format!("{at}.kind")) == Some("due");
        Ok(Some(if is_due { Birth::Expected(month) } else { Birth::Born(month) }))
    }

    fn new_child(&mut self) {
        let at = format!("{}.new", self.attribute.id);
        let birth = self.birth(&at, &at_or_empty(self.filled, &at));
        let wrong = match birth {
            Ok(None) => return,
            Ok(Some(birth)) => match self.bounds(Some(&Value::Child(birth))) {
                None => {
                    self.section.child = Some(birth);
                    return;
                }
                Some(wrong) => wrong,
            },
            Err(wrong) => wrong,
        };
        self.problems.push(Problem { at, wrong });
    }

    fn code(&mut self) {
        let at = format!("{}.code", self.attribute.id);
        let sent = at_or_empty(self.filled, &at);
        if sent.is_empty() {
            return;
        }
        let group = self.attribute.kind.admitted_by(&sent).map(|group| group.id.clone());
        let group = match (group, self.admission) {
            (Some(group), _) => Ok(group),
            (None, Admission::Admitted(group)) => Ok(group.group.clone()),
            (None, Admission::Taken) => Err(Wrong::UsedCode),
            (None, Admission::Unknown) => Err(Wrong::Code),
        };
        match group {
            Ok(group) => {
                let field = Field(self.attribute.id.clone(), Slot::Named(group));
                // Whoever is a member and sends the code again stays one, unless the box says otherwise.
                let was = self.filled.get(&format!("was.{}", name(&field))).unwrap_or_default();
                if was.is_empty() {
                    self.section.said.retain(|said| said.field != field);
                    self.section.said.push(Said { field, was: String::new(), now: Some(Value::Member) });
                }
            }
            Err(wrong) => self.problems.push(Problem { at, wrong }),
        }
    }
}

fn at_or_empty(filled: &Filled, at: &str) -> String {
    filled.get(at).map(str::trim).unwrap_or_default().to_owned()
}

fn month(sent: &str) -> Result<Option<Month>, Wrong> {
    match normalize(sent).as_str() {
        "" => Ok(None),
        typed => month_typed(typed).map(|day| Some(Month::of(day))).ok_or(Wrong::Month),
    }
}

/// A number as it is typed: full-width digits and signs are forgiven.
fn number(sent: &str) -> Option<Value> {
    let digits = normalize(sent).parse::<i32>().ok()?;
    let is_below = sent.starts_with(['-', '－', '−', '‐', '–', '—', 'ー']);
    Some(Value::Number(if is_below { -digits } else { digits }))
}

fn hours_of(text: &str) -> Option<Hours> {
    let (from, until) = text.split_once('-')?;
    Hours::new(from.parse().ok()?, until.parse().ok()?)
}
