//! The history of a figure, as targets read it: days with values.

use std::collections::BTreeMap;

use jiff::ToSpan;

use super::shown;
use crate::domain::{
    figure::{Day, FigureName, Measure},
    segment::Shown,
    time::Date,
};

/// What happens by the day is added up over so many days, so that on 31 March it is the fiscal year's number.
pub const SUM_DAYS: i32 = 365;
/// Of these so many have to be known. Those that are not count as the mean of the others.
const FEWEST_KNOWN: usize = 347;

/// The history of a figure: states as they are, what happens by the day as the sum of the last [`SUM_DAYS`]. Days that are
/// not known, or of which so few people are counted that they are not shown, are gaps.
pub fn history(days: &[Day], figure: &FigureName) -> Vec<(Date, f64)> {
    let known = days.iter().filter_map(|day| Some((day.day, value(day, figure)?)));
    match figure.measure() {
        Measure::State => known.map(|(day, value)| (day, value as f64)).collect(),
        Measure::Daily => sums(&known.collect()),
    }
}

fn value(day: &Day, figure: &FigureName) -> Option<u64> {
    match shown(day, figure)? {
        Shown::Exactly(value) => Some(value),
        Shown::Hidden | Shown::AllButAFew => None,
    }
}

fn sums(known: &BTreeMap<Date, u64>) -> Vec<(Date, f64)> {
    let (mut sum, mut count, mut sums) = (0, 0, Vec::new());
    let mut oldest = known.iter().peekable();
    for (day, value) in known {
        sum += value;
        count += 1;
        let from = day.saturating_sub((SUM_DAYS - 1).days());
        while let Some((_, gone)) = oldest.next_if(|(old, _)| **old < from) {
            sum -= gone;
            count -= 1;
        }
        if count >= FEWEST_KNOWN {
            sums.push((*day, sum as f64 * f64::from(SUM_DAYS) / count as f64));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{figure::Own, time::Timestamp};

    fn day(number: i32, counts: &[(FigureName, u64)]) -> Day {
        let own = Own { counted: Timestamp::UNIX_EPOCH, counts: counts.iter().cloned().collect() };
        Day { own: Some(own), ..Day::new(date(2025, 4, 1).saturating_add(number.days())) }
    }

    #[test]
    fn a_few_people_are_a_gap_and_so_is_what_is_not_known() {
        let few = |count| [(FigureName::OwnFriends, 100), (FigureName::Registered, count)];
        let days = [day(0, &few(4)), day(1, &few(5)), day(2, &[]), day(3, &few(98)), day(4, &few(90))];
        let known: Vec<f64> =
            history(&days, &FigureName::Registered).into_iter().map(|(_, value)| value).collect();
        assert_eq!(known, [5.0, 90.0]);
        assert_eq!(history(&days, &FigureName::OwnFriends).len(), 4);
    }

    #[test]
    fn what_happens_by_the_day_is_the_sum_of_a_year_once_a_year_is_known() {
        let mut days: Vec<Day> = (0..730).map(|number| day(number, &[(FigureName::Questions, 2)])).collect();
        let all = history(&days, &FigureName::Questions);
        assert_eq!((all[0].0, all.len()), (date(2026, 3, 13), 384), "a year but 18 days that may be gaps");
        assert!(all.iter().all(|(_, sum)| (sum - 730.0).abs() < 1e-9));
        // The last year has 19 gaps: one too many.
        days.drain(600..619);
        let last = history(&days, &FigureName::Questions);
        assert!(last.last().unwrap().0 < date(2027, 3, 1), "{:?}", last.last());
        days.truncate(300);
        assert!(history(&days, &FigureName::Questions).is_empty());
    }
}
