//! One model, fitted: a Bayesian regression on a trend and the seasons behind a filter.

use super::{
    history::History,
    noise::{Column, Filter, SHARED, Tail},
    trend::Trend,
};

/// A line, a trend with another width, and four columns of the seasons.
const MOST: usize = 7;

/// What a model is made of, and how much is thought of it before the history is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Model {
    pub(super) trend: Trend,
    pub(super) seasons: bool,
    pub(super) prior: f64,
}

/// A model that was fitted.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) model: Model,
    /// Its weight; before all are known, its logarithm.
    pub(super) weight: f64,
    /// The variance of a unit.
    variance: f64,
    tail: Tail,
    values_end: [f64; 2],
    count: usize,
    coefficients: [f64; MOST],
    ends: [[f64; 2]; MOST],
    /// The Cholesky factor of the coefficients' precision.
    factor: [[f64; MOST]; MOST],
}

/// Everything that a regression needs behind a filter: the products of all columns with one another. After those that are
/// shared come the trend's own and that of another width.
pub(super) struct Columns {
    products: [[f64; ALL]; ALL],
    ends: [[f64; 2]; ALL],
}

const ALL: usize = SHARED + 2;
const VALUES: usize = 0;
const LINE: usize = 1;
const SEASONS: [usize; 4] = [2, 3, 4, 5];
const OWN: usize = SHARED;
const OTHER_WIDTH: usize = SHARED + 1;

impl Columns {
    /// With the columns that a trend has of its own.
    pub(super) fn new(filter: &Filter, own: &[Column]) -> Self {
        let (mut products, mut ends) = ([[0.0; ALL]; ALL], [[0.0; 2]; ALL]);
        for (i, column) in filter.shared.iter().enumerate() {
            products[i][..SHARED].copy_from_slice(&filter.products[i]);
            ends[i] = column.end;
        }
        for (at, column) in own.iter().enumerate() {
            let i = SHARED + at;
            ends[i] = column.end;
            for (j, other) in filter.shared.iter().chain(&own[..=at]).enumerate() {
                products[i][j] = column.dot(other);
                products[j][i] = products[i][j];
            }
        }
        Self { products, ends }
    }
}

impl Model {
    /// Fits it.
    pub(super) fn fit(self, history: &History, filter: &Filter, behind: &Columns) -> Fitted {
        let (pace, swing) = (history.pace().powi(2), history.swing().powi(2));
        // Each column with the variance that its coefficient is thought to have.
        let line = self.trend.has_line().then_some((LINE, pace));
        let own = match self.trend {
            Trend::Wandering | Trend::Line => [None, None],
            Trend::Bend(_) => [Some((OWN, pace * 0.25)), None],
            Trend::Flattening(_) => [Some((OWN, pace * 4.0)), None],
            Trend::Curve { unsure, .. } => {
                [Some((OWN, pace * 4.0)), Some((OTHER_WIDTH, pace * 0.5 * unsure * unsure))]
            }
        };
        let parts = [1.0, 1.0, 0.25, 0.25].map(|part| part * swing);
        let seasons = self.seasons.then(|| SEASONS.into_iter().zip(parts)).into_iter().flatten();
        let (mut columns, mut count) = ([(0, 0.0); MOST], 0);
        for column in line.into_iter().chain(own.into_iter().flatten()).chain(seasons) {
            columns[count] = column;
            count += 1;
        }
        let columns = &columns[..count];
        let mut factor = [[0.0; MOST]; MOST];
        let (mut ends, mut solved) = ([[0.0; 2]; MOST], [0.0; MOST]);
        let mut log_priors = 0.0;
        for (i, (column, prior)) in columns.iter().enumerate() {
            ends[i] = behind.ends[*column];
            for (j, (other, _)) in columns.iter().enumerate().take(i + 1) {
                let mut sum = behind.products[*column][*other] + if i == j { 1.0 / prior } else { 0.0 };
                sum -= factor[i].iter().zip(&factor[j]).take(j).map(|(one, two)| one * two).sum::<f64>();
                factor[i][j] = if i == j { sum.max(1e-12).sqrt() } else { sum / factor[j][j] };
            }
            log_priors += 2.0 * factor[i][i].ln() + prior.ln();
            let known: f64 = (0..i).map(|k| factor[i][k] * solved[k]).sum();
            solved[i] = (behind.products[*column][VALUES] - known) / factor[i][i];
        }
        let explained: f64 = solved[..count].iter().map(|one| one * one).sum();
        let rest = (behind.products[VALUES][VALUES] - explained).max(0.0);
        let mut coefficients = solved;
        for i in (0..count).rev() {
            let known: f64 = (i + 1..count).map(|k| factor[k][i] * coefficients[k]).sum();
            coefficients[i] = (coefficients[i] - known) / factor[i][i];
        }
        let points = filter.counted + 1.0;
        let variance = (rest + history.unit().powi(2)) / points;
        let log_evidence = -0.5 * (points * variance.ln() + log_priors + filter.log_variance);
        Fitted {
            model: self,
            weight: log_evidence + self.prior.ln(),
            variance,
            tail: filter.tail(),
            values_end: behind.ends[VALUES],
            count,
            coefficients,
            ends,
            factor,
        }
    }
}

impl Fitted {
    /// Mean and variance so many days after the history.
    pub(super) fn ahead(&self, history: &History, days: f64) -> (f64, f64) {
        let (day, trend) = (history.end() + days, self.model.trend);
        let line = trend.has_line().then_some(day);
        let seasons = self.model.seasons.then(|| history.seasons_on(day)).into_iter().flatten();
        let columns = line.into_iter().chain(trend.column(day)).chain(trend.other_width(day)).chain(seasons);
        let mut mean = self.tail.carried(self.values_end, days);
        let (mut unsure, mut solved) = (0.0, [0.0; MOST]);
        for (i, value) in columns.take(self.count).enumerate() {
            let beyond = value - self.tail.carried(self.ends[i], days);
            mean += self.coefficients[i] * beyond;
            let known: f64 = (0..i).map(|k| self.factor[i][k] * solved[k]).sum();
            solved[i] = (beyond - known) / self.factor[i][i];
            unsure += solved[i] * solved[i];
        }
        (mean, (self.tail.variance(days, history.noise_now()) + unsure) * self.variance)
    }
}
