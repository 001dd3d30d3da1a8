//! Reasons for staff, in Japanese and English: `assets/locales/{ja,en}/reasons.ftl`.
//!
//! The demo and `todoke intents ask` show them; residents never see one.

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::{Catalogue, CatalogueError, read};
use crate::domain::{language::Language, reason::Reason};

/// Both catalogues of reasons.
pub(super) struct Reasons {
    ja: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

/// The key of every reason that is told from a catalogue.
const KEYS: [&str; 25] = [
    "safety-pattern",
    "safety-likeness",
    "about-language",
    "fixed-phrase",
    "personal-data",
    "nearest",
    "elsewhere",
    "other-municipality",
    "topic-name",
    "several-matters",
    "second-too-close",
    "not-sure-enough",
    "nothing-near",
    "became-friend",
    "fixed-kind",
    "choice-tapped",
    "number-typed",
    "none-fitted",
    "topic-tapped",
    "topics-asked",
    "button-too-old",
    "answer-helped",
    "answer-wrong",
    "language-tapped",
    "about-announcement",
];

impl Reasons {
    pub(super) fn embedded() -> Result<Self, CatalogueError> {
        let both = Self {
            ja: read(Language::Ja, include_str!("../../assets/locales/ja/reasons.ftl"))?,
            en: read(Language::En, include_str!("../../assets/locales/en/reasons.ftl"))?,
        };
        for (language, bundle) in [(Language::Ja, &both.ja), (Language::En, &both.en)] {
            let is_there = |key: &&str| bundle.get_message(key).is_some_and(|m| m.value().is_some());
            if let Some(key) = KEYS.iter().copied().find(|key| !is_there(key)) {
                return Err(CatalogueError::Missing { language, key });
            }
        }
        Ok(both)
    }
}

impl Catalogue {
    /// A reason as a sentence: in Japanese for readers of Japanese, in English for all others.
    pub fn reason(&self, language: Language, reason: &Reason) -> String {
        let bundle = match language {
            Language::Ja | Language::JaEasy => &self.reasons.ja,
            _ => &self.reasons.en,
        };
        let (key, args) = match told(reason) {
            Ok(told) => told,
            Err(sentence) => return sentence.to_owned(),
        };
        let message = bundle.get_message(key).expect("every reason was checked at start");
        let pattern = message.value().expect("every reason was checked at start");
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// The key and the values of a reason; the sentence itself for one of before.
fn told(reason: &Reason) -> Result<(&'static str, FluentArgs<'static>), &str> {
    let none = FluentArgs::new;
    let share = |value: &f32| format!("{value:.2}");
    let with = |values: &[(&'static str, &str)]| {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        args
    };
    Ok(match reason {
        Reason::SafetyPattern { kind } => ("safety-pattern", with(&[("kind", kind)])),
        Reason::SafetyLikeness { kind, confidence, enough } => (
            "safety-likeness",
            with(&[("kind", kind), ("confidence", &share(confidence)), ("enough", &share(enough))]),
        ),
        Reason::AboutLanguage => ("about-language", none()),
        Reason::Registration => ("registration", none()),
        Reason::FixedPhrase { id } => ("fixed-phrase", with(&[("id", id)])),
        Reason::PersonalData { what } => ("personal-data", with(&[("what", what.as_str())])),
        Reason::Nearest { intent, by, confidence, answers, asks } => (
            "nearest",
            with(&[
                ("intent", intent.as_str()),
                ("by", by),
                ("confidence", &share(confidence)),
                ("answers", &share(answers)),
                ("asks", &share(asks)),
            ]),
        ),
        Reason::Elsewhere { matter, by, confidence, enough } => (
            "elsewhere",
            with(&[
                ("matter", matter),
                ("by", by),
                ("confidence", &share(confidence)),
                ("enough", &share(enough)),
            ]),
        ),
        Reason::OtherMunicipality => ("other-municipality", none()),
        Reason::TopicName => ("topic-name", none()),
        Reason::SeveralMatters => ("several-matters", none()),
        Reason::SecondTooClose => ("second-too-close", none()),
        Reason::NotSureEnough => ("not-sure-enough", none()),
        Reason::NothingNear => ("nothing-near", none()),
        Reason::BecameFriend => ("became-friend", none()),
        Reason::FixedKind => ("fixed-kind", none()),
        Reason::ChoiceTapped => ("choice-tapped", none()),
        Reason::NumberTyped => ("number-typed", none()),
        Reason::NoneFitted => ("none-fitted", none()),
        Reason::TopicTapped => ("topic-tapped", none()),
        Reason::TopicsAsked => ("topics-asked", none()),
        Reason::ButtonTooOld => ("button-too-old", none()),
        Reason::AnswerHelped => ("answer-helped", none()),
        Reason::AnswerWrong => ("answer-wrong", none()),
        Reason::LanguageTapped => ("language-tapped", none()),
        Reason::AboutAnnouncement => ("about-announcement", none()),
        Reason::Sentence(sentence) => return Err(sentence),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::reason::Personal;

    /// Every reason, made from its stored name, which is its key too.
    fn every_reason() -> Vec<Reason> {
        let make = |key: &&str| {
            let stored = json!({
                "reason": key, "kind": "fire", "id": "thanks", "what": "mail", "intent": "garbage.bulky", "matter": "passport",
                "by": "bm25f", "confidence": 0.5, "enough": 0.75, "answers": 0.66, "asks": 0.25,
            });
            serde_json::from_value(stored).unwrap()
        };
        let mut reasons: Vec<Reason> = KEYS.iter().map(make).collect();
        reasons.extend(Personal::ALL.map(|what| Reason::PersonalData { what }));
        reasons
    }

    #[test]
    fn every_reason_is_told_in_both_languages_with_all_its_values() {
        let catalogue = Catalogue::embedded().unwrap();
        for reason in every_reason() {
            let (key, args) = told(&reason).unwrap();
            let stored = serde_json::to_value(&reason).unwrap();
            assert_eq!(stored["reason"], key, "the stored name is the key");
            let [ja, en] = [Language::Ja, Language::En].map(|language| catalogue.reason(language, &reason));
            assert!(!ja.contains('{') && !en.contains('{'), "a variable is left open: {ja} {en}");
            assert!(!ja.is_ascii() && en.is_ascii() && !en.is_empty(), "{ja} {en}");
            for name in args.iter().map(|(name, _)| name).filter(|name| *name != "what") {
                let value = &stored[name];
                let value = value
                    .as_f64()
                    .map_or_else(|| value.as_str().unwrap().to_owned(), |number| format!("{number:.2}"));
                assert!(ja.contains(&value) && en.contains(&value), "{name} of {key}: {ja} {en}");
            }
        }
        let told: std::collections::BTreeSet<String> = Personal::ALL
            .iter()
            .map(|what| catalogue.reason(Language::Ja, &Reason::PersonalData { what: *what }))
            .collect();
        assert_eq!(told.len(), Personal::ALL.len(), "each kind of personal data has its own words");
    }

    #[test]
    fn a_sentence_of_before_is_told_as_it_was() {
        let catalogue = Catalogue::embedded().unwrap();
        let sentence = Reason::Sentence("nothing is near enough".into());
        assert_eq!(catalogue.reason(Language::Ja, &sentence), "nothing is near enough");
    }
}
