//! A trial to the staff group, marked 【テスト】 by the server, before anybody else gets it.

use uuid::Uuid;

use super::{AnnounceError, account_of, audience::freeze, require};
use crate::{
    domain::{
        announcement::{AnnouncementId, Audience, Draft, batch::MOST},
        audit::Action,
        staff::{Actor, rights::WriteDrafts},
        version::Version,
    },
    journeys::Ctx,
    messenger::{Manner, Recipients},
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
    let mut accepted = 0;
    for (at, (variant, people)) in frozen.variants.iter().enumerate() {
        let users = ctx.store.line_users(&account.id, people.clone()).await?;
        for (part, users) in users.chunks(MOST as usize).enumerate() {
            let users: Vec<_> = users.iter().map(|(_, user)| user.clone()).collect();
            let count = users.len() as u64;
            let Ok(to) = Recipients::new(users) else { continue };
            let name = format!("{id}\0{}\0test\0{at}\0{part}", known.version.0);
            let key = Uuid::new_v5(&id.0, name.as_bytes());
            let manner = Manner { is_silent: draft.content.is_silent, ..Manner::default() };
            ctx.messenger.multicast(&account.id, &to, &variant.messages, manner, key).await?;
            accepted += count;
        }
    }
    Ok(accepted)
}
