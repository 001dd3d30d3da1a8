//! `[[attributes]]` of an account's file → what the account asks its residents. Every fault is told at once,
//! with its place and what to write.

use serde::Deserialize;

use crate::domain::{
    attribute::{
        Attribute, AttributeId, Attributes, Choice, ChoiceId, CodeHash, Group, Hours, Keeping, Kind,
        MOST_CHILDREN, Places, Retention, Topic, Topics,
    },
    language::Localized,
};

/// An attribute as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    kind: String,
    label: Localized<String>,
    purpose: Localized<String>,
    #[serde(default = "while_registered")]
    keep: String,
    #[serde(default = "plain")]
    keeping: String,
    #[serde(default)]
    choices: Vec<WrittenChoice>,
    #[serde(default)]
    roles: Vec<WrittenChoice>,
    areas_of: Option<String>,
    least: Option<i32>,
    most: Option<i32>,
}

/// A choice, topic, place, role or group as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChoice {
    id: String,
    label: Localized<String>,
    within: Option<String>,
    #[serde(default)]
    areas: bool,
    #[serde(default)]
    hours: Vec<String>,
    code_sha256: Option<String>,
}

fn while_registered() -> String {
    "while-registered".to_owned()
}

fn plain() -> String {
    "plain".to_owned()
}

