//! Who approves in whose place, and when (代決).

use super::AnnounceError;
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{
            Actor, Deputy, Permission, may_stand_in,
            rights::{Approve, ManageStaff},
        },
        version::Version,
    },
    journeys::Ctx,
    store::staff::Versioned,
};

/// The rights with which deputies are named: administrators for everybody, approvers for themselves.
pub trait MayName: Permission {
    /// Whether for others too.
    const FOR_OTHERS: bool;
}
impl MayName for ManageStaff {
    const FOR_OTHERS: bool = true;
}
impl MayName for Approve {
    const FOR_OTHERS: bool = false;
}

/// Every deputy, with the version to be named by an edit.
pub async fn deputies<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
) -> Result<Versioned<Vec<Deputy>>, AnnounceError> {
    Ok(ctx.store.deputies(actor.account()).await?)
}

/// In whose places somebody may approve today.
pub async fn stand_ins(ctx: &Ctx, actor: &Actor<Approve>) -> Result<Vec<StaffId>, AnnounceError> {
    let account = super::account_of(ctx, actor)?;
    let today = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    let by = actor.doer().person()?;
    let all = ctx.store.deputies(actor.account()).await?.value;
    let mut of: Vec<StaffId> =
        all.iter().map(|deputy| deputy.of).filter(|of| may_stand_in(&all, by, *of, today)).collect();
    of.sort_unstable();
    of.dedup();
    Ok(of)
}

/// Writes the deputies, if nobody else has since `seen`. An approver changes their own alone: others' stay as they are.
pub async fn save_deputies<R: MayName>(
    ctx: &Ctx,
    actor: &Actor<R>,
    seen: Version,
    wanted: Vec<Deputy>,
) -> Result<Version, AnnounceError> {
    let me = actor.doer().person()?;
    let deputies = if R::FOR_OTHERS {
        wanted
    } else {
        let known = ctx.store.deputies(actor.account()).await?.value;
        let others = known.into_iter().filter(|deputy| deputy.of != me);
        others.chain(wanted.into_iter().filter(|deputy| deputy.of == me)).collect()
    };
    let mut note = actor.note(ctx.clock.now(), Action::DeputiesChanged, actor.account());
    note.detail = vec![("deputies".into(), deputies.len().to_string())];
    Ok(ctx.store.save_deputies(actor.account(), seen, deputies, note).await?)
}
