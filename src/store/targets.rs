//! PORT: what the city wants to reach, how each year was evaluated, and what staff know of how it stands.

use async_trait::async_trait;

use super::{StoreError, staff::Versioned};
use crate::domain::{
    audit::Note,
    figure::{
        evaluation::Evaluation,
        status::Watched,
        target::{Target, TargetId},
    },
    id::AccountId,
    time::Timestamp,
    version::Version,
};

/// Targets. Each edit names the version that it was made from, and stands with its audit note or not at all.
#[async_trait]
pub trait Targets: Send + Sync {
    /// Every target of an account, by id, also those that were removed and can be put back.
    async fn list_targets(&self, account: &AccountId) -> Result<Vec<Versioned<Target>>, StoreError>;

    /// Writes a target that was seen in a version; 0: it is new. [`StoreError::Conflict`]: it has another one.
    async fn save_target(
        &self,
        account: &AccountId,
        expected: Version,
        target: Target,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// Drops a target for good, with its evaluations and what staff know of it.
    async fn drop_target(
        &self,
        account: &AccountId,
        expected: Version,
        id: TargetId,
        note: Note,
    ) -> Result<(), StoreError>;

    /// The evaluations of a target, the earliest year first.
    async fn list_evaluations(
        &self,
        account: &AccountId,
        id: TargetId,
    ) -> Result<Vec<Versioned<Evaluation>>, StoreError>;

    /// Writes the evaluation of a year that was seen in a version; 0: there was none. [`StoreError::Conflict`]: there is
    /// another one, or no such target.
    async fn save_evaluation(
        &self,
        account: &AccountId,
        id: TargetId,
        expected: Version,
        evaluation: Evaluation,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// What staff know of a target; `None`: it was never looked at.
    async fn watched(
        &self,
        account: &AccountId,
        id: TargetId,
    ) -> Result<Option<Versioned<Watched>>, StoreError>;

    /// Writes what staff know, and with a moment in the same step that other systems are to be told of a worsening.
    /// [`StoreError::Conflict`]: it has another version, or there is no such target.
    async fn save_watched(
        &self,
        account: &AccountId,
        id: TargetId,
        expected: Version,
        watched: Watched,
        tell: Option<Timestamp>,
    ) -> Result<Version, StoreError>;
}
