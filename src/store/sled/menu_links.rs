//! Which menu each resident was given: of each menu a bitmap for 65,536 residents with consecutive numbers, sealed under
//! the account's key. A call to LINE is for residents in the order of their numbers, so that it touches few of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use roaring::RoaringBitmap;

use super::{
    AccountKeys, SledStore, key,
    pending::key_for,
    writer::{self, Txn},
};
use crate::{
    domain::{
        id::{AccountId, Entropy, LineUserId, ResidentNo},
        menu::MenuId,
        resident::Resident,
    },
    store::{StoreError, menu_links::MenuLinks, record},
};

/// A stored bitmap.
struct Part {
    menu: MenuId,
    /// The lower 16 bits of residents' numbers.
    residents: RoaringBitmap,
}

/// The form of the record: 1, the length of the menu's id and the id, the bitmap.
fn form(part: &Part) -> Vec<u8> {
    let id = part.menu.0.as_bytes();
    let mut bytes = vec![1];
    bytes.extend_from_slice(&u16::try_from(id.len()).unwrap_or_default().to_be_bytes());
    bytes.extend_from_slice(id);
    // Writing into memory does not fail.
    let _ = part.residents.serialize_into(&mut bytes);
    bytes
}

fn read(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<Part, StoreError> {
    let opened = account.records.open(place, sealed);
    let read = |bytes: &[u8]| {
        let (length, rest) = bytes.strip_prefix(&[1])?.split_first_chunk::<2>()?;
        let (id, bitmap) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let menu = MenuId(std::str::from_utf8(id).ok()?.to_owned());
        Some(Part { menu, residents: RoaringBitmap::deserialize_from(bitmap).ok()? })
    };
    opened.as_deref().and_then(read).ok_or_else(|| StoreError::Damaged { what: "menus of residents".into() })
}

/// Which part of all numbers a record is of.
fn part_of(account: &AccountKeys, place: &[u8]) -> Option<u16> {
    let rest = place.get(key::menu_links_prefix(&account.id).len()..)?;
    let (_, part) = rest.split_first_chunk::<16>()?;
    Some(u16::from_be_bytes(part.try_into().ok()?))
}

fn split(resident: ResidentNo) -> (u16, u32) {
    let [high, more, low, least] = resident.0.to_be_bytes();
    (u16::from_be_bytes([high, more]), u32::from(u16::from_be_bytes([low, least])))
}

/// Residents have this menu now and no other one.
fn note(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    menu: Option<&MenuId>,
    residents: &[ResidentNo],
) -> Result<(), StoreError> {
    let mut parts: BTreeMap<u16, RoaringBitmap> = BTreeMap::new();
    for resident in residents {
        let (part, low) = split(*resident);
        parts.entry(part).or_default().insert(low);
    }
    let target = |part| menu.map(|menu| key::menu_links(&account.id, &hash(account, menu), part));
    for place in txn.below(&key::menu_links_prefix(&account.id))? {
        let Some(part) = part_of(account, &place) else { continue };
        let Some(changed) = parts.get(&part).filter(|_| target(part).as_ref() != Some(&place)) else {
            continue;
        };
        let Some(sealed) = txn.get(&place)? else { continue };
        let mut stored = read(account, &place, &sealed)?;
        let before = stored.residents.len();
        stored.residents -= changed;
        if stored.residents.is_empty() {
            txn.remove(&place)?;
        } else if stored.residents.len() != before {
            txn.put(&place, &account.records.seal(entropy, &place, &form(&stored)))?;
        }
    }
    let Some(menu) = menu else { return Ok(()) };
    for (part, new) in parts {
        let place = key::menu_links(&account.id, &hash(account, menu), part);
        let stored = txn.get(&place)?.map(|sealed| read(account, &place, &sealed)).transpose()?;
        let residents = stored.map(|stored| stored.residents).unwrap_or_default() | new;
        let form = form(&Part { menu: menu.clone(), residents });
        txn.put(&place, &account.records.seal(entropy, &place, &form))?;
    }
    Ok(())
}

fn hash(account: &AccountKeys, menu: &MenuId) -> [u8; 16] {
    account.records.hash(menu.0.as_bytes())
}

#[async_trait]
impl MenuLinks for SledStore {
    async fn menu_links(&self, account: &AccountId) -> Result<Vec<(MenuId, Vec<ResidentNo>)>, StoreError> {
        let account = self.account(account)?;
        let mut found: BTreeMap<MenuId, Vec<ResidentNo>> = BTreeMap::new();
        for place in self.tree.scan_prefix(key::menu_links_prefix(&account.id)).keys() {
            let place = place.map_err(writer::backend)?;
            let Some(part) = part_of(account, &place) else { continue };
            let Some(sealed) = writer::read(&self.tree, &place)? else { continue };
            let Part { menu, residents } = read(account, &place, &sealed)?;
            let residents = residents.iter().map(|low| ResidentNo(u32::from(part) << 16 | low));
            // Parts of a menu come in the order of their numbers.
            found.entry(menu).or_default().extend(residents);
        }
        Ok(found.into_iter().collect())
    }

    async fn note_menu(
        &self,
        account: &AccountId,
        menu: Option<MenuId>,
        residents: Vec<ResidentNo>,
    ) -> Result<(), StoreError> {
        let (account, entropy) = (Arc::clone(self.account(account)?), Arc::clone(&self.sources.entropy));
        let noting = move |txn: &mut Txn<'_>| note(&account, &*entropy, txn, menu.as_ref(), &residents);
        self.writer.write(noting, |()| {}).await
    }

    async fn keep_menus(&self, account: &AccountId, menus: Vec<MenuId>) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let kept: Vec<[u8; 16]> = menus.iter().map(|menu| hash(&account, menu)).collect();
        let dropping = move |txn: &mut Txn<'_>| {
            let prefix = key::menu_links_prefix(&account.id);
            for place in txn.below(&prefix)? {
                let of = place.get(prefix.len()..).and_then(|rest| rest.first_chunk::<16>());
                if part_of(&account, &place).is_some() && of.is_some_and(|of| !kept.contains(of)) {
                    txn.remove(&place)?;
                }
            }
            Ok(())
        };
        self.writer.write(dropping, |()| {}).await
    }

    async fn line_users(
        &self,
        account: &AccountId,
        residents: Vec<ResidentNo>,
    ) -> Result<Vec<(ResidentNo, LineUserId)>, StoreError> {
        let account = self.account(account)?;
        let hashes: HashMap<ResidentNo, [u8; 16]> = self.residents.hashes_of(&account.id, &residents);
        let mut found = Vec::with_capacity(residents.len());
        for resident in residents {
            let Some(hash) = hashes.get(&resident) else { continue };
            let place = key::resident(&account.id, hash);
            let Some(sealed) = writer::read(&self.tree, &place)? else { continue };
            let Ok(sealing) = key_for(account, &self.residents, Some(*hash)) else { continue };
            match record::open::<Resident>(&sealing, &place, &sealed, "resident") {
                Ok(known) => found.push((resident, known.line_user_id)),
                // Nobody else has to wait for somebody whose record does not open; `store verify` names it.
                Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Checks a record, for `store verify`.
pub(super) fn check(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
    read(account, place, sealed).map(drop)
}
