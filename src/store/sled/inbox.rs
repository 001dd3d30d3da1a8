//! The inbox: accept, claim, settle, forget, expire.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use jiff::civil::Date;

use super::{
    AccountKeys, SledStore,
    key::{self, EventPlace},
    lanes::Entry,
    writer::{self, Txn},
};
use crate::{
    domain::{
        conversation::Conversation,
        event::{Event, EventKey, EventKind},
        id::{AccountId, LineUserId, ResidentId},
        resident::{FollowState, Resident},
        settlement::{Outcome, Settlement},
        time::Timestamp,
    },
    keyring::Key,
    store::{
        Accepted, Claimed, EventBody, Expired, Figures, Inbox, Lease, NewEvent, StoreError,
        record::{self, Head, Kept, Settled, Waiting},
    },
};

/// A pending event as read back.
pub(super) struct Pending {
    pub(super) hash: Option<[u8; 16]>,
    pub(super) waiting: Waiting,
}

/// A new event with what the caller's thread could prepare, so that the writer has less to do.
struct Prepared {
    place: EventPlace,
    hash: Option<[u8; 16]>,
    body: EventBody,
    /// The stored form, where it could be sealed already: the resident is known and does not change.
    sealed: Option<Vec<u8>>,
}

#[async_trait]
impl Inbox for SledStore {
    async fn accept(
        &self,
        account: &AccountId,
        received: Timestamp,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Accepted>, StoreError> {
        if self.writer.disk_low() {
            return Err(StoreError::Closed);
        }
        // One call may overshoot: a body with more events than the limit must not be refused for ever.
        if self.lanes().len() >= self.max_waiting {
            return Err(StoreError::Full);
        }
        let account = Arc::clone(self.account(account)?);
        let prepared = events
            .into_iter()
            .map(|event| self.prepare(&account, received, event))
            .collect::<Result<Vec<_>, _>>()?;
        let (sources, lanes) = (self.sources.clone(), Arc::clone(&self.lanes));
        let result = self
            .writer
            .write(
                move |txn| {
                    let accept = Accept { account: &account, received, sources: &sources };
                    prepared
                        .into_iter()
                        .map(|event| accept.one(txn, event))
                        .collect::<Result<Vec<_>, _>>()
                },
                move |stored| {
                    let mut lanes = lanes.lock().unwrap_or_else(PoisonError::into_inner);
                    for (accepted, entry) in stored {
                        match (accepted, entry) {
                            (Accepted::New, Some(entry)) => lanes.push(entry.clone()),
                            (Accepted::Known, Some(entry)) => {
                                lanes.refresh(&entry.place, entry.hash, entry.received);
                            }
                            (_, None) => {}
                        }
                    }
                },
            )
            .await?;
        self.arrived.notify_one();
        Ok(result.into_iter().map(|(accepted, _)| accepted).collect())
    }

    async fn claim(&self, most: usize) -> Result<Vec<Claimed>, StoreError> {
        let entries: Vec<(Lease, Entry)> = {
            let mut lanes = self.lanes();
            std::iter::from_fn(|| lanes.claim()).take(most).collect()
        };
        entries.into_iter().map(|(lease, entry)| self.claimed(lease, entry)).collect()
    }

    async fn wait_for_events(&self) {
        // Registered before looking, so that an event between the two is not missed.
        let arrived = self.arrived.notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        if !self.lanes().has_ready() {
            arrived.await;
        }
    }

    async fn settle(
        &self,
        account: &AccountId,
        key: EventKey,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let place = EventPlace { account: account.id.clone(), key };
        if !self.lanes().holds(lease, &place) {
            return Err(StoreError::Fenced);
        }
        let (sources, lanes) = (self.sources.clone(), Arc::clone(&self.lanes));
        self.writer
            .write(
                move |txn| Settle { account: &account, sources: &sources, place: &place }.apply(txn, settlement),
                move |()| lanes.lock().unwrap_or_else(PoisonError::into_inner).done(lease),
            )
            .await?;
        self.arrived.notify_one();
        Ok(())
    }

    async fn release(&self, account: &AccountId, key: EventKey, lease: Lease) -> Result<(), StoreError> {
        let place = EventPlace { account: account.clone(), key };
        let mut lanes = self.lanes();
        if !lanes.holds(lease, &place) {
            return Err(StoreError::Fenced);
        }
        lanes.give_back(lease);
        drop(lanes);
        self.arrived.notify_one();
        Ok(())
    }

    async fn forget_message(&self, account: &AccountId, message_id: &str) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let waiting = self.forget_waiting(&account, message_id);
        let hash = account.lookup.hash(message_id.as_bytes());
        let (sources, residents) = (self.sources.clone(), Arc::clone(&self.residents));
        self.writer
            .write(
                move |txn| {
                    for entry in waiting {
                        let key = key_for(&account, &residents, entry.hash)?;
                        let waiting = Waiting { received: entry.received, event: entry.event };
                        let place = entry.place.pending();
                        let stored = pending_form(&key, &sources, &place, entry.hash, &waiting);
                        txn.put(&place, &stored)?;
                    }
                    let index = key::message(&account.id, &hash);
                    if let Some(event) = txn.get(&index)?.and_then(|bytes| <[u8; 17]>::try_from(bytes).ok()) {
                        let key = EventKey::from_bytes(event);
                        drop_body(txn, &EventPlace { account: account.id.clone(), key })?;
                    }
                    Ok(())
                },
                |()| {},
            )
            .await
    }

