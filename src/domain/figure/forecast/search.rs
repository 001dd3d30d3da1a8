//! Which models are tried, and what is thought of them before.

use super::{
    history::History,
    model::{Columns, Fitted, Model},
    noise::{Filter, Noise},
    trend::Trend,
};

/// How much is thought of each family.
const LINE: f64 = 0.22;
const FLATTENING: f64 = 0.25;
const CURVE: f64 = 0.2;
const BEND: f64 = 0.07;
const FREE: f64 = 0.06;
const AROUND: f64 = 0.1;
/// From so many days on the seasons can be told from a trend.
const SEASONS_FROM: f64 = 0.9 * 365.25;
/// What weighs less than this is left out.
const LEAST: f64 = 2e-3;

/// Whether the seasons move the figure by as much each year, or by more the larger it is: whichever explains a line with
/// seasons better.
pub(super) fn choose_seasons(steady: History) -> History {
    if steady.end() <= SEASONS_FROM {
        return steady;
    }
    let growing = steady.with_growing_seasons();
    let best = |history: &History| {
        let weight = |staying: f64| {
            let filter = Filter::new(Noise::steady(staying), history);
            let model = Model { trend: Trend::Line, seasons: true, prior: 1.0 };
            model.fit(history, &filter, &Columns::new(&filter, &[])).weight
        };
        Search::STAYING.map(weight).into_iter().fold(f64::MIN, f64::max)
    };
    if best(&growing) > best(&steady) { growing } else { steady }
}

/// Fits everything that is tried; what weighs something, with weights that make 1.
pub(super) fn fit(history: &History) -> Vec<Fitted> {
    let search = Search::new(history);
    let mut found = search.without_columns();
    let end = history.end();
    // The half-life of the pace, in days, by its logarithm.
    let flattening = |log: f64| Trend::Flattening(2_f64.ln() / log.exp());
    found.extend(search.refine((40_f64.ln(), 4000_f64.ln()), 9, 3, FLATTENING, &flattening));
    found.extend(curves(&search));
    found.extend(search.refine((0.05 * end, end - 28.0), 10, 2, BEND, &Trend::Bend));
    weigh(found)
}

/// S-curves of many middles and widths; around the best of them more closely.
fn curves(search: &Search<'_>) -> Vec<Fitted> {
    const WIDTHS: [f64; 4] = [50.0, 95.0, 180.5, 343.0];
    const CELLS: u32 = 8;
    let whole = 1.3 * search.history.end();
    let cell = whole / f64::from(CELLS);
    let curve = |width: f64, unsure: f64| move |middle: f64| Trend::Curve { middle, width, unsure };
    let place = |fitted: &Fitted| match fitted.model.trend {
        Trend::Curve { middle, width, .. } => (middle, width),
        _ => (0.0, 0.0),
    };
    let each = CURVE / WIDTHS.len() as f64;
    let mut found: Vec<Fitted> = Vec::new();
    for width in WIDTHS {
        found.extend(search.refine((0.0, whole), CELLS, 1, each, &curve(width, 0.19)));
    }
    let Some(best) = found.iter().max_by(|one, other| one.weight.total_cmp(&other.weight)) else {
        return found;
    };
    let (middle, width) = place(best);
    let near = |one: &Fitted| {
        let (its_middle, its_width) = place(one);
        its_width.total_cmp(&width).is_eq() && (its_middle - middle).abs() < 1.5 * cell
    };
    found.retain(|one| !near(one));
    for third in [-1.0, 0.0, 1.0] {
        let width = width * 1.9_f64.powf(third / 3.0);
        let range = (middle - 1.5 * cell, middle + 1.5 * cell);
        let prior = each / f64::from(CELLS);
        found.extend(search.refine(range, 9, 2, prior, &curve(width, 0.065)));
    }
    found
}

fn weigh(mut found: Vec<Fitted>) -> Vec<Fitted> {
    let best = found.iter().map(|one| one.weight).fold(f64::MIN, f64::max);
    for one in &mut found {
        one.weight = (one.weight - best).exp();
    }
    let to_one = |found: &mut Vec<Fitted>| {
        let sum: f64 = found.iter().map(|one| one.weight).sum();
        for one in found.iter_mut() {
            one.weight /= sum;
        }
    };
    to_one(&mut found);
    found.retain(|one| one.weight > LEAST);
    to_one(&mut found);
    found
}

struct Search<'h> {
    history: &'h History,
    seasons: &'static [bool],
    /// Those behind which trends with columns of their own are fitted.
    filters: Vec<Filter>,
}

