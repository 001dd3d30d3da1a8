//! PURE: the city's figures over the years: what is counted, what is known of a day, where it leads.
//!
//! A figure that is not known is a gap and never 0.

mod asking;
mod day;
pub mod evaluation;
pub mod fiscal;
pub mod forecast;
mod name;
pub mod pace;
pub mod rate;
pub mod status;
pub mod target;
#[cfg(test)]
mod tests;

pub use asking::{FIRST_DAY, asked_within, next_day, today_of_line};
pub use day::{Correction, Day, Line, LineFigures, Own, Said, Series, SeriesNo};
pub use name::{AgeBand, FigureName, Measure};
