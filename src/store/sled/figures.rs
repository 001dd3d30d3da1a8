//! Daily counts: one key a day and name, so that a time is one range of keys.

use async_trait::async_trait;
use jiff::{ToSpan, civil::Date};

use super::{
    SledStore,
    key::{self, day_of_fact},
    writer,
};
use crate::{
    domain::{id::AccountId, time::Timestamp},
    store::{DayCounts, Figures, MOST_DAYS, StoreError},
};

#[async_trait]
impl Figures for SledStore {
    async fn day(&self, account: &AccountId, day: Date) -> Result<Vec<(String, u64)>, StoreError> {
        let prefix = key::day_prefix(&self.account(account)?.id, day);
        self.tree
            .scan_prefix(&prefix)
            .map(|item| {
                let (key, _) = item.map_err(writer::backend)?;
                let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
                let value = writer::read(&self.tree, &key)?.and_then(|bytes| bytes.try_into().ok());
                Ok((name, value.map_or(0, u64::from_be_bytes)))
            })
            .collect()
    }

    async fn days(&self, account: &AccountId, from: Date, to: Date) -> Result<Vec<DayCounts>, StoreError> {
        let account = self.account(account)?.id.clone();
        let from = from.max(to.saturating_sub((MOST_DAYS - 1).days()));
        let Ok(after) = to.tomorrow() else { return Ok(Vec::new()) };
        if from > to {
            return Ok(Vec::new());
        }
        let tree = self.tree.clone();
        // A quarter of a large city is some ten thousand keys: not on a thread that answers residents.
        let read = move || range(&tree, &account, from, after);
        tokio::task::spawn_blocking(read).await.map_err(writer::backend)?
    }

    async fn count_fact(&self, account: &AccountId, at: Timestamp, fact: &str) -> Result<(), StoreError> {
        let account = self.account(account)?;
        let key = key::fact(&account.id, at.to_zoned(account.zone.clone()).date(), fact);
        self.writer.write(move |txn| txn.count(&key, 1), |()| ()).await
    }
}

fn range(
    tree: &sled::Db,
    account: &AccountId,
    from: Date,
    after: Date,
) -> Result<Vec<DayCounts>, StoreError> {
    let mut days: Vec<DayCounts> = Vec::new();
    for item in tree.range(key::day_prefix(account, from)..key::day_prefix(account, after)) {
        let (key, _) = item.map_err(writer::backend)?;
        let Some((day, name)) = day_of_fact(account, &key) else { continue };
        let count = match writer::read(tree, &key) {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, %day, "a daily count cannot be read");
                continue;
            }
            value => value?.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes),
        };
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.counts.push((name, count)),
            None => days.push(DayCounts { day, counts: vec![(name, count)] }),
        }
    }
    Ok(days)
}
