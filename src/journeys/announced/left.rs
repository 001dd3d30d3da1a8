//! Somebody left: it is counted with the announcements that had reached them shortly before. The counts hold nobody.

use super::Ctx;
use crate::{
    domain::{
        announcement::{AnnouncementId, LATER, SOON},
        event::Event,
        id::AccountId,
    },
    store::StoreError,
};

/// So many announcements are looked through for those of the last days.
const LOOKED_BACK: usize = 50;

/// The day's count of those who left soon after an announcement, or somewhat later.
pub(in crate::journeys) fn left_fact(id: AnnouncementId, soon: bool) -> String {
    format!("left.{}.{id}", if soon { "24h" } else { "72h" })
}

/// What is counted when somebody leaves.
pub(in crate::journeys) async fn left(
    ctx: &Ctx,
    account: &AccountId,
    event: &Event,
) -> Result<Vec<String>, StoreError> {
    let Some(user) = event.user() else { return Ok(Vec::new()) };
    let who = ctx.store.resident_ref(account, user)?;
    let mut facts = Vec::new();
    for got in ctx.store.announcements_to(account, who, LOOKED_BACK).await? {
        let after = event.happened.duration_since(got.at);
        // The clocks are LINE's and ours: a moment before counts as at once.
        facts.extend((after <= SOON).then(|| left_fact(got.announcement.id, true)));
        facts.extend((after <= LATER).then(|| left_fact(got.announcement.id, false)));
    }
    Ok(facts)
}
