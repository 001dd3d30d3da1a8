//! PORT: what is known of each day of an account: LINE's numbers and our own counts.
//!
//! Each write is a fold of [`Day`], in one durable step: however often it is broken off and done again, a day comes out
//! the same.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{
    audit::Link,
    figure::{Day, Own, Said, Series, SeriesNo},
    id::AccountId,
    time::{Date, Timestamp},
};

/// One row a day, in series: one for each LINE official account that was behind the account's name.
#[async_trait]
pub trait Facts: Send + Sync {
    /// The series, the first first. What is known now is in the last one.
    async fn series(&self, account: &AccountId) -> Result<Vec<Series>, StoreError>;

    /// The series of a LINE official account, by the hash of its user id and its public id. The last one, if it is its
    /// own or LINE had not said yet whose it is; else a new one. `None`: LINE does not say, and the last one goes on.
    async fn series_of(
        &self,
        account: &AccountId,
        channel: Option<(Link, String)>,
        at: Timestamp,
    ) -> Result<Series, StoreError>;

    /// The days of a series from `from` to `to`, both included, of which anything is known; the earliest first. A day that
    /// cannot be read is left out and reported.
    async fn known_days(
        &self,
        account: &AccountId,
        series: SeriesNo,
        from: Date,
        to: Date,
    ) -> Result<Vec<Day>, StoreError>;

    /// LINE has said something of a day ([`Day::hear`]). What the day has become.
    async fn hear_of_day(
        &self,
        account: &AccountId,
        series: SeriesNo,
        day: Date,
        said: Said,
        at: Timestamp,
    ) -> Result<Day, StoreError>;

    /// We have counted days ([`Day::count`]), all of them in one step.
    async fn count_days(
        &self,
        account: &AccountId,
        series: SeriesNo,
        days: Vec<(Date, Own)>,
    ) -> Result<(), StoreError>;
}
