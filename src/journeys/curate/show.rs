//! How an edit would look in a chat, and how it would be found, before anything is published.

use std::{collections::BTreeSet, sync::Arc};

use super::{Desk, Edit, PublishError, off_thread, publish::prepare};
use crate::{
    catalogue::Catalogue,
    domain::{
        id::AccountId,
        language::Language,
        message::Messages,
        staff::{Actor, rights::EditIntents},
    },
    intent::{
        Content, Decision, Query, Snapshot,
        draft::{self, Draft, Fault, Field, Problem},
        piece::Piece,
    },
    journeys::answer::compose::Composer,
};

/// An intent as it would be shown.
pub struct Shown {
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Its answer; `None` while an error stands in the way.
    pub messages: Option<Messages>,
}

/// Shows an edited intent to a reader of a language. Cheap: nothing but the intent itself, and those that
/// follow it, is compiled. `None` when there is no such account.
pub fn show(
    desk: &Desk,
    catalogue: &Catalogue,
    account: &AccountId,
    typed: &Draft,
    language: Language,
) -> Option<Shown> {
    let account = desk.library.account(account)?;
    let (head, used) = (desk.published(&account.id)?, desk.library.snapshot(&account.id)?);
    let today = desk.today(account);
    let Some(topic) = head.edition.topic(typed.topic()) else {
        let fault = Fault::NoTopic(typed.topic().to_owned());
        return Some(Shown { problems: vec![Problem::new(Field::Id, fault)], messages: None });
    };
    let (intent, mut problems) = draft::check(typed, topic, today);
    let piece = Piece::Intent(typed.clone());
    if let Ok(id) = piece.id() {
        let next = head.edition.with([(id.clone(), Some(piece))], today);
        let all = next.problems(Some(&BTreeSet::from([id.clone()]))).into_iter();
        let of_it = all.filter(|found| found.piece == id).map(|found| found.problem);
        problems.extend(of_it.filter(|problem| matches!(problem.fault, Fault::NoIntent(_))));
    }
    let messages = intent.map(|intent| {
        let (id, follow_up) = (intent.id.clone(), intent.follow_up.clone());
        let known = follow_up.iter().filter(|other| **other != id);
        let known = known.filter_map(|other| used.intent(other).cloned());
        let intents = known.chain([intent]).collect();
        let snapshot = Snapshot::compile(Content { intents, ..Content::default() });
        Composer { catalogue, account, snapshot: &snapshot, language, door: None, ways: None }.answer(&id)
    });
    Some(Shown { problems, messages })
}

/// A question, as the edits would have it answered.
pub struct Asked {
    /// What is decided, and why.
    pub decision: Decision,
    /// What is said.
    pub messages: Messages,
    /// Whether the edits could be used; otherwise it is what is published that answers.
    pub is_of_edits: bool,
}

/// Asks what is published, with the edits in it, a question.
pub async fn ask(
    desk: &Desk,
    catalogue: &Arc<Catalogue>,
    actor: &Actor<EditIntents>,
    edits: &[Edit],
    text: String,
) -> Result<Asked, PublishError> {
    let account = desk.account(actor)?.clone();
    let head = desk.published(&account.id).unwrap_or_default();
    let changes = edits.iter().map(|edit| (edit.id.clone(), edit.to.clone())).collect();
    let (snapshot, is_of_edits) = match prepare(desk, &account, &head, changes).await {
        Ok(prepared) => (prepared.snapshot, true),
        Err(PublishError::Problems(_)) => {
            let used = desk.library.snapshot(&account.id);
            (used.unwrap_or_else(|| Arc::new(Snapshot::empty())), false)
        }
        Err(error) => return Err(error),
    };
    let (catalogue, today) = (Arc::clone(catalogue), desk.today(&account));
    let asked = off_thread(move || {
        let query = Query { text: &text, language: None, offered: &account.languages, today };
        let decision = snapshot.decide(&query);
        let language = decision.language;
        let composer = Composer {
            catalogue: &catalogue,
            account: &account,
            snapshot: &snapshot,
            language,
            door: None,
            ways: None,
        };
        let messages = composer.decision(&decision);
        Asked { decision, messages, is_of_edits }
    });
    Ok(asked.await?)
}
