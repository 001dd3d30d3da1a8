//! A resident's own data: everything that is stored of them, in their words; changed and erased by themselves.
//!
//! The chat gives the link ([`super::pages::Pages::mine_address`]); whoever has it is taken for the resident
//! while it lasts. A page that was opened in time may still be sent later: nobody is hurried.
//!
//! - [`form`]: what a section of the page says, read without knowing what is stored.
//! - [`mod@change`]: what follows from it, beside what was said in the chat meanwhile.
//! - [`announced`]: what was sent, and of what fewer are wanted.
//! - [`erase`]: everything goes.
//! - [`helpers`]: somebody else gets a link of their own, which shows and changes less ([`Visitor`]).

mod announced;
mod change;
mod erase;
pub mod form;
pub mod helpers;
pub mod liff;

pub use super::announced::Fewer;
pub use announced::{Announced, undo_fewer};
pub use change::{Changed, change, stop};
pub use erase::{erasable, erase};

use jiff::{SignedDuration, civil::Date};

use super::{
    Ctx,
    announced::Reader,
    answer::Speaker,
    pages::{Bearer, LinkError},
};
use crate::{
    domain::{
        account::Account,
        attribute::Attribute,
        enquiry::{NoticeOutcome, Receipt, State},
        event::EventKey,
        helper::{Helper, open_to_helpers},
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
    /// The link was a helper's: its time is over, or the resident took it back.
    #[error("the resident lets this helper no more")]
    NoHelper(Language),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who has opened the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// The resident.
    Resident,
    /// Somebody whom the resident lets help.
    Helper(Helper),
}

impl Visitor {
    /// Whether what is said of an attribute is shown and may be changed.
    pub fn may_change(&self, attribute: &Attribute) -> bool {
        match self {
            Self::Resident => true,
            Self::Helper(_) => open_to_helpers(attribute),
        }
    }
}

/// Everything that is stored; for a helper, what helpers may see of it.
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
    /// The announcements that were sent, the latest first.
    pub announced: Vec<Announced>,
    /// Of what fewer are wanted.
    pub fewer: Vec<Fewer>,
    /// Whom the resident lets help.
    pub helpers: Vec<Helper>,
    /// Who sees the page.
    pub visitor: Visitor,
    /// Goes back with the forms of the page.
    pub submit: String,
}

impl Page {
    /// The attributes that the page shows.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.account.attributes.iter().filter(|attribute| self.visitor.may_change(attribute))
    }
}

/// What a link of the chat leads to, in the language that is wished for, else in that of the talk.
pub async fn open(ctx: &Ctx, word: &str, wish: Option<Language>) -> Result<Page, OwnDataError> {
    let now = ctx.clock.now();
    let link = ctx.pages.links.read(word).ok_or(LinkError::Unknown)?;
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let visitor = visitor(ctx, &link, now).await?;
    if now >= link.until {
        return Err(LinkError::Over(link.language).into());
    }
    let resident = ctx.store.resident(&account.id, link.resident).await?;
    let resident = resident.ok_or(OwnDataError::Nobody(link.language))?;
    let mut profile = ctx.store.profile(&account.id, link.resident).await?;
    let language = wish.unwrap_or(link.language);
    let today = now.to_zoned(account.time_zone.clone()).date();
    let (mut enquiries, mut sent, mut helpers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut announced, mut fewer) = (Vec::new(), Vec::new());
    match &visitor {
        Visitor::Resident => {
            (enquiries, sent) = written(ctx, &link, now).await?;
            helpers = ctx.store.helpers(&account.id, link.resident).await?;
            helpers.retain(|helper| helper.helps(now));
            let reader = Reader::new(ctx, account, (link.resident, &resident), &profile, (language, now));
            announced = announced::received(ctx, &reader, link.resident, now).await?;
            fewer = reader.fewer().await?;
        }
        Visitor::Helper(helper) => {
            profile.retain(|field| account.attributes.get(&field.0).is_some_and(open_to_helpers));
            if helper.came != Some(today) {
                ctx.store.helper_came(&account.id, link.resident, helper.id, today).await?;
            }
        }
    }
    Ok(Page {
        account: account.clone(),
        language,
        today,
        until: link.until,
        first_seen: resident.first_seen,
        chosen_language: resident.language,
        told: told(ctx, account, &profile, language, (now, today)),
        profile,
        enquiries,
        sent,
        announced,
        fewer,
        helpers,
        visitor,
        submit: ctx.pages.change_word(&Bearer::of(&link, now)),
    })
}

