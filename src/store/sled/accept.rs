//! Accepting, the writer's part: what is new is stored, residents become known.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    AccountKeys, Sources,
    audience::rows,
    chunk,
    key::{self, EventPlace},
    lanes::{Entry, Lanes},
    pending::{key_for, pending_form},
    profiles,
    residents::Known,
    writer::Txn,
};
use crate::{
    domain::{
        event::Event,
        id::{LineUserId, ResidentId},
        resident::{FollowState, Resident},
        settlement::Outcome,
        time::Timestamp,
    },
    keyring::Key,
    store::{
        Accepted, EventBody, StoreError,
        record::{self, Head, Kept, Settled, Waiting},
    },
};

/// A new event with what the caller's thread could prepare, so that the writer has less to do.
pub(super) struct Prepared {
    pub(super) place: EventPlace,
    pub(super) hash: Option<[u8; 16]>,
    pub(super) body: EventBody,
    /// The stored form, where it could be sealed already: the resident is known and does not change.
    pub(super) sealed: Option<Vec<u8>>,
    /// The resident under whose key it is sealed.
    pub(super) sealed_for: Option<Known>,
}

/// The part of accepting that the writer does.
pub(super) struct Accept<'a> {
    pub(super) account: &'a Arc<AccountKeys>,
    pub(super) received: Timestamp,
    pub(super) sources: &'a Sources,
    /// What waits.
    pub(super) waiting: &'a Mutex<Lanes>,
}

impl Accept<'_> {
    /// Stores one event if it is new. The entry is for the lanes: to be pushed, or to be refreshed.
    pub(super) fn one(
        &self,
        txn: &mut Txn<'_>,
        event: Prepared,
    ) -> Result<(Accepted, Option<Entry>), StoreError> {
        let Prepared { place, hash, body, sealed, sealed_for } = event;
        let (pending, settled) = (place.pending(), place.settled());
        // What waits is known without reading; what came earlier in this batch is not there yet.
        if txn.wrote(&pending) || self.waits(&place) {
            let entry = match body {
                EventBody::Read(event) => Some(self.entry(place, hash, event)),
                EventBody::Unreadable { .. } => None,
            };
            return Ok((Accepted::Known, entry));
        }
        if txn.has(&settled)? {
            return Ok((Accepted::Known, None));
        }
        match body {
            EventBody::Unreadable { raw, reason } => {
                let kept = Kept {
                    event: None,
                    unreadable: Some((raw, reason)),
                    trace: None,
                    outbox: None,
                    unanswered: None,
                };
                let sealed = record::seal(&self.account.records, &*self.sources.entropy, &settled, &kept);
                self.put_settled(txn, &settled, "unreadable", sealed);
                Ok((Accepted::New, None))
            }
            EventBody::Read(event) if event.in_company() => {
                self.put_settled(txn, &settled, event.kind.label(), Vec::new());
                Ok((Accepted::New, None))
            }
            EventBody::Read(event) => {
                if let (Some(hash), Some(user)) = (hash, event.user()) {
                    self.know(txn, &place, hash, user, &event)?;
                }
                // Whoever was erased since has another key.
                let known = hash.and_then(|hash| txn.residents().find(&self.account.id, &hash));
                let form = match sealed {
                    Some(form) if sealed_for == known => form,
                    _ => {
                        let key = key_for(self.account, txn.residents(), hash)?;
                        let waiting = Waiting { received: self.received, event: event.clone() };
                        pending_form(&key, self.sources, &pending, hash, &waiting)
                    }
                };
                txn.put_new(&pending, &form);
                let more_pages = chunk::pages_after_first(form.len());
                Ok((Accepted::New, Some(Entry { more_pages, ..self.entry(place, hash, event) })))
            }
        }
    }

    fn entry(&self, place: EventPlace, hash: Option<[u8; 16]>, event: Event) -> Entry {
        Entry { place, hash, received: self.received, event, maybe_attempted: false, more_pages: 0 }
    }

    fn waits(&self, place: &EventPlace) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).waits(place)
    }

    /// An event that nobody has to work on.
    fn put_settled(&self, txn: &mut Txn<'_>, place: &[u8], kind: &str, sealed: Vec<u8>) {
        let head = Head {
            outcome: Outcome::NoReplyDue,
            settled: self.received,
            received: self.received,
            kind: kind.to_owned(),
            resident: None,
            message: None,
        };
        txn.put_new(place, &Settled { head, sealed }.to_bytes());
    }

    /// Makes a resident known from the first event, and folds follow and unfollow.
    fn know(
        &self,
        txn: &mut Txn<'_>,
        place: &EventPlace,
        hash: [u8; 16],
        user: &LineUserId,
        event: &Event,
    ) -> Result<(), StoreError> {
        let entropy = &*self.sources.entropy;
        let (known, new) = txn
            .residents()
            .find_or_add(&self.account.id, &hash, entropy)
            .ok_or_else(|| StoreError::Damaged { what: "more residents than numbers".into() })?;
        if new {
            let account = Arc::clone(self.account);
            txn.afterwards(move || account.index.add(known.no));
            // Where the file of keys was lost, numbers begin anew: nobody inherits the marks of another.
            rows::change(self.account, entropy, txn, known.no, |_| BTreeSet::new())?;
        }
        let change = event.follow_change();
        let stored = key::resident(&self.account.id, &hash);
        // A crash between the key file and the batch leaves a key without a record: made good here.
        if !new && change.is_none() && self.is_recorded(txn, known, &stored)? {
            return Ok(());
        }
        let sealing = key_for(self.account, txn.residents(), Some(hash))?;
        let recorded = stored_resident(txn, self.account, &sealing, &hash)?;
        if recorded.is_none() && !new {
            // Known anew: whatever language was chosen before is not known any more.
            profiles::speaks(self.account, self.sources, txn, known.no, None)?;
        }
        let mut resident = recorded.unwrap_or_else(|| new_resident(self.sources, known, user, self.received));
        if let Some(following) = change {
            resident.follow = resident.follow.fold(following, (event.happened, place.key));
            let may_be_reached = resident.follow.may_be_reached();
            profiles::reach(self.account, self.sources, txn, known.no, may_be_reached)?;
        }
        let sealed = record::seal(&sealing, entropy, &stored, &resident);
        txn.put(&stored, &sealed)
    }
}

