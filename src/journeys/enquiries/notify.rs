//! LINE is told that an answer is there. The notice and its retry key were stored with the answer, so that
//! it goes out once, whatever happens between.

use jiff::SignedDuration;

use crate::{
    domain::{enquiry::NoticeOutcome, id::AccountId, resident::Resident},
    journeys::Ctx,
    messenger::{Manner, SendError},
    store::{StoreError, enquiries::DueNotice},
};

/// LINE keeps a retry key for 24 hours (Messaging API reference, retrying a request); after that the same
/// key would be a second message.
const WITHIN: SignedDuration = SignedDuration::from_hours(23);
/// How many notices one call sends at most.
const AT_ONCE: usize = 50;

/// Sends what is due on an account; what LINE could not take just now stays due. Returns how many ended.
pub async fn notify(ctx: &Ctx, account: &AccountId) -> Result<usize, StoreError> {
    let mut ended = 0;
    for due in ctx.store.due_notices(account, AT_ONCE).await? {
        let resident = ctx.store.resident(account, due.resident).await?;
        let Some((outcome, request_id)) = send(ctx, account, &due, resident).await else { continue };
        let key = due.notice.retry_key;
        ctx.store.settle_notice(account, due.enquiry, key, outcome, request_id).await?;
        metrics::counter!("todoke_notices_total", "outcome" => outcome.label()).increment(1);
        if matches!(outcome, NoticeOutcome::Refused | NoticeOutcome::Unknown) {
            tracing::warn!(enquiry = %due.enquiry, outcome = outcome.label(), "a notice did not surely arrive");
        }
        ended += 1;
    }
    Ok(ended)
}

/// How it ended, or `None` when it is to be tried again.
async fn send(
    ctx: &Ctx,
    account: &AccountId,
    due: &DueNotice,
    resident: Option<Resident>,
) -> Option<(NoticeOutcome, Option<String>)> {
    let Some(resident) = resident.filter(|resident| resident.follow.may_be_reached()) else {
        return Some((NoticeOutcome::NotFollowing, None));
    };
    if ctx.clock.now().duration_since(due.notice.written) > WITHIN {
        return Some((NoticeOutcome::Unknown, None));
    }
    let notice = &due.notice;
    match ctx
        .messenger
        .push(account, &resident.line_user_id, &notice.messages, Manner::default(), notice.retry_key)
        .await
    {
        Ok(receipt) => Some((NoticeOutcome::Accepted, receipt.request_id)),
        Err(
            SendError::Refused { .. }
            | SendError::BadRecipients { .. }
            | SendError::Gone
            | SendError::Forbidden { .. }
            | SendError::TokenSpent,
        ) => Some((NoticeOutcome::Refused, None)),
        Err(
            SendError::Unauthorized
            | SendError::RateLimited { .. }
            | SendError::TooManyJobs
            | SendError::TooManyToOne
            | SendError::QuotaOut
            | SendError::NotSent(_)
            | SendError::Unknown(_)
            | SendError::NotConfigured,
        ) => None,
    }
}
