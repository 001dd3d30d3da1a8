//! The city's tables of its population, as staff keep them.

use std::collections::BTreeMap;

use super::{Problem, read, wards};
use crate::{
    domain::{
        audit::Action,
        population::{Cell, MOST_TABLES, Population, SourceName},
        staff::{
            Actor,
            rights::{EditTargets, SeeFigures},
        },
        time::Date,
        version::Version,
    },
    journeys::Ctx,
    store::{StoreError, staff::Versioned},
};

/// Why a table was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The account asks no wards that residents may be counted by.
    #[error("the account asks no places that residents may be counted by")]
    NoWards,
    /// The table has problems.
    #[error("{} lines of the table cannot be read", .0.len())]
    Unreadable(Vec<Problem>),
    /// The day of counting is still to come.
    #[error("the day of counting is still to come")]
    InFuture,
    /// There is no such table.
    #[error("there is no such table")]
    NotFound,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A table as it is given.
#[derive(Debug, Clone)]
pub struct New {
    /// The day on which people were counted.
    pub as_of: Date,
    /// Where the numbers are from.
    pub source: SourceName,
    /// The lines of the file with their numbers.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Every table, the latest day first.
pub async fn tables(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Versioned<Vec<Population>>, StoreError> {
    let mut known = ctx.store.populations(actor.account()).await?;
    known.value.sort_by_key(|table| std::cmp::Reverse(table.as_of));
    Ok(known)
}

/// Keeps a table; one of the same day is replaced.
pub async fn keep(ctx: &Ctx, actor: &Actor<EditTargets>, seen: Version, new: New) -> Result<(), ReachError> {
    let account = ctx.library.account(actor.account()).ok_or(ReachError::NotFound)?;
    let wards = wards(account).ok_or(ReachError::NoWards)?;
    if ctx.today(actor.account()).is_none_or(|today| new.as_of > today) {
        return Err(ReachError::InFuture);
    }
    let cells = joined(read(&new.rows, wards).map_err(ReachError::Unreadable)?);
    let mut all = ctx.store.populations(actor.account()).await?.value;
    all.retain(|table| table.as_of != new.as_of);
    all.push(Population { as_of: new.as_of, source: new.source, cells });
    all.sort_by_key(|table| table.as_of);
    let over = all.len().saturating_sub(MOST_TABLES);
    all.drain(..over);
    let note = actor.note(ctx.clock.now(), Action::PopulationKept, new.as_of);
    ctx.store.save_populations(actor.account(), seen, all, note).await?;
    Ok(())
}

/// Removes the table of a day.
pub async fn forget(
    ctx: &Ctx,
    actor: &Actor<EditTargets>,
    seen: Version,
    as_of: Date,
) -> Result<(), ReachError> {
    let mut all = ctx.store.populations(actor.account()).await?.value;
    let before = all.len();
    all.retain(|table| table.as_of != as_of);
    if all.len() == before {
        return Err(ReachError::NotFound);
    }
    let note = actor.note(ctx.clock.now(), Action::PopulationRemoved, as_of);
    ctx.store.save_populations(actor.account(), seen, all, note).await?;
    Ok(())
}

/// One cell a ward and age: what stood in lines of men and of women, or of a ward's parts, is one number.
fn joined(cells: Vec<Cell>) -> Vec<Cell> {
    let mut sums = BTreeMap::new();
    for Cell { ward, from, to, people } in cells {
        let sum: &mut u64 = sums.entry((ward, from, to)).or_default();
        *sum = sum.saturating_add(people);
    }
    let cell = |((ward, from, to), people)| Cell { ward, from, to, people };
    sums.into_iter().map(cell).collect()
}
