//! Read models: what pages and commands look at. Reading only; the world changes through journeys.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    event::EventKey,
    id::AccountId,
    settlement::{OutboxRecord, Outcome, Trace},
    time::Timestamp,
};

/// One event as the demo (and later the console) shows it: never its words.
#[derive(Debug, Clone, PartialEq)]
pub struct EventView {
    /// The event's name.
    pub key: EventKey,
    /// LINE's name for its kind.
    pub kind: String,
    /// When it was received.
    pub received: Timestamp,
    /// How it ended; `None` while it waits.
    pub outcome: Option<Outcome>,
    /// When it ended.
    pub settled: Option<Timestamp>,
    /// Why the bot said what it said, while that is kept.
    pub trace: Option<Trace>,
    /// The call that was made, if any.
    pub outbox: Option<OutboxRecord>,
}

/// Questions that pages ask.
#[async_trait]
pub trait Views: Send + Sync {
    /// One event, or `None` when it is not known (any more).
    async fn event(&self, account: &AccountId, key: EventKey) -> Result<Option<EventView>, StoreError>;
}
