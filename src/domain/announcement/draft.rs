//! An announcement as a whole: what is written, to whom, where it stands, and who was frozen for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{AnnouncementId, Content, Way};
use crate::domain::{
    audit::{Link, Who},
    id::ResidentNo,
    language::Language,
    message::Messages,
    segment::{SegmentId, Written},
    time::Timestamp,
};

/// What it is, which decides how it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// News of the city.
    #[default]
    Ordinary,
    /// Danger: its own lane, full speed, and in need one person alone with an agreed text.
    Alert,
    /// An exercise: marked by the server, and only to the staff group, whatever is written.
    Drill,
    /// Puts an earlier one right, to exactly those who got it or may have.
    Correction,
}

/// For whom it is meant, as chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// Those for whom a predicate holds.
    Picked {
        /// The predicate, as written.
        predicate: Written,
        /// The named segment from which it was taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<SegmentId>,
    },
    /// Every friend of the account, also those of whom nothing is known: a broadcast.
    AllFriends,
    /// The account's staff group.
    StaffGroup,
    /// Those who got an earlier announcement, or may have: LINE accepted it, or the outcome is unknown.
    Reached {
        /// Which one.
        announcement: AnnouncementId,
    },
    /// Those of whom it is unknown whether they got an earlier announcement.
    Unsettled {
        /// Which one.
        announcement: AnnouncementId,
    },
}

/// What is written and may be changed until it is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is.
    pub kind: Kind,
    /// What is said.
    pub content: Content,
    /// For whom.
    pub audience: Audience,
    /// When it is to go out; `None`: as soon as it is approved and the hold is over.
    pub due: Option<Timestamp>,
}

impl Draft {
    /// The hash of what is said and of everything that decides how: an approval holds for this alone.
    pub fn hash(&self) -> Link {
        let due = self.due.map(|due| due.to_string()).unwrap_or_default();
        Link::of_text(&format!("{:?}\0{due}\0{}", self.kind, self.content.hash()))
    }
}

/// Those who get the same words: one language, and the same choices where fields stand for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The language.
    pub language: Language,
    /// What they get, word for word.
    pub messages: Messages,
    /// Whether phones stay silent.
    #[serde(default)]
    pub is_silent: bool,
}

/// Who was frozen, and what each of them gets. Nobody is in two variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The variants.
    pub variants: Vec<(Variant, Vec<ResidentNo>)>,
}

impl Frozen {
    /// How many people they are.
    pub fn count(&self) -> u64 {
        self.variants.iter().map(|(_, people)| people.len() as u64).sum()
    }

    /// The hash of who gets what: everybody's number, in order, variant by variant with its words.
    pub fn hash(&self) -> Link {
        let mut text = String::new();
        for (variant, people) in &self.variants {
            let words = serde_json::to_string(variant).unwrap_or_default();
            text.push_str(&Link::of_text(&words).to_string());
            for ResidentNo(number) in people {
                text.push(' ');
                text.push_str(&number.to_string());
            }
            text.push('\n');
        }
        Link::of_text(&text)
    }
}

/// How an announcement reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Up to 500 people a call.
    Multicast,
    /// One call for all friends.
    Broadcast,
}

/// What is known of the frozen audience without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// When it was frozen.
    pub at: Timestamp,
    /// The day that counted as today.
    pub day: Date,
    /// How many people each variant has.
    pub counts: Vec<u32>,
    /// The way they are reached.
    pub route: Route,
}

/// Why it was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// Somebody wanted it.
    Asked,
    /// LINE refused more than one in a hundred of those who came first.
    Errors,
    /// The month's quota is used up, or what is left is kept for alerts.
    Quota,
    /// LINE does not accept the channel access token.
    Token,
    /// The plan or the kind of the account does not allow it.
    Forbidden,
    /// The store was put back from a backup: what was sent since is not known here.
    Restored,
}

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// What is written.
    pub draft: Draft,
    /// Where it stands.
    pub way: Way,
    /// Who was frozen, from the moment it was shown to a second person.
    pub freeze: Option<Freeze>,
    /// Why it is paused, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<PauseReason>,
    /// The announcement that this one puts right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<AnnouncementId>,
    /// Who began it: staff, or another system by its key.
    pub begun_by: Who,
    /// When something of it changed last.
    pub changed: Timestamp,
}

/// A step that was taken, for the history (決裁履歴).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// When.
    pub at: Timestamp,
    /// By whom; the system begins, pauses and finishes.
    pub by: Who,
    /// Which one.
    pub step: super::Step,
    /// What was written beside it: why it was given back, or why it was paused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// In whose place (代決).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<crate::domain::id::StaffId>,
    /// The content's hash at that moment.
    pub content: Link,
    /// How many people it was for, where they were frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}
