//! Edited intent files become what the bot says: read, check, compile, swap the whole at once.
//!
//! A bad edit keeps the old snapshot and says so, in the log and on `/readyz`.

use std::sync::Arc;

use jiff::civil::Date;

use super::Ctx;
use crate::{
    content::{Shelf, ShelfError},
    domain::{account::Account, id::AccountId},
    health::{Finding, Health, Level},
    intent::{
        Snapshot,
        source::{self, Problem, Severity},
    },
};

/// What a reading of an account's files came to.
pub struct Reading {
    /// The compiled content; `None` where errors stand in the way.
    pub snapshot: Option<Snapshot>,
    /// Everything that was found, errors and warnings.
    pub problems: Vec<Problem>,
}

/// Reads and compiles an account's files without putting them into use.
pub fn read(shelf: &dyn Shelf, account: &AccountId, today: Date) -> Result<Reading, ShelfError> {
    let files = shelf.read(account)?;
    let (content, mut problems) = source::read(&files, today);
    problems.extend(source::missing(&files));
    Ok(Reading { snapshot: content.map(Snapshot::compile), problems })
}

/// Reads an account's files and puts them into use if they are sound.
pub fn curate(ctx: &Ctx, shelf: &dyn Shelf, health: &Health, account: &Account) {
    let part = format!("intents.{}", account.id);
    let today = ctx.clock.now().to_zoned(account.time_zone.clone()).date();
    match read(shelf, &account.id, today) {
        Ok(Reading { snapshot: Some(snapshot), .. }) if loses_safety(ctx, account, &snapshot) => {
            tracing::error!(account = %account.id, "the safety replies are gone; the intents in use are kept");
            let reason = "_safety.yaml is gone, so the edited intents are not in use".into();
            let remedy = "put the file back; nobody in danger would be recognised without it".into();
            health.report(part, Finding { level: Level::Degraded, reason, remedy });
        }
        Ok(Reading { snapshot: Some(snapshot), problems }) => {
            let intents = snapshot.intents().count();
            // While the earlier one answers there is time; at the start webhooks wait to be accepted.
            if ctx.library.snapshot(&account.id).is_some_and(|used| !used.is_empty()) {
                snapshot.warm();
            }
            ctx.library.swap(&account.id, Arc::new(snapshot));
            for problem in &problems {
                tracing::warn!(account = %account.id, problem = %problem, "an intent file deserves a look");
            }
            tracing::info!(account = %account.id, intents, "the intents are in use");
            metrics::gauge!("todoke_intents", "account" => account.id.to_string()).set(intents as f64);
            health.clear(&part);
        }
        Ok(Reading { snapshot: None, problems }) => {
            let errors = || problems.iter().filter(|problem| problem.severity == Severity::Error);
            for problem in errors() {
                tracing::error!(account = %account.id, problem = %problem, "the intents cannot be used");
            }
            let first = errors().next().map(ToString::to_string).unwrap_or_default();
            let state = keep_or_rescue(ctx, shelf, account, today);
            health.report(
                part,
                Finding {
                    level: Level::Degraded,
                    reason: format!("{state}: {first}"),
                    remedy: "correct the file; `todoke intents check` lists every problem".into(),
                },
            );
        }
        Err(error) => {
            tracing::error!(account = %account.id, error = %error, "the intent files cannot be read");
            health.report(
                part,
                Finding {
                    level: Level::Degraded,
                    reason: error.to_string(),
                    remedy: "see intents.dir and the rights of the folder".into(),
                },
            );
        }
    }
}

/// Whether an edit would take away the recognition of danger that is in use.
fn loses_safety(ctx: &Ctx, account: &Account, edited: &Snapshot) -> bool {
    edited.has_no_safety() && ctx.library.snapshot(&account.id).is_some_and(|used| !used.has_no_safety())
}

/// What is in use while the edited files are not. At the start there is nothing to keep: then the safety
/// and fixed replies alone are used, if they are sound, so that a slip in a topic never silences them.
fn keep_or_rescue(ctx: &Ctx, shelf: &dyn Shelf, account: &Account, today: Date) -> &'static str {
    if ctx.library.snapshot(&account.id).is_some_and(|used| !used.is_empty()) {
        return "the edited intents are not in use, the earlier ones are";
    }
    let mut files = shelf.read(&account.id).unwrap_or_default();
    files.retain(|file| file.path.starts_with('_'));
    match source::read_without_topics(&files, today).map(Snapshot::compile) {
        Some(rescued) if !rescued.is_empty() => {
            ctx.library.swap(&account.id, Arc::new(rescued));
            "no question can be answered, only safety and fixed replies are in use"
        }
        _ => "nothing can be answered, not even somebody in danger",
    }
}
