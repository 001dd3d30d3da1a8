//! The embedded store: one instance, one folder, one tree, one writer.
//!
//! Everything durable goes through [`writer`], which alone may acknowledge; ADR 0002 says why. Waiting
//! events and claims live in memory ([`lanes`]) and are rebuilt at start from the pending events.

mod accept;
mod announcements;
mod api_keys;
mod audience;
mod audit;
mod chunk;
mod content;
mod detours;
mod emergencies;
mod enquiries;
mod erase;
mod expire;
mod facts;
mod figures;
mod followers;
mod helpers;
mod inbox;
mod key;
mod lanes;
mod lists;
mod menu_links;
mod pending;
mod people;
mod places;
mod populations;
mod profiles;
mod recent;
mod residents;
mod rosters;
mod sessions;
mod settle;
mod stop;
mod tellings;
mod unanswered;
mod verify;
mod views;
mod writer;

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicUsize},
    time::Duration,
};

use jiff::tz::TimeZone;

pub use verify::Report;
pub use writer::Condition;

use super::{Capabilities, Store, StoreError};
use crate::{
    domain::{
        attribute::Attributes,
        id::{AccountId, Entropy, Ids},
        time::Clock,
    },
    keyring::{Key, Keyring},
};
use key::EventPlace;
use lanes::{Entry, Lanes};
use recent::Recent;
use residents::ResidentIndex;
use stop::Untouched;
use writer::Writer;

/// How the embedded store is opened.
pub struct SledConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Bytes of cache.
    pub cache_bytes: u64,
    /// Events that may wait before [`StoreError::Full`].
    pub max_waiting: usize,
    /// The accounts.
    pub accounts: HashMap<AccountId, AccountSetup>,
    /// Told when the store cannot accept any more, and when it can again.
    pub on_condition: Box<dyn Fn(Condition) + Send + Sync>,
}

/// What the store has to know of an account.
#[derive(Debug, Clone)]
pub struct AccountSetup {
    /// Where its days begin.
    pub zone: TimeZone,
    /// What it asks its residents.
    pub attributes: Arc<Attributes>,
}

/// The ports that the store draws on.
#[derive(Clone)]
pub struct Sources {
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// New names for residents.
    pub ids: Arc<dyn Ids>,
    /// Nonces and salts.
    pub entropy: Arc<dyn Entropy>,
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be used.
    #[error("{folder}: {source}; see that the folder exists and belongs to todoke's user")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// It was made under another master key.
    #[error(
        "{folder} was made under another master key; put the right one back (security.master_key, or the file \
         master.key of that folder); nothing was changed"
    )]
    OtherKey {
        /// The folder.
        folder: String,
    },
    /// Somebody else has it open.
    #[error(
        "another todoke is using {folder}; stop it first, or give this one a folder of its own with --data"
    )]
    InUse {
        /// The folder.
        folder: String,
    },
    /// It is damaged, of a newer version, or sealed under another master key.
    #[error(
        "{folder} cannot be read ({what}): if the master key is the right one, move the folder aside, \
         restore the last backup, and keep the old one for analysis; nothing was changed"
    )]
    Damaged {
        /// The folder.
        folder: String,
        /// What was found.
        what: String,
    },
}

/// The embedded store.
pub struct SledStore {
    tree: sled::Db,
    writer: Writer,
    lanes: Arc<Mutex<Lanes>>,
    arrived: Arc<tokio::sync::Notify>,
    residents: Arc<ResidentIndex>,
    accounts: HashMap<AccountId, Arc<AccountKeys>>,
    staff_keys: StaffKeys,
    sources: Sources,
    max_waiting: usize,
    /// Events that are being stored just now.
    arriving: AtomicUsize,
    /// Where the next [`super::Inbox::expire`] goes on.
    expire_from: Mutex<Option<Vec<u8>>>,
    /// Damaged records that have been told of.
    told: Mutex<HashSet<Vec<u8>>>,
    /// What is being sent.
    sending: Arc<announcements::Sending>,
}

