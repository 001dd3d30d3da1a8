//! Edited files become a revision: read, compared with the last import, checked, published.
//!
//! Called at start and after files have changed. A bad edit changes nothing and is named. Where the console
//! has published something else meanwhile, a person decides; nothing is overwritten.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Desk, PublishError, Published, off_thread,
    publish::{Reason, switch},
    write_back,
};
use crate::{
    content::ShelfError,
    domain::{
        account::Account,
        content::{ContentHash, ImportMark, PieceId},
    },
    health::{Finding, Level},
    intent::{
        Snapshot,
        piece::Piece,
        source::{self, Problem, Severity, SourceFile},
    },
    store::StoreError,
};

/// Brings the store's head and the files of an account together, and says on `/readyz` what stands in the way.
pub async fn adopt(desk: &Desk, account: &Account) {
    let part = format!("intents.{}", account.id);
    let finding = match follow(desk, account).await {
        Ok(()) => {
            desk.health.clear(&part);
            return;
        }
        Err(hindrance) => hindrance.finding(desk, account).await,
    };
    tracing::error!(account = %account.id, reason = %finding.reason, "the edited intents are not in use");
    desk.health.report(part, finding);
}

/// What keeps files from being in use.
enum Hindrance {
    Problems(Vec<SourceFile>, Vec<Problem>),
    Publish(PublishError),
    Conflict(Vec<PieceId>),
}

impl<E: Into<PublishError>> From<E> for Hindrance {
    fn from(error: E) -> Self {
        Self::Publish(error.into())
    }
}

/// An account's files, read.
pub(super) struct Files {
    pub(super) hash: ContentHash,
    pub(super) pieces: BTreeMap<PieceId, Piece>,
}

async fn follow(desk: &Desk, account: &Account) -> Result<(), Hindrance> {
    let (_guard, head) = desk.begin(account).await?;
    let mark = desk.store.import_mark(&account.id).await?;
    let (files, hash) = read_files(desk, account).await?;
    if mark.is_some_and(|mark| mark.files == hash) {
        decide(desk, account, &head, Vec::new());
        // A process that ended between publishing and writing left this to be done.
        write_back::bring_files_along(desk, account, &head, None).await?;
        return Ok(());
    }
    let (files, warnings) = check(desk, account, files, hash).await?;
    for problem in &warnings {
        tracing::warn!(account = %account.id, %problem, "an intent file deserves a look");
    }
    let theirs: BTreeMap<_, _> =
        files.pieces.iter().map(|(id, piece)| (id.clone(), piece.to_blob().hash())).collect();
    let ours = head.edition.hashes();
    if head.revision > 0 && mark.is_none_or(|mark| mark.revision != head.revision) {
        let base = match mark {
            Some(mark) => desk.store.pieces_at(&account.id, mark.revision).await?.unwrap_or_default(),
            None => BTreeMap::new(),
        };
        // What the files say and neither the last import nor the console: somebody edited them.
        let every = theirs.keys().chain(base.keys()).chain(ours.keys());
        let is_foreign = |id: &&PieceId| theirs.get(*id) != base.get(*id) && theirs.get(*id) != ours.get(*id);
        let foreign: BTreeSet<PieceId> = every.filter(is_foreign).cloned().collect();
        if !foreign.is_empty() {
            let pieces: Vec<PieceId> = foreign.into_iter().collect();
            decide(desk, account, &head, pieces.clone());
            return Err(Hindrance::Conflict(pieces));
        }
        decide(desk, account, &head, Vec::new());
        if theirs == ours {
            mark_as(desk, account, files.hash, &head).await?;
        } else {
            write_back::bring_files_along(desk, account, &head, None).await?;
        }
        return Ok(());
    }
    decide(desk, account, &head, Vec::new());
    if theirs == ours {
        // Comments and spelling: there is nothing to publish.
        mark_as(desk, account, files.hash, &head).await?;
        return Ok(());
    }
    let reason = Reason::files(desk, account, files.hash);
    publish_files(desk, account, &head, files, reason).await?;
    Ok(())
}

/// Publishes what the files say. The caller holds the table.
pub(super) async fn publish_files(
    desk: &Desk,
    account: &Account,
    head: &Published,
    files: Files,
    reason: Reason,
) -> Result<Arc<Published>, PublishError> {
    let known = head.edition.hashes();
    let gone = known.keys().filter(|id| !files.pieces.contains_key(*id));
    let mut changes: Vec<_> = gone.map(|id| (id.clone(), None)).collect();
    let differs = |id: &PieceId, piece: &Piece| known.get(id) != Some(&piece.to_blob().hash());
    let new = files.pieces.into_iter().filter(|(id, piece)| differs(id, piece));
    changes.extend(new.map(|(id, piece)| (id, Some(piece))));
    switch(desk, account, head, changes, Vec::new(), reason).await
}

/// Reads the files, off the threads that answer.
pub(super) async fn read_files(
    desk: &Desk,
    account: &Account,
) -> Result<(Vec<SourceFile>, ContentHash), PublishError> {
    let (shelf, id) = (Arc::clone(&desk.shelf), account.id.clone());
    let read = off_thread(move || {
        let files = shelf.read(&id)?;
        let hash = source::hash(&files);
        Ok::<_, ShelfError>((files, hash))
    });
    Ok(read.await??)
}

