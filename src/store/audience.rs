//! PORT: what residents said of themselves, whom a set of marks holds, and the segments that staff named.

use async_trait::async_trait;

use super::{StoreError, staff::Versioned};
use crate::domain::{
    audit::Note,
    id::{AccountId, ResidentNo, ResidentRef},
    profile::{Change, Profile},
    segment::{Named, SegmentId, Set},
    time::Timestamp,
    version::Version,
};

/// Profiles, and who they pick.
///
/// What is said in a chat is written by the settlement of its event
/// ([`crate::domain::settlement::Settlement::said`]), so that what was acknowledged there is stored. Whoever
/// reads after a write sees it in every operation here.
#[async_trait]
pub trait Audience: Send + Sync {
    /// What a resident said; empty where nothing was said or nobody is known.
    async fn profile(&self, account: &AccountId, resident: ResidentRef) -> Result<Profile, StoreError>;

    /// Folds changes into a profile in one step, and gives what it has become; `None` where nobody is known.
    /// A change from before an erasure has no effect. Changes that were worked out from a profile name it as
    /// `seen`: if it is another one by now, [`StoreError::Conflict`], and nothing was written.
    async fn change_profile(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        seen: Option<Profile>,
        changes: Vec<Change>,
    ) -> Result<Option<Profile>, StoreError>;

    /// Removes a resident: LINE id, conversation, profile, marks and enquiries at once, and everything else
    /// that was sealed under the resident's key with that key, which is destroyed. What remains is the moment
    /// of the erasure, so that nothing older comes back. Whether anybody was known. Events that wait are
    /// still answered, to somebody who is known anew.
    async fn erase_resident(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Drops what may be kept no longer (see [`Profile::expire`]) from the profiles of about `most` residents,
    /// going on where the last call ended. How many profiles were changed, and whether the round is over.
    async fn expire_profiles(
        &self,
        account: &AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<(usize, bool), StoreError>;

    /// Drops the moments of erasures before `before`, at most `most`; how many. Nothing older than that may
    /// come in any more.
    async fn expire_erasures(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError>;

    /// How many residents of an account are in a set.
    async fn count_residents(&self, account: &AccountId, set: &Set) -> Result<u64, StoreError>;

    /// Who they are, by number, in order.
    async fn list_residents(&self, account: &AccountId, set: &Set) -> Result<Vec<ResidentNo>, StoreError>;

    /// Every named segment, by id, which is the order in which they were made.
    async fn list_segments(&self, account: &AccountId) -> Result<Vec<Versioned<Named>>, StoreError>;

    /// Writes a segment and its audit note, if it has the version that the edit was made from (0: there is
    /// none yet); else [`StoreError::Conflict`], and nothing was written.
    async fn save_segment(
        &self,
        account: &AccountId,
        expected: Version,
        segment: Named,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// Removes a segment, with its audit note, if it has that version; else [`StoreError::Conflict`].
    async fn remove_segment(
        &self,
        account: &AccountId,
        expected: Version,
        id: SegmentId,
        note: Note,
    ) -> Result<(), StoreError>;
}
