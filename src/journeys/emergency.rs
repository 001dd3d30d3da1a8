//! Emergency mode: one person writes a text with its end, another puts it in force, anybody of the two ends
//! it. `answer` says it before every answer but those to somebody in danger.

use super::Ctx;
use crate::{
    domain::{
        audit::{Action, Note},
        emergency::{Emergency, Notice, NoticeError, Refusal, Step, StepKind},
        language::Localized,
        staff::{
            Actor, NotAPerson, Permission,
            rights::{Approve, ProposeEmergency},
        },
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
    /// Two people have to stand behind a text; the command line is none.
    #[error(transparent)]
    NotAPerson(#[from] NotAPerson),
    /// [`StoreError::Conflict`]: somebody else was quicker; read it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rights with which a draft may be dropped, and what is in force be ended: of either of the two people.
pub trait MayEnd: Permission {}
impl MayEnd for ProposeEmergency {}
impl MayEnd for Approve {}

/// Writes or rewrites the draft. Nothing is in force by that, and what was looked at for approval is void.
/// `seen` is the version that was on the screen, so that nobody's draft is overwritten unread.
pub async fn propose(
    ctx: &Ctx,
    actor: &Actor<ProposeEmergency>,
    seen: Version,
    text: &Localized<String>,
    until: Timestamp,
) -> Result<Version, EmergencyError> {
    let (now, by) = (ctx.clock.now(), actor.doer().person()?);
    let notice = Notice::new(text, until, now)?;
    take(ctx, actor, StepKind::Proposed, Some(seen), |emergency| {
        Ok((emergency.propose(notice.clone(), by, now), notice))
    })
    .await
}

/// Puts the draft in force if it is exactly what the approver has seen, and somebody else wrote it.
pub async fn approve(ctx: &Ctx, actor: &Actor<Approve>, seen: &Notice) -> Result<Version, EmergencyError> {
    let (now, by) = (ctx.clock.now(), actor.doer().person()?);
    let version = take(ctx, actor, StepKind::Approved, None, |emergency| {
        Ok((emergency.approve(seen, by, now)?, seen.clone()))
    })
    .await?;
    tracing::warn!(account = %actor.account(), %by, until = %seen.until(), "an emergency text is in force");
    Ok(version)
}

/// Drops the draft, if it is still the one that was on the screen.
pub async fn withdraw<R: MayEnd>(
    ctx: &Ctx,
    actor: &Actor<R>,
    seen: Version,
) -> Result<Version, EmergencyError> {
    take(ctx, actor, StepKind::Withdrawn, Some(seen), |emergency| {
        let notice = emergency.draft().ok_or(Refusal::NoDraft)?.notice.clone();
        Ok((emergency.withdraw()?, notice))
    })
    .await
}

/// Ends what is in force, at once, whatever it is: to be silent is safe.
pub async fn end<R: MayEnd>(ctx: &Ctx, actor: &Actor<R>) -> Result<Version, EmergencyError> {
    let now = ctx.clock.now();
    let version = take(ctx, actor, StepKind::Ended, None, |emergency| {
        let notice = emergency.active(now).ok_or(Refusal::NotActive)?.notice().clone();
        Ok((emergency.end(now)?, notice))
    })
    .await?;
    tracing::warn!(account = %actor.account(), by = %actor.doer().who, "the emergency text was ended");
    Ok(version)
}

async fn take<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
    what: StepKind,
    seen: Option<Version>,
    step: impl FnOnce(&Emergency) -> Result<(Emergency, Notice), Refusal>,
) -> Result<Version, EmergencyError> {
    let (account, by) = (actor.account(), actor.doer().person()?);
    let (emergency, version) = ctx.store.emergency(account).await?;
    if seen.is_some_and(|seen| seen != version) {
        return Err(StoreError::Conflict.into());
    }
    let (next, notice) = step(&emergency)?;
    let step = Step { at: ctx.clock.now(), by, what, notice };
    let note = note(actor, &step, version.next());
    Ok(ctx.store.save_emergency(account, version, next, step, note).await?)
}

/// The texts stand in the audit by their hash; the history keeps them.
fn note<R: Permission>(actor: &Actor<R>, step: &Step, version: Version) -> Note {
    let action = match step.what {
        StepKind::Proposed => Action::EmergencyProposed,
        StepKind::Withdrawn => Action::EmergencyWithdrawn,
        StepKind::Approved => Action::EmergencyApproved,
        StepKind::Ended => Action::EmergencyEnded,
    };
    let mut note = actor.note(step.at, action, format_args!("emergency-{}", version.0));
    note.detail = vec![
        ("text".into(), step.notice.hash().to_string()),
        ("until".into(), step.notice.until().to_string()),
    ];
    note
}
