//! PORT: keys of other systems, and what was asked with them under which idempotency key.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    announcement::AnnouncementId,
    api_key::ApiKey,
    audit::Note,
    id::{AccountId, ApiKeyId},
    staff::Hash,
    time::Timestamp,
};

/// A post with an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    /// The hash of the idempotency key.
    pub name: Hash,
    /// The hash of what was posted.
    pub body: Hash,
    /// When.
    pub at: Timestamp,
    /// The announcement that it would make.
    pub makes: AnnouncementId,
}

/// What is known of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It came for the first time, or an earlier one broke off: it makes this announcement, whose id stays the same.
    Makes(AnnouncementId),
    /// It was answered like this.
    Answered(String),
    /// Something else was posted under the same idempotency key.
    Other,
}

/// Keys of other systems. A secret is found by a keyed hash, and stands nowhere.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Stores a key under the hash of its secret, with its audit note.
    async fn add_api_key(&self, key: ApiKey, secret: &Hash, note: Note) -> Result<(), StoreError>;

    /// The key whose secret has this hash.
    async fn find_api_key(&self, secret: &Hash) -> Result<Option<ApiKey>, StoreError>;

    /// Every key of an account, by id, which is the order in which they were made.
    async fn list_api_keys(&self, account: &AccountId) -> Result<Vec<ApiKey>, StoreError>;

    /// Takes a key away, with its audit note and everything that was posted with it. `false`, and nothing was
    /// written: there is no such key.
    async fn remove_api_key(&self, account: &AccountId, id: ApiKeyId, note: Note)
    -> Result<bool, StoreError>;

    /// What is known of a post; `None`: nothing.
    async fn known_post(
        &self,
        account: &AccountId,
        key: ApiKeyId,
        name: &Hash,
        body: &Hash,
    ) -> Result<Option<Known>, StoreError>;

    /// Notes durably that something is posted, unless it is known. What is older than `forget` is forgotten.
    async fn begin_post(
        &self,
        account: &AccountId,
        key: ApiKeyId,
        once: Once,
        forget: Timestamp,
    ) -> Result<Known, StoreError>;

    /// Keeps the answer to a post that was begun; the first one stays.
    async fn end_post(
        &self,
        account: &AccountId,
        key: ApiKeyId,
        name: &Hash,
        answer: String,
    ) -> Result<(), StoreError>;
}
