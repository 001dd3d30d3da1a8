//! The people whom the city invites: sealed under the account's key, found by group and name, by code, and by the
//! resident who used one.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{
    AccountKeys, SledStore, Sources, audit, key, profiles,
    writer::{self, Txn},
};
use crate::{
    domain::{
        attribute::{AttributeId, CodeHash},
        audit::Note,
        id::{AccountId, Entropy, ResidentRef},
        profile::{Change, Field, Slot, Stamp},
        roster::{Admission, GroupRef, Invited, InvitedName},
        time::Timestamp,
    },
    store::{StoreError, record, rosters::Rosters},
};

/// Somebody as stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    invited: Invited,
    /// Who has used the code; `None` also once that resident was erased.
    #[serde(default)]
    by: Option<ResidentRef>,
}

/// The name of a record: by group and name, so that nobody is there twice.
fn id(account: &AccountKeys, group: &GroupRef, name: &InvitedName) -> [u8; 16] {
    let parts = format!("invited\0{}\0{}\0{}", group.attribute, group.group, name.key());
    account.records.hash(parts.as_bytes())
}

fn code_place(account: &AccountKeys, code: &CodeHash) -> Vec<u8> {
    key::roster_code(&account.id, &account.records.hash(code.as_bytes()))
}

fn open(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<Stored, StoreError> {
    record::open(&account.records, place, sealed, "somebody who is invited")
}

fn put(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    id: &[u8; 16],
    stored: &Stored,
) -> Result<(), StoreError> {
    let place = key::invited(&account.id, id);
    txn.put(&place, &record::seal(&account.records, entropy, &place, stored))
}

fn read(account: &AccountKeys, txn: &Txn<'_>, id: &[u8; 16]) -> Result<Option<Stored>, StoreError> {
    let place = key::invited(&account.id, id);
    txn.get(&place)?.map(|sealed| open(account, &place, &sealed)).transpose()
}

/// Adds somebody within a request.
fn add(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    invited: Invited,
) -> Result<(), StoreError> {
    let id = id(account, &invited.group, &invited.name);
    let code = code_place(account, &invited.hash);
    if txn.has(&key::invited(&account.id, &id))? || txn.has(&code)? {
        return Err(StoreError::Conflict);
    }
    txn.put_new(&code, &id);
    put(account, entropy, txn, &id, &Stored { invited, by: None })
}

/// Removes somebody within a request; whoever came in by that code leaves the group.
fn remove(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    (group, name): &(GroupRef, InvitedName),
    at: Stamp,
) -> Result<(), StoreError> {
    let id = id(account, group, name);
    let Stored { invited, by } = read(account, txn, &id)?.ok_or(StoreError::Conflict)?;
    txn.remove(&code_place(account, &invited.hash))?;
    txn.remove(&key::invited(&account.id, &id))?;
    let Some(ResidentRef(hash)) = by else { return Ok(()) };
    txn.remove(&key::roster_member(&account.id, &hash, &id))?;
    let field = Field(group.attribute.clone(), Slot::Named(group.group.clone()));
    // A group that the account does not have any more is left already.
    if let Ok(leaves) = Change::new(&account.attributes, field, None, at) {
        profiles::fold(account, sources, txn, hash, vec![leaves])?;
    }
    Ok(())
}

/// Forgets within a request which codes a resident has used. They stay used.
pub(super) fn forget(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    hash: &[u8; 16],
) -> Result<(), StoreError> {
    let prefix = key::roster_member_prefix(&account.id, hash);
    for place in txn.below(&prefix)? {
        let Some(id) = place.get(prefix.len()..).and_then(|rest| <[u8; 16]>::try_from(rest).ok()) else {
            continue;
        };
        txn.remove(&place)?;
        match read(account, txn, &id) {
            Ok(Some(stored)) => put(account, entropy, txn, &id, &Stored { by: None, ..stored })?,
            Ok(None) => {}
            // Whom it names is lost with it.
            Err(StoreError::Damaged { .. }) => txn.remove(&key::invited(&account.id, &id))?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[async_trait]
impl Rosters for SledStore {
    async fn list_invited(&self, account: &AccountId) -> Result<Vec<Invited>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::invited_prefix(&account.id);
        let mut list = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() != prefix.len() + 16 {
                continue;
            }
            if let Some(sealed) = writer::read(&self.tree, &place)? {
                list.push(open(account, &place, &sealed)?.invited);
            }
        }
        list.sort_by(|one, other| (&one.group, one.name.key()).cmp(&(&other.group, other.name.key())));
        Ok(list)
    }

    async fn change_roster(
        &self,
        account: &AccountId,
        added: Vec<Invited>,
        removed: Vec<(GroupRef, InvitedName)>,
        at: Stamp,
        note: Note,
    ) -> Result<(), StoreError> {
        let (account, sources, desk) =
            (Arc::clone(self.account(account)?), self.sources.clone(), self.staff_desk());
        let changing = move |txn: &mut Txn<'_>| {
            // Removed first: who is in both gets a new code.
            for one in &removed {
                remove(&account, &sources, txn, one, at)?;
            }
            for one in added {
                add(&account, &*sources.entropy, txn, one)?;
            }
            audit::append(txn, &desk, note)
        };
        self.writer.write(changing, |()| {}).await
    }

    async fn use_code(
        &self,
        account: &AccountId,
        attribute: &AttributeId,
        code: CodeHash,
        resident: ResidentRef,
        at: Timestamp,
    ) -> Result<Admission, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let place = code_place(&account, &code);
        // Most words are no code: they need not wait for the writer. Nobody who was erased uses one.
        let is_known = self.residents.find(&account.id, &resident.0).is_some();
        if !is_known || writer::read(&self.tree, &place)?.is_none() {
            return Ok(Admission::Unknown);
        }
        let (attribute, entropy) = (attribute.clone(), Arc::clone(&self.sources.entropy));
        let using = move |txn: &mut Txn<'_>| {
            let id = txn.get(&place)?.and_then(|id| <[u8; 16]>::try_from(id).ok());
            let Some(id) = id else { return Ok(Admission::Unknown) };
            let Some(Stored { mut invited, by }) = read(&account, txn, &id)? else {
                return Ok(Admission::Unknown);
            };
            let group = invited.group.clone();
            let known = account.attributes.get(&attribute).and_then(|a| a.kind.choice(&group.group));
            if group.attribute != attribute || known.is_none() {
                return Ok(Admission::Unknown);
            }
            if invited.used.is_some() {
                return Ok(if by == Some(resident) { Admission::Admitted(group) } else { Admission::Taken });
            }
            invited.used = Some(at);
            invited.code = None;
            txn.put_new(&key::roster_member(&account.id, &resident.0, &id), &[1]);
            put(&account, &*entropy, txn, &id, &Stored { invited, by: Some(resident) })?;
            Ok(Admission::Admitted(group))
        };
        self.writer.write(using, |_| {}).await
    }
}

/// Checks somebody's record, for `store verify`: whoever is invited is found by the code.
pub(super) fn check(
    tree: &sled::Db,
    account: &AccountKeys,
    place: &[u8],
    sealed: &[u8],
) -> Result<(), StoreError> {
    let Stored { invited, by } = open(account, place, sealed)?;
    let id = id(account, &invited.group, &invited.name);
    let leads_here = |index: &[u8]| writer::read(tree, index).map(|found| found.is_some());
    let is_sound = place.ends_with(&id)
        && writer::read(tree, &code_place(account, &invited.hash))?.as_deref() == Some(&id)
        && match by {
            Some(ResidentRef(hash)) => leads_here(&key::roster_member(&account.id, &hash, &id))?,
            None => true,
        };
    is_sound.then_some(()).ok_or_else(|| StoreError::Damaged { what: "somebody who is invited".into() })
}
