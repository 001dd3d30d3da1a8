//! What LINE told us, in the city's words: one [`Event`] for each thing that happened.
//!
//! `line::event` makes these from JSON, the inbox stores them, `journeys::answer` acts on them. Fields
//! that todoke has no use for (quote tokens, emoji positions, sticker keywords) are not carried: what is
//! not kept cannot leak.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{id::LineUserId, time::Timestamp};

/// The name under which an event is stored once, however often it is delivered.
///
/// A ULID keeps its own 16 bytes, so that keys sort by time; any other id, and the raw event where there
/// is no id, becomes a truncated SHA-256. The first byte tells the two apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKey([u8; 17]);

impl EventKey {
    const ULID: u8 = 1;
    const HASHED: u8 = 2;
    const RAW: u8 = 3;

    /// The key of an event that carries a `webhookEventId`.
    #[must_use]
    pub fn from_webhook_event_id(id: &str) -> Self {
        parse_ulid(id).map_or_else(
            || Self::hashed(Self::HASHED, id.as_bytes()),
            |bytes| Self::tagged(Self::ULID, bytes),
        )
    }

    /// The key of an event without an id: `raw` is the event without its `deliveryContext`, which is the
    /// only part that a redelivery changes.
    #[must_use]
    pub fn from_raw(raw: &[u8]) -> Self {
        Self::hashed(Self::RAW, raw)
    }

    fn hashed(tag: u8, bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Self::tagged(tag, half)
    }

    fn tagged(tag: u8, rest: [u8; 16]) -> Self {
        let mut key = [tag; 17];
        key[1..].copy_from_slice(&rest);
        Self(key)
    }

    /// The 17 bytes, which sort as the keys do.
    pub fn as_bytes(&self) -> &[u8; 17] {
        &self.0
    }

    /// Reads back what [`Self::as_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 17]) -> Self {
        Self(bytes)
    }

    /// When the name was given, to the millisecond: a ULID begins with that (48 bits; github.com/ulid/spec).
    /// `None` for the other names.
    pub fn named_at(&self) -> Option<Timestamp> {
        let (Self::ULID, rest) = self.0.split_first().map(|(tag, rest)| (*tag, rest))? else { return None };
        let millisecond = rest[..6].iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
        Timestamp::from_millisecond(millisecond).ok()
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("evt_")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads a ULID in its canonical form only: two spellings of one ULID must not become one key.
fn parse_ulid(text: &str) -> Option<[u8; 16]> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(value.to_be_bytes())
}

/// A single-use permission to answer an event. Redacted in `Debug`: whoever has it can answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyToken(String);

impl ReplyToken {
    /// Wraps the token that LINE sent.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself, for the call to LINE.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyToken(…)")
    }
}

/// Who may speak in the chat just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Mode {
    /// We may answer.
    #[default]
    Active,
    /// Another module holds the chat: never answer.
    Standby,
    /// A mode that is newer than this code: treated like standby.
    Other,
}

/// Where the event came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A one-to-one chat. The id is absent where the person never agreed.
    User(Option<LineUserId>),
    /// A group. Only that it was one is kept.
    Group,
    /// A room of several people. Only that it was one is kept.
    Room,
    /// No source, as in a failed account link, or a kind newer than this code.
    None,
}

/// One thing that happened on LINE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened, by LINE's clock; the same again when redelivered.
    pub happened: Timestamp,
    /// Who may speak.
    pub mode: Mode,
    /// Where it happened.
    pub source: Source,
    /// The permission to answer, where there is one.
    pub reply_token: Option<ReplyToken>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened. The names are LINE's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A message was sent to us.
    Message(IncomingMessage),
    /// A message in a group was edited; the content is not kept.
    MessageEdited,
    /// The sender took a message back: its stored body must go.
    Unsend {
        /// The message that was taken back.
        message_id: String,
    },
    /// Somebody added us as a friend or unblocked us.
    Follow {
        /// LINE's hint that this was an unblocking; not guaranteed to be right.
        is_unblocked: bool,
    },
    /// Somebody blocked us.
    Unfollow,
    /// We were taken into a group or room.
    Join,
    /// We were removed from a group or room.
    Leave,
    /// People joined a group that we are in.
    MemberJoined,
    /// People left a group that we are in.
    MemberLeft,
    /// A button of ours, a date picker or a rich-menu tab was used.
    Postback(Postback),
    /// A video with a tracking id was watched to its end.
    VideoPlayComplete,
    /// Somebody came near a beacon.
    Beacon,
    /// A LINE account was linked with an account of ours, or the attempt failed.
    AccountLink,
    /// A paid membership changed.
    Membership,
    /// The account was attached to or detached from a module channel.
    Module,
    /// Our module channel took over the chat.
    Activated,
    /// Our module channel gave the chat back.
    Deactivated,
    /// LINE suspended the bot.
    BotSuspended,
    /// LINE resumed the bot.
    BotResumed,
    /// A LINE notification message reached a telephone number.
    Delivery,
    /// A message that its sender took back while it waited: nothing of it is left. Never from LINE.
    TakenBack,
    /// A kind that is newer than this code: kept, counted, not answered.
    Unknown {
        /// LINE's name for it.
        name: String,
    },
}

