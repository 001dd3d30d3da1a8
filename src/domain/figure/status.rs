//! How a target stands, by one rule that is written beside it wherever it is shown; and when staff are told.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::{
    forecast::Forecast,
    pace,
    target::{Better, Point, Target},
};
use crate::domain::time::Date;

/// A value that is older says nothing of today.
pub const STALE_DAYS: i32 = 35;
/// A status has to be better for so many days before a new worsening is told.
pub const CALM_DAYS: i32 = 28;

/// How a target stands, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The figure is where the goal wants it.
    Met,
    /// The middle of the forecast reaches the goal by its day.
    OnTheWay,
    /// The middle does not reach it, the better end of the 80 % interval does.
    AtRisk,
    /// Not even the better end reaches it, or the day of the last goal is past.
    Behind,
    /// There is too little to say it: no value of the last [`STALE_DAYS`] days, or a history of less than 12 weeks.
    Unknown,
}

impl Status {
    /// All.
    pub const ALL: [Self; 5] = [Self::Met, Self::OnTheWay, Self::AtRisk, Self::Behind, Self::Unknown];

    /// The name in answers and in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::OnTheWay => "on-the-way",
            Self::AtRisk => "at-risk",
            Self::Behind => "behind",
            Self::Unknown => "unknown",
        }
    }
}

/// Judges a target by its history up to `today`. The same rule, in words: `target-rule-…` in the catalogue.
pub fn judge(target: &Target, days: &[(Date, f64)], forecast: Option<&Forecast>, today: Date) -> Status {
    let Some((day, value)) = pace::latest(days) else { return Status::Unknown };
    let Some(goal) = target.goal_on(today) else { return Status::Unknown };
    if (today - day).get_days() > STALE_DAYS {
        return Status::Unknown;
    }
    if target.better.reaches(value, goal.value as f64) {
        return Status::Met;
    }
    if goal.day <= day {
        return Status::Behind;
    }
    forecast.map_or(Status::Unknown, |forecast| by_forecast(target, forecast, goal))
}

fn by_forecast(target: &Target, forecast: &Forecast, goal: Point) -> Status {
    let (band, value) = (forecast.on(goal.day), goal.value as f64);
    let best = match target.better {
        Better::More => band.high,
        Better::Fewer => band.low,
    };
    if target.better.reaches(band.likely, value) {
        Status::OnTheWay
    } else if target.better.reaches(best, value) {
        Status::AtRisk
    } else {
        Status::Behind
    }
}

/// What staff were told last. A worsening is told once: a status that swings to and fro is not told each time, and one
/// that is unknown for a while is neither better nor worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The status that staff know.
    pub known: Status,
    /// Since when it has been better than that without a break.
    pub better_since: Option<Date>,
}

impl Watch {
    /// A target that is looked at for the first time: its status is taken as known.
    pub fn new(status: Status) -> Self {
        Self { known: status, better_since: None }
    }

    /// Another look; gives whether staff are to be told.
    #[must_use]
    pub fn look(&mut self, status: Status, today: Date) -> bool {
        if status == Status::Unknown {
            return false;
        }
        if self.known == Status::Unknown {
            self.known = status;
            return false;
        }
        if status > self.known {
            *self = Self::new(status);
            return true;
        }
        if status == self.known {
            self.better_since = None;
            return false;
        }
        let since = *self.better_since.get_or_insert(today);
        if today >= since.saturating_add(CALM_DAYS.days()) {
            *self = Self::new(status);
        }
        false
    }
}

/// A worsening that staff are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worsening {
    /// What it was.
    pub from: Status,
    /// What it is.
    pub to: Status,
    /// Since when.
    pub day: Date,
    /// Whether the staff group is still to be told by LINE.
    pub line_due: bool,
}

/// Everything that is kept of how a target is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// What staff know.
    pub watch: Watch,
    /// The last worsening.
    pub worsening: Option<Worsening>,
}

