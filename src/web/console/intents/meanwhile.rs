//! What happened to a draft while somebody was typing: who saved it last, and a colleague's text beside
//! one's own, so that saving again is a decision made with both in sight.

use super::{
    super::{form::Posted, visit::Visit},
    Place, words,
};
use crate::{
    domain::content::{ContentHash, PieceId, SavedDraft, Version},
    intent::piece::Piece,
    journeys::curate::draft,
    web::error::ConsoleError,
};

/// A text that a colleague wrote meanwhile, beside one's own.
pub(super) struct Theirs {
    pub(super) notice: String,
    pub(super) diffs: Vec<words::ShownDiff>,
}

impl Theirs {
    /// What is published has moved since the draft was begun.
    pub(super) fn published(visit: &Visit, published: Option<&Piece>, mine: &Piece) -> Self {
        let notice = visit.words().say("published-meanwhile");
        Self { notice, diffs: words::diffs(visit, published, Some(mine)) }
    }

    /// The name is somebody else's.
    pub(super) fn taken(notice: String) -> Self {
        Self { notice, diffs: Vec::new() }
    }

    /// Somebody else has saved, published or thrown away the draft; it is given as it is now.
    pub(super) async fn saved(
        visit: &Visit,
        place: &Place<'_>,
        piece: &PieceId,
        mine: &Piece,
    ) -> Result<(Self, Option<SavedDraft>), ConsoleError> {
        let (theirs, saved, notice) = match draft::open(place.desk, &place.account.id, piece).await? {
            Some((saved, theirs)) => {
                let who = words::People::new(visit).name(&saved.author).await?;
                (Some(theirs), Some(saved), visit.words().say_with("saved-meanwhile", &[("name", &who)]))
            }
            None => {
                let published = place.head.edition.piece(piece).cloned();
                (published, None, visit.words().say("draft-gone-meanwhile"))
            }
        };
        Ok((Self { notice, diffs: words::diffs(visit, theirs.as_ref(), Some(mine)) }, saved))
    }
}

/// The draft's version and the published content, as the form says that they were seen.
pub(super) fn seen(posted: &Posted) -> Result<(Version, Option<ContentHash>), ConsoleError> {
    let version = posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?;
    let base = match posted.text("seen") {
        "" => None,
        hash => Some(hash.parse().map_err(|_| ConsoleError::BadForm)?),
    };
    Ok((version, base))
}

/// Who saved the draft last and when; empty without one.
pub(super) async fn saved_by(visit: &Visit, saved: Option<&SavedDraft>) -> Result<String, ConsoleError> {
    let Some(saved) = saved else { return Ok(String::new()) };
    let who = words::People::new(visit).name(&saved.author).await?;
    let at = words::moment(visit, saved.at);
    Ok(visit.words().say_with("draft-saved", &[("name", &who), ("time", &at)]))
}
