//! Tells other systems what has become of an account's announcements.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::{
    domain::{id::AccountId, telling::Webhook},
    journeys::{Ctx, tell::tell},
    webhooks::Webhooks,
};

/// How long to wait for a change before looking all the same.
const LOOK_AT_LEAST: Duration = Duration::from_secs(5);

/// Works until `stop` turns true. What was not told is told after the next start.
pub async fn run(
    ctx: Ctx,
    account: AccountId,
    hooks: Vec<Webhook>,
    client: Arc<dyn Webhooks>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        // Read before looking, so that no change in between is missed.
        let turn = ctx.store.wait_for_announcements(0).await;
        let next = tokio::select! {
            next = tell(&ctx, &account, &hooks, &*client) => next.unwrap_or_else(|error| {
                tracing::error!(%account, %error, "what is to be told could not be read; it is tried again");
                None
            }),
            _ = stop.changed() => return,
        };
        let now = ctx.clock.now();
        let wait = next.map(|next| Duration::try_from(next.duration_since(now)).unwrap_or_default());
        let wait = wait.unwrap_or(LOOK_AT_LEAST).min(LOOK_AT_LEAST);
        tokio::select! {
            _ = timeout(wait, ctx.store.wait_for_announcements(turn)) => {}
            _ = stop.changed() => {}
        }
    }
}