    async fn expire(
        &self,
        bodies_before: Timestamp,
        events_before: Timestamp,
        most: usize,
    ) -> Result<Expired, StoreError> {
        let (due, more) = self.due(bodies_before, events_before, most)?;
        if due.is_empty() {
            return Ok(Expired { more, ..Expired::default() });
        }
        self.writer
            .write(
                move |txn| {
                    let mut expired = Expired { more, ..Expired::default() };
                    for (place, whole) in due {
                        if drop_body(txn, &place)? {
                            expired.bodies += 1;
                        }
                        if whole {
                            txn.remove(&place.settled())?;
                            expired.events += 1;
                        }
                    }
                    Ok(expired)
                },
                |_| {},
            )
            .await
    }

    fn waiting(&self) -> usize {
        self.lanes().len()
    }
}

#[async_trait]
impl Figures for SledStore {
    async fn day(&self, account: &AccountId, day: Date) -> Result<Vec<(String, u64)>, StoreError> {
        let prefix = key::day_prefix(&self.account(account)?.id, day);
        self.tree
            .scan_prefix(&prefix)
            .map(|item| {
                let (key, _) = item.map_err(writer::backend)?;
                let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
                let value = writer::read(&self.tree, &key)?.and_then(|bytes| bytes.try_into().ok());
                Ok((name, value.map_or(0, u64::from_be_bytes)))
            })
            .collect()
    }
}

impl SledStore {
    /// Does on the caller's thread what needs no order: hashing and, for a known resident, sealing.
    fn prepare(
        &self,
        account: &Arc<AccountKeys>,
        received: Timestamp,
        event: NewEvent,
    ) -> Result<Prepared, StoreError> {
        let place = EventPlace { account: account.id.clone(), key: event.key };
        let EventBody::Read(read) = &event.body else {
            return Ok(Prepared { place, hash: None, body: event.body, sealed: None });
        };
        let hash = read.user().map(|user| account.lookup.hash(user.expose().as_bytes()));
        let known = hash.is_none_or(|hash| self.residents.find(&account.id, &hash).is_some());
        let sealed = (known && read.follow_change().is_none() && !read.in_company())
            .then(|| {
                let key = key_for(account, &self.residents, hash)?;
                let waiting = Waiting { received, event: read.clone() };
                Ok::<_, StoreError>(pending_form(&key, &self.sources, &place.pending(), hash, &waiting))
            })
            .transpose()?;
        Ok(Prepared { place, hash, body: event.body, sealed })
    }

