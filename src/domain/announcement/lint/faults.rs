//! What hinders it from being sent.

use super::{City, Finding, Severity, What};
use crate::domain::announcement::Content;

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let faults = content.languages().filter_map(|language| content.example(language, city.dress).err());
    let finding = |fault: crate::domain::announcement::Fault| Finding {
        severity: Severity::Stops,
        words: String::new(),
        place: fault.place,
        what: What::Fault(fault.wrong),
    };
    faults.flatten().map(finding).collect()
}
