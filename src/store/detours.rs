//! PORT: ways of staff to the city's single sign-on and back, kept beside the session that they began in.
//!
//! They hold secrets and are sealed. What is to happen once is taken away by one operation.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::staff::{Detour, Hash};

/// So many are open in a session at most; beyond, the oldest is dropped.
pub const MOST_DETOURS: usize = 5;

/// Detours of a session; they end with it.
#[async_trait]
pub trait Detours: Send + Sync {
    /// Keeps one. [`StoreError::Conflict`] when the session has ended.
    async fn keep_detour(&self, token: &Hash, detour: Detour) -> Result<(), StoreError>;

    /// Takes one away by the hash of its state: whoever gets it is the only one. `None` when it was never
    /// begun in this session, was taken, or gave way to later ones.
    async fn take_detour(&self, token: &Hash, state: &Hash) -> Result<Option<Detour>, StoreError>;
}
