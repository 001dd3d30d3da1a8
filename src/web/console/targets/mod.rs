//! Targets: whether the city reaches its people, where that leads, and what was said of each year.
//!
//! Whoever sees figures sees them; who may edit targets sets them up and evaluates. A page shows people who are counted by
//! what they said of themselves only where they are enough.

pub(super) mod departments;
pub(super) mod drawing;
pub(super) mod edit;
pub(super) mod files;
pub(super) mod list;
pub(super) mod look;
mod view;
mod words;
pub(super) mod year;

use super::visit::Visit;
use crate::{
    domain::{account::Account, figure::target::TargetId},
    web::error::ConsoleError,
};

/// The account of the address.
fn account(visit: &Visit) -> Result<&Account, ConsoleError> {
    visit.ctx().library.account(visit.account()?).ok_or(ConsoleError::NotFound)
}

/// The address of the list.
fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/targets", visit.account()?))
}

fn target_id(text: &str) -> Result<TargetId, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::NotFound)
}
