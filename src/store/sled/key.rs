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
//! | `C` | published content and drafts | a second letter (see [`content`]) and what it is about |
//!
//! A value longer than a page is continued under its key plus two bytes (see [`super::chunk`]).

use crate::domain::{
    content::{ContentHash, PieceId, RevisionNo},
    event::EventKey,
    id::AccountId,
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

/// A content by its hash. The other letters: `h` the number of the head, `p` a piece of the head, `n` a
/// revision, `m` its changes, `j` the history of a piece, `i` the import mark, `d` a draft, `v` the count of
/// draft versions. Names of pieces end with 0, so that no key is the beginning of another's further pages.
pub(super) fn content(account: &AccountId, hash: &ContentHash) -> Vec<u8> {
    content_place(account, b'b', hash.as_bytes())
}

/// The number of the head.
pub(super) fn content_head(account: &AccountId) -> Vec<u8> {
    content_place(account, b'h', &[])
}

/// What every piece of the head begins with.
pub(super) fn content_head_pieces(account: &AccountId) -> Vec<u8> {
    content_place(account, b'p', &[])
}

/// A piece of the head.
pub(super) fn content_head_piece(account: &AccountId, piece: &PieceId) -> Vec<u8> {
    [&content_head_pieces(account), piece.as_str().as_bytes(), &[0]].concat()
}

/// A revision.
pub(super) fn content_revision(account: &AccountId, number: RevisionNo) -> Vec<u8> {
    content_place(account, b'n', &number.to_be_bytes())
}

/// The changes of a revision.
pub(super) fn content_changes(account: &AccountId, number: RevisionNo) -> Vec<u8> {
    content_place(account, b'm', &number.to_be_bytes())
}

/// What a revision made of a piece.
pub(super) fn content_history(account: &AccountId, piece: &PieceId, number: RevisionNo) -> Vec<u8> {
    [&content_place(account, b'j', piece.as_str().as_bytes()), &[0][..], &number.to_be_bytes()].concat()
}

/// The last reading of files.
pub(super) fn content_import(account: &AccountId) -> Vec<u8> {
    content_place(account, b'i', &[])
}

/// What every draft begins with.
pub(super) fn content_drafts(account: &AccountId) -> Vec<u8> {
    content_place(account, b'd', &[])
}

/// The draft of a piece.
pub(super) fn content_draft(account: &AccountId, piece: &PieceId) -> Vec<u8> {
    [&content_drafts(account), piece.as_str().as_bytes(), &[0]].concat()
}

/// How many versions of drafts there have been.
pub(super) fn content_draft_versions(account: &AccountId) -> Vec<u8> {
    content_place(account, b'v', &[])
}

/// Reads the piece back from a key below a prefix; `None` for a further page.
pub(super) fn content_piece_of(prefix: &[u8], place: &[u8]) -> Option<PieceId> {
    let (end, name) = place.strip_prefix(prefix)?.split_last()?;
    if *end != 0 || name.contains(&0) {
        return None;
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}

fn content_place(account: &AccountId, letter: u8, rest: &[u8]) -> Vec<u8> {
    place(b'C', account, &[&[letter][..], rest].concat())
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
