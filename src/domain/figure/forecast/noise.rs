//! What a figure does beside its trend: it is measured with noise, its level wanders, and so may its pace. The filter
//! (Kalman's) takes that out of a column, so that an ordinary regression may follow.

use super::history::{History, Point};

/// A variance that says: nothing is known. Points that only find the level again are not counted.
const UNKNOWN: f64 = 1e8;
const FOUND: f64 = 1e7;

/// The columns that all models share: the values, the line, and four of the seasons.
pub(super) const SHARED: usize = 6;

/// A kind of noise; variances are in units of a week's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Noise {
    /// Which part of it stays: 0 is all in measuring, 1 is all in the level.
    pub(super) staying: f64,
    /// How fast the pace comes back to the trend's, as an exponent a day; 0: never.
    pub(super) back: f64,
    /// The variance that the pace gains a day; 0: it does not wander.
    pub(super) wandering: f64,
}

impl Noise {
    /// The pace is the trend's.
    pub(super) fn steady(staying: f64) -> Self {
        Self { staying, back: 0.0, wandering: 0.0 }
    }

    /// The pace goes its own way: after a year it has moved by so many units a week.
    pub(super) fn free(staying: f64, weekly: f64) -> Self {
        Self { staying, back: 0.0, wandering: (weekly / 7.0).powi(2) / 365.0 }
    }

    /// The pace moves around the trend's by so many units a week and comes back within so many days.
    pub(super) fn around(staying: f64, weekly: f64, days: f64) -> Self {
        Self { staying, back: 1.0 / days, wandering: (weekly / 7.0).powi(2) * 2.0 / days }
    }

    /// After so many days: what the pace adds to the level, and what is left of it.
    fn carry(&self, days: f64) -> (f64, f64) {
        if self.back == 0.0 {
            return (days, 1.0);
        }
        let left = (-self.back * days).exp();
        ((1.0 - left) / self.back, left)
    }

    /// The variance that so many days add: of the level, of level and pace together, of the pace.
    fn added(&self, days: f64) -> [f64; 3] {
        let level = self.staying / 7.0 * days;
        let (k, q, t) = (self.back, self.wandering, days);
        if q == 0.0 {
            return [level, 0.0, 0.0];
        }
        if k == 0.0 {
            return [level + q * t.powi(3) / 3.0, q * t.powi(2) / 2.0, q * t];
        }
        // A pace that comes back is an Ornstein-Uhlenbeck process; these are its integrals.
        let left = (-k * t).exp();
        let (once, twice) = (1.0 - left, 1.0 - left * left);
        let of_level = q / k.powi(2) * (t - 2.0 * once / k + twice / (2.0 * k));
        [level + of_level, q / (2.0 * k.powi(2)) * once.powi(2), q / (2.0 * k) * twice]
    }

    fn measuring(&self) -> f64 {
        1.0 - self.staying
    }

    /// What is known of the pace at first.
    fn first_pace(&self, history: &History) -> f64 {
        match (self.wandering > 0.0, self.back > 0.0) {
            (false, _) => 0.0,
            (true, true) => self.wandering / (2.0 * self.back),
            (true, false) => 4.0 * history.pace().powi(2),
        }
    }
}

/// What the filter does at one point, whatever the column.
#[derive(Debug, Clone, Copy)]
struct Step {
    adds: f64,
    keeps: f64,
    gain: [f64; 2],
    weight: f64,
}

/// A column without the noise, and where level and pace stand after its last point.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) rows: Vec<f64>,
    pub(super) end: [f64; 2],
}

impl Column {
    pub(super) fn dot(&self, other: &Self) -> f64 {
        // Four sums side by side, since one waits for the last addition each time.
        let ((ones, rest), (twos, others)) = (self.rows.as_chunks::<4>(), other.rows.as_chunks::<4>());
        let rest: f64 = rest.iter().zip(others).map(|(one, two)| one * two).sum();
        let mut sums = [0.0; 4];
        for (one, two) in ones.iter().zip(twos) {
            for (sum, (one, two)) in sums.iter_mut().zip(one.iter().zip(two)) {
                *sum += one * two;
            }
        }
        sums.iter().sum::<f64>() + rest
    }
}

