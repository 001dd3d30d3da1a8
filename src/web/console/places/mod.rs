//! Places for the city's link: what came of each, its link and sheet to print, and what staff call it.

mod list;
mod sheet;

pub(super) use list::{act, show};
pub(super) use sheet::{code_svg, csv, show as show_sheet};

use super::visit::Visit;
use crate::{
    domain::{
        place::{Place, PlaceCode},
        staff::{Actor, rights::SeeFigures},
    },
    journeys::grow::places,
    web::error::ConsoleError,
};

/// The page of all places.
fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/places", visit.account()?))
}

/// One place, and the address that its sheet leads to; without an address there is none.
async fn one(
    visit: &Visit,
    actor: &Actor<SeeFigures>,
    code: &str,
) -> Result<(Place, Option<String>), ConsoleError> {
    let code: PlaceCode = code.parse().map_err(|_| ConsoleError::NotFound)?;
    let all = places::places(visit.ctx(), actor).await?.value;
    let place = all.into_iter().find(|place| place.code == code).ok_or(ConsoleError::NotFound)?;
    let address = visit.ctx().pages.place_address(&place.code);
    Ok((place, address))
}
