//! Retention: one turn looks at some of what is kept, drops what is due, and steps over what is damaged.
//!
//! [`super::inbox`] calls it. What is due is read from heads, keys and marks, which need no resident's key:
//! so the records of an account that was taken out of the configuration go like all others. What cannot
//! be read any more has no time of its own; it goes when its event's name (a ULID) is old enough.

use std::sync::PoisonError;

use super::{
    SledStore,
    key::EventPlace,
    settle::drop_body,
    writer::{self, Txn},
};
use crate::{
    domain::time::Timestamp,
    store::{Expired, StoreError, record::Settled},
};

/// What a pass looks at, in this order: settled events, marks and index of messages, waiting events.
const SECTIONS: [(&[u8], &[u8]); 3] = [(b"I", b"J"), (b"M", b"N"), (b"P", b"Q")];

/// What is to be done with one record.
pub(super) enum Due {
    /// The event has been kept long enough: its body too, if it still has one.
    Event(EventPlace),
    /// Its body has.
    Body(EventPlace),
    /// It cannot be read, and its name says that it is old.
    Unreadable(Vec<u8>),
    /// A message was taken back and never came.
    Mark(Vec<u8>),
    /// Such a mark of the form without a time: it gets one now.
    MarkWithoutTime(Vec<u8>),
}

/// What one turn found.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) due: Vec<Due>,
    pub(super) damaged: usize,
    pub(super) more: bool,
}

/// The two ends of keeping.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) bodies: Timestamp,
    pub(super) events: Timestamp,
}

/// The stored form of a mark: when the message was taken back, in seconds.
pub(super) fn mark(at: Timestamp) -> [u8; 8] {
    at.as_second().to_be_bytes()
}

impl SledStore {
    /// Looks at the next `most` records from where the last turn ended, oldest ULIDs first.
    pub(super) fn look(&self, before: Before, most: usize) -> Result<Turn, StoreError> {
        let mut from = self.expire_from.lock().unwrap_or_else(PoisonError::into_inner);
        let start = from.take().unwrap_or_default();
        let mut turn = Turn::default();
        let ranges = SECTIONS
            .iter()
            .map(|(first, end)| (start.as_slice().max(first), *end))
            .filter(|(first, end)| first < end);
        let items = ranges.flat_map(|(first, end)| self.tree.range(first..end));
        for (looked_at, item) in items.enumerate() {
            let (stored, first_page) = item.map_err(writer::backend)?;
            if looked_at >= most {
                *from = Some(stored.to_vec());
                turn.more = true;
                return Ok(turn);
            }
            match self.judge(&stored, before) {
                Ok(due) => turn.due.extend(due),
                Err(StoreError::Damaged { .. }) => {
                    // Read page by page while the writer changed it: no damage.
                    if self.tree.get(&stored).is_ok_and(|now| now.as_ref() == Some(&first_page)) {
                        turn.damaged += 1;
                        turn.due.extend(old_by_name(&stored, before));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(turn)
    }

    /// What is to be done with a record; further pages of long values are none.
    fn judge(&self, stored: &[u8], before: Before) -> Result<Option<Due>, StoreError> {
        match stored.first() {
            Some(b'I') => self.judge_settled(stored, before),
            Some(b'M') => self.judge_message(stored, before),
            _ => self.judge_pending(stored, before),
        }
    }

    fn judge_settled(&self, stored: &[u8], before: Before) -> Result<Option<Due>, StoreError> {
        let Some(place) = EventPlace::read(stored) else { return Ok(None) };
        let Some(bytes) = writer::read(&self.tree, stored)? else { return Ok(None) };
        let Settled { head, sealed } = Settled::from_bytes(&bytes)?;
        Ok(if head.settled < before.events {
            Some(Due::Event(place))
        } else {
            (head.settled < before.bodies && !sealed.is_empty()).then_some(Due::Body(place))
        })
    }

    fn judge_message(&self, stored: &[u8], before: Before) -> Result<Option<Due>, StoreError> {
        let Some(value) = writer::read(&self.tree, stored)? else { return Ok(None) };
        if value.is_empty() {
            return Ok(Some(Due::MarkWithoutTime(stored.to_vec())));
        }
        // The index entry of a kept message goes with its body.
        let Ok(second) = <[u8; 8]>::try_from(value) else { return Ok(None) };
        let is_due = i64::from_be_bytes(second) < before.events.as_second();
        Ok(is_due.then(|| Due::Mark(stored.to_vec())))
    }

    /// A waiting event leaves by being settled. Only where nobody can settle it, it is dropped by its name.
    fn judge_pending(&self, stored: &[u8], before: Before) -> Result<Option<Due>, StoreError> {
        let Some(place) = EventPlace::read(stored) else { return Ok(None) };
        match self.accounts.get(&place.account) {
            Some(account) => self.load_pending(account, place.key).map(|_| None),
            None => Ok(old_by_name(stored, before)),
        }
    }
}

fn old_by_name(stored: &[u8], before: Before) -> Option<Due> {
    let named = EventPlace::read(stored)?.key.named_at()?;
    (named < before.events).then(|| Due::Unreadable(stored.to_vec()))
}

/// Drops what was found; a record that turns out damaged is counted and left.
pub(super) fn drop_due(txn: &mut Txn<'_>, turn: Turn, now: Timestamp) -> Result<Expired, StoreError> {
    let mut expired = Expired { damaged: turn.damaged, more: turn.more, ..Expired::default() };
    for due in turn.due {
        match drop_one(txn, due, now, &mut expired) {
            Err(StoreError::Damaged { .. }) => expired.damaged += 1,
            result => result?,
        }
    }
    Ok(expired)
}

fn drop_one(txn: &mut Txn<'_>, due: Due, now: Timestamp, expired: &mut Expired) -> Result<(), StoreError> {
    match due {
        Due::Body(place) => expired.bodies += usize::from(drop_body(txn, &place)?),
        Due::Event(place) => {
            expired.bodies += usize::from(drop_body(txn, &place)?);
            txn.remove(&place.settled())?;
            expired.events += 1;
        }
        Due::Unreadable(place) => {
            txn.remove(&place)?;
            expired.events += 1;
        }
        // The message may have come since.
        Due::Mark(place) => {
            if txn.get(&place)?.is_some_and(|value| value.len() == mark(now).len()) {
                txn.remove(&place)?;
            }
        }
        Due::MarkWithoutTime(place) => {
            if txn.get(&place)?.is_some_and(|value| value.is_empty()) {
                txn.put(&place, &mark(now))?;
            }
        }
    }
    Ok(())
}
