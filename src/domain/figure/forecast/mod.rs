//! Where a figure leads: an interval that holds the value of a day to come four times out of five, and when a goal would
//! be met. How it is worked out and how often it was right is in `docs/FIGURES.md`.
//!
//! Many simple models are fitted to the history (a line, a curve that flattens, an S-curve, a line with a bend, a pace that
//! wanders, each with and without the seasons and with several kinds of noise). Each is weighted by how well it
//! foretold each point of the history from those before it (Bayesian model averaging, with priors of unit-free sizes),
//! and the forecast is their mixture: where models disagree, the interval is wide. Sudden jumps, such as those of a
//! campaign, are set aside first and come back as jumps that may happen again.
//!
//! PURE and deterministic: the same history gives the same forecast.

mod history;
mod model;
mod noise;
mod normal;
mod search;
#[cfg(test)]
mod tests;
mod trend;

use jiff::ToSpan;

use self::{history::History, model::Fitted};
use crate::domain::time::Date;

/// A shorter history says nothing.
pub const SHORTEST_DAYS: i32 = 84;
/// Fewer days with a value say nothing either.
const FEWEST_POINTS: usize = 10;
/// How far goals are looked for.
pub const FARTHEST_YEARS: i32 = 10;
/// Of the cases the interval leaves out a tenth at each end: it holds 80 %.
const TAIL: f64 = 0.1;
/// Dates on which a goal is met are looked for in steps of so many days, then day by day.
const STRIDE: i32 = 28;
/// So many jumps at most are reckoned with.
const MOST_JUMPS: u32 = 3;

/// What a figure may be on a day: an 80 % prediction interval and its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// One time in ten it is lower.
    pub low: f64,
    /// As often higher as lower.
    pub likely: f64,
    /// One time in ten it is higher.
    pub high: f64,
}

/// When a goal would be met; `None`: not within [`FARTHEST_YEARS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The first day on which one case in ten has met it.
    pub earliest: Option<Date>,
    /// The first day on which half of the cases have.
    pub likely: Option<Date>,
    /// The first day on which nine of ten have.
    pub latest: Option<Date>,
}

/// A forecast of one figure, made from its history.
#[derive(Debug, Clone)]
pub struct Forecast {
    fitted: Vec<Fitted>,
    history: History,
}

/// A part of the mixture on one day: its weight, and a normal distribution.
#[derive(Debug, Clone, Copy)]
struct Part {
    weight: f64,
    mean: f64,
    deviation: f64,
}

impl Forecast {
    /// Reads a history: days in order with their values, where a day that is missing is a gap. `None`: it is shorter than
    /// [`SHORTEST_DAYS`] or has too few values.
    pub fn new(days: &[(Date, f64)]) -> Option<Self> {
        let history = search::choose_seasons(History::new(days)?);
        let fitted = search::fit(&history);
        Some(Self { fitted, history })
    }

    /// The last day of the history.
    pub fn last_day(&self) -> Date {
        self.history.last_day()
    }

    /// How far it was measured to be right: a third as far ahead as the history reaches back. Beyond it is a guide.
    pub fn sound_until(&self) -> Date {
        let days = self.history.length() / 3;
        self.last_day().saturating_add(days.days())
    }

    /// The interval for a day after the history; figures are never below 0.
    pub fn on(&self, day: Date) -> Band {
        let parts = self.parts(day);
        let [low, likely, high] = [TAIL, 0.5, 1.0 - TAIL].map(|share| quantile(&parts, share).max(0.0));
        Band { low, likely, high }
    }

    /// How probable it is that the figure is at least `value` on that day, 0 to 1.
    pub fn chance_of(&self, value: f64, day: Date) -> f64 {
        1.0 - share_below(&self.parts(day), value)
    }

    /// When it would reach a value, from below or, with `falling`, from above.
    pub fn reaches(&self, value: f64, falling: bool) -> When {
        let met = |day: Date| {
            let chance = self.chance_of(value, day);
            if falling { 1.0 - chance } else { chance }
        };
        let start = self.last_day();
        let end = start.saturating_add(FARTHEST_YEARS.years());
        let mut when = [None; 3];
        let (mut before, mut day) = (start, start);
        while day < end && when.contains(&None) {
            day = day.saturating_add(STRIDE.days()).min(end);
            let chance = met(day);
            for (found, share) in when.iter_mut().zip([TAIL, 0.5, 1.0 - TAIL]) {
                if found.is_none() && chance >= share {
                    let mut exact = before.series(1.day()).skip(1).take_while(|one| *one < day);
                    *found = Some(exact.find(|one| met(*one) >= share).unwrap_or(day));
                }
            }
            before = day;
        }
        let [earliest, likely, latest] = when;
        When { earliest, likely, latest }
    }

    fn parts(&self, day: Date) -> Vec<Part> {
        let ahead = f64::from(self.history.days_after(day).max(1));
        let jumps = self.history.jumps();
        let expected = jumps.a_day * ahead;
        let mut parts = Vec::new();
        for fitted in &self.fitted {
            let (mean, variance) = fitted.ahead(&self.history, ahead);
            // Poisson: so many jumps until then; whatever is more than the most is the most.
            let (mut chance, mut left) = ((-expected).exp(), 1.0);
            for count in 0..=MOST_JUMPS {
                let weight = if count == MOST_JUMPS { left } else { chance };
                let (many, size) = (f64::from(count), jumps.deviation);
                if weight > 1e-4 {
                    parts.push(Part {
                        weight: fitted.weight * weight,
                        mean: mean + many * jumps.size,
                        deviation: (variance + many * size * size).max(1e-12).sqrt(),
                    });
                }
                left -= chance;
                chance *= expected / (many + 1.0);
            }
        }
        parts
    }
}

/// The naive forecast: the pace of the last 28 days goes on. It is what people draw by hand, and what others are compared
/// with. `None`: the history has no value 28 days before its last.
pub fn naive(days: &[(Date, f64)], day: Date) -> Option<f64> {
    let (last, value) = *days.last()?;
    let then = last.saturating_sub(28.days());
    let (first, before) = *days.iter().rev().find(|(known, _)| *known <= then)?;
    let pace = (value - before) / f64::from((last - first).get_days());
    Some(value + pace * f64::from((day - last).get_days()))
}

fn share_below(parts: &[Part], value: f64) -> f64 {
    parts.iter().map(|part| part.weight * normal::below((value - part.mean) / part.deviation)).sum()
}

/// Where that share of the mixture lies below.
fn quantile(parts: &[Part], share: f64) -> f64 {
    let ends = |sign: f64| parts.iter().map(move |part| part.mean + sign * 6.0 * part.deviation);
    let (mut low, mut high) = (ends(-1.0).fold(f64::MAX, f64::min), ends(1.0).fold(f64::MIN, f64::max));
    for _ in 0..36 {
        let middle = f64::midpoint(low, high);
        if share_below(parts, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}
