//! The sentences of residents' own pages: `assets/locales/<language>/public.ftl`.
//!
//! Written in Japanese, easy Japanese and English; who reads another language gets the nearest of them, and
//! the page says in which language it is.

use std::collections::BTreeMap;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::CatalogueError;
use crate::domain::language::Language;

macro_rules! sentences {
    ($($name:ident = $key:literal,)*) => {
        /// A sentence of the pages. The catalogues say where each stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the comments of assets/locales/ja/public.ftl are the docs")]
        pub enum Sentence { $($name,)* }

        impl Sentence {
            /// Every sentence.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key in the catalogues.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

sentences! {
    Skip = "skip",
    Languages = "languages",
    AskTitle = "ask-title",
    AskLead = "ask-lead",
    About = "about",
    TextLabel = "text-label",
    TextHint = "text-hint",
    DivisionLabel = "division-label",
    DivisionHint = "division-hint",
    NameLabel = "name-label",
    NameHint = "name-hint",
    PrivacyTitle = "privacy-title",
    Privacy = "privacy",
    Send = "send",
    ErrorTitle = "error-title",
    ErrorPrefix = "error-prefix",
    ErrorEmpty = "error-empty",
    ErrorTooLong = "error-too-long",
    DoneTitle = "done-title",
    DoneLead = "done-lead",
    DoneOpen = "done-open",
    DangerTitle = "danger-title",
    EnquiryTitle = "enquiry-title",
    EnquiryState = "enquiry-state",
    StateOpen = "state-open",
    StateInProgress = "state-in-progress",
    StateAnswered = "state-answered",
    StateClosed = "state-closed",
    Talk = "talk",
    FromYou = "from-you",
    KeepSecret = "keep-secret",
    ReplyTitle = "reply-title",
    ReplyLabel = "reply-label",
    ReplySend = "reply-send",
    StopTitle = "stop-title",
    LinkUnknown = "link-unknown",
    LinkOver = "link-over",
    EnquiryGone = "enquiry-gone",
    TooMany = "too-many",
    TalkFull = "talk-full",
    Trouble = "trouble",
}

/// The languages in which the pages are written.
pub const WRITTEN: [Language; 3] = [Language::Ja, Language::JaEasy, Language::En];

/// The language of the pages for a reader of this one.
pub fn written_for(reader: Language) -> Language {
    reader.fallbacks().iter().copied().find(|l| WRITTEN.contains(l)).unwrap_or(Language::Ja)
}

/// All catalogues of the pages.
pub(super) struct Sentences(BTreeMap<Language, FluentBundle<FluentResource>>);

impl Sentences {
    pub(super) fn embedded() -> Result<Self, CatalogueError> {
        let bundles = WRITTEN.into_iter().map(|language| {
            let bundle = super::read(language, source(language))?;
            let has = |s: &&Sentence| bundle.get_message(s.key()).and_then(|m| m.value()).is_none();
            match Sentence::ALL.iter().find(has) {
                Some(missing) => Err(CatalogueError::Missing { language, key: missing.key() }),
                None => Ok((language, bundle)),
            }
        });
        bundles.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn say(
        &self,
        reader: Language,
        sentence: Sentence,
        values: &[(&'static str, &str)],
    ) -> String {
        let bundle = self.0.get(&written_for(reader)).expect("there is one for every written language");
        let message = bundle.get_message(sentence.key()).expect("every sentence was checked at start");
        let pattern = message.value().expect("every sentence was checked at start");
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::JaEasy => include_str!("../../assets/locales/ja-easy/public.ftl"),
        Language::En => include_str!("../../assets/locales/en/public.ftl"),
        _ => include_str!("../../assets/locales/ja/public.ftl"),
    }
}
