//! What waits, in memory: 256 lanes, each with its events in order and at most one claim.
//!
//! A resident's events share a lane, so they are answered one after another by (happened, key). The
//! process lock is the fence against other processes; fence numbers are the fence within this one.

use std::collections::{BTreeMap, VecDeque};

use super::key::EventPlace;
use crate::{
    domain::{
        event::{Event, EventKey},
        time::Timestamp,
    },
    store::Lease,
};

/// How many lanes there are.
const LANES: usize = 256;

/// An event that waits.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) place: EventPlace,
    /// The lookup hash of the LINE id; `None` where the event names nobody.
    pub(super) hash: Option<[u8; 16]>,
    pub(super) received: Timestamp,
    pub(super) event: Event,
    pub(super) maybe_attempted: bool,
}

impl Entry {
    /// The lookup hash is keyed per account, so its first byte is hash(account, user) mod 256.
    fn lane(&self) -> usize {
        usize::from(self.hash.map_or(self.place.key.as_bytes()[16], |hash| hash[0]))
    }

    fn order(&self) -> (Timestamp, EventKey) {
        (self.event.happened, self.place.key)
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeMap<(Timestamp, EventKey), Entry>,
    claimed: Option<(u64, Entry)>,
    /// Whether the lane stands in the queue of lanes that can be claimed.
    queued: bool,
}

/// All lanes.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    /// Lanes with something to claim, the longest unserved first.
    ready: VecDeque<usize>,
    waiting: usize,
    fence: u64,
    /// Whether nothing may be claimed any more.
    closed: bool,
}

impl Default for Lanes {
    fn default() -> Self {
        let lanes = std::iter::repeat_with(Lane::default).take(LANES).collect();
        Self { lanes, ready: VecDeque::new(), waiting: 0, fence: 0, closed: false }
    }
}

impl Lanes {
    /// Adds an event.
    pub(super) fn push(&mut self, entry: Entry) {
        let lane = entry.lane();
        if self.lanes[lane].waiting.insert(entry.order(), entry).is_none() {
            self.waiting += 1;
        }
        self.offer(lane);
    }

    /// A duplicate came: the event's reply token is fresh again.
    pub(super) fn refresh(&mut self, again: &Entry) {
        if let Some(entry) = self.lanes[again.lane()].waiting.get_mut(&again.order())
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
        let index = self.ready.pop_front()?;
        let lane = &mut self.lanes[index];
        lane.queued = false;
        let (_, entry) = lane.waiting.pop_first()?;
        self.fence += 1;
        lane.claimed = Some((self.fence, entry.clone()));
        let number = u16::try_from(index).expect("there are 256 lanes");
        Some((Lease { lane: number, fence: self.fence }, entry))
    }

    /// The claimed event, if the claim is alive and is of this event.
    pub(super) fn claimed(&self, lease: Lease, place: &EventPlace) -> Option<&Entry> {
        let (fence, entry) = self.lanes.get(usize::from(lease.lane))?.claimed.as_ref()?;
        (*fence == lease.fence && &entry.place == place).then_some(entry)
    }

    /// Whether the claim is alive and is of this event.
    pub(super) fn holds(&self, lease: Lease, place: &EventPlace) -> bool {
        self.claimed(lease, place).is_some()
    }

    /// The claimed event has been settled.
    pub(super) fn done(&mut self, lease: Lease) {
        if self.end_claim(lease).is_some() {
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
        let waiting = self.lanes.iter().flat_map(|lane| lane.waiting.values());
        waiting.filter(|entry| !entry.maybe_attempted).map(|entry| entry.place.clone()).collect()
    }

    fn end_claim(&mut self, lease: Lease) -> Option<Entry> {
        let index = usize::from(lease.lane);
        let lane = self.lanes.get_mut(index)?;
        if lane.claimed.as_ref()?.0 != lease.fence {
            return None;
        }
        let (_, entry) = lane.claimed.take()?;
        self.offer(index);
        Some(entry)
    }

    fn offer(&mut self, index: usize) {
        let lane = &mut self.lanes[index];
        if !lane.queued && lane.claimed.is_none() && !lane.waiting.is_empty() {
            lane.queued = true;
            self.ready.push_back(index);
        }
    }

    /// Waiting events that a predicate picks, to be changed in place.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.lanes.iter_mut().flat_map(|lane| lane.waiting.values_mut())
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
