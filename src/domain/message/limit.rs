//! LINE's limits on message objects, each with its source, and the error that names the field.
//!
//! All from the Messaging API reference, "Message objects" and "Action objects", and the guide on
//! character counting: UTF-16 units everywhere, grapheme clusters for labels and the texts of templates.
//! LINE's validator was seen to count code points there, so such fields must keep both counts.

use unicode_segmentation::UnicodeSegmentation;

/// A value breaks one of LINE's limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// A text is empty where LINE wants one.
    #[error("{field} is empty; write at least one character")]
    Empty {
        /// The field.
        field: &'static str,
    },
    /// A text is too long.
    #[error("{field} has {actual} characters; at most {max} are allowed")]
    TooLong {
        /// The field.
        field: &'static str,
        /// How long it is, in the unit in which LINE counts this field.
        actual: usize,
        /// How long it may be.
        max: usize,
    },
    /// There are too few or too many of something.
    #[error("there are {actual} {field}; {min} to {max} are allowed")]
    Count {
        /// What is counted.
        field: &'static str,
        /// How many there are.
        actual: usize,
        /// How many there must be.
        min: usize,
        /// How many there may be.
        max: usize,
    },
    /// An address has a scheme that LINE does not take here, or is malformed.
    #[error("{field} must start with {expected}")]
    Scheme {
        /// The field.
        field: &'static str,
        /// What is allowed.
        expected: &'static str,
    },
    /// Columns of one carousel differ in their number of actions.
    #[error("all columns of a carousel need the same number of actions")]
    UnevenColumns,
    /// Days to pick from are out of order, or beyond what LINE takes.
    #[error("the first day must come before the last, the one shown between them, all from 1900 to 2100")]
    Days,
}

/// How LINE counts the characters of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// UTF-16 code units.
    Utf16,
    /// Grapheme clusters by the guide, code points by the validator: the larger count decides.
    Grapheme,
}

/// The limit of one text field.
#[derive(Debug, Clone, Copy)]
pub struct TextLimit {
    field: &'static str,
    max: usize,
    unit: Unit,
}

impl TextLimit {
    const fn utf16(field: &'static str, max: usize) -> Self {
        Self { field, max, unit: Unit::Utf16 }
    }

    const fn grapheme(field: &'static str, max: usize) -> Self {
        Self { field, max, unit: Unit::Grapheme }
    }

    /// How many characters at most.
    pub const fn max(&self) -> usize {
        self.max
    }

    /// How many characters the text has in the unit of this field.
    pub fn measure(&self, text: &str) -> usize {
        match self.unit {
            Unit::Utf16 => text.encode_utf16().count(),
            Unit::Grapheme => text.graphemes(true).count().max(text.chars().count()),
        }
    }

    /// Gives the text back if it is not empty and within the limit.
    pub fn check(&self, text: String) -> Result<String, LimitError> {
        if text.trim().is_empty() {
            return Err(LimitError::Empty { field: self.field });
        }
        let actual = self.measure(&text);
        if actual > self.max {
            return Err(LimitError::TooLong { field: self.field, actual, max: self.max });
        }
        Ok(text)
    }
}

/// Text message.
pub const TEXT: TextLimit = TextLimit::utf16("text", 5_000);
/// Alternative text of a template, and our own description of a picture.
pub const ALT_TEXT: TextLimit = TextLimit::utf16("alternative text", 1_500);
/// Label of a button in a template, and of a quick reply.
pub const LABEL: TextLimit = TextLimit::grapheme("label", 20);
/// Data of a postback.
pub const POSTBACK_DATA: TextLimit = TextLimit::utf16("postback data", 300);
/// Text that a postback shows as said by the resident.
pub const DISPLAY_TEXT: TextLimit = TextLimit::grapheme("display text", 300);
/// Text that a message action sends as said by the resident.
pub const ACTION_TEXT: TextLimit = TextLimit::grapheme("message text", 300);
/// Address behind a button.
pub const ACTION_URI: TextLimit = TextLimit::utf16("address", 1_000);
/// Address of a picture.
pub const MEDIA_URL: TextLimit = TextLimit::utf16("picture address", 2_000);
/// Title of a buttons template or a carousel column.
pub const TITLE: TextLimit = TextLimit::grapheme("title", 40);
/// Text of a buttons template without title and picture.
pub const BUTTONS_TEXT: TextLimit = TextLimit::grapheme("text of buttons", 160);
/// Text of a buttons template or a carousel column that has a title or a picture.
pub const TITLED_TEXT: TextLimit = TextLimit::grapheme("text below a title", 60);
/// Text of a carousel column without title and picture.
pub const COLUMN_TEXT: TextLimit = TextLimit::grapheme("text of a column", 120);
/// Text on the bar that opens a rich menu ("Rich menu object").
pub const CHAT_BAR: TextLimit = TextLimit::grapheme("text of the chat bar", 14);
/// Name of a rich menu, which residents do not see ("Rich menu object").
pub const MENU_NAME: TextLimit = TextLimit::grapheme("name of the menu", 300);

/// Checks a number of things.
pub fn count(field: &'static str, actual: usize, min: usize, max: usize) -> Result<(), LimitError> {
    if (min..=max).contains(&actual) { Ok(()) } else { Err(LimitError::Count { field, actual, min, max }) }
}

/// Checks the address of a picture: https, at most 2,000 characters.
pub fn https_url(url: String) -> Result<String, LimitError> {
    if !url.starts_with("https://") {
        return Err(LimitError::Scheme { field: "picture address", expected: "https://" });
    }
    MEDIA_URL.check(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_in_utf16_units() {
        assert!(TEXT.check("😀".repeat(2_500)).is_ok());
        assert_eq!(
            TEXT.check("😀".repeat(2_501)),
            Err(LimitError::TooLong { field: "text", actual: 5_002, max: 5_000 })
        );
        assert_eq!(TEXT.check(" \n".into()), Err(LimitError::Empty { field: "text" }));
    }

    #[test]
    fn labels_are_counted_by_the_stricter_of_graphemes_and_code_points() {
        assert!(LABEL.check("役".repeat(20)).is_ok());
        assert!(LABEL.check("役".repeat(21)).is_err());
        let family = "👨‍👩‍👧‍👦"; // one grapheme cluster, seven code points
        assert!(LABEL.check(family.repeat(2)).is_ok());
        assert!(LABEL.check(family.repeat(3)).is_err());
    }
}
