//! Edits become a revision and are in use: checked, tried against what must not break, stored, swapped.

use std::{collections::BTreeSet, sync::Arc};

use super::{Desk, PORTION, Published, compile, off_thread, write_back};
use crate::{
    domain::{
        account::Account,
        audit::{Action, Note, Who},
        content::{Blob, ContentHash, Origin, PieceId, Publication, RevisionNo, Version},
        staff::{Actor, Permission, rights::PublishIntents},
    },
    intent::{
        Snapshot,
        edition::{Edition, PieceProblem},
        piece::Piece,
        regression::{self, Comparison},
        source::{self, Severity},
    },
    store::StoreError,
};

/// A piece as somebody wants it.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The piece.
    pub id: PieceId,
    /// Its published content when the editor began; `None`: it was not there.
    pub base: Option<ContentHash>,
    /// What it is to be; `None` takes it away.
    pub to: Option<Piece>,
    /// The version of the draft that this comes from, if it comes from one.
    pub draft: Option<Version>,
}

/// Who publishes, why and from where, and what the audit calls it. What else has to be known of a publication
/// gets its field here and in [`Publication`].
pub(super) struct Reason {
    /// The id of a member of staff, `command-line`, or `files`.
    by: String,
    /// In their words.
    why: String,
    /// From where.
    origin: Origin,
    note: Note,
}

impl Reason {
    /// Somebody who decides it now.
    pub(super) fn of<R: Permission>(
        desk: &Desk,
        actor: &Actor<R>,
        action: Action,
        why: String,
        origin: Origin,
    ) -> Self {
        let note = actor.note(desk.clock.now(), action, "");
        Self { by: note.actor.to_string(), why, origin, note }
    }

    /// Nobody decides it now: the files were edited.
    pub(super) fn files(desk: &Desk, account: &Account, import: ContentHash) -> Self {
        let note = Note {
            at: desk.clock.now(),
            actor: Who::System,
            action: Action::ContentPublished,
            object: String::new(),
            account: Some(account.id.clone()),
            from: None,
            detail: Vec::new(),
        };
        Self { by: "files".into(), why: String::new(), origin: Origin::Files { import }, note }
    }
}

/// So many pieces the audit's entry names; the revision names them all.
const NAMED: usize = 20;

/// The audit's entry on a publication: the revision, the pieces with the hashes of what they became.
fn noted(mut note: Note, revision: RevisionNo, changes: &[(PieceId, Option<ContentHash>)]) -> Note {
    note.object = format!("revision-{revision}");
    note.detail.push(("changed".into(), changes.len().to_string()));
    let became = |(piece, hash): &(PieceId, Option<ContentHash>)| {
        (piece.to_string(), hash.map_or_else(|| "gone".to_owned(), |hash| hash.to_string()))
    };
    note.detail.extend(changes.iter().take(NAMED).map(became));
    note
}

/// Why nothing was published; everything is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// These pieces, or drafts of them, were changed by somebody else since the editor began: show both.
    #[error("somebody else has changed {} meanwhile; look at both versions and decide", listed(.0))]
    Conflict(Vec<PieceId>),
    /// The edits have errors.
    #[error("{} problems; the first: {}", .0.len(), first(.0))]
    Problems(Vec<PieceProblem>),
    /// Files that are kept whole have errors.
    #[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Files(Vec<source::Problem>),
    /// Questions that must not break would not be answered any more.
    #[error(
        "{:?} must not break and would; keep it answered, or take it out of must_not_break",
        .0.broken().next().map(|broken| broken.text.as_str()).unwrap_or_default()
    )]
    Breaks(Box<Comparison>),
    /// Nobody in danger would be recognised any more.
    #[error("_safety.yaml would be gone, and nobody in danger would be recognised; keep it")]
    LosesSafety,
    /// There is no such revision.
    #[error("there is no revision {0}; the history lists those that are")]
    NoRevision(RevisionNo),
    /// There is no such draft (any more): it was published or thrown away.
    #[error("there is no draft of {0}; it was published or thrown away")]
    NoDraft(PieceId),
    /// There is nothing to decide.
    #[error("files and console do not contradict each other; there is nothing to settle")]
    NoConflict,
    /// The files cannot be read or written.
    #[error(transparent)]
    Shelf(#[from] crate::content::ShelfError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(pieces: &[PieceId]) -> String {
    pieces.iter().map(PieceId::as_str).collect::<Vec<_>>().join(", ")
}

fn first(problems: &[PieceProblem]) -> String {
    problems
        .first()
        .map(|found| format!("{}, {}: {}", found.piece, found.problem.field, found.problem))
        .unwrap_or_default()
}

/// Publishes edits. Pieces that nobody else touched since the editors began may have moved around them.
pub async fn publish(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
    edits: Vec<Edit>,
    why: String,
) -> Result<Arc<Published>, PublishError> {
    let reason = Reason::of(desk, actor, Action::ContentPublished, why, Origin::Console);
    publish_as(desk, desk.account(actor)?, edits, reason).await
}

