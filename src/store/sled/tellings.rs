//! What other systems are still to be told: ids, so that nothing is sealed.

use async_trait::async_trait;

use super::{
    SledStore, key,
    writer::{self, Txn},
};
use crate::{
    domain::{
        announcement::{AnnouncementId, Taken},
        id::AccountId,
        telling::{About, Happened, Telling},
        version::Version,
    },
    store::{StoreError, record, tellings::Tellings},
};

fn place((account, about): (&AccountId, About), step: u64) -> Vec<u8> {
    key::announced(account, b'o', Some(AnnouncementId(about.id())), &step.to_be_bytes())
}

/// Writes within the request of a step that it is to be told.
pub(super) fn add(
    txn: &mut Txn<'_>,
    (account, id): (&AccountId, AnnouncementId),
    version: Version,
    taken: &Taken,
) {
    if let Some(happened) = Happened::of(taken.step) {
        let about = About::Announcement(id);
        put(txn, account, &Telling::of(about, version.0, happened, taken.at));
    }
}

/// Writes within a request that something is to be told.
pub(super) fn put(txn: &mut Txn<'_>, account: &AccountId, telling: &Telling) {
    txn.put_new(&place((account, telling.about), telling.step), &record::plain(telling));
}

#[async_trait]
impl Tellings for SledStore {
    async fn list_tellings(&self, account: &AccountId, most: usize) -> Result<Vec<Telling>, StoreError> {
        let account = &self.account(account)?.id;
        let prefix = key::announced(account, b'o', None, &[]);
        let mut found = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if found.len() >= most {
                break;
            }
            if place.len() == prefix.len() + 24
                && let Some(stored) = writer::read(&self.tree, &place)?
            {
                found.push(record::read_plain(&stored, "what is to be told")?);
            }
        }
        Ok(found)
    }

    async fn settle_telling(
        &self,
        account: &AccountId,
        (about, step): (About, u64),
        to: Option<Telling>,
    ) -> Result<(), StoreError> {
        let place = place((&self.account(account)?.id, about), step);
        let settling = move |txn: &mut Txn<'_>| match to {
            Some(telling) if txn.has(&place)? => txn.put(&place, &record::plain(&telling)),
            Some(_) => Ok(()),
            None => txn.remove(&place),
        };
        self.writer.write(settling, |()| {}).await
    }
}
