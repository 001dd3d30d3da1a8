//! The sentences of the console: Fluent catalogues by key, Japanese and English.
//!
//! Templates name a sentence by its key. That each key exists in both languages, and that none stands there
//! for nothing, is a test's to say, since no compiler sees into a template.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::read as bundle_of;
use crate::domain::language::Language;

type Bundle = FluentBundle<FluentResource>;

/// Read when the first page is asked for: a start need not wait for it.
static JAPANESE: LazyLock<Bundle> =
    LazyLock::new(|| read(Language::Ja, include_str!("../../assets/locales/ja/console.ftl")));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| read(Language::En, include_str!("../../assets/locales/en/console.ftl")));

fn read(language: Language, text: &str) -> Bundle {
    bundle_of(language, text).expect("the embedded catalogues are valid Fluent, a test reads them")
}

/// The console in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleWords(Language);

impl ConsoleWords {
    /// In English where that is asked for, otherwise in Japanese.
    pub fn new(language: Language) -> Self {
        Self(if language == Language::En { Language::En } else { Language::Ja })
    }

    /// The language.
    pub fn language(self) -> Language {
        self.0
    }

    /// The sentence of a key.
    pub fn say(self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// The sentence of a key with its variables filled in.
    pub fn say_with(self, key: &str, values: &[(&str, &str)]) -> String {
        let bundle: &Bundle = if self.0 == Language::En { &ENGLISH } else { &JAPANESE };
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set((*name).to_owned(), (*value).to_owned());
        }
        match bundle.get_message(key).and_then(|message| message.value()) {
            Some(pattern) => bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned(),
            // A missing sentence must not take a page away from people who need it.
            None => key.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use regex::Regex;

    use super::*;
    use crate::{
        domain::{
            audit::Action,
            staff::{Right, Role},
        },
        intent::draft::{Fault, Field},
    };

    fn keys(text: &str) -> BTreeSet<String> {
        let key = Regex::new(r"(?m)^([a-z][a-z0-9-]*) =").unwrap();
        key.captures_iter(text).map(|found| found[1].to_owned()).collect()
    }

    fn texts(folder: &Path, extension: &str, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    /// Keys that are put together from a code.
    fn made() -> BTreeSet<String> {
        let roles = Role::ALL
            .iter()
            .flat_map(|role| [format!("role-{}", role.code()), format!("role-{}-note", role.code())]);
        let rights = Right::ALL.iter().map(|right| format!("right-{}", right.code()));
        let actions = Action::ALL.iter().map(|action| format!("action-{}", action.code().replace('.', "-")));
        let fields = Field::of_intents()
            .chain(Field::of_topics())
            .map(|field| format!("field-{}", field.base().replace(['.', '_'], "-")));
        let faults = Fault::NAMES.iter().map(|name| format!("fault-{name}"));
        roles.chain(rights).chain(actions).chain(fields).chain(faults).collect()
    }

    #[test]
    fn every_sentence_of_templates_and_pages_stands_in_both_languages_and_none_for_nothing() {
        let japanese = keys(include_str!("../../assets/locales/ja/console.ftl"));
        let english = keys(include_str!("../../assets/locales/en/console.ftl"));
        assert_eq!(japanese, english);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = String::new();
        texts(&root.join("templates/console"), "html", &mut sources);
        texts(&root.join("src/web/console"), "rs", &mut sources);
        texts(&root.join("src/demo"), "rs", &mut sources);
        texts(&root.join("src/journeys/announce"), "rs", &mut sources);
        texts(&root.join("src/journeys/targets"), "rs", &mut sources);
        let quoted = Regex::new(r#""([a-z][a-z0-9-]*)""#).unwrap();
        let quoted: BTreeSet<String> =
            quoted.captures_iter(&sources).map(|found| found[1].to_owned()).collect();
        let asked = Regex::new(r#"\b(?:t|tv|say|say_with)\("([a-z][a-z0-9-]*)""#).unwrap();
        for found in asked.captures_iter(&sources) {
            assert!(japanese.contains(&found[1]), "no catalogue has {:?}", &found[1]);
        }
        for key in made() {
            assert!(japanese.contains(&key), "no catalogue has {key:?}");
        }
        let errors = fs::read_to_string(root.join("src/web/error.rs")).unwrap();
        let is_error = |key: &str| {
            let code = key.strip_prefix("error-").map(|code| code.strip_suffix("-what").unwrap_or(code));
            code.is_some_and(|code| errors.contains(&format!("=> \"{code}\"")))
        };
        // `card-answered` has its note in `card-answered-note`.
        let is_note = |key: &str| key.strip_suffix("-note").is_some_and(|key| quoted.contains(key));
        let unused: Vec<_> = japanese
            .iter()
            .filter(|key| !quoted.contains(*key) && !made().contains(*key) && !is_error(key) && !is_note(key))
            .collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
    }

    #[test]
    fn both_catalogues_can_be_read_and_fill_in_variables() {
        for language in [Language::Ja, Language::En] {
            let words = ConsoleWords::new(language);
            assert!(words.say_with("minutes", &[("count", "90")]).contains("90"));
            assert_eq!(words.say("there-is-no-such-key"), "there-is-no-such-key");
        }
        assert_eq!(ConsoleWords::new(Language::Ko).language(), Language::Ja);
    }
}
