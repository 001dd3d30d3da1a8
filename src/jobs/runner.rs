//! Takes events as they come and answers them, many at once, each resident's in order.
//!
//! The bound on work is [`Runner::concurrency`]. On stop nothing new is claimed and what has begun is
//! finished up to a deadline; what is left is unsettled and comes back at the next start.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::timeout,
};

use crate::{
    domain::settlement::{Outcome, Settlement},
    journeys::{Ctx, answer::answer},
    store::{Claimed, StoreError},
};

/// How long to wait for a wake-up before looking all the same.
const LOOK_AT_LEAST: Duration = Duration::from_secs(5);
/// How many events are claimed at once.
const PORTION: usize = 64;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There was nothing to do.
    Idle,
    /// So many events were begun.
    Began(usize),
}

/// The runner.
pub struct Runner {
    ctx: Ctx,
    concurrency: Arc<Semaphore>,
    work: JoinSet<()>,
}

impl Runner {
    /// Answers at most `concurrency` events at once.
    pub fn new(ctx: Ctx, concurrency: usize) -> Self {
        Self { ctx, concurrency: Arc::new(Semaphore::new(concurrency)), work: JoinSet::new() }
    }

    /// Works until `stop` turns true, then finishes what has begun, for at most `drain`. An error means that
    /// events cannot be claimed any more: the process should end, and be started again.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>, drain: Duration) -> Result<(), StoreError> {
        let ended = self.work_until(&mut stop).await;
        let left = async { while self.work.join_next().await.is_some() {} };
        if timeout(drain, left).await.is_err() {
            tracing::warn!(
                unfinished = self.work.len(),
                "the stop did not wait for every answer; they come back at the next start"
            );
        }
        ended
    }

    async fn work_until(&mut self, stop: &mut watch::Receiver<bool>) -> Result<(), StoreError> {
        while !*stop.borrow() {
            // Room first, then claims: a claimed event never waits for room.
            let room = tokio::select! {
                room = Arc::clone(&self.concurrency).acquire_owned() => room.map_err(|_| StoreError::Closed)?,
                _ = stop.changed() => continue,
            };
            if self.step(room).await? == Step::Idle {
                tokio::select! {
                    () = self.ctx.store.wait_for_events() => {}
                    _ = timeout(LOOK_AT_LEAST, stop.changed()) => {}
                }
            }
        }
        Ok(())
    }

    /// Begins as many events as there is room for.
    async fn step(&mut self, room: OwnedSemaphorePermit) -> Result<Step, StoreError> {
        while self.work.try_join_next().is_some() {}
        let free = self.concurrency.available_permits().min(PORTION - 1);
        let mut permits = vec![room];
        permits.extend((0..free).filter_map(|_| Arc::clone(&self.concurrency).try_acquire_owned().ok()));
        let claimed = self.ctx.store.claim(permits.len()).await?;
        if claimed.is_empty() {
            return Ok(Step::Idle);
        }
        let began = claimed.len();
        for (claimed, permit) in claimed.into_iter().zip(permits) {
            let ctx = self.ctx.clone();
            self.work.spawn(async move {
                work(&ctx, claimed).await;
                drop(permit);
            });
        }
        Ok(Step::Began(began))
    }
}

/// Answers one event and settles it. Should answering panic, the event is settled as unknown: tried again
/// it would panic again and hold up its resident's lane for ever.
async fn work(ctx: &Ctx, claimed: Claimed) {
    let place = (claimed.account.clone(), claimed.key, claimed.lease);
    let answered = AssertUnwindSafe(answer(ctx, &claimed)).catch_unwind().await;
    let result = match answered {
        Ok(result) => result.map(drop),
        Err(_) => {
            metrics::counter!("todoke_panics_total").increment(1);
            tracing::error!(event = %place.1, "answering panicked; the event is settled as unknown");
            let unknown = Settlement::plain(Outcome::Unknown, ctx.clock.now());
            ctx.store.settle(&place.0, place.1, place.2, unknown).await
        }
    };
    match result {
        Ok(()) => {}
        Err(StoreError::Fenced) => tracing::warn!(event = %place.1, "somebody else has taken the event over"),
        Err(error) => {
            tracing::error!(event = %place.1, %error, "an event could not be settled; it comes back");
            // A store that is closed cannot take it back; the next start will.
            let _ = ctx.store.release(&place.0, place.1, place.2).await;
        }
    }
}
