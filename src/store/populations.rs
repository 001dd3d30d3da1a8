//! PORT: how many people live in the city, as the city's tables say.

use async_trait::async_trait;

use super::{StoreError, staff::Versioned};
use crate::domain::{audit::Note, id::AccountId, population::Population, version::Version};

/// Tables of the population, one for each day of counting.
#[async_trait]
pub trait Populations: Send + Sync {
    /// Every table, in the order in which they were given.
    async fn populations(&self, account: &AccountId) -> Result<Versioned<Vec<Population>>, StoreError>;

    /// Writes them with the audit's note. `Conflict`: somebody else was quicker.
    async fn save_populations(
        &self,
        account: &AccountId,
        expected: Version,
        tables: Vec<Population>,
        note: Note,
    ) -> Result<Version, StoreError>;
}
