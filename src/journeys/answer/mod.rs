//! A stored event gets its one outcome: decide, say it through the reply token, write how it ended.
//!
//! The runner calls [`answer`] with an event that it has claimed. The order is decide → call LINE → one
//! durable write. A crash between the call and the write makes the event come back marked
//! `maybe_attempted`; the same token cannot be accepted twice, so a refused token then means that the
//! first attempt had probably arrived (`Unknown`, never sent again in another way).

mod announced;
mod button;
pub mod compose;
mod deliver;
pub mod door;
mod registration;
mod respond;

pub(in crate::journeys) use registration::Speaker;

use std::sync::Arc;

use crate::{
    domain::{
        account::Account,
        event::{Event, EventKey, EventKind, Mode},
        id::IntentId,
        language::Language,
        message::{Messages, Text},
        settlement::{Outcome, Said, Settlement, Trace},
        time::Timestamp,
        unanswered::{NewUnanswered, Why},
    },
    intent::{Snapshot, mask},
    journeys::{Ctx, Edition, announced::left},
    store::{Claimed, StoreError},
};

/// What is to be said about an event, and what is to be remembered.
#[derive(Debug, Default)]
struct Response {
    /// `None` where nothing is due.
    say: Option<Messages>,
    trace: Trace,
    language: Option<Language>,
    conversation: Option<crate::domain::conversation::Conversation>,
    facts: Vec<String>,
    drop_body: bool,
    unanswered: Option<Unanswerable>,
    said: Said,
}

/// A question that was not answered, before its words are looked up and masked.
#[derive(Debug)]
struct Unanswerable {
    /// The event in whose body the words stand.
    of: EventKey,
    why: Why,
    language: Language,
    nearest: Vec<IntentId>,
}

/// How many of the nearest intents are kept with a question.
const NEAREST: usize = 3;

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
        ctx.store.forget_message(&claimed.account, message_id, now).await?;
    }
    let (Some(account), Some(edition)) =
        (ctx.library.account(&claimed.account), ctx.library.edition(&claimed.account))
    else {
        return Ok(Settlement::plain(Outcome::NoReplyDue, now));
    };
    if !wants_an_answer(&claimed.event) {
        // A message that was taken back while it waited tells no more what it was: an earlier process may have
        // answered it before.
        let emptied = claimed.event.kind == EventKind::TakenBack;
        let maybe_answered = claimed.maybe_attempted && emptied && claimed.event.reply_token.is_some();
        let outcome = if maybe_answered { Outcome::Unknown } else { Outcome::NoReplyDue };
        let facts = match claimed.event.kind {
            EventKind::Unfollow => left(ctx, &claimed.account, &claimed.event).await?,
            _ => Vec::new(),
        };
        let befriended = befriended(&claimed.event);
        return Ok(Settlement { facts, befriended, ..Settlement::plain(outcome, now) });
    }
    let snapshot_of_answer = Arc::clone(edition.snapshot());
    let mut response = respond::respond(&Scene { ctx, account, edition, claimed, now }).await?;
    if let Some(language) = response.trace.language {
        let talk = response.conversation.get_or_insert_with(|| claimed.conversation.clone());
        talk.language = Some(language);
    }
    if let Some(say) = response.say.take() {
        response.say = Some(preceded_by_emergency(ctx, claimed, &response.trace, account, say, now).await);
    }
    let delivery = match (&response.say, &claimed.event.reply_token) {
        (Some(messages), Some(token)) => deliver::reply(ctx, claimed, token, messages).await,
        _ => deliver::Delivery::none(),
    };
    if matches!(delivery.outcome, Outcome::Late | Outcome::Unknown) {
        tracing::warn!(event = %claimed.key, outcome = delivery.outcome.label(), "a reply did not surely arrive");
    }
    let unanswered = match response.unanswered {
        Some(question) if !response.drop_body => {
            learn_from(ctx, claimed, &snapshot_of_answer, question).await?
        }
        _ => None,
    };
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
        unanswered,
        said: response.said,
        befriended: befriended(&claimed.event),
    })
}

/// When somebody became a friend who was none before.
fn befriended(event: &Event) -> Option<Timestamp> {
    matches!(event.kind, EventKind::Follow { is_unblocked: false }).then_some(event.happened)
}

/// Says the emergency text first, if one is in force. Not to somebody in danger: there every word counts,
/// and the city's safety reply stays the first thing that is read.
async fn preceded_by_emergency(
    ctx: &Ctx,
    claimed: &Claimed,
    trace: &Trace,
    account: &Account,
    say: Messages,
    now: Timestamp,
) -> Messages {
    if trace.decision == "safety" {
        return say;
    }
    let emergency = match ctx.store.emergency(&claimed.account).await {
        Ok((emergency, _)) => emergency,
        // An answer without the text is better than none.
        Err(error) => {
            tracing::error!(%error, "the emergency text cannot be read; answers go out without it");
            return say;
        }
    };
    let Some(active) = emergency.active(now) else { return say };
    let language = trace.language.unwrap_or_else(|| account.default_language());
    match active.notice().text().best(language).and_then(|(_, text)| Text::new(text).ok()) {
        Some(text) => say.preceded_by(text),
        None => say,
    }
}

/// The masked question with its words, if there is something to learn from it.
async fn learn_from(
    ctx: &Ctx,
    claimed: &Claimed,
    snapshot: &Snapshot,
    question: Unanswerable,
) -> Result<Option<NewUnanswered>, StoreError> {
    let Unanswerable { of, why, language, nearest } = question;
    let words = if of == claimed.key {
        claimed.event.text().map(ToOwned::to_owned)
    } else {
        match ctx.store.words(&claimed.account, of).await {
            // What cannot be read teaches nothing; the answer must not wait for it.
            Err(StoreError::Damaged { what }) => {
                tracing::error!(event = %of, what, "the words of an earlier message cannot be read");
                None
            }
            words => words?,
        }
    };
    let text = words.and_then(|words| unanswered_text(snapshot, &words));
    Ok(text.map(|text| NewUnanswered { of: Some(of), text, language, why, nearest }))
}

/// What may be kept of a question's words: masked, and nothing at all of somebody who may be in danger.
pub(super) fn unanswered_text(snapshot: &Snapshot, words: &str) -> Option<String> {
    if snapshot.sounds_grave(words) {
        return None;
    }
    Some(mask::mask(words)).filter(|masked| mask::says_something(masked))
}

/// Everything that a response is made from.
struct Scene<'a> {
    ctx: &'a Ctx,
    account: &'a Account,
    edition: Arc<Edition>,
    claimed: &'a Claimed,
    now: Timestamp,
}

impl Scene<'_> {
    fn snapshot(&self) -> &Snapshot {
        self.edition.snapshot()
    }
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
