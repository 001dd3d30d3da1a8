//! The people who play residents, what they do, and what they see.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{message::Messages, time::Timestamp};

/// How many entries a chat and how many happenings are kept.
const KEPT: usize = 500;

/// A person's LINE user id: `U` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FriendId(pub String);

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Friend {
    /// The LINE user id.
    pub id: FriendId,
    /// The name shown in LINE.
    pub name: String,
    /// The language of the person's LINE (`ja`, `en`, `zh-TW`, …).
    pub language: String,
    /// Whether the account is a friend and not blocked.
    pub follows: bool,
}

/// Something that a person does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Act {
    /// Sends words.
    Text {
        /// The words.
        text: String,
    },
    /// Sends a sticker.
    Sticker {
        /// LINE's id of it.
        sticker_id: String,
    },
    /// Sends a picture.
    Image,
    /// Sends a video.
    Video,
    /// Sends a voice message.
    Audio,
    /// Sends a file.
    File,
    /// Sends a place.
    Location,
    /// Adds the account or unblocks it.
    Follow,
    /// Blocks the account.
    Unfollow,
    /// Taps one of our buttons.
    Postback {
        /// The code behind it.
        data: String,
        /// What the chat shows as said.
        display_text: Option<String>,
        /// The day that was picked, `2024-05-31`, where the button lets one be picked.
        #[serde(default)]
        picked: Option<String>,
    },
    /// Taps a tab of a rich menu, which leads to another menu.
    SwitchMenu {
        /// The other menu's alias.
        alias: String,
    },
    /// Takes a message back.
    Unsend {
        /// LINE's id of the message.
        message_id: String,
    },
}

impl Act {
    /// The event's own part: its type and what belongs to it, and whether LINE gives a reply token.
    pub(super) fn event(&self, message_id: &str) -> (Value, bool) {
        let message = |mut content: Value| {
            content["id"] = message_id.into();
            json!({ "type": "message", "message": content })
        };
        match self {
            Self::Text { text } => {
                (message(json!({ "type": "text", "text": text, "quoteToken": "q" })), true)
            }
            Self::Sticker { sticker_id } => (
                message(json!({
                    "type": "sticker", "packageId": "1", "stickerId": sticker_id, "stickerResourceType": "STATIC",
                    "quoteToken": "q",
                })),
                true,
            ),
            Self::Image => (
                message(json!({ "type": "image", "contentProvider": { "type": "line" }, "quoteToken": "q" })),
                true,
            ),
            Self::Video => (
                message(json!({ "type": "video", "duration": 5_000, "contentProvider": { "type": "line" } })),
                true,
            ),
            Self::Audio => (
                message(json!({ "type": "audio", "duration": 3_000, "contentProvider": { "type": "line" } })),
                true,
            ),
            Self::File => (message(json!({ "type": "file", "fileName": "a.pdf", "fileSize": 1_000 })), true),
            Self::Location => (
                message(json!({
                    "type": "location", "title": "中央公園", "address": "とどけ市中央区", "latitude": 35.0, "longitude": 139.0,
                })),
                true,
            ),
            Self::Follow => (json!({ "type": "follow", "follow": { "isUnblocked": false } }), true),
            Self::Unfollow => (json!({ "type": "unfollow" }), false),
            Self::Postback { data, picked, .. } => {
                let mut postback = json!({ "data": data });
                if let Some(day) = picked {
                    postback["params"] = json!({ "date": day });
                }
                (json!({ "type": "postback", "postback": postback }), true)
            }
            // What became of it is added where the menus are.
            Self::SwitchMenu { .. } => (json!({ "type": "postback", "postback": { "data": "menu" } }), true),
            Self::Unsend { message_id } => {
                (json!({ "type": "unsend", "unsend": { "messageId": message_id } }), false)
            }
        }
    }
}

/// One bubble (or several) of a chat.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatEntry {
    /// Grows within the whole double.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub content: Content,
    /// The event that it belongs to.
    pub event: Option<String>,
}

/// What a chat shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The person did something; with LINE's id of the message.
    Did(Act, String),
    /// The bot said something.
    Said(Messages),
}

/// Something that went over the wire.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Happening {
    /// Grows by one.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: HappeningKind,
}

