//! Predicates, counts and faults as sentences in the reader's language.

use super::super::names::language_key;
use crate::{
    catalogue::ConsoleWords,
    domain::{
        attribute::{Attribute, Attributes, Choice, Kind},
        language::Localized,
        segment::{Between, Bound, ChildAge, FEWEST_SHOWN, In, MemberOf, Shown, Written, Wrong},
    },
};

/// What the account asks, in the reader's language.
#[derive(Clone, Copy)]
pub(in crate::web::console) struct Words<'a> {
    pub(in crate::web::console) words: ConsoleWords,
    pub(in crate::web::console) attributes: &'a Attributes,
}

impl Words<'_> {
    pub(in crate::web::console) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.say_with(key, values)
    }

    pub(in crate::web::console) fn best(&self, text: &Localized<String>) -> String {
        text.best(self.words.language()).map_or_else(String::new, |(_, text)| text.clone())
    }

    /// The attribute of that name. Ages may leave it out where there is one only.
    pub(in crate::web::console) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let only_children = || {
            let mut all = self.attributes.plain().filter(|one| matches!(one.kind, Kind::Children { .. }));
            all.next().filter(|_| name.is_empty() && all.next().is_none())
        };
        name.parse().ok().and_then(|id| self.attributes.get(&id)).or_else(only_children)
    }

    /// What an attribute is called; its name where the account does not ask it any more.
    pub(in crate::web::console) fn label(&self, name: &str) -> String {
        self.attribute(name).map_or_else(|| name.to_owned(), |attribute| self.best(&attribute.label))
    }

    fn names<'n>(&self, names: &[String], known: impl Iterator<Item = &'n Choice>) -> String {
        let known: Vec<&Choice> = known.collect();
        let called = names.iter().map(|name| {
            let choice = known.iter().find(|choice| choice.id.as_str() == name);
            choice.map_or_else(|| name.clone(), |choice| self.best(&choice.label))
        });
        self.join("segment-say-list", called)
    }

    /// Texts put together two by two.
    fn join(&self, key: &str, texts: impl Iterator<Item = String>) -> String {
        texts.reduce(|one, other| self.say(key, &[("one", &one), ("other", &other)])).unwrap_or_default()
    }

    fn choices(&self, attribute: &str, names: &[String]) -> String {
        match self.attribute(attribute).map(|attribute| &attribute.kind) {
            Some(Kind::YesNo) => {
                let said = |name: &String| match name.as_str() {
                    "yes" => self.words.say("segment-yes"),
                    "no" => self.words.say("segment-no"),
                    other => other.to_owned(),
                };
                self.join("segment-say-list", names.iter().map(said))
            }
            Some(kind) => self.names(names, kind.choices()),
            None => self.names(names, std::iter::empty()),
        }
    }

    /// Whom a predicate holds, in one sentence.
    pub(in crate::web::console) fn sentence(&self, written: &Written) -> String {
        match written {
            Written::All(parts) => match parts.as_slice() {
                [] => self.words.say("segment-say-everybody"),
                [only] => self.sentence(only),
                several => self.join("segment-say-and", several.iter().map(|part| self.part(part))),
            },
            Written::Any(parts) => match parts.as_slice() {
                [] => self.words.say("segment-say-nobody"),
                [only] => self.sentence(only),
                several => self.join("segment-say-or", several.iter().map(|part| self.part(part))),
            },
            Written::Not(inner) => self.say("segment-say-not", &[("inner", &self.sentence(inner))]),
            Written::In(form) => self.any_of(form),
            Written::Has(attribute) => self.say("segment-say-has", &[("label", &self.label(attribute))]),
            Written::Between(Between { attribute, from, to }) => {
                let bound = |bound: &Option<Bound>| match bound {
                    None => String::new(),
                    Some(Bound::Number(number)) => number.to_string(),
                    Some(Bound::Text(text)) => text.clone(),
                };
                let range = self.range(&bound(from), &bound(to));
                self.say("segment-say-between", &[("label", &self.label(attribute)), ("range", &range)])
            }
            Written::ChildAge(ChildAge { from, to, at, .. }) => {
                let age = self.age(*from, *to);
                match at {
                    Some(day) => self.say("segment-say-child-at", &[("age", &age), ("day", day)]),
                    None => self.say("segment-say-child", &[("age", &age)]),
                }
            }
            Written::Following(true) => self.words.say("segment-say-following"),
            Written::Following(false) => self.words.say("segment-say-left"),
            Written::RegisteredBefore(day) => self.say("segment-say-registered", &[("day", day)]),
            Written::Language(of) => {
                let named = of.iter().map(|code| match code.parse() {
                    Ok(language) => self.words.say(language_key(language)),
                    Err(_) => code.clone(),
                });
                self.say("segment-say-language", &[("of", &self.join("segment-say-list", named))])
            }
            Written::MemberOf(MemberOf { attribute, of }) => {
                self.say("segment-say-member", &[("of", &self.choices(attribute, of))])
            }
        }
    }

    /// A part of a sentence, in brackets where it has parts itself.
    fn part(&self, written: &Written) -> String {
        let sentence = self.sentence(written);
        match written {
            Written::All(parts) | Written::Any(parts) if parts.len() > 1 => {
                self.say("segment-say-group", &[("inner", &sentence)])
            }
            _ => sentence,
        }
    }

    fn any_of(&self, form: &In) -> String {
        let In { attribute, of, roles, areas } = form;
        let known = self.attribute(attribute).map(|attribute| &attribute.kind);
        let narrowed = match (known, roles, areas) {
            (Some(Kind::Places(places)), Some(roles), _) => Some(self.names(roles, places.roles.iter())),
            (Some(Kind::Topics(topics)), _, Some(areas)) => {
                let id = topics.areas_of.as_ref().map_or("", |id| id.as_str());
                Some(self.choices(id, areas))
            }
            (_, Some(names), _) | (_, _, Some(names)) => Some(self.names(names, std::iter::empty())),
            _ => None,
        };
        let mut label = self.label(attribute);
        if let Some(of) = narrowed {
            label = self.say("segment-say-narrowed", &[("label", &label), ("of", &of)]);
        }
        let key = if of.len() == 1 { "segment-say-is" } else { "segment-say-in" };
        self.say(key, &[("label", &label), ("of", &self.choices(attribute, of))])
    }

    fn range(&self, from: &str, to: &str) -> String {
        let values = [("from", from), ("to", to)];
        match (from, to) {
            (from, to) if from == to => from.to_owned(),
            (_, "") => self.say("segment-say-range-from", &values),
            ("", _) => self.say("segment-say-range-to", &values),
            _ => self.say("segment-say-range", &values),
        }
    }

    /// Ages in whole months, as years where they are whole years.
    pub(in crate::web::console) fn age(&self, from: Option<i32>, to: Option<i32>) -> String {
        if to.is_some_and(|to| to < 0) {
            return self.words.say("segment-say-expected");
        }
        let text = |number: Option<i32>| number.map_or_else(String::new, |number| number.to_string());
        let whole = from.is_none_or(|from| from >= 0 && from % 12 == 0) && to.is_none_or(|to| to % 12 == 11);
        if whole {
            let years = |months: Option<i32>| text(months.map(|months| months / 12));
            self.say("segment-say-years", &[("range", &self.range(&years(from), &years(to)))])
        } else {
            self.say("segment-say-months", &[("range", &self.range(&text(from), &text(to)))])
        }
    }

    /// A count of people as it may be shown.
    pub(in crate::web::console) fn people(&self, shown: Shown) -> String {
        let few = FEWEST_SHOWN.to_string();
        match shown {
            Shown::Exactly(count) => self.say("segment-people", &[("count", &grouped(count))]),
            Shown::Hidden => self.say("segment-few", &[("few", &few)]),
            Shown::AllButAFew => self.say("segment-all-but-a-few", &[("few", &few)]),
        }
    }

    /// A part of a breakdown: what is not shown may be a few, or that from which a few would follow.
    pub(in crate::web::console) fn part_of(&self, shown: Shown) -> String {
        match shown {
            Shown::Exactly(_) => self.people(shown),
            Shown::Hidden | Shown::AllButAFew => {
                self.say("segment-few-or-so", &[("few", &FEWEST_SHOWN.to_string())])
            }
        }
    }

    /// What is wrong, to somebody who fills in rows or writes JSON.
    pub(in crate::web::console) fn wrong(&self, wrong: &Wrong, in_rows: bool) -> String {
        let say = |key: &str, values: &[(&str, &str)]| self.say(key, values);
        let list = |known: &[String]| known.join(", ");
        match wrong {
            Wrong::NoJson { line, column } => {
                say("segment-wrong-json", &[("line", &line.to_string()), ("column", &column.to_string())])
            }
            Wrong::TooLong => say("segment-wrong-long", &[]),
            Wrong::TooManyParts => say("segment-wrong-parts", &[]),
            Wrong::TooDeep => say("segment-wrong-deep", &[]),
            Wrong::NotOneName(allowed) => say("segment-wrong-object", &[("allowed", allowed)]),
            Wrong::UnknownName { name, allowed } => {
                say("segment-wrong-name", &[("name", name), ("allowed", allowed)])
            }
            Wrong::NoList => say("segment-wrong-list", &[]),
            Wrong::Form(_) | Wrong::BoundKind(_) if in_rows => say("segment-wrong-number", &[]),
            Wrong::Form(what) => say("segment-wrong-form", &[("what", what)]),
            Wrong::NoAttribute { name, known } => {
                say("segment-wrong-attribute", &[("name", name), ("known", &list(known))])
            }
            Wrong::Sealed(name) => say("segment-wrong-sealed", &[("name", name)]),
            Wrong::WrongKind { name, kind, wanted } => {
                say("segment-wrong-kind", &[("name", name), ("kind", kind), ("wanted", wanted)])
            }
            Wrong::NoChoice { name, known } => {
                say("segment-wrong-choice", &[("name", name), ("known", &list(known))])
            }
            Wrong::Names(most) => say("segment-wrong-names", &[("most", &most.to_string())]),
            Wrong::Foreign { field, kind } => {
                say("segment-wrong-foreign", &[("field", field), ("kind", kind)])
            }
            Wrong::NoAreas => say("segment-wrong-areas", &[]),
            Wrong::YesOrNo => say("segment-wrong-yes-no", &[]),
            Wrong::NoBound => say("segment-wrong-bound", &[]),
            Wrong::BoundKind(kind) => say("segment-wrong-bound-kind", &[("kind", kind)]),
            Wrong::Empty => say("segment-wrong-empty", &[]),
            Wrong::Age => say("segment-wrong-age", &[]),
            Wrong::WhichChildren(count) => say("segment-wrong-children", &[("count", &count.to_string())]),
            Wrong::NoDay(text) if text.is_empty() => say("segment-wrong-no-day", &[]),
            Wrong::NoDay(text) => say("segment-wrong-day", &[("text", text)]),
            Wrong::NoMonth(text) => say("segment-wrong-month", &[("text", text)]),
        }
    }
}

