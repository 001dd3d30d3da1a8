//! Staff are told when a target gets worse, once: on the console, by signed webhooks, and where the account says so by LINE
//! to the staff group.

use jiff::ToSpan;

use super::{TargetError, outlook};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        account::Account,
        figure::{
            status::{Status, Watch, Watched, Worsening},
            target::{Target, TargetId},
        },
        id::AccountId,
        staff::{Actor, rights::SeeFigures},
        version::Version,
    },
    journeys::{Ctx, announce},
    store::{StoreError, staff::Versioned},
};

/// So long the console's home page tells of a worsening.
const TOLD_DAYS: i32 = 28;

/// Looks at every target of an account, and tells staff of those that got worse. However often it is called and wherever it is
/// broken off, a worsening is told once.
pub async fn worsened(ctx: &Ctx, account: &AccountId) -> Result<(), TargetError> {
    let (Some(known), Some(today)) = (ctx.library.account(account), ctx.today(account)) else {
        return Ok(());
    };
    let targets = ctx.store.list_targets(account).await?;
    let targets = targets.into_iter().filter(|known| !known.value.removed).collect();
    for seen in outlook::look(ctx, account, targets).await? {
        let target = &seen.target.value;
        let before = ctx.store.watched(account, target.id).await?;
        let (mut watched, mut version, is_new) = match before {
            Some(Versioned { value, version }) => (value, version, false),
            None => {
                let first = Watched { watch: Watch::new(seen.status), worsening: None };
                (first, Version::default(), true)
            }
        };
        let stored = watched;
        let is_worse = watched.look(seen.status, today, known.target_alerts);
        if is_new || watched != stored {
            let tell = is_worse.then(|| ctx.clock.now());
            version = match ctx.store.save_watched(account, target.id, version, watched, tell).await {
                Ok(version) => version,
                // Somebody else looked at it, or it was dropped.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            };
        }
        let due = watched.worsening.filter(|worsening| worsening.line_due);
        if let Some(worsening) = due {
            by_line(ctx, known, target, (watched, version), worsening).await?;
        }
    }
    Ok(())
}

/// Tells the staff group. Its key follows from the worsening, so that what is sent again reaches nobody twice; what LINE did not
/// take is tried again with the next look.
async fn by_line(
    ctx: &Ctx,
    account: &Account,
    target: &Target,
    (watched, version): (Watched, Version),
    worsening: Worsening,
) -> Result<(), TargetError> {
    let words = ConsoleWords::new(account.default_language());
    let (from, to) = (words.say(label(worsening.from)), words.say(label(worsening.to)));
    let values = [("name", target.name.as_str()), ("from", &from), ("to", &to)];
    let text = words.say_with("target-worsened-told", &values);
    let name = format!("{}\0worsened\0{}", target.id, worsening.day);
    if let Err(error) = announce::tell_staff(ctx, account, text, &name).await {
        tracing::error!(account = %account.id, target = %target.id, %error, "staff could not be told by LINE that a target got worse; tried again in ten minutes");
        return Ok(());
    }
    let worsening = Some(Worsening { line_due: false, ..worsening });
    match ctx
        .store
        .save_watched(&account.id, target.id, version, Watched { worsening, ..watched }, None)
        .await
    {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The key of a status's name in the catalogue.
fn label(status: Status) -> &'static str {
    match status {
        Status::Met => "target-met",
        Status::OnTheWay => "target-on-the-way",
        Status::AtRisk => "target-at-risk",
        Status::Behind => "target-behind",
        Status::Unknown => "target-unknown",
    }
}

/// The targets that got worse within the last four weeks and are still as bad, for the console's home page: id and name.
pub async fn recent(ctx: &Ctx, actor: &Actor<SeeFigures>) -> Result<Vec<(TargetId, String)>, StoreError> {
    let account = actor.account();
    let Some(today) = ctx.today(account) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for known in ctx.store.list_targets(account).await?.into_iter().map(|known| known.value) {
        if known.removed {
            continue;
        }
        let watched = ctx.store.watched(account, known.id).await?.map(|watched| watched.value);
        let is_told = watched.is_some_and(|watched| {
            let day = watched.worsening.map(|worsening| worsening.day.saturating_add(TOLD_DAYS.days()));
            day.is_some_and(|until| today <= until) && watched.watch.better_since.is_none()
        });
        if is_told {
            found.push((known.id, known.name.as_str().to_owned()));
        }
    }
    Ok(found)
}
