//! What every page of residents' own has: a city, a language, a title.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use crate::{
    catalogue::{Catalogue, Phrase, public::Sentence},
    domain::{account::Account, language::Language},
};

/// The frame of a page.
pub(super) struct Frame<'a> {
    catalogue: &'a Catalogue,
    language: Language,
    pub(super) city: String,
    pub(super) title: String,
    pub(super) languages: Vec<Choice>,
    pub(super) html_language: &'static str,
    pub(super) code: &'static str,
}

/// A language that the page can be read in.
pub(super) struct Choice {
    pub(super) code: &'static str,
    pub(super) html: &'static str,
    pub(super) name: String,
    pub(super) current: bool,
}

impl<'a> Frame<'a> {
    /// A page in the language that was asked for, else in that of the talk.
    pub(super) fn new(
        catalogue: &'a Catalogue,
        language: Language,
        account: Option<&Account>,
        title: Sentence,
    ) -> Self {
        let offered = account.map_or(&Language::ALL[..], |account| &account.languages);
        let choice = |other: Language| Choice {
            code: other.code(),
            html: other.html(),
            name: catalogue.say(other, Phrase::LanguageName),
            current: other == language,
        };
        Self {
            catalogue,
            language,
            city: account.map_or_else(String::new, |account| account.name.clone()),
            title: catalogue.page(language, title, &[]),
            languages: offered.iter().copied().map(choice).collect(),
            html_language: language.html(),
            code: language.code(),
        }
    }

    /// A sentence in the page's language.
    pub(super) fn say(&self, sentence: Sentence) -> String {
        self.with(sentence, &[])
    }

    /// A sentence with its variables filled in.
    pub(super) fn with(&self, sentence: Sentence, values: &[(&'static str, &str)]) -> String {
        self.catalogue.page(self.language, sentence, values)
    }
}

impl Frame<'_> {
    /// The page's language.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// A sentence of the chat's that stands on pages too.
    pub(super) fn phrase(&self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        self.catalogue.say_with(self.language, phrase, values)
    }

    /// What a language calls itself.
    pub(super) fn named(&self, language: Language) -> String {
        self.catalogue.say(language, Phrase::LanguageName)
    }
}

#[derive(Template)]
#[template(path = "public/stop.html")]
struct Stop<'a> {
    frame: Frame<'a>,
    why: String,
    /// What somebody wrote and would lose.
    text: String,
}

/// The page that says why there is none, and what to do.
pub(super) fn stop(frame: Frame<'_>, why: String, text: &str) -> String {
    rendered(&Stop { frame, why, text: text.to_owned() })
}

/// A template as text.
pub(super) fn rendered(template: &impl Template) -> String {
    template.render().expect("rendering into a string cannot fail")
}

/// A page with a status.
pub(super) fn respond(status: StatusCode, html: String) -> Response {
    (status, Html(html)).into_response()
}
