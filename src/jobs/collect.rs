//! Collects an account's daily facts: soon after its midnight, and LINE's numbers now and then.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use crate::journeys::targets::{Collector, Step};

/// LINE's numbers become ready about a day later; minutes more do not matter.
const EVERY: Duration = Duration::from_mins(10);

/// Works until `stop` turns true. What was not done is done after the next start.
pub async fn run(mut collector: Collector, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = turn(&mut collector) => {}
            _ = stop.changed() => return,
        }
        let wait = collector.until_midnight().unwrap_or(EVERY).min(EVERY);
        let _ = timeout(wait, stop.changed()).await;
    }
}

async fn turn(collector: &mut Collector) {
    loop {
        let account = collector.account().clone();
        match collector.step().await {
            Ok(Step::Counted(day)) => tracing::info!(%account, %day, "the figures of a day are counted"),
            Ok(Step::Asked(day)) => {
                tracing::debug!(%account, %day, "LINE was asked for the numbers of a day");
            }
            Ok(Step::Stopped(error)) => {
                tracing::warn!(%account, %error, "LINE does not tell its numbers; tried again in ten minutes");
                return;
            }
            Ok(Step::Later | Step::Idle) => return,
            Err(error) => {
                tracing::error!(%account, %error, "figures could not be collected; tried again in ten minutes");
                return;
            }
        }
    }
}
