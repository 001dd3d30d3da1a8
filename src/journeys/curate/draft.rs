//! Edits that are not published yet: one of a piece, kept for whoever edits it next.

use super::{Desk, Edit, PublishError, Published, Reason, publish};
use crate::{
    domain::{
        account::Account,
        content::{ContentHash, PieceId, SavedDraft, Version},
    },
    intent::piece::Piece,
    store::{StoreError, content::DraftEdit},
};

/// Saves an edit. `expected` is the version that the editor has seen (0: none) and `base` the published
/// content from which they began. [`PublishError::Conflict`] when somebody else has saved, published or
/// thrown away the draft meanwhile: then nothing is overwritten, the page shows both.
pub async fn save(
    desk: &Desk,
    account: &Account,
    piece: &Piece,
    expected: Version,
    base: Option<ContentHash>,
    author: &str,
) -> Result<SavedDraft, PublishError> {
    let id = name_of(piece)?;
    let body = String::from_utf8_lossy(piece.to_blob().bytes()).into_owned();
    let edit =
        DraftEdit { piece: id.clone(), expected, author: author.into(), at: desk.clock.now(), base, body };
    desk.store.save_draft(&account.id, edit).await.map_err(|error| conflict(error, id))
}

/// A draft with what is typed in it; `None` when there is none.
pub async fn open(
    desk: &Desk,
    account: &Account,
    id: &PieceId,
) -> Result<Option<(SavedDraft, Piece)>, PublishError> {
    match desk.store.draft(&account.id, id).await? {
        Some(saved) => {
            let piece = read(&saved)?;
            Ok(Some((saved, piece)))
        }
        None => Ok(None),
    }
}

/// Throws a draft away, if it is still the one that was seen.
pub async fn discard(
    desk: &Desk,
    account: &Account,
    id: &PieceId,
    seen: Version,
) -> Result<(), PublishError> {
    let discarded = desk.store.discard_draft(&account.id, id, seen).await;
    discarded.map_err(|error| conflict(error, id.clone()))
}

/// The drafts as edits, for [`super::try_out`] and [`publish`]. Each is given with the version that was seen.
pub async fn edits(
    desk: &Desk,
    account: &Account,
    drafts: &[(PieceId, Version)],
) -> Result<Vec<Edit>, PublishError> {
    let mut edits = Vec::new();
    for (id, seen) in drafts {
        let saved = desk.store.draft(&account.id, id).await?;
        let saved = saved.ok_or_else(|| PublishError::NoDraft(id.clone()))?;
        if saved.version != *seen {
            return Err(PublishError::Conflict(vec![id.clone()]));
        }
        let to = Some(read(&saved)?);
        edits.push(Edit { id: id.clone(), base: saved.base, to, draft: Some(saved.version) });
    }
    Ok(edits)
}

/// Publishes drafts as one revision; they are gone with it.
pub async fn publish_drafts(
    desk: &Desk,
    account: &Account,
    drafts: &[(PieceId, Version)],
    reason: Reason,
) -> Result<std::sync::Arc<Published>, PublishError> {
    publish(desk, account, edits(desk, account, drafts).await?, reason).await
}

fn read(saved: &SavedDraft) -> Result<Piece, PublishError> {
    Piece::from_bytes(&saved.piece, saved.body.as_bytes())
        .map_err(|error| StoreError::Damaged { what: error.to_string() }.into())
}

fn name_of(piece: &Piece) -> Result<PieceId, PublishError> {
    use crate::intent::{
        draft::{Fault, Field, Problem},
        edition::PieceProblem,
    };
    piece.id().map_err(|unnameable| {
        let problem = Problem::new(Field::Id, Fault::Id { id: unnameable.0, topic: "garbage".into() });
        // Any well-formed name will do: the problem says which one is not.
        let piece = "unnamed.draft".parse().expect("letters and a dot");
        PublishError::Problems(vec![PieceProblem { piece, problem }])
    })
}

fn conflict(error: StoreError, piece: PieceId) -> PublishError {
    match error {
        StoreError::Conflict => PublishError::Conflict(vec![piece]),
        other => other.into(),
    }
}
