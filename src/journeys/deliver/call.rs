//! One call of one batch, from the last look at the lease to the write of what came of it.

use std::time::Duration;

use super::{Lane, outcome::outcome};
use crate::{
    domain::announcement::{
        AnnouncementId, PauseReason,
        batch::{MOST, People, Progress, Said},
    },
    journeys::announce,
    messenger::{Manner, Receipt, Recipients, SendError},
    store::{StoreError, announcements::ClaimedBatch},
};

/// So long a call waits at the client's gate at most, where it stands only while others use LINE's limit up; it is tried
/// again later. A pause and a cancel wait for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// It was made and settled.
    Settled,
    /// It was not made: the announcement was paused or cancelled meanwhile.
    NotMade,
}

impl Lane {
    /// Calls a claimed batch and settles it.
    pub async fn call(&self, claimed: ClaimedBatch) -> Result<Called, StoreError> {
        self.pace.turn().await;
        let store = &self.ctx.store;
        // The last look: from here to the answer nothing comes between, and a pause or cancel waits for the answer.
        if !store.may_call(&claimed.lease) {
            store.settle_batch(&claimed, Said::NotMade, self.ctx.clock.now()).await?;
            return Ok(Called::NotMade);
        }
        let result = self.send(&claimed).await;
        let now = self.ctx.clock.now();
        if let Err(error) = &result {
            let batch = claimed.batch.no.0;
            tracing::warn!(announcement = %claimed.lease.announcement, batch, %error, "a call of a batch was not accepted");
        }
        let what = outcome(result, &claimed.batch, (now, self.ctx.announcing.back_off));
        // Paused first: a batch that is open again would be claimed at once.
        if let Some(why) = what.pause {
            self.pause(claimed.lease.announcement, why).await?;
        }
        metrics::counter!("todoke_announcement_calls_total", "outcome" => label(&what.said)).increment(1);
        let refused = !matches!(what.said, Said::Accepted { .. });
        store.settle_batch(&claimed, what.said, now).await?;
        if refused {
            self.watch_errors(&claimed).await?;
        }
        Ok(Called::Settled)
    }

    async fn send(&self, claimed: &ClaimedBatch) -> Result<Receipt, SendError> {
        let account = &self.account;
        let (messages, key) = (&claimed.variant.messages, claimed.batch.retry_key);
        let unit = unit_of(claimed.lease.announcement);
        let is_urgent = self.lane == announce::Lane::Urgent;
        let is_silent = claimed.variant.is_silent;
        let manner = Manner { is_silent, unit: Some(&unit), is_urgent, patience: Some(PATIENCE) };
        let messenger = &self.ctx.messenger;
        if let People::Everybody { .. } = claimed.batch.people {
            return messenger.broadcast(account, messages, Manner { unit: None, ..manner }, key).await;
        }
        match &claimed.people[..] {
            [(_, one)] => messenger.push(account, one, messages, manner, key).await,
            several => {
                let to = several.iter().map(|(_, to)| to.clone()).collect();
                let to = Recipients::new(to)
                    // Two residents with one LINE id cannot be; should they, each is found out alone.
                    .map_err(|wrong| SendError::Refused { status: 400, message: wrong.to_string() })?;
                messenger.multicast(account, &to, messages, manner, key).await
            }
        }
    }

    /// Pauses when more than one in a hundred of those who came first were refused (reliability.md, design rule 6).
    async fn watch_errors(&self, claimed: &ClaimedBatch) -> Result<(), StoreError> {
        if !self.ctx.announcing.ramp {
            return Ok(());
        }
        let id = claimed.lease.announcement;
        let Some(progress) = self.ctx.store.announcement_progress(&self.account, id).await? else {
            return Ok(());
        };
        if too_many_refused(&progress) {
            self.pause(id, PauseReason::Errors).await?;
        }
        Ok(())
    }
}

/// A label from a closed set.
fn label(said: &Said) -> &'static str {
    match said {
        Said::Accepted { .. } => "accepted",
        Said::Again { .. } => "again",
        Said::Refused { .. } => "refused",
        Said::Bad { .. } | Said::Halve => "split",
        Said::NotMade => "not-made",
        Said::Lost => "unknown",
    }
}

fn too_many_refused(progress: &Progress) -> bool {
    let tried = progress.accepted + progress.refused + progress.unknown;
    let at_first = u64::from(MOST)..=2 * u64::from(MOST);
    at_first.contains(&tried) && progress.refused * 100 > tried
}

/// The name under which LINE counts the announcement: its id's last 26 hexadecimal digits, of at most 30 letters.
pub(in crate::journeys) fn unit_of(announcement: AnnouncementId) -> String {
    let id = announcement.0.simple().to_string();
    format!("ann_{}", &id[id.len() - 26..])
}
