//! What is being sent by this process: which batches are open, which are claimed. Made from the records when it is
//! first asked for, so that a crash loses nothing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use roaring::RoaringBitmap;
use tokio::sync::{Notify, watch};

use super::super::{AccountKeys, ResidentIndex};
use super::stored;
use crate::{
    domain::{
        announcement::{
            AnnouncementId, Variant,
            batch::{Batch, BatchNo, People, Progress},
        },
        audit::Link,
        id::{AccountId, ResidentNo},
        time::Timestamp,
    },
    store::StoreError,
};

type Name = (AccountId, AnnouncementId);

/// Everything that is being sent.
pub(in crate::store::sled) struct Sending {
    active: Mutex<HashMap<Name, Active>>,
    quiet: Notify,
    turn: watch::Sender<u64>,
}

impl Default for Sending {
    fn default() -> Self {
        Self { active: Mutex::default(), quiet: Notify::new(), turn: watch::Sender::new(1) }
    }
}

/// One announcement that is being sent.
pub(super) struct Active {
    /// What is said in it, hashed: new batches need it for their keys.
    pub(super) content: Link,
    pub(super) variants: Arc<Vec<(Arc<Variant>, RoaringBitmap)>>,
    /// The lookup hashes of everybody who was known when it was begun, by number.
    pub(super) hashes: Arc<Vec<[u8; 16]>>,
    open: BTreeMap<BatchNo, Option<Timestamp>>,
    claimed: BTreeSet<BatchNo>,
    next: u32,
    closed: bool,
    /// How many people stand where.
    pub(super) progress: Progress,
}

/// What becomes of a batch that was claimed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Open {
    /// It may be claimed again, from a moment on or at once.
    From(Option<Timestamp>),
    /// It has its outcome.
    No,
}

/// What was picked to be begun.
pub(super) struct Picked {
    pub(super) numbers: Vec<BatchNo>,
    pub(super) next: Option<Timestamp>,
    pub(super) is_over: bool,
}

impl Active {
    pub(super) fn load(
        tree: &sled::Db,
        account: &AccountKeys,
        residents: &ResidentIndex,
        (id, content, closed): (AnnouncementId, Link, bool),
    ) -> Result<Self, StoreError> {
        let variants = stored::variants(tree, account, id)?;
        let variants = variants.into_iter().map(|(variant, people)| (Arc::new(variant), people)).collect();
        let batches = stored::batches(tree, account, id)?;
        let next = batches.last().map_or(0, |last| last.no.0.saturating_add(1));
        let progress = Progress::of(&batches);
        let open = batches.into_iter().filter(Batch::is_open);
        let open = open.map(|batch| (batch.no, batch.not_before())).collect();
        Ok(Self {
            content,
            variants: Arc::new(variants),
            hashes: Arc::new(residents.all_hashes(&account.id)),
            open,
            claimed: BTreeSet::new(),
            next,
            closed,
            progress,
        })
    }
}

/// The people of a batch, in the order of its calls, before anybody is withdrawn.
pub(super) fn people_of(batch: &Batch, variants: &[(Arc<Variant>, RoaringBitmap)]) -> Vec<ResidentNo> {
    match &batch.people {
        People::Part { variant, from, count } => {
            let Some((_, people)) = variants.get(usize::from(*variant)) else { return Vec::new() };
            let Some(first) = people.select(*from) else { return Vec::new() };
            people.range(first..).take(*count as usize).map(ResidentNo).collect()
        }
        People::Named { people, .. } => people.clone(),
        People::Everybody { .. } => Vec::new(),
    }
}