/// A noise that was taken through a history.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) noise: Noise,
    steps: Vec<Step>,
    /// The variances after the last point: of the level, of both together, of the pace.
    left: [f64; 3],
    /// The logarithm of the variances' product, and how many points were counted.
    pub(super) log_variance: f64,
    pub(super) counted: f64,
    /// The values, the line, and the seasons.
    pub(super) shared: Vec<Column>,
    /// Their products with one another.
    pub(super) products: [[f64; SHARED]; SHARED],
}

impl Filter {
    pub(super) fn new(noise: Noise, history: &History) -> Self {
        let mut variance = [UNKNOWN, 0.0, noise.first_pace(history)];
        let (mut steps, mut log_variance, mut counted) = (Vec::new(), 0.0, 0.0);
        let mut before: Option<&Point> = None;
        for point in history.points() {
            let (mut adds, mut keeps) = (0.0, 1.0);
            let loud = point.noise.powi(2);
            if let Some(before) = before {
                let days = point.day - before.day;
                (adds, keeps) = noise.carry(days);
                let [level, both, pace] = variance;
                let added = noise.added(days).map(|one| one * loud);
                variance = [
                    level + 2.0 * adds * both + adds * adds * pace + added[0],
                    keeps * (both + adds * pace) + added[1],
                    keeps * keeps * pace + added[2],
                ];
                if point.jumped {
                    variance[0] += UNKNOWN;
                }
            }
            let [level, both, pace] = variance;
            let seen = level + (noise.measuring() + 1e-6) * loud;
            let gain = [level / seen, both / seen];
            variance = [level - gain[0] * level, both - gain[0] * both, pace - gain[1] * both];
            let is_counted = seen < FOUND;
            if is_counted {
                log_variance += seen.ln();
                counted += 1.0;
            }
            steps.push(Step { adds, keeps, gain, weight: if is_counted { 1.0 / seen.sqrt() } else { 0.0 } });
            before = Some(point);
        }
        let products = [[0.0; SHARED]; SHARED];
        let mut filter =
            Self { noise, steps, left: variance, log_variance, counted, shared: Vec::new(), products };
        let values = filter.take(history.points().iter().map(|point| point.value));
        let others = history.columns().iter().map(|column| filter.take(column.iter().copied()));
        filter.shared = std::iter::once(values).chain(others).collect();
        for (i, one) in filter.shared.iter().enumerate() {
            for (j, other) in filter.shared.iter().enumerate() {
                filter.products[i][j] = one.dot(other);
            }
        }
        filter
    }

    /// Takes the noise out of a column.
    pub(super) fn take(&self, column: impl IntoIterator<Item = f64>) -> Column {
        let mut end = [0.0; 2];
        let row = |(step, value): (&Step, f64)| {
            end = [end[0] + step.adds * end[1], step.keeps * end[1]];
            let surprise = value - end[0];
            end = [end[0] + step.gain[0] * surprise, end[1] + step.gain[1] * surprise];
            surprise * step.weight
        };
        let rows = self.steps.iter().zip(column).map(row).collect();
        Column { rows, end }
    }

    /// What is left to work out a day ahead.
    pub(super) fn tail(&self) -> Tail {
        Tail { noise: self.noise, variance: self.left }
    }
}

/// Where the noise stands after the last point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    noise: Noise,
    variance: [f64; 3],
}

impl Tail {
    /// The level of a column so many days later, if only the noise goes on.
    pub(super) fn carried(&self, end: [f64; 2], days: f64) -> f64 {
        end[0] + self.noise.carry(days).0 * end[1]
    }

    /// The variance so many days later of what will be measured, in units.
    pub(super) fn variance(&self, days: f64, loud: f64) -> f64 {
        let ([level, both, pace], (adds, _)) = (self.variance, self.noise.carry(days));
        let coming = self.noise.added(days)[0] + self.noise.measuring();
        level + 2.0 * adds * both + adds * adds * pace + coming * loud.powi(2)
    }
}
