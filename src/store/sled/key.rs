//! Where each record stands in the one tree: a letter, the account, and what it is about.
//!
//! | letter | record | rest of the key |
//! |---|---|---|
//! | `P` | event that waits | event key (17 bytes) |
//! | `I` | settled event | event key (17 bytes) |
//! | `R` | resident | lookup hash of the LINE id (16) |
//! | `V` | conversation | lookup hash of the LINE id (16) |
//! | `M` | kept message → event | lookup hash of the message id (16) |
//! | `F` | daily count | day (4) and name |
//! | `U` | question without an answer | moment (8), id (16) |
//! | `E` | enquiry | id (16) |
//! | `Q` | enquiry by division and state | division, 0, state (1), opened (8), id (16) |
//! | `S` | enquiry by state | state (1), opened (8), id (16) |
//! | `X` | enquiry by its last change | moment (8), id (16) |
//! | `Y` | enquiry by receipt number | the number |
//! | `O` | notice to be sent | enquiry id (16) |
//! | `T` | canned answers | |
//! | `B` | emergency mode | |
//! | `H` | step of emergency mode | version (8) |
//!
//! A value longer than a page is continued under its key plus two bytes (see [`super::chunk`]).

use crate::domain::{
    enquiry::{EnquiryId, Head, Receipt, State},
    event::EventKey,
    id::AccountId,
    time::Timestamp,
    unanswered::UnansweredId,
};

/// The mark of the store's format.
pub(super) const FORMAT: &[u8] = b"\0format";

/// The account and key of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventPlace {
    pub(super) account: AccountId,
    pub(super) key: EventKey,
}

impl EventPlace {
    /// Where it waits.
    pub(super) fn pending(&self) -> Vec<u8> {
        place(b'P', &self.account, self.key.as_bytes())
    }

    /// Where it stands when settled.
    pub(super) fn settled(&self) -> Vec<u8> {
        place(b'I', &self.account, self.key.as_bytes())
    }
}

/// What every pending event of an account begins with.
pub(super) fn pending_prefix(account: &AccountId) -> Vec<u8> {
    place(b'P', account, &[])
}

/// What every settled event of an account begins with.
pub(super) fn settled_prefix(account: &AccountId) -> Vec<u8> {
    place(b'I', account, &[])
}

/// A resident, by the lookup hash of the LINE id.
pub(super) fn resident(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'R', account, hash)
}

/// A resident's conversation.
pub(super) fn conversation(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'V', account, hash)
}

/// The event of a kept message, by the lookup hash of the message id.
pub(super) fn message(account: &AccountId, hash: &[u8; 16]) -> Vec<u8> {
    place(b'M', account, hash)
}

/// What every count of a day begins with.
pub(super) fn day_prefix(account: &AccountId, day: jiff::civil::Date) -> Vec<u8> {
    let year = day.year().to_be_bytes();
    let [month, date] = [day.month().to_be_bytes()[0], day.day().to_be_bytes()[0]];
    place(b'F', account, &[year[0], year[1], month, date])
}

/// A count of a day.
pub(super) fn fact(account: &AccountId, day: jiff::civil::Date, name: &str) -> Vec<u8> {
    [&day_prefix(account, day)[..], name.as_bytes()].concat()
}

/// Reads an event's key back; `None` for the continuation of a long value.
pub(super) fn event_of(account: &AccountId, place: &[u8]) -> Option<EventKey> {
    let rest = place.get(account.as_str().len() + 2..)?;
    rest.try_into().ok().map(EventKey::from_bytes)
}

/// What every question of an account begins with.
pub(super) fn unanswered_prefix(account: &AccountId) -> Vec<u8> {
    place(b'U', account, &[])
}

/// A question without an answer.
pub(super) fn unanswered(account: &AccountId, at: Timestamp, id: UnansweredId) -> Vec<u8> {
    place(b'U', account, &dated(at, id.0))
}

/// An enquiry.
pub(super) fn enquiry(account: &AccountId, id: EnquiryId) -> Vec<u8> {
    place(b'E', account, id.0.as_bytes())
}

/// What every enquiry of an account begins with.
pub(super) fn enquiry_prefix(account: &AccountId) -> Vec<u8> {
    place(b'E', account, &[])
}

/// What every enquiry in a state begins with, of a division or of all.
pub(super) fn enquiries_in(account: &AccountId, division: Option<&str>, state: State) -> Vec<u8> {
    match division {
        Some(division) => place(b'Q', account, &[division.as_bytes(), &[0, state as u8]].concat()),
        None => place(b'S', account, &[state as u8]),
    }
}

/// Every place under which an enquiry is found beside its own.
pub(super) fn enquiry_indexes(account: &AccountId, head: &Head) -> [Vec<u8>; 3] {
    let opened = dated(head.opened, head.id.0);
    let below = |division| [enquiries_in(account, division, head.state), opened.to_vec()].concat();
    [below(Some(&head.division)), below(None), enquiry_changed(account, head.changed, head.id)]
}

/// What every enquiry by its last change begins with.
pub(super) fn enquiry_changed_prefix(account: &AccountId) -> Vec<u8> {
    place(b'X', account, &[])
}

fn enquiry_changed(account: &AccountId, changed: Timestamp, id: EnquiryId) -> Vec<u8> {
    place(b'X', account, &dated(changed, id.0))
}

/// An enquiry by its receipt number.
pub(super) fn receipt(account: &AccountId, receipt: &Receipt) -> Vec<u8> {
    place(b'Y', account, receipt.0.as_bytes())
}

/// What every notice to be sent begins with.
pub(super) fn notice_prefix(account: &AccountId) -> Vec<u8> {
    place(b'O', account, &[])
}

/// A notice to be sent about an enquiry.
pub(super) fn notice(account: &AccountId, id: EnquiryId) -> Vec<u8> {
    place(b'O', account, id.0.as_bytes())
}

/// The canned answers of an account.
pub(super) fn canned_answers(account: &AccountId) -> Vec<u8> {
    place(b'T', account, &[])
}

/// The emergency mode of an account.
pub(super) fn emergency(account: &AccountId) -> Vec<u8> {
    place(b'B', account, &[])
}

/// What every step of an account's emergency mode begins with.
pub(super) fn emergency_step_prefix(account: &AccountId) -> Vec<u8> {
    place(b'H', account, &[])
}

/// A step of an account's emergency mode.
pub(super) fn emergency_step(account: &AccountId, version: u64) -> Vec<u8> {
    place(b'H', account, &version.to_be_bytes())
}

/// The last 16 bytes of a key, where an id stands there.
pub(super) fn id_of(place: &[u8]) -> Option<uuid::Uuid> {
    place.last_chunk::<16>().map(|bytes| uuid::Uuid::from_bytes(*bytes))
}

/// A moment and an id that sort as the moment does, by the microsecond.
pub(super) fn dated(at: Timestamp, id: uuid::Uuid) -> [u8; 24] {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&moment(at));
    bytes[8..].copy_from_slice(id.as_bytes());
    bytes
}

/// A moment that sorts as it does: the sign bit is turned, so that 1969 comes before 1970.
pub(super) fn moment(at: Timestamp) -> [u8; 8] {
    (at.as_microsecond().cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn place(letter: u8, account: &AccountId, rest: &[u8]) -> Vec<u8> {
    let account = account.as_str().as_bytes();
    let mut key = Vec::with_capacity(account.len() + rest.len() + 2);
    key.push(letter);
    key.extend_from_slice(account);
    key.push(0);
    key.extend_from_slice(rest);
    key
}
