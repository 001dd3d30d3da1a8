//! The audit chain: an entry is appended by the very operation that it speaks of.

use async_trait::async_trait;

use super::{
    SledStore, key,
    people::Desk,
    writer::{self, Txn},
};
use crate::{
    domain::audit::{Entry, Head, Link, Note},
    store::{StoreError, audit::Audit, record},
};

#[async_trait]
impl Audit for SledStore {
    async fn append_audit(&self, note: Note) -> Result<(), StoreError> {
        let desk = self.staff_desk();
        self.writer.write(move |txn| append(txn, &desk, note), |()| {}).await
    }

    async fn audit_head(&self) -> Result<Head, StoreError> {
        self.read_audit_head()
    }

    async fn audit_from(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let end = self.audit_head().await?.seq;
        let from = from.max(1);
        (from..=end).take(most).map(|seq| self.read_entry(seq)).collect()
    }

    async fn audit_before(&self, before: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let end = self.audit_head().await?.seq.min(before.saturating_sub(1));
        (1..=end).rev().take(most).map(|seq| self.read_entry(seq)).collect()
    }
}

impl SledStore {
    pub(super) fn read_audit_head(&self) -> Result<Head, StoreError> {
        read_head(writer::read(&self.tree, key::AUDIT_HEAD)?)
    }

    pub(super) fn read_entry(&self, seq: u64) -> Result<Entry, StoreError> {
        let place = key::audit(seq);
        let sealed = writer::read(&self.tree, &place)?
            .ok_or_else(|| StoreError::Damaged { what: format!("audit entry {seq} is missing;") })?;
        record::open(&self.staff_keys.audit, &place, &sealed, "audit entry")
    }
}

/// Appends an entry within a request: it stands if and only if the rest of the request does.
pub(super) fn append(txn: &mut Txn<'_>, desk: &Desk, note: Note) -> Result<(), StoreError> {
    let entry = read_head(txn.get(key::AUDIT_HEAD)?)?.entry(note);
    let place = key::audit(entry.seq);
    txn.put_new(&place, &record::seal(&desk.keys.audit, &*desk.entropy, &place, &entry));
    let Head { seq, hash } = entry.head();
    txn.put(key::AUDIT_HEAD, &[&seq.to_be_bytes()[..], &hash.0].concat())
}

fn read_head(stored: Option<Vec<u8>>) -> Result<Head, StoreError> {
    let Some(stored) = stored else { return Ok(Head::START) };
    let damaged = || StoreError::Damaged { what: "end of the audit chain".into() };
    let (seq, hash) = stored.split_first_chunk::<8>().ok_or_else(damaged)?;
    Ok(Head { seq: u64::from_be_bytes(*seq), hash: Link(hash.try_into().map_err(|_| damaged())?) })
}
