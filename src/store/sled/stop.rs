//! What a clean stop leaves for the next start: the events that nobody had begun to answer.
//!
//! They surely went unanswered, and may end as late instead of unknown. All others count as begun: those of
//! an account that was not there, those that could not be read, and after a crash, which leaves nothing, every
//! one. The start takes the record away before anything is given out.

use std::{collections::HashSet, fs::File};

use super::{
    chunk,
    key::{self, EventPlace},
    writer::{self, Txn},
};
use crate::{
    domain::{event::EventKey, id::AccountId},
    store::{StoreError, record},
};

/// The events that nobody had begun to answer.
#[derive(Debug, Default)]
pub(super) struct Untouched(HashSet<(AccountId, EventKey)>);

impl Untouched {
    pub(super) fn contains(&self, place: &EventPlace) -> bool {
        self.0.contains(&(place.account.clone(), place.key))
    }
}

/// Leaves the record, as the writer's last request.
pub(super) fn leave(txn: &mut Txn<'_>, untouched: &[EventPlace]) -> Result<(), StoreError> {
    let names: Vec<(&AccountId, &EventKey)> =
        untouched.iter().map(|place| (&place.account, &place.key)).collect();
    txn.put(key::STOP, &record::plain(&names))
}

/// Takes the record away for good, before anything is given out; empty where there is none or it cannot be
/// read. `file` is sled's own, to be synced as the writer does.
pub(super) fn take(tree: &sled::Db, file: &File) -> Result<Untouched, StoreError> {
    let Some(first) = tree.get(key::STOP).map_err(writer::backend)? else { return Ok(Untouched::default()) };
    let untouched = writer::read(tree, key::STOP)
        .and_then(|bytes| record::read_plain(&bytes.unwrap_or_default(), "record of the last stop"));
    let mut batch = sled::Batch::default();
    batch.remove(key::STOP);
    for number in 1..=chunk::more(&first).unwrap_or(0) {
        batch.remove(chunk::page_key(key::STOP, number));
    }
    tree.apply_batch(batch).map_err(writer::backend)?;
    tree.flush().map_err(writer::backend)?;
    file.sync_data().map_err(writer::backend)?;
    match untouched {
        Err(StoreError::Damaged { what }) => {
            tracing::warn!(%what, "whatever waits counts as begun");
            Ok(Untouched::default())
        }
        untouched => untouched.map(Untouched),
    }
}
