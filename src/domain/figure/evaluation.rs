//! The yearly check of a target (PDCA): one mark a fiscal year, with its reason and what is done next.

use serde::{Deserialize, Serialize};

use super::{
    fiscal::FiscalYear,
    target::{Point, Target},
};
use crate::domain::{
    id::StaffId,
    time::{Date, Timestamp},
};

/// The longest reason or next step, in characters.
pub const LONGEST: usize = 1_000;
/// From this part of the way on it was nearly reached.
const NEARLY: f64 = 0.8;

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// ◎: what was planned for the year was reached.
    Reached,
    /// ○: it was nearly reached, at least four fifths of the way.
    Nearly,
    /// △: it was not.
    Missed,
    /// —: it cannot be judged.
    None,
}

impl Mark {
    /// All, as they stand in a form.
    pub const ALL: [Self; 4] = [Self::Reached, Self::Nearly, Self::Missed, Self::None];

    /// The sign that plans use.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Reached => "◎",
            Self::Nearly => "○",
            Self::Missed => "△",
            Self::None => "—",
        }
    }

    /// The name in forms and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Nearly => "nearly",
            Self::Missed => "missed",
            Self::None => "none",
        }
    }

    /// What the numbers say: how far of the planned way the figure has come. Staff may decide otherwise, with a reason.
    pub fn suggested(target: &Target, value: Option<f64>, day: Date) -> Self {
        let (Some(value), Some(planned)) = (value, target.planned(day)) else { return Self::None };
        if target.better.reaches(value, planned) {
            return Self::Reached;
        }
        let from = target.baseline.value as f64;
        if (planned - from).abs() > f64::EPSILON && (value - from) / (planned - from) >= NEARLY {
            Self::Nearly
        } else {
            Self::Missed
        }
    }
}

/// The check of one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The year.
    pub year: FiscalYear,
    /// The mark.
    pub mark: Mark,
    /// The value and the day of which it was judged: of a year that is not over, the last one known. `None`: there was none.
    pub value: Option<Point>,
    /// What was planned for that day, rounded.
    pub planned: Option<u64>,
    /// Why it is so.
    pub reason: String,
    /// What is done next.
    pub next_step: String,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it; `None`: the command line.
    pub by: Option<StaffId>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// A △ and a — need a reason.
    Reason,
    /// A △ needs a next step.
    NextStep,
    /// A text is longer than [`LONGEST`].
    Shorter,
}

impl Evaluation {
    /// What is missing; empty: nothing.
    pub fn check(&self) -> Vec<Lacking> {
        let mut lacking = Vec::new();
        if matches!(self.mark, Mark::Missed | Mark::None) && self.reason.trim().is_empty() {
            lacking.push(Lacking::Reason);
        }
        if self.mark == Mark::Missed && self.next_step.trim().is_empty() {
            lacking.push(Lacking::NextStep);
        }
        if [&self.reason, &self.next_step].iter().any(|text| text.chars().count() > LONGEST) {
            lacking.push(Lacking::Shorter);
        }
        lacking
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::figure::{target::Better, tests::friends};

    #[test]
    fn marks_follow_from_how_far_the_figure_has_come() {
        let (target, day) = (friends(), date(2027, 3, 31));
        // From 58,049 to 100,000: four fifths are 91,609.8.
        for (value, mark) in [
            (100_000.0, Mark::Reached),
            (99_999.0, Mark::Nearly),
            (91_610.0, Mark::Nearly),
            (91_609.0, Mark::Missed),
            (50_000.0, Mark::Missed),
        ] {
            assert_eq!(Mark::suggested(&target, Some(value), day), mark, "{value}");
        }
        assert_eq!(Mark::suggested(&target, None, day), Mark::None);
        assert_eq!(Mark::suggested(&target, Some(1.0), date(2020, 1, 1)), Mark::None);
        let mut fewer = friends();
        fewer.better = Better::Fewer;
        fewer.goals = vec![Point { day, value: 0 }];
        assert_eq!(Mark::suggested(&fewer, Some(10_000.0), day), Mark::Nearly);
        assert_eq!(Mark::suggested(&fewer, Some(40_000.0), day), Mark::Missed);
        // What has to stay where it was has no way of which it could have come a part.
        fewer.goals = vec![Point { day, value: 58_049 }];
        assert_eq!(Mark::suggested(&fewer, Some(58_050.0), day), Mark::Missed);
    }

    #[test]
    fn a_missed_year_needs_its_reason_and_what_is_done_next() {
        let evaluation = |mark, reason: &str, next: &str| Evaluation {
            year: FiscalYear::new(2026).unwrap(),
            mark,
            value: None,
            planned: None,
            reason: reason.into(),
            next_step: next.into(),
            at: Timestamp::UNIX_EPOCH,
            by: None,
        };
        assert_eq!(evaluation(Mark::Reached, "", "").check(), []);
        assert_eq!(evaluation(Mark::None, " ", "").check(), [Lacking::Reason]);
        assert_eq!(evaluation(Mark::Missed, "", " \n").check(), [Lacking::Reason, Lacking::NextStep]);
        assert_eq!(evaluation(Mark::Missed, "駅のポスターが遅れた", "6月に貼る").check(), []);
        assert_eq!(evaluation(Mark::Nearly, &"あ".repeat(LONGEST + 1), "").check(), [Lacking::Shorter]);
        assert_eq!(Mark::ALL.map(Mark::sign), ["◎", "○", "△", "—"]);
    }
}
