//! JSON → predicate, checked against what the account asks. Every fault names its place in the JSON.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{
    Predicate,
    fault::{Fault, Wrong},
    written::{Between, Bound, ChildAge, In, MemberOf, Written},
};
use crate::domain::{
    attribute::{Attribute, AttributeId, Attributes, ChoiceId, Keeping, Kind, Topics},
    language::Language,
    profile::{LEAST_AGE, MOST_AGE, Month},
};

/// The longest text, in bytes.
pub const LONGEST: usize = 32 * 1_024;
/// How deep `all`, `any` and `not` may stand in one another.
pub const DEEPEST: usize = 8;
/// How many parts a predicate may have.
pub const MOST_PARTS: usize = 200;
/// How many names a list may have.
const MOST_NAMES: usize = 200;

const NAMES: &str =
    "all, any, not, in, has, between, child_age, following, registered_before, language, member_of";

/// Reads a predicate; all faults at once.
pub fn read(text: &str, attributes: &Attributes) -> Result<(Predicate, Written), Vec<Fault>> {
    let fault = |wrong| vec![Fault { at: String::new(), wrong }];
    if text.len() > LONGEST {
        return Err(fault(Wrong::TooLong));
    }
    let json: Json = serde_json::from_str(text)
        .map_err(|error| fault(Wrong::NoJson { line: error.line(), column: error.column() }))?;
    let mut reader = Reader { attributes, faults: Vec::new(), parts: 0 };
    let predicate = reader.node(&json, &mut Vec::new(), 0);
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let written = serde_json::from_value(json).map_err(|_| fault(Wrong::NotOneName(NAMES)))?;
    Ok((predicate.unwrap_or(Predicate::Any(Vec::new())), written))
}

/// Reads a predicate that was kept, against what the account asks now.
pub fn read_again(written: &Written, attributes: &Attributes) -> Result<Predicate, Vec<Fault>> {
    let text = serde_json::to_string(written).expect("names and numbers are JSON");
    read(&text, attributes).map(|(predicate, _)| predicate)
}

struct Reader<'a> {
    attributes: &'a Attributes,
    faults: Vec<Fault>,
    parts: usize,
}

