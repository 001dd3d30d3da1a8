//! Taking away a lost second factor: one administrator asks, a second one confirms within a day.

use super::{super::Ctx, StaffError, invite::require_of_account, note};
use crate::{
    domain::{
        audit::{Action, Who},
        id::StaffId,
        staff::{Actor, Reset, rights::ManageStaff},
    },
    store::staff::{Sessions, Versioned},
};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetStep {
    /// It was asked for; somebody else has to confirm.
    Asked,
    /// Two administrators want it: second factor and recovery codes are gone, every session has ended.
    Done,
}

/// Asks for a reset, or confirms what another administrator asked for. The person's own wish does not
/// count: whoever has the password alone must not get rid of the second factor.
pub async fn reset_factor(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    staff: StaffId,
) -> Result<ResetStep, StaffError> {
    require_of_account(ctx, actor, staff).await?;
    let Who::Staff(by) = actor.doer().who else { return Err(StaffError::Oneself) };
    if by == staff {
        return Err(StaffError::Oneself);
    }
    let now = ctx.clock.now();
    let Versioned { mut value, version } = ctx.store.load_credentials(staff).await?;
    if !value.has_second() {
        return Err(StaffError::NoFactor);
    }
    let open = value.reset.take().filter(|reset| reset.is_open(now));
    let (step, action, sessions) = match open {
        Some(asked) if asked.by == by => return Err(StaffError::Oneself),
        Some(_) => {
            value.forget_second();
            (ResetStep::Done, Action::FactorReset, Sessions::EndAll)
        }
        None => {
            value.reset = Some(Reset { by, account: actor.account().clone(), at: now });
            (ResetStep::Asked, Action::FactorResetAsked, Sessions::Keep)
        }
    };
    let note = note(ctx, actor, action, staff);
    ctx.store.change_credentials(staff, value, version, sessions, Some(note)).await?;
    Ok(step)
}
