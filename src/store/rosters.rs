//! PORT: the people whom the city invites into its groups, and the codes that let them in.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    attribute::{AttributeId, CodeHash},
    audit::Note,
    id::{AccountId, ResidentRef},
    profile::Stamp,
    roster::{Admission, GroupRef, Invited, InvitedName},
    time::Timestamp,
};

/// Lists of groups. Names and codes that are still good are sealed; which resident used a code is known to the store
/// alone.
#[async_trait]
pub trait Rosters: Send + Sync {
    /// Everybody who is invited, by group and name.
    async fn list_invited(&self, account: &AccountId) -> Result<Vec<Invited>, StoreError>;

    /// Adds and removes people, in one step with its audit note: all or nothing. Whoever came in by the code of
    /// somebody who is removed leaves the group, as of `at`. [`StoreError::Conflict`] if one of those who are to be
    /// added is there, or one of those who are to be removed is not; then nothing was written.
    async fn change_roster(
        &self,
        account: &AccountId,
        added: Vec<Invited>,
        removed: Vec<(GroupRef, InvitedName)>,
        at: Stamp,
        note: Note,
    ) -> Result<(), StoreError>;

    /// Uses a code for a resident, once and for all: durable when it comes back. The group has to be one of the
    /// attribute's; what the resident says of it is written by the caller.
    async fn use_code(
        &self,
        account: &AccountId,
        attribute: &AttributeId,
        code: CodeHash,
        resident: ResidentRef,
        at: Timestamp,
    ) -> Result<Admission, StoreError>;
}
