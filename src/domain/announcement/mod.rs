//! An announcement on its way: written, looked at by a second person, held for a moment, sent.
//!
//! Invariant I6: nothing of it is handed to LINE unless two different people stand behind exactly that content and
//! exactly that audience: whoever wrote it last, and whoever approved it. Any edit makes a new draft that nobody has
//! approved. The one exception is an alert by [`Way::break_glass`]: one person, a text that was agreed on before, and a
//! review that is due. PURE: journeys decide by these folds; the store keeps what comes out.

mod afterwards;
mod ask;
pub mod batch;
pub mod content;
mod draft;
pub mod field;
pub mod lint;
mod mark;
pub mod place;
mod render;
pub mod template;
mod way;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{audit::Link, id::InvalidId};

pub use afterwards::{LATER, Left, LineCounts, SOON, usual};
pub use ask::Ask;
pub use content::{Block, Button, Card, Content, Picture, Template, Title};
pub use draft::{Announcement, Audience, Draft, Freeze, Frozen, Kind, PauseReason, Route, Taken, Variant};
pub use field::{FieldName, Values};
pub use mark::{Dress, Mark};
pub use place::{Fault, Part, Place, Wrong};
pub use render::notification;
pub use way::{Approval, Hold, Refusal, Stage, Step, Way};

/// An announcement, written `ann_<uuid>`; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnnouncementId(pub Uuid);

impl fmt::Display for AnnouncementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ann_{}", self.0.simple())
    }
}

impl FromStr for AnnouncementId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("ann_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self)
            .ok_or_else(|| InvalidId::new(text, "an announcement's id (ann_ and 32 hexadecimal digits)"))
    }
}

/// What is approved: these words to these people, as hashes, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The hash of everything that is said, in every language, and of who says it.
    pub content: Link,
    /// The hash of the frozen audience: everybody's number, in order.
    pub audience: Link,
    /// How many people that are. The approver types it.
    pub count: u64,
}
