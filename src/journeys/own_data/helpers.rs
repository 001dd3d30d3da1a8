//! Whom a resident lets help: a link of the helper's own, made and taken back on the resident's page.

use super::{OwnDataError, Sender, count, form::Filled};
use crate::{
    domain::{
        account::Account,
        helper::{Helper, HelperId, Lasts},
        language::Language,
    },
    journeys::{
        Ctx,
        pages::{Bearer, LinkError},
    },
    store::helpers::Adding,
};

/// What became of the wish for a helper's link.
#[derive(Debug)]
pub enum Made {
    /// Here it is. It is shown this once; nobody can look it up.
    Link(Box<Link>),
    /// The name is not one line of 1 to 40 visible characters; this was typed.
    NoName(String),
    /// There are as many as there may be.
    Full,
}

/// A helper's link.
#[derive(Debug)]
pub struct Link {
    /// The city.
    pub account: Account,
    /// The language of the talk.
    pub language: Language,
    /// Whose link it is.
    pub helper: Helper,
    /// The address to hand over.
    pub address: String,
}

/// Makes a link for somebody. The same form twice makes one helper.
pub async fn add(ctx: &Ctx, word: &str, submit: &str, filled: &Filled) -> Result<Made, OwnDataError> {
    let now = ctx.clock.now();
    let Sender { link, .. } = Sender::resident(ctx, word, submit, now).await?;
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let typed = filled.get("helper.who").unwrap_or_default();
    let Ok(name) = typed.parse() else { return Ok(Made::NoName(typed.to_owned())) };
    let lasts = filled.get("helper.days").and_then(Lasts::read).unwrap_or(Lasts::Week);
    let until = now.checked_add(lasts.time()).map_err(|_| LinkError::Unknown)?;
    let helper = Helper { id: HelperId::of_form(submit), name, since: now, until, came: None };
    match ctx.store.add_helper(&account.id, link.resident, helper).await? {
        Adding::Nobody => Err(OwnDataError::Nobody(link.language)),
        Adding::Full => Ok(Made::Full),
        Adding::Added(helper) => {
            count(ctx, &link, "own-data.helper").await;
            let address = ctx.pages.help_address(&Bearer::of(&link, now), &helper);
            let address = address.ok_or(LinkError::Unknown)?;
            let link = Link { account: account.clone(), language: link.language, helper, address };
            Ok(Made::Link(Box::new(link)))
        }
    }
}

/// Takes a link back. It leads nowhere from now on, also in a page that is open.
pub async fn remove(ctx: &Ctx, word: &str, submit: &str, id: HelperId) -> Result<(), OwnDataError> {
    let Sender { link, .. } = Sender::resident(ctx, word, submit, ctx.clock.now()).await?;
    ctx.store.remove_helper(&link.account, link.resident, id).await?;
    Ok(())
}
