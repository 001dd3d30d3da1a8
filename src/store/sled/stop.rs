//! What a clean stop leaves for the next start: the events that somebody had begun to answer.
//!
//! With it, every other waiting event surely went unanswered, and may end as late instead of unknown. The
//! start takes it away before anything is given out: after a crash there is none, and all count as begun.

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

/// The events that somebody had begun to answer.
#[derive(Debug, Default)]
pub(super) struct Begun(HashSet<(AccountId, EventKey)>);

impl Begun {
    pub(super) fn contains(&self, place: &EventPlace) -> bool {
        self.0.contains(&(place.account.clone(), place.key))
    }
}

/// Leaves the record, as the writer's last request.
pub(super) fn leave(txn: &mut Txn<'_>, begun: &[EventPlace]) -> Result<(), StoreError> {
    let names: Vec<(&AccountId, &EventKey)> =
        begun.iter().map(|place| (&place.account, &place.key)).collect();
    txn.put(key::STOP, &record::plain(&names))
}

/// Takes the record away for good, before anything is given out; `None` where there is none or it cannot be
/// read. `file` is sled's own, to be synced as the writer does.
pub(super) fn take(tree: &sled::Db, file: &File) -> Result<Option<Begun>, StoreError> {
    let Some(first) = tree.get(key::STOP).map_err(writer::backend)? else { return Ok(None) };
    let begun = writer::read(tree, key::STOP)
        .and_then(|bytes| record::read_plain(&bytes.unwrap_or_default(), "record of the last stop"));
    let mut batch = sled::Batch::default();
    batch.remove(key::STOP);
    for number in 1..=chunk::more(&first).unwrap_or(0) {
        batch.remove(chunk::page_key(key::STOP, number));
    }
    tree.apply_batch(batch).map_err(writer::backend)?;
    tree.flush().map_err(writer::backend)?;
    file.sync_data().map_err(writer::backend)?;
    match begun {
        Err(StoreError::Damaged { what }) => {
            tracing::warn!(%what, "what waited may have been answered before");
            Ok(None)
        }
        begun => begun.map(Begun).map(Some),
    }
}
