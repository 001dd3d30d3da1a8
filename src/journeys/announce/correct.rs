//! Putting a wrong announcement right: to exactly those who got it, or may have.

use super::{AnnounceError, require, write};
use crate::{
    domain::{
        announcement::{AnnouncementId, Audience, Content, Draft, Kind, Stage},
        staff::{Actor, rights::WriteDrafts},
        version::Version,
    },
    journeys::Ctx,
};

/// Begins a correction with a prepared text. It is an announcement of its own, with its own second person.
pub async fn correct(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    wrong: AnnouncementId,
    content: Content,
) -> Result<(AnnouncementId, Version), AnnounceError> {
    let known = require(ctx, actor, wrong, None).await?;
    let began = matches!(
        known.value.way.stage(),
        Stage::Sending { .. } | Stage::Sent { .. } | Stage::Cancelled { begun: true, .. }
    );
    if !began {
        return Err(crate::domain::announcement::Refusal::Elsewhere.into());
    }
    // A drill went to staff alone, and what puts it right is no less a drill.
    let kind = if known.value.draft.kind == Kind::Drill { Kind::Drill } else { Kind::Correction };
    let audience = Audience::Reached { announcement: wrong };
    write(ctx, actor, Draft { kind, content, audience, due: None }, Some(wrong)).await
}
