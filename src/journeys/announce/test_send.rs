//! A trial to the staff group, marked 【テスト】 by the server, before anybody else gets it.

use super::{AnnounceError, account_of, audience::freeze, require, to_staff};
use crate::{
    domain::{
        announcement::{AnnouncementId, Audience, Draft},
        audit::Action,
        staff::{Actor, rights::WriteDrafts},
        version::Version,
    },
    journeys::Ctx,
    messenger::Manner,
};

/// Sends what is written to the staff group; how many LINE accepted it for. A second trial of the same version goes to
/// nobody twice: its keys are the same.
pub async fn test_send(
    ctx: &Ctx,
    actor: &Actor<WriteDrafts>,
    (id, seen): (AnnouncementId, Version),
) -> Result<u64, AnnounceError> {
    let account = account_of(ctx, actor)?;
    let known = require(ctx, actor, id, Some(seen)).await?;
    let faults = known.value.draft.content.faults();
    if !faults.is_empty() {
        return Err(AnnounceError::Content(faults));
    }
    let draft = Draft { audience: Audience::StaffGroup, ..known.value.draft };
    let now = ctx.clock.now();
    let day = now.to_zoned(account.time_zone.clone()).date();
    let frozen = freeze(ctx, account, (id, &draft), (day, true)).await?;
    let note = actor.note(now, Action::AnnouncementTested, id);
    // Stands in the audit before the first call.
    ctx.store.append_audit(note).await?;
    let (mut accepted, manner) = (0, Manner { is_silent: draft.content.is_silent, ..Manner::default() });
    for (at, (variant, people)) in frozen.variants.into_iter().enumerate() {
        let name = format!("{id}\0{}\0test\0{at}", known.version.0);
        accepted += to_staff::send(ctx, account, (people, &variant.messages), (manner, &name)).await?;
    }
    Ok(accepted)
}