/// What belongs to one account.
struct AccountKeys {
    id: AccountId,
    /// Finds LINE ids and message ids.
    lookup: Key,
    /// Seals what belongs to no resident.
    records: Key,
    zone: TimeZone,
    /// What it asks its residents.
    attributes: Arc<Attributes>,
    /// Who wrote a moment ago.
    recent: Recent,
    /// Whom a set of marks holds.
    index: audience::Index,
    /// What the marks are called.
    words: audience::rows::Words,
    /// Where the next [`super::audience::Audience::expire_profiles`] goes on.
    expire_profiles_from: Mutex<Option<Vec<u8>>>,
}

/// What belongs to staff, of whatever account.
#[derive(Clone)]
struct StaffKeys {
    /// Seals people, invitations and sessions.
    records: Key,
    /// Finds login names.
    lookup: Key,
    /// Seals credentials.
    factors: Key,
    /// Seals the audit log.
    audit: Key,
}

impl SledStore {
    /// Opens or makes the store, checks it, and brings back what waits.
    pub fn open(config: SledConfig, keyring: &Keyring, sources: Sources) -> Result<Self, OpenError> {
        let shown = config.folder.display().to_string();
        let folder_error = |source| OpenError::Folder { folder: shown.clone(), source };
        let damaged = |what: String| OpenError::Damaged { folder: shown.clone(), what };
        // Nobody else on the machine needs to look into it.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.folder).map_err(folder_error)?;
        let place = config.folder.join("store");
        let tree = open_tree(&place, config.cache_bytes).map_err(|error| match error {
            error if is_in_use(&error) => OpenError::InUse { folder: shown.clone() },
            sled::Error::Io(source) => OpenError::Folder { folder: shown.clone(), source },
            other => damaged(other.to_string()),
        })?;
        if !check_format(&tree, keyring).map_err(|e| damaged(e.to_string()))? {
            return Err(OpenError::OtherKey { folder: shown });
        }
        let accounts: HashMap<_, _> = config
            .accounts
            .into_iter()
            .map(|(id, AccountSetup { zone, attributes })| {
                let keys = AccountKeys {
                    id: id.clone(),
                    lookup: keyring.lookup(&id),
                    records: keyring.records(&id),
                    zone,
                    attributes,
                    recent: Recent::default(),
                    index: audience::Index::default(),
                    words: audience::rows::Words::default(),
                    expire_profiles_from: Mutex::default(),
                };
                (id, Arc::new(keys))
            })
            .collect();
        let residents = ResidentIndex::load(&config.folder.join("residents.keys"), keyring, accounts.keys())
            .map_err(folder_error)?;
        let residents = Arc::new(residents);
        let file = fs::File::open(place.join("db")).map_err(folder_error)?;
        for account in accounts.values() {
            erase::finish(&tree, account, &residents)
                .and_then(|()| audience::rows::load(&tree, &file, account, &residents, &*sources.entropy))
                .map_err(|error| damaged(error.to_string()))?;
        }
        let writer = Writer::start(tree.clone(), &place, Arc::clone(&residents), config.on_condition)
            .map_err(folder_error)?;
        let store = Self {
            tree,
            writer,
            lanes: Arc::new(Mutex::new(Lanes::default())),
            arrived: Arc::new(tokio::sync::Notify::new()),
            residents,
            accounts,
            staff_keys: StaffKeys {
                records: keyring.staff(),
                lookup: keyring.staff_lookup(),
                factors: keyring.staff_factors(),
                audit: keyring.audit(),
            },
            sources,
            max_waiting: config.max_waiting,
            arriving: AtomicUsize::new(0),
            expire_from: Mutex::new(None),
            told: Mutex::default(),
            sending: Arc::default(),
        };
        let untouched = stop::take(&store.tree, &file).map_err(|error| damaged(error.to_string()))?;
        store.bring_back(&untouched).map_err(|error| damaged(error.to_string()))?;
        Ok(store)
    }

