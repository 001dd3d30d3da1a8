//! PORT: an account's emergency mode and its history.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Note,
    emergency::{Emergency, Step},
    id::AccountId,
    version::Version,
};

/// Emergency mode.
#[async_trait]
pub trait Emergencies: Send + Sync {
    /// How it stands; the default and version 0 when nothing was ever done. Asked with every answer in the
    /// chat: it reads one record.
    async fn emergency(&self, account: &AccountId) -> Result<(Emergency, Version), StoreError>;

    /// Writes what a step led to, the step itself and its audit note, if nothing was done since the version was read;
    /// else [`StoreError::Conflict`], and nothing was written.
    async fn save_emergency(
        &self,
        account: &AccountId,
        expected: Version,
        emergency: Emergency,
        step: Step,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// The steps that were taken, the last first, from before a version on, at most `most`. Each comes with
    /// the version that it led to. The history is never deleted.
    async fn emergency_history(
        &self,
        account: &AccountId,
        before: Option<Version>,
        most: usize,
    ) -> Result<Vec<(Version, Step)>, StoreError>;
}
