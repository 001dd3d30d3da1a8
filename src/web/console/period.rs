//! The time that a page of numbers is about, as it is chosen in its address.

use jiff::civil::Date;
use serde::Deserialize;

use super::visit::Visit;
use crate::{
    journeys::figures::{LENGTHS, Period},
    web::error::ConsoleError,
};

/// What is shown when nothing else was asked for.
const USUAL: &str = "28";

/// `?period=`.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) period: String,
}

/// One that may be chosen.
pub(super) struct Choice {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The time that was asked for, under its code.
pub(super) fn chosen(visit: &Visit, wanted: &Wanted) -> Result<(String, Period), ConsoleError> {
    let today = today(visit)?;
    // An address with a time that cannot be chosen (any more) shows the usual one.
    let code = if Period::read(&wanted.period, today).is_some() { &wanted.period } else { USUAL };
    let period = Period::read(code, today).ok_or(ConsoleError::Internal)?;
    Ok((code.to_owned(), period))
}

/// Everything that may be chosen.
pub(super) fn choices(visit: &Visit, chosen: &str) -> Result<Vec<Choice>, ConsoleError> {
    let words = visit.words();
    let choice = |(code, of): (String, Period)| Choice {
        label: if LENGTHS.iter().any(|days| days.to_string() == code) {
            words.say_with("period-days", &[("days", &code)])
        } else {
            let (year, month) = (of.from.year().to_string(), of.from.month().to_string());
            words.say_with("period-month", &[("year", &year), ("month", &month)])
        },
        chosen: code == chosen,
        code,
    };
    Ok(Period::choices(today(visit)?).into_iter().map(choice).collect())
}

fn today(visit: &Visit) -> Result<Date, ConsoleError> {
    visit.ctx().today(visit.account()?).ok_or(ConsoleError::NotFound)
}
