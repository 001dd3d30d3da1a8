//! A turn of the registration becomes words and buttons, in the resident's language.

use crate::{
    catalogue::{Catalogue, Phrase},
    domain::{
        attribute::{Attribute, ChoiceId, Kind, Retention},
        language::{Language, Localized},
        message::{Action, Days, QuickReply, limit},
        profile::{Birth, Field, Month, Slot, Value},
        registration::{Asking, Codes, Note, Step, Tap, options},
    },
    journeys::answer::compose::{fitted, fitted_to},
};
use jiff::{ToSpan, civil::date};

/// Says what a registration says.
pub(in crate::journeys) struct Speaker<'a> {
    pub(in crate::journeys) catalogue: &'a Catalogue,
    pub(in crate::journeys) language: Language,
    pub(in crate::journeys) asking: Asking<'a>,
}

impl Speaker<'_> {
    fn say(&self, phrase: Phrase) -> String {
        self.catalogue.say(self.language, phrase)
    }

    fn say_with(&self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        self.catalogue.say_with(self.language, phrase, values)
    }

    fn pick(&self, text: &Localized<String>) -> String {
        text.best(self.language).map(|(_, text)| text.clone()).unwrap_or_default()
    }

    fn label(&self, field: &Field) -> String {
        self.asking.attributes.get(&field.0).map(|attribute| self.pick(&attribute.label)).unwrap_or_default()
    }

    fn choice(&self, attribute: &Attribute, id: &ChoiceId) -> String {
        attribute.kind.choice(id).map_or_else(|| id.to_string(), |choice| self.pick(&choice.label))
    }

    fn month(&self, month: Month) -> String {
        let (year, month) = (month.number() / 12, month.number() % 12 + 1);
        self.say_with(Phrase::RegMonth, &[("year", &year.to_string()), ("month", &month.to_string())])
    }

    /// What a part is called: the topic, the role, the child, or the attribute itself.
    fn part(&self, field: &Field) -> String {
        let Some(attribute) = self.asking.attributes.get(&field.0) else { return String::new() };
        match (&attribute.kind, &field.1) {
            (Kind::Places(places), Slot::Named(role)) => {
                let role = places.roles.iter().find(|known| known.id == *role);
                role.map(|role| self.pick(&role.label)).unwrap_or_default()
            }
            (_, Slot::Named(name)) => self.choice(attribute, name),
            (_, Slot::Child(_)) => match self.asking.profile.get(field) {
                Some((value, _)) => self.value(attribute, value),
                None => self.pick(&attribute.label),
            },
            (_, Slot::Whole) => self.pick(&attribute.label),
        }
    }

    /// What is said, without what it is said of.
    fn value(&self, attribute: &Attribute, value: &Value) -> String {
        match value {
            Value::Chosen(choice) => self.choice(attribute, choice),
            Value::Number(number) => number.to_string(),
            Value::YesNo(true) => self.say(Phrase::RegYes),
            Value::YesNo(false) => self.say(Phrase::RegNo),
            Value::Date(day) => day.to_string(),
            Value::Month(month) => self.month(*month),
            Value::Child(Birth::Born(month)) => {
                self.say_with(Phrase::RegBorn, &[("month", &self.month(*month))])
            }
            Value::Child(Birth::Expected(month)) => {
                self.say_with(Phrase::RegDue, &[("month", &self.month(*month))])
            }
            Value::Wanted(_) | Value::Member => String::new(),
        }
    }

    /// A part with what is said of it: 「ごみの日（星川区、6時〜8時）」, 「自宅：星川区」.
    fn said(&self, field: &Field, value: &Value) -> String {
        let Some(attribute) = self.asking.attributes.get(&field.0) else { return String::new() };
        let part = self.part(field);
        match value {
            Value::Member => part,
            Value::Wanted(wish) => {
                let areas = self.asking.areas(field);
                let areas = areas.into_iter().flat_map(|a| wish.areas.iter().map(|id| self.choice(a, id)));
                let hours = wish.hours.map(|hours| self.hours(hours.from(), hours.until()));
                let narrowed: Vec<String> = areas.chain(hours).collect();
                if narrowed.is_empty() { part } else { format!("{part}（{}）", narrowed.join("、")) }
            }
            Value::Child(_) => self.value(attribute, value),
            _ => format!("{part}：{}", self.value(attribute, value)),
        }
    }

    /// A part with what is said of it, also of what the account asks no more.
    pub(in crate::journeys) fn told(&self, field: &Field, value: &Value) -> String {
        match self.said(field, value) {
            nothing if nothing.is_empty() => field.0.to_string(),
            said => said,
        }
    }

    fn hours(&self, from: u8, until: u8) -> String {
        self.say_with(Phrase::RegHours, &[("from", &from.to_string()), ("until", &until.to_string())])
    }

    /// Everything that is registered, an attribute a line; empty where nothing is.
    fn registered(&self) -> String {
        let mut lines = String::new();
        for attribute in self.asking.attributes.iter() {
            let of = self.asking.profile.iter().filter(|(field, _)| field.0 == attribute.id);
            let said: Vec<String> = of.map(|(field, value)| self.said(field, value)).collect();
            if !said.is_empty() {
                lines.push_str("\n・");
                lines.push_str(&said.join("、"));
            }
        }
        lines
    }

    /// What is told about a tap.
    pub(super) fn note(&self, note: &Note) -> String {
        let what = |phrase, text: &str| self.say_with(phrase, &[("what", text)]);
        match note {
            Note::Saved(field, value) => what(Phrase::RegSaved, &self.said(field, value)),
            Note::TakenBack(field) => what(Phrase::RegTakenBack, &self.part(field)),
            Note::Stopped(field) => what(Phrase::RegStopped, &self.part(field)),
            Note::AllStopped => self.say(Phrase::RegAllStopped),
            Note::NothingToStop => self.say(Phrase::RegNothingToStop),
            Note::Data => match self.registered() {
                nothing if nothing.is_empty() => self.say(Phrase::RegNothing),
                lines => self.say(Phrase::RegDataLead) + &lines,
            },
            Note::Why(id) => {
                let Some(attribute) = self.asking.attributes.get(id) else { return String::new() };
                let kept = match attribute.retention {
                    Retention::WhileRegistered => self.say(Phrase::RegKeptWhile),
                    Retention::Days(days) => {
                        self.say_with(Phrase::RegKeptDays, &[("days", &days.to_string())])
                    }
                };
                format!("{}\n{kept}", self.pick(&attribute.purpose))
            }
            Note::Refused => self.say(Phrase::RegRefused),
            Note::WrongCode => self.say(Phrase::RegWrongCode),
            Note::UsedCode => self.say(Phrase::RegUsedCode),
            Note::Left => self.say(Phrase::RegLeft),
            Note::Erased => self.say(Phrase::RegErased),
        }
    }

    /// The question of a step.
    fn lead(&self, step: &Step) -> String {
        match step {
            Step::Menu => match self.registered() {
                nothing if nothing.is_empty() => self.say(Phrase::RegNothing),
                lines => self.say(Phrase::RegMenuLead) + &lines,
            },
            Step::Attribute(id, _) => {
                let Some(attribute) = self.asking.attributes.get(id) else { return String::new() };
                let label = self.pick(&attribute.label);
                match &attribute.kind {
                    Kind::Topics(_) => self.say(Phrase::RegTopicsLead),
                    Kind::Children { .. } => self.say(Phrase::RegChildrenLead),
                    Kind::Group(_) => self.say(Phrase::RegCodeLead),
                    Kind::Number { least, most } => {
                        let (least, most) = (least.to_string(), most.to_string());
                        let values = [("label", label.as_str()), ("least", &least), ("most", &most)];
                        self.say_with(Phrase::RegNumberLead, &values)
                    }
                    _ => self.say_with(Phrase::RegAsk, &[("label", &label)]),
                }
            }
            Step::Part(field) => self.say_with(Phrase::RegPartLead, &[("what", &self.part(field))]),
            Step::Place(field, within, _) => {
                let outer = within.as_ref().zip(self.asking.attributes.get(&field.0));
                let outer = outer.map(|(place, attribute)| self.choice(attribute, place));
                let label = outer.unwrap_or_else(|| self.part(field));
                self.say_with(Phrase::RegAsk, &[("label", &label)])
            }
            Step::Area(field, _) => self.say_with(Phrase::RegAreaLead, &[("topic", &self.part(field))]),
            Step::Hours(field) => self.say_with(Phrase::RegHoursLead, &[("topic", &self.part(field))]),
            Step::Stop(_) => self.say(Phrase::RegStopLead),
            Step::StopAll => self.say(Phrase::RegStopAllLead),
            Step::Erase => self.say(Phrase::RegEraseLead),
        }
    }

    /// The question of a step with its numbered buttons. Quick replies exist on phones only: whatever they
    /// offer stands there in words too, and its number may be typed. After a list of everything that is
    /// registered there is nothing more to lead with.
    pub(super) fn ask(&self, step: &Step, is_listed: bool) -> (String, Vec<QuickReply>) {
        let mut text = if is_listed { String::new() } else { self.lead(step) + "\n" };
        let (mut taps, mut number) = (Vec::new(), 0);
        for tap in options(&self.asking, step) {
            let label = self.tap(&tap, step);
            if !tap.picks() {
                number += 1;
                text.push_str(&format!("\n{number} {label}"));
            }
            taps.extend(self.button(&tap, &label));
        }
        (text.trim().to_owned(), taps)
    }

    fn button(&self, tap: &Tap, label: &str) -> Option<QuickReply> {
        let (code, today) = (Codes::code(tap), self.asking.today);
        let past = Days { first: date(1900, 1, 1), last: today, shown: today };
        let action = match tap {
            Tap::AddBorn(_) | Tap::Born(_) => Action::pick(fitted(label), code, past),
            Tap::AddDue(_) => {
                let (first, last) = (today.saturating_sub(31.days()), today.saturating_add(10.months()));
                Action::pick(fitted(label), code, Days { first, last, shown: today })
            }
            Tap::Pick(_) => Action::pick(fitted(label), code, Days { last: date(2100, 12, 31), ..past }),
            _ => Action::postback(fitted(label), code, fitted_to(label, limit::DISPLAY_TEXT.max())),
        };
        action.ok().map(QuickReply::new)
    }

    /// What stands on a button, at most 20 characters of it.
    pub(super) fn tap(&self, tap: &Tap, step: &Step) -> String {
        match tap {
            Tap::Open => self.say(Phrase::RegBack),
            Tap::Ask(id) => self.label(&Field(id.clone(), Slot::Whole)),
            Tap::More(_) => self.say(Phrase::RegMore),
            Tap::Part(field) => match (&field.1, self.asking.profile.get(field)) {
                (Slot::Child(_), _) | (_, None) => self.part(field),
                (_, Some((Value::Wanted(_), _))) => format!("✓{}", self.part(field)),
                (_, Some((value, _))) => self.said(field, value),
            },
            Tap::Say(field, value) => match (value, self.asking.attributes.get(&field.0)) {
                (Value::Wanted(_) | Value::Member, _) => self.part(field),
                (value, Some(attribute)) => self.value(attribute, value),
                (_, None) => String::new(),
            },
            Tap::TakeBack(field) => match step {
                Step::Stop(_) => self.part(field),
                Step::Part(_) if self.asking.topic(field).is_some() => self.say(Phrase::RegStopOne),
                Step::Attribute(..) if field.1 != Slot::Whole => {
                    format!("{}：{}", self.say(Phrase::RegRemove), self.part(field))
                }
                _ => self.say(Phrase::RegRemove),
            },
            Tap::AskArea(_) => self.say(Phrase::RegChangeArea),
            Tap::Area(_, None) => self.say(Phrase::RegEverywhere),
            Tap::Area(field, Some(place)) => {
                self.asking.areas(field).map(|areas| self.choice(areas, place)).unwrap_or_default()
            }
            Tap::AskHours(_) => self.say(Phrase::RegChangeHours),
            Tap::At(_, None) => self.say(Phrase::RegAnyTime),
            Tap::At(_, Some(hours)) => self.hours(hours.from(), hours.until()),
            Tap::AddBorn(_) | Tap::Born(_) => self.say(Phrase::RegAddBorn),
            Tap::AddDue(_) => self.say(Phrase::RegAddDue),
            Tap::Pick(_) => self.say(Phrase::RegPick),
            Tap::Why(_) => self.say(Phrase::RegWhy),
            Tap::Data => self.say(Phrase::RegData),
            Tap::Stop => self.say(Phrase::RegStop),
            Tap::StopAll => self.say(Phrase::RegStopAll),
            Tap::StopAllSurely => self.say(Phrase::RegStopAllYes),
            Tap::Erase => self.say(Phrase::RegErase),
            Tap::EraseSurely => self.say(Phrase::RegEraseYes),
            Tap::Leave => self.say(Phrase::RegLeave),
        }
    }
}
