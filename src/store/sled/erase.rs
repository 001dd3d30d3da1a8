//! Erasing a resident: the records in one batch, then the key, then the answer to whoever asked for it.
//!
//! A crash between batch and key leaves a key without a record beside the moment of an erasure: the next start
//! destroys it ([`finish`]). What was sealed under the key elsewhere (bodies of settled events) goes with it and
//! is dropped by its own retention.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    AccountKeys, ResidentIndex, SledStore, Sources,
    accept::new_resident,
    audience::rows,
    enquiries,
    key::{self, EventPlace},
    pending::{key_for, pending_form, split_pending},
    writer::{self, Txn},
};
use crate::{
    domain::{
        enquiry::{EnquiryId, Head},
        time::Timestamp,
    },
    store::{
        StoreError,
        record::{self, StoredEnquiry, Waiting},
    },
};

/// When a resident of that hash was erased the last time.
pub(super) fn erased_at(
    account: &AccountKeys,
    txn: &Txn<'_>,
    hash: &[u8; 16],
) -> Result<Option<Timestamp>, StoreError> {
    Ok(txn.get(&key::erasure(&account.id, hash))?.and_then(|bytes| key::moment_of(&bytes)))
}

/// The writer's part of an erasure.
pub(super) struct Erase<'a> {
    pub(super) account: &'a Arc<AccountKeys>,
    pub(super) sources: &'a Sources,
    pub(super) hash: [u8; 16],
    pub(super) at: Timestamp,
}

impl Erase<'_> {
    /// `waiting` are the resident's events that wait or are being worked on, `enquiries` what they asked.
    /// Whether anybody was known.
    pub(super) fn apply(
        self,
        txn: &mut Txn<'_>,
        waiting: &[EventPlace],
        enquiries: Vec<EnquiryId>,
    ) -> Result<bool, StoreError> {
        let Self { account, sources, hash, at } = &self;
        let id = &account.id;
        let known = txn.residents().find(id, hash);
        let waiting = match known {
            Some(_) => self.read_waiting(txn, waiting)?,
            None => Vec::new(),
        };
        for enquiry in enquiries {
            enquiries::remove(account, txn, enquiry)?;
        }
        let own = [key::resident, key::conversation, key::profile, key::helpers];
        for place in own {
            txn.remove(&place(id, hash))?;
        }
        let at = erased_at(account, txn, hash)?.map_or(*at, |before| before.max(*at));
        txn.put(&key::erasure(id, hash), &key::moment(at))?;
        let Some(known) = known else { return Ok(false) };
        rows::change(account, &*sources.entropy, txn, known.no, |_| BTreeSet::new())?;
        txn.residents().forget(id, hash);
        let (forgetful, hash) = (Arc::clone(account), *hash);
        txn.afterwards(move || {
            forgetful.index.remove(known.no);
            forgetful.recent.forget(&hash);
        });
        self.know_anew(txn, waiting)?;
        Ok(true)
    }

    /// What waits of the resident, opened with the key that is still there: what was handed in with this very
    /// batch too.
    fn read_waiting(
        &self,
        txn: &Txn<'_>,
        waiting: &[EventPlace],
    ) -> Result<Vec<(Vec<u8>, Waiting)>, StoreError> {
        let sealing = key_for(self.account, txn.residents(), Some(self.hash))?;
        let places: BTreeSet<Vec<u8>> = waiting
            .iter()
            .map(EventPlace::pending)
            .chain(txn.written_below(&key::pending_prefix(&self.account.id)))
            .collect();
        let mut found = Vec::new();
        for place in places {
            if key::event_of(&self.account.id, &place).is_none() {
                continue;
            }
            let Some(form) = txn.get(&place)? else { continue };
            let (hash, sealed) = split_pending(&form)?;
            if hash == Some(self.hash)
                && let Ok(waiting) = record::open(&sealing, &place, sealed, "pending event")
            {
                found.push((place, waiting));
            }
        }
        Ok(found)
    }

    /// Whoever wrote something that is still to be answered is known anew, by that alone.
    fn know_anew(&self, txn: &mut Txn<'_>, waiting: Vec<(Vec<u8>, Waiting)>) -> Result<(), StoreError> {
        let Self { account, sources, hash, .. } = self;
        for (place, waiting) in waiting {
            let Some(user) = waiting.event.user() else { continue };
            let (known, is_new) = txn
                .residents()
                .find_or_add(&account.id, hash, &*sources.entropy)
                .ok_or_else(|| StoreError::Damaged { what: "more residents than numbers".into() })?;
            let sealing = key_for(account, txn.residents(), Some(*hash))?;
            if is_new {
                let resident = new_resident(sources, known, user, waiting.received);
                let stored = key::resident(&account.id, hash);
                txn.put(&stored, &record::seal(&sealing, &*sources.entropy, &stored, &resident))?;
                let account = Arc::clone(account);
                txn.afterwards(move || account.index.add(known.no));
            }
            txn.put(&place, &pending_form(&sealing, sources, &place, Some(*hash), &waiting))?;
        }
        Ok(())
    }
}

/// Destroys keys that a crash has left after an erasure: nothing is stored of whoever they belonged to.
pub(super) fn finish(
    tree: &sled::Db,
    account: &AccountKeys,
    residents: &ResidentIndex,
) -> Result<(), StoreError> {
    let prefix = key::erasure_prefix(&account.id);
    for place in tree.scan_prefix(&prefix).keys() {
        let place = place.map_err(writer::backend)?;
        let hash = place.get(prefix.len()..).and_then(|rest| <[u8; 16]>::try_from(rest).ok());
        let Some(hash) = hash else { continue };
        let is_there = tree.contains_key(key::resident(&account.id, &hash)).map_err(writer::backend)?;
        if !is_there && residents.find(&account.id, &hash).is_some() {
            residents.forget(&account.id, &hash);
        }
    }
    residents.destroy_keys().map_err(writer::backend)
}

impl SledStore {
    /// The names of what a resident asked the city.
    pub(super) fn enquiries_of(
        &self,
        account: &AccountKeys,
        hash: &[u8; 16],
    ) -> Result<Vec<EnquiryId>, StoreError> {
        Ok(self.heads_of(account, hash)?.into_iter().map(|head| head.id).collect())
    }

    /// What a resident asked the city. It looks at every enquiry, which are thousands, not millions.
    pub(super) fn heads_of(&self, account: &AccountKeys, hash: &[u8; 16]) -> Result<Vec<Head>, StoreError> {
        let prefix = key::enquiry_prefix(&account.id);
        let mut found = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() != prefix.len() + 16 {
                continue;
            }
            let Some(bytes) = writer::read(&self.tree, &place)? else { continue };
            let head = StoredEnquiry::from_bytes(&bytes)?.open.head;
            if head.resident.0 == *hash {
                found.push(head);
            }
        }
        Ok(found)
    }
}
