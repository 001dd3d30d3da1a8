//! A question that was not answered becomes an example of an intent: in its draft, which then goes the way of
//! every draft, with the regression run.

use super::{Desk, PublishError, draft};
use crate::journeys::unanswered::{WordingError, worded};
use crate::{
    domain::{
        content::{PieceId, SavedDraft},
        id::IntentId,
        language::Language,
        staff::{Actor, rights::EditIntents},
    },
    intent::piece::Piece,
};

/// How many intents are proposed.
const PROPOSED: usize = 5;

/// The intents to which a question may belong, the likeliest first.
pub fn likely(desk: &Desk, actor: &Actor<EditIntents>, question: &str) -> Vec<IntentId> {
    let account = desk.library.account(actor.account());
    let (Some(account), Some(snapshot)) = (account, desk.library.snapshot(actor.account())) else {
        return Vec::new();
    };
    let found = snapshot.search(question, desk.today(account), PROPOSED);
    found.into_iter().map(|(intent, _)| intent).collect()
}

/// The words as they may become an example; see [`worded`].
pub fn example(desk: &Desk, actor: &Actor<EditIntents>, text: &str) -> Result<String, WordingError> {
    let snapshot = desk.library.snapshot(actor.account());
    snapshot.map_or(Err(WordingError::Empty), |snapshot| worded(&snapshot, text))
}

/// Adds a question, masked as it was kept, to the draft of an intent, or begins one from what is published. A
/// draft of somebody else's is a [`PublishError::Conflict`]: they would publish what they have not seen.
pub async fn add_example(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    piece: &PieceId,
    language: Language,
    question: &str,
) -> Result<SavedDraft, PublishError> {
    let head = desk.published(actor.account()).unwrap_or_default();
    let (mut typed, version, base) = match draft::open(desk, actor.account(), piece).await? {
        Some((saved, _)) if saved.author != actor.doer().who.to_string() => {
            return Err(PublishError::Conflict(vec![piece.clone()]));
        }
        Some((saved, Piece::Intent(typed))) => (typed, saved.version, saved.base),
        _ => {
            let published = head.edition.draft(&IntentId::new(piece.as_str())).cloned();
            (published.ok_or_else(|| PublishError::NoDraft(piece.clone()))?, 0, head.edition.hash(piece))
        }
    };
    let examples = typed.examples.entry(language).or_default();
    if !examples.iter().any(|known| known == question) {
        examples.push(question.to_owned());
    }
    draft::save(desk, actor, &Piece::Intent(typed.tidied()), version, base).await
}
