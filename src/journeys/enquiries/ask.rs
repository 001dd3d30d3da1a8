//! A resident asks a person of the city: the form behind 「市に問い合わせる」.

use super::{PageError, divisions};
use crate::{
    domain::{
        account::Account,
        enquiry::{EnquiryId, LONGEST_NAME, MOST_CHARACTERS, NewEnquiry, Receipt, checked_text},
        language::Language,
        link::{Leads, Link},
        message::Messages,
    },
    intent::{DecisionKind, Query},
    journeys::{
        Ctx,
        answer::compose::Composer,
        pages::{Bearer, LinkError},
    },
    store::enquiries::Opened,
};

/// What the form shows.
#[derive(Debug, Clone)]
pub struct Form {
    /// The city.
    pub account: Account,
    /// The language of the talk from which the resident comes.
    pub language: Language,
    /// The departments to choose from.
    pub divisions: Vec<String>,
    /// The one that probably answers.
    pub suggested: String,
    /// What was talked about, in the reader's language.
    pub about: Option<String>,
    /// Goes back with the form: what is sent with it makes one enquiry, however often it is sent.
    pub submit: String,
}

/// What a resident filled in.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// [`Form::submit`].
    pub submit: String,
    /// May be empty.
    pub name: String,
    /// One of [`Form::divisions`]; anything else counts as the suggested one.
    pub division: String,
    /// The question.
    pub text: String,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The number for people.
    pub receipt: Receipt,
    /// The word of the address under which the resident reads it.
    pub read: String,
    /// What the city says at once to somebody who may be in danger.
    pub danger: Option<Messages>,
}

/// The form behind a link of the chat.
pub fn form(ctx: &Ctx, word: &str) -> Result<Form, PageError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    let Leads::Ask(about) = &link.leads else { return Err(LinkError::Unknown.into()) };
    let (account, snapshot) = place(ctx, &link)?;
    let intent = about.as_ref().and_then(|id| snapshot.intent(id));
    let divisions = divisions(account, &snapshot);
    let suggested = intent.map_or_else(|| divisions[0].clone(), |intent| intent.owner.clone());
    let title = intent.and_then(|intent| intent.title.best(link.language));
    Ok(Form {
        account: account.clone(),
        language: link.language,
        about: title.map(|(_, title)| title.clone()),
        divisions,
        suggested,
        submit: ctx.pages.submit_word(&Bearer::of(&link, now), EnquiryId(ctx.ids.uuid_v7())),
    })
}

/// Takes what was filled in. Sent twice it is one enquiry, and shows the first one's number.
pub async fn ask(ctx: &Ctx, word: &str, filled: &Filled) -> Result<Asked, PageError> {
    let now = ctx.clock.now();
    let link = ctx.pages.follow(word, now)?;
    let submit = ctx.pages.follow(&filled.submit, now)?;
    let (Leads::Ask(about), Leads::Submit(id)) = (&link.leads, &submit.leads) else {
        return Err(LinkError::Unknown.into());
    };
    if (&submit.account, submit.resident) != (&link.account, link.resident) {
        return Err(LinkError::Unknown.into());
    }
    let (account, snapshot) = place(ctx, &link)?;
    let text = checked_text(&filled.text, MOST_CHARACTERS)?;
    let name = checked_text(&filled.name, LONGEST_NAME).ok();
    let divisions = divisions(account, &snapshot);
    let division = divisions.iter().find(|division| **division == filled.division);
    let owner = about.as_ref().and_then(|id| snapshot.intent(id)).map(|intent| &intent.owner);
    let division = division.or(owner).unwrap_or(&divisions[0]).clone();
    let query = Query {
        text: &text,
        language: Some(link.language),
        offered: &account.languages,
        today: now.to_zoned(account.time_zone.clone()).date(),
    };
    let decision = snapshot.decide(&query);
    let composer = Composer {
        catalogue: &ctx.catalogue,
        account,
        snapshot: &snapshot,
        language: link.language,
        door: None,
        ways: None,
    };
    let danger = matches!(decision.kind, DecisionKind::Safety(_)).then(|| composer.decision(&decision));
    let new = NewEnquiry {
        id: *id,
        resident: link.resident,
        division,
        about: about.clone(),
        language: link.language,
        name,
        text,
        at: now,
    };
    let opened = ctx.store.open_enquiry(&link.account, new).await?;
    if matches!(opened, Opened::New(_)) {
        metrics::counter!("todoke_enquiries_total", "state" => "open").increment(1);
    }
    let read = ctx.pages.read_word(&Bearer::of(&link, now), *id);
    Ok(Asked { receipt: opened.receipt().clone(), read, danger })
}

/// The account of a link and what it says just now.
pub(super) fn place<'a>(
    ctx: &'a Ctx,
    link: &Link,
) -> Result<(&'a Account, std::sync::Arc<crate::intent::Snapshot>), LinkError> {
    let account = ctx.library.account(&link.account).ok_or(LinkError::Unknown)?;
    let snapshot = ctx.library.snapshot(&link.account).ok_or(LinkError::Unknown)?;
    Ok((account, snapshot))
}
