//! What an announcement says: words, pictures and cards in several languages, as staff write them.
//!
//! It is also the shape that other systems post, so names here are public. A content may be unfinished: texts
//! may be too long or missing until somebody submits it. [`Content::faults`] says what hinders,
//! [`Content::render`](super::render) makes what goes out, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    field::{self, FieldName},
    place::{Fault, Part, Place},
};
use crate::domain::{
    audit::Link,
    language::Language,
    staff::{Department, Line},
};

/// What staff call it among themselves; residents never see it. One line of 1 to 60 characters.
pub type Title = Line<60>;

/// The most blocks of one language: LINE takes five messages a call (Messaging API, multicast).
pub const MOST_BLOCKS: usize = 5;

/// What an announcement says, in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What staff call it.
    pub title: Title,
    /// What is said, by language: one to five blocks each.
    pub bodies: BTreeMap<Language, Vec<Block>>,
    /// Whether phones stay silent (`notificationDisabled` of the Messaging API).
    #[serde(default)]
    pub is_silent: bool,
    /// Which department speaks. The server writes it before the first words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
}

/// One part of what is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Words, at most 5,000 UTF-16 units; fields may stand in them.
    Text(String),
    /// A picture.
    Image(Picture),
    /// A text with buttons.
    Card(Card),
}

/// A picture. What it shows goes out in words before it, since LINE has no alternative text for pictures: it
/// counts as two of the five messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Its https address: JPEG or PNG, at most 10 MB.
    pub original: String,
    /// The https address of its small form, at most 1 MB.
    pub preview: String,
    /// What it shows, in words; fields may stand in it.
    pub alt: String,
}

/// A text with buttons, perhaps below a picture.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// At most 40 characters; fields may stand in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// At most 160 characters, 60 below a title or a picture; fields may stand in it.
    pub text: String,
    /// The https address of a picture, JPEG or PNG, at most 10 MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What notifications and old devices show instead, at most 1,500 UTF-16 units; fields may stand in it.
    pub alt: String,
    /// One to four.
    pub buttons: Vec<Button>,
}

/// A button that opens an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// At most 20 characters.
    pub label: String,
    /// `https:` or `tel:`, at most 1,000 characters.
    pub uri: String,
}

impl Content {
    /// The hash of all of it, by which an approval is bound to exactly these words. Two contents have the same
    /// only if they are the same.
    pub fn hash(&self) -> Link {
        // Fields in the order of their types, languages in theirs: one content has one spelling.
        let json = serde_json::to_string(self).expect("texts, lists and maps of them are JSON");
        Link::of_text(&format!("announcement-content-1\0{json}"))
    }

    /// In which languages it says anything.
    pub fn languages(&self) -> impl Iterator<Item = Language> {
        self.bodies.iter().filter(|(_, body)| !body.is_empty()).map(|(language, _)| *language)
    }

    /// In which language it speaks to a reader of another: their own; for readers of easy Japanese the usual one;
    /// for others what the account prefers (`order`), then what is nearest ([`Language::fallbacks`], at last
    /// Japanese), then whatever there is. `None`: it says nothing.
    pub fn spoken_to(&self, reader: Language, order: &[Language]) -> Option<Language> {
        let order = if reader == Language::JaEasy { &[] } else { order };
        let has = |language: &Language| self.bodies.get(language).is_some_and(|body| !body.is_empty());
        let wanted =
            [reader].into_iter().chain(order.iter().copied()).chain(reader.fallbacks().iter().copied());
        wanted.chain(Language::ALL).find(has)
    }

    /// What it says in exactly this language; empty: nothing.
    pub fn body(&self, language: Language) -> &[Block] {
        self.bodies.get(&language).map_or(&[], Vec::as_slice)
    }

    /// The fields that stand in any of its languages. Those that cannot be read are [`Self::faults`].
    pub fn fields(&self) -> BTreeSet<FieldName> {
        self.languages().flat_map(|language| self.fields_in(language)).collect()
    }

    /// The fields that stand in what it says in this language.
    pub fn fields_in(&self, language: Language) -> BTreeSet<FieldName> {
        let texts = self.body(language).iter().flat_map(Block::words);
        texts.filter_map(|(_, text)| field::read(text).ok()).flat_map(|text| text.fields()).collect()
    }

    /// Every text that people read, with its place.
    pub fn words(&self) -> impl Iterator<Item = (Place, &str)> {
        self.parts(Block::words)
    }

    /// Every address, with its place.
    pub fn addresses(&self) -> impl Iterator<Item = (Place, &str)> {
        self.parts(Block::addresses)
    }

    fn parts<'a>(
        &'a self,
        of: impl Fn(&'a Block) -> Vec<(Part, &'a str)> + Copy,
    ) -> impl Iterator<Item = (Place, &'a str)> {
        self.bodies.iter().flat_map(move |(language, body)| {
            body.iter().enumerate().flat_map(move |(block, said)| {
                let place = Place::of(*language).in_block(block);
                of(said).into_iter().map(move |(part, text)| (place.at(part), text))
            })
        })
    }

    /// What hinders it from going out, in every language, with places: LINE's limits and fields that cannot be
    /// read. Values of fields are not known here; the longest one counts when it is submitted.
    pub fn faults(&self) -> Vec<Fault> {
        let check = |language| self.render_with(language, None, &super::Dress::default()).err();
        self.languages().filter_map(check).flatten().collect()
    }
}

