//! What ids and codes are called for people: staff, intents, languages, states, moments.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::{frame::Frame, visit::Visit};
use crate::{
    domain::{
        enquiry::State,
        id::{IntentId, StaffId},
        language::Language,
        time::Timestamp,
    },
    web::error::ConsoleError,
};

/// So many people an account has at most before some are shown by their ids.
const MOST_PEOPLE: usize = 10_000;

/// Names on the account of a visit.
pub(super) struct Names {
    people: HashMap<StaffId, String>,
    zone: TimeZone,
    intents: Option<std::sync::Arc<crate::intent::Snapshot>>,
    language: Language,
}

impl Names {
    /// Of the account of the address.
    pub(super) async fn of(visit: &Visit) -> Result<Self, ConsoleError> {
        let (ctx, account) = (visit.ctx(), visit.account()?);
        let known = ctx.library.account(account).ok_or(ConsoleError::NotFound)?;
        let people = ctx.store.list_staff(account, None, MOST_PEOPLE).await?;
        Ok(Self {
            people: people.into_iter().map(|one| (one.value.id, one.value.name.to_string())).collect(),
            zone: known.time_zone.clone(),
            intents: ctx.library.snapshot(account),
            language: visit.words().language(),
        })
    }

    /// A person's name; the id of somebody who belongs to no account of ours any more.
    pub(super) fn person(&self, id: StaffId) -> String {
        self.people.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// The name of an intent, or its id once it is gone.
    pub(super) fn intent(&self, id: &IntentId) -> String {
        let intent = self.intents.as_ref().and_then(|snapshot| snapshot.intent(id));
        let title = intent.and_then(|intent| intent.title.best(self.language));
        title.map_or_else(|| id.to_string(), |(_, title)| title.clone())
    }

    /// A moment by the account's clock, to the minute.
    pub(super) fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// The account's clock.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// A language's name.
pub(super) fn language(frame: &Frame, language: Language) -> String {
    frame.t(language_key(language))
}

/// The key of a language's name.
pub(super) fn language_key(language: Language) -> &'static str {
    match language {
        Language::Ja => "language-ja",
        Language::JaEasy => "language-ja-easy",
        Language::En => "language-en",
        Language::Zh => "language-zh",
        Language::Ko => "language-ko",
        Language::Vi => "language-vi",
        Language::Pt => "language-pt",
        Language::Tl => "language-tl",
    }
}

/// Where an enquiry stands.
pub(super) fn state(frame: &Frame, state: State) -> String {
    frame.t(match state {
        State::Open => "state-open",
        State::InProgress => "state-in-progress",
        State::Answered => "state-answered",
        State::Closed => "state-closed",
    })
}

/// A choice of a form.
pub(super) struct Choice {
    /// What is sent.
    pub(super) value: String,
    /// What is read.
    pub(super) label: String,
    /// Whether it is the one that holds.
    pub(super) chosen: bool,
}

impl Choice {
    /// One choice; it is chosen when it is `current`.
    pub(super) fn new(value: &str, label: String, current: &str) -> Self {
        Self { value: value.to_owned(), label, chosen: value == current }
    }
}
