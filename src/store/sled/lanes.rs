//! What waits, in memory: a lane a resident, each with its events in order and at most one claim.
//!
//! A resident's events share a lane, so they are answered one after another by (happened, key), and nobody
//! waits for anybody else. (A store of several instances leases lanes and therefore has a fixed number of
//! them; here the process lock is the fence against other processes, and fence numbers are the fence
//! within this one.)

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::key::EventPlace;
use crate::{
    domain::{
        event::{Event, EventKey},
        id::AccountId,
        time::Timestamp,
    },
    store::Lease,
};

/// An event that waits.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) place: EventPlace,
    /// The lookup hash of the LINE id; `None` where the event names nobody.
    pub(super) hash: Option<[u8; 16]>,
    pub(super) received: Timestamp,
    pub(super) event: Event,
    pub(super) maybe_attempted: bool,
    /// Further pages of the stored form, at least as many as there are: removing it need not read.
    pub(super) more_pages: u16,
}

/// What events have in common that are answered one after another: the person, by the lookup hash, which
/// is keyed per account; an event that names nobody waits for none but itself.
type LaneKey = [u8; 16];

impl Entry {
    fn lane(&self) -> LaneKey {
        self.hash.unwrap_or_else(|| {
            let mut own = [0; 16];
            own.copy_from_slice(&self.place.key.as_bytes()[1..]);
            own
        })
    }

    fn order(&self) -> (Timestamp, EventKey) {
        (self.event.happened, self.place.key)
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeMap<(Timestamp, EventKey), Entry>,
    claimed: bool,
    /// Whether the lane stands in the queue of lanes that can be claimed.
    queued: bool,
}

/// All lanes that have something in them.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<LaneKey, Lane>,
    /// Every event that waits or is claimed: what is stored as pending, so that looking for a duplicate
    /// need not read.
    names: HashSet<EventPlace>,
    /// Claims that are alive, by their fence.
    claims: HashMap<u64, Entry>,
    /// Lanes with something to claim, the longest unserved first.
    ready: VecDeque<LaneKey>,
    waiting: usize,
    fence: u64,
    /// Whether nothing may be claimed any more.
    closed: bool,
}

impl Lanes {
    /// Adds an event.
    pub(super) fn push(&mut self, entry: Entry) {
        let key = entry.lane();
        self.names.insert(entry.place.clone());
        let lane = self.lanes.entry(key).or_default();
        if lane.waiting.insert(entry.order(), entry).is_none() {
            self.waiting += 1;
        }
        self.offer(key);
    }

    /// Whether the event waits or is being worked on.
    pub(super) fn waits(&self, place: &EventPlace) -> bool {
        self.names.contains(place)
    }

    /// A duplicate came: the event's reply token is fresh again.
    pub(super) fn refresh(&mut self, again: &Entry) {
        if let Some(lane) = self.lanes.get_mut(&again.lane())
            && let Some(entry) = lane.waiting.get_mut(&again.order())
            && entry.place == again.place
        {
            entry.received = entry.received.max(again.received);
        }
    }

    /// Takes the first event of the lane that has waited longest.
    pub(super) fn claim(&mut self) -> Option<(Lease, Entry)> {
        if self.closed {
            return None;
        }
        let key = self.ready.pop_front()?;
        let lane = self.lanes.get_mut(&key)?;
        lane.queued = false;
        let (_, entry) = lane.waiting.pop_first()?;
        lane.claimed = true;
        self.fence += 1;
        self.claims.insert(self.fence, entry.clone());
        Some((Lease { lane: u16::from(key[0]), fence: self.fence }, entry))
    }

    /// The claimed event, if the claim is alive and is of this event.
    pub(super) fn claimed(&self, lease: Lease, place: &EventPlace) -> Option<&Entry> {
        self.claims.get(&lease.fence).filter(|entry| &entry.place == place)
    }

    /// Whether the claim is alive and is of this event.
    pub(super) fn holds(&self, lease: Lease, place: &EventPlace) -> bool {
        self.claimed(lease, place).is_some()
    }

    /// The claimed event has been settled.
    pub(super) fn done(&mut self, lease: Lease) {
        if let Some(entry) = self.end_claim(lease) {
            self.names.remove(&entry.place);
            self.waiting -= 1;
        }
    }

    /// The claimed event goes back, marked.
    pub(super) fn give_back(&mut self, lease: Lease) {
        if let Some(mut entry) = self.end_claim(lease) {
            entry.maybe_attempted = true;
            self.waiting -= 1;
            self.push(entry);
        }
    }

    /// Gives out nothing more, and tells which events nobody has begun to answer, now or earlier.
    pub(super) fn close(&mut self) -> Vec<EventPlace> {
        self.closed = true;
        let waiting = self.lanes.values().flat_map(|lane| lane.waiting.values());
        waiting.filter(|entry| !entry.maybe_attempted).map(|entry| entry.place.clone()).collect()
    }

    fn end_claim(&mut self, lease: Lease) -> Option<Entry> {
        let entry = self.claims.remove(&lease.fence)?;
        let key = entry.lane();
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.claimed = false;
            if lane.waiting.is_empty() {
                self.lanes.remove(&key);
            } else {
                self.offer(key);
            }
        }
        Some(entry)
    }

    fn offer(&mut self, key: LaneKey) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        if !lane.queued && !lane.claimed && !lane.waiting.is_empty() {
            lane.queued = true;
            self.ready.push_back(key);
        }
    }

    /// Waiting events that a predicate picks, to be changed in place.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.lanes.values_mut().flat_map(|lane| lane.waiting.values_mut())
    }

    /// Where a resident's events wait, the one that is being worked on included.
    pub(super) fn of_resident(&self, account: &AccountId, hash: &[u8; 16]) -> Vec<EventPlace> {
        let waiting = self.lanes.get(hash).into_iter().flat_map(|lane| lane.waiting.values());
        waiting
            .chain(self.claims.values())
            .filter(|entry| entry.hash.as_ref() == Some(hash) && entry.place.account == *account)
            .map(|entry| entry.place.clone())
            .collect()
    }

    /// How many events wait or are being worked on.
    pub(super) fn len(&self) -> usize {
        self.waiting
    }

    /// Whether a claim would find something.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }
}