/// Checks the files; gives them back with the warnings.
async fn check(
    desk: &Desk,
    account: &Account,
    files: Vec<SourceFile>,
    hash: ContentHash,
) -> Result<(Files, Vec<Problem>), Hindrance> {
    let today = desk.today(account);
    let (files, reading) = off_thread(move || {
        let reading = source::read_pieces(&files, today);
        (files, reading)
    })
    .await?;
    let mut problems = reading.problems;
    if reading.content.is_none() {
        return Err(Hindrance::Problems(files, problems));
    }
    problems.extend(source::missing(&files));
    let mut pieces = BTreeMap::new();
    for piece in reading.pieces {
        // What the loader lets through has a name.
        if let Ok(id) = piece.id() {
            pieces.insert(id, piece);
        }
    }
    Ok((Files { hash, pieces }, problems))
}

/// The files of an account when they have no errors.
pub(super) async fn sound_files(desk: &Desk, account: &Account) -> Result<Files, PublishError> {
    let (files, hash) = read_files(desk, account).await?;
    match check(desk, account, files, hash).await {
        Ok((files, _)) => Ok(files),
        Err(Hindrance::Problems(_, problems)) => Err(PublishError::Files(problems)),
        Err(Hindrance::Publish(error)) => Err(error),
        Err(Hindrance::Conflict(pieces)) => Err(PublishError::Conflict(pieces)),
    }
}

/// Notes for pages which pieces a person has to decide about.
pub(super) fn decide(desk: &Desk, account: &Account, head: &Published, conflict: Vec<PieceId>) {
    if head.conflict != conflict {
        desk.put(account, Published { conflict, ..head.clone() });
    }
}

async fn mark_as(
    desk: &Desk,
    account: &Account,
    files: ContentHash,
    head: &Published,
) -> Result<(), StoreError> {
    desk.store.mark_import(&account.id, ImportMark { files, revision: head.revision }, None).await
}

impl Hindrance {
    /// What people are told, and at the first start what is rescued.
    async fn finding(self, desk: &Desk, account: &Account) -> Finding {
        let degraded = |reason: String, remedy: &str| Finding {
            level: Level::Degraded,
            reason,
            remedy: remedy.to_owned(),
        };
        match self {
            Self::Problems(files, problems) => {
                let errors = || problems.iter().filter(|problem| problem.severity == Severity::Error);
                for problem in errors() {
                    tracing::error!(account = %account.id, %problem, "the intents cannot be used");
                }
                let first = errors().next().map(ToString::to_string).unwrap_or_default();
                let state = keep_or_rescue(desk, account, files).await;
                degraded(
                    format!("{state}: {first}"),
                    "correct the file; `todoke intents check` lists every problem",
                )
            }
            Self::Conflict(pieces) => {
                let named: Vec<&str> = pieces.iter().take(5).map(PieceId::as_str).collect();
                let more = if pieces.len() > named.len() { ", …" } else { "" };
                let id = &account.id;
                degraded(
                    format!(
                        "files and console were both changed, what the console published stays in use: {}{more}",
                        named.join(", ")
                    ),
                    &format!(
                        "look at both, then `todoke intents settle --account {id} --take files` or `--take console`"
                    ),
                )
            }
            Self::Publish(PublishError::LosesSafety) => degraded(
                "_safety.yaml is gone, so the edited intents are not in use".into(),
                "put the file back; nobody in danger would be recognised without it",
            ),
            Self::Publish(error @ PublishError::Shelf(ShelfError::Unwritable { .. })) => degraded(
                format!("what the console published is in use and not in the files: {error}"),
                "see the rights of intents.dir; it is tried again at the next change and start",
            ),
            Self::Publish(error @ PublishError::Shelf(_)) => {
                degraded(error.to_string(), "see intents.dir and the rights of the folder")
            }
            Self::Publish(error) => degraded(
                format!("the edited intents are not in use: {error}"),
                "correct the files; `todoke intents check` and `eval` show more",
            ),
        }
    }
}

/// What is in use while the edited files are not. At the first start there is nothing to keep: then the
/// safety and fixed replies alone are used, if they are sound, so that a slip in a topic never silences them.
async fn keep_or_rescue(desk: &Desk, account: &Account, mut files: Vec<SourceFile>) -> &'static str {
    if desk.library.snapshot(&account.id).is_some_and(|used| !used.is_empty()) {
        return "the edited intents are not in use, the earlier ones are";
    }
    let today = desk.today(account);
    files.retain(|file| file.path.starts_with('_'));
    let rescued = off_thread(move || source::read_without_topics(&files, today).map(Snapshot::compile)).await;
    match rescued {
        Ok(Some(rescued)) if !rescued.is_empty() => {
            desk.use_from_now_on(account, Arc::new(rescued));
            "no question can be answered, only safety and fixed replies are in use"
        }
        _ => "nothing can be answered, not even somebody in danger",
    }
}
