//! How fast a figure moves, and how fast it would have to.

use jiff::ToSpan;

use super::target::Point;
use crate::domain::time::Date;

/// The times over which the pace is measured, in days: whole weeks, so that weekends count alike.
pub const LENGTHS: [i32; 3] = [7, 28, 91];

/// The last day with a value, and the value.
pub fn latest(days: &[(Date, f64)]) -> Option<(Date, f64)> {
    days.last().copied()
}

/// The pace of the last so many days before the last known day, in units a day. Where that day is a gap, the last known
/// one before it counts, if it is not farther back than a quarter of the time. `None`: it is not known.
pub fn measured(days: &[(Date, f64)], length: i32) -> Option<f64> {
    let (last, value) = latest(days)?;
    let from = last.saturating_sub(length.days());
    let earliest = from.saturating_sub((length / 4).days());
    let (first, before) = *days.iter().rev().find(|(day, _)| *day <= from)?;
    (first >= earliest).then(|| (value - before) / f64::from((last - first).get_days()))
}

/// The pace that leads from here to a goal, in units a day. `None`: its day is not to come any more.
pub fn needed((day, value): (Date, f64), goal: Point) -> Option<f64> {
    let left = (goal.day - day).get_days();
    (left > 0).then(|| (goal.value as f64 - value) / f64::from(left))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn days(list: &[(i8, f64)]) -> Vec<(Date, f64)> {
        list.iter().map(|(day, value)| (date(2026, 11, *day), *value)).collect()
    }

    #[test]
    fn the_pace_is_measured_over_known_days() {
        let all: Vec<(i8, f64)> = (1..=28).map(|day| (day, f64::from(day) * 2.0)).collect();
        assert_eq!(measured(&days(&all), 7), Some(2.0));
        assert_eq!(measured(&days(&all), 28), None, "there is nothing 28 days before");
        assert_eq!(measured(&[], 7), None);
        // The 21st is a gap: the 20th counts, over eight days. From the 19th on it is too far back.
        assert_eq!(measured(&days(&[(20, 100.0), (28, 116.0)]), 7), Some(2.0));
        assert_eq!(measured(&days(&[(19, 100.0), (28, 116.0)]), 7), None);
    }

    #[test]
    fn what_is_needed_is_spread_over_the_days_that_are_left() {
        let goal = Point { day: date(2026, 12, 8), value: 150 };
        assert_eq!(needed((date(2026, 11, 28), 100.0), goal), Some(5.0));
        assert_eq!(needed((date(2026, 12, 8), 100.0), goal), None);
        assert_eq!(needed((date(2026, 11, 28), 200.0), goal), Some(-5.0));
    }
}
