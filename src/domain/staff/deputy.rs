//! Somebody who approves in another's place while that one is away (代決).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::StaffId;

/// One stands in for another from one day to another, both included. Both are approvers in their own right; what is
/// approved so is shown as such, and the other looks at it afterwards (後閲).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// Whose place it is.
    pub of: StaffId,
    /// Who stands in.
    pub by: StaffId,
    /// From this day on.
    pub from: Date,
    /// Until this day.
    pub until: Date,
}

impl Deputy {
    /// Whether it holds on a day.
    pub fn holds(&self, today: Date) -> bool {
        (self.from..=self.until).contains(&today)
    }
}

/// Whether somebody may approve in another's place on a day. Nobody stands in for oneself.
pub fn may_stand_in(deputies: &[Deputy], by: StaffId, of: StaffId, today: Date) -> bool {
    by != of && deputies.iter().any(|deputy| deputy.by == by && deputy.of == of && deputy.holds(today))
}
