//! The content of an earlier revision is published again, as the newest one.

use std::sync::Arc;

use super::{
    Desk, PublishError, Published,
    publish::{Reason, switch},
    write_back,
};
use crate::domain::{
    audit::Action,
    content::{Origin, RevisionNo},
    staff::{Actor, rights::PublishIntents},
};

/// Publishes what revision `of` said. `expected` is the head that the person has seen; another one is a
/// conflict, since it would be lost from sight.
pub async fn return_to(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
    of: RevisionNo,
    expected: RevisionNo,
    why: String,
) -> Result<Arc<Published>, PublishError> {
    let account = desk.account(actor)?;
    let (_guard, head) = desk.begin(account).await?;
    if head.revision != expected {
        return Err(PublishError::Conflict(Vec::new()));
    }
    let pieces = desk.store.pieces_at(&account.id, of).await?.filter(|_| of > 0);
    let pieces = pieces.ok_or(PublishError::NoRevision(of))?;
    let changes = desk.load(&account.id, &head.edition, &pieces).await?;
    let reason = Reason::of(desk, actor, Action::ContentReturned, why, Origin::Return { of });
    let next = switch(desk, account, &head, changes, Vec::new(), reason).await?;
    write_back::after_publishing(desk, account, &next).await;
    Ok(next)
}
