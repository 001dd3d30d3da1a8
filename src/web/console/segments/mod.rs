//! Segments: whom something is for, as staff put it together, and how many that are.
//!
//! A page shows counts as [`Shown`](crate::domain::segment::Shown) alone, broken down by attributes and never
//! by people. Whoever sees figures sees the list; who may edit may also count whatever is asked.

pub(super) mod builder;
mod form;
pub(super) mod list;
pub(super) mod look;
mod view;
pub(super) mod words;

use super::visit::Visit;
use crate::{domain::account::Account, web::error::ConsoleError};

/// The account of the address.
fn account(visit: &Visit) -> Result<&Account, ConsoleError> {
    visit.ctx().library.account(visit.account()?).ok_or(ConsoleError::NotFound)
}

/// The address of the list.
fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/segments", visit.account()?))
}
