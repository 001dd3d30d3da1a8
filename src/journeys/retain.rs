//! What has been kept long enough is dropped: bodies after hours, ids after days.

use jiff::SignedDuration;

use super::Ctx;
use crate::store::{Expired, StoreError};

/// How much one step drops at most, so that dropping never holds up accepting for long.
const AT_ONCE: usize = 1_000;

/// How long events are kept after they were settled.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// For their bodies and traces.
    pub bodies: SignedDuration,
    /// For their ids, by which late duplicates are recognised.
    pub events: SignedDuration,
}

/// Drops one portion of what is due.
pub async fn retain(ctx: &Ctx, retention: Retention) -> Result<Expired, StoreError> {
    let now = ctx.clock.now();
    let before = |kept: SignedDuration| now.checked_sub(kept).unwrap_or(jiff::Timestamp::MIN);
    ctx.store.expire(before(retention.bodies), before(retention.events), AT_ONCE).await
}