    fn claimed(&self, lease: Lease, entry: Entry) -> Result<Claimed, StoreError> {
        let account = self.account(&entry.place.account)?;
        let (resident, conversation) = match entry.hash {
            Some(hash) => self.load_resident(account, &hash)?,
            None => (None, Conversation::default()),
        };
        Ok(Claimed {
            account: entry.place.account,
            key: entry.place.key,
            event: entry.event,
            received: entry.received,
            maybe_attempted: entry.maybe_attempted,
            resident,
            conversation,
            lease,
        })
    }

    fn load_resident(
        &self,
        account: &AccountKeys,
        hash: &[u8; 16],
    ) -> Result<(Option<Resident>, Conversation), StoreError> {
        let sealing = key_for(account, &self.residents, Some(*hash))?;
        let place = key::resident(&account.id, hash);
        let resident = writer::read(&self.tree, &place)?
            .map(|sealed| record::open(&sealing, &place, &sealed, "resident"))
            .transpose()?;
        let place = key::conversation(&account.id, hash);
        let conversation = writer::read(&self.tree, &place)?
            .map(|sealed| record::open(&sealing, &place, &sealed, "conversation"))
            .transpose()?;
        Ok((resident, conversation.unwrap_or_default()))
    }

    /// Reads a pending event.
    pub(super) fn load_pending(
        &self,
        account: &AccountKeys,
        key: EventKey,
    ) -> Result<Option<Pending>, StoreError> {
        let place = EventPlace { account: account.id.clone(), key }.pending();
        let Some(bytes) = writer::read(&self.tree, &place)? else { return Ok(None) };
        let (hash, sealed) = split_pending(&bytes)?;
        let sealing = key_for(account, &self.residents, hash)?;
        Ok(Some(Pending { hash, waiting: record::open(&sealing, &place, sealed, "pending event")? }))
    }

    /// Empties a message that still waits; gives back what must be stored anew.
    fn forget_waiting(&self, account: &AccountKeys, message_id: &str) -> Vec<Entry> {
        let is_it = |entry: &&mut Entry| {
            entry.place.account == account.id
                && matches!(&entry.event.kind, EventKind::Message(message) if message.id == message_id)
        };
        self.lanes()
            .waiting_mut()
            .filter(is_it)
            .map(|entry| {
                entry.event.kind = EventKind::Unknown { name: "unsent".into() };
                entry.clone()
            })
            .collect()
    }

    /// What is due among the next `most` settled events, and whether there are more to look at. Settled
    /// events are looked at in turns from where the last turn ended, oldest ULIDs first.
    fn due(
        &self,
        bodies_before: Timestamp,
        events_before: Timestamp,
        most: usize,
    ) -> Result<(Vec<(EventPlace, bool)>, bool), StoreError> {
        let mut from = self.expire_from.lock().unwrap_or_else(PoisonError::into_inner);
        let start = from.take().unwrap_or_else(|| b"I".to_vec());
        let mut due = Vec::new();
        for (looked_at, item) in self.tree.range(start..b"J".to_vec()).enumerate() {
            let (stored, _) = item.map_err(writer::backend)?;
            if looked_at >= most {
                *from = Some(stored.to_vec());
                return Ok((due, true));
            }
            let Some(place) = self.place_of_settled(&stored) else { continue };
            let Some(bytes) = writer::read(&self.tree, &stored)? else { continue };
            let settled = Settled::from_bytes(&bytes)?;
            let whole = settled.head.settled < events_before;
            if whole || (settled.head.settled < bodies_before && !settled.sealed.is_empty()) {
                due.push((place, whole));
            }
        }
        Ok((due, false))
    }

