//! The sentences that todoke itself says, in every language: Fluent catalogues, embedded. Those of a chat
//! stand here, those of the staff console in [`ConsoleWords`].
//!
//! Journeys call it to compose replies, the demo and `intents ask` to tell staff the [`reasons`]. What a city
//! writes itself (answers, fixed and safety replies) comes from its intent files, not from here. The
//! catalogues are `assets/locales/<language>/chat.ftl`.

mod console;
mod phrase;
pub mod public;
mod reasons;

use std::collections::{BTreeMap, HashMap};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

pub use console::ConsoleWords;
pub use phrase::Phrase;

use crate::domain::language::Language;

/// Why the embedded catalogues cannot be used: a fault of the build, found by the tests.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A catalogue is no valid Fluent.
    #[error("the catalogue of {language} cannot be read: {what}")]
    Syntax {
        /// Whose catalogue.
        language: Language,
        /// What Fluent says.
        what: String,
    },
    /// A sentence is missing.
    #[error("the catalogue of {language} has no sentence {key}")]
    Missing {
        /// Whose catalogue.
        language: Language,
        /// The sentence's key.
        key: &'static str,
    },
}

/// All catalogues.
pub struct Catalogue {
    bundles: BTreeMap<Language, FluentBundle<FluentResource>>,
    /// Sentences without variables: every reply says a dozen of them, and they never change.
    said: HashMap<(Language, Phrase), String>,
    reasons: reasons::Reasons,
    pages: public::Sentences,
}

impl Catalogue {
    /// Reads the embedded catalogues and checks that each has every sentence.
    pub fn embedded() -> Result<Self, CatalogueError> {
        let bundles = Language::ALL
            .into_iter()
            .map(|language| Ok((language, bundle(language, source(language))?)))
            .collect::<Result<_, CatalogueError>>()?;
        let mut catalogue = Self {
            bundles,
            said: HashMap::new(),
            reasons: reasons::Reasons::embedded()?,
            pages: public::Sentences::embedded()?,
        };
        for language in Language::ALL {
            for phrase in Phrase::ALL {
                let said = catalogue.format(language, *phrase, None);
                catalogue.said.insert((language, *phrase), said);
            }
        }
        Ok(catalogue)
    }

    /// The sentence in a language.
    pub fn say(&self, language: Language, phrase: Phrase) -> String {
        self.said[&(language, phrase)].clone()
    }

