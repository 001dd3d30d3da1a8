//! The daily facts: our own counts of yesterday, and LINE's numbers of every day that they are not known of yet.
//!
//! [`Collector::step`] does one unit and may be broken off anywhere: what is to be done follows from what is stored.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::SignedDuration;

use super::{facts, own};
use crate::{
    domain::{
        account::Account,
        audit::Link,
        figure::{Day, FIRST_DAY, Said, Series, asked_within, next_day, today_of_line},
        id::AccountId,
        time::{Date, Timestamp},
    },
    insight::Insight,
    journeys::Ctx,
    messenger::SendError,
    store::StoreError,
};

/// LINE counts calls by the hour.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// A day of which LINE gave no answer so often in a row is left for [`LEFT_FOR`], so that it does not hold up the others.
const MOST_FAILURES: u32 = 3;
const LEFT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What a step did.
#[derive(Debug)]
pub enum Step {
    /// Our own counts of this day are written.
    Counted(Date),
    /// LINE was asked for this day.
    Asked(Date),
    /// As many calls as are allowed were made within the last hour; there is more to ask.
    Later,
    /// LINE did not answer; it is asked again with the next turn.
    Stopped(SendError),
    /// There is nothing to do.
    Idle,
}

/// Collects the facts of one account.
pub struct Collector {
    ctx: Ctx,
    insight: Arc<dyn Insight>,
    account: AccountId,
    calls_per_hour: usize,
    /// Whose numbers LINE gives: a token is the same as long as the process lives.
    whose: Option<(Link, String)>,
    /// The days of which there was no answer: how often, and when the last time.
    failures: BTreeMap<Date, (u32, Timestamp)>,
}

impl Collector {
    /// Asks for at most so many days an hour (LINE takes 60).
    pub fn new(ctx: Ctx, insight: Arc<dyn Insight>, account: AccountId, calls_per_hour: usize) -> Self {
        Self { ctx, insight, account, calls_per_hour, whose: None, failures: BTreeMap::new() }
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// How long it is until the account's yesterday may be counted, where that is still to come today or tomorrow.
    pub fn until_midnight(&self) -> Option<Duration> {
        let (account, now) = (self.ctx.library.account(&self.account)?, self.ctx.clock.now());
        let later = |hours| now.checked_add(SignedDuration::from_hours(hours)).ok();
        let moments = [0, 24].into_iter().filter_map(|hours| own::due(account, later(hours)?));
        let next = moments.filter(|moment| *moment > now).min()?;
        Duration::try_from(next.duration_since(now)).ok()
    }

    /// Does one unit.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        let (ctx, now) = (self.ctx.clone(), self.ctx.clock.now());
        let Some(account) = ctx.library.account(&self.account) else { return Ok(Step::Idle) };
        let asked = self.ask_whose().await;
        let series = ctx.store.series_of(&account.id, self.whose.clone(), now).await?;
        if let Some(day) = own::count(&ctx, account, &series, now).await? {
            return Ok(Step::Counted(day));
        }
        if let Err(error) = asked {
            // Without a token there is nothing to ask, and that was said at the start.
            let is_quiet = matches!(error, SendError::NotConfigured);
            return Ok(if is_quiet { Step::Idle } else { Step::Stopped(error) });
        }
        self.ask(account, &series).await
    }

    async fn ask_whose(&mut self) -> Result<(), SendError> {
        if self.whose.is_none() {
            let bot = self.insight.whose(&self.account).await?;
            self.whose = Some((Link::of_text(&bot.user_id), bot.basic_id));
        }
        Ok(())
    }

    async fn ask(&mut self, account: &Account, series: &Series) -> Result<Step, StoreError> {
        let (store, now) = (Arc::clone(&self.ctx.store), self.ctx.clock.now());
        let days = store.known_days(&account.id, series.no, FIRST_DAY, today_of_line(now)).await?;
        facts::measure(&account.id, &days);
        let mut days: BTreeMap<Date, Day> = days.into_iter().map(|day| (day.day, day)).collect();
        let calls = asked_within(&days, HOUR, now);
        self.leave(&mut days, now);
        let Some(day) = next_day(&days, now) else { return Ok(Step::Idle) };
        if calls >= self.calls_per_hour {
            return Ok(Step::Later);
        }
        let said = match self.insight.followers(&account.id, day).await {
            Ok(said) => said,
            // The same question will be refused again: the day is a gap, and the others are asked for.
            Err(SendError::Refused { status: status @ 400..=499, .. }) => {
                Said::Unknown(format!("refused with {status}"))
            }
            // The day may be what LINE stumbles over. That it is not there at all says nothing about a day.
            Err(error @ SendError::Unknown(_)) => {
                let (times, at) = self.failures.entry(day).or_insert((0, now));
                (*times, *at) = (times.saturating_add(1), now);
                return Ok(Step::Stopped(error));
            }
            Err(error) => return Ok(Step::Stopped(error)),
        };
        self.failures.remove(&day);
        if let Said::Unknown(what) = &said {
            tracing::warn!(account = %account.id, %day, what, "LINE says of a day's numbers what is not known here");
        }
        store.hear_of_day(&account.id, series.no, day, said, self.ctx.clock.now()).await?;
        Ok(Step::Asked(day))
    }

    /// Takes days of which there was no answer again and again for asked.
    fn leave(&mut self, days: &mut BTreeMap<Date, Day>, now: Timestamp) {
        self.failures.retain(|_, (_, at)| now.duration_since(*at) < LEFT_FOR);
        for (day, (times, _)) in &self.failures {
            if *times >= MOST_FAILURES {
                days.entry(*day).or_insert_with(|| Day::new(*day)).hear(Said::Unready, now);
            }
        }
    }
}
