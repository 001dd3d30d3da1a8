//! The steps that the system takes by itself: beginning, pausing, finishing.

use super::Lane;
use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, PauseReason, Refusal, Step, Taken, Way},
        audit::Who,
        id::AccountId,
    },
    journeys::{Ctx, announce::count_of},
    store::{StoreError, announcements::Move, staff::Versioned},
};

impl Lane {
    /// Begins, when the hold is over. Whether it did; somebody may have been quicker.
    pub(super) async fn begin(&self, known: Versioned<Announcement>) -> Result<bool, StoreError> {
        let now = self.ctx.clock.now();
        self.take(known, Step::Begun, None, |way| way.begin(now)).await
    }

    /// Every batch has its outcome.
    pub(super) async fn finish(&self, known: Versioned<Announcement>) -> Result<bool, StoreError> {
        let id = known.value.id;
        let done = self.take(known, Step::Finished, None, Way::finish).await?;
        if done {
            tracing::info!(account = %self.account, announcement = %id, "an announcement is sent");
        }
        Ok(done)
    }

    async fn take(
        &self,
        known: Versioned<Announcement>,
        step: Step,
        paused: Option<PauseReason>,
        way: impl FnOnce(Way) -> Result<Way, Refusal>,
    ) -> Result<bool, StoreError> {
        take(&self.ctx, &self.account, known, (step, paused), way).await
    }
}

/// Pauses an announcement, unless somebody has paused or stopped it already.
pub(super) async fn pause(
    ctx: &Ctx,
    account: &AccountId,
    id: AnnouncementId,
    why: PauseReason,
) -> Result<(), StoreError> {
    loop {
        let Some(known) = ctx.store.announcement(account, id).await? else { return Ok(()) };
        if known.value.way.sends().is_none() {
            return Ok(());
        }
        if take(ctx, account, known, (Step::Paused, Some(why)), Way::pause).await? {
            tracing::warn!(%account, announcement = %id, ?why, "an announcement was paused; the console says what to do");
            return Ok(());
        }
    }
}

async fn take(
    ctx: &Ctx,
    account: &AccountId,
    known: Versioned<Announcement>,
    (step, paused): (Step, Option<PauseReason>),
    way: impl FnOnce(Way) -> Result<Way, Refusal>,
) -> Result<bool, StoreError> {
    let Ok(way) = way(known.value.way) else { return Ok(false) };
    let now = ctx.clock.now();
    let taken = Taken {
        at: now,
        by: Who::System,
        step,
        remark: String::new(),
        instead_of: None,
        content: known.value.draft.hash(),
        count: count_of(&way),
    };
    let announcement = Announcement { way, paused, changed: now, ..known.value };
    let to = Move { expected: known.version, announcement, taken, note: None };
    match ctx.store.move_announcement(account, to).await {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}
