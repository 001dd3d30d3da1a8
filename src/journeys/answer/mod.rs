//! A stored event gets its one outcome: decide, say it through the reply token, write how it ended.
//!
//! The runner calls [`answer`] with an event that it has claimed. The order is decide → call LINE → one
//! durable write. A crash between the call and the write makes the event come back marked
//! `maybe_attempted`; the same token cannot be accepted twice, so a refused token then means that the
//! first attempt had probably arrived (`Unknown`, never sent again in another way).

mod button;
pub mod compose;
mod deliver;
mod respond;

use std::sync::Arc;

use crate::{
    domain::{
        account::Account,
        event::{Event, EventKind, Mode},
        message::Messages,
        settlement::{Outcome, Settlement, Trace},
    },
    intent::Snapshot,
    journeys::Ctx,
    store::{Claimed, StoreError},
};

/// What is to be said about an event, and what is to be remembered.
#[derive(Debug, Default)]
struct Response {
    /// `None` where nothing is due.
    say: Option<Messages>,
    trace: Trace,
    language: Option<crate::domain::language::Language>,
    conversation: Option<crate::domain::conversation::Conversation>,
    facts: Vec<String>,
    drop_body: bool,
    unanswered: Option<crate::domain::unanswered::NewUnanswered>,
}

/// Answers one claimed event and settles it. On a store error the claim is left to be released.
pub async fn answer(ctx: &Ctx, claimed: &Claimed) -> Result<Outcome, StoreError> {
    let settlement = settle_with(ctx, claimed).await?;
    let outcome = settlement.outcome;
    ctx.store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await?;
    metrics::counter!("todoke_outcomes_total", "outcome" => outcome.label()).increment(1);
    Ok(outcome)
}

async fn settle_with(ctx: &Ctx, claimed: &Claimed) -> Result<Settlement, StoreError> {
    let now = ctx.clock.now();
    if let EventKind::Unsend { message_id } = &claimed.event.kind {
        ctx.store.forget_message(&claimed.account, message_id).await?;
    }
    let (Some(account), Some(snapshot)) =
        (ctx.library.account(&claimed.account), ctx.library.snapshot(&claimed.account))
    else {
        return Ok(Settlement::plain(Outcome::NoReplyDue, now));
    };
    if !wants_an_answer(&claimed.event) {
        return Ok(Settlement::plain(Outcome::NoReplyDue, now));
    }
    let mut response = respond::respond(&Scene { ctx, account, snapshot, claimed, now }).await;
    if let Some(language) = response.trace.language {
        let talk = response.conversation.get_or_insert_with(|| claimed.conversation.clone());
        talk.language = Some(language);
    }
    let delivery = match (&response.say, &claimed.event.reply_token) {
        (Some(messages), Some(token)) => deliver::reply(ctx, claimed, token, messages).await,
        _ => deliver::Delivery::none(),
    };
    if matches!(delivery.outcome, Outcome::Late | Outcome::Unknown) {
        tracing::warn!(event = %claimed.key, outcome = delivery.outcome.label(), "a reply did not surely arrive");
    }
    // What nobody can have seen is no part of the talk: a number typed next is no choice of it.
    let seen = matches!(delivery.outcome, Outcome::Replied | Outcome::Unknown);
    Ok(Settlement {
        outcome: delivery.outcome,
        at: ctx.clock.now(),
        trace: Some(response.trace),
        language: response.language,
        conversation: response.conversation.filter(|_| seen),
        outbox: delivery.record,
        facts: response.facts,
        drop_body: response.drop_body,
        unanswered: response.unanswered,
    })
}

/// Everything that a response is made from.
struct Scene<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    snapshot: Arc<Snapshot>,
    claimed: &'a Claimed,
    now: crate::domain::time::Timestamp,
}

/// Whether the event is one that a resident expects an answer to.
fn wants_an_answer(event: &Event) -> bool {
    if event.mode != Mode::Active || event.in_company() || event.reply_token.is_none() {
        return false;
    }
    match &event.kind {
        EventKind::Message(_) | EventKind::Follow { .. } => true,
        EventKind::Postback(postback) => !postback.menu_switch,
        _ => false,
    }
}
