//! Targets, evaluations and what staff know: sealed, since a plan may not be public yet.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    AccountKeys, SledStore, audit, key, tellings,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        figure::{
            evaluation::Evaluation,
            status::Watched,
            target::{Target, TargetId},
        },
        id::{AccountId, Entropy},
        telling::{About, Happened, Telling},
        time::Timestamp,
        version::Version,
    },
    store::{StoreError, record, staff::Versioned, targets::Targets},
};

const WHAT: &str = "target";

fn place(account: &AccountKeys, id: TargetId) -> Vec<u8> {
    key::target(&account.id, b'h', Some(id), &[])
}

fn open<T: DeserializeOwned>(
    account: &AccountKeys,
    place: &[u8],
    sealed: &[u8],
) -> Result<Versioned<T>, StoreError> {
    let (value, version) = record::open(&account.records, place, sealed, WHAT)?;
    Ok(Versioned { value, version })
}

fn list<T: DeserializeOwned>(
    tree: &sled::Db,
    account: &AccountKeys,
    prefix: &[u8],
    rest: usize,
) -> Result<Vec<Versioned<T>>, StoreError> {
    let mut found = Vec::new();
    for place in tree.scan_prefix(prefix).keys() {
        let place = place.map_err(writer::backend)?;
        // A further page of a long value is longer.
        if place.len() == prefix.len() + rest
            && let Some(sealed) = writer::read(tree, &place)?
        {
            found.push(open(account, &place, &sealed)?);
        }
    }
    Ok(found)
}

/// Writes within a request what was seen in a version.
fn save<T: Serialize + DeserializeOwned>(
    txn: &mut Txn<'_>,
    (account, entropy): (&AccountKeys, &dyn Entropy),
    place: &[u8],
    expected: Version,
    value: T,
) -> Result<Version, StoreError> {
    let known = txn.get(place)?.map(|sealed| open::<T>(account, place, &sealed)).transpose()?;
    if known.map_or(Version::default(), |known| known.version) != expected {
        return Err(StoreError::Conflict);
    }
    let version = expected.next();
    txn.put(place, &record::seal(&account.records, entropy, place, &(value, version)))?;
    Ok(version)
}

#[async_trait]
impl Targets for SledStore {
    async fn list_targets(&self, account: &AccountId) -> Result<Vec<Versioned<Target>>, StoreError> {
        let account = self.account(account)?;
        list(&self.tree, account, &key::target(&account.id, b'h', None, &[]), 16)
    }

    async fn save_target(
        &self,
        account: &AccountId,
        expected: Version,
        target: Target,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            let place = place(&account, target.id);
            let version = save(txn, (&account, &*desk.entropy), &place, expected, target)?;
            audit::append(txn, &desk, note)?;
            Ok(version)
        };
        self.writer.write(saving, |_| {}).await
    }

    async fn drop_target(
        &self,
        account: &AccountId,
        expected: Version,
        id: TargetId,
        note: Note,
    ) -> Result<(), StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let dropping = move |txn: &mut Txn<'_>| {
            let place = place(&account, id);
            let known =
                txn.get(&place)?.map(|sealed| open::<Target>(&account, &place, &sealed)).transpose()?;
            if known.is_none_or(|known| known.version != expected) {
                return Err(StoreError::Conflict);
            }
            let years = key::target(&account.id, b'y', Some(id), &[]);
            for year in txn.below(&years)? {
                if year.len() == years.len() + 2 {
                    txn.remove(&year)?;
                }
            }
            txn.remove(&key::target(&account.id, b'w', Some(id), &[]))?;
            txn.remove(&place)?;
            audit::append(txn, &desk, note)
        };
        self.writer.write(dropping, |()| {}).await
    }

    async fn list_evaluations(
        &self,
        account: &AccountId,
        id: TargetId,
    ) -> Result<Vec<Versioned<Evaluation>>, StoreError> {
        let account = self.account(account)?;
        list(&self.tree, account, &key::target(&account.id, b'y', Some(id), &[]), 2)
    }

    async fn save_evaluation(
        &self,
        account: &AccountId,
        id: TargetId,
        expected: Version,
        evaluation: Evaluation,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            if !txn.has(&place(&account, id))? {
                return Err(StoreError::Conflict);
            }
            let year = evaluation.year.number().to_be_bytes();
            let place = key::target(&account.id, b'y', Some(id), &year);
            let version = save(txn, (&account, &*desk.entropy), &place, expected, evaluation)?;
            audit::append(txn, &desk, note)?;
            Ok(version)
        };
        self.writer.write(saving, |_| {}).await
    }

    async fn watched(
        &self,
        account: &AccountId,
        id: TargetId,
    ) -> Result<Option<Versioned<Watched>>, StoreError> {
        let account = self.account(account)?;
        let place = key::target(&account.id, b'w', Some(id), &[]);
        writer::read(&self.tree, &place)?.map(|sealed| open(account, &place, &sealed)).transpose()
    }

    async fn save_watched(
        &self,
        account: &AccountId,
        id: TargetId,
        expected: Version,
        watched: Watched,
        tell: Option<Timestamp>,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            if !txn.has(&place(&account, id))? {
                return Err(StoreError::Conflict);
            }
            let place = key::target(&account.id, b'w', Some(id), &[]);
            let version = save(txn, (&account, &*desk.entropy), &place, expected, watched)?;
            if let Some(at) = tell {
                let telling = Telling::of(About::Target(id), version.0, Happened::Worsened, at);
                tellings::put(txn, &account.id, &telling);
            }
            Ok(version)
        };
        self.writer.write(saving, |_| {}).await
    }
}

/// Checks a target with its evaluations, for `store verify`.
pub(super) fn check(
    tree: &sled::Db,
    account: &AccountKeys,
    place: &[u8],
    sealed: &[u8],
) -> Result<(), StoreError> {
    let target = open::<Target>(account, place, sealed)?.value;
    if !place.ends_with(target.id.0.as_bytes()) || !target.check().is_empty() {
        return Err(StoreError::Damaged { what: WHAT.into() });
    }
    list::<Evaluation>(tree, account, &key::target(&account.id, b'y', Some(target.id), &[]), 2)?;
    let watched = key::target(&account.id, b'w', Some(target.id), &[]);
    if let Some(sealed) = writer::read(tree, &watched)? {
        open::<Watched>(account, &watched, &sealed)?;
    }
    Ok(())
}
