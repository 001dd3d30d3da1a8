//! What was sent to a resident, why, and of what fewer are wanted, which can be taken back.

use super::{
    Changed, OwnDataError, Sender, TOLD_FOR,
    change::{after, write},
};
use crate::{
    domain::{
        event::EventKey,
        fewer::Series,
        id::ResidentRef,
        profile::{Change, Profile},
        time::Timestamp,
    },
    journeys::{
        Ctx,
        announced::{Reader, line, undone},
    },
    store::StoreError,
};

/// So many announcements are shown.
const MOST_SHOWN: usize = 20;
/// So many of the city's announcements are looked through for those to this resident.
const LOOKED_BACK: usize = 200;

/// An announcement that was sent to a resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// When LINE accepted it, or may have.
    pub at: Timestamp,
    /// Its first line.
    pub line: String,
    /// To whom it went, what of that holds for the resident, and what else is to be known.
    pub why: Vec<String>,
}

/// The announcements of the last 90 days, the latest first.
pub(super) async fn received(
    ctx: &Ctx,
    reader: &Reader<'_>,
    who: ResidentRef,
    now: Timestamp,
) -> Result<Vec<Announced>, StoreError> {
    let mut all = ctx.store.announcements_to(reader.account(), who, LOOKED_BACK).await?;
    all.retain(|got| now.duration_since(got.at) <= TOLD_FOR);
    all.sort_by_key(|got| std::cmp::Reverse(got.at));
    all.truncate(MOST_SHOWN);
    let mut list = Vec::with_capacity(all.len());
    for got in all {
        let why = reader.why(&got).await?;
        let why = [why.lead].into_iter().chain(why.because).chain(why.more).collect();
        list.push(Announced { at: got.at, line: line(&got.variant.messages), why });
    }
    Ok(list)
}

/// Takes back that fewer of a series are wanted. Sent twice it is done once; who asked anew since the page was made is
/// not overruled.
pub async fn undo_fewer(
    ctx: &Ctx,
    word: &str,
    submit: &str,
    series: &Series,
) -> Result<Changed, OwnDataError> {
    let now = ctx.clock.now();
    let sender = Sender::resident(ctx, word, submit, now).await?;
    let profile = ctx.store.profile(&sender.link.account, sender.link.resident).await?;
    let because_of = |profile: &Profile| {
        let mut all = profile.fewer().map(|(known, because_of, _)| (known.clone(), because_of));
        all.find(|(known, _)| known == series).map(|(_, because_of)| because_of)
    };
    let Some(announcement) = because_of(&profile) else {
        return Ok(Changed::Saved { is_over: now >= sender.link.until });
    };
    let follow = |profile: &Profile| {
        if because_of(profile).is_none() {
            return Ok(Vec::new());
        }
        let last = profile.last_word_on(series);
        if last.is_some_and(|at| at > sender.made) {
            return Err(Changed::Meanwhile);
        }
        let at = (after(last, now), EventKey::from_raw(submit.as_bytes()));
        Ok(vec![Change::fewer(series.clone(), None, at)])
    };
    write(ctx, &sender, now, &undone(announcement), follow).await
}
