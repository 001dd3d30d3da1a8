//! Letting an announcement out: by a second person, or in danger by one alone.

use super::{AnnounceError, account_of, require, stepping, submit::frozen_now, to_staff};
use crate::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Binding, Kind, Step,
            batch::{Batch, Naming},
        },
        id::{AccountId, StaffId},
        staff::{
            Actor, Permission, may_stand_in,
            rights::{Announce, Approve},
        },
        version::Version,
    },
    journeys::Ctx,
};

/// What the approver says.
#[derive(Debug, Clone, Copy)]
pub struct Approving {
    /// The version that was on the screen.
    pub seen: Version,
    /// What was on the screen.
    pub binding: Binding,
    /// The number of people, as typed.
    pub typed: u64,
    /// In whose place (代決).
    pub instead_of: Option<StaffId>,
}

/// Approves exactly what was looked at. With it every batch has its key; the hold begins.
pub async fn approve(
    ctx: &Ctx,
    actor: &Actor<Approve>,
    id: AnnouncementId,
    said: Approving,
) -> Result<Version, AnnounceError> {
    let account = account_of(ctx, actor)?;
    let known = require(ctx, actor, id, Some(said.seen)).await?;
    let by = actor.doer().person()?;
    let now = ctx.clock.now();
    if let Some(of) = said.instead_of {
        let today = now.to_zoned(account.time_zone.clone()).date();
        let deputies = ctx.store.deputies(actor.account()).await?.value;
        if !may_stand_in(&deputies, by, of, today) {
            return Err(AnnounceError::NotADeputy);
        }
    }
    let announcement = known.value.clone();
    let draft = &announcement.draft;
    // What is stored now, whatever was bound: an edit in between has another hash.
    let now_bound = match announcement.way.binding() {
        Some(bound) => Binding { content: draft.hash(), ..*bound },
        None => said.binding,
    };
    if draft.due.is_some_and(|due| due < now) {
        return Err(AnnounceError::TooLate);
    }
    let due = draft.due.unwrap_or(now);
    let hold = ctx.announcing.hold(draft.kind);
    let way = announcement.way.approve(
        (&said.binding, &now_bound),
        said.typed,
        (by, said.instead_of),
        (due, hold),
    )?;
    let next = Announcement { way, ..announcement };
    let batches = batches(actor.account(), &next);
    let mut step = stepping(ctx, actor, Step::Approved);
    step.instead_of = said.instead_of;
    let version = ctx.store.approve_announcement(actor.account(), step.to(known, next), batches).await?;
    tracing::info!(account = %actor.account(), announcement = %id, %by, "an announcement was approved");
    Ok(version)
}

/// One person lets an alert out. Everybody who may approve has a review to do until one of them has done it.
pub async fn break_glass(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    (id, seen): (AnnouncementId, Version),
    typed: u64,
) -> Result<Version, AnnounceError> {
    let known = require(ctx, actor, id, Some(seen)).await?;
    let by = actor.doer().person()?;
    let announcement = known.value.clone();
    if announcement.draft.kind != Kind::Alert {
        return Err(AnnounceError::OnlyAlerts);
    }
    let templates = ctx.store.templates(actor.account()).await?.value;
    if !templates.iter().any(|template| template.allows(&announcement.draft.content)) {
        return Err(AnnounceError::NotAgreed);
    }
    // Frozen as a step of its own: then what was counted is what is typed and what goes out. What waits already was
    // counted when it was shown: in danger nobody types a number twice because somebody has left.
    let (known, binding) = match announcement.way.binding() {
        Some(binding) if announcement.way.waits() => (known, *binding),
        _ => {
            let (frozen, freeze, binding) = frozen_now(ctx, actor, &announcement).await?;
            let way = announcement.way.submit(binding)?;
            let waiting = Announcement { way, freeze: Some(freeze), ..announcement };
            let to = stepping(ctx, actor, Step::Submitted).to(known, waiting);
            ctx.store.freeze_announcement(actor.account(), to, frozen).await?;
            (require(ctx, actor, id, None).await?, binding)
        }
    };
    let (now, hold) = (ctx.clock.now(), ctx.announcing.hold(Kind::Alert));
    let way = known.value.way.break_glass(binding, typed, by, (now, hold))?;
    let next = Announcement { way, ..known.value.clone() };
    let (batches, alert) = (batches(actor.account(), &next), next.clone());
    let to = stepping(ctx, actor, Step::BrokenGlass).to(known, next);
    let version = ctx.store.approve_announcement(actor.account(), to, batches).await?;
    tracing::warn!(account = %actor.account(), announcement = %id, %by, "one person let an alert out alone");
    to_staff::tell_of_glass(ctx, account_of(ctx, actor)?, &alert).await;
    Ok(version)
}

/// Notes that somebody has looked at it afterwards: the one in whose place it was approved (後閲), or after a broken
/// glass a second person.
pub async fn review<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Version, AnnounceError>
where
    R: super::MayStop,
{
    let known = require(ctx, actor, id, None).await?;
    let way = known.value.way.review(actor.doer().person()?)?;
    let next = Announcement { way, ..known.value.clone() };
    let to = stepping(ctx, actor, Step::Reviewed).to(known, next);
    Ok(ctx.store.move_announcement(actor.account(), to).await?)
}

/// The batches of what is approved.
fn batches(account: &AccountId, announcement: &Announcement) -> Vec<Batch> {
    let naming = Naming { account, announcement: announcement.id, content: announcement.draft.hash() };
    announcement.freeze.as_ref().map(|freeze| naming.cut(freeze)).unwrap_or_default()
}
