//! PORT: what the bot could not answer, masked, for a time.
//!
//! Questions from the chat come in with [`super::Inbox::settle`], in the same durable step as their event's
//! outcome, and go with [`super::Inbox::forget_message`]: whoever takes a message back takes its question
//! back, as long as the event's body, which holds the only link between the two, is kept.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    id::AccountId,
    time::Timestamp,
    unanswered::{Mark, NewUnanswered, Unanswered, UnansweredId},
    version::Version,
};

/// Where a list goes on.
pub type Cursor = (Timestamp, UnansweredId);

/// Questions without an answer.
#[async_trait]
pub trait Questions: Send + Sync {
    /// Keeps a question that did not come with an event ([`NewUnanswered::of`] is not looked at), and counts
    /// it in the day's figures. The note gets the question's id as its object.
    async fn keep_unanswered(
        &self,
        account: &AccountId,
        at: Timestamp,
        question: NewUnanswered,
        note: Note,
    ) -> Result<UnansweredId, StoreError>;

    /// The newest questions before a place, newest first, at most `most`.
    async fn list_unanswered(
        &self,
        account: &AccountId,
        before: Option<Cursor>,
        most: usize,
    ) -> Result<Vec<Unanswered>, StoreError>;

    /// Marks questions in one step, or takes their marks back (`None`), if none of them was marked by
    /// somebody else since it was read ([`StoreError::Conflict`]; then none is). Those that are gone meanwhile are passed over. Returns how
    /// many were marked; the note is written if any was.
    async fn mark_unanswered(
        &self,
        account: &AccountId,
        questions: Vec<(Cursor, Version)>,
        mark: Option<Mark>,
        note: Note,
    ) -> Result<usize, StoreError>;

    /// Drops questions asked before a moment, at most `most` in one call; returns how many.
    async fn expire_unanswered(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError>;
}