    /// Reads a settled event's key back; `None` for a further page of a long value.
    fn place_of_settled(&self, stored: &[u8]) -> Option<EventPlace> {
        self.accounts.values().find_map(|account| {
            stored.starts_with(&key::settled_prefix(&account.id)).then_some(())?;
            let key = key::event_of(&account.id, stored)?;
            Some(EventPlace { account: account.id.clone(), key })
        })
    }
}

/// The key under which an event's body is sealed: the resident's, or the account's where nobody is named.
pub(super) fn key_for(
    account: &AccountKeys,
    residents: &super::ResidentIndex,
    hash: Option<[u8; 16]>,
) -> Result<Key, StoreError> {
    match hash {
        None => Ok(account.records.clone()),
        Some(hash) => residents
            .find(&account.id, &hash)
            .and_then(|known| residents.key(&account.id, known))
            .ok_or_else(|| StoreError::Damaged { what: "a resident's key is missing".into() }),
    }
}

/// The stored form of a pending event: whose key (1 byte and 16 bytes), then the sealed rest.
fn pending_form(
    key: &Key,
    sources: &super::Sources,
    place: &[u8],
    hash: Option<[u8; 16]>,
    waiting: &Waiting,
) -> Vec<u8> {
    let sealed = record::seal(key, &*sources.entropy, place, waiting);
    let mut form = Vec::with_capacity(sealed.len() + 17);
    form.push(u8::from(hash.is_some()));
    form.extend_from_slice(&hash.unwrap_or_default());
    form.extend_from_slice(&sealed);
    form
}

fn split_pending(form: &[u8]) -> Result<(Option<[u8; 16]>, &[u8]), StoreError> {
    let damaged = || StoreError::Damaged { what: "pending event".into() };
    let (marker, rest) = form.split_first().ok_or_else(damaged)?;
    let (hash, sealed) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
    Ok(((*marker == 1).then_some(*hash), sealed))
}

/// Drops the sealed part of a settled event and its message's index entry; whether there was one.
fn drop_body(txn: &mut Txn<'_>, place: &EventPlace) -> Result<bool, StoreError> {
    let stored = place.settled();
    let Some(bytes) = txn.get(&stored)? else { return Ok(false) };
    let mut settled = Settled::from_bytes(&bytes)?;
    if settled.sealed.is_empty() {
        return Ok(false);
    }
    if let Some(message) = settled.head.message.take() {
        txn.remove(&key::message(&place.account, &message))?;
    }
    settled.sealed = Vec::new();
    txn.put(&stored, &settled.to_bytes())?;
    Ok(true)
}

/// The part of accepting that the writer does.
struct Accept<'a> {
    account: &'a AccountKeys,
    received: Timestamp,
    sources: &'a super::Sources,
}

impl Accept<'_> {
    /// Stores one event if it is new. The entry is for the lanes: to be pushed, or to be refreshed.
    fn one(&self, txn: &mut Txn<'_>, event: Prepared) -> Result<(Accepted, Option<Entry>), StoreError> {
        let Prepared { place, hash, body, sealed } = event;
        let (pending, settled) = (place.pending(), place.settled());
        if txn.has(&pending)? {
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
                let kept = Kept { event: None, unreadable: Some((raw, reason)), trace: None };
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
                let form = match sealed {
                    Some(form) => form,
                    None => {
                        let key = key_for(self.account, txn.residents(), hash)?;
                        let waiting = Waiting { received: self.received, event: event.clone() };
                        pending_form(&key, self.sources, &pending, hash, &waiting)
                    }
                };
                txn.put_new(&pending, &form);
                Ok((Accepted::New, Some(self.entry(place, hash, event))))
            }
        }
    }

    fn entry(&self, place: EventPlace, hash: Option<[u8; 16]>, event: Event) -> Entry {
        Entry { place, hash, received: self.received, event, maybe_attempted: false }
    }

    /// An event that nobody has to work on.
    fn put_settled(&self, txn: &mut Txn<'_>, place: &[u8], kind: &str, sealed: Vec<u8>) {
        let head = Head {
            outcome: Outcome::NoReplyDue,
            settled: self.received,
            received: self.received,
            kind: kind.to_owned(),
            outbox: None,
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
        let change = event.follow_change();
        let stored = key::resident(&self.account.id, &hash);
        // A crash between the key file and the batch leaves a key without a record: made good here.
        if !new && change.is_none() && txn.has(&stored)? {
            return Ok(());
        }
        let sealing = key_for(self.account, txn.residents(), Some(hash))?;
        let mut resident = match txn.get(&stored)? {
            Some(sealed) => record::open(&sealing, &stored, &sealed, "resident")?,
            None => Resident {
                id: ResidentId(self.sources.ids.uuid_v7()),
                no: known.no,
                line_user_id: user.clone(),
                language: None,
                follow: FollowState::default(),
                first_seen: self.received,
            },
        };
        if let Some(following) = change {
            resident.follow = resident.follow.fold(following, (event.happened, place.key));
        }
        let sealed = record::seal(&sealing, entropy, &stored, &resident);
        txn.put(&stored, &sealed)
    }
}

