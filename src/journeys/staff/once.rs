//! A form counts once: the first post does the work, a second one is shown where the first one led.

use super::super::Ctx;
use crate::{
    domain::staff::Hash,
    store::{StoreError, sessions::Post},
};

/// A form as it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posting {
    /// For the first time: do the work, then [`finish`].
    First,
    /// It was done before and led here.
    Done(String),
    /// It was begun before, and nobody knows how it ended.
    Unknown,
}

/// Claims the form's key within a session. [`StoreError::Conflict`] when the session has ended.
pub async fn begin(ctx: &Ctx, session: &Hash, key: &[u8; 16]) -> Result<Posting, StoreError> {
    Ok(match ctx.store.claim_post(session, key).await? {
        Post::First => Posting::First,
        Post::Done(location) => Posting::Done(location),
        Post::Unknown => Posting::Unknown,
    })
}

/// Writes down where it led; without a place the form may be posted again.
pub async fn finish(
    ctx: &Ctx,
    session: &Hash,
    key: &[u8; 16],
    location: Option<String>,
) -> Result<(), StoreError> {
    ctx.store.finish_post(session, key, location).await
}
