//! Removing the authenticator app, for example with a telephone that was given back. Every other session ends:
//! it may have been opened with a code of that app.

use super::{super::Ctx, enrol, own_note, recognise::Signed, remove_key::NotRemoved};
use crate::{
    domain::{audit::Action, staff::Origin},
    store::staff::{Sessions, Versioned},
};

/// Removes it, in a session that has just proved itself (see [`super::confirm`]).
pub async fn remove_app(ctx: &Ctx, signed: &Signed, origin: &Origin) -> Result<(), NotRemoved> {
    let staff = signed.checked.staff();
    let Versioned { mut value, version } = ctx.store.load_credentials(staff.id).await?;
    if value.second.take().is_none() {
        return Err(NotRemoved::Unknown);
    }
    if !enrol::has_usable(ctx, &value) && staff.needs_second_factor() {
        return Err(NotRemoved::Last);
    }
    if !value.has_second() {
        value.forget_second();
    }
    let note = own_note(ctx.clock.now(), staff.id, &origin.address, Action::AppRemoved);
    let others = Sessions::EndOthers(signed.token);
    Ok(ctx.store.change_credentials(staff.id, value, version, others, Some(note)).await?)
}
