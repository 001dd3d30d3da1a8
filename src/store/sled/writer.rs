//! The one writer: requests wait in a channel, a batch of them becomes one atomic write, one flush and
//! one fsync, and only then are they acknowledged.
//!
//! sled's `flush` survives SIGKILL but is no fsync; `sync_data` on an own handle of its file is what
//! survives a power loss. Batches form by themselves while a sync runs, so there is no waiting window. A
//! failed flush or sync is never retried: the store accepts nothing more and says so.

use std::{
    collections::HashMap,
    fs::File,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{chunk, residents::ResidentIndex};
use crate::store::StoreError;

/// How many requests one batch takes at most.
const BATCH: usize = 1_024;
/// Every so many batches the free space is looked at.
const DISK_EVERY: u32 = 64;
/// How often it is looked at while nothing is accepted for want of space.
const LOOK_AT_DISK: Duration = Duration::from_secs(1);
/// Below both of these nothing more is accepted.
const DISK_LEAST_BYTES: u64 = 1 << 30;
const DISK_LEAST_PERCENT: u64 = 5;

/// What the writer tells about itself.
#[derive(Debug)]
pub enum Condition {
    /// Writing failed for good: nothing is accepted any more, the process should end.
    Failed(StoreError),
    /// There is too little space on the disk: nothing new is accepted until there is more.
    DiskLow,
    /// There is enough space again.
    DiskEnough,
}

/// A request in the channel.
trait Job: Send {
    /// Reads and writes through the transaction.
    fn apply(&mut self, txn: &mut Txn<'_>);
    /// Tells the caller, after the barrier.
    fn acknowledge(self: Box<Self>, committed: bool);
}

struct Request<T, A, C> {
    apply: Option<A>,
    after: C,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, A, C> Job for Request<T, A, C>
where
    T: Send,
    A: FnOnce(&mut Txn<'_>) -> Result<T, StoreError> + Send,
    C: FnOnce(&T) + Send,
{
    fn apply(&mut self, txn: &mut Txn<'_>) {
        self.result = self.apply.take().map(|apply| apply(txn));
        txn.end(matches!(self.result, Some(Ok(_))));
    }

    fn acknowledge(self: Box<Self>, committed: bool) {
        let result = match self.result {
            Some(Ok(value)) if committed => {
                (self.after)(&value);
                Ok(value)
            }
            Some(Err(error)) => Err(error),
            _ => Err(StoreError::Closed),
        };
        // A caller that has gone away has no use for the answer; LINE will deliver again.
        let _ = self.caller.send(result);
    }
}

/// Hands requests to the writing thread.
pub(super) struct Writer {
    channel: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    disk_low: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        tree: sled::Db,
        place: &Path,
        residents: Arc<ResidentIndex>,
        on_condition: Box<dyn Fn(Condition) + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (channel, requests) = mpsc::channel::<Box<dyn Job>>();
        let disk_low = Arc::new(AtomicBool::new(false));
        let thread = Thread {
            tree,
            file: File::open(place.join("db"))?,
            residents,
            on_condition,
            disk_low: Arc::clone(&disk_low),
            batches: 0,
        };
        let thread =
            std::thread::Builder::new().name("store-writer".into()).spawn(move || thread.run(&requests))?;
        Ok(Self { channel: Mutex::new(Some(channel)), thread: Mutex::new(Some(thread)), disk_low })
    }

    /// Whether there is too little space for anything new.
    pub(super) fn disk_low(&self) -> bool {
        self.disk_low.load(Ordering::Relaxed)
    }

    /// Applies a request in the next batch and waits for the barrier. `after` runs between the barrier
    /// and the acknowledgement. An `apply` that fails must not have written.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        apply: impl FnOnce(&mut Txn<'_>) -> Result<T, StoreError> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        let request = Request { apply: Some(apply), after, result: None, caller };
        let channel = lock(&self.channel).clone().ok_or(StoreError::Closed)?;
        channel.send(Box::new(request)).map_err(|_| StoreError::Closed)?;
        drop(channel);
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes no more requests, finishes those in the channel and then `last`, and waits for the thread. Should
    /// `last` not be written, the condition tells.
    pub(super) fn stop_with(
        &self,
        last: impl FnOnce(&mut Txn<'_>) -> Result<(), StoreError> + Send + 'static,
    ) {
        if let Some(channel) = lock(&self.channel).take() {
            let (caller, _) = oneshot::channel();
            let request = Request { apply: Some(last), after: |(): &()| {}, result: None, caller };
            // Nobody receives once writing has failed; then there is nothing to add.
            let _ = channel.send(Box::new(request));
        }
        self.stop();
    }

    /// Takes no more requests, finishes those in the channel, and waits for the thread.
    fn stop(&self) {
        lock(&self.channel).take();
        if let Some(thread) = lock(&self.thread).take() {
            // The thread has reported why, if it ended by a panic.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writing thread's own things.
struct Thread {
    tree: sled::Db,
    file: File,
    residents: Arc<ResidentIndex>,
    on_condition: Box<dyn Fn(Condition) + Send + Sync>,
    disk_low: Arc<AtomicBool>,
    batches: u32,
}

impl Thread {
    fn run(mut self, requests: &mpsc::Receiver<Box<dyn Job>>) {
        let mut batch: Vec<Box<dyn Job>> = Vec::with_capacity(BATCH);
        loop {
            let first = match requests.recv_timeout(LOOK_AT_DISK) {
                Ok(first) => first,
                // While nothing is accepted nothing comes: without this look it would stay so.
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if self.disk_low.load(Ordering::Relaxed) {
                        self.look_at_disk();
                    }
                    continue;
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            };
            self.watch_disk();
            batch.push(first);
            gather(&mut batch, requests);
            let mut txn = Txn {
                tree: &self.tree,
                residents: &self.residents,
                changes: HashMap::new(),
                own: HashMap::new(),
                after: Vec::new(),
                own_after: Vec::new(),
            };
            for job in &mut batch {
                job.apply(&mut txn);
            }
            let Txn { changes, after, .. } = txn;
            let committed = self.commit(changes);
            let ok = committed.is_ok();
            if ok {
                for step in after {
                    step();
                }
            }
            for job in batch.drain(..) {
                job.acknowledge(ok);
            }
            if let Err(error) = committed {
                (self.on_condition)(Condition::Failed(error));
                return;
            }
        }
    }

    /// The durable barrier: residents' new keys first, since a record sealed under a lost key is lost too; the
    /// keys of those who were erased last, when their records are gone.
    fn commit(&self, changes: HashMap<Vec<u8>, Option<Vec<u8>>>) -> Result<(), StoreError> {
        self.residents.make_durable().map_err(backend)?;
        if changes.is_empty() {
            return self.residents.destroy_keys().map_err(backend);
        }
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch).map_err(backend)?;
        self.tree.flush().map_err(backend)?;
        self.file.sync_data().map_err(backend)?;
        self.residents.destroy_keys().map_err(backend)
    }

    fn watch_disk(&mut self) {
        self.batches = self.batches.wrapping_add(1);
        if self.batches % DISK_EVERY == 1 {
            self.look_at_disk();
        }
    }

    fn look_at_disk(&self) {
        // A file system that does not tell is not a reason to stop.
        let Ok(disk) = rustix::fs::fstatvfs(&self.file) else { return };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let low = free < DISK_LEAST_BYTES
            && disk.f_bavail.saturating_mul(100) < disk.f_blocks.saturating_mul(DISK_LEAST_PERCENT);
        if self.disk_low.swap(low, Ordering::Relaxed) != low {
            (self.on_condition)(if low { Condition::DiskLow } else { Condition::DiskEnough });
        }
    }
}

/// Takes what is in the channel, and lets those who are about to hand in more do so first: a barrier costs
/// the same for one request as for a hundred. With nothing else to do for the core, yielding comes back at
/// once, so that a single request does not wait: this is no window.
fn gather(batch: &mut Vec<Box<dyn Job>>, requests: &mpsc::Receiver<Box<dyn Job>>) {
    for round in 0.. {
        let before = batch.len();
        batch.extend(requests.try_iter().take(BATCH - before));
        if batch.len() == BATCH || (round > 0 && batch.len() == before) {
            return;
        }
        std::thread::yield_now();
    }
}

/// What a request reads and writes: the tree as it will be after the requests before it.
pub(super) struct Txn<'a> {
    tree: &'a sled::Db,
    residents: &'a ResidentIndex,
    /// Of the requests before this one.
    changes: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// Of this request: dropped when it fails, so that it leaves nothing behind.
    own: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// What is to be done in memory once the batch is durable, before anybody is told.
    after: Vec<Box<dyn FnOnce() + Send>>,
    own_after: Vec<Box<dyn FnOnce() + Send>>,
}

impl Txn<'_> {
    /// Ends a request: what it wrote counts, or never was.
    fn end(&mut self, well: bool) {
        if well {
            self.changes.extend(self.own.drain());
            self.after.append(&mut self.own_after);
        } else {
            self.own.clear();
            self.own_after.clear();
        }
    }

    /// Does something in memory when this request has become durable, in the order of requests and before
    /// anybody is told of it. It must be quick: everybody waits for it.
    pub(super) fn afterwards(&mut self, step: impl FnOnce() + Send + 'static) {
        self.own_after.push(Box::new(step));
    }

    fn changed(&self, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.own.get(key).or_else(|| self.changes.get(key))
    }

    /// The residents' index, whose new entries become durable with this batch.
    pub(super) fn residents(&self) -> &ResidentIndex {
        self.residents
    }

    fn page(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changed(key) {
            Some(change) => Ok(change.clone()),
            None => Ok(self.tree.get(key).map_err(backend)?.map(|value| value.to_vec())),
        }
    }

    /// Whether a request of this batch has written the value.
    pub(super) fn wrote(&self, key: &[u8]) -> bool {
        matches!(self.changed(key), Some(Some(_)))
    }

    /// Whether a request of this batch has removed the value.
    pub(super) fn removed(&self, key: &[u8]) -> bool {
        matches!(self.changed(key), Some(None))
    }

    /// Where requests of this batch have written below a prefix: values and further pages.
    pub(super) fn written_below(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        let written = self.changes.iter().chain(&self.own).filter(|(_, change)| change.is_some());
        written.map(|(place, _)| place).filter(|place| place.starts_with(prefix)).cloned().collect()
    }

    /// Every place below a prefix as it is within this request: values and further pages.
    pub(super) fn below(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = self.written_below(prefix);
        for place in self.tree.scan_prefix(prefix).keys() {
            let place = place.map_err(backend)?.to_vec();
            if self.changed(&place).is_none() {
                found.push(place);
            }
        }
        found.retain(|place| !self.removed(place));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The first durable places below a prefix that this batch has not removed, at most so many.
    pub(super) fn first_below(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = Vec::with_capacity(most);
        for place in self.tree.scan_prefix(prefix).keys() {
            let place = place.map_err(backend)?.to_vec();
            if !self.removed(&place) {
                found.push(place);
            }
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    /// The last place from one to another, the second not included, as it is within this request.
    pub(super) fn last_within(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let within = |place: &Vec<u8>| from <= &place[..] && &place[..] < to && !self.removed(place);
        let written = self.written_below(&[]).into_iter().filter(within).max();
        for place in self.tree.range(from..to).keys().rev() {
            let place = place.map_err(backend)?.to_vec();
            if within(&place) {
                return Ok(Some(written.map_or(place.clone(), |written| written.max(place))));
            }
        }
        Ok(written)
    }

    /// Whether there is a value that is durable, whatever this batch does.
    pub(super) fn has_stored(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.tree.contains_key(key).map_err(backend)
    }

    /// Whether there is a value.
    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        match self.changed(key) {
            Some(change) => Ok(change.is_some()),
            None => self.tree.contains_key(key).map_err(backend),
        }
    }

    /// Reads a value.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.page(key)? {
            Some(first) => chunk::join(key, &first, |key| self.page(key)).map(Some),
            None => Ok(None),
        }
    }

    /// Writes a value under a key that has none.
    pub(super) fn put_new(&mut self, key: &[u8], value: &[u8]) {
        for (key, page) in chunk::cut(key, value) {
            self.own.insert(key, Some(page.into_bytes()));
        }
    }

    /// Writes a value in place of another.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.remove(key)?;
        self.put_new(key, value);
        Ok(())
    }

    /// Removes a value with all its pages; of a damaged one what can be found of it.
    pub(super) fn remove(&mut self, key: &[u8]) -> Result<(), StoreError> {
        if let Some(first) = self.page(key)? {
            for number in 1..=chunk::more(&first).unwrap_or(0) {
                self.own.insert(chunk::page_key(key, number), None);
            }
            self.own.insert(key.to_vec(), None);
        }
        Ok(())
    }

    /// Removes a value that has at most so many further pages, without reading it.
    pub(super) fn remove_pages(&mut self, key: &[u8], more: u16) {
        for number in 1..=more {
            self.own.insert(chunk::page_key(key, number), None);
        }
        self.own.insert(key.to_vec(), None);
    }

    /// Adds to a count. One that is damaged begins anew: no event waits for ever because of a figure.
    pub(super) fn count(&mut self, key: &[u8], plus: u64) -> Result<(), StoreError> {
        let before = match self.get(key) {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, "a daily count begins anew");
                None
            }
            result => result?,
        };
        let before = before.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        self.put_new(key, &before.saturating_add(plus).to_be_bytes());
        Ok(())
    }
}

/// Reads a value outside of a batch: what is durable and acknowledged, or about to be.
pub(super) fn read(tree: &sled::Db, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let page = |key: &[u8]| -> Result<Option<Vec<u8>>, StoreError> {
        Ok(tree.get(key).map_err(backend)?.map(|value| value.to_vec()))
    };
    // A batch may replace or move a value between two of its pages. Then its first page, which holds the
    // checksum, is another one; a value that is damaged has the same one again.
    loop {
        let Some(first) = page(key)? else { return Ok(None) };
        match chunk::join(key, &first, page) {
            Err(StoreError::Damaged { .. }) if page(key)?.as_ref() != Some(&first) => {}
            joined => return joined.map(Some),
        }
    }
}

/// Wraps a backend's error.
pub(super) fn backend(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Backend(Box::new(error))
}
