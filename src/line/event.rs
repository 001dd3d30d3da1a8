//! Webhook bodies: split into raw events first, then each read alone.
//!
//! `web::webhook` calls it. Everything but `type` is optional, unknown kinds are kept by name, and a bad
//! event never loses its neighbours.

mod shape;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::unescape::mend;
use crate::domain::{
    event::{Event, EventKey},
    time::Timestamp,
};

/// A webhook body whose events are not read yet.
#[derive(Debug, Deserialize)]
pub struct WebhookBody<'a> {
    /// The bot's own user id; only a hint, since the path picks the account.
    #[serde(default, borrow)]
    destination: Option<&'a RawValue>,
    /// The events as they came.
    #[serde(borrow)]
    pub events: Vec<&'a RawValue>,
}

impl WebhookBody<'_> {
    /// The `destination`, where it is a text.
    pub fn destination(&self) -> Option<String> {
        serde_json::from_str(self.destination?.get()).ok()
    }
}

/// The body is no webhook body.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// Not JSON, not an object, or without a list `events`.
    #[error("it needs the form {{\"destination\":\"…\",\"events\":[…]}}: {0}")]
    Shape(#[from] serde_json::Error),
}

/// Splits a body into its raw events.
pub fn split(body: &[u8]) -> Result<WebhookBody<'_>, BodyError> {
    let text = std::str::from_utf8(body).map_err(|_| BodyError::NotUtf8)?;
    Ok(serde_json::from_str(text)?)
}

/// One event, read as far as it can be.
#[derive(Debug)]
pub struct Parsed {
    /// The name under which it is stored once.
    pub key: EventKey,
    /// The event, or why it cannot be read.
    pub body: Result<Event, Unreadable>,
}

/// An event that cannot be read; its raw text is kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, without any content of the event.
    pub reason: String,
}

/// Reads one raw event. `received` stands in for a missing or absurd timestamp.
pub fn parse(raw: &RawValue, received: Timestamp) -> Parsed {
    let text = mend(raw.get());
    match serde_json::from_str::<shape::EventShape<'_>>(&text) {
        Ok(shape) => {
            let key = match shape.webhook_event_id() {
                Some(id) => EventKey::from_webhook_event_id(&id),
                None => key_of_raw(&text),
            };
            Parsed { key, body: shape.into_event(received) }
        }
        Err(error) => {
            let reason = format!(
                "no JSON object with known shapes (line {}, column {})",
                error.line(),
                error.column()
            );
            Parsed { key: key_of_raw(&text), body: Err(Unreadable { reason }) }
        }
    }
}

/// The key of an event without an id: its raw text without the `deliveryContext`, the only member that a
/// redelivery changes. Members keep their order and spelling, so two different events never meet.
fn key_of_raw(text: &str) -> EventKey {
    struct Members<'a>(Vec<(String, &'a RawValue)>);

    impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Vec<(String, &'de RawValue)>;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Self::Value, A::Error> {
                    let mut members = Vec::new();
                    while let Some(member) = map.next_entry()? {
                        members.push(member);
                    }
                    Ok(members)
                }
            }
            deserializer.deserialize_map(Visitor).map(Members)
        }
    }

    match serde_json::from_str::<Members<'_>>(text) {
        Ok(Members(members)) => {
            let mut kept = String::with_capacity(text.len());
            for (name, value) in members.iter().filter(|(name, _)| name != "deliveryContext") {
                kept.push_str(name);
                kept.push('\u{1f}');
                kept.push_str(value.get());
                kept.push('\u{1e}');
            }
            EventKey::from_raw(kept.as_bytes())
        }
        // No object at all: the text itself is all there is.
        Err(_) => EventKey::from_raw(text.as_bytes()),
    }
}
