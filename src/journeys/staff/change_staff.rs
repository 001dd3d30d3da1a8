//! Changing what somebody is on an account: name, roles, department, days. Nobody changes themselves.

use super::{
    super::Ctx,
    StaffError,
    invite::{about, check_membership, require_of_account},
    note,
};
use crate::domain::{
    audit::Action,
    id::StaffId,
    staff::{Actor, Membership, PersonName, Version, rights::ManageStaff},
};

/// Changes somebody as it was read at `expected`. It holds with that person's next request.
pub async fn change_staff(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    id: StaffId,
    expected: Version,
    name: PersonName,
    membership: Membership,
) -> Result<(), StaffError> {
    check_membership(ctx, actor, &membership)?;
    if actor.doer().is(id) {
        return Err(StaffError::Oneself);
    }
    let mut staff = require_of_account(ctx, actor, id).await?.value;
    let mut note = note(ctx, actor, Action::StaffChanged, id);
    note.detail = about(&membership);
    staff.name = name;
    staff.set_membership(membership);
    Ok(ctx.store.change_staff(staff, expected, note).await?)
}
