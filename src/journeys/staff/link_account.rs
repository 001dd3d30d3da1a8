//! The account at the city's single sign-on that is a person's: linking it, looking at it, letting go of it.

use super::{
    super::Ctx,
    enrol::{self, Enrolled},
    own_note,
    recognise::Signed,
    remove_key::NotRemoved,
    secret::recovery_hash,
    sign_in,
};
use crate::{
    domain::{
        audit::Action,
        staff::{
            Credentials, Failures, Hash, LinkedAccount, Origin, OutsideAccount, Session, Stage, Strength,
        },
    },
    store::{
        StoreError,
        staff::{Sessions, Versioned},
    },
};

/// Why an account was not linked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotLinked {
    /// It is somebody else's.
    #[error("the account is somebody else's")]
    Taken,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Links it, in place of an earlier one. As a first second factor it brings recovery codes, a new token and,
/// from now on, two factors. The caller has seen that the session may.
pub(super) async fn link(
    ctx: &Ctx,
    session: &Session,
    token: &Hash,
    account: OutsideAccount,
    counted: Versioned<Credentials>,
    origin: Origin,
) -> Result<Option<Enrolled>, NotLinked> {
    let (staff, now) = (session.staff, ctx.clock.now());
    let Versioned { value: mut credentials, version } = counted;
    let is_first = !credentials.has_second();
    // Of two people at the same moment the store lets one.
    let is_taken = async || -> Result<bool, StoreError> {
        Ok(ctx.store.find_linked(&account).await?.is_some_and(|owner| owner != staff))
    };
    if is_taken().await? {
        return Err(NotLinked::Taken);
    }
    credentials.linked = Some(LinkedAccount { account: account.clone(), since: now, used: None });
    credentials.failures = Failures::default();
    let note = Some(own_note(now, staff, &origin.address, Action::AccountLinked));
    let recovery_codes = if is_first { enrol::codes(ctx) } else { Vec::new() };
    let mut sessions = Sessions::Keep;
    if is_first {
        credentials.recovery = recovery_codes.iter().map(|code| recovery_hash(code)).collect();
        credentials.reset = None;
        // Sessions that were opened with less end.
        sessions = Sessions::EndOthers(*token);
    }
    match ctx.store.change_credentials(staff, credentials, version, sessions, note).await {
        Err(StoreError::Conflict) if is_taken().await? => return Err(NotLinked::Taken),
        other => other?,
    }
    if !is_first {
        return Ok(None);
    }
    let (stage, strength) = (Stage::Full, Strength::TwoFactors);
    let begun = sign_in::begin(ctx, staff, stage, strength, origin, Some(*token), "sign-on").await?;
    Ok(Some(Enrolled { token: begun.token, recovery_codes }))
}

/// The account that is linked to a person, of whatever provider.
pub async fn look_at_link(ctx: &Ctx, signed: &Signed) -> Result<Option<LinkedAccount>, StoreError> {
    Ok(ctx.store.load_credentials(signed.checked.staff().id).await?.value.linked)
}

/// Lets go of it, in a session that has just proved itself (see [`super::confirm`]). Every other session ends:
/// it may have been opened with that account.
pub async fn unlink(ctx: &Ctx, signed: &Signed, origin: &Origin) -> Result<(), NotRemoved> {
    let staff = signed.checked.staff();
    let Versioned { mut value, version } = ctx.store.load_credentials(staff.id).await?;
    if value.linked.take().is_none() {
        return Err(NotRemoved::Unknown);
    }
    if !value.has_second() {
        if staff.needs_second_factor() {
            return Err(NotRemoved::Last);
        }
        value.forget_second();
    }
    let note = own_note(ctx.clock.now(), staff.id, &origin.address, Action::AccountUnlinked);
    let others = Sessions::EndOthers(signed.token);
    Ok(ctx.store.change_credentials(staff.id, value, version, others, Some(note)).await?)
}
