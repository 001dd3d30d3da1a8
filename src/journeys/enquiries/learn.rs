//! What was asked on a form and answered by a person becomes a question to learn from: in the list of what was
//! not answered, from where it goes the way of every other one.
//!
//! Whoever answers enquiries need not keep the answers of the chat, and the other way round: the list is
//! where the two meet. Only words that somebody has read and sent get there, and nothing leads back from them
//! to the enquiry but the audit's entry.

use super::handle::HandleError;
use crate::{
    domain::{
        audit::Action,
        enquiry::{Enquiry, EnquiryId, Side},
        staff::{Actor, rights::WorkInbox},
        unanswered::{NewUnanswered, UnansweredId, Why},
    },
    journeys::{
        Ctx,
        enquiries::inbox,
        unanswered::{WordingError, proposed, worded},
    },
    store::StoreError,
};

/// How many near intents are kept with a question.
const NEAREST: usize = 3;

/// Why the question of an enquiry is not left.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// The words are to be mended.
    #[error(transparent)]
    Wording(#[from] WordingError),
    /// There is no such enquiry for this person, or the store did not do it.
    #[error(transparent)]
    Handle(#[from] HandleError),
}

/// The question as it is proposed: the resident's first words without what is personal. Staff read and
/// change it before it is kept.
pub fn proposal(enquiry: &Enquiry) -> String {
    let asked = enquiry.content.messages.iter().find(|message| message.from == Side::Resident);
    asked.map_or_else(String::new, |message| proposed(&message.text))
}

/// Keeps a question, in the words that staff give it, in the language of the enquiry.
pub async fn learn(
    ctx: &Ctx,
    actor: &Actor<WorkInbox>,
    id: EnquiryId,
    text: &str,
) -> Result<UnansweredId, LearnError> {
    let (enquiry, _) = inbox::load(ctx, actor, id).await?;
    let account = actor.account();
    let (Some(known), Some(snapshot)) = (ctx.library.account(account), ctx.library.snapshot(account)) else {
        return Err(HandleError::NotFound.into());
    };
    let text = worded(&snapshot, text)?;
    let now = ctx.clock.now();
    let today = now.to_zoned(known.time_zone.clone()).date();
    let nearest = snapshot.search(&text, today, NEAREST).into_iter().map(|(id, _)| id).collect();
    let language = enquiry.head.language;
    let question = NewUnanswered { of: None, text, language, why: Why::Enquiry, nearest };
    let mut note = actor.note(now, Action::EnquiryLearned, "");
    note.detail.push(("enquiry".into(), id.to_string()));
    let kept = ctx.store.keep_unanswered(account, now, question, note).await;
    kept.map_err(|error: StoreError| HandleError::from(error).into())
}
