//! What the bot says, kept by people: files and the console both publish revisions; the head is in use.
//!
//! - [`adopt`]: edited files become a revision, or a conflict for a person.
//! - [`publish`]: edits become a revision; [`try_out`] shows first what they would do.
//! - [`draft`]: edits that are not published yet.
//! - [`return_to`]: the content of an earlier revision is published again.
//! - [`show`]: how an edit would look in a chat, and answer. [`history`]: what was published before.
//! - [`usage`]: how often an intent was given, and called wrong.
//! - [`learn`]: a question that was not answered becomes an example.
//! - [`settle`]: a person decides a conflict between files and console.
//! - [`import`]: a sheet becomes drafts. [`reassign`]: a reorganisation as one revision.
//! - `write_back`: what the console published goes to the files.
//!
//! All of them work on a [`Desk`]; what people do takes an `Actor` with the right to it and leaves an entry
//! of the audit in the same write. Publishing is one at a time for each account, so that what is in use is
//! always the newest revision.

mod adopt;
pub mod draft;
pub mod history;
pub mod import;
pub mod learn;
mod publish;
mod reassign;
mod return_to;
mod settle;
pub mod show;
mod try_out;
pub mod usage;
mod write_back;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use arc_swap::ArcSwap;
use jiff::civil::Date;
use tokio::sync::{Mutex, MutexGuard};

pub use adopt::adopt;
pub use publish::{Edit, PublishError, publish};
pub use reassign::{owned, reassign};
pub use return_to::return_to;
pub use settle::{Contradiction, Take, contradictions, settle};
pub use try_out::try_out;

use super::Library;
use crate::{
    content::{Shelf, ShelfError},
    domain::{
        account::Account,
        content::{PieceId, RevisionNo},
        id::AccountId,
        staff::{Actor, Permission},
        time::Clock,
    },
    health::Health,
    intent::{
        Content, Snapshot,
        edition::Edition,
        piece::Piece,
        source::{self, Problem},
    },
    store::{SharedStore, StoreError},
};

/// Contents are read and kept in portions of so many.
const PORTION: usize = 500;

/// What people work on when they keep what the bot says. Shared; one for the process.
pub struct Desk {
    /// Revisions, contents and drafts.
    pub store: SharedStore,
    /// What is in use.
    pub library: Arc<Library>,
    /// The files.
    pub shelf: Arc<dyn Shelf>,
    /// Where a conflict is told.
    pub health: Arc<Health>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Whether what the console publishes is written to the files (`intents.write_back`).
    pub write_back: bool,
    tables: HashMap<AccountId, Table>,
}

/// One account's place at the desk.
#[derive(Default)]
struct Table {
    /// Held while a revision is made and put into use.
    publishing: Mutex<()>,
    state: ArcSwap<Published>,
}

/// A revision as it is in use.
#[derive(Clone, Default)]
pub struct Published {
    /// Its number; 0: nothing is published.
    pub revision: RevisionNo,
    /// Its pieces.
    pub edition: Arc<Edition>,
    /// Pieces that files and console changed in different ways; a person has to decide (see [`settle`]).
    pub conflict: Vec<PieceId>,
}

impl Desk {
    /// A desk with a table for each account of the library.
    pub fn new(
        store: SharedStore,
        library: Arc<Library>,
        shelf: Arc<dyn Shelf>,
        health: Arc<Health>,
        clock: Arc<dyn Clock>,
        write_back: bool,
    ) -> Self {
        let tables = library.accounts().map(|account| (account.id.clone(), Table::default())).collect();
        Self { store, library, shelf, health, clock, write_back, tables }
    }

    /// What is published, for lists and pages. Cheap; `None` when there is no such account.
    pub fn published(&self, account: &AccountId) -> Option<Arc<Published>> {
        self.tables.get(account).map(|table| table.state.load_full())
    }

    /// Today where the account lives.
    pub fn today(&self, account: &Account) -> Date {
        self.clock.now().to_zoned(account.time_zone.clone()).date()
    }

    /// The account on which somebody acts.
    fn account<R: Permission>(&self, actor: &Actor<R>) -> Result<&Account, StoreError> {
        self.library.account(actor.account()).ok_or(StoreError::Closed)
    }

    fn table(&self, account: &Account) -> Result<&Table, StoreError> {
        self.tables.get(&account.id).ok_or(StoreError::Closed)
    }

