//! PORT: what the messaging service counted of an account. `line::insight` is the adapter.
//!
//! Beside [`crate::messenger`], since nothing here speaks to residents and only the daily collection calls it.

use async_trait::async_trait;

use crate::{
    domain::{figure::Said, id::AccountId, time::Date},
    messenger::{BotInfo, SendError},
};

/// Tells what was counted.
#[async_trait]
pub trait Insight: Send + Sync + 'static {
    /// Whose numbers the account's token gives.
    async fn whose(&self, account: &AccountId) -> Result<BotInfo, SendError>;

    /// How many people had added the account at the end of a day of Japan (UTC+9), and how many blocked it. LINE takes 60
    /// of these an hour; nobody waits for a turn here, but is told when it comes ([`SendError::RateLimited`]).
    async fn followers(&self, account: &AccountId, day: Date) -> Result<Said, SendError>;
}
