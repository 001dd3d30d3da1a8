//! One topic: its names, who answers for it and whom to call, and the order in which its questions are
//! offered. What is typed is a draft, as with intents; a second editor is told and sees both texts.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    super::{
        frame::Frame,
        session::Acting,
        visit::{Visit, conflicting, page, page_with_problems, see},
    },
    Place, fields,
    meanwhile::{self, Theirs},
    words,
};
use crate::{
    domain::{
        content::{ContentHash, PieceId, PieceKind, SavedDraft, Version},
        language::Language,
        staff::rights::EditIntents,
    },
    intent::{
        draft::{self as rules, Field, Problem, TopicDraft},
        piece::Piece,
    },
    journeys::curate::{PublishError, draft},
    web::error::ConsoleError,
};

/// The order of so many questions is offered for typing; more are ordered in the file.
const MOST_ORDERED: usize = 300;

/// A question of the topic, with its place among the others.
struct Ordered {
    field: String,
    place: usize,
    title: String,
    href: String,
}

#[derive(Template)]
#[template(path = "console/intents/topic.html")]
struct TopicPage {
    frame: Frame,
    base: String,
    action: String,
    title: String,
    /// Its name in files; empty while it has none.
    id: String,
    name: String,
    id_problems: Vec<String>,
    version: Version,
    seen: String,
    saved: String,
    is_published: bool,
    groups: Vec<fields::Group>,
    errors: Vec<fields::Told>,
    ordered: Vec<Ordered>,
    theirs: Option<Theirs>,
}

/// What is being edited, and what the editor has seen.
struct Editing {
    typed: TopicDraft,
    is_new: bool,
    /// The draft's version; 0: there is none.
    version: Version,
    /// The published content.
    base: Option<ContentHash>,
    saved: Option<SavedDraft>,
}

fn topic_of(text: &str) -> Result<PieceId, ConsoleError> {
    let piece = text.parse().ok().filter(|piece: &PieceId| piece.kind() == PieceKind::Topic);
    piece.ok_or(ConsoleError::NotFound)
}

/// The draft of a topic, or what is published of it.
async fn load(place: &Place<'_>, piece: &PieceId) -> Result<Editing, ConsoleError> {
    let base = place.head.edition.hash(piece);
    let (typed, saved) = match draft::open(place.desk, &place.account.id, piece).await? {
        Some((saved, Piece::Topic(typed))) => (typed, Some(saved)),
        _ => (place.head.edition.topic(piece.as_str()).cloned().ok_or(ConsoleError::NotFound)?, None),
    };
    let version = saved.as_ref().map_or(0, |saved| saved.version);
    Ok(Editing { typed, is_new: false, version, base, saved })
}

/// The topic's questions in the order that the draft gives them.
fn in_order<'a>(place: &'a Place<'_>, typed: &TopicDraft) -> Vec<&'a str> {
    let own = place.head.edition.drafts().filter(|intent| intent.topic() == typed.topic);
    let mut ids: Vec<&str> = own.map(|intent| intent.id.as_str()).collect();
    ids.sort_by_key(|id| typed.order.iter().position(|named| named == id).unwrap_or(usize::MAX));
    ids
}

/// The order after the places that were typed: two at the same place keep theirs, whoever is moved stands
/// before whoever was there.
fn reordered(place: &Place<'_>, typed: &TopicDraft, visit: &Visit) -> Vec<String> {
    let before = in_order(place, typed);
    let mut after: Vec<(usize, bool, &str)> = Vec::new();
    for (at, id) in before.iter().enumerate() {
        let wanted = visit.posted().text(&format!("place.{id}")).parse().unwrap_or(at + 1);
        after.push((wanted, wanted > at, id));
    }
    after.sort_by_key(|(wanted, stays, _)| (*wanted, *stays));
    let after: Vec<&str> = after.into_iter().map(|(_, _, id)| id).collect();
    if after == before { typed.order.clone() } else { after.into_iter().map(ToOwned::to_owned).collect() }
}

