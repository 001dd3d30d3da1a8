//! What a figure may do in the long run.

use std::f64::consts::TAU;

/// A year, in days.
const YEAR: f64 = 365.25;

/// The long run, as columns of a regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Trend {
    /// Nothing but what the noise does.
    Wandering,
    /// A line.
    Line,
    /// A pace that halves again and again: the figure comes ever nearer to an end. A day's part, as an exponent.
    Flattening(f64),
    /// A logistic S-curve.
    Curve {
        /// The day of its middle.
        middle: f64,
        /// Its width in days.
        width: f64,
        /// How unsure the width is, as a standard deviation of its logarithm.
        unsure: f64,
    },
    /// A line with a bend on a day.
    Bend(f64),
}

impl Trend {
    /// Whether there is a straight line in it.
    pub(super) fn has_line(self) -> bool {
        matches!(self, Self::Line | Self::Bend(_))
    }

    /// Its own column, scaled so that its steepest day has a pace of 1.
    pub(super) fn column(self, day: f64) -> Option<f64> {
        match self {
            Self::Wandering | Self::Line => None,
            Self::Flattening(exponent) => Some((1.0 - (-exponent * day).exp()) / exponent),
            Self::Curve { middle, width, .. } => Some(curve(day, middle, width)),
            Self::Bend(bend) => Some((day - bend).max(0.0)),
        }
    }

    /// A second column: what another width would do (its derivative), so that few widths have to be tried.
    pub(super) fn other_width(self, day: f64) -> Option<f64> {
        const STEP: f64 = 0.01;
        let Self::Curve { middle, width, .. } = self else { return None };
        let at = |factor: f64| curve(day, middle, width * factor);
        Some((at(1.0 + STEP) - at(1.0 - STEP)) / (2.0 * STEP))
    }
}

fn curve(day: f64, middle: f64, width: f64) -> f64 {
    4.0 * width / (1.0 + (-(day - middle) / width).exp())
}

/// The seasons: a year and half a year.
pub(super) fn season(day: f64) -> [f64; 4] {
    let (year, half) = (TAU * day / YEAR, 2.0 * TAU * day / YEAR);
    [year.sin(), year.cos(), half.sin(), half.cos()]
}
