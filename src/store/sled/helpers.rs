//! Helpers: one record a resident who has any, sealed under the resident's key.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;

use super::{
    AccountKeys, SledStore, Sources, key,
    pending::key_for,
    writer::{self, Txn},
};
use crate::{
    domain::{
        helper::{Helper, HelperId, MOST_HELPERS},
        id::{AccountId, ResidentRef},
        time::Timestamp,
    },
    store::{
        StoreError,
        helpers::{Adding, Helpers},
        record,
    },
};

#[async_trait]
impl Helpers for SledStore {
    async fn helpers(&self, account: &AccountId, resident: ResidentRef) -> Result<Vec<Helper>, StoreError> {
        let account = self.account(account)?;
        if self.residents.find(&account.id, &resident.0).is_none() {
            return Ok(Vec::new());
        }
        let place = key::helpers(&account.id, &resident.0);
        let Some(sealed) = writer::read(&self.tree, &place)? else { return Ok(Vec::new()) };
        record::open(&key_for(account, &self.residents, Some(resident.0))?, &place, &sealed, "helpers")
    }

    async fn add_helper(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        helper: Helper,
    ) -> Result<Adding, StoreError> {
        self.edit_helpers(account, resident, move |helpers| {
            if let Some(known) = helpers.iter().find(|known| known.id == helper.id) {
                return Adding::Added(known.clone());
            }
            helpers.retain(|known| known.helps(helper.since));
            if helpers.len() >= MOST_HELPERS {
                return Adding::Full;
            }
            helpers.push(helper.clone());
            Adding::Added(helper)
        })
        .await
        .map(|added| added.unwrap_or(Adding::Nobody))
    }

    async fn remove_helper(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: HelperId,
    ) -> Result<bool, StoreError> {
        let removing = move |helpers: &mut Vec<Helper>| {
            let before = helpers.len();
            helpers.retain(|helper| helper.id != id);
            helpers.len() < before
        };
        Ok(self.edit_helpers(account, resident, removing).await?.unwrap_or(false))
    }

    async fn helper_came(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: HelperId,
        day: Date,
    ) -> Result<(), StoreError> {
        let noting = move |helpers: &mut Vec<Helper>| {
            for helper in helpers.iter_mut().filter(|helper| helper.id == id) {
                helper.came = helper.came.max(Some(day));
            }
        };
        self.edit_helpers(account, resident, noting).await.map(|_| ())
    }

    async fn expire_helpers(
        &self,
        account: &AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let prefix = key::helpers_prefix(&account.id);
        let mut due = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            let hash = place.get(prefix.len()..).and_then(|rest| <[u8; 16]>::try_from(rest).ok());
            let Some(hash) = hash.filter(|_| due.len() < most) else { continue };
            let (Ok(sealing), Some(sealed)) =
                (key_for(&account, &self.residents, Some(hash)), writer::read(&self.tree, &place)?)
            else {
                continue;
            };
            // One that cannot be read is told by `todoke store verify`.
            let helpers = record::open::<Vec<Helper>>(&sealing, &place, &sealed, "helpers");
            if helpers.is_ok_and(|helpers| helpers.iter().any(|helper| !helper.helps(now))) {
                due.push(hash);
            }
        }
        let sources = self.sources.clone();
        let dropping = move |txn: &mut Txn<'_>| {
            for hash in &due {
                edit(&account, &sources, txn, *hash, |helpers| helpers.retain(|helper| helper.helps(now)))?;
            }
            Ok(due.len())
        };
        self.writer.write(dropping, |_| {}).await
    }
}

impl SledStore {
    async fn edit_helpers<T: Send + 'static>(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        change: impl FnOnce(&mut Vec<Helper>) -> T + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let (account, sources) = (Arc::clone(self.account(account)?), self.sources.clone());
        let editing = move |txn: &mut Txn<'_>| edit(&account, &sources, txn, resident.0, change);
        self.writer.write(editing, |_| {}).await
    }
}

/// Changes somebody's helpers within a request; `None` where nobody is known.
fn edit<T>(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    hash: [u8; 16],
    change: impl FnOnce(&mut Vec<Helper>) -> T,
) -> Result<Option<T>, StoreError> {
    if txn.residents().find(&account.id, &hash).is_none() {
        return Ok(None);
    }
    let sealing = key_for(account, txn.residents(), Some(hash))?;
    let place = key::helpers(&account.id, &hash);
    let before: Vec<Helper> = match txn.get(&place)? {
        Some(sealed) => record::open(&sealing, &place, &sealed, "helpers")?,
        None => Vec::new(),
    };
    let mut after = before.clone();
    let told = change(&mut after);
    if after.is_empty() && !before.is_empty() {
        txn.remove(&place)?;
    } else if after != before {
        txn.put(&place, &record::seal(&sealing, &*sources.entropy, &place, &after))?;
    }
    Ok(Some(told))
}
