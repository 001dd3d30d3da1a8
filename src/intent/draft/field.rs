//! The fields of a draft by name: what a problem points to, a diff compares and a sheet has as columns.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::{ContactDraft, Draft, LinkDraft, Texts, TopicDraft, ValidDraft};
use crate::domain::language::Language;

/// One field of an intent or topic, written `answer.ja`, `keywords`, `link.url`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the field of this name of Draft or TopicDraft")]
pub enum Field {
    Id,
    Title(Language),
    Names,
    Owner,
    Answer(Language),
    Examples(Language),
    Keywords,
    Patterns,
    LinkLabel(Language),
    LinkUrl,
    QuickLabel(Language),
    QuickText(Language),
    ContactName(Language),
    ContactTel,
    ContactHours(Language),
    Source,
    CheckedOn,
    ValidFrom,
    ValidUntil,
    FollowUp,
    MustNotBreak,
    Order,
}

type Constructor = fn(Language) -> Field;

/// Fields in several languages, by the first part of their names.
const LOCALIZED: [(&str, Constructor); 8] = [
    ("title", Field::Title),
    ("answer", Field::Answer),
    ("examples", Field::Examples),
    ("link.label", Field::LinkLabel),
    ("quick_replies.label", Field::QuickLabel),
    ("quick_replies.text", Field::QuickText),
    ("contact.name", Field::ContactName),
    ("contact.hours", Field::ContactHours),
];

/// The other fields by their names.
const PLAIN: [(&str, Field); 14] = [
    ("id", Field::Id),
    ("names", Field::Names),
    ("owner", Field::Owner),
    ("keywords", Field::Keywords),
    ("patterns", Field::Patterns),
    ("link.url", Field::LinkUrl),
    ("contact.tel", Field::ContactTel),
    ("source", Field::Source),
    ("checked_on", Field::CheckedOn),
    ("valid.from", Field::ValidFrom),
    ("valid.until", Field::ValidUntil),
    ("follow_up", Field::FollowUp),
    ("must_not_break", Field::MustNotBreak),
    ("order", Field::Order),
];

impl Field {
    /// Every field of an intent, in the order in which people read them.
    pub fn of_intents() -> impl Iterator<Item = Self> {
        let each = |make: Constructor| Language::ALL.into_iter().map(make);
        [Self::Id]
            .into_iter()
            .chain(each(Self::Title))
            .chain(each(Self::Answer))
            .chain(each(Self::Examples))
            .chain([Self::Keywords, Self::Patterns])
            .chain(each(Self::LinkLabel))
            .chain([Self::LinkUrl])
            .chain(each(Self::QuickLabel))
            .chain(each(Self::QuickText))
            .chain([Self::Owner])
            .chain(each(Self::ContactName))
            .chain([Self::ContactTel])
            .chain(each(Self::ContactHours))
            .chain([
                Self::Source,
                Self::CheckedOn,
                Self::ValidFrom,
                Self::ValidUntil,
                Self::FollowUp,
                Self::MustNotBreak,
            ])
    }

    /// Every field of a topic, in the order in which people read them.
    pub fn of_topics() -> impl Iterator<Item = Self> {
        let each = |make: Constructor| Language::ALL.into_iter().map(make);
        each(Self::Title)
            .chain([Self::Names, Self::Owner])
            .chain(each(Self::ContactName))
            .chain([Self::ContactTel])
            .chain(each(Self::ContactHours))
            .chain([Self::Order])
    }

    /// Whether it holds several values.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Names
                | Self::Examples(_)
                | Self::Keywords
                | Self::Patterns
                | Self::QuickLabel(_)
                | Self::QuickText(_)
                | Self::FollowUp
                | Self::MustNotBreak
                | Self::Order
        )
    }

    /// The values in a text that people typed: of a list each line, otherwise the whole; blanks around them,
    /// and what is empty, go.
    pub fn read(self, text: &str) -> Vec<String> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let values: Vec<&str> = if self.is_list() { text.split('\n').collect() } else { vec![&text] };
        values.into_iter().map(str::trim).filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect()
    }

    /// The language of its text, if it is in one.
    pub fn language(self) -> Option<Language> {
        match self {
            Self::Title(l)
            | Self::Answer(l)
            | Self::Examples(l)
            | Self::LinkLabel(l)
            | Self::QuickLabel(l)
            | Self::QuickText(l)
            | Self::ContactName(l)
            | Self::ContactHours(l) => Some(l),
            _ => None,
        }
    }

    /// Its name without the language: `answer`, `contact.tel`, …
    pub fn base(self) -> &'static str {
        let localized = |language| LOCALIZED.iter().find(|(_, make)| make(language) == self).map(|(n, _)| *n);
        let plain = || PLAIN.iter().find(|(_, field)| *field == self).map(|(name, _)| *name);
        self.language().and_then(localized).or_else(plain).expect("every field is in one of the two lists")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base())?;
        self.language().map_or(Ok(()), |language| write!(f, ".{language}"))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is no name of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no field")]
pub struct UnknownField(pub String);

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(name: &str) -> Result<Self, UnknownField> {
        let localized = || {
            let (base, code) = name.rsplit_once('.')?;
            let language = code.parse().ok()?;
            LOCALIZED.iter().find(|(known, _)| *known == base).map(|(_, make)| make(language))
        };
        let plain = PLAIN.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        plain.or_else(localized).ok_or_else(|| UnknownField(name.to_owned()))
    }
}

