//! What staff do with an enquiry. Each names the version that it looked at, so that two people who work on
//! one enquiry never overwrite each other.

use super::notify;
use crate::{
    catalogue::Phrase,
    domain::{
        enquiry::{
            Enquiry, EnquiryId, MOST_CHARACTERS, Message, Note, Notice, Refusal, Side, State, Step,
            TextError, checked_text,
        },
        id::AccountId,
        message::{Action, Buttons, Messages},
        staff_ref::StaffRef,
        time::Timestamp,
        version::Version,
    },
    journeys::{Ctx, pages::Bearer},
    store::StoreError,
};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// There is no such enquiry (any more).
    #[error("there is no such enquiry; it may have been dropped when its time was over")]
    NotFound,
    /// The text is to be mended.
    #[error("the text cannot be taken: {0}")]
    Text(#[from] TextError),
    /// It does not go from there.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// [`StoreError::Conflict`]: somebody else changed it; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which enquiry, as it was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// On which account.
    pub account: &'a AccountId,
    /// Which.
    pub id: EnquiryId,
    /// The version that was on the screen.
    pub version: Version,
}

/// Answers: the words are stored, and with them, in one step, the notice for LINE, which is then sent.
pub async fn answer_enquiry(
    ctx: &Ctx,
    seen: Seen<'_>,
    by: &StaffRef,
    text: &str,
) -> Result<Enquiry, HandleError> {
    let text = checked_text(text, MOST_CHARACTERS)?;
    let now = ctx.clock.now();
    let message = Message { id: ctx.ids.uuid_v7(), from: Side::Staff(by.clone()), at: now, text };
    let enquiry = load(ctx, &seen).await?;
    let notice = notice(ctx, seen.account, &enquiry, now);
    let answered = save(ctx, &seen, &enquiry, Step::Answer(message), notice, now).await?;
    metrics::counter!("todoke_enquiries_total", "state" => "answered").increment(1);
    // The answer stands, whatever becomes of the notice; what could not be sent is tried again.
    if let Err(error) = notify(ctx, seen.account).await {
        tracing::warn!(enquiry = %seen.id, %error, "a notice of an answer could not be sent yet");
    }
    Ok(answered)
}

/// Leaves a note among staff.
pub async fn note(ctx: &Ctx, seen: Seen<'_>, by: &StaffRef, text: &str) -> Result<Enquiry, HandleError> {
    let text = checked_text(text, MOST_CHARACTERS)?;
    let note = Note { by: by.clone(), at: ctx.clock.now(), text };
    step(ctx, seen, Step::Note(note)).await
}

/// Gives it to somebody, or to nobody.
pub async fn assign(ctx: &Ctx, seen: Seen<'_>, whom: Option<StaffRef>) -> Result<Enquiry, HandleError> {
    step(ctx, seen, Step::Assign(whom)).await
}

/// Hands it to another department.
pub async fn transfer(ctx: &Ctx, seen: Seen<'_>, division: &str) -> Result<Enquiry, HandleError> {
    let division = checked_text(division, 100)?;
    step(ctx, seen, Step::Transfer(division)).await
}

/// Moves it by hand: taken up, or closed.
pub async fn move_to(ctx: &Ctx, seen: Seen<'_>, state: State) -> Result<Enquiry, HandleError> {
    step(ctx, seen, Step::Move(state)).await
}

async fn step(ctx: &Ctx, seen: Seen<'_>, step: Step) -> Result<Enquiry, HandleError> {
    let enquiry = load(ctx, &seen).await?;
    save(ctx, &seen, &enquiry, step, None, ctx.clock.now()).await
}

async fn load(ctx: &Ctx, seen: &Seen<'_>) -> Result<Enquiry, HandleError> {
    let found = ctx.store.load_enquiry(seen.account, seen.id).await?;
    found.map(|(enquiry, _)| enquiry).ok_or(HandleError::NotFound)
}

async fn save(
    ctx: &Ctx,
    seen: &Seen<'_>,
    enquiry: &Enquiry,
    step: Step,
    notice: Option<Notice>,
    now: Timestamp,
) -> Result<Enquiry, HandleError> {
    if enquiry.head.version != seen.version {
        return Err(StoreError::Conflict.into());
    }
    let next = enquiry.after(step, now)?;
    ctx.store.save_enquiry(seen.account, seen.version, next.clone(), notice).await?;
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
    let open = Action::uri(say(Phrase::EnquiryOpen), address).ok()?;
    let buttons = Buttons::new(text.clone(), None, text, vec![open]).ok()?;
    let messages = Messages::new(vec![crate::domain::message::Message::Buttons(buttons)]).ok()?;
    Some(Notice { retry_key: ctx.ids.uuid_v7(), messages, written: now })
}
