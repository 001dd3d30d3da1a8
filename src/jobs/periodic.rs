//! What happens now and then: dropping what has been kept long enough, sending notices that are still due, asking LINE what
//! it counted, telling staff of targets that got worse.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use crate::journeys::{Ctx, announce::learn_counts, enquiries::notify, retain::Retain, targets::worsened};

/// How often kept things are looked at. Retention is in hours; minutes more do not matter.
const EVERY: Duration = Duration::from_mins(10);

/// Works until `stop` turns true.
pub async fn run(mut retain: Retain, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stop.borrow() {
        tokio::select! {
            _ = ticks.tick() => {
                drop_what_is_due(&mut retain, &stop).await;
                send_what_is_due(retain.ctx()).await;
            }
            _ = stop.changed() => {}
        }
    }
}

async fn send_what_is_due(ctx: &Ctx) {
    for account in ctx.library.accounts() {
        if let Err(error) = notify(ctx, &account.id).await {
            tracing::error!(%error, "notices could not be sent; tried again in ten minutes");
        }
        if let Err(error) = learn_counts(ctx, &account.id).await {
            tracing::error!(%error, "LINE could not be asked what it counted; tried again in ten minutes");
        }
        if let Err(error) = worsened(ctx, &account.id).await {
            tracing::error!(%error, "targets could not be looked at; tried again in ten minutes");
        }
    }
}

async fn drop_what_is_due(retain: &mut Retain, stop: &watch::Receiver<bool>) {
    loop {
        match retain.step().await {
            Ok(expired) => {
                if expired.bodies + expired.events > 0 {
                    tracing::info!(
                        bodies = expired.bodies,
                        events = expired.events,
                        "kept things were dropped"
                    );
                }
                if !expired.more || *stop.borrow() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(%error, "kept things could not be dropped; tried again in ten minutes");
                return;
            }
        }
    }
}