/// The same under another name in the audit.
pub(super) async fn publish_as(
    desk: &Desk,
    account: &Account,
    edits: Vec<Edit>,
    reason: Reason,
) -> Result<Arc<Published>, PublishError> {
    let (_guard, head) = desk.begin(account).await?;
    let moved = edits.iter().filter(|edit| head.edition.hash(&edit.id) != edit.base);
    let moved: Vec<PieceId> = moved.map(|edit| edit.id.clone()).collect();
    if !moved.is_empty() {
        return Err(PublishError::Conflict(moved));
    }
    let drafts = edits.iter().filter_map(|edit| Some((edit.id.clone(), edit.draft?))).collect();
    let changes = edits.into_iter().map(|edit| (edit.id, edit.to)).collect();
    let next = switch(desk, account, &head, changes, drafts, reason).await?;
    write_back::after_publishing(desk, account, &next).await;
    Ok(next)
}

/// An edition that may be published, compiled.
pub(super) struct Prepared {
    pub(super) edition: Edition,
    pub(super) snapshot: Arc<Snapshot>,
}

/// Checks changes and compiles what they lead to, off the threads that answer.
pub(super) async fn prepare(
    desk: &Desk,
    account: &Account,
    head: &Published,
    changes: Vec<(PieceId, Option<Piece>)>,
) -> Result<Prepared, PublishError> {
    let (today, before) = (desk.today(account), Arc::clone(&head.edition));
    let used = desk.library.snapshot(&account.id);
    // While an earlier one answers there is time; at the start webhooks wait to be accepted.
    let warm = head.revision != 0;
    let prepared = off_thread(move || {
        let touched: BTreeSet<PieceId> = changes.iter().map(|(id, _)| id.clone()).collect();
        let edition = before.with(changes, today);
        let mut problems = edition.problems(Some(&touched));
        problems.retain(|found| found.problem.severity() == Severity::Error);
        if !problems.is_empty() {
            return Err(PublishError::Problems(problems));
        }
        let (content, problems) = edition.content(today);
        let content = content.ok_or(PublishError::Files(problems))?;
        let snapshot = Arc::new(compile(content, used.as_deref()));
        if warm {
            snapshot.warm();
        }
        Ok(Prepared { edition, snapshot })
    });
    prepared.await?
}

/// Makes the next revision and puts it into use. The caller holds the table.
pub(super) async fn switch(
    desk: &Desk,
    account: &Account,
    head: &Published,
    changes: Vec<(PieceId, Option<Piece>)>,
    drafts: Vec<(PieceId, Version)>,
    reason: Reason,
) -> Result<Arc<Published>, PublishError> {
    let blobs: Vec<_> =
        changes.iter().map(|(id, piece)| (id.clone(), piece.as_ref().map(Piece::to_blob))).collect();
    let Prepared { edition, snapshot } = prepare(desk, account, head, changes).await?;
    if let Some(used) = desk.library.snapshot(&account.id) {
        if snapshot.has_no_safety() && !used.has_no_safety() {
            return Err(PublishError::LosesSafety);
        }
        let items = regression::must_not_break(&edition);
        let (after, languages, today) =
            (Arc::clone(&snapshot), account.languages.clone(), desk.today(account));
        let compared =
            off_thread(move || regression::compare(&used, &after, &languages, today, &items)).await?;
        if compared.broken().next().is_some() {
            return Err(PublishError::Breaks(Box::new(compared)));
        }
    }
    let hashes: Vec<_> = blobs.iter().map(|(id, blob)| (id.clone(), blob.as_ref().map(Blob::hash))).collect();
    let mut contents: Vec<_> = blobs.into_iter().filter_map(|(_, blob)| blob).collect();
    while !contents.is_empty() {
        let portion = contents.split_off(contents.len().saturating_sub(PORTION));
        desk.store.keep(&account.id, portion).await?;
    }
    let publication = Publication {
        expected: head.revision,
        note: noted(reason.note, head.revision + 1, &hashes),
        changes: hashes,
        drafts: drafts.clone(),
        by: reason.by,
        why: reason.why,
        at: desk.clock.now(),
        origin: reason.origin,
    };
    let revision = desk.store.publish(&account.id, publication).await.map_err(|error| match error {
        StoreError::Conflict => PublishError::Conflict(drafts.into_iter().map(|(piece, _)| piece).collect()),
        other => other.into(),
    })?;
    desk.use_from_now_on(account, snapshot);
    let intents = edition.drafts().count();
    tracing::info!(account = %account.id, revision, intents, "a revision is in use");
    let next = Published { revision, edition: Arc::new(edition), conflict: head.conflict.clone() };
    Ok(desk.put(account, next))
}
