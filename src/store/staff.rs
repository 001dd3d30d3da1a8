//! PORT: staff and their credentials. Each change carries the note that goes into the audit log in the
//! same operation, and each edit the version that it was made from.
//!
//! Names, login names, password hashes and seeds are sealed; a login name is found by its keyed hash.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    id::{AccountId, StaffId},
    staff::{Credentials, Hash, Invitation, LoginName, OutsideAccount, Staff, Version},
    time::Timestamp,
};

/// A value with the version that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its version, to be named by an edit.
    pub version: Version,
}

/// What became of somebody new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Stored, invited, noted.
    Added,
    /// The login name belongs to somebody else; nothing was stored.
    LoginTaken,
}

/// What happens to somebody's sessions when the credentials change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// They stay.
    Keep,
    /// All end, except the one with this token.
    EndOthers(Hash),
    /// All end.
    EndAll,
}

/// One line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffChange {
    /// Somebody new, with an invitation.
    Add(Staff, Invitation),
    /// Somebody known, changed from this version.
    Change(Staff, Version),
}

/// Staff: found by id or by login name, listed by account.
#[async_trait]
pub trait People: Send + Sync {
    /// Stores somebody new with an invitation.
    async fn add_staff(&self, staff: Staff, invitation: Invitation, note: Note) -> Result<Added, StoreError>;

    /// The person, or `None`.
    async fn load_staff(&self, id: StaffId) -> Result<Option<Versioned<Staff>>, StoreError>;

    /// The person with this login name, or `None`.
    async fn load_staff_by_login(&self, login: &LoginName) -> Result<Option<Versioned<Staff>>, StoreError>;

    /// Who has, had or will have a membership of the account: at most `most` after the given one, by id
    /// and so by age.
    async fn list_staff(
        &self,
        account: &AccountId,
        after: Option<StaffId>,
        most: usize,
    ) -> Result<Vec<Versioned<Staff>>, StoreError>;

    /// Changes somebody; the login name stays. [`StoreError::Conflict`] when somebody else did so first.
    async fn change_staff(&self, staff: Staff, expected: Version, note: Note) -> Result<(), StoreError>;

    /// Applies a whole list or, on any [`StoreError::Conflict`] (a version that moved, a login name that is
    /// taken), nothing of it.
    async fn import_staff(&self, changes: Vec<StaffChange>, note: Note) -> Result<(), StoreError>;

    /// The credentials; empty ones at version 0 for somebody who has none yet.
    async fn load_credentials(&self, id: StaffId) -> Result<Versioned<Credentials>, StoreError>;

    /// Changes the credentials and, as told, ends sessions. `note` may be left out only for counting
    /// attempts. [`StoreError::Conflict`] when they were changed meanwhile: a code that is good once is
    /// good once also when it is used twice at the same moment. Also when they link an account at the
    /// single sign-on that is somebody else's.
    async fn change_credentials(
        &self,
        id: StaffId,
        credentials: Credentials,
        expected: Version,
        sessions: Sessions,
        note: Option<Note>,
    ) -> Result<(), StoreError>;

    /// Whose an account at the single sign-on is.
    async fn find_linked(&self, account: &OutsideAccount) -> Result<Option<StaffId>, StoreError>;

    /// Makes an invitation; an earlier one of the same person is void.
    async fn invite(&self, invitation: Invitation, note: Note) -> Result<(), StoreError>;

    /// The invitation with this hash, or `None` when it was used, replaced or never made.
    async fn load_invitation(&self, token: &Hash) -> Result<Option<Invitation>, StoreError>;

    /// Uses an invitation: it is gone, the credentials take the place of the old ones, every session of
    /// the person ends. `false`, and nothing changed, when it is not (any more) there or over at `now`.
    async fn use_invitation(
        &self,
        token: &Hash,
        now: Timestamp,
        credentials: Credentials,
        note: Note,
    ) -> Result<bool, StoreError>;
}
