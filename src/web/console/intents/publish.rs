//! Drafts become what the bot says: what they change, what that does to the answers, why, and done.

use askama::Template;
use axum::{
    extract::RawQuery,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, page, see},
    },
    Place,
    words::{self, ShownDiff, ShownTrial},
};
use crate::{
    domain::{
        content::{ContentHash, PieceId, Version},
        staff::rights::{EditIntents, PublishIntents},
    },
    intent::regression::Comparison,
    journeys::curate::{Edit, PublishError, draft, publish, try_out},
    web::error::ConsoleError,
};

/// The differences of so many pieces are shown in full.
const MOST_SHOWN: usize = 30;

/// One piece that is to be published.
struct Change {
    /// What the form carries: the piece and what was seen of it.
    carried: String,
    /// Whether it is taken away.
    is_removal: bool,
    title: String,
    href: String,
    piece: String,
    by: String,
    /// Whether what is published has moved since the draft was begun.
    has_moved: bool,
    diffs: Vec<ShownDiff>,
}

#[derive(Template)]
#[template(path = "console/intents/publish.html")]
struct PublishPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    changes: Vec<Change>,
    /// What stands in the way.
    problems: Vec<(String, String)>,
    trial: Option<ShownTrial>,
    why: String,
    is_why_missing: bool,
    can_go: bool,
}

#[derive(Template)]
#[template(path = "console/intents/drafts.html")]
struct DraftsPage<'a> {
    frame: Frame,
    base: String,
    action: &'a str,
    rows: Vec<Change>,
}

/// What somebody wants to publish, as the address or the form says.
#[derive(Default)]
struct Wanted {
    drafts: Vec<(PieceId, Option<Version>)>,
    removals: Vec<(PieceId, Option<ContentHash>)>,
}

/// Shows the drafts there are, or what those of the address would do.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(_): Acting<PublishIntents>,
    RawQuery(query): RawQuery,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let mut wanted = Wanted::default();
    let mut takes_all = false;
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match (&*name, value.parse()) {
            ("piece", Ok(piece)) => wanted.drafts.push((piece, None)),
            ("remove", Ok(piece)) => wanted.removals.push((piece, None)),
            ("all", _) => takes_all = true,
            _ => {}
        }
    }
    if takes_all {
        let names = draft::names(place.desk, &place.account.id).await?;
        wanted.drafts = names.into_iter().map(|piece| (piece, None)).collect();
    }
    if wanted.drafts.is_empty() && wanted.removals.is_empty() {
        return drafts_page(&visit, &place).await;
    }
    check_page(&visit, &place, wanted, Refusal::None).await
}

async fn drafts_page(visit: &Visit, place: &Place<'_>) -> Result<Response, ConsoleError> {
    let (mut people, mut rows) = (words::People::new(visit), Vec::new());
    for (saved, piece) in draft::all(place.desk, &place.account.id).await? {
        rows.push(Change {
            carried: saved.piece.to_string(),
            is_removal: false,
            title: words::title_of(&piece),
            href: words::editor(&place.base, &saved.piece).unwrap_or_else(|| place.base.clone()),
            piece: saved.piece.to_string(),
            by: format!("{} {}", people.name(&saved.author).await?, words::moment(visit, saved.at)),
            has_moved: saved.base != place.head.edition.hash(&saved.piece),
            diffs: Vec::new(),
        });
    }
    Ok(page(&DraftsPage { frame: visit.frame(), base: place.base.clone(), action: visit.path(), rows }))
}

/// Why it was not published just now.
enum Refusal {
    None,
    NoReason,
    Error(PublishError),
}

/// The edits that are wanted, with what the page shows of each.
async fn look(
    visit: &Visit,
    place: &Place<'_>,
    wanted: &Wanted,
) -> Result<(Vec<Edit>, Vec<Change>), ConsoleError> {
    let (mut edits, mut changes) = (Vec::new(), Vec::new());
    let mut people = words::People::new(visit);
    let edition = &place.head.edition;
    for (id, _) in &wanted.drafts {
        // One that was published or thrown away meanwhile is told by the ones that are missing.
        let Some((saved, piece)) = draft::open(place.desk, &place.account.id, id).await? else { continue };
        let before = edition.piece(id);
        let diffs =
            if changes.len() < MOST_SHOWN { words::diffs(visit, before, Some(&piece)) } else { Vec::new() };
        changes.push(Change {
            carried: format!("{id}@{}", saved.version),
            is_removal: false,
            title: words::title_of(&piece),
            href: words::editor(&place.base, id).unwrap_or_else(|| place.base.clone()),
            piece: id.to_string(),
            by: format!("{} {}", people.name(&saved.author).await?, words::moment(visit, saved.at)),
            has_moved: saved.base != edition.hash(id),
            diffs,
        });
        edits.push(Edit { id: id.clone(), base: saved.base, to: Some(piece), draft: Some(saved.version) });
    }
    for (id, _) in &wanted.removals {
        let Some((before, hash)) = edition.piece(id).zip(edition.hash(id)) else { continue };
        let Some(href) = words::editor(&place.base, id) else { return Err(ConsoleError::NotFound) };
        changes.push(Change {
            carried: format!("{id}@{hash}"),
            is_removal: true,
            title: words::title_of(before),
            href,
            piece: id.to_string(),
            by: String::new(),
            has_moved: false,
            diffs: words::diffs(visit, Some(before), None),
        });
        edits.push(Edit { id: id.clone(), base: Some(hash), to: None, draft: None });
    }
    Ok((edits, changes))
}

