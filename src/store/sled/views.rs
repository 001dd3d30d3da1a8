//! The read models.

use async_trait::async_trait;

use super::{SledStore, key::EventPlace, pending::key_for, writer};
use crate::{
    domain::{event::EventKey, id::AccountId},
    store::{
        StoreError,
        record::{self, Kept, Settled},
        view::{EventView, Views},
    },
};

#[async_trait]
impl Views for SledStore {
    async fn event(&self, account: &AccountId, key: EventKey) -> Result<Option<EventView>, StoreError> {
        let account = self.account(account)?;
        if let Some(pending) = self.load_pending(account, key)? {
            return Ok(Some(EventView {
                key,
                kind: pending.waiting.event.kind.label().to_owned(),
                received: pending.waiting.received,
                outcome: None,
                settled: None,
                trace: None,
                outbox: None,
            }));
        }
        let place = EventPlace { account: account.id.clone(), key }.settled();
        let Some(bytes) = writer::read(&self.tree, &place)? else { return Ok(None) };
        let Settled { head, sealed } = Settled::from_bytes(&bytes)?;
        // What was sealed under a key that is gone, or has been made anew since, is gone too.
        let kept: Option<Kept> = key_for(account, &self.residents, head.resident)
            .and_then(|sealing| record::open(&sealing, &place, &sealed, "settled event"))
            .ok();
        Ok(Some(EventView {
            key,
            kind: head.kind,
            received: head.received,
            outcome: Some(head.outcome),
            settled: Some(head.settled),
            outbox: kept.as_ref().and_then(|kept| kept.outbox.clone()),
            trace: kept.and_then(|kept| kept.trace),
        }))
    }
}
