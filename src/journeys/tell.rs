//! Other systems are told what has become of announcements and targets: each step in order, again and again until they take it, for
//! three days at most.

use jiff::SignedDuration;

use super::Ctx;
use crate::{
    domain::{
        id::AccountId,
        telling::{Telling, Told, Webhook},
        time::Timestamp,
    },
    store::StoreError,
    webhooks::{NotTaken, Webhooks},
};

/// After that nobody is told any more.
const WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// The wait doubles with each try, so often at most.
const DOUBLINGS: u32 = 15;
/// So many are looked at together.
const PORTION: usize = 200;

/// Tells what is due. When the next is due; `None`: nothing is left.
pub async fn tell(
    ctx: &Ctx,
    account: &AccountId,
    hooks: &[Webhook],
    client: &dyn Webhooks,
) -> Result<Option<Timestamp>, StoreError> {
    let mut next = None;
    for telling in ctx.store.list_tellings(account, PORTION).await? {
        let now = ctx.clock.now();
        if telling.next > now && !hooks.is_empty() {
            next = Some(earlier(next, telling.next));
            continue;
        }
        let of = (telling.about, telling.step);
        let left = one(ctx, account, hooks, client, telling).await;
        next = left.as_ref().map_or(next, |left| Some(earlier(next, left.next)));
        ctx.store.settle_telling(account, of, left).await?;
    }
    Ok(next)
}

fn earlier(one: Option<Timestamp>, other: Timestamp) -> Timestamp {
    one.map_or(other, |one| one.min(other))
}

/// Tells everybody who has not taken it. What is left to be told.
async fn one(
    ctx: &Ctx,
    account: &AccountId,
    hooks: &[Webhook],
    client: &dyn Webhooks,
    mut telling: Telling,
) -> Option<Telling> {
    let now = ctx.clock.now();
    let told = Told {
        name: telling.name(),
        happened: telling.happened,
        at: telling.at,
        now,
        account: account.clone(),
        about: telling.about,
    };
    let mut is_left = false;
    for hook in hooks.iter().filter(|hook| !telling.told.contains(&hook.hash())).collect::<Vec<_>>() {
        match client.tell(hook, &told).await {
            Ok(()) | Err(NotTaken::Gone) => telling.told.push(hook.hash()),
            Err(error) => {
                tracing::warn!(%account, name = told.name, %error, "a webhook was not taken");
                is_left = true;
            }
        }
    }
    if !is_left {
        return None;
    }
    if now.duration_since(telling.at) > WITHIN {
        tracing::error!(%account, name = told.name, "a webhook was given up after three days; look at its address");
        return None;
    }
    let wait = ctx.announcing.back_off.saturating_mul(2_u32.pow(telling.tries.min(DOUBLINGS)));
    telling.tries = telling.tries.saturating_add(1);
    telling.next = ctx.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
    Some(telling)
}
