//! Keys of other systems: sealed, found by the keyed hash of their secret; and what was posted with them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{
    SledStore, audit, key,
    people::Desk,
    writer::{self, Txn},
};
use crate::{
    domain::{
        announcement::AnnouncementId,
        api_key::ApiKey,
        audit::Note,
        id::{AccountId, ApiKeyId},
        staff::Hash,
        time::Timestamp,
    },
    store::{
        StoreError,
        api_keys::{ApiKeys, Known, Once},
        record,
    },
};

/// A key as stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: ApiKey,
    /// The keyed hash of its secret, under which it is found.
    secret: [u8; 16],
}

/// A post as stored.
#[derive(Serialize, Deserialize)]
struct Post {
    body: Hash,
    at: Timestamp,
    makes: AnnouncementId,
    answer: Option<String>,
}

impl Post {
    fn known(self, body: &Hash) -> Known {
        match self.answer {
            _ if self.body != *body => Known::Other,
            Some(answer) => Known::Answered(answer),
            None => Known::Makes(self.makes),
        }
    }
}

fn open<T: serde::de::DeserializeOwned>(desk: &Desk, place: &[u8], sealed: &[u8]) -> Result<T, StoreError> {
    record::open(&desk.keys.records, place, sealed, "key of another system")
}

fn seal<T: Serialize>(desk: &Desk, place: &[u8], value: &T) -> Vec<u8> {
    record::seal(&desk.keys.records, &*desk.entropy, place, value)
}

fn post_place(account: &AccountId, id: ApiKeyId, name: &Hash) -> Vec<u8> {
    [&key::api_posts(account, id)[..], &name.0[..]].concat()
}

/// Forgets within a request what was posted before a moment.
fn forget(
    txn: &mut Txn<'_>,
    desk: &Desk,
    (account, id): (&AccountId, ApiKeyId),
    before: Timestamp,
) -> Result<(), StoreError> {
    let prefix = key::api_posts(account, id);
    for place in txn.below(&prefix)? {
        let Some(sealed) = (place.len() == prefix.len() + 32).then(|| txn.get(&place)).transpose()?.flatten()
        else {
            continue;
        };
        // What cannot be read is of no use to anybody.
        let is_over = open::<Post>(desk, &place, &sealed).map_or(true, |post| post.at < before);
        if is_over {
            txn.remove(&place)?;
        }
    }
    Ok(())
}

#[async_trait]
impl ApiKeys for SledStore {
    async fn add_api_key(&self, key: ApiKey, secret: &Hash, note: Note) -> Result<(), StoreError> {
        let (account, desk) = (self.account(&key.account)?.id.clone(), self.staff_desk());
        let secret = desk.keys.lookup.hash(&secret.0);
        let adding = move |txn: &mut Txn<'_>| {
            let (place, found) = (key::api_key(&account, Some(key.id)), key::api_secret(&secret));
            if txn.has(&place)? || txn.has(&found)? {
                return Err(StoreError::Conflict);
            }
            txn.put_new(&found, &record::plain(&(account, key.id)));
            txn.put_new(&place, &seal(&desk, &place, &Stored { key, secret }));
            audit::append(txn, &desk, note)
        };
        self.writer.write(adding, |()| {}).await
    }

    async fn find_api_key(&self, secret: &Hash) -> Result<Option<ApiKey>, StoreError> {
        let desk = self.staff_desk();
        let Some(found) = writer::read(&self.tree, &key::api_secret(&desk.keys.lookup.hash(&secret.0)))?
        else {
            return Ok(None);
        };
        let (account, id) =
            record::read_plain::<(AccountId, ApiKeyId)>(&found, "whose a key of another system is")?;
        let place = key::api_key(&account, Some(id));
        let sealed = writer::read(&self.tree, &place)?;
        sealed.map(|sealed| Ok(open::<Stored>(&desk, &place, &sealed)?.key)).transpose()
    }

    async fn list_api_keys(&self, account: &AccountId) -> Result<Vec<ApiKey>, StoreError> {
        let (account, desk) = (&self.account(account)?.id, self.staff_desk());
        let prefix = key::api_key(account, None);
        let mut keys = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() == prefix.len() + 16
                && let Some(sealed) = writer::read(&self.tree, &place)?
            {
                keys.push(open::<Stored>(&desk, &place, &sealed)?.key);
            }
        }
        Ok(keys)
    }

    async fn remove_api_key(
        &self,
        account: &AccountId,
        id: ApiKeyId,
        note: Note,
    ) -> Result<bool, StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        let removing = move |txn: &mut Txn<'_>| {
            let place = key::api_key(&account, Some(id));
            let Some(sealed) = txn.get(&place)? else { return Ok(false) };
            let Stored { secret, .. } = open(&desk, &place, &sealed)?;
            txn.remove(&key::api_secret(&secret))?;
            txn.remove(&place)?;
            forget(txn, &desk, (&account, id), Timestamp::MAX)?;
            audit::append(txn, &desk, note)?;
            Ok(true)
        };
        self.writer.write(removing, |_| {}).await
    }

    async fn known_post(
        &self,
        account: &AccountId,
        id: ApiKeyId,
        name: &Hash,
        body: &Hash,
    ) -> Result<Option<Known>, StoreError> {
        let (place, desk) = (post_place(&self.account(account)?.id, id, name), self.staff_desk());
        let sealed = writer::read(&self.tree, &place)?;
        sealed.map(|sealed| Ok(open::<Post>(&desk, &place, &sealed)?.known(body))).transpose()
    }

    async fn begin_post(
        &self,
        account: &AccountId,
        id: ApiKeyId,
        once: Once,
        before: Timestamp,
    ) -> Result<Known, StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        let beginning = move |txn: &mut Txn<'_>| {
            forget(txn, &desk, (&account, id), before)?;
            let place = post_place(&account, id, &once.name);
            let Some(sealed) = txn.get(&place)? else {
                let Once { body, at, makes, .. } = once;
                txn.put_new(&place, &seal(&desk, &place, &Post { body, at, makes, answer: None }));
                return Ok(Known::Makes(makes));
            };
            Ok(open::<Post>(&desk, &place, &sealed)?.known(&once.body))
        };
        self.writer.write(beginning, |_| {}).await
    }

    async fn end_post(
        &self,
        account: &AccountId,
        id: ApiKeyId,
        name: &Hash,
        answer: String,
    ) -> Result<(), StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        let place = post_place(&account, id, name);
        let ending = move |txn: &mut Txn<'_>| {
            let Some(sealed) = txn.get(&place)? else { return Ok(()) };
            let post: Post = open(&desk, &place, &sealed)?;
            match post.answer {
                Some(_) => Ok(()),
                None => {
                    let post = Post { answer: Some(answer), ..post };
                    txn.put(&place, &seal(&desk, &place, &post))
                }
            }
        };
        self.writer.write(ending, |()| {}).await
    }
}

/// Checks a key, for `store verify`: it is found by its secret.
pub(super) fn check(
    tree: &sled::Db,
    desk: &Desk,
    account: &AccountId,
    place: &[u8],
    sealed: &[u8],
) -> Result<(), StoreError> {
    let Stored { key, secret } = open(desk, place, sealed)?;
    let found = writer::read(tree, &key::api_secret(&secret))?;
    let leads = found.map(|found| record::read_plain::<(AccountId, ApiKeyId)>(&found, "a key's place"));
    let is_sound =
        leads.transpose()? == Some((account.clone(), key.id)) && place.ends_with(key.id.0.as_bytes());
    is_sound.then_some(()).ok_or_else(|| StoreError::Damaged { what: "key of another system".into() })
}
