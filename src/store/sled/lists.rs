//! Lists of an account that are edited as a whole: sealed in one record with the version.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::{AccountKeys, SledStore, audit, writer::Txn};
use crate::{
    domain::{audit::Note, version::Version},
    store::{StoreError, record, staff::Versioned},
};

/// A list as stored; empty and version 0 where there is none.
pub(super) fn read<T: DeserializeOwned>(
    account: &AccountKeys,
    place: &[u8],
    sealed: Option<Vec<u8>>,
) -> Result<Versioned<Vec<T>>, StoreError> {
    let opened = sealed.map(|sealed| record::open(&account.records, place, &sealed, "list of an account"));
    let (value, version) = opened.transpose()?.unwrap_or_default();
    Ok(Versioned { value, version })
}

impl SledStore {
    /// Writes a list in place of the version that was seen, with its note.
    pub(super) async fn save_list<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        account: &Arc<AccountKeys>,
        place: Vec<u8>,
        expected: Version,
        list: Vec<T>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(account), self.staff_desk());
        let writing = move |txn: &mut Txn<'_>| {
            if read::<T>(&account, &place, txn.get(&place)?)?.version != expected {
                return Err(StoreError::Conflict);
            }
            let version = expected.next();
            txn.put(&place, &record::seal(&account.records, &*desk.entropy, &place, &(list, version)))?;
            audit::append(txn, &desk, note)?;
            Ok(version)
        };
        self.writer.write(writing, |_| {}).await
    }
}
