//! How often a stored record was changed: an edit names the version that it was made from, so that nobody
//! overwrites what somebody else has written meanwhile.

use serde::{Deserialize, Serialize};

/// Counts the changes of one record. A record that does not exist yet has version 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// Of a new record.
    pub const FIRST: Self = Self(1);

    /// The version after one more change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