impl Accept<'_> {
    /// Whether the resident's record is there. Read once a process, then remembered.
    fn is_recorded(&self, txn: &Txn<'_>, known: Known, stored: &[u8]) -> Result<bool, StoreError> {
        if txn.residents().is_recorded(&self.account.id, known) {
            return Ok(true);
        }
        // What this batch has written may still be taken back: only what is stored is remembered.
        if txn.has_stored(stored)? {
            txn.residents().set_recorded(&self.account.id, known);
            return Ok(true);
        }
        txn.has(stored)
    }
}

/// Somebody of whom nothing is known but the LINE id.
pub(super) fn new_resident(
    sources: &Sources,
    known: Known,
    user: &LineUserId,
    received: Timestamp,
) -> Resident {
    Resident {
        id: ResidentId(sources.ids.uuid_v7()),
        no: known.no,
        line_user_id: user.clone(),
        language: None,
        follow: FollowState::default(),
        first_seen: received,
    }
}

/// A resident as stored. A record that does not open counts as none, so that somebody whose key was lost or
/// destroyed is known anew instead of refused for ever; what was said under the old key goes with it.
pub(super) fn stored_resident(
    txn: &mut Txn<'_>,
    account: &AccountKeys,
    sealing: &Key,
    hash: &[u8; 16],
) -> Result<Option<Resident>, StoreError> {
    let place = key::resident(&account.id, hash);
    let read = txn
        .get(&place)
        .and_then(|sealed| sealed.map(|s| record::open(sealing, &place, &s, "resident")).transpose());
    match read {
        Err(error @ StoreError::Damaged { .. }) => {
            // Told once: the caller writes over it.
            tracing::warn!(account = %account.id, %error, "a resident is known anew");
            txn.remove(&key::conversation(&account.id, hash))?;
            Ok(None)
        }
        result => result,
    }
}
