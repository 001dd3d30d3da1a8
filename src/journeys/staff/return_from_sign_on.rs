//! Somebody comes back from the city's single sign-on: the detour is taken, the provider is asked whose
//! account it was, and that is judged. Like a code it counts as a failed attempt until it is known to be right.
//!
//! What is not the person's doing (a provider that is down, a way that was broken off) counts as none: nothing
//! was judged by it, and nobody learns anything from it.

use super::{
    super::Ctx,
    Refused, count_attempt,
    enrol::Enrolled,
    leave_for_sign_on::may,
    link_account::{self, NotLinked},
    own_note,
    secret::Secret,
    settle_attempt,
    sign_in::{self, Begun},
};
use crate::{
    domain::{
        audit::{Action, Who},
        id::StaffId,
        staff::{Detour, Errand, Failures, Hash, Origin, OutsideAccount, Session, Stage, Strength},
    },
    sign_on::{Redeem, SignOnError, SingleSignOn, Unsound},
    store::{StoreError, staff::Versioned},
};

/// What the browser brought back.
pub struct Answer<'a> {
    /// By which the detour is found.
    pub state: &'a str,
    /// To be redeemed; empty where the provider sent none.
    pub code: &'a str,
    /// Why there is no code, in the provider's word; empty where there is one.
    pub error: &'a str,
    /// Who says so (RFC 9207); empty where the provider does not tell.
    pub issuer: &'a str,
}

/// What became of it.
pub enum Returned {
    /// Signed in, on the way to this page.
    CameIn(Begun, String),
    /// The account is the person's first second factor.
    LinkedFirst(Enrolled),
    /// It stands beside what was there.
    Linked,
    /// A grave act may be confirmed with the password now.
    Confirmed,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum NotReturned {
    /// The detour was never begun in this session, is over, or was taken.
    #[error("the way to the single sign-on is over")]
    Over,
    /// The person, or the provider, broke it off.
    #[error("the way to the single sign-on was broken off")]
    BrokenOff(Errand),
    /// The provider was not reached, or did not answer as one does.
    #[error("the provider did not answer")]
    Provider(Errand),
    /// The account there is not the person's.
    #[error("the account is not the linked one")]
    OtherAccount(Errand),
    /// Somebody else has linked the account.
    #[error("the account is somebody else's")]
    Taken,
    /// The provider does not say that the person has signed in anew.
    #[error("the person has not signed in anew")]
    NotAnew,
    /// The provider recognised the person less strongly than is demanded.
    #[error("the person was not recognised strongly enough")]
    NotStrong(Errand),
    /// What the provider says does not fit what was asked.
    #[error("the answer does not fit")]
    Unsound(Errand),
    /// Too many attempts, or the store.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<StoreError> for NotReturned {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refused::Store(error))
    }
}

/// Takes what the browser brought back into this session.
pub async fn return_from_sign_on(
    ctx: &Ctx,
    session: &Session,
    token: &Hash,
    answer: &Answer<'_>,
    origin: Origin,
) -> Result<Returned, NotReturned> {
    let provider = ctx.sign_on.as_ref().ok_or(NotReturned::Over)?;
    let state = Secret::parse(answer.state).ok_or(NotReturned::Over)?;
    let found = ctx.store.take_detour(token, &state.hash()).await?;
    let detour = found.filter(|one| one.is_open(ctx.clock.now())).ok_or(NotReturned::Over)?;
    let account = redeem(ctx, &**provider, session.staff, &detour, answer, &origin).await?;
    let Versioned { value: mut credentials, version } = count_attempt(ctx, session.staff).await?;
    if !may(&**provider, session, &credentials, detour.errand) {
        return Err(NotReturned::Over);
    }
    let now = ctx.clock.now();
    if detour.errand == Errand::Link {
        let counted = Versioned { value: credentials, version };
        return match link_account::link(ctx, session, token, account, counted, origin.clone()).await {
            Ok(Some(enrolled)) => Ok(Returned::LinkedFirst(enrolled)),
            Ok(None) => Ok(Returned::Linked),
            Err(NotLinked::Taken) => {
                refuse(ctx, session.staff, &origin, "taken").await?;
                Err(NotReturned::Taken)
            }
            Err(NotLinked::Store(error)) => Err(error.into()),
        };
    }
    let Some(linked) = credentials.linked.as_mut().filter(|linked| linked.account == account) else {
        refuse(ctx, session.staff, &origin, "other-account").await?;
        return Err(NotReturned::OtherAccount(detour.errand));
    };
    linked.used = Some(now);
    credentials.failures = Failures::default();
    let note = own_note(now, session.staff, &origin.address, Action::SignOnUsed);
    settle_attempt(ctx, session.staff, credentials, version, Some(note)).await?;
    if detour.errand == Errand::Confirm {
        let signed_on = Session { signed_on: Some(now), seen: now, ..session.clone() };
        ctx.store.change_session(token, signed_on, None).await?;
        return Ok(Returned::Confirmed);
    }
    let (full, two) = (Stage::Full, Strength::TwoFactors);
    let begun = sign_in::begin(ctx, session.staff, full, two, origin, Some(*token), "sign-on").await?;
    Ok(Returned::CameIn(begun, detour.next))
}

