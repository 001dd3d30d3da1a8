//! Changing one's own password. Every other session ends: whoever took one loses it.

use super::{
    super::Ctx,
    own_note,
    passwords::{Passwords, WeakPassword},
    recognise::Signed,
};
use crate::{
    domain::{
        audit::Action,
        staff::{Credentials, Origin},
    },
    store::{
        StoreError,
        staff::{Sessions, Versioned},
    },
};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// It is not worth much.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the password of a session that has just proved itself (see [`super::confirm`]).
pub async fn set_password(ctx: &Ctx, signed: &Signed, password: &str, origin: &Origin) -> Result<(), NotSet> {
    let staff = signed.checked.staff();
    Passwords::check(password, staff.login.as_str())?;
    let hash = ctx.passwords.hash(password).await;
    let Versioned { value, version } = ctx.store.load_credentials(staff.id).await?;
    let credentials = Credentials { password: Some(hash), ..value };
    let note = own_note(ctx.clock.now(), staff.id, &origin.address, Action::PasswordChanged);
    let others = Sessions::EndOthers(signed.token);
    Ok(ctx.store.change_credentials(staff.id, credentials, version, others, Some(note)).await?)
}
