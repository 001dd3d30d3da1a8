//! PORT: where the intent files come from, and who says that they have changed.

pub mod files;

use crate::{domain::id::AccountId, intent::source::SourceFile};

/// Why files cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The account has no folder.
    #[error("{folder} does not exist; make it, or correct intents.dir")]
    Missing {
        /// The folder.
        folder: String,
    },
    /// Reading failed.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Writing failed; the file is as it was.
    #[error(
        "{path} cannot be written: {source}; see the rights of the folder, or set intents.write_back = false"
    )]
    Unwritable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Changes cannot be watched.
    #[error("{path} cannot be watched for changes: {what}")]
    Unwatchable {
        /// The folder.
        path: String,
        /// Why.
        what: String,
    },
}

/// Keeps watching as long as it is held.
pub struct WatchGuard {
    /// Held for what its drop does.
    _watcher: Box<dyn Send>,
}

/// Gives an account's intent files.
pub trait Shelf: Send + Sync + 'static {
    /// Every file of the account, sorted by name, also those whose names are only like intent files'.
    fn read(&self, account: &AccountId) -> Result<Vec<SourceFile>, ShelfError>;

    /// The account's regression set as text, one question a line; empty when there is none.
    fn questions(&self, account: &AccountId) -> Result<String, ShelfError>;

    /// Writes files (`None` removes one), each durably and whole: whoever reads meanwhile finds the old or
    /// the new text. Stops at the first that fails.
    fn write(&self, account: &AccountId, files: &[(String, Option<String>)]) -> Result<(), ShelfError>;

    /// Calls back, from a thread of its own, after files have changed and a moment of calm.
    fn watch(&self, on_change: Box<dyn Fn() + Send>) -> Result<WatchGuard, ShelfError>;
}