/// Whose link it is: the resident's own, or a helper's whom the resident still lets.
async fn visitor(ctx: &Ctx, link: &Link, now: Timestamp) -> Result<Visitor, OwnDataError> {
    let id = match &link.leads {
        Leads::Mine => return Ok(Visitor::Resident),
        Leads::Help(id) => *id,
        _ => return Err(LinkError::Unknown.into()),
    };
    let helpers = ctx.store.helpers(&link.account, link.resident).await?;
    let helper = helpers.into_iter().find(|helper| helper.id == id && helper.helps(now));
    helper.map(Visitor::Helper).ok_or(OwnDataError::NoHelper(link.language))
}

/// What the resident asked the city, and what was sent because of it.
async fn written(ctx: &Ctx, link: &Link, now: Timestamp) -> Result<(Asked, Told), OwnDataError> {
    let heads = ctx.store.enquiries_by(&link.account, link.resident).await?;
    let mut sent = Vec::new();
    for head in &heads {
        let notice = ctx.store.load_enquiry(&link.account, head.id).await?.and_then(|(_, notice)| notice);
        let notice = notice.filter(|notice| {
            let is_sent = matches!(notice.outcome, Some(NoticeOutcome::Accepted | NoticeOutcome::Unknown));
            is_sent && now.duration_since(notice.written) <= TOLD_FOR
        });
        sent.extend(notice.map(|notice| (notice.written, head.receipt.clone())));
    }
    sent.sort_unstable_by(|one, other| other.cmp(one));
    Ok((heads.into_iter().map(|head| (head.receipt, head.state)).collect(), sent))
}

/// Enquiries by number.
type Asked = Vec<(Receipt, State)>;
/// What was sent, the newest first, and about which enquiry.
type Told = Vec<(Timestamp, Receipt)>;

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

/// Who sends a form, and from when their page is. The link itself may be over by now, the form not; a helper's
/// form counts as long as the helper may help.
struct Sender {
    link: Link,
    made: Timestamp,
    visitor: Visitor,
}

impl Sender {
    async fn read(ctx: &Ctx, word: &str, submit: &str, now: Timestamp) -> Result<Self, OwnDataError> {
        let link = ctx.pages.links.read(word).ok_or(LinkError::Unknown)?;
        let submit = ctx.pages.follow(submit, now)?;
        let Leads::Change(made) = submit.leads else { return Err(LinkError::Unknown.into()) };
        if (&submit.account, submit.resident) != (&link.account, link.resident) {
            return Err(LinkError::Unknown.into());
        }
        let visitor = visitor(ctx, &link, now).await?;
        Ok(Self { link, made, visitor })
    }

    /// The same, where it has to be the resident.
    async fn resident(ctx: &Ctx, word: &str, submit: &str, now: Timestamp) -> Result<Self, OwnDataError> {
        let sender = Self::read(ctx, word, submit, now).await?;
        if sender.visitor == Visitor::Resident { Ok(sender) } else { Err(LinkError::Unknown.into()) }
    }
}

/// One more of something, by day and without persons. A count that cannot be written keeps nobody from
/// their data.
async fn count(ctx: &Ctx, link: &Link, fact: &str) {
    if let Err(error) = ctx.store.count_fact(&link.account, ctx.clock.now(), fact).await {
        tracing::error!(%error, fact, "a change of somebody's own data could not be counted");
    }
}
