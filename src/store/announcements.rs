//! PORT: announcements, who was frozen for them, and the batches in which they go out.
//!
//! The order in which things become durable is the promise: who was frozen before a second person looks; the batches
//! with their keys at the approval; that a call is about to be made before it is made; what came of it before anybody
//! counts it. Claims live as long as the process: after a crash what was begun is tried again under the same key.

use std::sync::Arc;

use async_trait::async_trait;

use super::{StoreError, staff::Versioned};
use crate::domain::{
    announcement::{
        Announcement, AnnouncementId, Frozen, LineCounts, Taken, Variant,
        batch::{Batch, BatchNo, Progress, Said},
        template::KeptTemplate,
    },
    audit::Note,
    id::{AccountId, LineUserId, ResidentNo, ResidentRef},
    segment::Set,
    staff::Deputy,
    time::Timestamp,
    version::Version,
};

/// A step to be written: what the announcement becomes, and what stands beside it. All of it or nothing.
#[derive(Debug, Clone)]
pub struct Move {
    /// The version from which it was made; 0: it is new.
    pub expected: Version,
    /// What it becomes.
    pub announcement: Announcement,
    /// The step, for the history.
    pub taken: Taken,
    /// The audit's note; `None` for what the system does by itself.
    pub note: Option<Note>,
}

/// Proof that a batch may be called: nobody else calls it, and the announcement was neither paused nor cancelled when
/// it was given. Ask [`Announcements::may_call`] right before the call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BatchLease {
    /// The account.
    pub account: AccountId,
    /// The announcement.
    pub announcement: AnnouncementId,
    /// The batch.
    pub no: BatchNo,
}

/// A batch that is about to be called; that it was begun is durable.
#[derive(Debug, Clone)]
pub struct ClaimedBatch {
    /// To be settled or released under.
    pub lease: BatchLease,
    /// The batch, begun.
    pub batch: Batch,
    /// What its people get.
    pub variant: Arc<Variant>,
    /// Whom the call is for, in the order of the call, which never changes. Empty for a broadcast.
    pub people: Vec<(ResidentNo, LineUserId)>,
}

/// What came of a claim.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// Batches to be called.
    pub batches: Vec<ClaimedBatch>,
    /// When none could be given: when the next one may be tried again; `None`: none is open but those that are
    /// claimed.
    pub next: Option<Timestamp>,
    /// Whether every batch has its outcome.
    pub is_over: bool,
}

/// Whom to pick out of those of an earlier announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// LINE accepted it, or the outcome is unknown.
    Reached,
    /// The outcome is unknown.
    Unsettled,
}

/// What an announcement meant for one resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// The announcement.
    pub announcement: Announcement,
    /// What the resident got, word for word.
    pub variant: Variant,
    /// When LINE accepted it; where that is not known, since when it may have been.
    pub at: Timestamp,
}

/// Announcements.
#[async_trait]
pub trait Announcements: Send + Sync {
    /// One announcement.
    async fn announcement(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<Versioned<Announcement>>, StoreError>;

    /// Announcements, the latest first, from before an id on, at most `most`.
    async fn list_announcements(
        &self,
        account: &AccountId,
        before: Option<AnnouncementId>,
        most: usize,
    ) -> Result<Vec<Versioned<Announcement>>, StoreError>;

    /// Those that are held or being sent, the earliest first.
    async fn announcements_under_way(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Versioned<Announcement>>, StoreError>;

    /// Writes a step that neither freezes nor approves. What was frozen is dropped where it stands as a draft again.
    /// With another version: [`StoreError::Conflict`], and nothing was written. From a step after which nothing may
    /// be called on, no batch is given any more; [`Self::quiet`] waits for those that were.
    async fn move_announcement(&self, account: &AccountId, to: Move) -> Result<Version, StoreError>;

    /// Writes the step with which it is shown to a second person, and who was frozen.
    async fn freeze_announcement(
        &self,
        account: &AccountId,
        to: Move,
        frozen: Frozen,
    ) -> Result<Version, StoreError>;

    /// Writes the approval and every batch with its key.
    async fn approve_announcement(
        &self,
        account: &AccountId,
        to: Move,
        batches: Vec<Batch>,
    ) -> Result<Version, StoreError>;

    /// The steps that were taken, the first first. They are never deleted.
    async fn announcement_history(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<Taken>, StoreError>;

    /// The frozen variants, with how many people each has.
    async fn frozen_variants(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<(Variant, u64)>, StoreError>;

    /// Takes up to `most` batches that are due, in order, and notes durably that they are begun. Whoever is not in
    /// `still` is withdrawn from those whose first call this is. Nothing is given while the announcement is not being
    /// sent.
    async fn claim_batches(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        still: &Set,
        now: Timestamp,
        most: usize,
    ) -> Result<Claim, StoreError>;

    /// Whether the call may be made now. It costs nothing.
    fn may_call(&self, lease: &BatchLease) -> bool;

    /// Settles a claimed batch in one write, with the batches of those who go on in others.
    async fn settle_batch(
        &self,
        claimed: &ClaimedBatch,
        said: Said,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives a batch back of which it is not certain what was done: it is tried again under its key. Where a call was
    /// certainly not made, settle it with [`Said::NotMade`].
    fn release_batch(&self, lease: &BatchLease);

    /// Comes back when no batch of the announcement is claimed.
    async fn quiet(&self, account: &AccountId, id: AnnouncementId);

    /// Comes back when something has changed since the turn `seen` that may make something due: an approval, a step, a
    /// batch that was settled. Gives the turn of now. Read a turn (with 0: at once), look, then wait past it.
    async fn wait_for_announcements(&self, seen: u64) -> u64;

    /// How many people stand where; `None`: it was never approved.
    async fn announcement_progress(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<Progress>, StoreError>;

    /// The batches whose outcome is unknown.
    async fn unknown_batches(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<Batch>, StoreError>;

    /// People of an earlier announcement, in order.
    async fn people_of(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        whom: Whom,
    ) -> Result<Vec<ResidentNo>, StoreError>;

    /// What a resident got of the latest `most` announcements, the last first.
    async fn announcements_to(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        most: usize,
    ) -> Result<Vec<Got>, StoreError>;

    /// What a resident got of one announcement; `None`: nothing that is known.
    async fn announcement_to(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: AnnouncementId,
    ) -> Result<Option<Got>, StoreError>;

    /// What LINE counted of an announcement, as it was told last.
    async fn line_counts(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<LineCounts>, StoreError>;

    /// Keeps what LINE counted, in place of what it told before.
    async fn save_line_counts(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        counts: LineCounts,
    ) -> Result<(), StoreError>;

    /// Contents to begin from.
    async fn templates(&self, account: &AccountId) -> Result<Versioned<Vec<KeptTemplate>>, StoreError>;

    /// Writes the templates with the audit's note.
    async fn save_templates(
        &self,
        account: &AccountId,
        expected: Version,
        templates: Vec<KeptTemplate>,
        note: Note,
    ) -> Result<Version, StoreError>;

    /// Who may approve in whose place, and when.
    async fn deputies(&self, account: &AccountId) -> Result<Versioned<Vec<Deputy>>, StoreError>;

    /// Writes who may approve in whose place.
    async fn save_deputies(
        &self,
        account: &AccountId,
        expected: Version,
        deputies: Vec<Deputy>,
        note: Note,
    ) -> Result<Version, StoreError>;
}
