//! PORT: who helps a resident with what is registered. Few records, sealed under the resident's own key, and gone
//! with the resident.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    helper::{Helper, HelperId},
    id::{AccountId, ResidentRef},
    time::Timestamp,
};

/// What became of a helper who was to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adding {
    /// Stored, or there already under this number: then as it was stored.
    Added(Helper),
    /// There are as many as there may be, and nothing was written.
    Full,
    /// Nobody is known whom they would help.
    Nobody,
}

/// The helpers of residents.
#[async_trait]
pub trait Helpers: Send + Sync {
    /// Everybody whom a resident has registered, in that order; those whose time is over may be among them.
    async fn helpers(&self, account: &AccountId, resident: ResidentRef) -> Result<Vec<Helper>, StoreError>;

    /// Adds one; those whose time is over at its `since` make room. The same number twice is one helper.
    async fn add_helper(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        helper: Helper,
    ) -> Result<Adding, StoreError>;

    /// Removes one; whether there was such a helper.
    async fn remove_helper(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: HelperId,
    ) -> Result<bool, StoreError>;

    /// Notes that a helper was there on a day.
    async fn helper_came(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: HelperId,
        day: jiff::civil::Date,
    ) -> Result<(), StoreError>;

    /// Drops those whose time is over, of `most` residents at most; of how many.
    async fn expire_helpers(
        &self,
        account: &AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError>;
}
