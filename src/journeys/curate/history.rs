//! What was published before: a revision with its changes, a piece through time, and what a return would do.

use super::{Desk, Edit, PublishError, try_out};
use crate::{
    domain::{
        content::{ContentHash, PieceId, Revision, RevisionNo},
        id::AccountId,
        staff::{Actor, rights::EditIntents},
    },
    intent::{piece::Piece, regression::Comparison},
    store::StoreError,
};

/// So many changes of a revision are read at most: the first one may have thousands.
pub const MOST_CHANGES: usize = 50;

/// What a revision did to a piece.
pub struct Changed {
    /// The piece.
    pub piece: PieceId,
    /// What it was; `None`: it was not there.
    pub before: Option<Piece>,
    /// What it became; `None`: it was taken away.
    pub after: Option<Piece>,
}

/// A revision with the first [`MOST_CHANGES`] of its changes; `None` when there is no such revision.
pub async fn revision(
    desk: &Desk,
    account: &AccountId,
    number: RevisionNo,
) -> Result<Option<(Revision, Vec<Changed>)>, StoreError> {
    let Some((revision, changes)) = desk.store.revision(account, number).await? else { return Ok(None) };
    let mut pieces = Vec::new();
    for change in changes.into_iter().take(MOST_CHANGES) {
        let before = piece_of(desk, account, &change.piece, change.before).await?;
        let after = piece_of(desk, account, &change.piece, change.after).await?;
        pieces.push(Changed { piece: change.piece, before, after });
    }
    Ok(Some((revision, pieces)))
}

/// A piece in the revisions that changed it, the newest first: at most `most` before `before`.
pub async fn of_piece(
    desk: &Desk,
    account: &AccountId,
    piece: &PieceId,
    before: Option<RevisionNo>,
    most: usize,
) -> Result<Vec<(Revision, Option<Piece>)>, StoreError> {
    let mut found = Vec::new();
    for (revision, hash) in desk.store.history(account, piece, before, most).await? {
        found.push((revision, piece_of(desk, account, piece, hash).await?));
    }
    Ok(found)
}

/// What it would do to the answers if the content of revision `of` were published again.
/// [`PublishError::NoRevision`] when there is no such revision.
pub async fn try_return(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    of: RevisionNo,
) -> Result<Comparison, PublishError> {
    let account = desk.account(actor)?;
    let head = desk.published(&account.id).unwrap_or_default();
    let pieces = desk.store.pieces_at(&account.id, of).await?.filter(|_| of > 0);
    let pieces = pieces.ok_or(PublishError::NoRevision(of))?;
    let changes = desk.load(&account.id, &head.edition, &pieces).await?;
    let edit = |(id, to)| Edit { base: head.edition.hash(&id), id, to, draft: None };
    let edits: Vec<Edit> = changes.into_iter().map(edit).collect();
    try_out(desk, actor, &edits, Vec::new()).await
}

async fn piece_of(
    desk: &Desk,
    account: &AccountId,
    piece: &PieceId,
    hash: Option<ContentHash>,
) -> Result<Option<Piece>, StoreError> {
    let Some(hash) = hash else { return Ok(None) };
    let blobs = desk.store.contents(account, &[hash]).await?;
    let damaged = |what: String| StoreError::Damaged { what };
    let blob = blobs.first().ok_or_else(|| damaged(format!("content of {piece}")))?;
    Piece::from_bytes(piece, blob.bytes()).map(Some).map_err(|error| damaged(error.to_string()))
}
