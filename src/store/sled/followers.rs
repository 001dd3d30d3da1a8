//! Pages of followers: who is on one becomes known, and counts as following.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;

use super::{
    AccountKeys, SledStore, Sources,
    accept::{new_resident, stored_resident},
    audience::rows,
    audit, erase, key,
    pending::key_for,
    profiles,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        event::EventKey,
        follower::FollowerImport,
        id::{AccountId, LineUserId},
        time::Timestamp,
    },
    store::{StoreError, followers::FollowerImports, record},
};

fn open(
    account: &AccountKeys,
    place: &[u8],
    sealed: Option<Vec<u8>>,
) -> Result<Option<FollowerImport>, StoreError> {
    sealed.map(|sealed| record::open(&account.records, place, &sealed, "import of followers")).transpose()
}

/// Somebody is listed; whether they were not known before.
fn take(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    user: &LineUserId,
    stamp: (Timestamp, EventKey),
) -> Result<bool, StoreError> {
    let hash = account.lookup.hash(user.expose().as_bytes());
    let is_known = txn.residents().find(&account.id, &hash).is_some();
    if !is_known && erase::erased_at(account, txn, &hash)?.is_some() {
        return Ok(false);
    }
    let (known, is_new) = txn
        .residents()
        .find_or_add(&account.id, &hash, &*sources.entropy)
        .ok_or_else(|| StoreError::Damaged { what: "more residents than numbers".into() })?;
    if is_new {
        let account = Arc::clone(account);
        txn.afterwards(move || account.index.add(known.no));
    }
    if is_new {
        // Where the file of keys was lost, numbers begin anew: nobody inherits the marks of another.
        rows::change(account, &*sources.entropy, txn, known.no, |_| BTreeSet::new())?;
    }
    let sealing = key_for(account, txn.residents(), Some(hash))?;
    let stored = stored_resident(txn, account, &sealing, &hash)?;
    let before = stored.as_ref().map(|resident| resident.follow);
    let mut resident = stored.unwrap_or_else(|| new_resident(sources, known, user, stamp.0));
    resident.follow = resident.follow.fold(true, stamp);
    if before == Some(resident.follow) {
        return Ok(is_new);
    }
    let changed = Arc::clone(account);
    txn.afterwards(move || changed.recent.forget(&hash));
    profiles::reach(account, sources, txn, known.no, resident.follow.may_be_reached())?;
    let place = key::resident(&account.id, &hash);
    txn.put(&place, &record::seal(&sealing, &*sources.entropy, &place, &resident))?;
    Ok(is_new)
}

#[async_trait]
impl FollowerImports for SledStore {
    async fn follower_import(&self, account: &AccountId) -> Result<Option<FollowerImport>, StoreError> {
        let account = self.account(account)?;
        let place = key::follower_import(&account.id);
        open(account, &place, writer::read(&self.tree, &place)?)
    }

    async fn take_followers(
        &self,
        account: &AccountId,
        people: Vec<LineUserId>,
        seen: Option<FollowerImport>,
        after: FollowerImport,
        note: Option<Note>,
    ) -> Result<FollowerImport, StoreError> {
        let (account, sources, desk) =
            (Arc::clone(self.account(account)?), self.sources.clone(), self.staff_desk());
        let taking = move |txn: &mut Txn<'_>| {
            let place = key::follower_import(&account.id);
            if open(&account, &place, txn.get(&place)?)? != seen {
                return Err(StoreError::Conflict);
            }
            let mut after = after;
            for user in &people {
                after.new += u64::from(take(&account, &sources, txn, user, after.stamp())?);
            }
            txn.put(&place, &record::seal(&account.records, &*sources.entropy, &place, &after))?;
            if let Some(mut note) = note {
                note.detail.push(("new".into(), after.new.to_string()));
                audit::append(txn, &desk, note)?;
            }
            Ok(after)
        };
        self.writer.write(taking, |_| {}).await
    }
}
