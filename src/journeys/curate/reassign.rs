//! A reorganisation: everything of one owner gets another, as one revision.

use std::sync::Arc;

use super::{
    Desk, Edit, PublishError, Published,
    publish::{Reason, publish_as},
};
use crate::{
    domain::{
        audit::Action,
        content::{Origin, PieceId},
        staff::{Actor, rights::PublishIntents},
    },
    intent::piece::Piece,
};

/// Gives intents and topics of `from` to `to`; how many pieces changed, and what is published now. Nothing is
/// published when `from` owns nothing.
pub async fn reassign(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
    from: &str,
    to: &str,
    why: String,
) -> Result<(usize, Arc<Published>), PublishError> {
    let account = desk.account(actor)?;
    let head = desk.published(&account.id).unwrap_or_default();
    let mut edits = Vec::new();
    let mut edit = |id: Option<PieceId>, piece: Piece| {
        if let Some(id) = id {
            let base = head.edition.hash(&id);
            edits.push(Edit { id, base, to: Some(piece), draft: None });
        }
    };
    for topic in head.edition.topics().filter(|topic| topic.owner == from) {
        let mut topic = topic.clone();
        to.clone_into(&mut topic.owner);
        edit(topic.topic.parse().ok(), Piece::Topic(topic));
    }
    for draft in head.edition.drafts().filter(|draft| draft.owner.as_deref() == Some(from)) {
        let mut draft = draft.clone();
        draft.owner = Some(to.to_owned());
        edit(draft.id.parse().ok(), Piece::Intent(draft));
    }
    if edits.is_empty() {
        return Ok((0, head));
    }
    let count = edits.len();
    let reason = Reason::of(desk, actor, Action::ContentReassigned, why, Origin::Console);
    Ok((count, publish_as(desk, account, edits, reason).await?))
}
