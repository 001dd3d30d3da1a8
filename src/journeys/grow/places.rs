//! The places where the city puts up its link.

use crate::{
    domain::{
        audit::Action,
        place::{MOST_PLACES, Place, PlaceCode, PlaceName},
        staff::{
            Actor, Department,
            rights::{KeepPlaces, SeeFigures},
        },
        version::Version,
    },
    journeys::{
        Ctx,
        staff::{StaffError, check_department},
    },
    store::{StoreError, staff::Versioned},
};

/// Why a place was not kept.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is no such place.
    #[error("there is no such place")]
    NotFound,
    /// The account has no such department.
    #[error("the account has no such department")]
    UnknownDepartment,
    /// Another place in use has this name.
    #[error("another place has this name")]
    NameTaken,
    /// There are as many as there may be.
    #[error("there are {MOST_PLACES} places; put away is not removed, so use one of those again")]
    TooMany,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What staff may say of a place.
#[derive(Debug, Clone)]
pub struct Described {
    /// What it is called.
    pub name: PlaceName,
    /// Whose it is.
    pub department: Option<Department>,
}

/// Every place, also those that were put away; in the order in which they were made.
pub async fn places(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Versioned<Vec<Place>>, StoreError> {
    ctx.store.places(actor.account()).await
}

/// Adds a place.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor<KeepPlaces>,
    seen: Version,
    described: Described,
) -> Result<PlaceCode, PlaceError> {
    let mut all = ctx.store.places(actor.account()).await?.value;
    check(ctx, actor, &all, None, &described)?;
    if all.len() >= MOST_PLACES {
        return Err(PlaceError::TooMany);
    }
    let code = loop {
        let code = PlaceCode::draw(&*ctx.entropy);
        // One code leads to one place, of all accounts.
        if find(ctx, &code).await?.is_none() {
            break code;
        }
    };
    let Described { name, department } = described;
    all.push(Place { code, name, department, made: ctx.clock.now(), closed: None });
    save(ctx, actor, seen, all, (Action::PlaceAdded, code)).await?;
    Ok(code)
}

/// Renames a place, or gives it to another department. Its link stays.
pub async fn describe(
    ctx: &Ctx,
    actor: &Actor<KeepPlaces>,
    (code, seen): (PlaceCode, Version),
    described: Described,
) -> Result<(), PlaceError> {
    let mut all = ctx.store.places(actor.account()).await?.value;
    check(ctx, actor, &all, Some(code), &described)?;
    let place = all.iter_mut().find(|place| place.code == code).ok_or(PlaceError::NotFound)?;
    (place.name, place.department) = (described.name, described.department);
    save(ctx, actor, seen, all, (Action::PlaceChanged, code)).await
}

/// Puts a place away, or takes it out again. Its link leads on either way.
pub async fn set_closed(
    ctx: &Ctx,
    actor: &Actor<KeepPlaces>,
    (code, seen): (PlaceCode, Version),
    closed: bool,
) -> Result<(), PlaceError> {
    let mut all = ctx.store.places(actor.account()).await?.value;
    let place = all.iter_mut().find(|place| place.code == code).ok_or(PlaceError::NotFound)?;
    if place.closed.is_some() == closed {
        return Ok(());
    }
    place.closed = closed.then(|| ctx.clock.now());
    let action = if closed { Action::PlaceClosed } else { Action::PlaceReopened };
    save(ctx, actor, seen, all, (action, code)).await
}

/// The place of a code, of whatever account.
pub(super) async fn find(
    ctx: &Ctx,
    code: &PlaceCode,
) -> Result<Option<(crate::domain::id::AccountId, Place)>, StoreError> {
    for account in ctx.library.accounts() {
        let known = ctx.store.places(&account.id).await?.value;
        if let Some(place) = known.into_iter().find(|place| place.code == *code) {
            return Ok(Some((account.id.clone(), place)));
        }
    }
    Ok(None)
}

fn check(
    ctx: &Ctx,
    actor: &Actor<KeepPlaces>,
    all: &[Place],
    but: Option<PlaceCode>,
    described: &Described,
) -> Result<(), PlaceError> {
    check_department(ctx, actor.account(), described.department.as_ref()).map_err(|error| match error {
        StaffError::Store(error) => PlaceError::Store(error),
        _ => PlaceError::UnknownDepartment,
    })?;
    let is_other = |place: &&Place| Some(place.code) != but && place.closed.is_none();
    let taken = all.iter().filter(is_other).any(|place| place.name == described.name);
    if taken { Err(PlaceError::NameTaken) } else { Ok(()) }
}

async fn save(
    ctx: &Ctx,
    actor: &Actor<KeepPlaces>,
    seen: Version,
    all: Vec<Place>,
    (action, code): (Action, PlaceCode),
) -> Result<(), PlaceError> {
    let note = actor.note(ctx.clock.now(), action, code);
    ctx.store.save_places(actor.account(), seen, all, note).await?;
    Ok(())
}
