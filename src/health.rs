//! The registry of health: which parts are degraded or refuse work, why, and what to do about it.
//!
//! Parts report here; `/readyz`, `/metrics` and later the console read it. It names nothing of ours.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// All is well.
    Ok,
    /// Something needs a person, but webhooks are taken.
    Degraded,
    /// A webhook would be refused.
    Refusing,
}

/// One thing that is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What is wrong, for people.
    pub reason: String,
    /// What to do about it, for people.
    pub remedy: String,
}

/// All findings by part.
#[derive(Debug, Default)]
pub struct Health {
    findings: Mutex<BTreeMap<String, Finding>>,
}

impl Health {
    /// Reports that a part is not well; replaces the part's earlier finding.
    pub fn report(&self, part: impl Into<String>, finding: Finding) {
        self.lock().insert(part.into(), finding);
    }

    /// Reports that a part is well again.
    pub fn clear(&self, part: &str) {
        self.lock().remove(part);
    }

    /// The worst level of all parts.
    pub fn level(&self) -> Level {
        self.lock().values().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }

    /// Every finding, by part.
    pub fn findings(&self) -> BTreeMap<String, Finding> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Finding>> {
        // A panic while holding the lock cannot leave a half-written map.
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_until_it_is_cleared() {
        let health = Health::default();
        assert_eq!(health.level(), Level::Ok);
        let finding =
            |level| Finding { level, reason: "the disk is full".into(), remedy: "free some space".into() };
        health.report("intents", finding(Level::Degraded));
        health.report("store", finding(Level::Refusing));
        assert_eq!(health.level(), Level::Refusing);
        health.clear("store");
        assert_eq!(health.level(), Level::Degraded);
    }
}