impl Sending {
    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Active>> {
        // Changed by whole steps that do not panic; a poisoned lock is as good as a sound one.
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn knows(&self, account: &AccountId, id: AnnouncementId) -> bool {
        self.lock().contains_key(&(account.clone(), id))
    }

    /// Takes up what was read, unless somebody else was quicker.
    pub(super) fn take_up(&self, account: &AccountId, id: AnnouncementId, active: Active) {
        self.lock().entry((account.clone(), id)).or_insert(active);
    }

    /// Works on an announcement, if it is being sent.
    pub(super) fn with<T>(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        work: impl FnOnce(&mut Active) -> T,
    ) -> Option<T> {
        self.lock().get_mut(&(account.clone(), id)).map(work)
    }

    /// Picks batches that are due.
    pub(super) fn pick(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        now: Timestamp,
        most: usize,
    ) -> Option<Picked> {
        self.with(account, id, |active| {
            if active.closed {
                return Picked { numbers: Vec::new(), next: None, is_over: false };
            }
            let due = active.open.iter().filter(|(_, again)| again.is_none_or(|again| again <= now));
            let numbers: Vec<BatchNo> = due.map(|(no, _)| *no).take(most).collect();
            for no in &numbers {
                active.open.remove(no);
                active.claimed.insert(*no);
            }
            let next = active.open.values().map(|again| again.unwrap_or(now)).min();
            Picked { numbers, next, is_over: active.open.is_empty() && active.claimed.is_empty() }
        })
    }

    /// A batch is claimed no more: it is open again from a moment on, or has its outcome.
    pub(super) fn put_back(&self, account: &AccountId, id: AnnouncementId, no: BatchNo, open: Open) {
        let known = self.with(account, id, |active| {
            if active.claimed.remove(&no)
                && let Open::From(again) = open
            {
                active.open.insert(no, again);
            }
        });
        if known.is_some() {
            self.tell();
        }
    }

    /// A batch has become another one, with new ones beside it, which are open.
    pub(super) fn change(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        before: &Batch,
        (after, more): (&Batch, &[Batch]),
    ) {
        self.with(account, id, |active| {
            active.open.extend(more.iter().map(|batch| (batch.no, None)));
            active.progress = active.progress.after(before, more.iter().chain([after]));
        });
    }

    /// Reserves numbers for new batches; the first one.
    pub(super) fn reserve(&self, account: &AccountId, id: AnnouncementId, many: u32) -> BatchNo {
        let first = self.with(account, id, |active| {
            let first = active.next;
            active.next = active.next.saturating_add(many);
            first
        });
        BatchNo(first.unwrap_or(u32::MAX))
    }

    /// No batch is given from now on, or some may be again.
    pub(super) fn set_closed(&self, account: &AccountId, id: AnnouncementId, closed: bool) {
        self.with(account, id, |active| active.closed = closed);
        self.tell();
    }

    /// It is over.
    pub(super) fn forget(&self, account: &AccountId, id: AnnouncementId) {
        self.lock().remove(&(account.clone(), id));
        self.tell();
    }

    pub(super) fn may_call(&self, account: &AccountId, id: AnnouncementId, no: BatchNo) -> bool {
        self.with(account, id, |active| !active.closed && active.claimed.contains(&no)).unwrap_or(false)
    }

    /// Comes back when nothing is claimed.
    pub(super) async fn quiet(&self, account: &AccountId, id: AnnouncementId) {
        loop {
            let told = self.quiet.notified();
            tokio::pin!(told);
            // Registered before looking, so that nothing is missed.
            told.as_mut().enable();
            if self.with(account, id, |active| active.claimed.is_empty()).unwrap_or(true) {
                return;
            }
            told.await;
        }
    }

    /// Something has changed.
    pub(super) fn tell(&self) {
        self.turn.send_modify(|turn| *turn = turn.wrapping_add(1).max(1));
        self.quiet.notify_waiters();
    }

    /// Comes back when the turn is another one than `seen`.
    pub(super) async fn wait_past(&self, seen: u64) -> u64 {
        let mut turns = self.turn.subscribe();
        // The sender lives as long as the store.
        turns.wait_for(|turn| *turn != seen).await.map_or(seen, |turn| *turn)
    }
}
