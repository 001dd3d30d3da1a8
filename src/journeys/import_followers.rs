//! Everybody who follows the account becomes known, as LINE lists them: a page a step, each stored with how far it
//! came.
//!
//! [`step`] does one page and may be broken off after any of them; the next one goes on there. What somebody did after the
//! list was asked for counts more than the list.

use crate::{
    domain::{
        audit::Action,
        follower::FollowerImport,
        staff::{Actor, rights::Announce},
    },
    followers::{Followers, FollowersPage},
    journeys::Ctx,
    messenger::SendError,
    store::StoreError,
};

/// Why a page was not taken; what was stored before it stays.
#[derive(Debug, thiserror::Error)]
pub enum FollowersError {
    /// LINE did not give it.
    #[error(transparent)]
    Line(#[from] SendError),
    /// The store did not take it; [`StoreError::Conflict`]: another import of the account is going on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the next page of an import, or the first one of a new import where none is going on.
pub async fn step(
    ctx: &Ctx,
    followers: &dyn Followers,
    actor: &Actor<Announce>,
) -> Result<FollowerImport, FollowersError> {
    let account = actor.account();
    let now = ctx.clock.now();
    let stored = ctx.store.follower_import(account).await?;
    let import = match stored.clone() {
        Some(import) if import.finished.is_some() => FollowerImport::begin(now),
        Some(import) if import.is_stale(now) => import.again(now),
        Some(import) => import,
        None => FollowerImport::begin(now),
    };
    let page = followers.page(account, import.next.as_ref().map(|(token, _)| token)).await;
    let (import, FollowersPage { people, next }) = match page {
        Ok(page) => (import, page),
        // LINE counts the hours of a token otherwise than we do.
        Err(SendError::Refused { status: 400, .. }) if import.next.is_some() => {
            let import = import.again(ctx.clock.now());
            (import, followers.page(account, None).await?)
        }
        Err(error) => return Err(error.into()),
    };
    let now = ctx.clock.now();
    let after = import.after_page(people.len() as u64, next, now);
    let note = after.finished.map(|_| {
        let mut note = actor.note(now, Action::FollowersImported, "followers");
        note.detail.push(("seen".into(), after.seen.to_string()));
        note
    });
    Ok(ctx.store.take_followers(account, people, stored, after, note).await?)
}
