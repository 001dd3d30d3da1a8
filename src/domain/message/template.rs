//! Template messages: a text with buttons, and several of them side by side.

use serde::{Deserialize, Serialize};

use super::{
    action::Action,
    limit::{self, LimitError},
};

/// A text with one to four buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buttons {
    /// Absent in what was stored before cards had pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    alt: String,
    title: Option<String>,
    text: String,
    actions: Vec<Action>,
}

impl Buttons {
    /// `alt` is what the notification and old devices show. The text may have 160 characters, or 60 below
    /// a title.
    pub fn new(
        alt: impl Into<String>,
        title: Option<String>,
        text: impl Into<String>,
        actions: Vec<Action>,
    ) -> Result<Self, LimitError> {
        limit::count("buttons", actions.len(), 1, 4)?;
        let text_limit = if title.is_some() { limit::TITLED_TEXT } else { limit::BUTTONS_TEXT };
        Ok(Self {
            picture: None,
            alt: limit::ALT_TEXT.check(alt.into())?,
            title: title.map(|title| limit::TITLE.check(title)).transpose()?,
            text: text_limit.check(text.into())?,
            actions,
        })
    }

    /// The same below a picture: an https address, JPEG or PNG of at most 10 MB (Messaging API reference, buttons
    /// template, `thumbnailImageUrl`). The text may have 60 characters then.
    pub fn with_picture(self, url: impl Into<String>) -> Result<Self, LimitError> {
        Ok(Self {
            picture: Some(limit::https_url(url.into())?),
            text: limit::TITLED_TEXT.check(self.text)?,
            ..self
        })
    }

    /// The address of the picture, if any.
    pub fn picture(&self) -> Option<&str> {
        self.picture.as_deref()
    }

    /// The alternative text.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// The title, if any.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The buttons.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

/// One to ten columns, all with the same number of buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carousel {
    alt: String,
    columns: Vec<Column>,
}

/// One column of a carousel: a text with one to three buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    title: Option<String>,
    text: String,
    actions: Vec<Action>,
}

impl Carousel {
    /// Checks the number of columns and that they are even.
    pub fn new(alt: impl Into<String>, columns: Vec<Column>) -> Result<Self, LimitError> {
        limit::count("columns", columns.len(), 1, 10)?;
        if columns.iter().any(|c| c.actions.len() != columns[0].actions.len()) {
            return Err(LimitError::UnevenColumns);
        }
        Ok(Self { alt: limit::ALT_TEXT.check(alt.into())?, columns })
    }

    /// The alternative text.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

impl Column {
    /// The text may have 120 characters, or 60 below a title.
    pub fn new(
        title: Option<String>,
        text: impl Into<String>,
        actions: Vec<Action>,
    ) -> Result<Self, LimitError> {
        limit::count("buttons of a column", actions.len(), 1, 3)?;
        let text_limit = if title.is_some() { limit::TITLED_TEXT } else { limit::COLUMN_TEXT };
        Ok(Self {
            title: title.map(|title| limit::TITLE.check(title)).transpose()?,
            text: text_limit.check(text.into())?,
            actions,
        })
    }

    /// The title, if any.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The buttons.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}