    /// Puts every pending event back into its lane: marked as maybe attempted, unless the last stop says that
    /// nobody had begun. Only pending events are read: their number is bounded, whatever the size of the
    /// store. One that cannot be read stays stored, is told, and holds up nobody.
    fn bring_back(&self, untouched: &Untouched) -> Result<(), StoreError> {
        let mut lanes = self.lanes();
        for account in self.accounts.values() {
            for item in self.tree.scan_prefix(key::pending_prefix(&account.id)) {
                let (place, _) = item.map_err(writer::backend)?;
                let Some(key) = key::event_of(&account.id, &place) else { continue };
                let pending = match self.load_pending(account, key) {
                    Ok(Some(pending)) => pending,
                    Ok(None) => continue,
                    Err(error @ StoreError::Damaged { .. }) => {
                        tracing::error!(event = %key, %error, "a waiting event cannot be worked on");
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let place = EventPlace { account: account.id.clone(), key };
                lanes.push(Entry {
                    maybe_attempted: !untouched.contains(&place),
                    place,
                    hash: pending.hash,
                    received: pending.waiting.received,
                    event: pending.waiting.event,
                    more_pages: pending.more_pages,
                });
            }
        }
        Ok(())
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Lanes> {
        // Lanes are changed by whole steps that do not panic; a poisoned lock is as good as a sound one.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn account(&self, id: &AccountId) -> Result<&Arc<AccountKeys>, StoreError> {
        self.accounts.get(id).ok_or(StoreError::Closed)
    }

    /// Stops accepting and giving out, writes what has been handed in and which events nobody has begun to
    /// answer, and gives the folder free.
    pub fn close(&self) {
        let untouched = self.lanes().close();
        self.writer.stop_with(move |txn| stop::leave(txn, &untouched));
        self.arrived.notify_waiters();
    }
}

/// Also a start that fails later on, or a command that only looks, leaves the folder as a stop does.
impl Drop for SledStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl Store for SledStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "sled (embedded)", several_instances: false }
    }
}

/// How often a folder that is in use is tried again, and how long to wait between: whoever stops just now,
/// this process's last store included, gives it free a moment after the stop.
const TRIES: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(50);

/// Opens the tree; a folder in use is tried again for at most two seconds.
#[expect(clippy::disallowed_methods, reason = "nobody tells when another process lets go of a file's lock")]
fn open_tree(place: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    for _ in 1..TRIES {
        match open_tree_once(place, cache_bytes) {
            Err(error) if is_in_use(&error) => std::thread::sleep(BETWEEN),
            opened => return opened,
        }
    }
    open_tree_once(place, cache_bytes)
}

fn is_in_use(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("lock"))
}

fn open_tree_once(place: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    sled::Config::new()
        .path(place)
        .cache_capacity(cache_bytes)
        .mode(sled::Mode::LowSpace)
        // The writer flushes; sled's own thread only tidies up behind it.
        .flush_every_ms(Some(500))
        .open()
}

/// Refuses a store of another format, marks a new one, and says whether it was made under this master key.
fn check_format(tree: &sled::Db, keyring: &Keyring) -> Result<bool, StoreError> {
    const FORMAT: &[u8] = b"todoke-1";
    match tree.get(key::FORMAT).map_err(writer::backend)? {
        Some(mark) => match mark.strip_prefix(FORMAT) {
            Some(fingerprint) => Ok(fingerprint == keyring.fingerprint()),
            None => Err(StoreError::Damaged { what: "format of a newer version".into() }),
        },
        None if tree.is_empty() => {
            let mark = [FORMAT, &keyring.fingerprint()].concat();
            tree.insert(key::FORMAT, mark).map_err(writer::backend)?;
            tree.flush().map_err(writer::backend)?;
            Ok(true)
        }
        None => Err(StoreError::Damaged { what: "no format mark".into() }),
    }
}
