//! Why the store did not do it; each variant is a different next step for the caller.

/// An error of any backend. The source is kept, its text never shown to the outside.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much waits already: say "busy" and let LINE deliver again.
    #[error("the inbox is full")]
    Full,
    /// The store accepts no more: it is stopping, or a write failed and nothing may be acknowledged.
    #[error("the store accepts no more writes")]
    Closed,
    /// The claim is no longer alive: somebody else works on it. Write nothing more.
    #[error("the claim is no longer alive")]
    Fenced,
    /// Somebody else has changed it since it was read: read again.
    #[error("it was changed by somebody else")]
    Conflict,
    /// A stored record cannot be read back: the store is damaged or of a newer version.
    #[error("a stored record cannot be read: {what}")]
    Damaged {
        /// Which kind of record, without content.
        what: String,
    },
    /// The backend failed; nothing was acknowledged.
    #[error("the store failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}
