//! Everything that is stored of a resident goes, at their own word and after they were told what goes.

use super::{OwnDataError, Sender, count};
use crate::{
    domain::{account::Account, language::Language, link::Leads},
    journeys::{
        Ctx,
        pages::{Bearer, LinkError},
    },
};

/// What the page that asks once more has to know: the city, the language of the talk, and what goes back with
/// its form.
pub async fn erasable(ctx: &Ctx, word: &str) -> Result<(Account, Language, String), OwnDataError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    if link.leads != Leads::Mine {
        return Err(LinkError::Unknown.into());
    }
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let known = ctx.store.resident(&account.id, link.resident).await?;
    known.ok_or(OwnDataError::Nobody(link.language))?;
    Ok((account.clone(), link.language, ctx.pages.change_word(&Bearer::of(&link, now))))
}

/// Erases. Sent twice it is done once: whoever came back since the page was made is somebody new.
pub async fn erase(ctx: &Ctx, word: &str, submit: &str) -> Result<(Account, Language), OwnDataError> {
    let now = ctx.clock.now();
    let Sender { link, made, .. } = Sender::resident(ctx, word, submit, now).await?;
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let known = ctx.store.resident(&account.id, link.resident).await?;
    let is_same = known.is_some_and(|resident| resident.first_seen <= made);
    if is_same && ctx.store.erase_resident(&account.id, link.resident, now).await? {
        count(ctx, &link, "own-data.erased").await;
    }
    Ok((account.clone(), link.language))
}
