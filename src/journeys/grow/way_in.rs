//! Somebody follows a place's link, or tells others of the account: counted, and led to LINE.

use super::places::find;
use crate::{
    domain::{
        id::AccountId,
        place::{PlaceCode, SHARED},
    },
    journeys::Ctx,
    store::StoreError,
};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayIn {
    /// To LINE's own page.
    To(String),
    /// There is no such place or account.
    Unknown,
    /// LINE has not told yet by which name the account is added. It is asked in the background until it has: a request
    /// from outside makes no call.
    NotYet,
}

/// Where somebody adds the account who came by a place. `counts` is whether a person seems to have tapped; a count that
/// cannot be written keeps nobody from it.
pub async fn way_in(ctx: &Ctx, code: &PlaceCode, counts: bool) -> Result<WayIn, StoreError> {
    let Some((account, place)) = find(ctx, code).await? else { return Ok(WayIn::Unknown) };
    let Some(basic_id) = ctx.identities.basic_id(&account) else { return Ok(WayIn::NotYet) };
    if counts {
        let counted = ctx.store.tap_place(&account, place.code, ctx.clock.now()).await;
        if let Err(error) = counted {
            tracing::error!(%account, %error, "a tap at a place could not be counted");
        }
    }
    Ok(WayIn::To(ctx.pages.add_in_line(&basic_id)))
}

/// Where somebody chooses whom to tell of an account.
pub async fn recommend(ctx: &Ctx, account: &AccountId, counts: bool) -> WayIn {
    if ctx.library.account(account).is_none() {
        return WayIn::Unknown;
    }
    let Some(basic_id) = ctx.identities.basic_id(account) else { return WayIn::NotYet };
    if counts {
        let counted = ctx.store.count_fact(account, ctx.clock.now(), SHARED).await;
        if let Err(error) = counted {
            tracing::error!(%account, %error, "a tap could not be counted");
        }
    }
    WayIn::To(ctx.pages.recommend_in_line(&basic_id))
}
