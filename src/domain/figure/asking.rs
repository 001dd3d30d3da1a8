//! Of which day LINE is asked next: the newest first, then back to the account's first day. It follows from what is
//! stored alone, so that a restart goes on where it was.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan, tz::TimeZone};

use super::{Day, Said};
use crate::domain::time::{Date, Timestamp};

/// LINE has no numbers from before this day (Messaging API, "Get number of followers").
pub const FIRST_DAY: Date = jiff::civil::date(2016, 11, 1);
/// After so many days in a row without anybody the account's first day lies behind us.
const EMPTY_IN_A_ROW: u32 = 30;
/// Days whose numbers are looked at again every day, since LINE may correct them: the last seven that can be ready.
const CORRECTED_WITHIN: i64 = 8;
/// Days that are not ready are asked for each hour while they are as young as this.
const SOON_READY: i64 = 7;
/// Older ones each day, and after this each week.
const LATE_READY: i64 = 60;
/// A day that was asked for so often and is still not ready stays a gap.
const MOST_TIMES: u32 = 500;

/// The day at LINE, which counts by Japan's (UTC+9).
pub fn today_of_line(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(jiff::tz::offset(9))).date()
}

/// The next day to ask for; `None`: none is due.
pub fn next_day(days: &BTreeMap<Date, Day>, now: Timestamp) -> Option<Date> {
    let today = today_of_line(now);
    let (mut day, mut age, mut empty) = (today.yesterday().ok()?, 1, 0);
    while day >= FIRST_DAY && empty < EMPTY_IN_A_ROW {
        let Some(line) = days.get(&day).and_then(|known| known.line.as_ref()) else { return Some(day) };
        let pause = match line.said {
            Said::Ready(_) | Said::OutOfService if age <= CORRECTED_WITHIN => {
                Some(SignedDuration::from_hours(24))
            }
            Said::Ready(_) | Said::OutOfService => None,
            Said::Unready | Said::Unknown(_) if line.times >= MOST_TIMES => None,
            Said::Unready | Said::Unknown(_) if age <= SOON_READY => Some(SignedDuration::from_hours(1)),
            Said::Unready | Said::Unknown(_) if age <= LATE_READY => Some(SignedDuration::from_hours(24)),
            Said::Unready | Said::Unknown(_) => Some(SignedDuration::from_hours(7 * 24)),
        };
        if pause.is_some_and(|pause| now.duration_since(line.asked) >= pause) {
            return Some(day);
        }
        let is_empty = match &line.said {
            Said::Ready(figures) => figures.is_empty(),
            Said::OutOfService => true,
            // Young ones will be ready.
            Said::Unready | Said::Unknown(_) => age > SOON_READY,
        };
        empty = if is_empty { empty + 1 } else { 0 };
        day = day.checked_sub(1.day()).ok()?;
        age += 1;
    }
    None
}