/// `12345` as `12,345`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        language::Language,
        segment::{read, sample},
    };

    #[test]
    fn predicates_are_said_in_both_languages() {
        let attributes = sample::attributes();
        let said = |language, text: &str| {
            let words = Words { words: ConsoleWords::new(language), attributes: &attributes };
            let (_, written) = read(text, &attributes).unwrap();
            words.sentence(&written)
        };
        let cases = [
            (r#"{"all": []}"#, "全員", "everybody"),
            (
                r#"{"in": {"attribute": "wards", "of": ["kita", "naka"], "roles": ["home"]}}"#,
                "wards（home）が「kita・naka」のどれか",
                "wards (home) is one of kita, naka",
            ),
            (
                r#"{"all": [{"any": [{"has": "topics"}, {"child_age": {"from": 36, "to": 71, "at": "2027-04-01"}}]},
                    {"not": {"member_of": {"attribute": "member", "of": ["fire"]}}}]}"#,
                "（topicsに答えている、または2027-04-01に3〜5歳のお子さんがいる）、かつ「fireに入っている」ではない",
                "(topics was answered, or on 2027-04-01 has a child aged 3 to 5), and not “is in fire”",
            ),
            (r#"{"between": {"attribute": "size", "from": 2}}"#, "sizeが2〜", "size is from 2 on"),
            (r#"{"child_age": {"to": -1}}"#, "出産予定のお子さんがいる", "has a child that is expected"),
            (r#"{"child_age": {"from": 3, "to": 3}}"#, "3か月のお子さんがいる", "has a child of 3 months"),
            (
                r#"{"language": ["en", "vi"]}"#,
                "選んだ言語が「英語・ベトナム語」",
                "chose English, Vietnamese",
            ),
            (r#"{"in": {"attribute": "car", "of": ["no"]}}"#, "carが「いいえ」", "car is no"),
        ];
        for (text, ja, en) in cases {
            assert_eq!(said(Language::Ja, text), ja);
            assert_eq!(said(Language::En, text), en);
        }
    }

    #[test]
    fn a_few_are_no_number() {
        let attributes = Attributes::default();
        let words = Words { words: ConsoleWords::new(Language::Ja), attributes: &attributes };
        let shown = [Shown::Exactly(1_234_567), Shown::Exactly(123), Shown::Hidden, Shown::AllButAFew];
        let said = shown.map(|shown| words.people(shown));
        assert_eq!(said, ["1,234,567人", "123人", "5人未満", "ほぼ全員（当てはまらない人が5人未満）"]);
    }
}
