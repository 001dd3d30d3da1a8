//! The content of an earlier revision is published again, as the newest one.

use std::sync::Arc;

use super::{Desk, PublishError, Published, Reason, publish::switch, write_back};
use crate::domain::{
    account::Account,
    content::{Origin, RevisionNo},
};

/// Publishes what revision `of` said. `expected` is the head that the person has seen; another one is a
/// conflict, since it would be lost from sight.
pub async fn return_to(
    desk: &Desk,
    account: &Account,
    of: RevisionNo,
    expected: RevisionNo,
    by: &str,
    why: String,
) -> Result<Arc<Published>, PublishError> {
    let (_guard, head) = desk.begin(account).await?;
    if head.revision != expected {
        return Err(PublishError::Conflict(Vec::new()));
    }
    let pieces = desk.store.pieces_at(&account.id, of).await?.filter(|_| of > 0);
    let pieces = pieces.ok_or(PublishError::NoRevision(of))?;
    let changes = desk.load(&account.id, &head.edition, &pieces).await?;
    let reason = Reason { by: by.into(), why, origin: Origin::Return { of } };
    let next = switch(desk, account, &head, changes, Vec::new(), reason).await?;
    write_back::after_publishing(desk, account, &next).await;
    Ok(next)
}