impl Block {
    /// Its texts that people read: those in which fields may stand, and labels.
    pub fn words(&self) -> Vec<(Part, &str)> {
        match self {
            Self::Text(text) => vec![(Part::Text, text)],
            Self::Image(picture) => vec![(Part::Alt, &picture.alt)],
            Self::Card(card) => {
                let mut words: Vec<(Part, &str)> =
                    card.title.iter().map(|t| (Part::Title, t.as_str())).collect();
                words.extend([(Part::Text, card.text.as_str()), (Part::Alt, card.alt.as_str())]);
                words.extend(
                    card.buttons
                        .iter()
                        .enumerate()
                        .map(|(at, button)| (Part::Label(at), button.label.as_str())),
                );
                words
            }
        }
    }

    /// The addresses that it names in fields of their own; those in the middle of words are for the lints.
    pub fn addresses(&self) -> Vec<(Part, &str)> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Image(picture) => {
                vec![(Part::Original, &picture.original), (Part::Preview, &picture.preview)]
            }
            Self::Card(card) => {
                let image = card.image.iter().map(|image| (Part::Original, image.as_str()));
                let buttons = card.buttons.iter().enumerate();
                image.chain(buttons.map(|(at, button)| (Part::Uri(at), button.uri.as_str()))).collect()
            }
        }
    }
}

/// A content under a name, to begin from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What staff look for.
    pub name: Title,
    /// What it says.
    pub content: Content,
    /// Whether it is an agreed text for alerts: one person may let such a text out alone (break-glass). Two
    /// people stand behind this mark.
    #[serde(default)]
    pub for_alerts: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(bodies: &[(Language, &str)]) -> Content {
        let body = |text: &str| vec![Block::Text(text.to_owned())];
        Content {
            title: "題".parse().unwrap(),
            bodies: bodies.iter().map(|(language, text)| (*language, body(text))).collect(),
            is_silent: false,
            department: None,
        }
    }

    #[test]
    fn the_nearest_language_is_spoken() {
        use Language::{En, Ja, JaEasy, Ko, Pt, Vi, Zh};
        let content = content(&[(Ja, "あ"), (JaEasy, "い"), (En, "a"), (Zh, "中")]);
        for (reader, order, spoken) in [
            (Ja, &[][..], Ja),
            (JaEasy, &[En], JaEasy),
            (Ko, &[], En),
            (Ko, &[JaEasy, En], JaEasy),
            (Vi, &[Pt, Zh], Zh),
            (Zh, &[JaEasy], Zh),
        ] {
            assert_eq!(content.spoken_to(reader, order), Some(spoken), "{reader} {order:?}");
        }
        let mut empty = content;
        empty.bodies.insert(JaEasy, Vec::new());
        assert_eq!(empty.spoken_to(JaEasy, &[En]), Some(Ja));
        empty.bodies.retain(|language, _| *language == Zh);
        assert_eq!(empty.spoken_to(Ja, &[]), Some(Zh));
        assert_eq!(self::content(&[]).spoken_to(Ja, &[]), None);
    }

    #[test]
    fn any_change_changes_the_hash() {
        let first = content(&[(Language::Ja, "あ"), (Language::En, "a")]);
        let mut others = vec![first.clone(); 6];
        others[0].title = "別".parse().unwrap();
        others[1].is_silent = true;
        others[2].department = Some("環境局".parse().unwrap());
        others[3].bodies.get_mut(&Language::Ja).unwrap().push(Block::Text("い".into()));
        others[4].bodies.insert(Language::En, vec![Block::Text("b".into())]);
        others[5].bodies.remove(&Language::En);
        let hashes: BTreeSet<String> =
            others.iter().chain([&first]).map(|content| content.hash().to_string()).collect();
        assert_eq!(hashes.len(), 7);
        assert_eq!(first.hash(), first.clone().hash());
    }

    #[test]
    fn what_other_systems_post_is_read_and_nothing_else_is() {
        let posted = r#"{ "title": "資源物", "bodies": { "ja": [
            { "text": "あす" },
            { "image": { "original": "https://x.example/a.png", "preview": "https://x.example/b.png", "alt": "図" } },
            { "card": { "text": "予約", "alt": "予約できます", "buttons": [{ "label": "開く", "uri": "https://x.example" }] } }
        ] } }"#;
        let read: Content = serde_json::from_str(posted).unwrap();
        assert_eq!(read.body(Language::Ja).len(), 3);
        assert_eq!(serde_json::from_str::<Content>(&serde_json::to_string(&read).unwrap()).unwrap(), read);
        assert_eq!(read.faults(), []);
        for bad in [
            posted.replace("\"alt\": \"図\"", "\"alt\": \"図\", \"extra\": 1"),
            posted.replace("\"title\": \"資源物\"", "\"title\": \"資源物\\u202e\""),
            posted.replace("\"ja\"", "\"xx\""),
            posted.replace("\"text\": \"あす\"", "\"html\": \"あす\""),
        ] {
            assert!(serde_json::from_str::<Content>(&bad).is_err(), "{bad}");
        }
    }
}
