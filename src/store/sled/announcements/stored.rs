//! Announcements as they are stored, and read back.

use roaring::RoaringBitmap;

use super::super::{
    AccountKeys, key,
    writer::{self, Txn},
};
use crate::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Taken, Variant,
            batch::{Batch, BatchNo},
        },
        id::{AccountId, Entropy, ResidentNo},
        version::Version,
    },
    store::{StoreError, record, staff::Versioned},
};

/// Where an announcement stands.
pub(super) fn head(account: &AccountId, id: AnnouncementId) -> Vec<u8> {
    key::announced(account, b'h', Some(id), &[])
}

/// Where a batch stands.
pub(super) fn batch(account: &AccountId, id: AnnouncementId, no: BatchNo) -> Vec<u8> {
    key::announced(account, b'b', Some(id), &no.0.to_be_bytes())
}

/// The mark of what is held or being sent.
pub(super) fn under_way(account: &AccountId, id: AnnouncementId) -> Vec<u8> {
    key::announced(account, b'w', Some(id), &[])
}

/// Reads an announcement.
pub(super) fn read_head(
    account: &AccountKeys,
    place: &[u8],
    sealed: &[u8],
) -> Result<Versioned<Announcement>, StoreError> {
    let (value, version) = record::open(&account.records, place, sealed, "announcement")?;
    Ok(Versioned { value, version })
}

/// Reads an announcement within a request.
pub(super) fn head_in(
    account: &AccountKeys,
    txn: &Txn<'_>,
    id: AnnouncementId,
) -> Result<Option<Versioned<Announcement>>, StoreError> {
    let place = head(&account.id, id);
    txn.get(&place)?.map(|sealed| read_head(account, &place, &sealed)).transpose()
}

/// Writes an announcement under its next version, and its step.
pub(super) fn put_head(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    announcement: &Announcement,
    version: Version,
    taken: &Taken,
) -> Result<(), StoreError> {
    let place = head(&account.id, announcement.id);
    txn.put(&place, &record::seal(&account.records, entropy, &place, &(announcement, version)))?;
    let step = key::announced(&account.id, b's', Some(announcement.id), &version.0.to_be_bytes());
    txn.put_new(&step, &record::seal(&account.records, entropy, &step, taken));
    Ok(())
}

/// Writes a variant: its words sealed, who gets them as a bitmap of numbers.
pub(super) fn put_variant(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    (id, no): (AnnouncementId, u16),
    variant: &Variant,
    people: &[ResidentNo],
) -> Result<(), StoreError> {
    let place = key::announced(&account.id, b'v', Some(id), &no.to_be_bytes());
    txn.put(&place, &record::seal(&account.records, entropy, &place, variant))?;
    let mut set: RoaringBitmap = people.iter().map(|who| who.0).collect();
    set.optimize();
    let mut bytes = Vec::with_capacity(set.serialized_size());
    set.serialize_into(&mut bytes).map_err(writer::backend)?;
    txn.put(&key::announced(&account.id, b'p', Some(id), &no.to_be_bytes()), &bytes)
}

/// Drops who was frozen.
pub(super) fn drop_frozen(
    account: &AccountKeys,
    txn: &mut Txn<'_>,
    id: AnnouncementId,
) -> Result<(), StoreError> {
    for letter in [b'v', b'p'] {
        let prefix = key::announced(&account.id, letter, Some(id), &[]);
        for place in txn.below(&prefix)?.into_iter().filter(|place| place.len() == prefix.len() + 2) {
            txn.remove(&place)?;
        }
    }
    Ok(())
}

/// The variants of an announcement, in order.
pub(super) fn variants(
    tree: &sled::Db,
    account: &AccountKeys,
    id: AnnouncementId,
) -> Result<Vec<(Variant, RoaringBitmap)>, StoreError> {
    let mut found = Vec::new();
    for no in 0..=u16::MAX {
        let place = key::announced(&account.id, b'v', Some(id), &no.to_be_bytes());
        let Some(sealed) = writer::read(tree, &place)? else { break };
        let variant = record::open(&account.records, &place, &sealed, "variant of an announcement")?;
        found.push((variant, people(tree, account, id, no)?));
    }
    Ok(found)
}

/// Who gets a variant.
pub(super) fn people(
    tree: &sled::Db,
    account: &AccountKeys,
    id: AnnouncementId,
    no: u16,
) -> Result<RoaringBitmap, StoreError> {
    let place = key::announced(&account.id, b'p', Some(id), &no.to_be_bytes());
    let bytes = writer::read(tree, &place)?.ok_or_else(|| damaged("people of an announcement"))?;
    RoaringBitmap::deserialize_from(&bytes[..]).map_err(|_| damaged("people of an announcement"))
}

/// Every batch of an announcement, in order.
pub(super) fn batches(
    tree: &sled::Db,
    account: &AccountKeys,
    id: AnnouncementId,
) -> Result<Vec<Batch>, StoreError> {
    let prefix = key::announced(&account.id, b'b', Some(id), &[]);
    let mut found = Vec::new();
    for item in tree.scan_prefix(&prefix) {
        let (place, _) = item.map_err(writer::backend)?;
        if place.len() == prefix.len() + 4
            && let Some(bytes) = writer::read(tree, &place)?
        {
            found.push(record::read_plain(&bytes, "batch of an announcement")?);
        }
    }
    Ok(found)
}

/// The id at the end of a place of `letter`.
pub(super) fn id_of(account: &AccountId, letter: u8, place: &[u8]) -> Option<AnnouncementId> {
    let rest = place.strip_prefix(&key::announced(account, letter, None, &[])[..])?;
    let bytes: [u8; 16] = rest.try_into().ok()?;
    Some(AnnouncementId(uuid::Uuid::from_bytes(bytes)))
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}
