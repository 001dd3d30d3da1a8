//! Whether the city reaches its people: the daily facts behind it.
//!
//! [`Collector`] collects them, a step at a time; [`known`] reads them.

mod collect;
mod facts;
mod own;

pub use collect::{Collector, Step};
pub use facts::{Known, known, latest, shown};
