//! PORT: the audit log. It is appended to by the operations that change something; here it is read, and
//! appended to for acts that change nothing else.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::audit::{Entry, Head, Note};

/// The chain of entries.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Appends an entry for an act that changes nothing else, for example a refused attempt.
    async fn append_audit(&self, note: Note) -> Result<(), StoreError>;

    /// The end of the chain.
    async fn audit_head(&self) -> Result<Head, StoreError>;

    /// At most `most` entries from number `from` (1 is the first) on, oldest first.
    async fn audit_from(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError>;

    /// At most `most` entries before number `before`, newest first.
    async fn audit_before(&self, before: u64, most: usize) -> Result<Vec<Entry>, StoreError>;
}
