//! What todoke says on LINE. A message that exists keeps LINE's limits: they are checked when it is made,
//! not when it is sent, so that an over-long label can never make a whole reply vanish.
//!
//! `line::message` turns these into JSON, `preview` into accessible HTML. The limits and their sources
//! are in [`limit`].

pub mod action;
pub mod limit;
pub mod template;

use serde::{Deserialize, Serialize};

pub use action::{Action, Days, QuickReplies, QuickReply};
pub use limit::LimitError;
pub use template::{Buttons, Carousel, Column};

/// One message object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Words.
    Text(Text),
    /// A picture with a text for those who cannot see it.
    Image(Image),
    /// A text with up to four buttons.
    Buttons(Buttons),
    /// Up to ten columns with buttons, side by side.
    Carousel(Carousel),
}

/// A text of 1 to 5,000 UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(String);

impl Text {
    /// Checks the length.
    pub fn new(text: impl Into<String>) -> Result<Self, LimitError> {
        limit::TEXT.check(text.into()).map(Self)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A picture. LINE has no alternative text for it, so the description is sent as a text before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    original: String,
    preview: String,
    alt: String,
}

impl Image {
    /// `original` (JPEG or PNG, at most 10 MB) and `preview` (at most 1 MB) are https addresses of at
    /// most 2,000 characters; `alt` says in words what the picture shows and may not be empty.
    pub fn new(
        original: impl Into<String>,
        preview: impl Into<String>,
        alt: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Ok(Self {
            original: limit::https_url(original.into())?,
            preview: limit::https_url(preview.into())?,
            alt: limit::ALT_TEXT.check(alt.into())?,
        })
    }

    /// Where the picture is.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Where its small form is.
    pub fn preview(&self) -> &str {
        &self.preview
    }

    /// What it shows, in words.
    pub fn alt(&self) -> &str {
        &self.alt
    }
}

/// One to five messages that go out in one call, with quick replies on the last of them.
///
/// LINE shows only the quick replies of the very last message, so they belong to the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    list: Vec<Message>,
    quick_replies: QuickReplies,
}

impl Messages {
    /// At least one message and at most five (Messaging API reference, reply and push).
    pub fn new(list: Vec<Message>) -> Result<Self, LimitError> {
        limit::count("messages", list.len(), 1, 5)?;
        Ok(Self { list, quick_replies: QuickReplies::default() })
    }

    /// A single text.
    pub fn text(text: impl Into<String>) -> Result<Self, LimitError> {
        Self::new(vec![Message::Text(Text::new(text)?)])
    }

    /// The same with quick replies below.
    #[must_use]
    pub fn with_quick_replies(mut self, quick_replies: QuickReplies) -> Self {
        self.quick_replies = quick_replies;
        self
    }

    /// The same after a text that comes first. Of five messages one has to give way: two texts at the start
    /// become one if they fit, else the last message goes.
    #[must_use]
    pub fn preceded_by(mut self, text: Text) -> Self {
        const MOST: usize = 5;
        if self.list.len() == MOST
            && let Message::Text(first) = &self.list[0]
            && let Ok(both) = Text::new(format!("{}\n\n{}", text.as_str(), first.as_str()))
        {
            self.list[0] = Message::Text(both);
            return self;
        }
        self.list.insert(0, Message::Text(text));
        self.list.truncate(MOST);
        self
    }

    /// The messages in their order.
    pub fn list(&self) -> &[Message] {
        &self.list
    }

    /// The quick replies below the last message.
    pub fn quick_replies(&self) -> &QuickReplies {
        &self.quick_replies
    }

    /// All words in reading order, for logs of tests and for `ask`.
    pub fn plain_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for message in &self.list {
            match message {
                Message::Text(text) => lines.push(text.as_str().to_owned()),
                Message::Image(image) => lines.push(image.alt().to_owned()),
                Message::Buttons(buttons) => {
                    lines.push(buttons.text().to_owned());
                    lines.extend(buttons.actions().iter().map(|a| format!("[{}]", a.label())));
                }
                Message::Carousel(carousel) => {
                    for column in carousel.columns() {
                        lines.push(column.text().to_owned());
                        lines.extend(column.actions().iter().map(|a| format!("[{}]", a.label())));
                    }
                }
            }
        }
        lines.extend(self.quick_replies.iter().map(|q| format!("({})", q.action().label())));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_first_never_breaks_the_limit_of_five() {
        let text = |words: &str| Text::new(words).unwrap();
        let notice = text("避難してください");
        for (count, words) in
            [(1, "短い".to_owned()), (4, "短い".into()), (5, "短い".into()), (5, "長".repeat(4_999))]
        {
            let list = (0..count).map(|_| Message::Text(text(&words))).collect();
            let messages = Messages::new(list).unwrap().preceded_by(notice.clone());
            assert!(messages.list().len() <= 5);
            assert!(messages.plain_lines()[0].starts_with("避難してください"));
            assert!(messages.plain_lines().concat().contains(&words), "the answer is still there");
        }
    }
}
