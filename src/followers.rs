//! PORT: who follows an account, as the messaging service lists it. `line::followers` is the adapter.
//!
//! Beside [`crate::messenger`], since nothing here speaks to residents and only a command calls it.

use async_trait::async_trait;

use crate::{
    domain::{
        follower::PageToken,
        id::{AccountId, LineUserId},
    },
    messenger::SendError,
};

/// Some of those who follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowersPage {
    /// People, perhaps none, although there are more pages. Not those who block the account or have deleted theirs.
    pub people: Vec<LineUserId>,
    /// Where the next page begins; `None`: this was the last one.
    pub next: Option<PageToken>,
}

/// Lists who follows.
#[async_trait]
pub trait Followers: Send + Sync + 'static {
    /// The first page, or the one that a token leads to. [`SendError::Forbidden`]: only verified and premium accounts may ask;
    /// [`SendError::Refused`] with 400 where the token leads nowhere any more.
    async fn page(&self, account: &AccountId, after: Option<&PageToken>) -> Result<FollowersPage, SendError>;
}
