//! PORT: what other systems are still to be told. It is written in the step that it tells of.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    id::AccountId,
    telling::{About, Telling},
};

/// An outbox.
#[async_trait]
pub trait Tellings: Send + Sync {
    /// What is still to be told, whenever it is due: at most `most`, by what it is about and step.
    async fn list_tellings(&self, account: &AccountId, most: usize) -> Result<Vec<Telling>, StoreError>;

    /// Writes how it stands with one; `None`: nobody is to be told any more.
    async fn settle_telling(
        &self,
        account: &AccountId,
        of: (About, u64),
        to: Option<Telling>,
    ) -> Result<(), StoreError>;
}