/// Shows a topic as it is edited or published.
pub(in crate::web::console) async fn open(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
    Path((_, topic)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let editing = load(&place, &topic_of(&topic)?).await?;
    let has_moved = editing.saved.as_ref().is_some_and(|saved| saved.base != editing.base);
    let published = place.head.edition.topic(&topic).cloned().map(Piece::Topic);
    let mine = Piece::Topic(editing.typed.clone());
    let theirs = has_moved.then(|| Theirs::published(&visit, published.as_ref(), &mine));
    Ok(page(&topic_page(&visit, &place, editing, theirs).await?))
}

fn new_one(typed: TopicDraft) -> Editing {
    Editing { typed, is_new: true, version: 0, base: None, saved: None }
}

/// Begins a new topic.
pub(in crate::web::console) async fn begin(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    Ok(page(&topic_page(&visit, &place, new_one(TopicDraft::default()), None).await?))
}

/// Saves a new topic as a draft.
pub(in crate::web::console) async fn create(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let name = visit.posted().text("name").to_owned();
    let typed = fields::read_topic(visit.posted(), &name, Vec::new());
    if rules::topic_name(&name).is_err() {
        return Ok(page_with_problems(&topic_page(&visit, &place, new_one(typed), None).await?));
    }
    let is_taken = place.head.edition.topic(&name).is_some();
    let saved = if is_taken {
        Err(PublishError::Conflict(Vec::new()))
    } else {
        draft::save(place.desk, &actor, &Piece::Topic(typed.clone()), 0, None).await
    };
    match saved {
        Ok(saved) => Ok(see(&next_page(&place, visit.posted().text("act"), &saved.piece))),
        Err(PublishError::Conflict(_)) => {
            let theirs = Theirs::taken(visit.words().say("topic-name-taken"));
            Ok(conflicting(page(&topic_page(&visit, &place, new_one(typed), Some(theirs)).await?)))
        }
        Err(other) => Err(other.into()),
    }
}

fn next_page(place: &Place<'_>, act: &str, piece: &PieceId) -> String {
    match (act, words::editor(&place.base, piece)) {
        ("publish", _) => format!("{}/publish?piece={piece}", place.base),
        (_, Some(editor)) => editor,
        (_, None) => place.base.clone(),
    }
}

/// Does what the pressed button says with a topic.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Path((_, topic)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let piece = topic_of(&topic)?;
    let (version, base) = meanwhile::seen(posted)?;
    let order = match load(&place, &piece).await {
        Ok(before) => before.typed.order,
        // A colleague has thrown it away meanwhile; what was typed is kept beside that.
        Err(ConsoleError::NotFound) => Vec::new(),
        Err(other) => return Err(other),
    };
    let mut typed = fields::read_topic(posted, &topic, order);
    typed.order = reordered(&place, &typed, &visit);
    let editing = Editing { typed, is_new: false, version, base, saved: None };
    match posted.text("act") {
        act @ ("save" | "publish") => {
            let typed = Piece::Topic(editing.typed.clone());
            match draft::save(place.desk, &actor, &typed, version, base).await {
                Ok(saved) => Ok(see(&next_page(&place, act, &saved.piece))),
                Err(PublishError::Conflict(_)) => second_editor(&visit, &place, editing, &piece).await,
                Err(other) => Err(other.into()),
            }
        }
        "discard" => match draft::discard(place.desk, &actor, &piece, version).await {
            Ok(()) if place.head.edition.hash(&piece).is_some() => Ok(see(visit.path())),
            Ok(()) => Ok(see(&format!("{}/topics", place.base))),
            Err(PublishError::Conflict(_)) => second_editor(&visit, &place, editing, &piece).await,
            Err(other) => Err(other.into()),
        },
        _ => Err(ConsoleError::BadForm),
    }
}

/// Somebody else was here meanwhile: their text beside one's own, which stays in the form.
async fn second_editor(
    visit: &Visit,
    place: &Place<'_>,
    mut editing: Editing,
    piece: &PieceId,
) -> Result<Response, ConsoleError> {
    let mine = Piece::Topic(editing.typed.clone());
    let (theirs, saved) = Theirs::saved(visit, place, piece, &mine).await?;
    editing.version = saved.as_ref().map_or(0, |saved| saved.version);
    editing.base = place.head.edition.hash(piece);
    editing.saved = saved;
    Ok(conflicting(page(&topic_page(visit, place, editing, Some(theirs)).await?)))
}

async fn topic_page(
    visit: &Visit,
    place: &Place<'_>,
    editing: Editing,
    theirs: Option<Theirs>,
) -> Result<TopicPage, ConsoleError> {
    let (frame, typed) = (visit.frame(), &editing.typed);
    // An empty form has every fault there is; none of them is worth telling yet.
    let is_untouched = editing.is_new && visit.posted().text("act").is_empty();
    let mut problems = if is_untouched { Vec::new() } else { rules::check_topic(typed).2 };
    if editing.is_new && !is_untouched {
        let fault = rules::topic_name(&typed.topic).err();
        problems.extend(fault.map(|fault| Problem::new(Field::Id, fault)));
    }
    let (errors, _) = fields::told(visit, &problems);
    let ids = if editing.is_new { Vec::new() } else { in_order(place, typed) };
    let ordered = ids.iter().enumerate().map(|(at, id)| Ordered {
        field: format!("place.{id}"),
        place: at + 1,
        title: words::title(&place.head.edition, id),
        href: format!("{}/{id}", place.base),
    });
    let title = typed.title.get(&Language::Ja).unwrap_or(&typed.topic).clone();
    Ok(TopicPage {
        base: place.base.clone(),
        action: visit.path().to_owned(),
        id: if editing.is_new { String::new() } else { typed.topic.clone() },
        name: typed.topic.clone(),
        id_problems: problems
            .iter()
            .filter(|problem| problem.field == Field::Id)
            .map(|problem| words::fault(visit, problem))
            .collect(),
        version: editing.version,
        seen: editing.base.map_or_else(String::new, |hash| hash.to_string()),
        saved: meanwhile::saved_by(visit, editing.saved.as_ref()).await?,
        is_published: editing.base.is_some(),
        groups: fields::topic_groups(visit, typed, &place.account.languages, &problems),
        errors,
        ordered: if ids.len() > MOST_ORDERED { Vec::new() } else { ordered.collect() },
        theirs,
        frame: if editing.is_new { frame } else { frame.titled(title.clone()) },
        title,
    })
}
