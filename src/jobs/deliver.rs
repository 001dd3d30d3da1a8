//! Sends what was approved: one task an account and lane, each with its own room for calls.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::timeout,
};

use crate::{
    domain::time::Timestamp,
    journeys::{
        Ctx,
        deliver::{Did, Lane},
    },
    store::{StoreError, announcements::ClaimedBatch},
};

/// How long to wait for a change before looking all the same: clocks may be set.
const LOOK_AT_LEAST: Duration = Duration::from_secs(5);
/// How many batches are claimed at once: their beginning is one write.
const PORTION: usize = 8;

/// Works until `stop` turns true, then lets calls that are under way end, for at most `drain`.
pub async fn run(ctx: Ctx, lane: Lane, mut stop: watch::Receiver<bool>, drain: Duration) {
    let lane = Arc::new(lane);
    let room = Arc::new(Semaphore::new(ctx.announcing.calls_at_once));
    let mut calls = JoinSet::new();
    while !*stop.borrow() {
        while calls.try_join_next().is_some() {}
        // Room first, then claims: a claimed batch never waits for room.
        let one = tokio::select! {
            one = Arc::clone(&room).acquire_owned() => one,
            _ = stop.changed() => continue,
        };
        let Ok(one) = one else { return };
        let free = room.available_permits().min(PORTION - 1);
        let mut permits = vec![one];
        permits.extend((0..free).filter_map(|_| Arc::clone(&room).try_acquire_owned().ok()));
        // Read before looking, so that no change in between is missed.
        let turn = ctx.store.wait_for_announcements(0).await;
        let did = lane.step(permits.len(), calls.len()).await.unwrap_or_else(|error| {
            tracing::error!(account = %lane.account(), %error, "announcements cannot be sent just now");
            Did::Idle(None)
        });
        match did {
            Did::Moved => {}
            Did::Claimed(batches) => {
                for (claimed, permit) in batches.into_iter().zip(permits) {
                    let (ctx, lane) = (ctx.clone(), Arc::clone(&lane));
                    calls.spawn(async move {
                        work(&ctx, &lane, claimed).await;
                        drop(permit);
                    });
                }
            }
            Did::Idle(next) => {
                drop(permits);
                let wait = next.map_or(LOOK_AT_LEAST, |at| until(ctx.clock.now(), at));
                tokio::select! {
                    _ = timeout(wait, ctx.store.wait_for_announcements(turn)) => {}
                    _ = stop.changed() => {}
                }
            }
        }
    }
    let left = async { while calls.join_next().await.is_some() {} };
    if timeout(drain, left).await.is_err() {
        tracing::warn!(
            "the stop did not wait for every call of an announcement; they are tried again at the next start"
        );
    }
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LOOK_AT_LEAST)
}

/// Makes one call. Should it panic, the batch stays begun: the next start tries it again under its key.
async fn work(ctx: &Ctx, lane: &Lane, claimed: ClaimedBatch) {
    let lease = claimed.lease.clone();
    match AssertUnwindSafe(lane.call(claimed)).catch_unwind().await {
        Ok(Ok(_)) => {}
        Ok(Err(StoreError::Closed)) => ctx.store.release_batch(&lease),
        Ok(Err(error)) => {
            tracing::error!(announcement = %lease.announcement, %error, "a batch could not be settled; it is tried again");
            ctx.store.release_batch(&lease);
        }
        Err(_) => {
            metrics::counter!("todoke_panics_total").increment(1);
            tracing::error!(announcement = %lease.announcement, "sending a batch panicked; it is tried again");
            ctx.store.release_batch(&lease);
        }
    }
}
