//! What the bot remembers of a talk between two messages: as little as possible.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    announcement::AnnouncementId,
    event::EventKey,
    id::IntentId,
    language::Language,
    profile::{Field, Value},
    registration::Registration,
    time::Timestamp,
};

/// After this long a number or 「ちがう」 no longer refers to what was said before.
pub const FORGET_AFTER: Duration = Duration::from_mins(30);

/// For so long what was stopped by one tap can be put back exactly as it was.
pub const UNDO_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// The state of one resident's talk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Conversation {
    /// The question that the bot asked back, if it waits for a choice.
    pub asked: Option<Asked>,
    /// The last answer that was given, to which feedback refers.
    pub answered: Option<Answered>,
    /// The language of the bot's last words: taps and stickers, which have none, are answered in it.
    #[serde(default)]
    pub language: Option<Language>,
    /// The message whose question the bot asked back about or answered: what feedback is about.
    #[serde(default)]
    pub about: Option<EventKey>,
    /// The registration that is going on.
    #[serde(default)]
    pub registration: Option<Registration>,
    /// The topics that were stopped because of an announcement, so that it can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// Topics that were stopped by one tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Because of which announcement.
    pub because_of: AnnouncementId,
    /// How they were wanted.
    pub wishes: Vec<(Field, Value)>,
    /// When.
    pub at: Timestamp,
}

/// A question that the bot asked back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The choices in the order shown; the resident may tap one or type its number.
    pub choices: Vec<IntentId>,
    /// When it was asked.
    pub at: Timestamp,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The intent.
    pub intent: IntentId,
    /// When it was given.
    pub at: Timestamp,
}

impl Conversation {
    /// The conversation as it counts at `now`: what is older than [`FORGET_AFTER`] is gone.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        let fresh = |at: Timestamp| {
            now.duration_since(at) <= jiff::SignedDuration::try_from(FORGET_AFTER).unwrap_or_default()
        };
        self.asked = self.asked.filter(|asked| fresh(asked.at));
        self.answered = self.answered.filter(|answered| fresh(answered.at));
        self.stopped = self.stopped.filter(|stopped| now.duration_since(stopped.at) <= UNDO_WITHIN);
        self.about = self.about.filter(|_| self.asked.is_some() || self.answered.is_some());
        self
    }
}
