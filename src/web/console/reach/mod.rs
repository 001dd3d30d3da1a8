//! Reach: wards and ages of the city beside those who registered.

mod look;
mod table;

pub(super) use look::{csv, show};
pub(super) use table::change;
