//! The inbox: accept, claim, settle, forget, expire.

use std::sync::{
    Arc, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use serde::de::DeserializeOwned;

use super::{
    AccountKeys, SledStore,
    accept::{Accept, Prepared},
    chunk,
    expire::{self, Before, drop_due},
    key::{self, EventPlace},
    lanes::Entry,
    pending::{Pending, key_for, pending_form, split_pending},
    settle::{Settle, drop_body},
    unanswered, writer,
};
use crate::{
    domain::{
        conversation::Conversation,
        event::{EventKey, EventKind},
        id::AccountId,
        resident::Resident,
        settlement::{Said, Settlement},
        time::Timestamp,
    },
    keyring::Key,
    store::{
        Accepted, Claimed, EventBody, Expired, Inbox, Lease, NewEvent, StoreError,
        record::{self, Kept, Settled, Waiting},
    },
};

/// How many damaged records are remembered as told.
const MOST_TOLD: usize = 10_000;

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
        let account = Arc::clone(self.account(account)?);
        let _room = self.take_room(events.len())?;
        let prepared = events
            .into_iter()
            .map(|event| self.prepare(&account, received, event))
            .collect::<Result<Vec<_>, _>>()?;
        let (sources, lanes) = (self.sources.clone(), Arc::clone(&self.lanes));
        let (waiting, recent) = (Arc::clone(&self.lanes), Arc::clone(&account));
        let arrived = Arc::clone(&self.arrived);
        let result = self
            .writer
            .write(
                move |txn| {
                    let accept = Accept { account: &account, received, sources: &sources, waiting: &waiting };
                    prepared.into_iter().map(|event| accept.one(txn, event)).collect::<Result<Vec<_>, _>>()
                },
                move |stored| {
                    let mut lanes = lanes.lock().unwrap_or_else(PoisonError::into_inner);
                    for (accepted, entry) in stored {
                        // The resident may have been changed by it.
                        if let Some(hash) =
                            entry.as_ref().filter(|e| e.event.follow_change().is_some()).and_then(|e| e.hash)
                        {
                            recent.recent.forget(&hash);
                        }
                        match (accepted, entry) {
                            (Accepted::New, Some(entry)) => lanes.push(entry.clone()),
                            (Accepted::Known, Some(entry)) => {
                                lanes.refresh(entry);
                            }
                            (_, None) => {}
                        }
                    }
                    // Here and not after the wait: the caller may have gone, the event is stored.
                    arrived.notify_one();
                },
            )
            .await?;
        Ok(result.into_iter().map(|(accepted, _)| accepted).collect())
    }

    async fn claim(&self, most: usize) -> Result<Vec<Claimed>, StoreError> {
        let entries: Vec<(Lease, Entry)> = {
            let mut lanes = self.lanes();
            std::iter::from_fn(|| lanes.claim()).take(most).collect()
        };
        let mut claimed = Vec::with_capacity(entries.len());
        for (lease, entry) in entries {
            let key = entry.place.key;
            match self.claimed(lease, entry) {
                Ok(one) => claimed.push(one),
                // One damaged record must not hold up everybody: it stays stored, `store verify` names it.
                Err(error @ StoreError::Damaged { .. }) => {
                    tracing::error!(event = %key, %error, "an event cannot be worked on");
                    self.lanes().done(lease);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
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
        // What was claimed is what is stored: a message that is taken back waits behind in the same lane.
        let entry = self.lanes().claimed(lease, &place).cloned().ok_or(StoreError::Fenced)?;
        let (sources, lanes) = (self.sources.clone(), Arc::clone(&self.lanes));
        let arrived = Arc::clone(&self.arrived);
        let (alive, recent) = (Arc::clone(&self.lanes), Arc::clone(&account));
        let hash = entry.hash;
        let erases = matches!(settlement.said, Said::EraseMe);
        let enquiries = match hash {
            Some(hash) if erases => self.enquiries_of(&account, &hash)?,
            _ => Vec::new(),
        };
        let (language, talk) = (settlement.language, settlement.conversation.clone());
        self.writer
            .write(
                move |txn| {
                    if !alive.lock().unwrap_or_else(PoisonError::into_inner).holds(lease, &place) {
                        return Err(StoreError::Fenced);
                    }
                    let waiting = match hash {
                        Some(hash) if erases => alive
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .of_resident(&account.id, &hash),
                        _ => Vec::new(),
                    };
                    Settle { account: &account, sources: &sources, entry, waiting, enquiries }
                        .apply(txn, settlement)
                },
                move |()| {
                    match hash {
                        Some(hash) if language.is_some() || erases => recent.recent.forget(&hash),
                        Some(hash) => recent.recent.talked(&hash, talk),
                        None => {}
                    }
                    lanes.lock().unwrap_or_else(PoisonError::into_inner).done(lease);
                    arrived.notify_one();
                },
            )
            .await
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

    async fn forget_message(
        &self,
        account: &AccountId,
        message_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
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
                        // Settled meanwhile by another lane: there is nothing left to take back here.
                        if !txn.has(&place)? {
                            continue;
                        }
                        let stored = pending_form(&key, &sources, &place, entry.hash, &waiting);
                        txn.put(&place, &stored)?;
                    }
                    let index = key::message(&account.id, &hash);
                    match txn.get(&index)?.and_then(|bytes| <[u8; 17]>::try_from(bytes).ok()) {
                        Some(event) => {
                            let key = EventKey::from_bytes(event);
                            let place = EventPlace { account: account.id.clone(), key };
                            unanswered::forget_of_event(&account, txn, &place)?;
                            match drop_body(txn, &place) {
                                // What nobody can read needs no forgetting; refused, it would be tried for ever.
                                Err(StoreError::Damaged { .. }) => Ok(()),
                                result => result.map(drop),
                            }
                        }
                        // It may still be on its way: a mark without an event, which settling looks at.
                        None => txn.put(&index, &expire::mark(now)),
                    }
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
        let turn = self.look(Before { bodies: bodies_before, events: events_before }, most)?;
        if turn.due.is_empty() {
            return Ok(Expired { damaged: turn.damaged, more: turn.more, ..Expired::default() });
        }
        let now = self.sources.clock.now();
        self.writer.write(move |txn| drop_due(txn, turn, now), |_| {}).await
    }

    async fn words(&self, account: &AccountId, key: EventKey) -> Result<Option<String>, StoreError> {
        let account = self.account(account)?;
        let place = EventPlace { account: account.id.clone(), key }.settled();
        let Some(bytes) = writer::read(&self.tree, &place)? else { return Ok(None) };
        let Settled { head, sealed } = Settled::from_bytes(&bytes)?;
        if sealed.is_empty() {
            return Ok(None);
        }
        let sealing = key_for(account, &self.residents, head.resident)?;
        let kept: Kept = record::open(&sealing, &place, &sealed, "settled event")?;
        Ok(kept.event.and_then(|event| event.text().map(ToOwned::to_owned)))
    }

    fn waiting(&self) -> usize {
        self.lanes().len()
    }
}

/// Room for events that are being stored; given back when dropped.
struct Room<'a> {
    taken: &'a AtomicUsize,
    count: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.taken.fetch_sub(self.count, Ordering::AcqRel);
    }
}

