//! A history as models read it: one value a week of the last year and one every four weeks before, jumps set aside, and
//! how noisy each time was.

use super::{FEWEST_POINTS, SHORTEST_DAYS, trend::season};
use crate::domain::time::Date;

/// A change that is so many times as large as usual is a jump.
const JUMP: f64 = 6.0;
/// So many weeks on either side say what the usual change is.
const NEAR: usize = 6;
/// So many weeks on either side say how noisy it is.
const AROUND: usize = 26;
/// The median of the absolute values of a normal distribution, times this, is its standard deviation.
const FROM_MEDIAN: f64 = 1.4826;

/// Jumps that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Jumps {
    /// How many a day.
    pub(super) a_day: f64,
    /// How large they are.
    pub(super) size: f64,
    /// How different they are.
    pub(super) deviation: f64,
}

/// A point of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// Days since the first.
    pub(super) day: f64,
    pub(super) value: f64,
    /// Whether there was a jump since the point before.
    pub(super) jumped: bool,
    /// How noisy the time was; 1 is usual.
    pub(super) noise: f64,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct History {
    points: Vec<Point>,
    last: Date,
    jumps: Jumps,
    /// What a week's noise is, roughly.
    unit: f64,
    /// What a day's pace may be, in units: a standard deviation.
    pace: f64,
    /// What the seasons may move it, in units: a standard deviation.
    swing: f64,
    /// Where the seasons move it more the larger it is: its rough size at the first day, and what it gains a day, as parts
    /// of its mean.
    growing: Option<(f64, f64)>,
    /// The columns that all models share: the line, and the seasons.
    columns: Vec<Vec<f64>>,
}

impl History {
    /// `None`: there is too little.
    pub(super) fn new(days: &[(Date, f64)]) -> Option<Self> {
        let (first, last) = (days.first()?.0, days.last()?.0);
        if (last - first).get_days() < SHORTEST_DAYS || days.len() < FEWEST_POINTS {
            return None;
        }
        let since = |day: Date| f64::from((day - first).get_days());
        let length = since(last);
        let weeks = weekly(days, length, since);
        if weeks.len() < FEWEST_POINTS {
            return None;
        }
        let changes: Vec<f64> =
            weeks.windows(2).map(|two| (two[1].1 - two[0].1) / (two[1].0 - two[0].0)).collect();
        let around = |list: &[f64], at: usize, near: usize| {
            median(list[at.saturating_sub(near)..(at + near + 1).min(list.len())].to_vec())
        };
        let off: Vec<f64> =
            changes.iter().enumerate().map(|(at, change)| change - around(&changes, at, NEAR)).collect();
        let sizes: Vec<f64> = off.iter().map(|off| off.abs()).collect();
        let values = || weeks.iter().map(|(_, value)| *value);
        let range = values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min);
        // A figure that hardly ever changes has no noise to measure: then a small part of its range.
        let usual = (FROM_MEDIAN * median(sizes.clone())).max(range * 5e-5).max(1e-9);
        let noise: Vec<f64> = (0..sizes.len())
            .map(|at| (FROM_MEDIAN * around(&sizes, at, AROUND) / usual).clamp(0.2, 5.0))
            .collect();
        let jumped: Vec<bool> =
            sizes.iter().zip(&noise).map(|(size, noise)| *size > JUMP * usual * noise).collect();
        let (unit, pace) = (usual * 7.0 / 1.5, range / length.max(1.0));
        let points = points(&weeks, &jumped, &noise);
        let mut history = Self {
            jumps: jumps(&weeks, &off, &jumped),
            last,
            unit,
            pace: (3.0 * pace + usual) / unit,
            swing: (40.0 * pace + 7.0 * usual) / unit,
            growing: None,
            columns: Vec::new(),
            points,
        };
        history.columns = history.shared_columns();
        Some(history)
    }

    /// The same with seasons that move the figure more the larger it is.
    pub(super) fn with_growing_seasons(&self) -> Self {
        let quarter = (self.points.len() / 4).max(1);
        let middle = |points: &[Point]| {
            let count = points.len() as f64;
            let sum = |of: &dyn Fn(&Point) -> f64| points.iter().map(of).sum::<f64>() / count;
            (sum(&|point| point.day), sum(&|point| point.value))
        };
        let (first, last) =
            (middle(&self.points[..quarter]), middle(&self.points[self.points.len() - quarter..]));
        let mean = f64::midpoint(first.1, last.1).abs().max(1e-9);
        let gain = (last.1 - first.1) / (last.0 - first.0).max(1.0);
        let mut history = self.clone();
        history.growing = Some(((first.1 - gain * first.0) / mean, gain / mean));
        history.columns = history.shared_columns();
        history
    }

    fn shared_columns(&self) -> Vec<Vec<f64>> {
        let column = |of: &dyn Fn(f64) -> f64| self.points.iter().map(|point| of(point.day)).collect();
        let mut columns = vec![column(&|day| day)];
        columns.extend((0..4).map(|at| column(&|day| self.seasons_on(day)[at])));
        columns
    }

    /// The seasons on a day.
    pub(super) fn seasons_on(&self, day: f64) -> [f64; 4] {
        let size = self.growing.map_or(1.0, |(at_first, a_day)| (at_first + a_day * day).max(0.05));
        season(day).map(|one| one * size)
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    pub(super) fn jumps(&self) -> Jumps {
        self.jumps
    }

    pub(super) fn unit(&self) -> f64 {
        self.unit
    }

    pub(super) fn pace(&self) -> f64 {
        self.pace
    }

    pub(super) fn swing(&self) -> f64 {
        self.swing
    }

    pub(super) fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    pub(super) fn last_day(&self) -> Date {
        self.last
    }

    /// The last point's day, counted from the first.
    pub(super) fn end(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.day)
    }

    /// How noisy it is now.
    pub(super) fn noise_now(&self) -> f64 {
        self.points.last().map_or(1.0, |point| point.noise)
    }

    /// How many days it covers.
    #[expect(clippy::cast_possible_truncation, reason = "a number of days that came from dates")]
    pub(super) fn length(&self) -> i32 {
        self.end() as i32
    }

    pub(super) fn days_after(&self, day: Date) -> i32 {
        (day - self.last).get_days()
    }
}

fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied().unwrap_or(0.0)
}

/// The last known value of each week, counted back from the last day, so that all stand on one day of the week where
/// nothing is missing.
fn weekly(days: &[(Date, f64)], length: f64, since: impl Fn(Date) -> f64) -> Vec<(f64, f64)> {
    let week = |day: f64| ((length - day) / 7.0).floor();
    let mut weeks: Vec<(f64, f64)> = Vec::new();
    for (day, value) in days.iter().rev() {
        let day = since(*day);
        if weeks.last().is_none_or(|(last, _)| week(day) > week(*last)) {
            weeks.push((day, *value));
        }
    }
    weeks.reverse();
    weeks
}

/// Every week of the last year, and of older ones each fourth: there they say little more.
fn points(weeks: &[(f64, f64)], jumped: &[bool], noise: &[f64]) -> Vec<Point> {
    let end = weeks.last().map_or(0.0, |(day, _)| *day);
    let place = |day: f64| {
        let back = end - day;
        if back < 371.0 { (back / 7.0).floor() } else { 53.0 + ((back - 371.0) / 28.0).floor() }
    };
    let mut points: Vec<Point> = Vec::new();
    for at in (0..weeks.len()).rev() {
        let (day, value) = weeks[at];
        if points.last().is_none_or(|last| place(day) > place(last.day)) {
            points.push(Point { day, value, jumped: false, noise: noise[at.max(1) - 1] });
        }
        if at > 0
            && jumped[at - 1]
            && let Some(last) = points.last_mut()
        {
            last.jumped = true;
        }
    }
    points.reverse();
    points
}

/// Weeks of jumps that follow one another are one.
fn jumps(weeks: &[(f64, f64)], off: &[f64], jumped: &[bool]) -> Jumps {
    let mut sizes: Vec<f64> = Vec::new();
    let mut was_jump = false;
    for ((is_jump, off), two) in jumped.iter().zip(off).zip(weeks.windows(2)) {
        if *is_jump {
            let size = off * (two[1].0 - two[0].0);
            match sizes.last_mut().filter(|_| was_jump) {
                Some(last) => *last += size,
                None => sizes.push(size),
            }
        }
        was_jump = *is_jump;
    }
    if sizes.is_empty() {
        return Jumps::default();
    }
    let (count, length) = (sizes.len() as f64, weeks.last().map_or(1.0, |(day, _)| day.max(1.0)));
    let size = sizes.iter().sum::<f64>() / count;
    let variance = sizes.iter().map(|one| (one - size).powi(2)).sum::<f64>() / count;
    Jumps { a_day: count / length, size, deviation: variance.sqrt().max(0.3 * size.abs()) }
}
