//! Segments: how many residents a predicate holds, and the predicates that staff named.
//!
//! Counts leave this module as [`Shown`](crate::domain::segment::Shown) alone.

mod count;

pub(in crate::journeys) use count::broken_down;
pub use count::{ByAttribute, Counted, count, count_named, look};

use crate::{
    domain::{
        account::Account,
        audit::Action,
        segment::{self, Fault, Named, Predicate, SegmentId, SegmentName, Written},
        staff::{
            Actor, Permission,
            rights::{EditSegments, SeeFigures},
        },
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

/// Every named segment, and those that were removed and can be put back.
pub async fn list(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Vec<Versioned<Named>>, SegmentError> {
    let now = ctx.clock.now();
    let all = ctx.store.list_segments(actor.account()).await?;
    Ok(all.into_iter().filter(|known| !known.value.is_over(now)).collect())
}

/// One segment, whether it is in use or was removed.
pub async fn open(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    id: SegmentId,
) -> Result<Option<Versioned<Named>>, SegmentError> {
    let now = ctx.clock.now();
    let all = ctx.store.list_segments(actor.account()).await?;
    Ok(all.into_iter().find(|known| known.value.id == id && !known.value.is_over(now)))
}

/// Names a segment, or with an id and the version that was seen changes one. One that was removed is there
/// again.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    seen: Option<(SegmentId, Version)>,
    name: SegmentName,
    predicate: &str,
) -> Result<(SegmentId, Version), SegmentError> {
    let (_, predicate) = read(account_of(ctx, actor)?, predicate)?;
    let known = ctx.store.list_segments(actor.account()).await?;
    let id = seen.map(|(id, _)| id);
    // Those that were removed take no place, and what is changed has one.
    let others = known.iter().filter(|known| !known.value.removed && Some(known.value.id) != id).count();
    if others >= MOST {
        return Err(SegmentError::TooMany);
    }
    let (id, seen) = seen.unwrap_or_else(|| (SegmentId(ctx.ids.uuid_v7()), Version::default()));
    // Whoever changes a segment does not become its owner.
    let before = known.into_iter().map(|known| known.value).find(|known| known.id == id);
    let (owner, department) = match before {
        Some(before) => (before.owner, before.department),
        None => (actor.doer().person().ok(), actor.doer().department.clone()),
    };
    let now = ctx.clock.now();
    let changed_by = actor.doer().person().ok();
    let segment = Named { id, name, owner, department, predicate, changed: now, changed_by, removed: false };
    let note = actor.note(now, Action::SegmentSaved, id);
    let version = ctx.store.save_segment(actor.account(), seen, segment, note).await?;
    Ok((id, version))
}

/// Removes a segment, so that it can be put back for [`segment::KEPT_REMOVED`]; those that were removed
/// before that are dropped.
pub async fn remove(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    id: SegmentId,
    seen: Version,
) -> Result<(), SegmentError> {
    mark(ctx, actor, id, seen, Action::SegmentRemoved).await?;
    let now = ctx.clock.now();
    for known in ctx.store.list_segments(actor.account()).await? {
        if known.value.is_over(now) {
            let id = known.value.id;
            let mut note = actor.note(now, Action::SegmentRemoved, id);
            note.detail.push(("for-good".into(), "yes".into()));
            match ctx.store.remove_segment(actor.account(), known.version, id, note).await {
                // Put back, or dropped by somebody else.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Puts a segment back that was removed.
pub async fn restore(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    id: SegmentId,
    seen: Version,
) -> Result<(), SegmentError> {
    mark(ctx, actor, id, seen, Action::SegmentRestored).await
}

/// Removes a segment that is there, or puts one back that is not: anything else is a conflict.
async fn mark(
    ctx: &Ctx,
    actor: &Actor<EditSegments>,
    id: SegmentId,
    seen: Version,
    action: Action,
) -> Result<(), SegmentError> {
    let removed = action == Action::SegmentRemoved;
    let known = open(ctx, actor, id).await?.filter(|known| known.version == seen);
    let before = known.map(|known| known.value).filter(|known| known.removed != removed);
    let before = before.ok_or(StoreError::Conflict)?;
    let all = ctx.store.list_segments(actor.account()).await?;
    if !removed && all.iter().filter(|known| !known.value.removed).count() >= MOST {
        return Err(SegmentError::TooMany);
    }
    let now = ctx.clock.now();
    let segment = Named { changed: now, changed_by: actor.doer().person().ok(), removed, ..before };
    ctx.store.save_segment(actor.account(), seen, segment, actor.note(now, action, id)).await?;
    Ok(())
}

fn account_of<'a, R: Permission>(ctx: &'a Ctx, actor: &Actor<R>) -> Result<&'a Account, SegmentError> {
    ctx.library.account(actor.account()).ok_or(SegmentError::NoAccount)
}

fn read(account: &Account, predicate: &str) -> Result<(Predicate, Written), SegmentError> {
    segment::read(predicate, &account.attributes).map_err(SegmentError::Faults)
}