/// Asks the provider whose account it was.
async fn redeem(
    ctx: &Ctx,
    provider: &dyn SingleSignOn,
    staff: StaffId,
    detour: &Detour,
    answer: &Answer<'_>,
    origin: &Origin,
) -> Result<OutsideAccount, NotReturned> {
    let errand = detour.errand;
    if !answer.issuer.is_empty() && answer.issuer != provider.issuer() {
        return Err(unsound(ctx, staff, origin, "issuer", NotReturned::Unsound(errand)).await?);
    }
    if answer.code.is_empty() {
        // Words of OpenID Connect Core, section 3.1.2.6, and OAuth 2.0, section 4.1.2.1.
        return Err(match answer.error {
            "temporarily_unavailable" | "server_error" => NotReturned::Provider(errand),
            _ => NotReturned::BrokenOff(errand),
        });
    }
    let anew_since = (errand == Errand::Confirm).then_some(detour.begun);
    let (nonce, verifier) = (detour.nonce.as_str(), detour.verifier.as_str());
    let error = match provider.redeem(&Redeem { code: answer.code, nonce, verifier, anew_since }).await {
        Ok(account) => return Ok(account),
        Err(SignOnError::Provider) => return Err(NotReturned::Provider(errand)),
        Err(error) => error,
    };
    let told = match error {
        SignOnError::Token(Unsound::NotAnew) => NotReturned::NotAnew,
        SignOnError::Token(Unsound::Strength) => NotReturned::NotStrong(errand),
        _ => NotReturned::Unsound(errand),
    };
    Err(unsound(ctx, staff, origin, &error.to_string(), told).await?)
}

/// Counts what does not fit as an attempt and writes it down.
async fn unsound(
    ctx: &Ctx,
    staff: StaffId,
    origin: &Origin,
    why: &str,
    told: NotReturned,
) -> Result<NotReturned, NotReturned> {
    count_attempt(ctx, staff).await?;
    refuse(ctx, staff, origin, why).await?;
    Ok(told)
}

/// Writes down that what came from the provider was refused.
async fn refuse(ctx: &Ctx, staff: StaffId, origin: &Origin, why: &str) -> Result<(), StoreError> {
    let mut note = own_note(ctx.clock.now(), staff, &origin.address, Action::SignOnRefused);
    note.actor = Who::Nobody;
    note.detail.push(("why".into(), why.to_owned()));
    ctx.store.append_audit(note).await
}

/// Takes a sign-in at the provider that came back into this session as the proof for a grave act.
pub(super) async fn judge(
    ctx: &Ctx,
    staff: StaffId,
    token: &Hash,
    origin: &Origin,
) -> Result<&'static str, Refused> {
    let Versioned { value: mut credentials, version } = count_attempt(ctx, staff).await?;
    let session = ctx.store.load_session(token).await?;
    let is_there =
        session.is_some_and(|session| session.staff == staff && session.has_signed_on(ctx.clock.now()));
    if !is_there || credentials.linked.is_none() {
        refuse(ctx, staff, origin, "missing").await?;
        return Err(Refused::Wrong);
    }
    credentials.failures = Failures::default();
    settle_attempt(ctx, staff, credentials, version, None).await?;
    Ok("sign-on")
}
