//! A target as a picture: what was, where it should be, where it leads. Pure; the template draws it as SVG, with the numbers
//! as a table below.

use jiff::{ToSpan, civil::Date};

use super::{
    super::chart::{HEIGHT, WIDTH, ticks},
    words::{Words, number},
};
use crate::{domain::figure::forecast::Band, journeys::targets::Outlook};

const LEFT: f64 = 150.0;
const RIGHT: f64 = WIDTH as f64 - 40.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = HEIGHT as f64 - 70.0;
/// Points of a longer history are one a week.
const DAYS_DRAWN: usize = 400;
/// A longer gap is left open.
const GAP_DAYS: i32 = 14;
/// So far the forecast is drawn, beyond the last goal not.
const FARTHEST_YEARS: i32 = 6;
const MOST_YEARS: i16 = 12;

/// A row of the table: day, value, where it should be, the forecast's low, middle and high.
pub(in crate::web::console) struct Row {
    pub(in crate::web::console) day: Date,
    pub(in crate::web::console) value: Option<f64>,
    pub(in crate::web::console) planned: Option<f64>,
    pub(in crate::web::console) band: Option<Band>,
}

/// Everything that the template draws.
pub(super) struct Drawing {
    pub(super) title: String,
    /// The picture in a sentence.
    pub(super) says: String,
    /// Lines of what was, one between gaps.
    pub(super) facts: Vec<String>,
    pub(super) planned: String,
    pub(super) likely: String,
    pub(super) band: String,
    /// Place and label of each goal.
    pub(super) goals: Vec<(i64, i64, String)>,
    pub(super) ticks: Vec<(i64, String)>,
    pub(super) years: Vec<(i64, String)>,
    /// Day, value, planned, low to high, middle; for people.
    pub(super) rows: Vec<[String; 5]>,
}

struct Scale {
    first: Date,
    days: f64,
    top: f64,
}

impl Scale {
    fn x(&self, day: Date) -> f64 {
        let part = f64::from((day - self.first).get_days()) / self.days;
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (value / self.top).clamp(0.0, 1.0)
    }

