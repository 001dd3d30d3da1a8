//! A cookie's token becomes a person: asked with every request, so that what was ended is ended at once.

use jiff::civil::Date;

use super::{super::Ctx, Secret};
use crate::{
    domain::{
        id::AccountId,
        staff::{Checked, Hash, Session, Staff},
    },
    store::StoreError,
};

/// Whose request it is.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// Nobody's: no token, or its session is over.
    Nobody,
    /// Somebody's who has given the password and not yet what else is needed.
    Halfway(Box<Halfway>),
    /// Somebody's who has signed in.
    Signed(Box<Signed>),
}

/// Between password and second factor.
#[derive(Debug, Clone)]
pub struct Halfway {
    /// The person.
    pub staff: Staff,
    /// The session.
    pub session: Session,
    /// Under what it is stored.
    pub token: Hash,
}

/// Signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The checked session.
    pub checked: Checked,
    /// Under what it is stored.
    pub token: Hash,
}

impl Signed {
    /// The accounts on which the person may do anything today, in the order of their ids.
    pub fn accounts<'a>(&'a self, ctx: &'a Ctx) -> impl Iterator<Item = &'a AccountId> {
        let memberships = self.checked.staff().memberships.iter();
        memberships
            .filter(|one| ctx.today(&one.account).is_some_and(|today| one.holds(today)))
            .map(|one| &one.account)
    }
}

/// Looks who it is, and writes down, once a minute, that the session was used.
pub async fn recognise(ctx: &Ctx, token: Option<&Secret>) -> Result<Recognised, StoreError> {
    let Some(token) = token.map(Secret::hash) else { return Ok(Recognised::Nobody) };
    let now = ctx.clock.now();
    let Some(session) = ctx.store.load_session(&token).await?.filter(|session| session.is_alive(now)) else {
        return Ok(Recognised::Nobody);
    };
    let Some(staff) = ctx.store.load_staff(session.staff).await? else { return Ok(Recognised::Nobody) };
    if session.is_to_be_noted(now) {
        ctx.store.note_use(&token, now).await?;
    }
    let staff = staff.value;
    Ok(match Checked::check(staff.clone(), session.clone(), now) {
        Some(checked) => Recognised::Signed(Box::new(Signed { checked, token })),
        None => Recognised::Halfway(Box::new(Halfway { staff, session, token })),
    })
}

impl Ctx {
    /// The day of an account just now; `None` when there is no such account.
    pub fn today(&self, account: &AccountId) -> Option<Date> {
        let account = self.library.account(account)?;
        Some(self.clock.now().to_zoned(account.time_zone.clone()).date())
    }

    /// Whether somebody has access to some account today.
    pub(super) fn has_access(&self, staff: &Staff) -> bool {
        staff.memberships.iter().any(|one| self.today(&one.account).is_some_and(|today| one.holds(today)))
    }
}