/// Of how many days LINE was asked within the last so long.
pub fn asked_within(days: &BTreeMap<Date, Day>, time: SignedDuration, now: Timestamp) -> usize {
    let asked = days.values().filter_map(|known| known.line.as_ref().map(|line| line.asked));
    asked.filter(|asked| now.duration_since(*asked) < time).count()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::figure::LineFigures;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn ready(followers: u64) -> Said {
        Said::Ready(LineFigures { followers: Some(followers), blocks: Some(0), reaches: None })
    }

    fn hear(days: &mut BTreeMap<Date, Day>, day: Date, said: Said, now: Timestamp) {
        days.entry(day).or_insert_with(|| Day::new(day)).hear(said, now);
    }

    #[test]
    fn the_day_at_line_is_that_of_japan() {
        assert_eq!(today_of_line(at("2026-11-28T14:59:59Z")), date(2026, 11, 28));
        assert_eq!(today_of_line(at("2026-11-28T15:00:00Z")), date(2026, 11, 29));
    }

    #[test]
    fn the_newest_comes_first_then_it_goes_back_until_thirty_days_without_anybody() {
        let (mut days, now) = (BTreeMap::new(), at("2026-11-28T03:00:00Z"));
        let first = date(2026, 10, 1);
        let mut asked = Vec::new();
        while let Some(day) = next_day(&days, now) {
            asked.push(day);
            let said = match day {
                day if day == date(2026, 11, 27) => Said::Unready,
                // A hole of LINE's own.
                day if (date(2026, 10, 10)..date(2026, 10, 30)).contains(&day) => Said::OutOfService,
                day if day < first => Said::OutOfService,
                _ => ready(1),
            };
            hear(&mut days, day, said, now);
        }
        assert_eq!((asked[0], asked[1]), (date(2026, 11, 27), date(2026, 11, 26)));
        assert!(asked.windows(2).all(|two| two[0] > two[1]), "{asked:?}");
        assert_eq!(asked.last(), Some(&date(2026, 9, 1)), "thirty days before the first one");
        assert_eq!(asked_within(&days, SignedDuration::from_hours(1), now), asked.len());
        assert_eq!(asked_within(&days, SignedDuration::from_hours(1), at("2026-11-28T04:00:00Z")), 0);
    }

    #[test]
    fn it_never_asks_for_days_from_before_there_were_numbers() {
        let (mut days, now) = (BTreeMap::new(), at("2016-12-01T00:00:00Z"));
        let mut last = None;
        while let Some(day) = next_day(&days, now) {
            last = Some(day);
            hear(&mut days, day, ready(1), now);
        }
        assert_eq!(last, Some(FIRST_DAY));
    }

    #[test]
    fn an_unready_day_is_asked_for_each_hour_and_a_young_one_that_is_ready_each_day() {
        let (mut days, start) = (BTreeMap::new(), at("2026-11-28T03:00:00Z"));
        while let Some(day) = next_day(&days, start) {
            let said = match day {
                day if day == date(2026, 11, 27) => Said::Unready,
                day if day < date(2026, 11, 10) => Said::OutOfService,
                _ => ready(1),
            };
            hear(&mut days, day, said, start);
        }
        let minutes = |minutes: i64| start + SignedDuration::from_mins(minutes);
        assert_eq!(next_day(&days, minutes(59)), None);
        assert_eq!(next_day(&days, minutes(60)), Some(date(2026, 11, 27)));
        hear(&mut days, date(2026, 11, 27), ready(2), minutes(60));
        assert_eq!(next_day(&days, minutes(61)), None);
        // A day later: the new yesterday, the last seven again, and nothing older.
        let later = minutes(25 * 60);
        let mut asked = Vec::new();
        while let Some(day) = next_day(&days, later) {
            asked.push(day);
            hear(&mut days, day, ready(3), later);
        }
        let expected: Vec<Date> = (21..=28).rev().map(|day| date(2026, 11, day)).collect();
        assert_eq!(asked, expected);
        let corrected = days[&date(2026, 11, 21)].line.as_ref().unwrap();
        assert_eq!(corrected.corrections.len(), 1);
        assert!(days[&date(2026, 11, 20)].line.as_ref().unwrap().corrections.is_empty());
    }

    #[test]
    fn old_days_that_never_become_ready_do_not_hold_up_the_others_nor_use_up_the_calls() {
        let (mut days, start) = (BTreeMap::new(), at("2026-11-28T03:00:00Z"));
        let hole = date(2026, 8, 1);
        let says = |day: Date| match day {
            day if day == hole => Said::Unknown("maintenance".into()),
            day if day < date(2026, 6, 1) => Said::OutOfService,
            _ => ready(1),
        };
        let mut calls = 0;
        for hour in 0..24 * 20 {
            let now = start + SignedDuration::from_hours(hour);
            while let Some(day) = next_day(&days, now) {
                calls += usize::from(day == hole);
                hear(&mut days, day, says(day), now);
            }
        }
        assert!(days.contains_key(&date(2026, 6, 1)), "the days before the hole were asked for");
        assert_eq!(calls, 3, "at once and after each week");
    }
}
