//! The demo's staff: one person a role, who come in without a password. Named by `demo` alone, which
//! `tests/architecture.rs` holds; a server that serves a city has no address that leads here.

use super::{super::Ctx, StaffError, invite, sign_in};
use crate::domain::{
    id::{AccountId, StaffId},
    staff::{Actor, LoginName, Membership, Origin, PersonName, Role, Stage, Strength, rights::ManageStaff},
};

/// Lets the demo's person of a role in, who is made at the first time.
pub async fn play(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    role: Role,
    name: PersonName,
    origin: Origin,
) -> Result<sign_in::Begun, StaffError> {
    let staff = find_or_add(ctx, actor, role, name).await?;
    let begun = sign_in::begin(ctx, staff, Stage::Full, Strength::TwoFactors, origin, None, "demo").await?;
    Ok(begun)
}

async fn find_or_add(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    role: Role,
    name: PersonName,
) -> Result<StaffId, StaffError> {
    let login: LoginName = format!("demo-{}", role.code()).parse().expect("a role's code is a login name");
    if let Some(known) = ctx.store.load_staff_by_login(&login).await? {
        return Ok(known.value.id);
    }
    let account: AccountId = actor.account().clone();
    let membership = Membership { account, roles: vec![role], department: None, from: None, until: None };
    match invite::add_staff(ctx, actor, invite::NewStaff { login: login.clone(), name, membership }).await {
        Ok(invited) => Ok(invited.staff),
        // Two buttons at once.
        Err(StaffError::LoginTaken) => {
            let known = ctx.store.load_staff_by_login(&login).await?;
            known.map(|known| known.value.id).ok_or(StaffError::Unknown)
        }
        Err(error) => Err(error),
    }
}
