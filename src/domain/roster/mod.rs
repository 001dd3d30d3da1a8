//! PURE: the people whom the city invites into its groups, each with a code of their own.
//!
//! The city knows names and no LINE ids, and todoke knows LINE ids and no names: the code, which a resident sends in
//! the chat, is all that joins them. It counts once. `journeys::groups` reads and writes the lists,
//! `journeys::answer::registration` lets somebody in.

mod code;
mod name;

use serde::{Deserialize, Serialize};

use super::{
    attribute::{AttributeId, ChoiceId, CodeHash},
    time::Timestamp,
};

pub use code::{PersonalCode, typed_code};
pub use name::InvitedName;

/// The most people on the lists of an account, and the most rows of a file.
pub const MOST_INVITED: usize = 20_000;

/// A group: the attribute, and the choice within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupRef {
    /// The attribute of kind group.
    pub attribute: AttributeId,
    /// The group.
    pub group: ChoiceId,
}

/// Somebody whom the city invites into a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Into which.
    pub group: GroupRef,
    /// As the city calls the person; no two of a group have the same. Personal data.
    pub name: InvitedName,
    /// The code; `None` once it was used: then it opens nothing more, and nobody needs to read it.
    pub code: Option<PersonalCode>,
    /// Its hash, which stays.
    pub hash: CodeHash,
    /// When it was made.
    pub made: Timestamp,
    /// When somebody used it; whoever that is may have left the group since.
    pub used: Option<Timestamp>,
}

/// Whether a code of one's own lets somebody into a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It does: into this group. So it does again for the same resident.
    Admitted(GroupRef),
    /// Somebody else has used it.
    Taken,
    /// It is no code of the kind, or lets into nothing that was asked for.
    Unknown,
}
