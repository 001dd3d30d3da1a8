//! What tests of this folder share.

use jiff::civil::date;
use uuid::Uuid;

use super::{
    FigureName,
    target::{Better, Indicator, Point, Target, TargetId},
};
use crate::domain::time::Timestamp;

/// The plan of the mission: 58,049 friends at the end of FY2024, 160,000 at the end of FY2029.
pub(super) fn friends() -> Target {
    Target {
        id: TargetId(Uuid::from_u128(1)),
        name: "友だちの数".parse().unwrap(),
        figure: FigureName::Friends,
        indicator: Indicator::Result,
        better: Better::More,
        baseline: Point { day: date(2025, 3, 31), value: 58_049 },
        goals: vec![
            Point { day: date(2027, 3, 31), value: 100_000 },
            Point { day: date(2030, 3, 31), value: 160_000 },
        ],
        department: None,
        note: String::new(),
        owner: None,
        changed: Timestamp::UNIX_EPOCH,
        changed_by: None,
        removed: false,
    }
}