    /// Waits for whoever publishes just now, and brings in what the store has meanwhile.
    async fn begin(&self, account: &Account) -> Result<(MutexGuard<'_, ()>, Arc<Published>), StoreError> {
        let table = self.table(account)?;
        let guard = table.publishing.lock().await;
        let mut published = table.state.load_full();
        if self.store.head(&account.id).await? != published.revision {
            published = self.bring_in(account, &published).await?;
        }
        Ok((guard, published))
    }

    /// Loads the head of the store, reading only contents that are not at hand, and puts it into use.
    async fn bring_in(&self, account: &Account, known: &Published) -> Result<Arc<Published>, StoreError> {
        let (revision, pieces) = self.store.head_pieces(&account.id).await?;
        let changes = self.load(&account.id, &known.edition, &pieces).await?;
        let today = self.today(account);
        let (edition, used) = (Arc::clone(&known.edition), self.library.snapshot(&account.id));
        let (edition, content) = off_thread(move || {
            let edition = edition.with(changes, today);
            let (content, problems) = edition.content(today);
            let compiled = content.map(|content| Arc::new(compile(content, used.as_deref()))).ok_or(problems);
            (edition, compiled)
        })
        .await?;
        match content {
            Ok(snapshot) => self.use_from_now_on(account, snapshot),
            // It was checked when it was published: only a newer, stricter todoke comes here.
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(account = %account.id, revision, problem = %first, "the published content cannot be used");
            }
        }
        let next = Published { revision, edition: Arc::new(edition), conflict: known.conflict.clone() };
        Ok(self.put(account, next))
    }

    /// The changes that lead from an edition to these pieces, with their contents.
    async fn load(
        &self,
        account: &AccountId,
        from: &Edition,
        to: &BTreeMap<PieceId, crate::domain::content::ContentHash>,
    ) -> Result<Vec<(PieceId, Option<Piece>)>, StoreError> {
        let known = from.hashes();
        let gone = known.keys().filter(|id| !to.contains_key(*id));
        let mut changes: Vec<_> = gone.map(|id| (id.clone(), None)).collect();
        let wanted: Vec<_> = to.iter().filter(|(id, hash)| known.get(*id) != Some(*hash)).collect();
        for portion in wanted.chunks(PORTION) {
            let hashes: Vec<_> = portion.iter().map(|(_, hash)| **hash).collect();
            for ((id, _), blob) in portion.iter().zip(self.store.contents(account, &hashes).await?) {
                let piece = Piece::from_bytes(id, blob.bytes())
                    .map_err(|error| StoreError::Damaged { what: error.to_string() })?;
                changes.push(((*id).clone(), Some(piece)));
            }
        }
        Ok(changes)
    }

    /// Puts a snapshot into use and takes the one before apart, off the threads that answer.
    fn use_from_now_on(&self, account: &Account, snapshot: Arc<Snapshot>) {
        let before = self.library.swap(&account.id, snapshot);
        drop(tokio::task::spawn_blocking(move || drop(before)));
    }

    fn put(&self, account: &Account, next: Published) -> Arc<Published> {
        let next = Arc::new(next);
        if let Some(table) = self.tables.get(&account.id) {
            table.state.store(Arc::clone(&next));
        }
        metrics::gauge!("todoke_intents", "account" => account.id.to_string())
            .set(next.edition.drafts().count() as f64);
        next
    }
}

/// Compiles content; what the snapshot in use has read already is taken over.
fn compile(content: Content, used: Option<&Snapshot>) -> Snapshot {
    match used {
        Some(used) => Snapshot::compile_after(content, used),
        None => Snapshot::compile(content),
    }
}

/// Work that would hold up answers, on a thread for it.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Backend(Box::new(error)))
}

/// What a reading of an account's files came to.
pub struct Reading {
    /// The compiled content; `None` where errors stand in the way.
    pub snapshot: Option<Snapshot>,
    /// Everything that was found, errors and warnings.
    pub problems: Vec<Problem>,
}

/// Reads and compiles an account's files without putting them into use; for commands that look at files.
pub fn read(shelf: &dyn Shelf, account: &AccountId, today: Date) -> Result<Reading, ShelfError> {
    let files = shelf.read(account)?;
    let (content, mut problems) = source::read(&files, today);
    problems.extend(source::missing(&files));
    Ok(Reading { snapshot: content.map(Snapshot::compile), problems })
}
