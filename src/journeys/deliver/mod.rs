//! How an approved announcement reaches people: batch by batch, each once.
//!
//! [`Lane`] is one account's queue of one kind; [`Lane::step`] does one unit and says what it did. Nothing here decides
//! whether something may go out: that is [`crate::domain::announcement::Way::sends`], asked by the store with every
//! claim and by [`crate::store::announcements::Announcements::may_call`] right before every call. What a call's answer
//! means is [`outcome`]; what a batch becomes by it, [`crate::domain::announcement::batch`].

mod call;
mod outcome;
mod pace;
mod steps;

use std::sync::Arc;

use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, PauseReason, Stage, batch::MOST},
        id::AccountId,
        time::Timestamp,
    },
    journeys::{
        Ctx,
        announce::{self, audience::still_for},
    },
    store::{StoreError, announcements::ClaimedBatch, staff::Versioned},
};
use pace::Pace;

pub use call::Called;
pub(in crate::journeys) use call::unit_of;

/// One account's queue: alerts, or everything else.
pub struct Lane {
    ctx: Ctx,
    account: AccountId,
    lane: announce::Lane,
    pace: Arc<Pace>,
}

/// What one step did.
#[derive(Debug)]
pub enum Did {
    /// Took a step of an announcement: it began, was paused, or is over.
    Moved,
    /// Claimed batches: call them ([`Lane::call`]), at most as many as there was room for.
    Claimed(Vec<ClaimedBatch>),
    /// There is nothing to do before that moment, if one is known, or before something changes.
    Idle(Option<Timestamp>),
}

impl Lane {
    /// A queue of an account.
    pub fn new(ctx: Ctx, account: AccountId, lane: announce::Lane) -> Self {
        let per_second = match lane {
            announce::Lane::Urgent => None,
            announce::Lane::Ordinary => Some(ctx.announcing.calls_per_second),
        };
        Self { ctx, account, lane, pace: Arc::new(Pace::new(per_second)) }
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Does one unit: the next step of the first announcement that has one, with room for so many calls; `under_way` are
    /// those that this lane makes now.
    pub async fn step(&self, room: usize, under_way: usize) -> Result<Did, StoreError> {
        let now = self.ctx.clock.now();
        let mut next: Option<Timestamp> = None;
        let mut earliest = |moment: Timestamp| next = Some(next.map_or(moment, |known| known.min(moment)));
        for known in self.under_way().await? {
            match known.value.way.stage() {
                Stage::Held { from, .. } if *from > now => earliest(*from),
                Stage::Held { .. } => {
                    let announcement = known.value.clone();
                    if self.begin(known).await? {
                        if !self.has_quota(&announcement).await {
                            self.pause(announcement.id, PauseReason::Quota).await?;
                        }
                        return Ok(Did::Moved);
                    }
                }
                Stage::Sending { paused: false, .. } => {
                    let (id, room) = (known.value.id, self.room(&known.value, room, under_way).await?);
                    let Some(account) = self.ctx.library.account(&self.account) else { continue };
                    if room == 0 {
                        continue;
                    }
                    let still = still_for(account, &known.value);
                    let claim = self.ctx.store.claim_batches(&self.account, id, &still, now, room).await?;
                    if !claim.batches.is_empty() {
                        return Ok(Did::Claimed(claim.batches));
                    }
                    if claim.is_over {
                        if self.finish(known).await? {
                            return Ok(Did::Moved);
                        }
                    } else if let Some(again) = claim.next {
                        earliest(again);
                    }
                }
                _ => {}
            }
        }
        Ok(Did::Idle(next))
    }

    /// Those of this lane, the one that may go out first before the others.
    async fn under_way(&self) -> Result<Vec<Versioned<Announcement>>, StoreError> {
        let mut all = self.ctx.store.announcements_under_way(&self.account).await?;
        all.retain(|known| announce::Lane::of(known.value.draft.kind) == self.lane);
        let turn = |known: &Versioned<Announcement>| match known.value.way.stage() {
            Stage::Held { from, .. } => (true, Some(*from), known.value.id),
            _ => (false, None, known.value.id),
        };
        all.sort_by_key(turn);
        Ok(all)
    }

    /// Whether the month's quota is enough, beside what is kept for alerts. What LINE does not tell hinders nothing:
    /// it will say so with the first call.
    async fn has_quota(&self, announcement: &Announcement) -> bool {
        let kept = match (self.lane, self.ctx.library.account(&self.account)) {
            (announce::Lane::Ordinary, Some(account)) => account.alert_quota,
            _ => 0,
        };
        let Ok(quota) = self.ctx.messenger.quota(&self.account).await else { return true };
        let needed = announce::count_of(&announcement.way).unwrap_or_default().saturating_add(kept);
        quota.left().is_none_or(|left| left >= needed)
    }

    /// How many calls may be begun: while the first 500 people are not done, one after the other.
    async fn room(
        &self,
        announcement: &Announcement,
        room: usize,
        under_way: usize,
    ) -> Result<usize, StoreError> {
        let ramps = self.ctx.announcing.ramp && self.lane == announce::Lane::Ordinary;
        if !ramps {
            return Ok(room);
        }
        let first = self.ctx.store.announcement_progress(&self.account, announcement.id).await?;
        Ok(match first {
            Some(progress) if progress.settled() < u64::from(MOST) => usize::from(under_way == 0),
            _ => room,
        })
    }

    /// Pauses an announcement that cannot go on by itself; not one that somebody has stopped meanwhile.
    async fn pause(&self, id: AnnouncementId, why: PauseReason) -> Result<(), StoreError> {
        steps::pause(&self.ctx, &self.account, id, why).await
    }
}
