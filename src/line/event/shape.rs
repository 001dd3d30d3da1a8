//! The JSON shape of an event, as lenient as LINE's promise to add things without notice demands.
//!
//! Every member is kept raw and read on its own: a member of an unexpected type counts as missing and
//! never costs the event.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unreadable;
use crate::domain::{
    event::{Content, Event, EventKind, IncomingMessage, Mode, Postback, ReplyToken, Source},
    id::LineUserId,
    time::Timestamp,
};

/// A member that may be missing or of any type.
type Raw<'a> = Option<&'a RawValue>;

#[derive(Deserialize)]
pub(super) struct EventShape<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Raw<'a>,
    #[serde(borrow, default)]
    mode: Raw<'a>,
    #[serde(borrow, default)]
    timestamp: Raw<'a>,
    #[serde(borrow, default)]
    source: Raw<'a>,
    #[serde(rename = "webhookEventId", borrow, default)]
    webhook_event_id: Raw<'a>,
    #[serde(rename = "replyToken", borrow, default)]
    reply_token: Raw<'a>,
    #[serde(borrow, default)]
    message: Raw<'a>,
    #[serde(borrow, default)]
    postback: Raw<'a>,
    #[serde(borrow, default)]
    unsend: Raw<'a>,
    #[serde(borrow, default)]
    follow: Raw<'a>,
}

/// Reads a member as a type, or takes it as missing.
fn read<'a, T: Deserialize<'a>>(raw: Raw<'a>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// Reads a member as a text that is not empty.
fn text(raw: Raw<'_>) -> Option<String> {
    read::<String>(raw).filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
struct SourceShape<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(rename = "userId", borrow, default)]
    user_id: Raw<'a>,
}

#[derive(Deserialize)]
struct MessageShape<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Raw<'a>,
    #[serde(borrow, default)]
    id: Raw<'a>,
    #[serde(borrow, default)]
    text: Raw<'a>,
}

#[derive(Deserialize)]
struct PostbackShape<'a> {
    #[serde(borrow, default)]
    data: Raw<'a>,
    #[serde(borrow, default)]
    params: Raw<'a>,
}

/// A rich-menu tab switch carries a status or an alias among its params, a picker the day.
#[derive(Deserialize)]
struct ParamsShape<'a> {
    #[serde(borrow, default)]
    status: Raw<'a>,
    #[serde(rename = "newRichMenuAliasId", borrow, default)]
    alias: Raw<'a>,
    #[serde(borrow, default)]
    date: Raw<'a>,
}

#[derive(Deserialize)]
struct UnsendShape<'a> {
    #[serde(rename = "messageId", borrow, default)]
    message_id: Raw<'a>,
}

#[derive(Deserialize)]
struct FollowShape<'a> {
    #[serde(rename = "isUnblocked", borrow, default)]
    is_unblocked: Raw<'a>,
}

impl EventShape<'_> {
    pub(super) fn webhook_event_id(&self) -> Option<String> {
        text(self.webhook_event_id)
    }

    pub(super) fn into_event(self, received: Timestamp) -> Result<Event, Unreadable> {
        let name = text(self.kind).ok_or_else(|| Unreadable { reason: "the event has no type".into() })?;
        Ok(Event {
            happened: self.happened(received),
            mode: match text(self.mode).as_deref() {
                None | Some("active") => Mode::Active,
                Some("standby") => Mode::Standby,
                Some(_) => Mode::Other,
            },
            source: source(self.source),
            reply_token: text(self.reply_token).map(ReplyToken::new),
            kind: self.kind_named(name)?,
        })
    }

    /// LINE's milliseconds, never later than a day after we received it (a clock that is off by more is
    /// no clock), so that an absurd timestamp cannot keep a reply token alive.
    fn happened(&self, received: Timestamp) -> Timestamp {
        let latest = received.checked_add(jiff::SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        read::<i64>(self.timestamp)
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .filter(|happened| *happened <= latest)
            .unwrap_or(received)
    }

    fn kind_named(&self, name: String) -> Result<EventKind, Unreadable> {
        Ok(match name.as_str() {
            "message" => EventKind::Message(self.message()?),
            "messageEdited" => EventKind::MessageEdited,
            "unsend" => EventKind::Unsend {
                message_id: read::<UnsendShape<'_>>(self.unsend)
                    .and_then(|unsend| text(unsend.message_id))
                    .ok_or_else(|| Unreadable { reason: "an unsend names no message".into() })?,
            },
            "follow" => EventKind::Follow {
                is_unblocked: read::<FollowShape<'_>>(self.follow)
                    .and_then(|follow| read(follow.is_unblocked))
                    .unwrap_or(false),
            },
            "unfollow" => EventKind::Unfollow,
            "join" => EventKind::Join,
            "leave" => EventKind::Leave,
            "memberJoined" => EventKind::MemberJoined,
            "memberLeft" => EventKind::MemberLeft,
            "postback" => EventKind::Postback(self.postback()),
            "videoPlayComplete" => EventKind::VideoPlayComplete,
            "beacon" => EventKind::Beacon,
            "accountLink" => EventKind::AccountLink,
            "membership" => EventKind::Membership,
            "module" => EventKind::Module,
            "activated" => EventKind::Activated,
            "deactivated" => EventKind::Deactivated,
            "botSuspended" => EventKind::BotSuspended,
            "botResumed" => EventKind::BotResumed,
            "delivery" => EventKind::Delivery,
            _ => EventKind::Unknown { name },
        })
    }

    fn message(&self) -> Result<IncomingMessage, Unreadable> {
        let shape = read::<MessageShape<'_>>(self.message)
            .ok_or_else(|| Unreadable { reason: "a message event has no message".into() })?;
        let content = match text(shape.kind).as_deref() {
            Some("text") => Content::Text(read(shape.text).unwrap_or_default()),
            Some("sticker") => Content::Sticker,
            Some("image") => Content::Image,
            Some("video") => Content::Video,
            Some("audio") => Content::Audio,
            Some("file") => Content::File,
            Some("location") => Content::Location,
            other => Content::Unknown { name: other.unwrap_or_default().to_owned() },
        };
        Ok(IncomingMessage { id: text(shape.id).unwrap_or_default(), content })
    }

    fn postback(&self) -> Postback {
        let shape = read::<PostbackShape<'_>>(self.postback);
        let params = shape.as_ref().and_then(|postback| read::<ParamsShape<'_>>(postback.params));
        Postback {
            data: shape.and_then(|postback| text(postback.data)).unwrap_or_default(),
            menu_switch: params
                .as_ref()
                .is_some_and(|params| params.status.is_some() || params.alias.is_some()),
            picked: params.and_then(|params| text(params.date)?.parse().ok()),
        }
    }
}

fn source(raw: Raw<'_>) -> Source {
    let Some(shape) = read::<SourceShape<'_>>(raw) else { return Source::None };
    match shape.kind.as_deref() {
        Some("user") => Source::User(text(shape.user_id).map(LineUserId::new)),
        Some("group") => Source::Group,
        Some("room") => Source::Room,
        _ => Source::None,
    }
}
