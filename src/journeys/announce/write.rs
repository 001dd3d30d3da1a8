//! Writing and rewriting drafts.

use super::{AnnounceError, require, stepping};
use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, Draft, Step, Way},
        staff::{Actor, rights::WriteDrafts},
        version::Version,
    },
    journeys::Ctx,
};

/// Writes a new draft. It may be unfinished; what hinders it is told when it is shown to somebody.
pub async fn write(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    draft: Draft,
    corrects: Option<AnnouncementId>,
) -> Result<(AnnouncementId, Version), AnnounceError> {
    write_as(ctx, actor, AnnouncementId(ctx.ids.uuid_v7()), draft, corrects).await
}

/// The same under an id that was given out before; [`StoreError::Conflict`](crate::store::StoreError::Conflict): it is
/// there already.
pub(super) async fn write_as(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    id: AnnouncementId,
    draft: Draft,
    corrects: Option<AnnouncementId>,
) -> Result<(AnnouncementId, Version), AnnounceError> {
    super::account_of(ctx, actor)?;
    let announcement = Announcement {
        id,
        draft,
        way: Way::write(actor.doer().person()?),
        freeze: None,
        paused: None,
        corrects,
        begun_by: actor.doer().who,
        changed: ctx.clock.now(),
    };
    let to = stepping(ctx, actor, Step::Written).to(Version::default(), announcement);
    let version = ctx.store.move_announcement(actor.account(), to).await?;
    Ok((id, version))
}

/// Rewrites a draft, or one that waits for a second person: then nobody has seen it. `seen` is the version that was on
/// the screen. Whoever rewrites it is its author from then on.
pub async fn edit(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    (id, seen): (AnnouncementId, Version),
    draft: Draft,
) -> Result<Version, AnnounceError> {
    let known = require(ctx, actor, id, Some(seen)).await?;
    let way = known.value.way.edit(actor.doer().person()?)?;
    let next = Announcement { draft, way, freeze: None, ..known.value.clone() };
    let to = stepping(ctx, actor, Step::Written).to(known.version, next);
    Ok(ctx.store.move_announcement(actor.account(), to).await?)
}
