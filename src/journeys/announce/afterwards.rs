//! What is known of an announcement after it went out: who asked for fewer, who left, what LINE counted. All of it in
//! numbers; nothing leads back to a person.

use jiff::{SignedDuration, ToSpan, tz::TimeZone};

use super::{AnnounceError, MaySee, account_of, require};
use crate::{
    domain::{
        account::Account,
        announcement::{Announcement, AnnouncementId, Kind, Left, LineCounts, Route, Stage, Step, usual},
        id::AccountId,
        staff::Actor,
        time::Timestamp,
    },
    journeys::{
        Ctx,
        announced::{fact, left_fact, undone},
    },
    messenger::SendError,
    store::StoreError,
};

/// The usual is that of so many announcements before.
const COMPARED: usize = 10;
/// So many announcements are looked through for them.
const LOOKED_BACK: usize = 100;
/// For so long LINE is asked for its counts; it keeps counting for two weeks.
const LINE_COUNTS_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// LINE counts by day.
const ASKED_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Afterwards {
    /// For how many people LINE accepted it, or may have.
    pub reached: u64,
    /// How often somebody asked for fewer because of it.
    pub fewer: u64,
    /// How often that was taken back.
    pub fewer_undone: u64,
    /// How many of those who were reached left.
    pub left: Left,
    /// Of every 10,000 who were reached, how many left; `None`: nobody was reached.
    pub share: Option<Left>,
    /// The same of the last ten announcements before, their median; `None`: there was none.
    pub usual: Option<Left>,
    /// What LINE counted; `None`: it was not asked yet, or does not tell.
    pub line: Option<LineCounts>,
}

/// What came of an announcement.
pub async fn afterwards<R: MaySee>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
) -> Result<Afterwards, AnnounceError> {
    let account = account_of(ctx, actor)?;
    require(ctx, actor, id, None).await?;
    let own = numbers(ctx, account, id).await?;
    let before = ctx.store.list_announcements(&account.id, Some(id), LOOKED_BACK).await?;
    let before = before.into_iter().map(|known| known.value).filter(is_compared).take(COMPARED);
    let mut shares = Vec::with_capacity(COMPARED);
    for one in before {
        let numbers = numbers(ctx, account, one.id).await?;
        shares.extend(numbers.left.per_10_000(numbers.reached));
    }
    let line = ctx.store.line_counts(&account.id, id).await?;
    Ok(Afterwards { share: own.left.per_10_000(own.reached), usual: usual(shares), line, ..own })
}

/// Drills and what never went out are no measure.
fn is_compared(announcement: &Announcement) -> bool {
    announcement.draft.kind != Kind::Drill && matches!(announcement.way.stage(), Stage::Sent { .. })
}

/// When its first call could be made, in the history; `None`: it was not begun.
async fn begun(ctx: &Ctx, account: &AccountId, id: AnnouncementId) -> Result<Option<Timestamp>, StoreError> {
    let steps = ctx.store.announcement_history(account, id).await?;
    Ok(steps.iter().find(|taken| taken.step == Step::Begun).map(|taken| taken.at))
}

async fn numbers(ctx: &Ctx, account: &Account, id: AnnouncementId) -> Result<Afterwards, StoreError> {
    let progress = ctx.store.announcement_progress(&account.id, id).await?.unwrap_or_default();
    let mut found = Afterwards { reached: progress.accepted + progress.unknown, ..Afterwards::default() };
    let Some(begun) = begun(ctx, &account.id, id).await? else { return Ok(found) };
    let from = begun.to_zoned(account.time_zone.clone()).date();
    let to = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    for day in ctx.store.days(&account.id, from, to).await? {
        for (name, count) in day.counts {
            match name {
                name if name == fact(id) => found.fewer += count,
                name if name == undone(id) => found.fewer_undone += count,
                name if name == left_fact(id, true) => found.left.soon += count,
                name if name == left_fact(id, false) => found.left.later += count,
                _ => {}
            }
        }
    }
    Ok(found)
}

/// Asks LINE what it counted of announcements of the last two weeks, of each once a day; of how many it told. It stops
/// where LINE wants no more questions for now.
pub async fn learn_counts(ctx: &Ctx, account: &AccountId) -> Result<usize, StoreError> {
    let (now, mut told) = (ctx.clock.now(), 0);
    for known in ctx.store.list_announcements(account, None, LOOKED_BACK).await? {
        let announcement = known.value;
        let by_unit = announcement.freeze.as_ref().is_some_and(|freeze| freeze.route == Route::Multicast);
        if !by_unit || !matches!(announcement.way.stage(), Stage::Sent { .. }) {
            continue;
        }
        let Some(begun) = begun(ctx, account, announcement.id).await? else { continue };
        let before = ctx.store.line_counts(account, announcement.id).await?;
        let is_asked = before.as_ref().is_some_and(|before| now.duration_since(before.asked) < ASKED_EVERY);
        if is_asked || now.duration_since(begun) > LINE_COUNTS_FOR {
            continue;
        }
        // LINE counts by days of Japan.
        let japan = TimeZone::fixed(jiff::tz::offset(9));
        let from = begun.to_zoned(japan.clone()).date();
        let to = now.to_zoned(japan).date().min(from.saturating_add(14.days()));
        let unit = crate::journeys::deliver::unit_of(announcement.id);
        let counted = match ctx.messenger.unit_statistics(account, &unit, from, to).await {
            Ok(counted) => counted,
            Err(error @ SendError::RateLimited { .. }) => {
                tracing::info!(%account, %error, "LINE is asked for the rest of its counts later");
                return Ok(told);
            }
            // What was told before stays; it is asked again with the next day.
            Err(error) => {
                tracing::warn!(%account, announcement = %announcement.id, %error, "LINE does not tell its counts");
                let counts = LineCounts { asked: now, ..before.unwrap_or_default() };
                ctx.store.save_line_counts(account, announcement.id, counts).await?;
                continue;
            }
        };
        let links = counted.links.into_iter().map(|link| (link.url, link.people)).collect();
        let counts =
            LineCounts { asked: now, seen: counted.seen, opened_a_link: counted.opened_a_link, links };
        ctx.store.save_line_counts(account, announcement.id, counts).await?;
        told += 1;
    }
    Ok(told)
}