/// A message as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingMessage {
    /// LINE's id of the message; an unsend names it.
    pub id: String,
    /// What was sent.
    pub content: Content,
}

/// What a resident sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Words. A lone surrogate in them has become U+FFFD.
    Text(String),
    /// A sticker.
    Sticker,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A voice message.
    Audio,
    /// A file.
    File,
    /// A place; its coordinates are not kept, since nothing here uses them yet.
    Location,
    /// A kind that is newer than this code.
    Unknown {
        /// LINE's name for it.
        name: String,
    },
}

/// A button of ours that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postback {
    /// The code that we had put behind the button, at most 300 characters.
    pub data: String,
    /// Whether a rich-menu tab was switched; such a postback is not answered.
    pub menu_switch: bool,
    /// The day that was picked, where the button let one be picked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<Date>,
}

impl Event {
    /// Whether somebody's follow state changes with this event, and to what.
    pub fn follow_change(&self) -> Option<bool> {
        match self.kind {
            EventKind::Follow { .. } => Some(true),
            EventKind::Unfollow => Some(false),
            _ => None,
        }
    }

    /// The person whose one-to-one chat this is, where known.
    pub fn user(&self) -> Option<&LineUserId> {
        match &self.source {
            Source::User(user) => user.as_ref(),
            _ => None,
        }
    }

    /// Whether this happened among several people.
    pub fn in_company(&self) -> bool {
        matches!(self.source, Source::Group | Source::Room)
    }

    /// The words of a text message.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            EventKind::Message(IncomingMessage { content: Content::Text(text), .. }) => Some(text),
            _ => None,
        }
    }
}

impl EventKind {
    /// LINE's name for the kind: a label for metrics, from a closed set (`unknown` for everything new, and
    /// `taken_back` for what is not LINE's).
    pub fn label(&self) -> &'static str {
        match self {
            Self::Message(message) => match message.content {
                Content::Text(_) => "message.text",
                Content::Sticker => "message.sticker",
                Content::Image => "message.image",
                Content::Video => "message.video",
                Content::Audio => "message.audio",
                Content::File => "message.file",
                Content::Location => "message.location",
                Content::Unknown { .. } => "message.unknown",
            },
            Self::MessageEdited => "messageEdited",
            Self::Unsend { .. } => "unsend",
            Self::Follow { .. } => "follow",
            Self::Unfollow => "unfollow",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::MemberJoined => "memberJoined",
            Self::MemberLeft => "memberLeft",
            Self::Postback(_) => "postback",
            Self::VideoPlayComplete => "videoPlayComplete",
            Self::Beacon => "beacon",
            Self::AccountLink => "accountLink",
            Self::Membership => "membership",
            Self::Module => "module",
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
            Self::BotSuspended => "botSuspended",
            Self::BotResumed => "botResumed",
            Self::Delivery => "delivery",
            Self::TakenBack => "taken_back",
            Self::Unknown { .. } => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulid_keys_sort_by_time_and_differ_from_hashed_ones() {
        let earlier = EventKey::from_webhook_event_id("01FZ74A0TDDPYRVKNK77XKC3ZR");
        let later = EventKey::from_webhook_event_id("01GZ74A0TDDPYRVKNK77XKC3ZR");
        let hashed = EventKey::from_webhook_event_id("01fz74a0tddpyrvknk77xkc3zr");
        assert!(earlier < later);
        assert!(later < hashed);
        assert_eq!(EventKey::from_bytes(*later.as_bytes()), later);
    }

    #[test]
    fn an_id_that_is_no_canonical_ulid_is_hashed() {
        for odd in ["", "x", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01FZ74A0TDDPYRVKNK77XKC3ZU", &"9".repeat(999)] {
            assert_eq!(EventKey::from_webhook_event_id(odd).as_bytes()[0], EventKey::HASHED, "{odd}");
        }
    }
}
