//! A resident's own data: everything that is stored of them, in their words; changed and erased by themselves.
//!
//! The chat gives the link ([`super::pages::Pages::mine_address`]); whoever has it is taken for the resident
//! while it lasts. A page that was opened in time may still be sent later: nobody is hurried.
//!
//! - [`form`]: what a section of the page says, read without knowing what is stored.
//! - [`mod@change`]: what follows from it, beside what was said in the chat meanwhile.
//! - [`erase`]: everything goes.

mod change;
mod erase;
pub mod form;

pub use change::{Changed, change, stop};
pub use erase::{erasable, erase};

use jiff::{SignedDuration, civil::Date};

use super::{
    Ctx,
    answer::Speaker,
    pages::{Bearer, LinkError},
};
use crate::{
    domain::{
        account::Account,
        enquiry::{NoticeOutcome, Receipt, State},
        event::EventKey,
        language::Language,
        link::{Leads, Link},
        profile::Profile,
        registration::Asking,
        time::Timestamp,
    },
    store::StoreError,
};

/// What was sent is told for this long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Why the page cannot do it.
#[derive(Debug, thiserror::Error)]
pub enum OwnDataError {
    /// The link leads nowhere.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Nothing is stored of whoever the link was made for: they were erased.
    #[error("nobody is known behind the link")]
    Nobody(Language),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everything that is stored.
#[derive(Debug, Clone)]
pub struct Page {
    /// The city.
    pub account: Account,
    /// In which language it is shown.
    pub language: Language,
    /// The day in the account's time zone.
    pub today: Date,
    /// Until when the link leads here.
    pub until: Timestamp,
    /// When the first event came in.
    pub first_seen: Timestamp,
    /// The language that was chosen in the chat.
    pub chosen_language: Option<Language>,
    /// What was said.
    pub profile: Profile,
    /// The same in words: what an attribute is called, and what was said of it.
    pub told: Vec<(String, Vec<String>)>,
    /// What was asked of the city, by number.
    pub enquiries: Vec<(Receipt, State)>,
    /// What was sent without being asked for, and about which enquiry: the only reason that there is.
    pub sent: Vec<(Timestamp, Receipt)>,
    /// Goes back with the forms of the page.
    pub submit: String,
}

/// What a link of the chat leads to, in the language that is wished for, else in that of the talk.
pub async fn open(ctx: &Ctx, word: &str, wish: Option<Language>) -> Result<Page, OwnDataError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    if link.leads != Leads::Mine {
        return Err(LinkError::Unknown.into());
    }
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let resident = ctx.store.resident(&account.id, link.resident).await?;
    let resident = resident.ok_or(OwnDataError::Nobody(link.language))?;
    let profile = ctx.store.profile(&account.id, link.resident).await?;
    let language = wish.unwrap_or(link.language);
    let today = now.to_zoned(account.time_zone.clone()).date();
    let heads = ctx.store.enquiries_by(&account.id, link.resident).await?;
    let mut sent = Vec::new();
    for head in &heads {
        let notice = ctx.store.load_enquiry(&account.id, head.id).await?.and_then(|(_, notice)| notice);
        let notice = notice.filter(|notice| {
            let is_sent = matches!(notice.outcome, Some(NoticeOutcome::Accepted | NoticeOutcome::Unknown));
            is_sent && now.duration_since(notice.written) <= TOLD_FOR
        });
        sent.extend(notice.map(|notice| (notice.written, head.receipt.clone())));
    }
    sent.sort_unstable_by(|one, other| other.cmp(one));
    Ok(Page {
        account: account.clone(),
        language,
        today,
        until: link.until,
        first_seen: resident.first_seen,
        chosen_language: resident.language,
        told: told(ctx, account, &profile, language, (now, today)),
        profile,
        enquiries: heads.into_iter().map(|head| (head.receipt, head.state)).collect(),
        sent,
        submit: ctx.pages.change_word(&Bearer::of(&link, now)),
    })
}

/// What was said, in words: also what the account asks no more, under its plain name.
fn told(
    ctx: &Ctx,
    account: &Account,
    profile: &Profile,
    language: Language,
    (now, today): (Timestamp, Date),
) -> Vec<(String, Vec<String>)> {
    let at = (now, EventKey::from_raw(b"page"));
    let asking = Asking { attributes: &account.attributes, profile, at, today };
    let speaker = Speaker { catalogue: &ctx.catalogue, language, asking };
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for (field, value) in profile.iter() {
        let known = account.attributes.get(&field.0).and_then(|attribute| attribute.label.best(language));
        let label = known.map_or_else(|| field.0.to_string(), |(_, label)| label.clone());
        let said = speaker.told(field, value);
        match told.iter_mut().find(|(known, _)| *known == label) {
            Some((_, list)) => list.push(said),
            None => told.push((label, vec![said])),
        }
    }
    told
}

/// Who sends a form, and from when their page is. The link itself may be over by now, the form not.
struct Sender {
    link: Link,
    made: Timestamp,
}

impl Sender {
    fn read(ctx: &Ctx, word: &str, submit: &str, now: Timestamp) -> Result<Self, LinkError> {
        let link = ctx.pages.links.read(word).filter(|link| link.leads == Leads::Mine);
        let link = link.ok_or(LinkError::Unknown)?;
        let submit = ctx.pages.follow(submit, now)?;
        let Leads::Change(made) = submit.leads else { return Err(LinkError::Unknown) };
        if (&submit.account, submit.resident) != (&link.account, link.resident) {
            return Err(LinkError::Unknown);
        }
        Ok(Self { link, made })
    }
}

/// One more of something, by day and without persons. A count that cannot be written keeps nobody from
/// their data.
async fn count(ctx: &Ctx, link: &Link, fact: &str) {
    if let Err(error) = ctx.store.count_fact(&link.account, ctx.clock.now(), fact).await {
        tracing::error!(%error, fact, "a change of somebody's own data could not be counted");
    }
}
