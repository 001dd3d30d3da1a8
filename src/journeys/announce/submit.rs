//! Showing an announcement to a second person, and giving it back.

use super::{
    AnnounceError, MayStop, account_of,
    audience::{freeze, route},
    require, stepping,
};
use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, Binding, Freeze, Frozen, Step},
        staff::{Actor, Permission, rights::Announce},
        version::Version,
    },
    journeys::Ctx,
};

/// Works out who gets it at this moment, and shows exactly that to a second person. Again, to count anew.
pub async fn submit(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    (id, seen): (AnnouncementId, Version),
) -> Result<Version, AnnounceError> {
    let known = require(ctx, actor, id, Some(seen)).await?;
    let announcement = known.value.clone();
    // What waits already is counted anew: the same author, nothing else changed.
    let way = announcement.way.give_back().unwrap_or(announcement.way);
    let (frozen, freeze, binding) = frozen_now(ctx, actor, &announcement).await?;
    let next = Announcement { way: way.submit(binding)?, freeze: Some(freeze), ..announcement };
    let to = stepping(ctx, actor, Step::Submitted).to(known.version, next);
    Ok(ctx.store.freeze_announcement(actor.account(), to, frozen).await?)
}

/// Who gets it at this moment, and what an approval would be bound to.
pub(super) async fn frozen_now<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
    announcement: &Announcement,
) -> Result<(Frozen, Freeze, Binding), AnnounceError> {
    let account = account_of(ctx, actor)?;
    let draft = &announcement.draft;
    let faults = draft.content.faults();
    if !faults.is_empty() {
        return Err(AnnounceError::Content(faults));
    }
    let now = ctx.clock.now();
    if draft.due.is_some_and(|due| due < now) {
        return Err(AnnounceError::TooLate);
    }
    let day = now.to_zoned(account.time_zone.clone()).date();
    let frozen = freeze(ctx, account, (announcement.id, draft), (day, false)).await?;
    let counts =
        frozen.variants.iter().map(|(_, people)| u32::try_from(people.len()).unwrap_or(u32::MAX)).collect();
    let freeze = Freeze { at: now, day, counts, route: route(draft) };
    let binding = Binding { content: draft.hash(), audience: frozen.hash(), count: frozen.count() };
    Ok((frozen, freeze, binding))
}

/// Gives it back to its author with a reason (差し戻し), or takes it back.
pub async fn give_back<R: MayStop>(
    ctx: &Ctx,
    actor: &Actor<R>,
    (id, seen): (AnnouncementId, Version),
    reason: &str,
) -> Result<Version, AnnounceError> {
    let known = require(ctx, actor, id, Some(seen)).await?;
    let way = known.value.way.give_back()?;
    let next = Announcement { way, freeze: None, ..known.value.clone() };
    let mut step = stepping(ctx, actor, Step::Returned);
    reason.trim().clone_into(&mut step.remark);
    Ok(ctx.store.move_announcement(actor.account(), step.to(known.version, next)).await?)
}