impl Reader<'_> {
    fn fault<T>(&mut self, path: &[String], wrong: Wrong) -> Option<T> {
        self.faults.push(Fault { at: path.concat().trim_start_matches('.').to_owned(), wrong });
        None
    }

    fn node(&mut self, json: &Json, path: &mut Vec<String>, depth: usize) -> Option<Predicate> {
        self.parts += 1;
        if self.parts == MOST_PARTS + 1 {
            return self.fault(path, Wrong::TooManyParts);
        }
        if self.parts > MOST_PARTS {
            return None;
        }
        if depth > DEEPEST {
            return self.fault(path, Wrong::TooDeep);
        }
        let object = json.as_object().filter(|object| object.len() == 1);
        let Some((name, body)) = object.and_then(|object| object.iter().next()) else {
            return self.fault(path, Wrong::NotOneName(NAMES));
        };
        path.push(format!(".{name}"));
        let predicate = match name.as_str() {
            "all" => self.list(body, path, depth).map(Predicate::All),
            "any" => self.list(body, path, depth).map(Predicate::Any),
            "not" => self.node(body, path, depth + 1).map(|inner| Predicate::Not(Box::new(inner))),
            "in" => self.leaf(body, path).and_then(|form| self.any_of(form, path)),
            "has" => self.leaf(body, path).and_then(|name: String| {
                self.attribute(&name, path).map(|attribute| Predicate::Has(attribute.id.clone()))
            }),
            "between" => self.leaf(body, path).and_then(|form| self.between(form, path)),
            "child_age" => self.leaf(body, path).and_then(|form| self.child_age(form, path)),
            "following" => self.leaf(body, path).map(Predicate::Following),
            "registered_before" => self
                .leaf(body, path)
                .and_then(|day: String| self.day(&day, path))
                .map(Predicate::RegisteredBefore),
            "language" => self.leaf(body, path).and_then(|of: Vec<String>| self.languages(&of, path)),
            "member_of" => self.leaf(body, path).and_then(|form| self.member_of(&form, path)),
            _ => {
                path.pop();
                return self.fault(path, Wrong::UnknownName { name: short(name), allowed: NAMES });
            }
        };
        path.pop();
        predicate
    }

    fn list(&mut self, json: &Json, path: &mut Vec<String>, depth: usize) -> Option<Vec<Predicate>> {
        let Some(list) = json.as_array() else { return self.fault(path, Wrong::NoList) };
        let mut predicates = Vec::with_capacity(list.len().min(MOST_PARTS));
        for (number, json) in list.iter().enumerate() {
            path.push(format!("[{number}]"));
            predicates.extend(self.node(json, path, depth + 1));
            path.pop();
        }
        Some(predicates)
    }

    fn leaf<T: DeserializeOwned>(&mut self, json: &Json, path: &[String]) -> Option<T> {
        match T::deserialize(json) {
            Ok(form) => Some(form),
            Err(error) => self.fault(path, Wrong::Form(error.to_string())),
        }
    }

    /// A plain attribute.
    fn attribute(&mut self, name: &str, path: &[String]) -> Option<Attribute> {
        let known = name.parse::<AttributeId>().ok().and_then(|id| self.attributes.get(&id)).cloned();
        match known {
            Some(attribute) if attribute.keeping == Keeping::Plain => Some(attribute),
            Some(_) => self.fault(path, Wrong::Sealed(short(name))),
            None => {
                let known = self.attributes.plain().map(|a| a.id.to_string()).collect();
                self.fault(path, Wrong::NoAttribute { name: short(name), known })
            }
        }
    }

    fn kind<T>(&mut self, attribute: &Attribute, wanted: &'static str, path: &[String]) -> Option<T> {
        let (name, kind) = (attribute.id.to_string(), attribute.kind.name());
        self.fault(path, Wrong::WrongKind { name, kind, wanted })
    }

    /// Names out of those that are known, with all that is within them.
    fn choices(
        &mut self,
        names: &[String],
        known: &Kind,
        list: &str,
        path: &[String],
    ) -> Option<Vec<ChoiceId>> {
        let mut found = Vec::new();
        for (number, name) in self.names(names, list, path)?.iter().enumerate() {
            let id = name.parse::<ChoiceId>().ok();
            match id.filter(|id| known.choice(id).is_some()) {
                Some(id) => found.extend(known.covered(&id)),
                None => {
                    let known = known.choices().map(|choice| choice.id.to_string()).collect();
                    let place = [path, &[format!(".{list}[{number}]")]].concat();
                    self.fault::<()>(&place, Wrong::NoChoice { name: short(name), known });
                }
            }
        }
        found.sort();
        found.dedup();
        Some(found)
    }

    fn names<'n>(&mut self, names: &'n [String], list: &str, path: &[String]) -> Option<&'n [String]> {
        if (1..=MOST_NAMES).contains(&names.len()) {
            return Some(names);
        }
        let place = [path, &[format!(".{list}")]].concat();
        self.fault(&place, Wrong::Names(MOST_NAMES))
    }

    fn any_of(&mut self, form: In, path: &[String]) -> Option<Predicate> {
        let In { attribute, of, roles, areas } = form;
        let attribute = self.attribute(&attribute, path)?;
        let foreign = match &attribute.kind {
            Kind::Places(_) => areas.as_ref().map(|_| ("areas", "topics")),
            Kind::Topics(_) => roles.as_ref().map(|_| ("roles", "places")),
            _ => roles.as_ref().map(|_| ("roles", "places")).or(areas.as_ref().map(|_| ("areas", "topics"))),
        };
        if let Some((field, kind)) = foreign {
            return self.fault(path, Wrong::Foreign { field, kind });
        }
        let id = attribute.id.clone();
        match &attribute.kind {
            Kind::Choice(_) => {
                let of = self.choices(&of, &attribute.kind, "of", path)?;
                Some(Predicate::Chosen { attribute: id, roles: None, of })
            }
            Kind::Places(places) => {
                let of = self.choices(&of, &attribute.kind, "of", path)?;
                let known = Kind::Choice(places.roles.clone());
                let roles = match roles {
                    Some(roles) => Some(self.choices(&roles, &known, "roles", path)?),
                    None => None,
                };
                Some(Predicate::Chosen { attribute: id, roles, of })
            }
            Kind::Topics(topics) => {
                let of = self.choices(&of, &attribute.kind, "of", path)?;
                let areas = match areas {
                    Some(areas) => Some(self.areas(topics, &areas, path)?),
                    None => None,
                };
                Some(Predicate::Wanted { attribute: id, of, areas })
            }
            Kind::YesNo => {
                let said = |name: &String| match name.as_str() {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                };
                let of = self.names(&of, "of", path)?;
                match of.iter().map(said).collect::<Option<Vec<bool>>>() {
                    Some(of) => Some(Predicate::YesNo { attribute: id, of }),
                    None => self.fault(path, Wrong::YesOrNo),
                }
            }
            _ => self.kind(&attribute, "choice, topics, places or yes-no", path),
        }
    }

    fn areas(&mut self, topics: &Topics, areas: &[String], path: &[String]) -> Option<Vec<ChoiceId>> {
        let places = topics.areas_of.as_ref().and_then(|id| self.attributes.get(id)).cloned();
        match places {
            Some(places) => self.choices(areas, &places.kind, "areas", path),
            None => self.fault(path, Wrong::NoAreas),
        }
    }

    fn languages(&mut self, names: &[String], path: &[String]) -> Option<Predicate> {
        if !(1..=Language::ALL.len()).contains(&names.len()) {
            return self.fault(path, Wrong::Names(Language::ALL.len()));
        }
        let mut of = Vec::with_capacity(names.len());
        for (number, name) in names.iter().enumerate() {
            if let Ok(language) = name.parse() {
                of.push(language);
            } else {
                let known = Language::ALL.iter().map(ToString::to_string).collect();
                let place = [path, &[format!("[{number}]")]].concat();
                self.fault::<()>(&place, Wrong::NoChoice { name: short(name), known });
            }
        }
        Some(Predicate::Language(of))
    }

    fn member_of(&mut self, form: &MemberOf, path: &[String]) -> Option<Predicate> {
        let attribute = self.attribute(&form.attribute, path)?;
        if !matches!(attribute.kind, Kind::Group(_)) {
            return self.kind(&attribute, "group", path);
        }
        let of = self.choices(&form.of, &attribute.kind, "of", path)?;
        Some(Predicate::MemberOf { attribute: attribute.id, of })
    }

    fn between(&mut self, form: Between, path: &[String]) -> Option<Predicate> {
        let attribute = self.attribute(&form.attribute, path)?;
        if form.from.is_none() && form.to.is_none() {
            return self.fault(path, Wrong::NoBound);
        }
        let mut bound = |bound: Option<Bound>, open: i32| match (bound, &attribute.kind) {
            (None, Kind::Number { .. } | Kind::Date | Kind::Month) => Some(open),
            (Some(Bound::Number(number)), Kind::Number { .. }) => Some(number),
            (Some(Bound::Text(text)), Kind::Date) => self.day(&text, path).map(super::day_number),
            (Some(Bound::Text(text)), Kind::Month) => match text.parse::<Month>() {
                Ok(month) => Some(month.number()),
                Err(_) => self.fault(path, Wrong::NoMonth(short(&text))),
            },
            (Some(_), Kind::Number { .. } | Kind::Date | Kind::Month) => {
                self.fault(path, Wrong::BoundKind(attribute.kind.name()))
            }
            _ => self.kind(&attribute, "number, date or month", path),
        };
        let (from, to) = (bound(form.from, i32::MIN), bound(form.to, i32::MAX));
        let (from, to) = (from?, to?);
        if from > to {
            return self.fault(path, Wrong::Empty);
        }
        Some(Predicate::Between { attribute: attribute.id, from, to })
    }

    fn child_age(&mut self, form: ChildAge, path: &[String]) -> Option<Predicate> {
        let ChildAge { attribute, from, to, at } = form;
        let attribute = match attribute {
            Some(name) => self.attribute(&name, path)?,
            None => {
                let of_kind: Vec<_> = self
                    .attributes
                    .plain()
                    .filter(|attribute| matches!(attribute.kind, Kind::Children { .. }))
                    .cloned()
                    .collect();
                match <[Attribute; 1]>::try_from(of_kind) {
                    Ok([only]) => only,
                    Err(several) => return self.fault(path, Wrong::WhichChildren(several.len())),
                }
            }
        };
        if !matches!(attribute.kind, Kind::Children { .. }) {
            return self.kind(&attribute, "children", path);
        }
        let allowed = LEAST_AGE..=MOST_AGE;
        if from.is_none() && to.is_none() {
            return self.fault(path, Wrong::NoBound);
        }
        if [from, to].into_iter().flatten().any(|age| !allowed.contains(&age)) {
            return self.fault(path, Wrong::Age);
        }
        let (from, to) = (from.unwrap_or(LEAST_AGE), to.unwrap_or(MOST_AGE));
        if from > to {
            return self.fault(path, Wrong::Empty);
        }
        let at = match at {
            Some(day) => Some(self.day(&day, path)?),
            None => None,
        };
        Some(Predicate::ChildAge { attribute: attribute.id, from, to, at })
    }

    fn day(&mut self, text: &str, path: &[String]) -> Option<jiff::civil::Date> {
        let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = if digits { text.parse::<jiff::civil::Date>().ok() } else { None };
        match day.filter(|day| (1900..=2199).contains(&day.year())) {
            Some(day) => Some(day),
            None => self.fault(path, Wrong::NoDay(short(text))),
        }
    }
}

/// What is repeated of a text that somebody wrote.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