/// Reads all of an account; every fault, one line each.
pub(super) fn read(written: Vec<Written>) -> Result<Attributes, Vec<String>> {
    let mut faults = Vec::new();
    let mut list = Vec::with_capacity(written.len());
    for one in written {
        let place = format!("attribute {}", one.id);
        let mut reader = Reader { place, faults: &mut faults };
        list.extend(reader.attribute(one));
    }
    // What stands in relation to what could not be read would be told falsely.
    if !faults.is_empty() {
        return Err(faults);
    }
    Attributes::new(list).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

struct Reader<'a> {
    place: String,
    faults: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn fault<T>(&mut self, what: impl std::fmt::Display) -> Option<T> {
        self.faults.push(format!("{}: {what}", self.place));
        None
    }

    fn attribute(&mut self, written: Written) -> Option<Attribute> {
        self.fields(&written);
        let id: Option<AttributeId> = self.name(&written.id);
        let keeping = match written.keeping.as_str() {
            "plain" => Some(Keeping::Plain),
            "sealed" => Some(Keeping::Sealed),
            other => self.fault(format!("keeping is {other:?}; write \"plain\" or \"sealed\"")),
        };
        let retention = self.retention(&written.keep);
        let kind = self.kind(&written);
        Some(Attribute {
            id: id?,
            kind: kind?,
            label: written.label,
            purpose: written.purpose,
            retention: retention?,
            keeping: keeping?,
        })
    }

    fn name<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, text: &str) -> Option<T> {
        match text.parse() {
            Ok(name) => Some(name),
            Err(error) => self.fault(error),
        }
    }

    fn retention(&mut self, keep: &str) -> Option<Retention> {
        if keep == "while-registered" {
            return Some(Retention::WhileRegistered);
        }
        match keep.strip_suffix(" days").and_then(|days| days.parse().ok()) {
            Some(days) => Some(Retention::Days(days)),
            None => self.fault(format!(
                "keep is {keep:?}; write \"while-registered\" or a time such as \"365 days\""
            )),
        }
    }

    /// Complains of what is written for another kind.
    fn fields(&mut self, written: &Written) {
        let kind = written.kind.as_str();
        let has = |list: &[WrittenChoice]| !list.is_empty();
        let given = [
            ("choices", has(&written.choices), &["choice", "topics", "places", "group"][..]),
            ("roles", has(&written.roles), &["places"]),
            ("areas_of", written.areas_of.is_some(), &["topics"]),
            ("least", written.least.is_some(), &["number"]),
            ("most", written.most.is_some(), &["number", "children"]),
            ("areas", written.choices.iter().any(|choice| choice.areas), &["topics"]),
            ("hours", written.choices.iter().any(|choice| !choice.hours.is_empty()), &["topics"]),
            ("code_sha256", written.choices.iter().any(|choice| choice.code_sha256.is_some()), &["group"]),
            ("within", written.choices.iter().any(|c| c.within.is_some()), &["choice", "topics", "places"]),
        ];
        for (field, is_given, kinds) in given {
            if is_given && !kinds.contains(&kind) {
                let kinds = kinds.join(", ");
                self.fault::<()>(format!("{field} is for attributes of kind {kinds} alone; leave it out"));
            }
        }
        let plain = |role: &WrittenChoice| {
            role.within.is_none() && !role.areas && role.hours.is_empty() && role.code_sha256.is_none()
        };
        if !written.roles.iter().all(plain) {
            self.fault::<()>("a role has an id and labels, and nothing else");
        }
    }

    fn kind(&mut self, written: &Written) -> Option<Kind> {
        match written.kind.as_str() {
            "choice" => self.choices(&written.choices).map(Kind::Choice),
            "topics" => {
                let topics = self.topics(&written.choices);
                let areas_of = match &written.areas_of {
                    Some(name) => Some(self.name(name)?),
                    None => None,
                };
                Some(Kind::Topics(Topics { topics: topics?, areas_of }))
            }
            "places" => {
                let (roles, places) = (self.choices(&written.roles), self.choices(&written.choices));
                Some(Kind::Places(Places { roles: roles?, places: places? }))
            }
            "date" => Some(Kind::Date),
            "month" => Some(Kind::Month),
            "number" => match (written.least, written.most) {
                (Some(least), Some(most)) => Some(Kind::Number { least, most }),
                _ => self.fault("a number needs least and most, for example least = 1 and most = 20"),
            },
            "yes-no" => Some(Kind::YesNo),
            "group" => self.groups(&written.choices).map(Kind::Group),
            "children" => match u8::try_from(written.most.unwrap_or(i32::from(MOST_CHILDREN))) {
                Ok(most) => Some(Kind::Children { most }),
                Err(_) => self.fault(format!("most has to be between 1 and {MOST_CHILDREN}")),
            },
            other => self.fault(format!(
                "kind is {other:?}; write choice, topics, places, date, month, number, yes-no, group or children"
            )),
        }
    }

    /// Each one, with the place in its complaints.
    fn each<T>(
        &mut self,
        list: &[WrittenChoice],
        mut read: impl FnMut(&mut Reader<'_>, &WrittenChoice, Choice) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = Vec::with_capacity(list.len());
        for written in list {
            let place = format!("{}, {}", self.place, written.id);
            let mut reader = Reader { place, faults: self.faults };
            let id: Option<ChoiceId> = reader.name(&written.id);
            let within = written.within.as_ref().map(|outer| reader.name::<ChoiceId>(outer));
            let within = match within {
                Some(None) => continue,
                Some(outer) => outer,
                None => None,
            };
            let Some(id) = id else { continue };
            all.extend(read(&mut reader, written, Choice { id, label: written.label.clone(), within }));
        }
        // What is missing has been complained of; the others are still worth a look.
        (all.len() == list.len()).then_some(all)
    }

    fn choices(&mut self, list: &[WrittenChoice]) -> Option<Vec<Choice>> {
        self.each(list, |_, _, choice| Some(choice))
    }

    fn topics(&mut self, list: &[WrittenChoice]) -> Option<Vec<Topic>> {
        self.each(list, |reader, written, choice| {
            let read = |text: &String| {
                let (from, until) = text.split_once('-')?;
                let hour = |text: &str| text.parse::<u8>().ok();
                Hours::new(hour(from)?, hour(until)?)
            };
            match written.hours.iter().map(read).collect::<Option<Vec<Hours>>>() {
                Some(hours) => Some(Topic { choice, areas: written.areas, hours }),
                None => reader.fault(
                    "hours are whole hours of the day such as \"7-9\" or \"18-21\": from 0 to 24, the earlier first",
                ),
            }
        })
    }

    fn groups(&mut self, list: &[WrittenChoice]) -> Option<Vec<Group>> {
        self.each(list, |reader, written, choice| {
            match written.code_sha256.as_deref().map(CodeHash::from_hex) {
                // Codes of one's own alone let in.
                None => Some(Group { choice, code: None }),
                Some(Some(code)) => Some(Group { choice, code: Some(code) }),
                Some(None) => reader.fault(
                    "code_sha256 has to be the 64 hexadecimal digits that `printf %s CODE | sha256sum` prints for \
                     a code of 12 or more random capitals and digits",
                ),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn read_toml(text: &str) -> Result<Attributes, Vec<String>> {
        #[derive(Deserialize)]
        struct File {
            attributes: Vec<Written>,
        }
        read(toml::from_str::<File>(text).unwrap().attributes)
    }

    const WARDS: &str = r#"
        [[attributes]]
        id = "wards"
        kind = "places"
        label = { ja = "区", en = "Ward" }
        purpose = { ja = "お住まいの区のお知らせのため" }
        roles = [{ id = "home", label = { ja = "自宅" } }]
        choices = [{ id = "kita", label = { ja = "北区" } }, { id = "machi", within = "kita", label = { ja = "町" } }]
    "#;

    #[test]
    fn what_is_written_is_what_is_asked() {
        let text = format!(
            r#"{WARDS}
            [[attributes]]
            id = "topics"
            kind = "topics"
            areas_of = "wards"
            keep = "365 days"
            label = {{ ja = "お知らせ" }}
            purpose = {{ ja = "希望のお知らせのため" }}
            choices = [{{ id = "garbage", label = {{ ja = "ごみ" }}, areas = true, hours = ["7-9"] }}]
            [[attributes]]
            id = "illness"
            kind = "yes-no"
            keeping = "sealed"
            label = {{ ja = "持病" }}
            purpose = {{ ja = "避難のため" }}
            "#
        );
        let attributes = read_toml(&text).unwrap();
        let topics = attributes.get(&"topics".parse().unwrap()).unwrap();
        assert_eq!(topics.retention, Retention::Days(365));
        let Kind::Topics(Topics { topics, areas_of }) = &topics.kind else { panic!("{topics:?}") };
        assert_eq!(areas_of.as_ref().unwrap().as_str(), "wards");
        assert_eq!((topics[0].areas, &topics[0].hours[..]), (true, &[Hours::new(7, 9).unwrap()][..]));
        let wards = attributes.get(&"wards".parse().unwrap()).unwrap();
        assert_eq!(wards.label.exactly(Language::En).unwrap(), "Ward");
        assert_eq!(wards.kind.covered(&"kita".parse().unwrap()).len(), 2);
        assert_eq!(attributes.plain().count(), 2, "what is sealed is not plain");
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_place_and_what_to_write() {
        let one = |more: &str| {
            format!(
                "[[attributes]]\nid = \"a\"\nlabel = {{ ja = \"あ\" }}\npurpose = {{ ja = \"い\" }}\n{more}"
            )
        };
        let cases = [
            ("kind = \"shoe\"", "attribute a: kind is \"shoe\"; write choice, topics"),
            ("kind = \"date\"\nkeep = \"long\"", "attribute a: keep is \"long\"; write \"while-registered\""),
            ("kind = \"date\"\nkeeping = \"open\"", "keeping is \"open\"; write \"plain\" or \"sealed\""),
            ("kind = \"date\"\nmost = 3", "most is for attributes of kind number, children alone"),
            ("kind = \"number\"\nleast = 3", "a number needs least and most"),
            ("kind = \"children\"\nmost = -1", "most has to be between 1 and 12"),
            (
                "kind = \"choice\"\nchoices = [{ id = \"X\", label = { ja = \"x\" } }]",
                "attribute a, X: \"X\" is not",
            ),
            (
                "kind = \"group\"\nchoices = [{ id = \"x\", label = { ja = \"x\" }, code_sha256 = \"c0de\" }]",
                "attribute a, x: code_sha256 has to be",
            ),
            (
                "kind = \"topics\"\nchoices = [{ id = \"x\", label = { ja = \"x\" }, hours = [\"9-7\"] }]",
                "attribute a, x: hours are whole hours",
            ),
            ("kind = \"choice\"", "attribute a: there is nothing to choose"),
        ];
        for (more, expected) in cases {
            let told = read_toml(&one(more)).unwrap_err();
            assert!(told.iter().any(|one| one.contains(expected)), "{expected}: {told:?}");
        }
        let several = format!("{}\n{}", one("kind = \"shoe\"\nkeep = \"long\""), one("kind = \"hat\""));
        assert_eq!(read_toml(&several).unwrap_err().len(), 3);
    }
}
