//! The shapes of the files, with the place of each value that may turn out to be wrong.
//!
//! The doc comments of the topic file become the JSON Schema that editors show.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::domain::language::Language;

/// A text in several languages.
pub(super) type Texts = Spanned<BTreeMap<Language, Spanned<String>>>;
type TextsSchema = BTreeMap<Language, String>;

/// A topic file: `intents/<account>/<topic>.yaml`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TopicFile {
    /// The topic's name: the file's name without `.yaml`.
    #[schemars(with = "String")]
    pub(super) topic: Spanned<String>,
    /// The topic's name for people, by language. Japanese is required.
    #[schemars(with = "TextsSchema")]
    pub(super) title: Texts,
    /// Other words for the topic: somebody who sends nothing else is shown its questions.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) names: Vec<Spanned<String>>,
    /// The department that answers for the intents of this file.
    #[schemars(with = "String")]
    pub(super) owner: Spanned<String>,
    /// Whom residents may call about the intents of this file.
    pub(super) contact: ContactShape,
    /// The questions.
    pub(super) intents: Vec<IntentShape>,
}

/// A topic file of which only the places of its intents are wanted.
#[derive(Deserialize)]
pub(super) struct Items {
    pub(super) intents: Vec<Spanned<serde::de::IgnoredAny>>,
}

/// Whom to call, and when.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactShape {
    /// The division, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) name: Texts,
    /// The telephone number, with hyphens.
    #[schemars(with = "Option<String>")]
    pub(super) tel: Option<Spanned<String>>,
    /// When somebody answers, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) hours: Texts,
}

/// One question with its answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentShape {
    /// `<topic>.<name>`, once in the account.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// The question in a few words, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) title: Texts,
    /// Another owner than the file's.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) owner: Option<Spanned<String>>,
    /// How people ask it, by language: real questions help most.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Language, Vec<String>>")]
    pub(super) examples: BTreeMap<Language, Vec<Spanned<String>>>,
    /// Names of the thing, in any language and spelling.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) keywords: Vec<Spanned<String>>,
    /// Regular expressions for unmistakable phrases, on normalised text.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) patterns: Vec<Spanned<String>>,
    /// The answer, by language; the first sentence answers.
    #[schemars(with = "TextsSchema")]
    pub(super) answer: Texts,
    /// The online procedure.
    #[serde(default)]
    pub(super) link: Option<LinkShape>,
    /// What may be asked next.
    #[serde(default)]
    pub(super) quick_replies: Vec<QuickShape>,
    /// Another contact than the file's.
    #[serde(default)]
    pub(super) contact: Option<ContactShape>,
    /// The page that the answer rests on.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) source: Option<Spanned<String>>,
    /// The day on which somebody last compared the answer with that page, for example 2026-11-01.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) checked_on: Option<Spanned<String>>,
    /// The days on which the answer holds.
    #[serde(default)]
    pub(super) valid: Option<ValidShape>,
    /// Intents offered after the answer.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) follow_up: Vec<Spanned<String>>,
    /// Questions that this intent must answer: a change that loses one is not published on the console.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) must_not_break: Vec<Spanned<String>>,
}

/// A button that opens the online procedure.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkShape {
    /// On the button, by language, at most 20 characters.
    #[schemars(with = "TextsSchema")]
    pub(super) label: Texts,
    /// The address, beginning with https://.
    #[schemars(with = "String")]
    pub(super) url: Spanned<String>,
}

/// A quick reply.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuickShape {
    /// On the button, by language, at most 20 characters.
    #[schemars(with = "TextsSchema")]
    pub(super) label: Texts,
    /// What the resident then says, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) text: Texts,
}

/// First and last day, both included, in the account's time zone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValidShape {
    /// The first day, for example 2026-04-01.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) from: Option<Spanned<String>>,
    /// The last day, for example 2027-03-31.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) until: Option<Spanned<String>>,
}

/// `_safety.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SafetyFile {
    pub(super) kinds: Vec<SafetyShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SafetyShape {
    pub(super) id: Spanned<String>,
    pub(super) title: Texts,
    pub(super) patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) exceptions: Vec<Spanned<String>>,
    pub(super) reply: Texts,
    pub(super) numbers: Vec<NumberShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberShape {
    pub(super) name: Texts,
    pub(super) tel: Spanned<String>,
    pub(super) hours: Texts,
    pub(super) source: Spanned<String>,
    pub(super) checked_on: Spanned<String>,
}

/// `_safety-examples.yaml`: by kind of danger, and `ordinary`.
pub(super) type SafetyExamplesFile = BTreeMap<String, Spanned<Vec<Spanned<String>>>>;

/// `intents/<account>/_elsewhere.yaml`: what people ask the city although somebody else answers for it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ElsewhereFile {
    /// This municipality and its prefecture, in every spelling that people use. Without it no other
    /// municipality is recognised.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) home: Vec<Spanned<String>>,
    /// Municipalities nearby that todoke's own list of larger ones lacks, by language.
    #[serde(default)]
    #[schemars(with = "Vec<TextsSchema>")]
    pub(super) neighbours: Vec<Texts>,
    /// The matters.
    pub(super) matters: Vec<MatterShape>,
}

/// One matter of somebody else.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MatterShape {
    /// Its name, once in the file: lower case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// The matter in a few words, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) title: Texts,
    /// How people ask for it, by language.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Language, Vec<String>>")]
    pub(super) examples: BTreeMap<Language, Vec<Spanned<String>>>,
    /// Names of the thing, in any language and spelling.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) keywords: Vec<Spanned<String>>,
    /// Regular expressions for unmistakable phrases, on normalised text.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) patterns: Vec<Spanned<String>>,
    /// Says who does it, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) reply: Texts,
    /// Whom to ask.
    #[serde(default)]
    pub(super) contact: Option<OfficeShape>,
    /// The page of whoever does it.
    #[serde(default)]
    pub(super) link: Option<LinkShape>,
}

/// Whom to ask elsewhere. A telephone number needs its hours.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfficeShape {
    /// The office, by language.
    #[schemars(with = "TextsSchema")]
    pub(super) name: Texts,
    /// The telephone number, with hyphens.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) tel: Option<Spanned<String>>,
    /// When somebody answers, by language.
    #[serde(default)]
    #[schemars(with = "Option<TextsSchema>")]
    pub(super) hours: Option<Texts>,
}

/// `_fixed.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixedFile {
    /// The city's general desk.
    #[serde(default)]
    pub(super) desk: Option<ContactShape>,
    /// The topics that are offered first, the most asked one first; the others follow in the order of files.
    #[serde(default)]
    pub(super) topics: Vec<Spanned<String>>,
    pub(super) kinds: Vec<FixedShape>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixedShape {
    pub(super) id: Spanned<String>,
    #[serde(default)]
    pub(super) patterns: Vec<Spanned<String>>,
    pub(super) reply: Texts,
    #[serde(default)]
    pub(super) quick_replies: Vec<QuickShape>,
}
