//! PORT, content's part: the published truth as revisions, its contents by hash, and unpublished drafts.
//!
//! Journeys under `curate` call it. It knows names and hashes, never what stands inside a piece. Contents are
//! kept first ([`Contents::keep`]), as often as one likes; [`Contents::publish`] then switches all pieces of a
//! revision in one step, so that a crash leaves the old or the new revision and never half of one.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    content::{
        Blob, Change, ContentHash, ImportMark, PieceId, Publication, Revision, RevisionNo, SavedDraft,
        Version,
    },
    id::AccountId,
    time::Timestamp,
};

/// Which content each piece has in a revision.
pub type Pieces = BTreeMap<PieceId, ContentHash>;

/// A draft as it is to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftEdit {
    /// The piece.
    pub piece: PieceId,
    /// The version that the editor has seen; 0: none.
    pub expected: Version,
    /// Who saves it.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// The published content from which it was made.
    pub base: Option<ContentHash>,
    /// The edited content as text.
    pub body: String,
    /// The audit's entry on it.
    pub note: Note,
}

/// Published content and drafts of an account.
#[async_trait]
pub trait Contents: Send + Sync {
    /// Keeps contents durably under their hashes; those that are kept already cost nothing. To be called
    /// with portions of at most a few megabytes.
    async fn keep(&self, account: &AccountId, contents: Vec<Blob>) -> Result<(), StoreError>;

    /// The contents of these hashes, in the order asked. [`StoreError::Damaged`] when one is not kept.
    async fn contents(&self, account: &AccountId, hashes: &[ContentHash]) -> Result<Vec<Blob>, StoreError>;

    /// Publishes: the next revision, all its changes, the import mark where it came from files, the end of
    /// its drafts, and the audit's entry, in one durable step. Gives the new revision's number.
    ///
    /// [`StoreError::Conflict`] when the head or one of the drafts has moved since the publisher saw it;
    /// [`StoreError::Damaged`] when a content is not kept. Then nothing has changed. Changes that change
    /// nothing are left out; a publication of none of them is a revision all the same.
    async fn publish(&self, account: &AccountId, publication: Publication) -> Result<RevisionNo, StoreError>;

    /// The number of the newest revision; 0 when nothing has been published.
    async fn head(&self, account: &AccountId) -> Result<RevisionNo, StoreError>;

    /// The newest revision's number and all its pieces, as of one moment.
    async fn head_pieces(&self, account: &AccountId) -> Result<(RevisionNo, Pieces), StoreError>;

    /// The pieces of an earlier revision; `None` when there is no such revision. Costs as much as has been
    /// changed since.
    async fn pieces_at(&self, account: &AccountId, number: RevisionNo) -> Result<Option<Pieces>, StoreError>;

    /// A revision with its changes, sorted by piece; `None` when there is no such revision.
    async fn revision(
        &self,
        account: &AccountId,
        number: RevisionNo,
    ) -> Result<Option<(Revision, Vec<Change>)>, StoreError>;

    /// At most `most` revisions before `before` (the newest ones without it), the newest first.
    async fn revisions(
        &self,
        account: &AccountId,
        before: Option<RevisionNo>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError>;

    /// At most `most` revisions before `before` that changed a piece, with what it became, newest first.
    async fn history(
        &self,
        account: &AccountId,
        piece: &PieceId,
        before: Option<RevisionNo>,
        most: usize,
    ) -> Result<Vec<(Revision, Option<ContentHash>)>, StoreError>;

    /// The last reading of files, if there was one.
    async fn import_mark(&self, account: &AccountId) -> Result<Option<ImportMark>, StoreError>;

    /// Notes that files say what a revision says, with the audit's entry where a person decided it.
    /// [`StoreError::Conflict`] when that is not the head any more.
    async fn mark_import(
        &self,
        account: &AccountId,
        mark: ImportMark,
        note: Option<Note>,
    ) -> Result<(), StoreError>;

    /// Saves a draft if its version is still the expected one, and gives it back with its new version.
    /// [`StoreError::Conflict`] when somebody else has saved, discarded or published it: nothing is
    /// overwritten, and [`Contents::draft`] gives what they wrote.
    async fn save_draft(&self, account: &AccountId, edit: DraftEdit) -> Result<SavedDraft, StoreError>;

    /// The draft of a piece.
    async fn draft(&self, account: &AccountId, piece: &PieceId) -> Result<Option<SavedDraft>, StoreError>;

    /// At most `most` drafts, by piece, after `after`.
    async fn drafts(
        &self,
        account: &AccountId,
        after: Option<&PieceId>,
        most: usize,
    ) -> Result<Vec<SavedDraft>, StoreError>;

    /// Throws a draft away. [`StoreError::Conflict`] when its version is not the expected one.
    async fn discard_draft(
        &self,
        account: &AccountId,
        piece: &PieceId,
        expected: Version,
        note: Note,
    ) -> Result<(), StoreError>;
}
