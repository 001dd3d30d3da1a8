//! Ending sessions: one's own one by one, somebody else's all at once.

use super::{super::Ctx, StaffError, invite::require_of_account, note, own_note};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{Actor, Checked, Session, SessionId, rights::ManageStaff},
    },
    store::StoreError,
};

/// One's own sessions that count, newest first.
pub async fn list_own(ctx: &Ctx, checked: &Checked) -> Result<Vec<Session>, StoreError> {
    let now = ctx.clock.now();
    let mut sessions = ctx.store.list_sessions(checked.staff().id).await?;
    sessions.retain(|session| session.is_alive(now));
    sessions.reverse();
    Ok(sessions)
}

/// Ends one of one's own sessions; `false` when there is none of that name.
pub async fn end_own(ctx: &Ctx, checked: &Checked, session: SessionId) -> Result<bool, StoreError> {
    let staff = checked.staff().id;
    let mut note = own_note(ctx.clock.now(), staff, &checked.session().origin.address, Action::SignedOut);
    note.detail.push(("session".into(), session.to_string()));
    ctx.store.end_session(staff, session, note).await
}

/// Ends every session of somebody of the account; says how many.
pub async fn revoke(ctx: &Ctx, actor: &Actor<ManageStaff>, staff: StaffId) -> Result<usize, StaffError> {
    require_of_account(ctx, actor, staff).await?;
    Ok(ctx.store.end_sessions(staff, note(ctx, actor, Action::SessionsRevoked, staff)).await?)
}
