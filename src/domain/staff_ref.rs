//! Who of the staff did something, as the parts name it that need no more than to tell two people apart.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A member of staff: the staff id as text. It says nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StaffRef(String);

impl StaffRef {
    /// Wraps a staff id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StaffRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
