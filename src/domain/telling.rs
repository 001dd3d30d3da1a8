//! What other systems are told: that an announcement took a step, or a target got worse, by ids alone.

use serde::{Deserialize, Serialize};

use super::{
    announcement::{AnnouncementId, Step},
    audit::Link,
    figure::target::TargetId,
    id::AccountId,
    time::Timestamp,
};

/// What has happened. Names are part of the stable face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happened {
    /// It was shown to a second person.
    #[serde(rename = "announcement.submitted")]
    Submitted,
    /// It was approved, or let out by one person alone.
    #[serde(rename = "announcement.approved")]
    Approved,
    /// Every batch has its outcome.
    #[serde(rename = "announcement.sent")]
    Sent,
    /// It was stopped for good.
    #[serde(rename = "announcement.cancelled")]
    Cancelled,
    /// It was paused, by somebody or by itself.
    #[serde(rename = "announcement.paused")]
    Paused,
    /// The status of a target got worse.
    #[serde(rename = "target.worsened")]
    Worsened,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An announcement.
    Announcement(AnnouncementId),
    /// A target.
    Target(TargetId),
}

impl About {
    /// The id without its kind. No two things have the same.
    pub fn id(self) -> uuid::Uuid {
        match self {
            Self::Announcement(id) => id.0,
            Self::Target(id) => id.0,
        }
    }

    /// The kind, and the id as it is written.
    pub fn named(self) -> (&'static str, String) {
        match self {
            Self::Announcement(id) => ("announcement", id.to_string()),
            Self::Target(id) => ("target", id.to_string()),
        }
    }
}

impl Happened {
    /// What a step means to others; `None`: nothing.
    pub fn of(step: Step) -> Option<Self> {
        match step {
            Step::Submitted => Some(Self::Submitted),
            Step::Approved | Step::BrokenGlass => Some(Self::Approved),
            Step::Finished => Some(Self::Sent),
            Step::Cancelled => Some(Self::Cancelled),
            Step::Paused => Some(Self::Paused),
            Step::Written | Step::Returned | Step::Begun | Step::Resumed | Step::Reviewed => None,
        }
    }

    /// Its name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Submitted => "announcement.submitted",
            Self::Approved => "announcement.approved",
            Self::Sent => "announcement.sent",
            Self::Cancelled => "announcement.cancelled",
            Self::Paused => "announcement.paused",
            Self::Worsened => "target.worsened",
        }
    }
}

/// Something that is still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// Which of its steps it was: no two have one number.
    pub step: u64,
    /// What has happened.
    pub happened: Happened,
    /// When.
    pub at: Timestamp,
    /// How often it was tried in vain.
    pub tries: u32,
    /// When it is to be tried.
    pub next: Timestamp,
    /// Who has taken it, or does not want it: the hashes of their addresses.
    pub told: Vec<Link>,
}

impl Telling {
    /// A step that was taken.
    pub fn of(about: About, step: u64, happened: Happened, at: Timestamp) -> Self {
        Self { about, step, happened, at, tries: 0, next: at, told: Vec::new() }
    }

    /// The same for every try (`webhook-id`).
    pub fn name(&self) -> String {
        format!("msg_{}_{}", self.about.id().simple(), self.step)
    }
}

/// Where an account's steps are told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// An address: `https:`, or `http:` of this machine.
    pub url: String,
    /// Signs what is told.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhook(…)")
    }
}

impl Webhook {
    /// Under what it is remembered that it was told.
    pub fn hash(&self) -> Link {
        Link::of_text(&self.url)
    }
}

/// What goes out: no words, no names, no numbers of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The name, which stays the same for every try.
    pub name: String,
    /// What has happened.
    pub happened: Happened,
    /// When it happened.
    pub at: Timestamp,
    /// When it is told.
    pub now: Timestamp,
    /// The account.
    pub account: AccountId,
    /// What it is about.
    pub about: About,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stored_as_they_are_told() {
        for happened in [
            Happened::Submitted,
            Happened::Approved,
            Happened::Sent,
            Happened::Cancelled,
            Happened::Paused,
            Happened::Worsened,
        ] {
            assert_eq!(serde_json::to_value(happened).unwrap(), happened.code());
        }
    }

    #[test]
    fn what_was_stored_before_there_were_targets_is_read() {
        let stored = r#"{"announcement":"00000000-0000-0000-0000-000000000007","step":3,"happened":"announcement.sent",
            "at":"1970-01-01T00:00:00Z","tries":0,"next":"1970-01-01T00:00:00Z","told":[]}"#;
        let read: Telling = serde_json::from_str(stored).unwrap();
        let id = About::Announcement(AnnouncementId(uuid::Uuid::from_u128(7)));
        assert_eq!(read, Telling::of(id, 3, Happened::Sent, Timestamp::UNIX_EPOCH));
        let of_target = Telling { about: About::Target(TargetId(uuid::Uuid::from_u128(8))), ..read };
        let again: Telling = serde_json::from_value(serde_json::to_value(&of_target).unwrap()).unwrap();
        assert_eq!(again, of_target);
    }
}
