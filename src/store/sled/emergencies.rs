//! Emergency mode: one record an account, and every step that led to it.

use async_trait::async_trait;

use super::{SledStore, audit, key, writer};
use crate::{
    domain::{
        audit::Note,
        emergency::{Emergency, Step},
        id::AccountId,
        version::Version,
    },
    store::{StoreError, emergencies::Emergencies, record},
};

fn read(bytes: Option<Vec<u8>>) -> Result<(Emergency, Version), StoreError> {
    bytes.map_or_else(|| Ok(Default::default()), |bytes| record::read_plain(&bytes, "emergency mode"))
}

#[async_trait]
impl Emergencies for SledStore {
    async fn emergency(&self, account: &AccountId) -> Result<(Emergency, Version), StoreError> {
        read(writer::read(&self.tree, &key::emergency(&self.account(account)?.id))?)
    }

    async fn save_emergency(
        &self,
        account: &AccountId,
        expected: Version,
        emergency: Emergency,
        step: Step,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (self.account(account)?.id.clone(), self.staff_desk());
        self.writer
            .write(
                move |txn| {
                    let place = key::emergency(&account);
                    let (_, version) = read(txn.get(&place)?)?;
                    if version != expected {
                        return Err(StoreError::Conflict);
                    }
                    let version = version.next();
                    txn.put(&place, &record::plain(&(emergency, version)))?;
                    txn.put_new(&key::emergency_step(&account, version.0), &record::plain(&step));
                    audit::append(txn, &desk, note)?;
                    Ok(version)
                },
                |_| {},
            )
            .await
    }

    async fn emergency_history(
        &self,
        account: &AccountId,
        before: Option<Version>,
        most: usize,
    ) -> Result<Vec<(Version, Step)>, StoreError> {
        let account = &self.account(account)?.id;
        let prefix = key::emergency_step_prefix(account);
        let end = key::emergency_step(account, before.map_or(u64::MAX, |version| version.0));
        let mut steps = Vec::new();
        for place in self.tree.range(prefix.clone()..end).keys().rev() {
            if steps.len() >= most {
                break;
            }
            let place = place.map_err(writer::backend)?;
            // Longer ones are further pages of a long value.
            let Some(version) = place.get(prefix.len()..).and_then(|rest| <[u8; 8]>::try_from(rest).ok())
            else {
                continue;
            };
            if let Some(bytes) = writer::read(&self.tree, &place)? {
                let version = Version(u64::from_be_bytes(version));
                steps.push((version, record::read_plain(&bytes, "step of emergency mode")?));
            }
        }
        Ok(steps)
    }
}
