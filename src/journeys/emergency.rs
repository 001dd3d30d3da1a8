//! Emergency mode: one person writes a text with its end, another puts it in force, anybody of the two ends
//! it. `answer` says it before every answer but those to somebody in danger.

use super::Ctx;
use crate::{
    domain::{
        emergency::{Emergency, Notice, NoticeError, Refusal, Step, StepKind},
        id::AccountId,
        language::Localized,
        staff_ref::StaffRef,
        time::Timestamp,
        version::Version,
    },
    store::StoreError,
};

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EmergencyError {
    /// The text or the end is to be mended.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// It does not follow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// [`StoreError::Conflict`]: somebody else was quicker; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes or rewrites the draft. Nothing is in force by that, and what was looked at for approval is void.
pub async fn propose(
    ctx: &Ctx,
    account: &AccountId,
    by: &StaffRef,
    text: &Localized<String>,
    until: Timestamp,
) -> Result<Version, EmergencyError> {
    let now = ctx.clock.now();
    let notice = Notice::new(text, until, now)?;
    take(ctx, account, by, StepKind::Proposed, |emergency| {
        Ok((emergency.propose(notice.clone(), by.clone(), now), notice))
    })
    .await
}

/// Puts the draft in force if it is exactly what the approver has seen, and somebody else wrote it.
pub async fn approve(
    ctx: &Ctx,
    account: &AccountId,
    by: &StaffRef,
    seen: &Notice,
) -> Result<Version, EmergencyError> {
    let now = ctx.clock.now();
    let version = take(ctx, account, by, StepKind::Approved, |emergency| {
        Ok((emergency.approve(seen, by.clone(), now)?, seen.clone()))
    })
    .await?;
    tracing::warn!(%account, %by, until = %seen.until(), "an emergency text is in force");
    Ok(version)
}

/// Drops the draft.
pub async fn withdraw(ctx: &Ctx, account: &AccountId, by: &StaffRef) -> Result<Version, EmergencyError> {
    take(ctx, account, by, StepKind::Withdrawn, |emergency| {
        let notice = emergency.draft().ok_or(Refusal::NoDraft)?.notice.clone();
        Ok((emergency.withdraw()?, notice))
    })
    .await
}

/// Ends what is in force, at once.
pub async fn end(ctx: &Ctx, account: &AccountId, by: &StaffRef) -> Result<Version, EmergencyError> {
    let now = ctx.clock.now();
    let version = take(ctx, account, by, StepKind::Ended, |emergency| {
        let notice = emergency.active(now).ok_or(Refusal::NotActive)?.notice().clone();
        Ok((emergency.end(now)?, notice))
    })
    .await?;
    tracing::warn!(%account, %by, "the emergency text was ended");
    Ok(version)
}

async fn take(
    ctx: &Ctx,
    account: &AccountId,
    by: &StaffRef,
    what: StepKind,
    step: impl FnOnce(&Emergency) -> Result<(Emergency, Notice), Refusal>,
) -> Result<Version, EmergencyError> {
    let (emergency, version) = ctx.store.emergency(account).await?;
    let (next, notice) = step(&emergency)?;
    let step = Step { at: ctx.clock.now(), by: by.clone(), what, notice };
    Ok(ctx.store.save_emergency(account, version, next, step).await?)
}
