//! A sheet becomes drafts: first every row's problem, then all of it or nothing. Publishing is another step.

use serde::Serialize;

use super::{Desk, PublishError, draft, off_thread};
use crate::{
    domain::{
        content::{PieceId, SavedDraft},
        staff::{Actor, rights::EditIntents},
    },
    intent::{
        columns::{self, CellProblem},
        piece::Piece,
    },
};

/// What a sheet would do, or did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows that are new intents.
    pub new: usize,
    /// Rows that change an intent.
    pub changed: usize,
    /// Rows that say what is published already.
    pub unchanged: usize,
    /// What is wrong, by row. With an error nothing is saved.
    pub problems: Vec<CellProblem>,
    /// Intents of which somebody else has an unpublished draft; then nothing is saved.
    pub edited_by_others: Vec<PieceId>,
    /// The drafts that were saved, with their versions; none in a dry run.
    pub saved: Vec<(PieceId, u64)>,
}

impl ImportReport {
    /// Whether nothing stands in the way.
    pub fn is_sound(&self) -> bool {
        self.edited_by_others.is_empty()
            && self.problems.iter().all(|found| found.severity != crate::intent::source::Severity::Error)
    }
}

/// Reads a table against what is published, and saves a draft for each intent that differs, unless it is a
/// dry run or something stands in the way. A draft that the same person has saved before is replaced.
pub async fn import(
    desk: &Desk,
    actor: &Actor<EditIntents>,
    rows: Vec<Vec<String>>,
    dry_run: bool,
) -> Result<ImportReport, PublishError> {
    let (account, by) = (desk.account(actor)?, actor.doer().who.to_string());
    let head = desk.published(&account.id).unwrap_or_default();
    let (edition, today) = (head.edition.clone(), desk.today(account));
    let set = off_thread(move || columns::from_rows(&rows, &edition, today)).await?;
    let mut report = ImportReport {
        new: set.new,
        changed: set.changed,
        unchanged: set.unchanged,
        problems: set.problems,
        ..ImportReport::default()
    };
    let mut ready = Vec::new();
    for (id, typed) in set.changes {
        let there: Option<SavedDraft> = desk.store.draft(&account.id, &id).await?;
        if there.as_ref().is_some_and(|there| there.author != by) {
            report.edited_by_others.push(id.clone());
        }
        ready.push((id, typed, there.map_or(0, |there| there.version)));
    }
    if dry_run || !report.is_sound() {
        return Ok(report);
    }
    for (id, typed, expected) in ready {
        let base = head.edition.hash(&id);
        let saved = draft::save(desk, actor, &Piece::Intent(typed), expected, base).await?;
        report.saved.push((id, saved.version));
    }
    Ok(report)
}
