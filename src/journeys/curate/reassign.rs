//! A reorganisation: everything of one owner gets another, as one revision.

use std::sync::Arc;

use super::{
    Desk, Edit, PublishError, Published,
    publish::{Reason, publish_as},
};
use crate::{
    domain::{
        audit::Action,
        content::{Origin, PieceId, RevisionNo},
        staff::{Actor, rights::PublishIntents},
    },
    intent::{edition::Edition, piece::Piece},
};

/// What an owner answers for by name: topics, and intents with an owner of their own. Intents of a topic
/// follow it.
pub fn owned(edition: &Edition, owner: &str) -> Vec<PieceId> {
    let topics = edition.topics().filter(|topic| topic.owner == owner).map(|topic| topic.topic.as_str());
    let drafts = edition.drafts().filter(|draft| draft.owner.as_deref() == Some(owner));
    topics.chain(drafts.map(|draft| draft.id.as_str())).filter_map(|id| id.parse().ok()).collect()
}

/// Gives intents and topics of `from` to `to`; how many pieces changed, and what is published now. Nothing is
/// published when `from` owns nothing. `expected` is the head that the person has seen; another one is a
/// conflict, since it may own something else.
pub async fn reassign(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
    from: &str,
    to: &str,
    expected: RevisionNo,
    why: String,
) -> Result<(usize, Arc<Published>), PublishError> {
    let account = desk.account(actor)?;
    let head = desk.published(&account.id).unwrap_or_default();
    if head.revision != expected {
        return Err(PublishError::Conflict(Vec::new()));
    }
    let mut edits = Vec::new();
    for id in owned(&head.edition, from) {
        let mut piece = head.edition.piece(&id).cloned();
        match &mut piece {
            Some(Piece::Topic(topic)) => to.clone_into(&mut topic.owner),
            Some(Piece::Intent(draft)) => draft.owner = Some(to.to_owned()),
            _ => continue,
        }
        edits.push(Edit { base: head.edition.hash(&id), id, to: piece, draft: None });
    }
    if edits.is_empty() {
        return Ok((0, head));
    }
    let count = edits.len();
    let reason = Reason::of(desk, actor, Action::ContentReassigned, why, Origin::Console);
    Ok((count, publish_as(desk, account, edits, reason).await?))
}