impl Draft {
    /// The values of a field: none or one, several for a list.
    pub fn values(&self, field: Field) -> Vec<&str> {
        let one: Option<&str> = match field {
            Field::Id => Some(&self.id),
            Field::Title(l) => return text(&self.title, l),
            Field::Answer(l) => return text(&self.answer, l),
            Field::Owner => self.owner.as_deref(),
            Field::LinkLabel(l) => return self.link.as_ref().map_or_else(Vec::new, |x| text(&x.label, l)),
            Field::LinkUrl => self.link.as_ref().map(|link| link.url.as_str()),
            Field::ContactName(_) | Field::ContactTel | Field::ContactHours(_) => {
                return self.contact.as_ref().map_or_else(Vec::new, |contact| contact.values(field));
            }
            Field::Source => self.source.as_deref(),
            Field::CheckedOn => self.checked_on.as_deref(),
            Field::ValidFrom => self.valid.as_ref().and_then(|valid| valid.from.as_deref()),
            Field::ValidUntil => self.valid.as_ref().and_then(|valid| valid.until.as_deref()),
            Field::Examples(l) => {
                return self.examples.get(&l).map_or_else(Vec::new, |list| refs(list));
            }
            Field::Keywords => return refs(&self.keywords),
            Field::Patterns => return refs(&self.patterns),
            Field::FollowUp => return refs(&self.follow_up),
            Field::MustNotBreak => return refs(&self.must_not_break),
            Field::QuickLabel(l) => {
                return self
                    .quick_replies
                    .iter()
                    .filter_map(|q| q.label.get(&l))
                    .map(String::as_str)
                    .collect();
            }
            Field::QuickText(l) => {
                return self
                    .quick_replies
                    .iter()
                    .filter_map(|q| q.text.get(&l))
                    .map(String::as_str)
                    .collect();
            }
            Field::Names | Field::Order => None,
        };
        one.into_iter().collect()
    }

    /// Puts values into a field; none empties it. Quick replies cannot be put in this way, since their labels
    /// and texts belong together in pairs; they stay as they are.
    pub fn set(&mut self, field: Field, values: Vec<String>) {
        let one = |values: Vec<String>| values.into_iter().next();
        match field {
            Field::Id => self.id = one(values).unwrap_or_default(),
            Field::Title(l) => put(&mut self.title, l, one(values)),
            Field::Answer(l) => put(&mut self.answer, l, one(values)),
            Field::Owner => self.owner = one(values),
            Field::LinkLabel(_) | Field::LinkUrl => {
                let link = self.link.get_or_insert_default();
                match field {
                    Field::LinkLabel(l) => put(&mut link.label, l, one(values)),
                    _ => link.url = one(values).unwrap_or_default(),
                }
                self.link.take_if(|link| *link == LinkDraft::default());
            }
            Field::ContactName(_) | Field::ContactTel | Field::ContactHours(_) => {
                self.contact.get_or_insert_default().set(field, one(values));
                self.contact.take_if(|contact| *contact == ContactDraft::default());
            }
            Field::Source => self.source = one(values),
            Field::CheckedOn => self.checked_on = one(values),
            Field::ValidFrom | Field::ValidUntil => {
                let valid = self.valid.get_or_insert_default();
                let day = if field == Field::ValidFrom { &mut valid.from } else { &mut valid.until };
                *day = one(values);
                self.valid.take_if(|valid| *valid == ValidDraft::default());
            }
            Field::Examples(l) => {
                if values.is_empty() {
                    self.examples.remove(&l);
                } else {
                    self.examples.insert(l, values);
                }
            }
            Field::Keywords => self.keywords = values,
            Field::Patterns => self.patterns = values,
            Field::FollowUp => self.follow_up = values,
            Field::MustNotBreak => self.must_not_break = values,
            Field::QuickLabel(_) | Field::QuickText(_) | Field::Names | Field::Order => {}
        }
    }
}

impl TopicDraft {
    /// The values of a field: none or one, several for a list.
    pub fn values(&self, field: Field) -> Vec<&str> {
        match field {
            Field::Title(l) => text(&self.title, l),
            Field::Names => refs(&self.names),
            Field::Owner => vec![self.owner.as_str()],
            Field::Order => refs(&self.order),
            _ => self.contact.values(field),
        }
    }

    /// Puts values into a field; none empties it. What only intents have is left alone.
    pub fn set(&mut self, field: Field, values: Vec<String>) {
        let one = |values: Vec<String>| values.into_iter().next();
        match field {
            Field::Title(l) => put(&mut self.title, l, one(values)),
            Field::Names => self.names = values,
            Field::Owner => self.owner = one(values).unwrap_or_default(),
            Field::Order => self.order = values,
            Field::ContactName(_) | Field::ContactTel | Field::ContactHours(_) => {
                self.contact.set(field, one(values));
            }
            _ => {}
        }
    }
}

impl ContactDraft {
    fn values(&self, field: Field) -> Vec<&str> {
        match field {
            Field::ContactName(l) => text(&self.name, l),
            Field::ContactHours(l) => text(&self.hours, l),
            Field::ContactTel => self.tel.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn set(&mut self, field: Field, value: Option<String>) {
        match field {
            Field::ContactName(l) => put(&mut self.name, l, value),
            Field::ContactHours(l) => put(&mut self.hours, l, value),
            _ => self.tel = value,
        }
    }
}

fn text(texts: &Texts, language: Language) -> Vec<&str> {
    texts.get(&language).map(String::as_str).into_iter().collect()
}

fn refs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn put(texts: &mut Texts, language: Language, value: Option<String>) {
    match value {
        Some(value) => {
            texts.insert(language, value);
        }
        None => {
            texts.remove(&language);
        }
    }
}
