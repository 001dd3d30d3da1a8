//! Looking at announcements: the list, the gate before an approval, the progress, the history.

use super::{AnnounceError, MaySee, require};
use crate::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Kind, Stage, Taken, Variant,
            batch::{Batch, Progress},
        },
        staff::Actor,
    },
    journeys::Ctx,
    messenger::Quota,
    store::staff::Versioned,
};

/// How many earlier announcements are looked through for a comparable one.
const LOOKED_BACK: usize = 200;

/// What an approver has to know.
#[derive(Debug, Clone)]
pub struct Gate {
    /// What each variant says, and how many get it.
    pub variants: Vec<(Variant, u64)>,
    /// The last announcement to the same segment, or else of the same kind, and how many people it was for.
    pub comparable: Option<(Announcement, u64)>,
    /// The month's quota; `None`: LINE does not tell just now.
    pub quota: Option<Quota>,
}

/// How far it is.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How many people stand where; `None`: it was never approved.
    pub progress: Option<Progress>,
    /// The batches whose outcome is unknown.
    pub unknown: Vec<Batch>,
}

/// Announcements, the latest first, from before an id on.
pub async fn list<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    before: Option<AnnouncementId>,
    most: usize,
) -> Result<Vec<Versioned<Announcement>>, AnnounceError> {
    Ok(ctx.store.list_announcements(actor.account(), before, most).await?)
}

/// One announcement.
pub async fn open<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Versioned<Announcement>, AnnounceError> {
    require(ctx, actor, id, None).await
}

/// Its steps, the first first.
pub async fn history<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Vec<Taken>, AnnounceError> {
    Ok(ctx.store.announcement_history(actor.account(), id).await?)
}

/// How far it is.
pub async fn progress<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Seen, AnnounceError> {
    let progress = ctx.store.announcement_progress(actor.account(), id).await?;
    let unknown = match progress {
        Some(progress) if progress.unknown > 0 => ctx.store.unknown_batches(actor.account(), id).await?,
        _ => Vec::new(),
    };
    Ok(Seen { progress, unknown })
}

impl Gate {
    /// Gathers it for an announcement that was shown to a second person.
    pub async fn of<R: MaySee>(
        ctx: &Ctx,
        actor: &Actor<R>,
        announcement: &Announcement,
    ) -> Result<Self, AnnounceError> {
        let account = actor.account();
        let variants = ctx.store.frozen_variants(account, announcement.id).await?;
        let earlier = ctx.store.list_announcements(account, None, LOOKED_BACK).await?;
        let earlier = earlier.into_iter().map(|known| known.value);
        let sent: Vec<Announcement> =
            earlier.filter(|one| one.id != announcement.id && is_sent(one)).collect();
        let comparable = sent
            .iter()
            .find(|one| one.draft.audience == announcement.draft.audience)
            .or_else(|| sent.iter().find(|one| one.draft.kind == announcement.draft.kind));
        let comparable = comparable.and_then(|one| Some((one.clone(), super::count_of(&one.way)?)));
        let quota = ctx.messenger.quota(account).await.ok();
        Ok(Self { variants, comparable, quota })
    }
}

fn is_sent(announcement: &Announcement) -> bool {
    // Trials of the way itself are no measure for what residents get.
    announcement.draft.kind != Kind::Drill
        && matches!(announcement.way.stage(), Stage::Sending { .. } | Stage::Sent { .. })
}
