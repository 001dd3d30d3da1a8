//! What todoke does, one verb a file. Read this folder first.
//!
//! - [`receive`]: LINE's events become durable.
//! - [`answer`]: a stored event gets its one outcome, and mostly a reply.
//! - [`curate`]: edited intent files become what the bot says.
//! - [`retain`]: what has been kept long enough is dropped.
//!
//! Journeys name the domain, `intent`, the ports and the catalogue; never `web`, `jobs`, `line`, the
//! configuration or an adapter.

pub mod answer;
pub mod curate;
pub mod receive;
pub mod retain;

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;

pub use receive::receive;

use crate::{
    catalogue::Catalogue,
    domain::{account::Account, id::AccountId, time::Clock},
    intent::Snapshot,
    messenger::Messenger,
    store::SharedStore,
};

/// What every journey may use. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// What todoke remembers.
    pub store: SharedStore,
    /// How it speaks.
    pub messenger: Arc<dyn Messenger>,
    /// What each account's bot says.
    pub library: Arc<Library>,
    /// The sentences that todoke itself says.
    pub catalogue: Arc<Catalogue>,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// What each account's bot says just now: one whole snapshot an account, swapped at once. An answer in
/// flight keeps the snapshot that it began with.
pub struct Library {
    shelves: HashMap<AccountId, (Account, ArcSwap<Snapshot>)>,
}

impl Library {
    /// A library with an empty snapshot for each account.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let empty = || ArcSwap::from_pointee(Snapshot::empty());
        Self { shelves: accounts.into_iter().map(|a| (a.id.clone(), (a, empty()))).collect() }
    }

    /// The account, if it exists.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.shelves.get(id).map(|(account, _)| account)
    }

    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.shelves.values().map(|(account, _)| account)
    }

    /// The account's snapshot of this moment.
    pub fn snapshot(&self, id: &AccountId) -> Option<Arc<Snapshot>> {
        self.shelves.get(id).map(|(_, snapshot)| snapshot.load_full())
    }

    /// Prepares what the first decision of each account would else have to wait for. Takes tens of
    /// milliseconds of computing an account.
    pub fn warm(&self) {
        self.shelves.values().for_each(|(_, snapshot)| snapshot.load_full().warm());
    }

    /// Swaps an account's snapshot; answers in flight keep the old one.
    pub fn swap(&self, id: &AccountId, snapshot: Arc<Snapshot>) {
        if let Some((_, slot)) = self.shelves.get(id) {
            slot.store(snapshot);
        }
    }
}