impl Watched {
    /// Another look; gives whether staff are to be told of [`Self::worsening`].
    #[must_use]
    pub fn look(&mut self, status: Status, today: Date, by_line: bool) -> bool {
        let from = self.watch.known;
        let is_worse = self.watch.look(status, today);
        if is_worse {
            self.worsening = Some(Worsening { from, to: status, day: today, line_due: by_line });
        }
        is_worse
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::figure::tests::friends;

    /// A figure that grows by so many a day until 27 November 2026, when it is at `last`.
    fn history(days: i32, last: f64, pace: f64) -> Vec<(Date, f64)> {
        let end = date(2026, 11, 27);
        let day = |back: i32| (end.saturating_sub(back.days()), last - pace * f64::from(back));
        (0..days).rev().map(day).collect()
    }

    fn of(target: &Target, days: &[(Date, f64)]) -> Status {
        judge(target, days, Forecast::new(days).as_ref(), date(2026, 11, 28))
    }

    #[test]
    fn the_forecast_at_the_goal_decides() {
        // 124 days are left until 100,000 are wanted.
        let target = friends();
        assert_eq!(of(&target, &history(600, 100_000.0, 10.0)), Status::Met);
        assert_eq!(of(&target, &history(600, 90_000.0, 100.0)), Status::OnTheWay);
        assert_eq!(of(&target, &history(600, 90_000.0, 50.0)), Status::Behind);
        assert_eq!(of(&target, &history(60, 90_000.0, 100.0)), Status::Unknown, "a short history");
        assert_eq!(of(&target, &[]), Status::Unknown);
        let mut stale = history(600, 90_000.0, 100.0);
        stale.retain(|(day, _)| *day < date(2026, 10, 20));
        assert_eq!(of(&target, &stale), Status::Unknown);
    }

    #[test]
    fn between_the_middle_and_the_better_end_it_is_at_risk() {
        // The forecast's own middle and end, so that the rule is tried and no number is guessed.
        let noisy: Vec<(Date, f64)> = history(600, 90_000.0, 50.0)
            .into_iter()
            .zip(0..)
            .map(|((day, value), at)| (day, value + f64::from((at * 7_919) % 1_009)))
            .collect();
        let forecast = Forecast::new(&noisy).unwrap();
        let band = forecast.on(date(2027, 3, 31));
        let mut target = friends();
        let mut status = |value: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of people")]
            let value = value as u64;
            target.goals[0].value = value;
            judge(&target, &noisy, Some(&forecast), date(2026, 11, 28))
        };
        assert_eq!(status(band.likely - 1.0), Status::OnTheWay);
        assert_eq!(status(band.likely + 2.0), Status::AtRisk);
        assert_eq!(status(band.high - 1.0), Status::AtRisk);
        assert_eq!(status(band.high + 2.0), Status::Behind);
    }

    #[test]
    fn fewer_can_be_better_and_a_missed_end_is_behind() {
        let mut target = friends();
        target.better = Better::Fewer;
        target.baseline.value = 9_000;
        target.goals = vec![Point { day: date(2027, 3, 31), value: 1_000 }];
        assert_eq!(of(&target, &history(600, 900.0, -10.0)), Status::Met);
        assert_eq!(of(&target, &history(600, 2_000.0, -10.0)), Status::OnTheWay);
        assert_eq!(of(&target, &history(600, 2_000.0, 0.0)), Status::Behind);
        target.goals[0].day = date(2026, 3, 31);
        assert_eq!(of(&target, &history(600, 2_000.0, -10.0)), Status::Behind);
    }

    #[test]
    fn a_worsening_is_told_once_and_again_only_after_four_calm_weeks() {
        use Status::{AtRisk, Behind, OnTheWay, Unknown};
        let day = |number: i32| date(2026, 1, 1).saturating_add(number.days());
        let mut watch = Watch::new(Unknown);
        assert!(!watch.look(AtRisk, day(0)), "the first status that is known is no worsening");
        let told = |watch: &mut Watch, list: &[(i32, Status)]| -> Vec<i32> {
            list.iter().filter(|(at, status)| watch.look(*status, day(*at))).map(|(at, _)| *at).collect()
        };
        let swings =
            [(1, OnTheWay), (2, AtRisk), (3, OnTheWay), (4, Unknown), (5, AtRisk), (6, Behind), (7, Behind)];
        assert_eq!(told(&mut watch, &swings), [6]);
        let better = [
            (10, OnTheWay),
            (30, OnTheWay),
            (37, Behind),
            (40, OnTheWay),
            (67, AtRisk),
            (68, AtRisk),
            (69, Behind),
        ];
        assert_eq!(
            told(&mut watch, &better),
            [69],
            "a break begins the count anew; after 28 days it counts as better"
        );
    }
}
