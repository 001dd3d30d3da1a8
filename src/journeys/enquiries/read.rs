//! The resident's page of an enquiry: what was asked and answered, and room for more.

use super::{PageError, ask::place};
use crate::{
    domain::{
        account::Account,
        enquiry::{Enquiry, EnquiryId, MOST_CHARACTERS, Message, Side, Step, checked_text},
        link::{Leads, Link},
        time::Timestamp,
    },
    journeys::{
        Ctx,
        pages::{Bearer, LinkError},
    },
    store::StoreError,
};

/// How often a message is written anew after somebody else's change came before it.
const TRIES: usize = 5;

/// What the page shows. Notes and names of staff are not for residents.
#[derive(Debug, Clone)]
pub struct Page {
    /// The city.
    pub account: Account,
    /// The enquiry.
    pub enquiry: Enquiry,
    /// Goes back with what the resident adds: sent twice it is one message.
    pub submit: String,
}

/// The page behind a link.
pub async fn read(ctx: &Ctx, word: &str) -> Result<Page, PageError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    let mut enquiry = load(ctx, &link).await?;
    enquiry.content.notes.clear();
    let (account, _) = place(ctx, &link)?;
    let submit = ctx.pages.submit_word(&Bearer::of(&link, now), EnquiryId(ctx.ids.uuid_v7()));
    Ok(Page { account: account.clone(), enquiry, submit })
}

/// The resident adds something; what was done is open again.
pub async fn reply(ctx: &Ctx, word: &str, submit: &str, text: &str) -> Result<(), PageError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    let submit = ctx.pages.follow(submit, now)?;
    let Leads::Submit(name) = &submit.leads else { return Err(LinkError::Unknown.into()) };
    if (&submit.account, submit.resident) != (&link.account, link.resident) {
        return Err(LinkError::Unknown.into());
    }
    let text = checked_text(text, MOST_CHARACTERS)?;
    add(ctx, &link, Message { id: name.0, from: Side::Resident, at: now, text }, now).await
}

/// A resident has nothing to reconcile with what staff changed meanwhile: it is written after that.
async fn add(ctx: &Ctx, link: &Link, message: Message, now: Timestamp) -> Result<(), PageError> {
    for _ in 0..TRIES {
        let enquiry = load(ctx, link).await?;
        if enquiry.has(message.id) {
            return Ok(());
        }
        let next = enquiry.after(Step::Reply(message.clone()), now)?;
        match ctx.store.save_enquiry(&link.account, enquiry.head.version, next, None, None).await {
            Err(StoreError::Conflict) => {}
            result => return Ok(result?),
        }
    }
    Err(StoreError::Conflict.into())
}

async fn load(ctx: &Ctx, link: &Link) -> Result<Enquiry, PageError> {
    let Leads::Read(id) = link.leads else { return Err(LinkError::Unknown.into()) };
    let found = ctx.store.load_enquiry(&link.account, id).await?;
    let (enquiry, _) = found.ok_or(PageError::Gone(link.language))?;
    if enquiry.head.resident == link.resident { Ok(enquiry) } else { Err(LinkError::Unknown.into()) }
}
