//! What has been kept long enough is dropped: bodies after hours, ids after days, questions and enquiries
//! after their own time.

use jiff::SignedDuration;

use super::Ctx;
use crate::store::{Expired, StoreError};

/// How much one step drops at most, so that dropping never holds up accepting for long.
const AT_ONCE: usize = 1_000;
/// Enquiries are longer and have more places.
const ENQUIRIES_AT_ONCE: usize = 100;

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// For bodies and traces of events, after they were settled.
    pub bodies: SignedDuration,
    /// For ids of events, by which late duplicates are recognised.
    pub events: SignedDuration,
    /// For questions without an answer, after they were asked.
    pub unanswered: SignedDuration,
    /// For enquiries, after their last change.
    pub enquiries: SignedDuration,
}

/// Drops one portion of what is due.
pub async fn retain(ctx: &Ctx, retention: Retention) -> Result<Expired, StoreError> {
    let now = ctx.clock.now();
    let before = |kept: SignedDuration| now.checked_sub(kept).unwrap_or(jiff::Timestamp::MIN);
    let mut expired = ctx.store.expire(before(retention.bodies), before(retention.events), AT_ONCE).await?;
    for account in ctx.library.accounts() {
        let questions = before(retention.unanswered);
        let dropped = ctx.store.expire_unanswered(&account.id, questions, AT_ONCE).await?;
        expired.more |= dropped == AT_ONCE;
        let enquiries = before(retention.enquiries);
        let dropped = ctx.store.expire_enquiries(&account.id, enquiries, ENQUIRIES_AT_ONCE).await?;
        expired.more |= dropped == ENQUIRIES_AT_ONCE;
    }
    Ok(expired)
}
