//! LINE's JSON → messages, refusing what LINE refuses.

use serde_json::Value;

use crate::domain::message::{
    Action, Buttons, Carousel, Column, Days, Image, LimitError, Message, Messages, QuickReplies, QuickReply,
    Text,
};

/// What LINE's error body says about one property.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {message}")]
pub struct Fault {
    /// The property, for example `messages[0].text`.
    pub property: String,
    /// What is wrong with it.
    pub message: String,
}

/// Reads the `messages` array of a call.
pub fn read_messages(value: &Value) -> Result<Messages, Fault> {
    let root = At("messages".to_owned());
    let list = value.as_array().ok_or_else(|| root.fault("Must be an array"))?;
    let mut messages = Vec::with_capacity(list.len());
    let mut quick_replies = QuickReplies::default();
    for (index, item) in list.iter().enumerate() {
        let at = root.index(index);
        messages.push(message(item, &at)?);
        // Only those of the last message are shown; all are checked.
        quick_replies = match item.get("quickReply") {
            Some(quick) => read_quick_replies(quick, &at.member("quickReply"))?,
            None => QuickReplies::default(),
        };
    }
    Ok(root.check(Messages::new(messages))?.with_quick_replies(quick_replies))
}

/// Where in the body we are.
pub(in crate::line) struct At(pub(in crate::line) String);

impl At {
    pub(in crate::line) fn member(&self, name: &str) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    pub(in crate::line) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(in crate::line) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { property: self.0.clone(), message: message.into() }
    }

    fn check<T>(&self, result: Result<T, LimitError>) -> Result<T, Fault> {
        result.map_err(|error| self.fault(error.to_string()))
    }
}

pub(in crate::line) fn text_of<'a>(value: &'a Value, name: &str, at: &At) -> Result<&'a str, Fault> {
    optional(value, name).ok_or_else(|| at.member(name).fault("May not be empty"))
}

fn optional<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

pub(in crate::line) fn list_of<'a>(value: &'a Value, name: &str, at: &At) -> Result<&'a Vec<Value>, Fault> {
    value.get(name).and_then(Value::as_array).ok_or_else(|| at.member(name).fault("Must be specified"))
}

fn message(value: &Value, at: &At) -> Result<Message, Fault> {
    match text_of(value, "type", at)? {
        "text" => {
            let text = text_of(value, "text", at)?;
            at.member("text").check(Text::new(text)).map(Message::Text)
        }
        "image" => {
            let original = text_of(value, "originalContentUrl", at)?;
            let preview = text_of(value, "previewImageUrl", at)?;
            at.check(Image::new(original, preview, "(image)")).map(Message::Image)
        }
        "template" => template(value, at),
        _ => Err(at.member("type").fault("Must be one of the following values: [text, image, template]")),
    }
}

fn template(value: &Value, at: &At) -> Result<Message, Fault> {
    let alt = text_of(value, "altText", at)?;
    let at = at.member("template");
    let template = value.get("template").ok_or_else(|| at.fault("Must be specified"))?;
    match text_of(template, "type", &at)? {
        "buttons" => {
            let (title, text, actions) = body(template, &at)?;
            let card = at.check(Buttons::new(alt, title, text, actions))?;
            let card = match optional(template, "thumbnailImageUrl") {
                None => card,
                Some(url) => at.check(card.with_picture(url))?,
            };
            Ok(Message::Buttons(card))
        }
        "carousel" => {
            let columns_at = at.member("columns");
            let columns = list_of(template, "columns", &at)?
                .iter()
                .enumerate()
                .map(|(index, column)| {
                    let at = columns_at.index(index);
                    let (title, text, actions) = body(column, &at)?;
                    at.check(Column::new(title, text, actions))
                })
                .collect::<Result<_, _>>()?;
            at.check(Carousel::new(alt, columns)).map(Message::Carousel)
        }
        _ => Err(at.member("type").fault("Must be one of the following values: [buttons, carousel]")),
    }
}

fn body<'a>(value: &'a Value, at: &At) -> Result<(Option<String>, &'a str, Vec<Action>), Fault> {
    let actions_at = at.member("actions");
    let actions = list_of(value, "actions", at)?
        .iter()
        .enumerate()
        .map(|(index, item)| action(item, &actions_at.index(index)))
        .collect::<Result<_, _>>()?;
    Ok((optional(value, "title").map(ToOwned::to_owned), text_of(value, "text", at)?, actions))
}

pub(in crate::line) fn action(value: &Value, at: &At) -> Result<Action, Fault> {
    let label = text_of(value, "label", at)?;
    match text_of(value, "type", at)? {
        "postback" => {
            let data = text_of(value, "data", at)?;
            at.check(Action::postback(label, data, optional(value, "displayText").unwrap_or(label)))
        }
        "message" => at.check(Action::message(label, text_of(value, "text", at)?)),
        "datetimepicker" => pick(value, label, at),
        "uri" => at.check(Action::uri(label, text_of(value, "uri", at)?)),
        _ => Err(at
            .member("type")
            .fault("Must be one of the following values: [postback, message, uri, datetimepicker]")),
    }
}

/// Of the three modes only days are used.
fn pick(value: &Value, label: &str, at: &At) -> Result<Action, Fault> {
    if text_of(value, "mode", at)? != "date" {
        return Err(at.member("mode").fault("Must be one of the following values: [date]"));
    }
    let day = |name: &str| {
        let day = text_of(value, name, at)?.parse();
        day.map_err(|_| at.member(name).fault("Must be a date, yyyy-MM-dd"))
    };
    let days = Days { first: day("min")?, last: day("max")?, shown: day("initial")? };
    at.check(Action::pick(label, text_of(value, "data", at)?, days))
}

fn read_quick_replies(value: &Value, at: &At) -> Result<QuickReplies, Fault> {
    let items_at = at.member("items");
    let items = list_of(value, "items", at)?;
    if items.len() > 13 {
        return Err(items_at.fault("Size must be between 1 and 13"));
    }
    let items = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let at = items_at.index(index).member("action");
            let value = item.get("action").ok_or_else(|| at.fault("Must be specified"))?;
            action(value, &at).map(QuickReply::new)
        })
        .collect::<Result<_, _>>()?;
    items_at.check(QuickReplies::new(items))
}
