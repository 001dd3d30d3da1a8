//! PORT: residents who are known because LINE lists them, and how far the list was read.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    follower::FollowerImport,
    id::{AccountId, LineUserId},
};

/// Imports of followers.
#[async_trait]
pub trait FollowerImports: Send + Sync {
    /// The last import, finished or not.
    async fn follower_import(&self, account: &AccountId) -> Result<Option<FollowerImport>, StoreError>;

    /// Stores a page and how far the import is after it, in one durable step with the audit note, if there is one. Who is
    /// not known becomes known; who is known counts as following as of [`FollowerImport::stamp`], so that later events
    /// count more. Who was erased and is remembered as such stays away. `seen` is the import as it was before; if it
    /// is another one by now, [`StoreError::Conflict`], and nothing was written. The import as it was stored: with
    /// those who are new counted.
    async fn take_followers(
        &self,
        account: &AccountId,
        people: Vec<LineUserId>,
        seen: Option<FollowerImport>,
        after: FollowerImport,
        note: Option<Note>,
    ) -> Result<FollowerImport, StoreError>;
}
