//! PORT: how other systems are told of what has happened. `webhook_client` is the adapter.

use async_trait::async_trait;

use crate::domain::telling::{Told, Webhook};

/// Why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The other system does not want it any more (410).
    #[error("the other system has taken the address away")]
    Gone,
    /// It answered something else than success.
    #[error("the other system answered {0}")]
    Refused(u16),
    /// It was not reached, or did not answer in time; why, without its address.
    #[error("the other system was not reached: {0}")]
    Unreached(String),
}

/// Tells other systems.
#[async_trait]
pub trait Webhooks: Send + Sync + 'static {
    /// Tells one of them; it has taken it when it answers success.
    async fn tell(&self, hook: &Webhook, told: &Told) -> Result<(), NotTaken>;
}
