//! What is known of each day: a sealed row a day, since few people may be counted in it, and a sealed row a series.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    AccountKeys, SledStore, key,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Link,
        figure::{Day, Own, Said, Series, SeriesNo},
        id::{AccountId, Entropy},
        time::{Date, Timestamp},
    },
    store::{StoreError, facts::Facts, record},
};

fn open_series(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<Series, StoreError> {
    record::open(&account.records, place, sealed, "series of figures")
}

fn open_day(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<Day, StoreError> {
    record::open(&account.records, place, sealed, "figures of a day")
}

/// Changes a day by a fold. One that cannot be read begins anew: LINE tells its numbers again.
fn change(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    (series, day): (SeriesNo, Date),
    fold: impl FnOnce(&mut Day),
) -> Result<Day, StoreError> {
    let place = key::known_day(&account.id, series, day);
    let opened = match txn.get(&place) {
        Ok(Some(sealed)) => open_day(account, &place, &sealed).map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let mut known = match opened {
        Ok(known) => known.unwrap_or_else(|| Day::new(day)),
        Err(error @ StoreError::Damaged { .. }) => {
            tracing::error!(%error, %day, "what was known of a day cannot be read; it begins anew");
            Day::new(day)
        }
        Err(error) => return Err(error),
    };
    fold(&mut known);
    txn.put(&place, &record::seal(&account.records, entropy, &place, &known))?;
    Ok(known)
}

fn range(
    tree: &sled::Db,
    account: &AccountKeys,
    series: SeriesNo,
    (from, after): (Date, Date),
) -> Result<Vec<Day>, StoreError> {
    let mut days = Vec::new();
    let (first, end) =
        (key::known_day(&account.id, series, from), key::known_day(&account.id, series, after));
    let length = first.len();
    for item in tree.range(first..end) {
        let (place, _) = item.map_err(writer::backend)?;
        // The further pages of a long value.
        if place.len() != length {
            continue;
        }
        let opened = writer::read(tree, &place)
            .and_then(|sealed| sealed.map(|sealed| open_day(account, &place, &sealed)).transpose());
        match opened {
            Ok(day) => days.extend(day),
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, account = %account.id, "what is known of a day cannot be read");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(days)
}

#[async_trait]
impl Facts for SledStore {
    async fn series(&self, account: &AccountId) -> Result<Vec<Series>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::figure_series(&account.id, None);
        let mut found = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() == prefix.len() + 4
                && let Some(sealed) = writer::read(&self.tree, &place)?
            {
                found.push(open_series(account, &place, &sealed)?);
            }
        }
        Ok(found)
    }

    async fn series_of(
        &self,
        account: &AccountId,
        channel: Option<(Link, String)>,
        at: Timestamp,
    ) -> Result<Series, StoreError> {
        let (account, entropy) = (Arc::clone(self.account(account)?), Arc::clone(&self.sources.entropy));
        let finding = move |txn: &mut Txn<'_>| {
            let prefix = key::figure_series(&account.id, None);
            let places = txn.below(&prefix)?;
            let last = places.iter().rfind(|place| place.len() == prefix.len() + 4);
            let last = match last {
                Some(place) => {
                    txn.get(place)?.map(|sealed| open_series(&account, place, &sealed)).transpose()?
                }
                None => None,
            };
            let is_its_own = |series: &Series| {
                let known = series.channel.as_ref().zip(channel.as_ref());
                known.is_none_or(|(known, (now, _))| known == now)
            };
            let series = match last {
                Some(mut series) if is_its_own(&series) => {
                    let before = series.clone();
                    if let Some((channel, name)) = channel {
                        (series.channel, series.name) = (Some(channel), name);
                    }
                    if series == before {
                        return Ok(series);
                    }
                    series
                }
                last => {
                    let no = SeriesNo(last.map_or(1, |last| last.no.0.saturating_add(1)));
                    let (channel, name) =
                        channel.map_or((None, String::new()), |(link, name)| (Some(link), name));
                    Series { no, channel, name, began: at }
                }
            };
            let place = key::figure_series(&account.id, Some(series.no));
            txn.put(&place, &record::seal(&account.records, &*entropy, &place, &series))?;
            Ok(series)
        };
        self.writer.write(finding, |_| {}).await
    }

    async fn known_days(
        &self,
        account: &AccountId,
        series: SeriesNo,
        from: Date,
        to: Date,
    ) -> Result<Vec<Day>, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let Ok(after) = to.tomorrow() else { return Ok(Vec::new()) };
        if from > to {
            return Ok(Vec::new());
        }
        let tree = self.tree.clone();
        // Ten years are some thousand rows: not on a thread that answers residents.
        let read = move || range(&tree, &account, series, (from, after));
        tokio::task::spawn_blocking(read).await.map_err(writer::backend)?
    }

    async fn hear_of_day(
        &self,
        account: &AccountId,
        series: SeriesNo,
        day: Date,
        said: Said,
        at: Timestamp,
    ) -> Result<Day, StoreError> {
        let (account, entropy) = (Arc::clone(self.account(account)?), Arc::clone(&self.sources.entropy));
        let hearing = move |txn: &mut Txn<'_>| {
            change(&account, &*entropy, txn, (series, day), |known| known.hear(said, at))
        };
        self.writer.write(hearing, |_| {}).await
    }

    async fn count_days(
        &self,
        account: &AccountId,
        series: SeriesNo,
        days: Vec<(Date, Own)>,
    ) -> Result<(), StoreError> {
        let (account, entropy) = (Arc::clone(self.account(account)?), Arc::clone(&self.sources.entropy));
        let counting = move |txn: &mut Txn<'_>| {
            for (day, own) in days {
                change(&account, &*entropy, txn, (series, day), |known| known.count(own))?;
            }
            Ok(())
        };
        self.writer.write(counting, |()| {}).await
    }
}
