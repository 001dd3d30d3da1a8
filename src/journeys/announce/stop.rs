//! Pausing, going on, and stopping for good.
//!
//! A pause and a cancel are acknowledged when no call is under way any more (invariant I7): until then the person
//! waits, at most as long as one call may take.

use super::{AnnounceError, MayStop, require, stepping};
use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, PauseReason, Step, Way},
        staff::Actor,
        version::Version,
    },
    journeys::Ctx,
    store::{StoreError, announcements::Move},
};

/// How often a step is tried anew that lost against another one: the sender takes steps too.
const TRIES: usize = 8;

/// Pauses it.
pub async fn pause<R: MayStop>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Version, AnnounceError> {
    let paused = |announcement: Announcement, way| Announcement {
        way,
        paused: Some(PauseReason::Asked),
        ..announcement
    };
    let version = take(ctx, actor, id, (Step::Paused, Way::pause), paused).await?;
    ctx.store.quiet(actor.account(), id).await;
    Ok(version)
}

/// Goes on with it.
pub async fn resume<R: MayStop>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Version, AnnounceError> {
    let resumed = |announcement: Announcement, way| Announcement { way, paused: None, ..announcement };
    take(ctx, actor, id, (Step::Resumed, Way::resume), resumed).await
}

/// Stops it for good. When it comes back no call is under way and none will be made.
pub async fn cancel<R: MayStop>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Version, AnnounceError> {
    let cancelled = |announcement: Announcement, way| Announcement { way, paused: None, ..announcement };
    let version = take(ctx, actor, id, (Step::Cancelled, Way::cancel), cancelled).await?;
    ctx.store.quiet(actor.account(), id).await;
    tracing::info!(account = %actor.account(), announcement = %id, "an announcement was cancelled");
    Ok(version)
}

async fn take<R: MayStop>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
    (step, way): (Step, impl Fn(Way) -> Result<Way, crate::domain::announcement::Refusal>),
    next: impl Fn(Announcement, Way) -> Announcement,
) -> Result<Version, AnnounceError> {
    for _ in 0..TRIES {
        let known = require(ctx, actor, id, None).await?;
        let way = way(known.value.way)?;
        let next = next(known.value.clone(), way);
        let to: Move = stepping(ctx, actor, step).to(known.version, next);
        match ctx.store.move_announcement(actor.account(), to).await {
            Err(StoreError::Conflict) => {}
            done => return Ok(done?),
        }
    }
    Err(StoreError::Conflict.into())
}
