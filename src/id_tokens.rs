//! PORT: whose an ID token of LINE Login is. `line` is the adapter.
//!
//! A token comes from a browser and is worth nothing before LINE has said that it made it, for our channel, and that
//! its time is not over.

use async_trait::async_trait;

use crate::domain::{id::LineUserId, liff::LiffId};

/// Why nothing was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// LINE did not make it for this channel, or its time is over.
    #[error("the ID token is not valid")]
    Refused,
    /// LINE was not reached, or did not answer as it does.
    #[error("LINE did not say whose the ID token is")]
    Unanswered,
}

/// Asks LINE.
#[async_trait]
pub trait IdTokens: Send + Sync + 'static {
    /// Who has opened the page: the user id is the one that webhooks carry if the Login channel belongs to the same
    /// provider as the Messaging API channel.
    async fn whose(&self, page: &LiffId, token: &str) -> Result<LineUserId, IdTokenError>;
}
