//! Segments: how many residents a predicate holds, and the predicates that staff named.
//!
//! Counts leave this module as [`Shown`] alone.

use jiff::civil::Date;

use crate::{
    domain::{
        account::Account,
        audit::Action,
        segment::{self, Fault, Named, Predicate, SegmentId, SegmentName, Set, Shown, Written},
        staff::{Actor, rights::Announce},
        version::Version,
    },
    journeys::Ctx,
    store::{StoreError, staff::Versioned},
};

/// The most segments of an account: nobody finds one among more.
pub const MOST: usize = 500;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The predicate has faults.
    #[error("the predicate cannot be used")]
    Faults(Vec<Fault>),
    /// There are too many segments already.
    #[error("there are {MOST} segments already; remove one that nobody uses")]
    TooMany,
    /// The account is not there.
    #[error("there is no such account")]
    NoAccount,
    /// The store did not do it; [`StoreError::Conflict`]: somebody else has changed the segment meanwhile.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many residents a predicate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Those for whom it holds.
    pub residents: Shown,
    /// Everybody who is known.
    pub everybody: Shown,
    /// The day that counted as today.
    pub today: Date,
}

/// Counts the residents for whom a predicate holds today.
pub async fn count(ctx: &Ctx, actor: &Actor<Announce>, predicate: &str) -> Result<Counted, SegmentError> {
    let account = account_of(ctx, actor)?;
    let (predicate, _) = read(account, predicate)?;
    let today = today(ctx, account);
    let everybody = ctx.store.count_residents(&account.id, &Set::All(Vec::new())).await?;
    let residents = ctx.store.count_residents(&account.id, &segment::plan(&predicate, today)).await?;
    let (residents, everybody) = (Shown::of_total(residents, everybody), Shown::of(everybody));
    Ok(Counted { residents, everybody, today })
}

/// Every named segment.
pub async fn list(ctx: &Ctx, actor: &Actor<Announce>) -> Result<Vec<Versioned<Named>>, SegmentError> {
    Ok(ctx.store.list_segments(actor.account()).await?)
}

/// Names a segment, or with an id and the version that was seen changes one.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    seen: Option<(SegmentId, Version)>,
    name: SegmentName,
    predicate: &str,
) -> Result<(SegmentId, Version), SegmentError> {
    let (_, predicate) = read(account_of(ctx, actor)?, predicate)?;
    let known = ctx.store.list_segments(actor.account()).await?;
    let (id, seen) = match seen {
        Some(seen) => seen,
        None if known.len() >= MOST => return Err(SegmentError::TooMany),
        None => (SegmentId(ctx.ids.uuid_v7()), Version::default()),
    };
    // Whoever changes a segment does not become its owner.
    let before = known.into_iter().map(|known| known.value).find(|known| known.id == id);
    let (owner, department) = match before {
        Some(before) => (before.owner, before.department),
        None => (actor.doer().person().ok(), actor.doer().department.clone()),
    };
    let now = ctx.clock.now();
    let segment = Named { id, name, owner, department, predicate, changed: now };
    let note = actor.note(now, Action::SegmentSaved, id);
    let version = ctx.store.save_segment(actor.account(), seen, segment, note).await?;
    Ok((id, version))
}

/// Removes a segment.
pub async fn remove(
    ctx: &Ctx,
    actor: &Actor<Announce>,
    id: SegmentId,
    seen: Version,
) -> Result<(), SegmentError> {
    let note = actor.note(ctx.clock.now(), Action::SegmentRemoved, id);
    Ok(ctx.store.remove_segment(actor.account(), seen, id, note).await?)
}

fn account_of<'a>(ctx: &'a Ctx, actor: &Actor<Announce>) -> Result<&'a Account, SegmentError> {
    ctx.library.account(actor.account()).ok_or(SegmentError::NoAccount)
}

fn read(account: &Account, predicate: &str) -> Result<(Predicate, Written), SegmentError> {
    segment::read(predicate, &account.attributes).map_err(SegmentError::Faults)
}

fn today(ctx: &Ctx, account: &Account) -> Date {
    ctx.clock.now().to_zoned(account.time_zone.clone()).date()
}
