//! Removing a security key, for example a lost one. Every other session ends: it may have been opened with
//! that key.

use super::{super::Ctx, enrol, own_note, recognise::Signed};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{KeyId, Origin, SecurityKey},
    },
    store::{
        StoreError,
        staff::{Sessions, Versioned},
    },
};

/// Why a key was not removed.
#[derive(Debug, thiserror::Error)]
pub enum NotRemoved {
    /// It is none of the person's (any more).
    #[error("there is no such key")]
    Unknown,
    /// A role of the person demands a second factor, and there is no other.
    #[error("it is the last second factor, and a role demands one")]
    Last,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody's keys, oldest first.
pub async fn list_keys(ctx: &Ctx, staff: StaffId) -> Result<Vec<SecurityKey>, StoreError> {
    Ok(ctx.store.load_credentials(staff).await?.value.keys)
}

/// Removes one of one's own keys, in a session that has just proved itself (see [`super::confirm`]).
pub async fn remove_key(ctx: &Ctx, signed: &Signed, key: KeyId, origin: &Origin) -> Result<(), NotRemoved> {
    let staff = signed.checked.staff();
    let Versioned { mut value, version } = ctx.store.load_credentials(staff.id).await?;
    let before = value.keys.len();
    value.keys.retain(|one| one.id != key);
    if value.keys.len() == before {
        return Err(NotRemoved::Unknown);
    }
    if !enrol::has_usable(ctx, &value) && staff.needs_second_factor() {
        return Err(NotRemoved::Last);
    }
    if !value.has_second() {
        value.forget_second();
    }
    let mut note = own_note(ctx.clock.now(), staff.id, &origin.address, Action::KeyRemoved);
    note.detail.push(("key".into(), key.to_string()));
    let others = Sessions::EndOthers(signed.token);
    Ok(ctx.store.change_credentials(staff.id, value, version, others, Some(note)).await?)
}
