//! The rules of single values, one home each: drafts use them, and so do safety and fixed replies.

use jiff::civil::Date;

use super::Fault;
use crate::{
    domain::message::limit::{self, TextLimit},
    intent::expression::{self, Expression},
};

/// The most characters of an example, keyword or name.
const ITEM_CHARACTERS: usize = 300;
/// The most characters of a topic's name: it leaves room for that of an intent.
const TOPIC_CHARACTERS: usize = 40;

/// A text that LINE shows.
pub(in crate::intent) fn text(text: &str, limit: TextLimit) -> Result<(), Fault> {
    let text = text.trim();
    let actual = limit.measure(text);
    match actual {
        _ if text.is_empty() => Err(Fault::Empty),
        _ if actual > limit.max() => Err(Fault::TooLong { max: limit.max(), actual }),
        _ => Ok(()),
    }
}

/// What a new topic may be called in files and buttons: an intent's name begins with it.
pub fn topic_name(name: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.len() <= TOPIC_CHARACTERS && name.chars().all(fits) {
        return Ok(());
    }
    Err(Fault::TopicName(name.to_owned()))
}

/// An example, keyword or name.
pub(in crate::intent) fn item(text: &str) -> Result<(), Fault> {
    let actual = text.chars().count();
    match actual {
        _ if text.trim().is_empty() => Err(Fault::Empty),
        _ if actual > ITEM_CHARACTERS => Err(Fault::TooLong { max: ITEM_CHARACTERS, actual }),
        _ => Ok(()),
    }
}

/// A telephone number: digits with hyphens, and the signs of short numbers.
pub(in crate::intent) fn telephone(tel: &str) -> Result<(), Fault> {
    let digits = tel.chars().filter(char::is_ascii_digit).count();
    let plain = tel.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '#' | '+' | '*'));
    if plain && (2..=15).contains(&digits) { Ok(()) } else { Err(Fault::NoTelephone(tel.to_owned())) }
}

/// An address that a button opens.
pub(in crate::intent) fn address(url: &str) -> Result<(), Fault> {
    if !url.starts_with("https://") || url.contains(char::is_whitespace) {
        return Err(Fault::NoAddress(url.to_owned()));
    }
    text(url, limit::ACTION_URI)
}

/// A day as written.
pub(in crate::intent) fn day(day: &str) -> Result<Date, Fault> {
    day.parse().map_err(|_| Fault::NoDay(day.to_owned()))
}

/// A regular expression that says something.
pub(in crate::intent) fn pattern(pattern: &str) -> Result<Expression, Fault> {
    match expression::compile(pattern) {
        Ok(expression) if expression.may_be_empty() => Err(Fault::MatchesAll),
        Ok(expression) => Ok(expression),
        Err(what) => Err(Fault::Expression(what)),
    }
}