impl SledStore {
    /// Takes room for so many events, or says that there is none. One call may overshoot: a body with more
    /// events than the limit must not be refused for ever.
    fn take_room(&self, count: usize) -> Result<Room<'_>, StoreError> {
        let before = self.arriving.fetch_add(count, Ordering::AcqRel);
        let room = Room { taken: &self.arriving, count };
        if before + self.lanes().len() >= self.max_waiting { Err(StoreError::Full) } else { Ok(room) }
    }

    /// Does on the caller's thread what needs no order: hashing and, for a known resident, sealing.
    fn prepare(
        &self,
        account: &Arc<AccountKeys>,
        received: Timestamp,
        event: NewEvent,
    ) -> Result<Prepared, StoreError> {
        let place = EventPlace { account: account.id.clone(), key: event.key };
        let EventBody::Read(read) = &event.body else {
            return Ok(Prepared { place, hash: None, body: event.body, sealed: None, sealed_for: None });
        };
        let hash = read.user().map(|user| account.lookup.hash(user.expose().as_bytes()));
        let known = hash.and_then(|hash| self.residents.find(&account.id, &hash));
        let sealed =
            ((hash.is_none() || known.is_some()) && read.follow_change().is_none() && !read.in_company())
                .then(|| {
                    let key = key_for(account, &self.residents, hash)?;
                    let waiting = Waiting { received, event: read.clone() };
                    Ok::<_, StoreError>(pending_form(&key, &self.sources, &place.pending(), hash, &waiting))
                })
                .transpose()?;
        Ok(Prepared { place, hash, body: event.body, sealed, sealed_for: known })
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

    pub(super) fn load_resident(
        &self,
        account: &AccountKeys,
        hash: &[u8; 16],
    ) -> Result<(Option<Resident>, Conversation), StoreError> {
        if let Some(known) = account.recent.get(hash) {
            return Ok(known);
        }
        let turn = account.recent.turn();
        let sealing = key_for(account, &self.residents, Some(*hash))?;
        let resident = self.open_or_none(&sealing, &key::resident(&account.id, hash), "resident")?;
        let conversation =
            self.open_or_none(&sealing, &key::conversation(&account.id, hash), "conversation")?;
        let known = (resident, conversation.unwrap_or_default());
        if known.0.is_some() {
            account.recent.keep(turn, *hash, known.clone());
        }
        Ok(known)
    }

    /// A sealed record; one that does not open counts as absent and is told once, so that whoever it is
    /// about is still answered.
    fn open_or_none<T: DeserializeOwned>(
        &self,
        sealing: &Key,
        place: &[u8],
        what: &str,
    ) -> Result<Option<T>, StoreError> {
        let read = writer::read(&self.tree, place)
            .and_then(|sealed| sealed.map(|sealed| record::open(sealing, place, &sealed, what)).transpose());
        match read {
            Err(error @ StoreError::Damaged { .. }) => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.len() < MOST_TOLD && told.insert(place.to_vec()) {
                    tracing::error!(%error, "a record counts as absent; `todoke store verify` lists all such");
                }
                Ok(None)
            }
            result => result,
        }
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
        let more_pages = chunk::pages_after_first(bytes.len());
        Ok(Some(Pending {
            hash,
            waiting: record::open(&sealing, &place, sealed, "pending event")?,
            more_pages,
        }))
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
                entry.event.kind = EventKind::TakenBack;
                entry.clone()
            })
            .collect()
    }
}