    /// A sentence of a resident's own page.
    pub fn page(
        &self,
        reader: Language,
        sentence: public::Sentence,
        values: &[(&'static str, &str)],
    ) -> String {
        self.pages.say(reader, sentence, values)
    }

    /// The sentence with its variables filled in.
    pub fn say_with(&self, language: Language, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        self.format(language, phrase, Some(&args))
    }

    fn format(&self, language: Language, phrase: Phrase, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundles.get(&language).expect("there is a bundle for every language");
        let message = bundle.get_message(phrase.key()).expect("every sentence was checked at start");
        let pattern = message.value().expect("every sentence was checked at start");
        bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::Ja => include_str!("../assets/locales/ja/chat.ftl"),
        Language::JaEasy => include_str!("../assets/locales/ja-easy/chat.ftl"),
        Language::En => include_str!("../assets/locales/en/chat.ftl"),
        Language::Zh => include_str!("../assets/locales/zh/chat.ftl"),
        Language::Ko => include_str!("../assets/locales/ko/chat.ftl"),
        Language::Vi => include_str!("../assets/locales/vi/chat.ftl"),
        Language::Pt => include_str!("../assets/locales/pt/chat.ftl"),
        Language::Tl => include_str!("../assets/locales/tl/chat.ftl"),
    }
}

fn bundle(language: Language, text: &str) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let bundle = read(language, text)?;
    match Phrase::ALL.iter().find(|p| bundle.get_message(p.key()).and_then(|m| m.value()).is_none()) {
        Some(missing) => Err(CatalogueError::Missing { language, key: missing.key() }),
        None => Ok(bundle),
    }
}

fn read(language: Language, text: &str) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let syntax = |what: String| CatalogueError::Syntax { language, what };
    let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, e)| syntax(format!("{e:?}")))?;
    let locale = language.html().parse().map_err(|e| syntax(format!("{e:?}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The values are telephone numbers and names of offices: LINE would show the isolation marks' effect
    // nowhere, but copying a number would copy them.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|errors| syntax(format!("{errors:?}")))?;
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::limit;

    #[test]
    fn every_language_says_every_sentence_and_fills_in_every_variable() {
        let catalogue = Catalogue::embedded().unwrap();
        let values = [
            ("city", "CITY"),
            ("account", "ACCOUNT"),
            ("name", "NAME"),
            ("tel", "00-0000-1000"),
            ("hours", "HOURS"),
            ("language", "LANGUAGE"),
            ("number", "7"),
            ("line", "LINE"),
            ("date", "2026-11-28"),
            ("department", "DEPARTMENT"),
        ];
        let registration =
            ["label", "topic", "from", "until", "month", "year", "least", "most", "what", "days"];
        let values: Vec<(&str, &str)> =
            values.into_iter().chain(registration.map(|name| (name, "12"))).collect();
        for language in Language::ALL {
            for phrase in Phrase::ALL {
                let text = catalogue.say_with(language, *phrase, &values);
                assert!(!text.trim().is_empty(), "{language} {phrase:?} is empty");
                assert!(!text.contains('{'), "{language} {phrase:?} leaves a variable open: {text}");
            }
            let contact = catalogue.say_with(language, Phrase::ContactLine, &values);
            assert!(
                contact.contains("NAME") && contact.contains("00-0000-1000") && contact.contains("HOURS")
            );
        }
    }

    #[test]
    fn every_page_sentence_is_written_and_filled_in() {
        let catalogue = Catalogue::embedded().unwrap();
        let values = ["title", "most", "city", "days", "number", "state", "minutes"].map(|name| (name, "7"));
        let own_data =
            ["time", "language", "date", "label", "least", "name", "line", "what"].map(|name| (name, "7"));
        let values = [&values[..], &own_data].concat();
        for language in Language::ALL {
            for sentence in public::Sentence::ALL {
                let text = catalogue.page(language, *sentence, &values);
                assert!(!text.trim().is_empty() && !text.contains('{'), "{language} {sentence:?}: {text}");
            }
        }
    }

    #[test]
    fn button_labels_keep_the_limit_of_twenty_characters() {
        let catalogue = Catalogue::embedded().unwrap();
        for language in Language::ALL {
            for phrase in [
                Phrase::NoneOfThese,
                Phrase::FeedbackUseful,
                Phrase::FeedbackWrong,
                Phrase::CallButton,
                Phrase::OpenLink,
                Phrase::MoreTopics,
                Phrase::AskPerson,
                Phrase::EnquiryOpen,
                Phrase::RegOpen,
                Phrase::RegEverywhere,
                Phrase::RegAnyTime,
                Phrase::RegAddBorn,
                Phrase::RegAddDue,
                Phrase::RegPick,
                Phrase::RegStop,
                Phrase::RegStopAll,
                Phrase::RegStopAllYes,
                Phrase::RegData,
                Phrase::RegPage,
                Phrase::RegErase,
                Phrase::RegEraseYes,
                Phrase::RegWhy,
                Phrase::RegLeave,
                Phrase::RegBack,
                Phrase::RegMore,
                Phrase::RegRemove,
                Phrase::RegStopOne,
                Phrase::RegChangeArea,
                Phrase::RegChangeHours,
                Phrase::RegYes,
                Phrase::RegNo,
                Phrase::AnnWhy,
                Phrase::AnnFewer,
                Phrase::AnnUndo,
                Phrase::AnnStop,
            ] {
                let label = catalogue.say(language, phrase);
                assert!(limit::LABEL.check(label.clone()).is_ok(), "{language} {phrase:?}: {label}");
            }
            for phrase in [
                Phrase::AskPersonLead,
                Phrase::EnquiryAnswered,
                Phrase::RegPageLead,
                Phrase::WhyButtons,
                Phrase::FewerButtons,
            ] {
                let text = catalogue.say_with(language, phrase, &[("number", "2026-000123")]);
                assert!(limit::BUTTONS_TEXT.check(text.clone()).is_ok(), "{language} {phrase:?}: {text}");
            }
        }
    }
}