/// A part of a parameter's range.
struct Cell {
    middle: f64,
    width: f64,
    fitted: Vec<Fitted>,
}

impl Cell {
    /// The logarithm of what all its models weigh together.
    fn weight(&self) -> f64 {
        let best = self.fitted.iter().map(|one| one.weight).fold(f64::MIN, f64::max);
        best + self.fitted.iter().map(|one| (one.weight - best).exp()).sum::<f64>().ln()
    }
}

impl<'h> Search<'h> {
    /// Which part of the noise stays, from none to all of it.
    const STAYING: [f64; 5] = [0.0, 0.02, 0.15, 0.5, 1.0];

    fn new(history: &'h History) -> Self {
        let seasons: &[bool] = if history.end() > SEASONS_FROM { &[false, true] } else { &[false] };
        let steady = Self::STAYING.map(Noise::steady);
        let around = [1.0, 4.0].map(|weekly| Noise::around(0.5, weekly, 15.0));
        let filters = steady.into_iter().chain(around).map(|noise| Filter::new(noise, history)).collect();
        Self { history, seasons, filters }
    }

    /// A line, and what has no trend but its noise.
    fn without_columns(&self) -> Vec<Fitted> {
        let mut found = Vec::new();
        let mut fit = |filter: &Filter, trend: Trend, prior: f64| {
            let prior = prior / self.seasons.len() as f64;
            let behind = Columns::new(filter, &[]);
            for seasons in self.seasons {
                let model = Model { trend, seasons: *seasons, prior };
                found.push(model.fit(self.history, filter, &behind));
            }
        };
        let kinds = Self::STAYING.len() as f64;
        for (at, filter) in self.filters.iter().enumerate() {
            let of = if at < Self::STAYING.len() { kinds } else { self.filters.len() as f64 };
            fit(filter, Trend::Line, LINE / of);
        }
        for staying in Self::STAYING {
            for weekly in [0.3, 1.0, 3.0] {
                let filter = Filter::new(Noise::free(staying, weekly), self.history);
                fit(&filter, Trend::Wandering, FREE / kinds / 3.0);
            }
            for (days, weekly) in [(20.0, 0.5), (20.0, 2.0), (100.0, 0.5), (100.0, 2.0)] {
                let filter = Filter::new(Noise::around(staying, weekly, days), self.history);
                fit(&filter, Trend::Line, AROUND / kinds / 4.0);
            }
        }
        found
    }

    fn try_trend(&self, trend: Trend, prior: f64) -> Vec<Fitted> {
        let days = || self.history.points().iter().map(|point| point.day);
        let column: Vec<f64> = days().filter_map(|day| trend.column(day)).collect();
        let other: Vec<f64> = days().filter_map(|day| trend.other_width(day)).collect();
        let prior = prior / (self.filters.len() * self.seasons.len()) as f64;
        let mut found = Vec::new();
        for filter in &self.filters {
            let own = [&column, &other].map(|one| filter.take(one.iter().copied()));
            let behind = Columns::new(filter, &own[..if other.is_empty() { 1 } else { 2 }]);
            for seasons in self.seasons {
                let model = Model { trend, seasons: *seasons, prior };
                found.push(model.fit(self.history, filter, &behind));
            }
        }
        found
    }

    /// Tries a trend over a range of its parameter: in cells of equal width, of which the best and its neighbours are cut
    /// in three again and again.
    fn refine(
        &self,
        (from, to): (f64, f64),
        cells: u32,
        rounds: usize,
        prior: f64,
        trend: &dyn Fn(f64) -> Trend,
    ) -> Vec<Fitted> {
        let cell = |middle: f64, width: f64| {
            let fitted = self.try_trend(trend(middle), prior * width / (to - from));
            Cell { middle, width, fitted }
        };
        let width = (to - from) / f64::from(cells);
        let mut all: Vec<Cell> =
            (0..cells).map(|at| cell(from + (f64::from(at) + 0.5) * width, width)).collect();
        for _ in 1..rounds {
            let Some(best) = all.iter().max_by(|one, other| one.weight().total_cmp(&other.weight())) else {
                break;
            };
            let (middle, width) = (best.middle, best.width);
            let (near, rest): (Vec<Cell>, Vec<Cell>) =
                all.into_iter().partition(|one| (one.middle - middle).abs() <= width * 1.01);
            all = rest;
            for one in near {
                let third = one.width / 3.0;
                all.extend([-1.0, 0.0, 1.0].map(|by| cell(one.middle + by * third, third)));
            }
        }
        all.into_iter().flat_map(|cell| cell.fitted).collect()
    }
}