async fn check_page(
    visit: &Visit,
    place: &Place<'_>,
    wanted: Wanted,
    refusal: Refusal,
) -> Result<Response, ConsoleError> {
    let (edits, changes) = look(visit, place, &wanted).await?;
    if edits.is_empty() {
        return Err(ConsoleError::NotFound);
    }
    let actor = visit.actor::<EditIntents>()?;
    let (tried, mut stopped) = match try_out(place.desk, &actor, &edits, Vec::new()).await {
        Ok(comparison) => (Some(comparison), None),
        Err(error) => (None, Some(error)),
    };
    let status = match &refusal {
        Refusal::None => StatusCode::OK,
        Refusal::Error(PublishError::Conflict(_)) => StatusCode::CONFLICT,
        Refusal::NoReason | Refusal::Error(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let is_why_missing = matches!(refusal, Refusal::NoReason);
    let mut problems = Vec::new();
    if let Refusal::Error(error) = refusal {
        problems.extend(told(visit, place, &changes, &error)?);
    }
    if let Some(error) = stopped.take() {
        problems.extend(told(visit, place, &changes, &error)?);
    }
    for change in changes.iter().filter(|change| change.has_moved) {
        let what = visit.words().say_with("moved-since", &[("title", &change.title)]);
        problems.push((change.href.clone(), what));
    }
    problems.dedup();
    let trial = tried.as_ref().map(|tried: &Comparison| words::trial(visit, &place.head.edition, tried));
    let can_go = problems.is_empty() && trial.as_ref().is_some_and(|trial| !trial.stops);
    let shown = PublishPage {
        frame: visit.frame(),
        base: place.base.clone(),
        action: visit.path(),
        changes,
        problems,
        can_go,
        trial,
        why: visit.posted().text("why").to_owned(),
        is_why_missing,
    };
    Ok((status, page(&shown)).into_response())
}

/// What stands in the way, each with the page on which it can be put right.
fn told(
    visit: &Visit,
    place: &Place<'_>,
    changes: &[Change],
    error: &PublishError,
) -> Result<Vec<(String, String)>, ConsoleError> {
    let words = visit.words();
    let href = |piece: &PieceId| words::editor(&place.base, piece).unwrap_or_else(|| place.base.clone());
    let title = |piece: &PieceId| {
        // What is new is called so nowhere else yet.
        let named = changes.iter().find(|change| change.piece == piece.as_str());
        named.map_or_else(|| words::title(&place.head.edition, piece.as_str()), |change| change.title.clone())
    };
    Ok(match error {
        PublishError::Conflict(pieces) if pieces.is_empty() => {
            vec![(place.base.clone(), words.say("something-moved"))]
        }
        PublishError::Conflict(pieces) => {
            let told = |piece| (href(piece), words.say_with("moved-since", &[("title", &title(piece))]));
            pieces.iter().map(told).collect()
        }
        PublishError::Problems(problems) => {
            let told = |found: &crate::intent::edition::PieceProblem| {
                let field = words::field(visit, found.problem.field);
                let fault = words::fault(visit, &found.problem);
                (href(&found.piece), format!("{}：{field}：{fault}", title(&found.piece)))
            };
            problems.iter().map(told).collect()
        }
        // The trial beside it shows each of them.
        PublishError::Breaks(_) => Vec::new(),
        PublishError::NoDraft(piece) => {
            vec![(href(piece), words.say_with("draft-gone", &[("title", &title(piece))]))]
        }
        PublishError::LosesSafety | PublishError::Files(_) => {
            vec![(place.base.clone(), words.say("files-unusable"))]
        }
        PublishError::Store(error) => return Err(again(error)),
        PublishError::NoRevision(_) | PublishError::NoConflict | PublishError::Shelf(_) => {
            return Err(ConsoleError::Unavailable);
        }
    })
}

fn again(error: &crate::store::StoreError) -> ConsoleError {
    tracing::error!(%error, "drafts could not be tried out or published");
    ConsoleError::Unavailable
}

/// Publishes, and leads to what it changed.
pub(in crate::web::console) async fn go(
    visit: Visit,
    Acting(actor): Acting<PublishIntents>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let mut wanted = Wanted::default();
    for carried in posted.all("draft") {
        let (piece, version) = carried.split_once('@').ok_or(ConsoleError::BadForm)?;
        let piece = piece.parse().map_err(|_| ConsoleError::BadForm)?;
        wanted.drafts.push((piece, Some(version.parse().map_err(|_| ConsoleError::BadForm)?)));
    }
    for carried in posted.all("remove") {
        let (piece, hash) = carried.split_once('@').ok_or(ConsoleError::BadForm)?;
        let piece = piece.parse().map_err(|_| ConsoleError::BadForm)?;
        wanted.removals.push((piece, Some(hash.parse().map_err(|_| ConsoleError::BadForm)?)));
    }
    let why = posted.text("why").to_owned();
    if why.is_empty() {
        return check_page(&visit, &place, wanted, Refusal::NoReason).await;
    }
    let drafts: Vec<(PieceId, Version)> =
        wanted.drafts.iter().filter_map(|(piece, version)| Some((piece.clone(), (*version)?))).collect();
    let published = match draft::edits(place.desk, &place.account.id, &drafts).await {
        Ok(mut edits) => {
            let removals = wanted.removals.iter();
            edits.extend(removals.map(|(id, base)| Edit {
                id: id.clone(),
                base: *base,
                to: None,
                draft: None,
            }));
            publish(place.desk, &actor, edits, why).await
        }
        Err(error) => Err(error),
    };
    match published {
        Ok(next) => Ok(see(&format!("{}/history/{}", place.base, next.revision))),
        Err(PublishError::Store(error)) => Err(error.into()),
        Err(error) => {
            let place = Place::of(&visit)?;
            check_page(&visit, &place, wanted, Refusal::Error(error)).await
        }
    }
}
