//! A person decides a conflict: the files as they are, or what the console has published.

use std::sync::Arc;

use super::{Desk, PublishError, Published, adopt, publish::Reason, write_back};
use crate::{
    domain::{
        audit::Action,
        content::{ImportMark, Origin, PieceId},
        staff::{Actor, rights::PublishIntents},
    },
    intent::piece::Piece,
};

/// What is to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The files: they become the next revision. What the console published stays in the history.
    Files,
    /// The console: the files are brought to what is published, or, where `intents.write_back` is off, are
    /// taken for read.
    Console,
}

/// A piece that files and console changed in different ways; `None`: it is not there (any more).
pub struct Contradiction {
    /// The piece.
    pub piece: PieceId,
    /// What is published and in use.
    pub console: Option<Piece>,
    /// What the files say.
    pub files: Option<Piece>,
}

/// Both sides of what has to be decided; none when nothing has to be. [`PublishError::Files`] when the files
/// have errors: then only the console can be taken.
pub async fn contradictions(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
) -> Result<Vec<Contradiction>, PublishError> {
    let account = desk.account(actor)?;
    let head = desk.published(&account.id).unwrap_or_default();
    if head.conflict.is_empty() {
        return Ok(Vec::new());
    }
    let mut files = adopt::sound_files(desk, account).await?;
    let both = head.conflict.iter().map(|piece| Contradiction {
        piece: piece.clone(),
        console: head.edition.piece(piece).cloned(),
        files: files.pieces.remove(piece),
    });
    Ok(both.collect())
}

/// Settles the conflict. [`PublishError::NoConflict`] when there is none.
pub async fn settle(
    desk: &Desk,
    actor: &Actor<PublishIntents>,
    take: Take,
    why: String,
) -> Result<Arc<Published>, PublishError> {
    let account = desk.account(actor)?;
    let (_guard, head) = desk.begin(account).await?;
    if head.conflict.is_empty() {
        return Err(PublishError::NoConflict);
    }
    let note = || {
        let mut note =
            actor.note(desk.clock.now(), Action::ContentSettled, format!("revision-{}", head.revision));
        note.detail.push(("take".into(), "console".into()));
        Some(note)
    };
    let next = match take {
        Take::Files => {
            let files = adopt::sound_files(desk, account).await?;
            let origin = Origin::Files { import: files.hash };
            let reason = Reason::of(desk, actor, Action::ContentSettled, why, origin);
            adopt::publish_files(desk, account, &head, files, reason).await?
        }
        Take::Console if desk.write_back => {
            write_back::bring_files_along(desk, account, &head, note()).await?;
            head
        }
        Take::Console => {
            let (_, files) = adopt::read_files(desk, account).await?;
            let mark = ImportMark { files, revision: head.revision };
            desk.store.mark_import(&account.id, mark, note()).await?;
            head
        }
    };
    adopt::decide(desk, account, &next, Vec::new());
    desk.health.clear(&format!("intents.{}", account.id));
    tracing::info!(account = %account.id, by = %actor.doer().who, ?take, "a conflict was settled");
    Ok(desk.published(&account.id).unwrap_or(next))
}
