//! Setting up a second factor: a seed is offered, a code proves that the app has it, and recovery codes
//! are made, which are shown once.

use super::{
    super::Ctx,
    Offer, Refused, Secret, count_attempt, own_note,
    secret::{RECOVERY_CODES, recovery_code, recovery_hash},
    sign_in, totp,
};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{Credentials, Failures, Hash, Origin, SecondFactor, Session, Staff, Stage, Strength, Totp},
    },
    store::{
        StoreError,
        staff::{Sessions, Versioned},
    },
};

/// What was set up.
pub struct Enrolled {
    /// The new session's token.
    pub token: Secret,
    /// To be printed; only their hashes are stored.
    pub recovery_codes: Vec<String>,
}

/// What is known of somebody's account at the single sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// None is linked.
    None,
    /// One is, of another provider than the one that there is now: it cannot be used.
    Elsewhere,
    /// One is, and it may be used.
    Usable,
}

/// What may be known of somebody's credentials without seeing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether an authenticator app is set up.
    pub has_app: bool,
    /// How many security keys there are.
    pub keys: usize,
    /// The account at the single sign-on.
    pub link: Link,
    /// How many recovery codes are left.
    pub codes_left: usize,
    /// Whether one administrator has asked for a reset that another one may confirm.
    pub is_reset_asked: bool,
}

impl Factors {
    /// Whether there is a second factor beside the app that can be used.
    pub fn has_beside_app(&self) -> bool {
        self.keys > 0 || self.link == Link::Usable
    }

    /// Whether any second factor is set up.
    pub fn has_second(&self) -> bool {
        self.has_app || self.keys > 0 || self.link != Link::None
    }
}

/// Whether somebody has a second factor that can be used now: an account of a single sign-on that is not set up
/// any more cannot.
pub(super) fn has_usable(ctx: &Ctx, credentials: &Credentials) -> bool {
    let has_own = credentials.second.is_some() || !credentials.keys.is_empty();
    has_own || link_of(ctx, credentials) == Link::Usable
}

fn link_of(ctx: &Ctx, credentials: &Credentials) -> Link {
    let issuer = ctx.sign_on.as_ref().map(|provider| provider.issuer());
    match credentials.outside_account() {
        None => Link::None,
        Some(account) if issuer == Some(account.issuer.as_str()) => Link::Usable,
        Some(_) => Link::Elsewhere,
    }
}

/// Looks at somebody's credentials.
pub async fn look(ctx: &Ctx, staff: StaffId) -> Result<Factors, StoreError> {
    let credentials = ctx.store.load_credentials(staff).await?.value;
    Ok(Factors {
        has_password: credentials.password.is_some(),
        has_app: credentials.second.is_some(),
        keys: credentials.keys.len(),
        link: link_of(ctx, &credentials),
        codes_left: credentials.recovery.len(),
        is_reset_asked: credentials.reset.is_some_and(|reset| reset.is_open(ctx.clock.now())),
    })
}

/// Offers a seed, the same one again while it is not confirmed. Whoever has a second factor already may
/// replace it from a full session only.
pub async fn offer(
    ctx: &Ctx,
    staff: &Staff,
    session: &Session,
    token: &Hash,
) -> Result<Option<Offer>, StoreError> {
    if session.stage == Stage::SecondFactor {
        return Ok(None);
    }
    let seed = match &session.offered_seed {
        Some(seed) => seed.clone(),
        None => {
            let seed = totp::new_seed(&*ctx.entropy);
            let session = Session { offered_seed: Some(seed.clone()), ..session.clone() };
            ctx.store.change_session(token, session, None).await?;
            seed
        }
    };
    let city = staff.memberships.first().and_then(|one| ctx.library.account(&one.account));
    let issuer = city.map_or_else(|| "todoke".to_owned(), |account| format!("{} todoke", account.name));
    Ok(Some(totp::offer(&seed, &issuer, staff.login.as_str())))
}

/// Takes the code that proves that the app has the seed. The session gets a new token and, from now on,
/// two factors.
pub async fn enrol(
    ctx: &Ctx,
    session: &Session,
    token: &Hash,
    code: &str,
    origin: Origin,
) -> Result<Enrolled, Refused> {
    let staff = session.staff;
    let seed = match (&session.offered_seed, session.stage) {
        (Some(seed), Stage::Enrol | Stage::Full) => seed.clone(),
        _ => return Err(Refused::Wrong),
    };
    let Versioned { value: mut credentials, version } = count_attempt(ctx, staff).await?;
    let now = ctx.clock.now();
    let Some(step) = totp::step_of(&seed, code, now) else {
        return Err(sign_in::refuse(ctx, staff, &origin, "totp").await?);
    };
    // Whoever came in with the password alone may set up the first second factor and never replace one.
    if credentials.has_second() && session.strength != Strength::TwoFactors {
        return Err(Refused::Wrong);
    }
    let recovery_codes = codes(ctx);
    credentials.second = Some(SecondFactor::Totp(Totp { seed, since: now, last_step: step }));
    credentials.recovery = recovery_codes.iter().map(|code| recovery_hash(code)).collect();
    credentials.failures = Failures::default();
    credentials.reset = None;
    let note = own_note(now, staff, &origin.address, Action::FactorEnrolled);
    // Sessions that were opened with less end.
    let others = Sessions::EndOthers(*token);
    match ctx.store.change_credentials(staff, credentials, version, others, Some(note)).await {
        Err(StoreError::Conflict) => return Err(Refused::Wrong),
        other => other?,
    }
    let begun =
        sign_in::begin(ctx, staff, Stage::Full, Strength::TwoFactors, origin, Some(*token), "totp").await?;
    Ok(Enrolled { token: begun.token, recovery_codes })
}

/// Makes new recovery codes; the old ones are void.
pub async fn renew_recovery_codes(
    ctx: &Ctx,
    session: &Session,
    origin: &Origin,
) -> Result<Vec<String>, StoreError> {
    let Versioned { mut value, version } = ctx.store.load_credentials(session.staff).await?;
    if !value.has_second() {
        return Err(StoreError::Conflict);
    }
    let recovery_codes = codes(ctx);
    value.recovery = recovery_codes.iter().map(|code| recovery_hash(code)).collect();
    let note = own_note(ctx.clock.now(), session.staff, &origin.address, Action::RecoveryCodesMade);
    ctx.store.change_credentials(session.staff, value, version, Sessions::Keep, Some(note)).await?;
    Ok(recovery_codes)
}

pub(super) fn codes(ctx: &Ctx) -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code(&*ctx.entropy)).collect()
}
