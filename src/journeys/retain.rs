//! What has been kept long enough is dropped: bodies after hours, ids after days, questions and enquiries
//! after their own time.
//!
//! The same pass looks at every event that is kept, so it is also what notices damaged ones and reports them.

use std::{collections::HashMap, sync::Arc};

use jiff::SignedDuration;

use super::Ctx;
use crate::{
    domain::{id::AccountId, time::Timestamp},
    health::{Finding, Health, Level},
    store::{Expired, StoreError},
};

/// How much one step looks at, at most, so that dropping never holds up accepting for long.
const AT_ONCE: usize = 1_000;
/// The part under which damaged records are reported.
const PART: &str = "store.records";
/// What residents said is kept for days: once a day is often enough to read a million of them.
const PROFILES_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Enquiries are longer and have more places.
const ENQUIRIES_AT_ONCE: usize = 100;

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// For bodies and traces of events, after they were settled.
    pub bodies: SignedDuration,
    /// For ids of events, by which late duplicates are recognised.
    pub events: SignedDuration,
    /// For questions without an answer, after they were asked.
    pub unanswered: SignedDuration,
    /// For enquiries, after their last change.
    pub enquiries: SignedDuration,
}

/// Passes over what is kept, in steps.
pub struct Retain {
    ctx: Ctx,
    health: Arc<Health>,
    retention: Retention,
    /// Damaged records seen in this pass.
    damaged: usize,
    /// When all profiles of an account had been looked at.
    profiles_seen: HashMap<AccountId, Timestamp>,
}

impl Retain {
    /// Nothing is looked at yet.
    pub fn new(ctx: Ctx, health: Arc<Health>, retention: Retention) -> Self {
        Self { ctx, health, retention, damaged: 0, profiles_seen: HashMap::new() }
    }

    /// Drops one portion of what is due; with the last one ([`Expired::more`] is false) the pass ends, and
    /// what it found damaged is reported.
    pub async fn step(&mut self) -> Result<Expired, StoreError> {
        let now = self.ctx.clock.now();
        let before = |kept: SignedDuration| now.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let (bodies, events) = (before(self.retention.bodies), before(self.retention.events));
        let mut expired = self.ctx.store.expire(bodies, events, AT_ONCE).await?;
        self.damaged += expired.damaged;
        if !expired.more {
            let damaged = std::mem::take(&mut self.damaged);
            self.report(damaged);
        }
        for account in self.ctx.library.accounts() {
            let questions = before(self.retention.unanswered);
            let dropped = self.ctx.store.expire_unanswered(&account.id, questions, AT_ONCE).await?;
            expired.more |= dropped == AT_ONCE;
            let enquiries = before(self.retention.enquiries);
            let dropped = self.ctx.store.expire_enquiries(&account.id, enquiries, ENQUIRIES_AT_ONCE).await?;
            expired.more |= dropped == ENQUIRIES_AT_ONCE;
            self.ctx.store.expire_erasures(&account.id, events, AT_ONCE).await?;
            let dropped = self.ctx.store.expire_helpers(&account.id, now, AT_ONCE).await?;
            expired.more |= dropped == AT_ONCE;
            let seen = self.profiles_seen.get(&account.id);
            if seen.is_none_or(|seen| now.duration_since(*seen) >= PROFILES_EVERY) {
                let (_, is_over) = self.ctx.store.expire_profiles(&account.id, now, AT_ONCE).await?;
                if is_over {
                    self.profiles_seen.insert(account.id.clone(), now);
                }
                expired.more |= !is_over;
            }
        }
        Ok(expired)
    }

    /// What its journeys draw on.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn report(&self, damaged: usize) {
        if damaged == 0 {
            self.health.clear(PART);
            return;
        }
        tracing::error!(damaged, "stored records cannot be read and were stepped over");
        let finding = Finding {
            level: Level::Degraded,
            reason: format!(
                "{damaged} stored records cannot be read and are stepped over（読めない記録が{damaged}件あり、飛ばしています）"
            ),
            remedy:
                "run `todoke store verify` and check the disk; restore the last backup if they are needed\
                     （`todoke store verify` とディスクを確認し、必要ならバックアップから戻してください）"
                    .into(),
        };
        self.health.report(PART, finding);
    }
}
