//! Edits that are not published yet: one of a piece, kept for whoever edits it next.

use super::{Desk, Edit, PublishError, Published, publish};
use crate::{
    domain::{
        audit::Action,
        content::{ContentHash, PieceId, SavedDraft, Version},
        id::AccountId,
        staff::{
            Actor,
            rights::{EditIntents, PublishIntents},
        },
    },
    intent::piece::Piece,
    store::{StoreError, content::DraftEdit},
};

/// Saves an edit. `expected` is the version that the editor has seen (0: none) and `base` the published
/// content from which they began. [`PublishError::Conflict`] when somebody else has saved, published or
/// thrown away the draft meanwhile: then nothing is overwritten, the page shows both.
pub async fn save(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    piece: &Piece,
    expected: Version,
    base: Option<ContentHash>,
) -> Result<SavedDraft, PublishError> {
    let id = name_of(piece)?;
    let (blob, at) = (piece.to_blob(), desk.clock.now());
    let body = String::from_utf8_lossy(blob.bytes()).into_owned();
    let mut note = actor.note(at, Action::DraftSaved, &id);
    note.detail.push(("content".into(), blob.hash().to_string()));
    let author = actor.doer().who.to_string();
    let edit = DraftEdit { piece: id.clone(), expected, author, at, base, body, note };
    desk.store.save_draft(actor.account(), edit).await.map_err(|error| conflict(error, id))
}

/// A draft with what is typed in it; `None` when there is none.
pub async fn open(
    desk: &Desk,
    account: &AccountId,
    id: &PieceId,
) -> Result<Option<(SavedDraft, Piece)>, PublishError> {
    match desk.store.draft(account, id).await? {
        Some(saved) => {
            let piece = read(&saved)?;
            Ok(Some((saved, piece)))
        }
        None => Ok(None),
    }
}

/// So many drafts are listed at most.
pub const MOST: usize = 5_000;

/// The pieces of which there is a draft: the first [`MOST`].
pub async fn names(desk: &Desk, account: &AccountId) -> Result<Vec<PieceId>, StoreError> {
    let saved = desk.store.drafts(account, None, MOST).await?;
    Ok(saved.into_iter().map(|draft| draft.piece).collect())
}

/// Every draft with what is typed in it: the first [`MOST`].
pub async fn all(desk: &Desk, account: &AccountId) -> Result<Vec<(SavedDraft, Piece)>, PublishError> {
    let saved = desk.store.drafts(account, None, MOST).await?;
    saved.into_iter().map(|saved| read(&saved).map(|piece| (saved, piece))).collect()
}

/// Throws a draft away, if it is still the one that was seen.
pub async fn discard(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    id: &PieceId,
    seen: Version,
) -> Result<(), PublishError> {
    let note = actor.note(desk.clock.now(), Action::DraftDiscarded, id);
    let discarded = desk.store.discard_draft(actor.account(), id, seen, note).await;
    discarded.map_err(|error| conflict(error, id.clone()))
}

/// The drafts as edits, for [`super::try_out`] and [`publish`]. Each is given with the version that was seen.
pub async fn edits(
    desk: &Desk,
    account: &AccountId,
    drafts: &[(PieceId, Version)],
) -> Result<Vec<Edit>, PublishError> {
    let mut edits = Vec::new();
    for (id, seen) in drafts {
        let saved = desk.store.draft(account, id).await?;
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
    actor: &Actor<PublishIntents>,
    drafts: &[(PieceId, Version)],
    why: String,
) -> Result<std::sync::Arc<Published>, PublishError> {
    publish(desk, actor, edits(desk, actor.account(), drafts).await?, why).await
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
