//! LINE's events become durable: after this the server may say 200, and not before.

use super::Ctx;
use crate::{
    domain::{id::AccountId, time::Timestamp},
    store::{Accepted, EventBody, NewEvent, StoreError},
};

/// Stores what is new under its event id, in one durable step. Invariant I1 begins here.
pub async fn receive(
    ctx: &Ctx,
    account: &AccountId,
    received: Timestamp,
    events: Vec<NewEvent>,
) -> Result<(), StoreError> {
    let labels: Vec<&'static str> = events.iter().map(label).collect();
    let accepted = ctx.store.accept(account, received, events).await?;
    for (label, accepted) in labels.into_iter().zip(accepted) {
        let state = match accepted {
            Accepted::New => "new",
            Accepted::Known => "known",
        };
        metrics::counter!("todoke_events_total", "kind" => label, "state" => state).increment(1);
    }
    Ok(())
}

fn label(event: &NewEvent) -> &'static str {
    match &event.body {
        EventBody::Read(event) => event.kind.label(),
        EventBody::Unreadable { .. } => "unreadable",
    }
}
