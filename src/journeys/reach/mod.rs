//! Reach: the city's people against those who registered, by ward and age. [`read`] reads the city's table, [`tables`]
//! keeps it, [`look`] compares.

mod look;
mod read;
mod tables;

pub use look::{OfAge, OfWard, Reach, look, share};
pub use read::{Problem, Wrong, read};
pub use tables::{New, ReachError, forget, keep, tables};

use crate::domain::{
    account::Account,
    attribute::{Attribute, Kind},
};

/// By which attribute wards are told: the first of places that is no secret.
fn wards(account: &Account) -> Option<&Attribute> {
    account.attributes.plain().find(|attribute| matches!(attribute.kind, Kind::Places(_)))
}
