//! What commands ask about followers: by `todoke followers …`, whoever holds the store.

use serde_json::{Value, json};

use super::holder::LineSide;
use crate::{
    domain::{
        id::AccountId,
        staff::{Actor, Machine, rights::Announce},
    },
    journeys::{
        Ctx,
        import_followers::{self, FollowersError},
    },
    messenger::SendError,
    store::StoreError,
};

/// Takes the next page. `wait` in the answer: LINE gave nothing yet, try again; why stands in `why`.
pub(super) async fn step(ctx: &Ctx, line: &LineSide, account: &AccountId) -> Result<Value, String> {
    let actor: Actor<Announce> = Machine.actor(account);
    match import_followers::step(ctx, &line.followers, &actor).await {
        Ok(import) => Ok(json!({
            "pages": import.pages,
            "seen": import.seen,
            "new": import.new,
            "restarts": import.restarts,
            "finished": import.finished,
        })),
        Err(FollowersError::Line(
            error @ (SendError::RateLimited { .. } | SendError::Unknown(_) | SendError::NotSent(_)),
        )) => Ok(json!({ "wait": true, "why": error.to_string() })),
        Err(FollowersError::Line(SendError::Forbidden { message })) => Err(format!(
            "LINE lists followers of verified and premium accounts only（認証済アカウントだけが使えます）, and says: \
             {message}; apply for verification in LINE Official Account Manager. Nothing is missing without it: whoever \
             writes to the account, or adds it, becomes known by that"
        )),
        Err(FollowersError::Store(StoreError::Conflict)) => {
            Err("another import of this account is going on; let it come to its end".into())
        }
        Err(error) => Err(error.to_string()),
    }
}
