//! Shapes → drafts, and back from a field to its place in the file.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use super::shape::{ContactShape, IntentShape, Texts, TopicFile};
use crate::{
    domain::language::Language,
    intent::draft::{self, ContactDraft, Draft, Field, LinkDraft, QuickDraft, TopicDraft, ValidDraft},
};

/// Line and column, counted from 1.
type Place = (u64, u64);

impl TopicFile {
    /// The topic without its intents.
    pub(super) fn draft(&self, name: &str) -> TopicDraft {
        TopicDraft {
            topic: name.to_owned(),
            title: texts(&self.title),
            names: list(&self.names),
            owner: self.owner.value.clone(),
            contact: self.contact.draft(),
            order: self.intents.iter().map(|intent| intent.id.value.clone()).collect(),
        }
        .tidied()
    }

    /// Where a field of the topic stands.
    pub(super) fn place(&self, field: Field, item: Option<usize>) -> Place {
        match field {
            Field::Title(language) => text_place(&self.title, language),
            Field::Names => item_place(&self.names, item).unwrap_or(place(&self.topic)),
            Field::Owner => place(&self.owner),
            _ => self.contact.place(field).unwrap_or(place(&self.topic)),
        }
    }
}

impl ContactShape {
    fn draft(&self) -> ContactDraft {
        ContactDraft {
            name: texts(&self.name),
            tel: self.tel.as_ref().map(|tel| tel.value.clone()),
            hours: texts(&self.hours),
        }
    }

    fn place(&self, field: Field) -> Option<Place> {
        match field {
            Field::ContactName(language) => Some(text_place(&self.name, language)),
            Field::ContactHours(language) => Some(text_place(&self.hours, language)),
            Field::ContactTel => self.tel.as_ref().map(place),
            _ => None,
        }
    }
}

impl IntentShape {
    /// The intent as typed.
    pub(super) fn draft(&self) -> Draft {
        let one = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
        Draft {
            id: self.id.value.clone(),
            title: texts(&self.title),
            owner: one(&self.owner),
            examples: self.examples.iter().map(|(language, examples)| (*language, list(examples))).collect(),
            keywords: list(&self.keywords),
            patterns: list(&self.patterns),
            answer: texts(&self.answer),
            link: self
                .link
                .as_ref()
                .map(|link| LinkDraft { label: texts(&link.label), url: link.url.value.clone() }),
            quick_replies: self
                .quick_replies
                .iter()
                .map(|quick| QuickDraft { label: texts(&quick.label), text: texts(&quick.text) })
                .collect(),
            contact: self.contact.as_ref().map(ContactShape::draft),
            source: one(&self.source),
            checked_on: one(&self.checked_on),
            valid: self
                .valid
                .as_ref()
                .map(|valid| ValidDraft { from: one(&valid.from), until: one(&valid.until) }),
            follow_up: list(&self.follow_up),
            must_not_break: list(&self.must_not_break),
        }
        .tidied()
    }

    /// Where a field of the intent stands; the id where it has no place of its own.
    pub(super) fn place(&self, field: Field, item: Option<usize>) -> Place {
        let quick = |texts: fn(&super::shape::QuickShape) -> &Texts, language| {
            self.quick_replies.get(item?).map(|quick| text_place(texts(quick), language))
        };
        let found = match field {
            Field::Title(language) => Some(text_place(&self.title, language)),
            Field::Answer(language) => Some(text_place(&self.answer, language)),
            Field::Owner => self.owner.as_ref().map(place),
            Field::Examples(language) => {
                self.examples.get(&language).and_then(|examples| item_place(examples, item))
            }
            Field::Keywords => item_place(&self.keywords, item),
            Field::Patterns => item_place(&self.patterns, item),
            Field::FollowUp => item_place(&self.follow_up, item),
            Field::MustNotBreak => item_place(&self.must_not_break, item),
            Field::LinkLabel(language) => self.link.as_ref().map(|link| text_place(&link.label, language)),
            Field::LinkUrl => self.link.as_ref().map(|link| place(&link.url)),
            Field::QuickLabel(language) => quick(|quick| &quick.label, language),
            Field::QuickText(language) => quick(|quick| &quick.text, language),
            Field::ContactName(_) | Field::ContactTel | Field::ContactHours(_) => {
                self.contact.as_ref().and_then(|contact| contact.place(field))
            }
            Field::Source => self.source.as_ref().map(place),
            Field::CheckedOn => self.checked_on.as_ref().map(place),
            Field::ValidFrom => self.valid.as_ref().and_then(|valid| valid.from.as_ref()).map(place),
            Field::ValidUntil => self.valid.as_ref().and_then(|valid| valid.until.as_ref()).map(place),
            Field::Id | Field::Names | Field::Order => None,
        };
        found.unwrap_or(place(&self.id))
    }
}

fn texts(texts: &Texts) -> draft::Texts {
    texts.value.iter().map(|(language, text)| (*language, text.value.clone())).collect::<BTreeMap<_, _>>()
}

fn list(list: &[Spanned<String>]) -> Vec<String> {
    list.iter().map(|text| text.value.clone()).collect()
}

fn text_place(texts: &Texts, language: Language) -> Place {
    texts.value.get(&language).map_or(place(texts), place)
}

fn item_place(list: &[Spanned<String>], item: Option<usize>) -> Option<Place> {
    list.get(item.unwrap_or(0)).map(place)
}

/// Where a value stands.
pub(super) fn place<T>(at: &Spanned<T>) -> Place {
    (at.referenced.line(), at.referenced.column())
}
