//! What happens when a resident taps a button or a quick reply.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::limit::{self, LimitError};

/// A button's label and effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Sends us a code of ours and shows a text as said by the resident.
    Postback {
        /// On the button, at most 20 characters.
        label: String,
        /// Our code, at most 300 characters.
        data: String,
        /// What the chat shows as said by the resident, at most 300 characters.
        display_text: String,
    },
    /// Says something as the resident.
    Message {
        /// On the button, at most 20 characters.
        label: String,
        /// What is said, at most 300 characters.
        text: String,
    },
    /// Lets the resident pick a day, and sends it with a code of ours. The chat shows nothing as said. LINE on
    /// a computer may not show it: a day can always be typed too.
    Pick {
        /// On the button, at most 20 characters.
        label: String,
        /// Our code, at most 300 characters.
        data: String,
        /// The days among which one picks, and the one that is shown first.
        days: Days,
    },
    /// Opens an address or dials a number.
    Uri {
        /// On the button, at most 20 characters.
        label: String,
        /// `https:`, `http:`, `line:` or `tel:`, at most 1,000 characters.
        uri: String,
    },
}

/// Days to pick from: none before `first`, none after `last`, beginning with `shown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first one.
    pub first: Date,
    /// The last one.
    pub last: Date,
    /// What is shown before anything is picked.
    pub shown: Date,
}

/// LINE takes days from 1900-01-01 to 2100-12-31 (Messaging API reference, datetime picker action).
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

impl Action {
    /// A button that lets a day be picked.
    pub fn pick(label: impl Into<String>, data: impl Into<String>, days: Days) -> Result<Self, LimitError> {
        let Days { first, last, shown } = days;
        let in_order = first < last && (first..=last).contains(&shown);
        if !in_order || !YEARS.contains(&first.year()) || !YEARS.contains(&last.year()) {
            return Err(LimitError::Days);
        }
        Ok(Self::Pick {
            label: limit::LABEL.check(label.into())?,
            data: limit::POSTBACK_DATA.check(data.into())?,
            days,
        })
    }

    /// A button that sends us a code.
    pub fn postback(
        label: impl Into<String>,
        data: impl Into<String>,
        display_text: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Ok(Self::Postback {
            label: limit::LABEL.check(label.into())?,
            data: limit::POSTBACK_DATA.check(data.into())?,
            display_text: limit::DISPLAY_TEXT.check(display_text.into())?,
        })
    }

    /// A button that says something as the resident.
    pub fn message(label: impl Into<String>, text: impl Into<String>) -> Result<Self, LimitError> {
        Ok(Self::Message {
            label: limit::LABEL.check(label.into())?,
            text: limit::ACTION_TEXT.check(text.into())?,
        })
    }

    /// A button that opens an address or dials a number.
    pub fn uri(label: impl Into<String>, uri: impl Into<String>) -> Result<Self, LimitError> {
        let uri = limit::ACTION_URI.check(uri.into())?;
        if !["https://", "http://", "line://", "tel:"].iter().any(|scheme| uri.starts_with(scheme)) {
            return Err(LimitError::Scheme {
                field: "address",
                expected: "https://, http://, line:// or tel:",
            });
        }
        Ok(Self::Uri { label: limit::LABEL.check(label.into())?, uri })
    }

    /// What stands on the button.
    pub fn label(&self) -> &str {
        match self {
            Self::Postback { label, .. }
            | Self::Message { label, .. }
            | Self::Pick { label, .. }
            | Self::Uri { label, .. } => label,
        }
    }
}

/// One quick reply below the last message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuickReply(Action);

impl QuickReply {
    /// Any action may be a quick reply.
    pub fn new(action: Action) -> Self {
        Self(action)
    }

    /// What it does.
    pub fn action(&self) -> &Action {
        &self.0
    }
}

/// At most 13 quick replies (Messaging API reference, quick reply). Phones only: whatever they offer
/// must also be reachable by typing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuickReplies(Vec<QuickReply>);

impl QuickReplies {
    /// Checks the number.
    pub fn new(items: Vec<QuickReply>) -> Result<Self, LimitError> {
        limit::count("quick replies", items.len(), 0, 13)?;
        Ok(Self(items))
    }

    /// The items in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, QuickReply> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a QuickReplies {
    type Item = &'a QuickReply;
    type IntoIter = std::slice::Iter<'a, QuickReply>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