/// What went over the wire.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum HappeningKind {
    /// The person did something; nothing has gone out yet.
    Acted {
        /// The event.
        event: String,
        /// Who did it.
        friend: FriendId,
    },
    /// A webhook went out and was answered.
    Webhook {
        /// The event.
        event: String,
        /// The body.
        body: Value,
        /// Its signature.
        signature: String,
        /// Which delivery this was, from 1.
        attempt: u32,
        /// The answer's status; 0: none came.
        status: u16,
        /// How long the answer took, in milliseconds.
        elapsed_ms: f64,
    },
    /// The Messaging API was called.
    Call {
        /// The path.
        endpoint: String,
        /// The event whose reply token it carried.
        event: Option<String>,
        /// The body.
        body: Value,
        /// The status that was answered; 0: the connection was cut.
        status: u16,
        /// The answer.
        answer: Value,
    },
}

/// Everybody.
#[derive(Debug)]
pub(super) struct People {
    friends: BTreeMap<FriendId, (Friend, VecDeque<ChatEntry>)>,
    order: Vec<FriendId>,
    happenings: VecDeque<Happening>,
    /// Who did what an event tells of, for the newest events.
    actors: HashMap<String, FriendId>,
    seq: u64,
    keep: bool,
}

impl People {
    pub(super) fn new(keep: bool) -> Self {
        let (friends, happenings) = (BTreeMap::new(), VecDeque::new());
        Self { friends, order: Vec::new(), happenings, actors: HashMap::new(), seq: 0, keep }
    }

    /// Who did what the event tells of.
    pub(super) fn friend_of(&self, event: Option<&str>) -> Option<FriendId> {
        self.actors.get(event?).cloned()
    }

    pub(super) fn add(&mut self, friend: Friend) {
        self.order.push(friend.id.clone());
        self.friends.insert(friend.id.clone(), (friend, VecDeque::new()));
    }

    pub(super) fn get(&self, id: &FriendId) -> Option<&Friend> {
        self.friends.get(id).map(|(friend, _)| friend)
    }

    pub(super) fn all(&self) -> Vec<Friend> {
        self.order.iter().filter_map(|id| self.get(id).cloned()).collect()
    }

    /// Those who follow, by id.
    pub(super) fn followers(&self) -> impl Iterator<Item = FriendId> + '_ {
        let followers = self.friends.values().filter(|(friend, _)| friend.follows);
        followers.map(|(friend, _)| friend.id.clone())
    }

    pub(super) fn remove(&mut self, id: &FriendId) {
        self.friends.remove(id);
    }

    pub(super) fn set_follows(&mut self, id: &FriendId, follows: bool) {
        if let Some((friend, _)) = self.friends.get_mut(id) {
            friend.follows = follows;
        }
    }

    pub(super) fn chat(&self, id: &FriendId) -> Vec<ChatEntry> {
        self.friends.get(id).map(|(_, chat)| chat.iter().cloned().collect()).unwrap_or_default()
    }

    /// Adds to a chat, where chats are kept.
    pub(super) fn say(
        &mut self,
        id: &FriendId,
        at: Timestamp,
        event: Option<String>,
        content: impl FnOnce() -> Content,
    ) {
        if !self.keep {
            return;
        }
        let content = content();
        self.seq += 1;
        if let (Content::Did(..), Some(event)) = (&content, &event) {
            self.actors.insert(event.clone(), id.clone());
        }
        let entry = ChatEntry { seq: self.seq, at, content, event };
        if let Some((_, chat)) = self.friends.get_mut(id) {
            chat.push_back(entry);
            if chat.len() > KEPT
                && let Some(ChatEntry { event: Some(event), .. }) = chat.pop_front()
            {
                self.actors.remove(&event);
            }
        }
    }

    pub(super) fn note(&mut self, at: Timestamp, kind: HappeningKind) -> u64 {
        self.seq += 1;
        self.happenings.push_back(Happening { seq: self.seq, at, kind });
        if self.happenings.len() > KEPT {
            self.happenings.pop_front();
        }
        self.seq
    }

    pub(super) fn happenings(&self, after: u64) -> Vec<Happening> {
        self.happenings.iter().filter(|happening| happening.seq > after).cloned().collect()
    }
}
