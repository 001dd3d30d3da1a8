//! What the console published goes to the files, so that they stay a full copy that people can read and keep.
//!
//! Only files that say something else are touched, and in them only the intents that differ. Files that
//! somebody edited since they were last read are left alone: [`super::adopt`] judges them first.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Desk, PublishError, Published, adopt, off_thread};
use crate::{
    domain::{
        account::Account,
        audit::Note,
        content::{ContentHash, ImportMark},
    },
    health::{Finding, Level},
    intent::{
        edition::Edition,
        rewrite::rewrite,
        source::{self, SourceFile},
    },
};

/// After a publication: writes if the files are as they were last read. A failure is told on `/readyz`; what
/// was published stays so.
pub(super) async fn after_publishing(desk: &Desk, account: &Account, head: &Published) {
    if !desk.write_back || !head.conflict.is_empty() {
        return;
    }
    let written = async {
        let mark = desk.store.import_mark(&account.id).await?;
        let (files, hash) = adopt::read_files(desk, account).await?;
        match mark {
            Some(mark) if mark.files == hash => write(desk, account, head, files, None).await,
            // Edited just now: the watcher calls `adopt`, which finds what contradicts what.
            _ => Ok(()),
        }
    };
    if let Err(error) = written.await {
        tracing::error!(account = %account.id, %error, "a revision was published and not written to the files");
        let reason = format!("what the console published is in use and not in the files: {error}");
        let remedy = "see the rights of intents.dir; it is tried again at the next change and start".into();
        desk.health
            .report(format!("intents.{}", account.id), Finding { level: Level::Degraded, reason, remedy });
    }
}

/// Writes what the head says and the files do not, whatever they say. The caller has judged them; `note` says
/// who decided it, where somebody did.
pub(super) async fn bring_files_along(
    desk: &Desk,
    account: &Account,
    head: &Published,
    note: Option<Note>,
) -> Result<(), PublishError> {
    if !desk.write_back || head.revision == 0 {
        return Ok(());
    }
    if desk.store.import_mark(&account.id).await?.is_some_and(|mark| mark.revision == head.revision) {
        return Ok(());
    }
    let (files, _) = adopt::read_files(desk, account).await?;
    write(desk, account, head, files, note).await
}

async fn write(
    desk: &Desk,
    account: &Account,
    head: &Published,
    files: Vec<SourceFile>,
    note: Option<Note>,
) -> Result<(), PublishError> {
    let (shelf, id, edition) = (Arc::clone(&desk.shelf), account.id.clone(), Arc::clone(&head.edition));
    let hash = off_thread(move || {
        let changes = changes(&edition, &files);
        shelf.write(&id, &changes)?;
        Ok::<ContentHash, PublishError>(source::hash(&after(files, changes)))
    })
    .await??;
    let mark = ImportMark { files: hash, revision: head.revision };
    Ok(desk.store.mark_import(&account.id, mark, note).await?)
}

type Changes = Vec<(String, Option<String>)>;

/// The files that have to change, with their new texts.
pub(super) fn changes(edition: &Edition, files: &[SourceFile]) -> Changes {
    let old: BTreeMap<&str, &SourceFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut changes = Changes::new();
    let mut said = BTreeSet::new();
    for file in edition.files() {
        said.insert(file.path.clone());
        if old.get(file.path.as_str()).is_none_or(|old| old.text != file.text) {
            changes.push((file.path.clone(), Some(file.text.clone())));
        }
    }
    for (topic, drafts) in edition.by_topic() {
        let path = format!("{}.yaml", topic.topic);
        let text = rewrite(old.get(path.as_str()).copied(), topic, &drafts);
        if old.get(path.as_str()).is_none_or(|old| old.text != text) {
            changes.push((path.clone(), Some(text)));
        }
        said.insert(path);
    }
    let gone = old.keys().filter(|path| !said.contains(**path));
    changes.extend(gone.map(|path| ((*path).to_owned(), None)));
    changes
}

/// The files after the changes, sorted as the shelf gives them.
fn after(files: Vec<SourceFile>, changes: Changes) -> Vec<SourceFile> {
    let mut texts: BTreeMap<String, String> = files.into_iter().map(|file| (file.path, file.text)).collect();
    for (path, text) in changes {
        match text {
            Some(text) => drop(texts.insert(path, text)),
            None => drop(texts.remove(&path)),
        }
    }
    texts.into_iter().map(|(path, text)| SourceFile { path, text }).collect()
}
