//! Tables of the population as one sealed list.

use async_trait::async_trait;

use super::{SledStore, key, lists, writer};
use crate::{
    domain::{audit::Note, id::AccountId, population::Population, version::Version},
    store::{StoreError, populations::Populations, staff::Versioned},
};

#[async_trait]
impl Populations for SledStore {
    async fn populations(&self, account: &AccountId) -> Result<Versioned<Vec<Population>>, StoreError> {
        let account = self.account(account)?;
        let place = key::growing(&account.id, b'n', &[]);
        lists::read(account, &place, writer::read(&self.tree, &place)?)
    }

    async fn save_populations(
        &self,
        account: &AccountId,
        expected: Version,
        tables: Vec<Population>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let account = self.account(account)?;
        self.save_list(account, key::growing(&account.id, b'n', &[]), expected, tables, note).await
    }
}
