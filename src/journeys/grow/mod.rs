//! More friends: links and sheets for places, what came of them, and telling others.
//!
//! [`places`] is what staff keep, [`way_in`] what somebody follows who scans or taps, [`came`] what came of it.

pub mod came;
pub mod places;
mod way_in;

pub use way_in::{WayIn, recommend, way_in};
