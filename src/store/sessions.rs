//! PORT: sessions of staff, found by the hash of their token, and the forms that were posted in them.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    id::StaffId,
    staff::{Challenge, Hash, Session, SessionId},
    time::Timestamp,
};

/// What is known of a form's key when it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Post {
    /// Posted for the first time; it is claimed now.
    First,
    /// Done before: the address to which the first post led.
    Done(String),
    /// Claimed, and neither done nor given back: in work, or cut off by the end of a process.
    Unknown,
}

/// So many sessions a person may have at once.
pub const MOST_SESSIONS: usize = 20;

/// So many questions to security keys are open in a session at most; beyond, the oldest is dropped.
pub const MOST_CHALLENGES: usize = 5;

/// Sessions on the server; ending one takes effect with the next request.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Begins a session under a token's hash; `replaces` ends the one from which it came, so that a token
    /// never grows in rights. [`StoreError::Conflict`] when that one has ended meanwhile. Sessions of the
    /// person that are over, and beyond [`MOST_SESSIONS`] the oldest, are dropped on the way.
    async fn begin_session(
        &self,
        token: &Hash,
        session: Session,
        replaces: Option<Hash>,
        note: Option<Note>,
    ) -> Result<(), StoreError>;

    /// The session, or `None`. Whether it still counts is the domain's to say.
    async fn load_session(&self, token: &Hash) -> Result<Option<Session>, StoreError>;

    /// Changes a session that is still there; does nothing when it has ended.
    async fn change_session(
        &self,
        token: &Hash,
        session: Session,
        note: Option<Note>,
    ) -> Result<(), StoreError>;

    /// Writes down that it was used; does nothing when it has ended.
    async fn note_use(&self, token: &Hash, at: Timestamp) -> Result<(), StoreError>;

    /// Every session of a person that has not been ended; a person has few.
    async fn list_sessions(&self, staff: StaffId) -> Result<Vec<Session>, StoreError>;

    /// Ends one session of a person; `false` when there is no such one.
    async fn end_session(&self, staff: StaffId, session: SessionId, note: Note) -> Result<bool, StoreError>;

    /// Ends every session of a person; says how many.
    async fn end_sessions(&self, staff: StaffId, note: Note) -> Result<usize, StoreError>;

    /// Claims a form's key within a session: the first to ask does the work.
    async fn claim_post(&self, token: &Hash, key: &[u8; 16]) -> Result<Post, StoreError>;

    /// Writes where a claimed post led (`Some`), or gives the claim back (`None`), so that the form may be
    /// posted again.
    async fn finish_post(
        &self,
        token: &Hash,
        key: &[u8; 16],
        location: Option<String>,
    ) -> Result<(), StoreError>;

    /// Keeps a question that was put to a security key within a session. [`StoreError::Conflict`] when the
    /// session has ended.
    async fn keep_challenge(&self, token: &Hash, challenge: Challenge) -> Result<(), StoreError>;

    /// Takes a question away: whoever gets it is the only one. `None` when it was never put in this
    /// session, was taken, or gave way to later ones.
    async fn take_challenge(&self, token: &Hash, bytes: &Hash) -> Result<Option<Challenge>, StoreError>;
}
