//! A search for somebody who answers the telephone: the chat's own engine, with all that is near.

use super::{
    Ctx,
    answer::{compose::Composer, unanswered_text},
};
use crate::{
    domain::{
        audit::Action,
        id::IntentId,
        language::{Language, Localized},
        message::Messages,
        staff::{Actor, rights::SearchAnswers},
        unanswered::{NewUnanswered, UnansweredId, Why},
    },
    intent::{Contact, DecisionKind, Query},
    store::StoreError,
};

/// How many answers are shown at most.
const MOST: usize = 10;
/// How many of them are kept with a question that found nothing.
const NEAREST: usize = 3;

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// What the chat would do: `answer`, `ask`, `refuse`, `safety` or `fixed`.
    pub decision: &'static str,
    /// The kind of danger and what the chat says to it, where the words sound like it: the operator must
    /// know before reading on.
    pub danger: Option<(Localized<String>, Messages)>,
    /// The answers, the likeliest first.
    pub hits: Vec<Hit>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its intent.
    pub intent: IntentId,
    /// How sure it is that it is meant, 0 to 1.
    pub confidence: f32,
    /// The question in a few words.
    pub title: Localized<String>,
    /// The answer as a resident sees it in the chat.
    pub shown: Messages,
    /// The department.
    pub owner: String,
    /// To whom a caller may be put through.
    pub contact: Contact,
    /// The page that the answer rests on.
    pub source: Option<String>,
}

/// Searches an account's answers, shown in a language; `None` when there is no such account. Nothing is
/// kept of it.
pub fn search(ctx: &Ctx, actor: &Actor<SearchAnswers>, text: &str, language: Language) -> Option<Found> {
    let id = actor.account();
    let (account, snapshot) = (ctx.library.account(id)?, ctx.library.snapshot(id)?);
    let today = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    let query = Query { text, language: None, offered: &account.languages, today };
    let decision = snapshot.decide(&query);
    let composer = Composer {
        catalogue: &ctx.catalogue,
        account,
        snapshot: &snapshot,
        language,
        door: None,
        ways: None,
    };
    let danger = match &decision.kind {
        DecisionKind::Safety(kind) => {
            snapshot.safety(kind.as_str()).map(|kind| (kind.title.clone(), composer.safety(kind)))
        }
        _ => None,
    };
    let hits = snapshot.search(text, today, MOST).into_iter().filter_map(|(id, confidence)| {
        let intent = snapshot.intent(&id)?;
        Some(Hit {
            confidence,
            title: intent.title.clone(),
            shown: composer.answer(&id),
            owner: intent.owner.clone(),
            contact: intent.contact.clone(),
            source: intent.source.clone(),
            intent: id,
        })
    });
    Some(Found { decision: decision.kind.name(), danger, hits: hits.collect() })
}

/// An operator says that nothing of what was found answers the caller: the question is kept, masked. `None`
/// when there is nothing to keep: it says nothing once masked, or somebody may be in danger.
pub async fn not_found(
    ctx: &Ctx,
    actor: &Actor<SearchAnswers>,
    text: &str,
    language: Language,
) -> Result<Option<UnansweredId>, StoreError> {
    let account = actor.account();
    let (Some(known), Some(snapshot)) = (ctx.library.account(account), ctx.library.snapshot(account)) else {
        return Ok(None);
    };
    let Some(masked) = unanswered_text(&snapshot, text) else { return Ok(None) };
    let now = ctx.clock.now();
    let today = now.to_zoned(known.time_zone.clone()).date();
    let nearest = snapshot.search(text, today, NEAREST).into_iter().map(|(id, _)| id).collect();
    let question = NewUnanswered { of: None, text: masked, language, why: Why::NotFound, nearest };
    let note = actor.note(now, Action::QuestionKept, "");
    ctx.store.keep_unanswered(account, now, question, note).await.map(Some)
}