/// The part of settling that the writer does.
struct Settle<'a> {
    account: &'a AccountKeys,
    sources: &'a super::Sources,
    place: &'a EventPlace,
}

impl Settle<'_> {
    fn apply(&self, txn: &mut Txn<'_>, settlement: Settlement) -> Result<(), StoreError> {
        let (pending, settled) = (self.place.pending(), self.place.settled());
        let bytes = txn.get(&pending)?.ok_or(StoreError::Fenced)?;
        let (hash, sealed) = split_pending(&bytes)?;
        let sealing = key_for(self.account, txn.residents(), hash)?;
        let waiting: Waiting = record::open(&sealing, &pending, sealed, "pending event")?;
        let day = settlement.at.to_zoned(self.account.zone.clone()).date();
        if let Some(hash) = hash {
            self.update_resident(txn, &sealing, hash, &settlement)?;
        }
        for fact in settlement.facts.iter().map(String::as_str).chain([settlement.outcome.label()]) {
            txn.count(&key::fact(&self.account.id, day, fact), 1)?;
        }
        let message = match &waiting.event.kind {
            EventKind::Message(message) if !settlement.drop_body && !message.id.is_empty() => {
                Some(self.account.lookup.hash(message.id.as_bytes()))
            }
            _ => None,
        };
        if let Some(message) = &message {
            txn.put_new(&key::message(&self.account.id, message), self.place.key.as_bytes());
        }
        let kind = waiting.event.kind.label().to_owned();
        let kept = Kept {
            event: (!settlement.drop_body).then_some(waiting.event),
            unreadable: None,
            trace: settlement.trace,
        };
        let head = Head {
            outcome: settlement.outcome,
            settled: settlement.at,
            received: waiting.received,
            kind,
            outbox: settlement.outbox,
            resident: hash,
            message,
        };
        let sealed = record::seal(&sealing, &*self.sources.entropy, &settled, &kept);
        txn.put_new(&settled, &Settled { head, sealed }.to_bytes());
        txn.remove(&pending)
    }

    fn update_resident(
        &self,
        txn: &mut Txn<'_>,
        sealing: &Key,
        hash: [u8; 16],
        settlement: &Settlement,
    ) -> Result<(), StoreError> {
        let entropy = &*self.sources.entropy;
        if let Some(language) = settlement.language {
            let place = key::resident(&self.account.id, &hash);
            if let Some(sealed) = txn.get(&place)? {
                let mut resident: Resident = record::open(sealing, &place, &sealed, "resident")?;
                resident.language = Some(language);
                let sealed = record::seal(sealing, entropy, &place, &resident);
                txn.put(&place, &sealed)?;
            }
        }
        if let Some(conversation) = &settlement.conversation {
            let place = key::conversation(&self.account.id, &hash);
            let sealed = record::seal(sealing, entropy, &place, conversation);
            txn.put(&place, &sealed)?;
        }
        Ok(())
    }
}