    fn at(&self, day: Date, value: f64) -> String {
        format!("{:.0},{:.0}", self.x(day), self.y(value))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place within a picture")]
fn place(value: f64) -> i64 {
    value.round() as i64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
fn ceiling(value: f64) -> u64 {
    value.max(0.0).ceil() as u64
}

/// The end of each month of what is known, then of each third month up to the last goal, and each goal's day.
pub(in crate::web::console) fn rows(outlook: &Outlook) -> Vec<Row> {
    let target = &outlook.target.value;
    let mut rows: Vec<Row> = Vec::new();
    for (day, value) in &outlook.days {
        let row = Row { day: *day, value: Some(*value), planned: target.planned(*day), band: None };
        match rows.last_mut().filter(|last| last.day.first_of_month() == day.first_of_month()) {
            Some(last) => *last = row,
            None => rows.push(row),
        }
    }
    let Some(forecast) = &outlook.forecast else { return rows };
    let last = forecast.last_day();
    let farthest = last.saturating_add(FARTHEST_YEARS.years());
    let end = target.goals.last().map_or(last, |goal| goal.day).min(farthest);
    let mut days: Vec<Date> = target.goals.iter().map(|goal| goal.day).collect();
    let mut day = last.last_of_month();
    while day <= end {
        days.push(day);
        day = day.first_of_month().saturating_add(3.months()).last_of_month();
    }
    days.retain(|day| *day > last && *day <= end);
    days.sort_unstable();
    days.dedup();
    let ahead = days.into_iter();
    rows.extend(ahead.map(|day| Row {
        day,
        value: None,
        planned: target.planned(day),
        band: Some(forecast.on(day)),
    }));
    rows
}

impl Drawing {
    /// Draws a target; `None`: nothing is known of its figure.
    pub(super) fn new(words: &Words<'_>, outlook: &Outlook) -> Option<Self> {
        let target = &outlook.target.value;
        let (last, value) = outlook.now()?;
        let rows = rows(outlook);
        let ahead = || rows.iter().filter_map(|row| row.band.map(|band| (row.day, band)));
        let first = outlook.days.first()?.0.min(target.baseline.day);
        let end = target.goals.last().map_or(last, |goal| goal.day.max(last));
        let end = end.min(last.saturating_add(FARTHEST_YEARS.years()));
        let known = outlook.days.iter().map(|(_, value)| *value);
        let wanted = target.goals.iter().map(|goal| goal.value as f64);
        let coming = ahead().map(|(_, band)| band.high);
        let highest = known.chain(wanted).chain(coming).fold(target.baseline.value as f64, f64::max);
        let ticks = ticks(ceiling(highest));
        let scale = Scale {
            first,
            days: f64::from((end - first).get_days()).max(1.0),
            top: ticks.last().map_or(1.0, |top| *top as f64),
        };
        let line = |points: &mut dyn Iterator<Item = (Date, f64)>| {
            points.map(|(day, value)| scale.at(day, value)).collect::<Vec<_>>().join(" ")
        };
        let goals = target.goals.iter().filter(|goal| goal.day <= end);
        let start = std::iter::once((target.baseline.day, target.baseline.value as f64));
        let mut way = start.chain(goals.clone().map(|goal| (goal.day, goal.value as f64)));
        let now = (last, Band { low: value, likely: value, high: value });
        let upper = std::iter::once(now).chain(ahead()).map(|(day, band)| (day, band.high));
        let lower: Vec<(Date, f64)> =
            std::iter::once(now).chain(ahead()).map(|(day, band)| (day, band.low)).collect();
        let has_forecast = outlook.forecast.is_some();
        let only = |text: String| if has_forecast { text } else { String::new() };
        let title = words.with("target-chart", &[("name", target.name.as_str())]);
        Some(Self {
            says: says(words, outlook, &title),
            facts: facts(&scale, &outlook.days),
            planned: line(&mut way),
            likely: only(line(
                &mut std::iter::once(now).chain(ahead()).map(|(day, band)| (day, band.likely)),
            )),
            band: only(line(&mut upper.chain(lower.into_iter().rev()))),
            goals: goals
                .map(|goal| {
                    let value = goal.value as f64;
                    (place(scale.x(goal.day)), place(scale.y(value)), number(value))
                })
                .collect(),
            ticks: ticks.into_iter().map(|tick| (place(scale.y(tick as f64)), number(tick as f64))).collect(),
            years: years(&scale, first, end),
            rows: rows.iter().map(|row| table_row(words, row)).collect(),
            title,
        })
    }
}

fn says(words: &Words<'_>, outlook: &Outlook, title: &str) -> String {
    let mut says = title.to_owned();
    if let Some((day, value)) = outlook.now() {
        let values = [("day", &words.day(day)[..]), ("value", &number(value))];
        says += &format!(" {}", words.with("target-now", &values));
    }
    if let (Some(goal), Some(band)) = (outlook.goal, outlook.at_goal) {
        let values = [
            ("day", &words.day(goal.day)[..]),
            ("low", &number(band.low)),
            ("likely", &number(band.likely)),
            ("high", &number(band.high)),
        ];
        says += &format!(" {}", words.with("target-at-goal", &values));
    }
    says
}

fn facts(scale: &Scale, days: &[(Date, f64)]) -> Vec<String> {
    let every = if days.len() > DAYS_DRAWN { 7 } else { 1 };
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut before: Option<Date> = None;
    for (at, (day, value)) in days.iter().enumerate() {
        let is_after_gap = before.is_none_or(|before| (*day - before).get_days() > GAP_DAYS);
        before = Some(*day);
        if is_after_gap {
            lines.push(Vec::new());
        } else if at % every != 0 && at + 1 != days.len() {
            continue;
        }
        if let Some(line) = lines.last_mut() {
            line.push(scale.at(*day, *value));
        }
    }
    // A line of one point would not be seen.
    let doubled = |mut line: Vec<String>| {
        if line.len() == 1 {
            line.push(line[0].clone());
        }
        line.join(" ")
    };
    lines.into_iter().map(doubled).collect()
}

/// 1 April of each fiscal year; of many years each second, third …
fn years(scale: &Scale, first: Date, end: Date) -> Vec<(i64, String)> {
    let count = end.year() - first.year();
    let every = usize::try_from((count / MOST_YEARS).max(0)).unwrap_or(0) + 1;
    let april = (first.year()..=end.year()).map(|year| jiff::civil::date(year, 4, 1));
    let within = april.filter(|day| *day >= first && *day <= end);
    within.step_by(every).map(|day| (place(scale.x(day)), format!("{}.4", day.year()))).collect()
}

fn table_row(words: &Words<'_>, row: &Row) -> [String; 5] {
    let or_dash = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), number);
    let between = row
        .band
        .map_or_else(|| "—".to_owned(), |band| format!("{} – {}", number(band.low), number(band.high)));
    [
        words.day(row.day),
        or_dash(row.value),
        or_dash(row.planned),
        or_dash(row.band.map(|band| band.likely)),
        between,
    ]
}
