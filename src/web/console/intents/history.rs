//! What was published: the account's revisions, one revision, one intent through time.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page, see},
    },
    Place,
    words::{self, ShownDiff},
};
use crate::{
    domain::{
        content::{PieceId, Revision, RevisionNo},
        staff::{Right, rights::EditIntents},
    },
    journeys::curate::{draft, history},
    web::error::ConsoleError,
};

/// So many revisions a page shows.
const A_PAGE: usize = 30;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Before {
    before: Option<RevisionNo>,
}

struct ShownRevision {
    number: RevisionNo,
    href: String,
    at: String,
    by: String,
    why: String,
    origin: String,
    changed: usize,
    diffs: Vec<ShownDiff>,
    /// Whether the content of then can be put into a draft.
    can_restore: bool,
}

async fn shown(
    visit: &Visit,
    place: &Place<'_>,
    people: &mut words::People<'_>,
    revision: &Revision,
) -> Result<ShownRevision, ConsoleError> {
    Ok(ShownRevision {
        number: revision.number,
        href: format!("{}/history/{}", place.base, revision.number),
        at: words::moment(visit, revision.at),
        by: people.name(&revision.by).await?,
        why: revision.why.clone(),
        origin: words::origin(visit, revision),
        changed: revision.changed,
        diffs: Vec::new(),
        can_restore: false,
    })
}

#[derive(Template)]
#[template(path = "console/intents/revisions.html")]
struct RevisionsPage {
    frame: Frame,
    base: String,
    rows: Vec<ShownRevision>,
    next: Option<String>,
}

/// The account's revisions, the newest first.
pub(in crate::web::console) async fn revisions(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Query(from): Query<Before>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let found = place.desk.store.revisions(actor.account(), from.before, A_PAGE).await?;
    let (mut people, mut rows) = (words::People::new(&visit), Vec::new());
    for revision in &found {
        rows.push(shown(&visit, &place, &mut people, revision).await?);
    }
    let last = found.last().map(|revision| revision.number).filter(|number| *number > 1);
    let next = last.map(|number| format!("{}?before={number}", visit.path()));
    Ok(page(&RevisionsPage { frame: visit.frame(), base: place.base.clone(), rows, next }))
}

struct ShownPiece {
    title: String,
    piece: String,
    href: Option<String>,
    /// The key of what became of it.
    fate: &'static str,
    diffs: Vec<ShownDiff>,
}

#[derive(Template)]
#[template(path = "console/intents/revision.html")]
struct RevisionPage {
    frame: Frame,
    base: String,
    revision: ShownRevision,
    pieces: Vec<ShownPiece>,
    more: usize,
    is_head: bool,
    may_return: bool,
}

/// One revision with what it changed.
pub(in crate::web::console) async fn revision(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Path((_, number)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let number: RevisionNo = number.parse().map_err(|_| ConsoleError::NotFound)?;
    let found = history::revision(place.desk, actor.account(), number).await?;
    let (revision, changed) = found.ok_or(ConsoleError::NotFound)?;
    let piece = |changed: &history::Changed| ShownPiece {
        title: changed.after.as_ref().or(changed.before.as_ref()).map_or_else(String::new, words::title_of),
        href: changed.after.as_ref().and_then(|_| words::editor(&place.base, &changed.piece)),
        piece: changed.piece.to_string(),
        fate: match (&changed.before, &changed.after) {
            (None, _) => "fate-new",
            (_, None) => "fate-gone",
            _ => "fate-changed",
        },
        diffs: words::diffs(&visit, changed.before.as_ref(), changed.after.as_ref()),
    };
    let pieces: Vec<ShownPiece> = changed.iter().map(piece).collect();
    let may_return =
        visit.signed()?.checked.may(Right::PublishIntents, actor.account(), place.today()).is_ok();
    let shown = shown(&visit, &place, &mut words::People::new(&visit), &revision).await?;
    let frame = visit.frame();
    let title = frame.tv("revision-title", "number", number);
    Ok(page(&RevisionPage {
        base: place.base.clone(),
        more: revision.changed.saturating_sub(pieces.len()),
        is_head: number == place.head.revision,
        may_return,
        revision: shown,
        pieces,
        frame: frame.titled(title),
    }))
}

#[derive(Template)]
#[template(path = "console/intents/history.html")]
struct HistoryPage<'a> {
    frame: Frame,
    action: &'a str,
    title: String,
    href: String,
    version: u64,
    rows: Vec<ShownRevision>,
    next: Option<String>,
}

fn piece_of(text: &str) -> Result<PieceId, ConsoleError> {
    let piece = text.parse().ok().filter(|piece: &PieceId| words::editor("", piece).is_some());
    piece.ok_or(ConsoleError::NotFound)
}

/// An intent through time, each revision with what it changed.
pub(in crate::web::console) async fn of_intent(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Path((_, intent)): Path<(String, String)>,
    Query(from): Query<Before>,
) -> Result<Response, ConsoleError> {
    let (place, piece) = (Place::of(&visit)?, piece_of(&intent)?);
    // One more than is shown, for the difference of the last one.
    let found = history::of_piece(place.desk, actor.account(), &piece, from.before, A_PAGE + 1).await?;
    if found.is_empty() && from.before.is_none() {
        return Err(ConsoleError::NotFound);
    }
    let (mut people, mut rows) = (words::People::new(&visit), Vec::new());
    for (at, (revision, became)) in found.iter().take(A_PAGE).enumerate() {
        let before = found.get(at + 1).and_then(|(_, before)| before.as_ref());
        let mut row = shown(&visit, &place, &mut people, revision).await?;
        row.diffs = words::diffs(&visit, before, became.as_ref());
        row.can_restore = became.is_some() && became.as_ref() != place.head.edition.piece(&piece);
        rows.push(row);
    }
    let saved = place.desk.store.draft(actor.account(), &piece).await?;
    let next =
        found.get(A_PAGE).and(rows.last()).map(|last| format!("{}?before={}", visit.path(), last.number));
    let title = words::title(&place.head.edition, piece.as_str());
    Ok(page(&HistoryPage {
        action: visit.path(),
        href: format!("{}/{piece}", place.base),
        version: saved.map_or(0, |saved| saved.version),
        rows,
        next,
        frame: visit.frame(),
        title,
    }))
}

/// Puts what an intent once said into its draft, which then goes the way of every draft.
pub(in crate::web::console) async fn restore(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Path((_, intent)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (place, piece, posted) = (Place::of(&visit)?, piece_of(&intent)?, visit.posted());
    let number: RevisionNo = posted.text("revision").parse().map_err(|_| ConsoleError::BadForm)?;
    let version = posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?;
    let before = Some(number.saturating_add(1));
    let found = history::of_piece(place.desk, actor.account(), &piece, before, 1).await?;
    let (_, content) = found.into_iter().next().ok_or(ConsoleError::NotFound)?;
    let content = content.ok_or(ConsoleError::NotFound)?;
    let base = place.head.edition.hash(&piece);
    draft::save(place.desk, &actor, &content, version, base).await?;
    Ok(see(&format!("{}/publish?piece={piece}", place.base)))
}
