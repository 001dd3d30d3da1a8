//! PURE: the city's figures over the years: what is counted, what is known of a day, where it leads.
//!
//! A figure that is not known is a gap and never 0.

mod name;

pub use name::{AgeBand, FigureName, Measure};
