//! Ways to the single sign-on and back, sealed, under the hash of the session's token.

use async_trait::async_trait;

use super::{SledStore, key, people::Desk, writer::Txn};
use crate::{
    domain::staff::{Detour, Hash},
    store::{
        StoreError,
        detours::{Detours, MOST_DETOURS},
        record,
    },
};

#[async_trait]
impl Detours for SledStore {
    async fn keep_detour(&self, token: &Hash, detour: Detour) -> Result<(), StoreError> {
        let (desk, token) = (self.staff_desk(), *token);
        self.writer
            .write(
                move |txn| {
                    if !txn.has(&key::session(&token))? {
                        return Err(StoreError::Conflict);
                    }
                    let mut open = load(txn, &desk, &token)?;
                    open.push(detour);
                    let beyond = open.len().saturating_sub(MOST_DETOURS);
                    open.drain(..beyond);
                    put(txn, &desk, &token, &open)
                },
                |()| {},
            )
            .await
    }

    async fn take_detour(&self, token: &Hash, state: &Hash) -> Result<Option<Detour>, StoreError> {
        let (desk, token, state) = (self.staff_desk(), *token, *state);
        self.writer
            .write(
                move |txn| {
                    let mut open = load(txn, &desk, &token)?;
                    let Some(at) = open.iter().position(|one| one.state == state) else { return Ok(None) };
                    let detour = open.remove(at);
                    put(txn, &desk, &token, &open)?;
                    Ok(Some(detour))
                },
                |_| {},
            )
            .await
    }
}

fn load(txn: &Txn<'_>, desk: &Desk, token: &Hash) -> Result<Vec<Detour>, StoreError> {
    let place = key::detours(token);
    let sealed = txn.get(&place)?;
    sealed
        .map_or_else(|| Ok(Vec::new()), |sealed| record::open(&desk.keys.factors, &place, &sealed, "detours"))
}

fn put(txn: &mut Txn<'_>, desk: &Desk, token: &Hash, open: &[Detour]) -> Result<(), StoreError> {
    let place = key::detours(token);
    if open.is_empty() {
        return txn.remove(&place);
    }
    txn.put(&place, &record::seal(&desk.keys.factors, &*desk.entropy, &place, &open))
}
