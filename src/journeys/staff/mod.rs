//! Staff: who comes in, how they prove who they are, and who may do what. One verb a file.
//!
//! The console and the command line call it. Whatever changes something leaves a note in the audit log in
//! the same write. Names and login names never enter the audit or a log.

pub mod add_key;
pub mod change_staff;
pub mod confirm;
pub mod enrol;
pub mod import_staff;
pub mod invite;
pub mod leave_for_sign_on;
pub mod link_account;
pub mod once;
pub mod passwords;
pub mod play;
pub mod prove_key;
pub mod recognise;
pub mod remove_app;
pub mod remove_key;
pub mod reset_factor;
pub mod return_from_sign_on;
pub mod revoke;
mod secret;
pub mod set_password;
pub mod sign_in;
mod totp;
mod webauthn;

use jiff::SignedDuration;

pub use passwords::Passwords;
pub use secret::Secret;
pub use totp::Offer;
pub use webauthn::{Assertion, Attestation, NotOffered, RelyingParty};

use super::Ctx;
use crate::{
    domain::{
        audit::{Action, Note, Who},
        id::{AccountId, StaffId},
        staff::{Actor, Credentials, Permission, Version},
        time::Timestamp,
    },
    store::{StoreError, staff::Sessions, staff::Versioned},
};

/// Why an attempt to prove one's identity was refused. What was wrong is not told: who guesses learns
/// nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Name, password or code is wrong, or the person has no access today.
    #[error("the attempt was wrong")]
    Wrong,
    /// Too many attempts were wrong: wait so long.
    #[error("too many attempts; wait {} s", .0.as_secs())]
    Wait(SignedDuration),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a change of staff was refused.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The person is not (any more) one of the account's.
    #[error("there is no such person on this account")]
    Unknown,
    /// The login name belongs to somebody.
    #[error("the login name is taken")]
    LoginTaken,
    /// The account's file does not name the department.
    #[error("the account has no such department")]
    UnknownDepartment,
    /// Nobody changes their own roles, and nobody is the second of two people alone.
    #[error("somebody else has to do this")]
    Oneself,
    /// A person needs at least one role.
    #[error("at least one role is needed")]
    NoRole,
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    DaysExchanged,
    /// The person has no second factor.
    #[error("there is no second factor to reset")]
    NoFactor,
    /// The store did not do it; `Conflict` means that somebody else changed it meanwhile.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A note about an act of somebody with a right.
fn note<R: Permission>(ctx: &Ctx, actor: &Actor<R>, action: Action, object: StaffId) -> Note {
    actor.note(ctx.clock.now(), action, object)
}

/// A note about what somebody does to themselves.
fn own_note(at: Timestamp, staff: StaffId, from: &str, action: Action) -> Note {
    Note {
        at,
        actor: Who::Staff(staff),
        action,
        object: staff.to_string(),
        account: None,
        from: Some(from.to_owned()),
        detail: Vec::new(),
    }
}

/// How often a change of the credentials is tried anew when another one came first.
const TRIES: usize = 5;

/// Counts an attempt as failed before it is judged, and gives the credentials to judge it by. Many attempts
/// at once are counted one by one: none is judged that was not counted.
async fn count_attempt(ctx: &Ctx, staff: StaffId) -> Result<Versioned<Credentials>, Refused> {
    for _ in 0..TRIES {
        let now = ctx.clock.now();
        let Versioned { mut value, version } = ctx.store.load_credentials(staff).await?;
        if let Some(wait) = value.failures.wait(now) {
            return Err(Refused::Wait(wait));
        }
        value.failures = value.failures.with_one_more(now);
        match ctx.store.change_credentials(staff, value.clone(), version, Sessions::Keep, None).await {
            Ok(()) => return Ok(Versioned { value, version: version.next() }),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refused::Wait(SignedDuration::from_secs(1)))
}

/// Writes credentials after a right proof; a conflict means that the same proof came twice.
async fn settle_attempt(
    ctx: &Ctx,
    staff: StaffId,
    credentials: Credentials,
    expected: Version,
    note: Option<Note>,
) -> Result<(), Refused> {
    match ctx.store.change_credentials(staff, credentials, expected, Sessions::Keep, note).await {
        Err(StoreError::Conflict) => Err(Refused::Wrong),
        other => Ok(other?),
    }
}

/// An account's departments are a closed list where its file has one.
pub(super) fn check_department(
    ctx: &Ctx,
    account: &AccountId,
    department: Option<&crate::domain::staff::Department>,
) -> Result<(), StaffError> {
    let known = ctx.library.account(account).map(|account| &account.departments);
    match (known, department) {
        (Some(known), Some(department)) if !known.is_empty() && !known.contains(department) => {
            Err(StaffError::UnknownDepartment)
        }
        _ => Ok(()),
    }
}
