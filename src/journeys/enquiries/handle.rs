//! What staff do with an enquiry. Each names the version that it looked at, so that two people who work on
//! one enquiry never overwrite each other.

use super::{
    inbox::{MOST_CANNED, colleagues, destinations, load},
    notify,
};
use crate::{
    catalogue::Phrase,
    domain::{
        audit::Action,
        enquiry::{
            Enquiry, EnquiryId, MOST_CHARACTERS, Message, Note, Notice, Refusal, Side, State, Step,
            TextError, checked_text,
        },
        id::{AccountId, StaffId},
        message::{self, Buttons, Messages},
        staff::{Actor, NotAPerson, rights::WorkInbox},
        time::Timestamp,
        version::Version,
    },
    journeys::{Ctx, pages::Bearer},
    store::StoreError,
};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// There is no such enquiry (any more), or it is another division's.
    #[error("there is no such enquiry; it may have been dropped when its time was over")]
    NotFound,
    /// The text is to be mended.
    #[error("the text cannot be taken: {0}")]
    Text(#[from] TextError),
    /// Whoever it was to be given to does not work on the division's enquiries.
    #[error("this person does not work on the enquiries of the division; choose somebody else")]
    NotTheirs,
    /// The city has no such department.
    #[error("the account has no such department")]
    UnknownDivision,
    /// There are too many canned answers.
    #[error("there are {MOST_CANNED} canned answers already; remove some")]
    TooManyCanned,
    /// What is answered and noted names who did it.
    #[error(transparent)]
    NotAPerson(#[from] NotAPerson),
    /// It does not go from there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// [`StoreError::Conflict`]: somebody else changed it; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which enquiry, as it was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Which.
    pub id: EnquiryId,
    /// The version that was on the screen.
    pub version: Version,
}

/// Answers: the words are stored, and with them, in one step, the notice for LINE, which is then sent.
pub async fn answer_enquiry(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    seen: Seen,
    text: &str,
) -> Result<Enquiry, HandleError> {
    let (text, by) = (checked_text(text, MOST_CHARACTERS)?, actor.doer().person()?);
    let now = ctx.clock.now();
    let message = Message { id: ctx.ids.uuid_v7(), from: Side::Staff(by), at: now, text };
    let enquiry = load_seen(ctx, actor, seen).await?;
    let notice = notice(ctx, actor.account(), &enquiry, now);
    let answered = save(ctx, actor, &enquiry, Step::Answer(message), notice, now).await?;
    metrics::counter!("todoke_enquiries_total", "state" => "answered").increment(1);
    // The answer stands, whatever becomes of the notice; what could not be sent is tried again.
    if let Err(error) = notify(ctx, actor.account()).await {
        tracing::warn!(enquiry = %seen.id, %error, "a notice of an answer could not be sent yet");
    }
    Ok(answered)
}

/// Leaves a note among staff.
pub async fn note(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    seen: Seen,
    text: &str,
) -> Result<Enquiry, HandleError> {
    let (text, by) = (checked_text(text, MOST_CHARACTERS)?, actor.doer().person()?);
    step(ctx, actor, seen, Step::Note(Note { by, at: ctx.clock.now(), text })).await
}

/// Gives it to somebody who may work on it, or to nobody.
pub async fn assign(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    seen: Seen,
    whom: Option<StaffId>,
) -> Result<Enquiry, HandleError> {
    let enquiry = load_seen(ctx, actor, seen).await?;
    if let Some(whom) = whom {
        let able = colleagues(ctx, actor, &enquiry.head.division).await?;
        if !able.iter().any(|(id, _)| *id == whom) {
            return Err(HandleError::NotTheirs);
        }
    }
    save(ctx, actor, &enquiry, Step::Assign(whom), None, ctx.clock.now()).await
}

/// Hands it to another department: one that the city has.
pub async fn transfer(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    seen: Seen,
    division: &str,
) -> Result<Enquiry, HandleError> {
    let known = destinations(ctx, actor).into_iter().find(|known| known == division);
    let division = known.ok_or(HandleError::UnknownDivision)?;
    step(ctx, actor, seen, Step::Transfer(division)).await
}

/// Moves it by hand: taken up, or closed.
pub async fn move_to(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    seen: Seen,
    state: State,
) -> Result<Enquiry, HandleError> {
    step(ctx, actor, seen, Step::Move(state)).await
}

async fn step(ctx: &Ctx, actor: &Actor<WorkInbox>, seen: Seen, step: Step) -> Result<Enquiry, HandleError> {
    let enquiry = load_seen(ctx, actor, seen).await?;
    save(ctx, actor, &enquiry, step, None, ctx.clock.now()).await
}

/// The enquiry, if it is still as it was looked at.
async fn load_seen(ctx: &Ctx, actor: &Actor<WorkInbox>, seen: Seen) -> Result<Enquiry, HandleError> {
    let (enquiry, _) = load(ctx, actor, seen.id).await?;
    if enquiry.head.version == seen.version { Ok(enquiry) } else { Err(StoreError::Conflict.into()) }
}

async fn save(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    enquiry: &Enquiry,
    step: Step,
    notice: Option<Notice>,
    now: Timestamp,
) -> Result<Enquiry, HandleError> {
    let (action, detail) = match &step {
        Step::Answer(message) | Step::Reply(message) => {
            (Action::EnquiryAnswered, ("message", message.id.simple().to_string()))
        }
        Step::Note(_) => (Action::EnquiryNoted, ("notes", (enquiry.content.notes.len() + 1).to_string())),
        Step::Assign(whom) => {
            (Action::EnquiryAssigned, ("to", whom.map_or_else(String::new, |id| id.to_string())))
        }
        Step::Transfer(division) => (Action::EnquiryTransferred, ("to", division.clone())),
        Step::Move(state) => (Action::EnquiryMoved, ("to", state.label().to_owned())),
    };
    let mut note = actor.note(now, action, enquiry.head.id);
    note.detail = vec![(detail.0.to_owned(), detail.1)];
    let next = enquiry.after(step, now)?;
    ctx.store.save_enquiry(actor.account(), enquiry.head.version, next.clone(), notice, Some(note)).await?;
    Ok(next)
}

/// What LINE is told: that an answer is there, and where. No word of it. `None` without a public address,
/// since the notice would lead nowhere.
fn notice(ctx: &Ctx, account: &AccountId, enquiry: &Enquiry, now: Timestamp) -> Option<Notice> {
    let head = &enquiry.head;
    let who = Bearer { account, resident: head.resident, language: head.language, now };
    let address = ctx.pages.read_address(&ctx.pages.read_word(&who, head.id))?;
    let say = |phrase| ctx.catalogue.say(head.language, phrase);
    let number = head.receipt.to_string();
    let text = ctx.catalogue.say_with(head.language, Phrase::EnquiryAnswered, &[("number", &number)]);
    let open = message::Action::uri(say(Phrase::EnquiryOpen), address).ok()?;
    let buttons = Buttons::new(text.clone(), None, text, vec![open]).ok()?;
    let messages = Messages::new(vec![message::Message::Buttons(buttons)]).ok()?;
    Some(Notice { retry_key: ctx.ids.uuid_v7(), messages, written: now })
}
