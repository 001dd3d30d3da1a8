//! What edits would do to the answers, before anything is published.

use std::sync::Arc;

use super::{Desk, Edit, PublishError, off_thread, publish::prepare};
use crate::{
    domain::staff::{Actor, rights::EditIntents},
    intent::{
        check,
        regression::{self, Comparison, Item},
    },
};

/// Compares what is in use with what the edits would make of it, on the account's regression set, on what
/// must not break, and on questions that the caller adds (examples held out, questions not answered).
pub async fn try_out(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    edits: &[Edit],
    more: Vec<Item>,
) -> Result<Comparison, PublishError> {
    let account = desk.account(actor)?;
    let head = desk.published(&account.id).unwrap_or_default();
    let changes = edits.iter().map(|edit| (edit.id.clone(), edit.to.clone())).collect();
    let prepared = prepare(desk, account, &head, changes).await?;
    let before = desk.library.snapshot(&account.id).unwrap_or_else(|| Arc::clone(&prepared.snapshot));
    let (shelf, id, languages) = (Arc::clone(&desk.shelf), account.id.clone(), account.languages.clone());
    let today = desk.today(account);
    let compared = off_thread(move || {
        let questions = check::read_questions(&shelf.questions(&id)?).unwrap_or_else(|error| {
            // `todoke intents check` tells it to the one who writes the file.
            tracing::warn!(account = %id, %error, "the regression set cannot be used");
            Vec::new()
        });
        let mut items: Vec<Item> =
            questions.into_iter().map(|question| Item { question, must_not_break: false }).collect();
        items.extend(regression::must_not_break(&prepared.edition));
        items.extend(more);
        Ok(regression::compare(&before, &prepared.snapshot, &languages, today, &items))
    });
    compared.await?
}
