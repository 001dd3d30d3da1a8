//! A segment with a name and an owner, as staff keep it.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Written;
use crate::domain::{
    id::{InvalidId, StaffId},
    staff::Department,
    time::Timestamp,
};

/// A segment, written `seg_<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SegmentId(pub Uuid);

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seg_{}", self.0.simple())
    }
}

impl FromStr for SegmentId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("seg_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a segment's id (seg_ and 32 hexadecimal digits)"))
    }
}

/// What staff call a segment: one line of 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SegmentName(String);

impl SegmentName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SegmentName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let name = text.trim();
        if (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidId::new(text, "a segment's name (one line of 1 to 60 characters)"))
        }
    }
}

impl TryFrom<String> for SegmentName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<SegmentName> for String {
    fn from(name: SegmentName) -> Self {
        name.0
    }
}

/// A named segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub id: SegmentId,
    /// Its name.
    pub name: SegmentName,
    /// Who keeps it; `None`: made by the command line.
    pub owner: Option<StaffId>,
    /// Which department it belongs to; `None`: all may use it.
    pub department: Option<Department>,
    /// Whom it holds, as written. It is read against what the account asks whenever it is used.
    pub predicate: Written,
    /// When it was last changed.
    pub changed: Timestamp,
    /// Who changed it last; `None`: the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<StaffId>,
    /// Whether it was removed: nobody is picked by it, and for [`KEPT_REMOVED`] it can be put back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// How long a segment that was removed can be put back.
pub const KEPT_REMOVED: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Named {
    /// Whether it was removed so long ago that it need not be kept.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.removed && now.duration_since(self.changed) > KEPT_REMOVED
    }
}
