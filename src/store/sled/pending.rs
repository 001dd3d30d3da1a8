//! Pending events as they are stored: whose key, then the sealed event.

use super::{AccountKeys, ResidentIndex, Sources};
use crate::{
    keyring::Key,
    store::{
        StoreError,
        record::{self, Waiting},
    },
};

/// A pending event as read back.
pub(super) struct Pending {
    pub(super) hash: Option<[u8; 16]>,
    pub(super) waiting: Waiting,
    /// Further pages of the stored form.
    pub(super) more_pages: u16,
}

/// The key under which an event's body is sealed: the resident's, or the account's where nobody is named.
pub(super) fn key_for(
    account: &AccountKeys,
    residents: &ResidentIndex,
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
pub(super) fn pending_form(
    key: &Key,
    sources: &Sources,
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

pub(super) fn split_pending(form: &[u8]) -> Result<(Option<[u8; 16]>, &[u8]), StoreError> {
    let damaged = || StoreError::Damaged { what: "pending event".into() };
    let (marker, rest) = form.split_first().ok_or_else(damaged)?;
    let (hash, sealed) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
    Ok(((*marker == 1).then_some(*hash), sealed))
}
