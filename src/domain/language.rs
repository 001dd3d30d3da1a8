//! The languages that residents read, and texts that exist in several of them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language in which an answer may be written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Language {
    /// Japanese, the language that every text has.
    #[serde(rename = "ja")]
    Ja,
    /// Easy Japanese (やさしい日本語).
    #[serde(rename = "ja-easy")]
    JaEasy,
    /// English.
    #[serde(rename = "en")]
    En,
    /// Chinese, simplified characters.
    #[serde(rename = "zh")]
    Zh,
    /// Korean.
    #[serde(rename = "ko")]
    Ko,
    /// Vietnamese.
    #[serde(rename = "vi")]
    Vi,
    /// Portuguese of Brazil.
    #[serde(rename = "pt")]
    Pt,
    /// Filipino (Tagalog).
    #[serde(rename = "tl")]
    Tl,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Ja, Self::JaEasy, Self::En, Self::Zh, Self::Ko, Self::Vi, Self::Pt, Self::Tl];

    /// The code used in files: `ja`, `ja-easy`, `en`, `zh`, `ko`, `vi`, `pt`, `tl`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::JaEasy => "ja-easy",
            Self::En => "en",
            Self::Zh => "zh",
            Self::Ko => "ko",
            Self::Vi => "vi",
            Self::Pt => "pt",
            Self::Tl => "tl",
        }
    }

    /// The value for HTML's `lang` attribute (BCP 47; easy Japanese is Japanese to a screen reader).
    pub fn html(self) -> &'static str {
        match self {
            Self::JaEasy => "ja",
            Self::Zh => "zh-Hans",
            Self::Pt => "pt-BR",
            other => other.code(),
        }
    }

    /// The languages to try for a reader of this one, best first. Japanese is always the last.
    pub fn fallbacks(self) -> &'static [Self] {
        match self {
            Self::Ja => &[Self::Ja],
            Self::JaEasy => &[Self::JaEasy, Self::Ja],
            Self::En => &[Self::En, Self::JaEasy, Self::Ja],
            Self::Zh => &[Self::Zh, Self::En, Self::JaEasy, Self::Ja],
            Self::Ko => &[Self::Ko, Self::En, Self::JaEasy, Self::Ja],
            Self::Vi => &[Self::Vi, Self::En, Self::JaEasy, Self::Ja],
            Self::Pt => &[Self::Pt, Self::En, Self::JaEasy, Self::Ja],
            Self::Tl => &[Self::Tl, Self::En, Self::JaEasy, Self::Ja],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is no language code that todoke knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language; write one of ja, ja-easy, en, zh, ko, vi, pt, tl")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|l| l.code() == code).ok_or_else(|| UnknownLanguage(code.to_owned()))
    }
}

/// Something that exists in several languages. Made by the loaders, which require Japanese.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized<T>(BTreeMap<Language, T>);

impl<T> Localized<T> {
    /// Wraps what a loader read.
    pub fn new(texts: BTreeMap<Language, T>) -> Self {
        Self(texts)
    }

    /// The text in exactly this language.
    pub fn exactly(&self, language: Language) -> Option<&T> {
        self.0.get(&language)
    }

    /// The best text for a reader of `language`, and the language it is in.
    pub fn best(&self, language: Language) -> Option<(Language, &T)> {
        language
            .fallbacks()
            .iter()
            .find_map(|l| self.0.get(l).map(|text| (*l, text)))
            .or_else(|| self.0.iter().next().map(|(l, text)| (*l, text)))
    }

    /// All texts, in the order of [`Language::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Language, &T)> {
        self.0.iter().map(|(l, text)| (*l, text))
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_every_fallback_ends_in_japanese() {
        for language in Language::ALL {
            assert_eq!(language.code().parse::<Language>().unwrap(), language);
            assert_eq!(language.fallbacks().first(), Some(&language));
            assert_eq!(language.fallbacks().last(), Some(&Language::Ja));
        }
    }

    #[test]
    fn a_missing_language_falls_back_and_says_to_which() {
        let text = Localized::new([(Language::Ja, "こんにちは"), (Language::En, "Hello")].into());
        assert_eq!(text.best(Language::Ko), Some((Language::En, &"Hello")));
        assert_eq!(text.best(Language::JaEasy), Some((Language::Ja, &"こんにちは")));
        assert_eq!(text.exactly(Language::Ko), None);
    }
}
