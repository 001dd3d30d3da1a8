//! PORT: where the city puts up its link, and who tapped it lately.

use async_trait::async_trait;

use super::{StoreError, staff::Versioned};
use crate::domain::{
    audit::Note,
    id::AccountId,
    place::{Place, PlaceCode},
    time::Timestamp,
    version::Version,
};

/// Places and taps. A tap holds nobody: it is a moment and a place, and is gone when no follow can have come of it any
/// more. Settling a follow takes the newest tap that fits ([`crate::domain::settlement::Settlement::befriended`]).
#[async_trait]
pub trait Places: Send + Sync {
    /// Every place, also those that were put away.
    async fn places(&self, account: &AccountId) -> Result<Versioned<Vec<Place>>, StoreError>;

    /// Writes them with the audit's note. `Conflict`: somebody else was quicker.
    async fn save_places(
        &self,
        account: &AccountId,
        expected: Version,
        places: Vec<Place>,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// Counts a tap on its day and keeps it for as long as a follow may come of it.
    async fn tap_place(&self, account: &AccountId, code: PlaceCode, at: Timestamp) -> Result<(), StoreError>;
}
