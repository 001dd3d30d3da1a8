//! Proving again to be the person, before a grave act: the password and, where there is one, the second
//! factor.

use super::{
    super::Ctx, Refused, count_attempt, own_note, recognise::Signed, settle_attempt, sign_in, sign_in::Proof,
};
use crate::{
    domain::{
        audit::Action,
        staff::{Credentials, Failures, Origin, Session},
    },
    store::staff::Versioned,
};

/// Takes the proof and gives the session that is fresh by it.
pub async fn confirm(
    ctx: &Ctx,
    signed: &Signed,
    password: &str,
    proof: Proof<'_>,
    origin: &Origin,
) -> Result<Session, Refused> {
    let session = signed.checked.session();
    let staff = session.staff;
    let Versioned { value: credentials, version } = count_attempt(ctx, staff).await?;
    if !ctx.passwords.verify(password, credentials.password.as_deref()).await {
        return Err(sign_in::refuse(ctx, staff, origin, "password").await?);
    }
    if credentials.has_second() {
        sign_in::judge(ctx, staff, &signed.token, proof, origin).await?;
    } else {
        let cleared = Credentials { failures: Failures::default(), ..credentials };
        settle_attempt(ctx, staff, cleared, version, None).await?;
    }
    let now = ctx.clock.now();
    let fresh = Session { proved: now, seen: now, signed_on: None, ..session.clone() };
    let note = own_note(now, staff, &origin.address, Action::IdentityConfirmed);
    ctx.store.change_session(&signed.token, fresh.clone(), Some(note)).await?;
    Ok(fresh)
}
