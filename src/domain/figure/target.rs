//! A target: where a figure begins, where it has to be and by when, and whose it is.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::FigureName;
use crate::domain::{
    id::{InvalidId, StaffId},
    staff::{Department, Line},
    time::{Date, Timestamp},
};

/// The most goals of a target: a plan of ten years has ten.
pub const MOST_GOALS: usize = 12;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 1_000;
/// How long a target that was removed can be put back.
pub const KEPT_REMOVED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A target, written `tgt_<uuid>`; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetId(pub Uuid);

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tgt_{}", self.0.simple())
    }
}

impl FromStr for TargetId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("tgt_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a target's id (tgt_ and 32 hexadecimal digits)"))
    }
}

/// What staff call a target.
pub type TargetName = Line<60>;

/// Which kind of indicator it is, as administrations' plans tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// What the city does (取組指標): how much was sent, how many topics there are.
    Course,
    /// What comes of it (成果指標): how many friends, how many answers.
    Result,
}

impl Indicator {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Result, Self::Course];

    /// The name in forms and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Course => "course",
            Self::Result => "result",
        }
    }
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    More,
    /// Fewer is better: blocks, questions without an answer.
    Fewer,
}

impl Better {
    /// Both.
    pub const ALL: [Self; 2] = [Self::More, Self::Fewer];

    /// The name in forms and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Fewer => "fewer",
        }
    }

    /// Whether a value is as good as another, or better.
    pub fn reaches(self, value: f64, goal: f64) -> bool {
        match self {
            Self::More => value >= goal,
            Self::Fewer => value <= goal,
        }
    }
}

/// A value on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The day, at whose end it is counted.
    pub day: Date,
    /// The value.
    pub value: u64,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// Its name.
    pub name: TargetName,
    /// What is counted.
    pub figure: FigureName,
    /// Which kind of indicator it is.
    pub indicator: Indicator,
    /// Which way is better.
    pub better: Better,
    /// Where it began.
    pub baseline: Point,
    /// Where it has to be, the earliest first; the last is the end.
    pub goals: Vec<Point>,
    /// Which department answers for it; `None`: none is named.
    pub department: Option<Department>,
    /// Where it comes from (the plan and its page), and what else is to be known.
    pub note: String,
    /// Who set it up; `None`: the command line.
    pub owner: Option<StaffId>,
    /// When it was last changed.
    pub changed: Timestamp,
    /// Who changed it last; `None`: the command line.
    pub changed_by: Option<StaffId>,
    /// Whether it was removed; for [`KEPT_REMOVED`] it can be put back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// Why it is no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It has no goal.
    NoGoal,
    /// It has more than [`MOST_GOALS`].
    TooManyGoals,
    /// This goal is not after the one before it, or not after the baseline.
    NotLater(usize),
    /// This goal is worse than the one before it, or than the baseline.
    WrongWay(usize),
    /// The note is longer than [`LONGEST_NOTE`].
    LongNote,
}

impl Target {
    /// What is wrong with it; empty: nothing.
    pub fn check(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if self.goals.is_empty() {
            wrong.push(Wrong::NoGoal);
        }
        if self.goals.len() > MOST_GOALS {
            wrong.push(Wrong::TooManyGoals);
        }
        let mut before = self.baseline;
        for (at, goal) in self.goals.iter().enumerate() {
            if goal.day <= before.day {
                wrong.push(Wrong::NotLater(at));
            }
            if !self.better.reaches(goal.value as f64, before.value as f64) {
                wrong.push(Wrong::WrongWay(at));
            }
            before = *goal;
        }
        if self.note.chars().count() > LONGEST_NOTE {
            wrong.push(Wrong::LongNote);
        }
        wrong
    }

    /// The goal by which it is judged on a day: the next one, or the last where all are past. `None`: it has none.
    pub fn goal_on(&self, day: Date) -> Option<Point> {
        self.goals.iter().find(|goal| goal.day >= day).or(self.goals.last()).copied()
    }

    /// Where the figure has to be on a day: straight from the baseline to each goal; `None` before the baseline. After the
    /// last goal it has to stay there.
    pub fn planned(&self, day: Date) -> Option<f64> {
        if day < self.baseline.day {
            return None;
        }
        let mut before = self.baseline;
        for goal in &self.goals {
            if day <= goal.day {
                let whole = f64::from((goal.day - before.day).get_days()).max(1.0);
                let part = f64::from((day - before.day).get_days()) / whole;
                let (from, to) = (before.value as f64, goal.value as f64);
                return Some(from + (to - from) * part);
            }
            before = *goal;
        }
        Some(before.value as f64)
    }

    /// Whether it was removed so long ago that it need not be kept.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.removed && now.duration_since(self.changed) > KEPT_REMOVED
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::figure::tests::friends;

    #[test]
    fn the_way_is_straight_between_goals_and_level_after_the_last() {
        let target = friends();
        assert_eq!(target.check(), []);
        assert_eq!(target.planned(date(2025, 3, 30)), None);
        assert_eq!(target.planned(date(2025, 3, 31)), Some(58_049.0));
        let half = target.planned(date(2026, 3, 31)).unwrap();
        assert!((half - 79_024.5).abs() < 1e-6, "{half}");
        assert_eq!(target.planned(date(2027, 3, 31)), Some(100_000.0));
        assert_eq!(target.planned(date(2035, 1, 1)), Some(160_000.0));
        assert_eq!(target.goal_on(date(2027, 3, 31)).unwrap().value, 100_000);
        assert_eq!(target.goal_on(date(2027, 4, 1)).unwrap().value, 160_000);
        assert_eq!(target.goal_on(date(2031, 4, 1)).unwrap().value, 160_000);
    }

    #[test]
    fn goals_come_one_after_another_and_never_go_back() {
        let mut target = friends();
        target.goals[1] = Point { day: date(2027, 3, 31), value: 90_000 };
        assert_eq!(target.check(), [Wrong::NotLater(1), Wrong::WrongWay(1)]);
        target.better = Better::Fewer;
        assert_eq!(target.check(), [Wrong::WrongWay(0), Wrong::NotLater(1)]);
        target.goals.clear();
        target.note = "あ".repeat(LONGEST_NOTE + 1);
        assert_eq!(target.check(), [Wrong::NoGoal, Wrong::LongNote]);
        target.goals = vec![Point { day: date(2026, 1, 1), value: 1 }; MOST_GOALS + 1];
        assert!(target.check().contains(&Wrong::TooManyGoals));
        assert_eq!(target.goal_on(date(2026, 1, 1)).unwrap().value, 1);
    }

    #[test]
    fn ids_and_names_are_read_back() {
        let id = TargetId(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("seg_00000000000000000000000000000007".parse::<TargetId>().is_err());
        assert_eq!(" 友だちの数 ".parse::<TargetName>().unwrap().as_str(), "友だちの数");
        for wrong in ["", " ", "a\nb", &"あ".repeat(61)] {
            assert!(wrong.parse::<TargetName>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_removed_target_is_kept_for_thirty_days() {
        let mut target = friends();
        let later = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        assert!(!target.is_over(later(10_000)));
        target.removed = true;
        assert!(!target.is_over(later(30 * 24)) && target.is_over(later(30 * 24 + 1)));
    }
}
