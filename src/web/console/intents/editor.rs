//! One intent: every field, its answer as in LINE beside it, a question to try, the draft that is saved.
//!
//! Nothing typed here is published: that is the next page. A second editor is told, and sees both texts.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        session::Acting,
        unanswered_group,
        visit::{Visit, conflicting, page, page_with_problems, see},
    },
    Place, fields,
    list::Choice,
    meanwhile::{self, Theirs},
    words,
};
use crate::{
    domain::{
        content::{ContentHash, PieceId, PieceKind, SavedDraft, Version},
        id::IntentId,
        language::Language,
        staff::rights::EditIntents,
    },
    intent::{
        draft::{Draft, Field, Problem},
        piece::Piece,
    },
    journeys::curate::{
        Edit, PublishError, draft,
        show::{self, Shown},
    },
    preview,
    web::error::ConsoleError,
};

/// What a tried question came to.
struct Tried {
    notice: String,
    decision: String,
    reasons: Vec<String>,
    messages: String,
}

#[derive(Template)]
#[template(path = "console/intents/editor.html")]
struct EditorPage {
    frame: Frame,
    base: String,
    action: String,
    preview_action: String,
    title: String,
    id: String,
    /// Where a new intent is to stand; empty for one that exists.
    topics: Vec<Choice>,
    name: String,
    id_problems: Vec<String>,
    version: Version,
    seen: String,
    saved: String,
    is_published: bool,
    groups: Vec<fields::Group>,
    errors: Vec<fields::Told>,
    warnings: Vec<fields::Told>,
    theirs: Option<Theirs>,
    languages: Vec<Choice>,
    shown: String,
    question: String,
    tried: Option<Tried>,
    /// The question that was not answered for which it is begun, and its group as it was looked at.
    asked: String,
    asked_look: String,
}

/// What is being edited, and what the editor has seen.
struct Editing {
    typed: Draft,
    /// `None` while it has no name yet.
    piece: Option<PieceId>,
    /// The draft's version; 0: there is none.
    version: Version,
    /// The published content.
    base: Option<ContentHash>,
    saved: Option<SavedDraft>,
}

fn intent_of(text: &str) -> Result<PieceId, ConsoleError> {
    let piece = text.parse().ok().filter(|piece: &PieceId| piece.kind() == PieceKind::Intent);
    piece.ok_or(ConsoleError::NotFound)
}

/// The draft of an intent, or what is published of it.
async fn load(place: &Place<'_>, piece: PieceId) -> Result<Editing, ConsoleError> {
    let base = place.head.edition.hash(&piece);
    let published = place.head.edition.draft(&IntentId::new(piece.as_str()));
    let (typed, saved) = match draft::open(place.desk, &place.account.id, &piece).await? {
        Some((saved, Piece::Intent(typed))) => (typed, Some(saved)),
        _ => (published.cloned().ok_or(ConsoleError::NotFound)?, None),
    };
    let version = saved.as_ref().map_or(0, |saved| saved.version);
    Ok(Editing { typed, piece: Some(piece), version, base, saved })
}

/// Shows an intent as it is edited or published.
pub(in crate::web::console) async fn open(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
    Path((_, intent)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let editing = load(&place, intent_of(&intent)?).await?;
    let published = place.head.edition.draft(&IntentId::new(intent.as_str()));
    let has_moved = editing.saved.as_ref().is_some_and(|saved| saved.base != editing.base);
    let published = published.cloned().map(Piece::Intent);
    let mine = Piece::Intent(editing.typed.clone());
    let theirs = has_moved.then(|| Theirs::published(&visit, published.as_ref(), &mine));
    Ok(page(&editor_page(&visit, &place, editing, theirs, None).await?))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Beginning {
    topic: String,
    /// A question that was not answered, for whose group it is begun.
    question: String,
}

/// Begins a new intent.
pub(in crate::web::console) async fn begin(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
    Query(beginning): Query<Beginning>,
) -> Result<Response, ConsoleError> {
    let place = Place::of(&visit)?;
    let mut typed = Draft { id: format!("{}.", beginning.topic), ..Draft::default() };
    let mut asked_look = String::new();
    if !beginning.question.is_empty() {
        let asked = unanswered_group::beginning(&visit, &beginning.question).await?;
        typed.id = format!("{}.", asked.topic);
        typed.examples.extend([asked.examples]);
        asked_look = asked.look;
    }
    let editing = Editing { typed, piece: None, version: 0, base: None, saved: None };
    let shown = editor_page(&visit, &place, editing, None, None).await?;
    Ok(page(&EditorPage { asked: beginning.question, asked_look, ..shown }))
}

/// Does what the pressed button says with a new intent.
pub(in crate::web::console) async fn create(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let id = format!("{}.{}", posted.text("topic"), posted.text("name"));
    let typed = fields::read(posted, &id);
    let mut editing = Editing { typed, piece: None, version: 0, base: None, saved: None };
    if posted.text("act") == "show" {
        let tried = try_question(&visit, &place, &editing).await?;
        return Ok(page(&editor_page(&visit, &place, editing, None, tried).await?));
    }
    let taken = id.parse::<PieceId>().is_ok_and(|piece| place.head.edition.hash(&piece).is_some());
    let saved = if taken {
        Err(PublishError::Conflict(Vec::new()))
    } else {
        let piece = Piece::Intent(editing.typed.clone());
        draft::save(place.desk, &actor, &piece, 0, None).await
    };
    match saved {
        Ok(saved) => {
            if posted.has("asked") {
                unanswered_group::mark_begun(&visit, &saved.piece).await?;
            }
            Ok(see(&next_page(&place, posted.text("act"), &saved.piece)))
        }
        Err(PublishError::Problems(_)) => {
            Ok(page_with_problems(&editor_page(&visit, &place, editing, None, None).await?))
        }
        Err(PublishError::Conflict(_)) => {
            // The name is somebody else's; what was typed stays until another one is found.
            let theirs = Theirs::taken(visit.words().say("name-taken"));
            editing.version = 0;
            let shown = editor_page(&visit, &place, editing, Some(theirs), None).await?;
            Ok(conflicting(page(&shown)))
        }
        Err(other) => Err(other.into()),
    }
}

fn next_page(place: &Place<'_>, act: &str, piece: &PieceId) -> String {
    match act {
        "publish" => format!("{}/publish?piece={piece}", place.base),
        _ => format!("{}/{piece}", place.base),
    }
}

/// Does what the pressed button says with an intent.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<EditIntents>,
    Path((_, intent)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let piece = intent_of(&intent)?;
    let (version, base) = meanwhile::seen(posted)?;
    let typed = fields::read(posted, piece.as_str());
    let mut editing = Editing { typed, piece: Some(piece.clone()), version, base, saved: None };
    match posted.text("act") {
        "show" => {
            let tried = try_question(&visit, &place, &editing).await?;
            editing.saved = place.desk.store.draft(&place.account.id, &piece).await?;
            Ok(page(&editor_page(&visit, &place, editing, None, tried).await?))
        }
        act @ ("save" | "publish") => {
            let typed = Piece::Intent(editing.typed.clone());
            match draft::save(place.desk, &actor, &typed, version, base).await {
                Ok(saved) => Ok(see(&next_page(&place, act, &saved.piece))),
                Err(PublishError::Conflict(_)) => second_editor(&visit, &place, editing, &piece).await,
                Err(other) => Err(other.into()),
            }
        }
        "discard" => match draft::discard(place.desk, &actor, &piece, version).await {
            Ok(()) if place.head.edition.hash(&piece).is_some() => Ok(see(visit.path())),
            Ok(()) => Ok(see(&place.base)),
            Err(PublishError::Conflict(_)) => second_editor(&visit, &place, editing, &piece).await,
            Err(other) => Err(other.into()),
        },
        _ => Err(ConsoleError::BadForm),
    }
}

/// Somebody else has saved, published or thrown away the draft: shows their text beside one's own, which
/// stays in the form. Saving again then is a decision, made with both in sight.
async fn second_editor(
    visit: &Visit,
    place: &Place<'_>,
    mut editing: Editing,
    piece: &PieceId,
) -> Result<Response, ConsoleError> {
    let mine = Piece::Intent(editing.typed.clone());
    let (theirs, saved) = Theirs::saved(visit, place, piece, &mine).await?;
    editing.version = saved.as_ref().map_or(0, |saved| saved.version);
    editing.saved = saved;
    editing.base = place.head.edition.hash(piece);
    Ok(conflicting(page(&editor_page(visit, place, editing, Some(theirs), None).await?)))
}

async fn try_question(
    visit: &Visit,
    place: &Place<'_>,
    editing: &Editing,
) -> Result<Option<Tried>, ConsoleError> {
    let question = visit.posted().text("question");
    if question.is_empty() {
        return Ok(None);
    }
    let piece = Piece::Intent(editing.typed.clone());
    let edits = piece.id().ok().map(|id| Edit { id, base: editing.base, to: Some(piece), draft: None });
    let (catalogue, actor) = (&visit.ctx().catalogue, visit.actor::<EditIntents>()?);
    let edits: Vec<Edit> = edits.into_iter().collect();
    let asked = show::ask(place.desk, catalogue, &actor, &edits, question.to_owned()).await?;
    let words = visit.words();
    let decision = match asked.decision.kind.name() {
        "answer" => "decision-answer",
        "ask" => "decision-ask",
        "refuse" => "decision-refuse",
        "safety" => "decision-safety",
        _ => "decision-fixed",
    };
    let confidence = format!("{:.0}", f64::from(asked.decision.confidence) * 100.0);
    Ok(Some(Tried {
        notice: if asked.is_of_edits { String::new() } else { words.say("tried-published") },
        decision: words.say_with(decision, &[("confidence", &confidence)]),
        reasons: asked.decision.why.iter().map(|why| catalogue.reason(words.language(), why)).collect(),
        messages: preview::still(&asked.messages),
    }))
}

/// The language in which the answer is shown.
fn preview_language(visit: &Visit) -> Language {
    visit.posted().text("preview-language").parse().unwrap_or(Language::Ja)
}

fn shown(visit: &Visit, place: &Place<'_>, typed: &Draft) -> Result<Shown, ConsoleError> {
    let language = preview_language(visit);
    let shown = show::show(place.desk, &visit.ctx().catalogue, &place.account.id, typed, language);
    shown.ok_or(ConsoleError::NotFound)
}

fn shown_html(visit: &Visit, shown: &Shown) -> String {
    match &shown.messages {
        Some(messages) => preview::still(messages),
        None => format!("<p class=\"note\">{}</p>", visit.words().say("preview-not-yet")),
    }
}

/// The answer of what is typed just now as a fragment of a page, for the script; it changes nothing.
pub(in crate::web::console) async fn preview(
    visit: Visit,
    Acting(_): Acting<EditIntents>,
) -> Result<Response, ConsoleError> {
    let (place, posted) = (Place::of(&visit)?, visit.posted());
    let id = match posted.text("id") {
        "" => format!("{}.{}", posted.text("topic"), posted.text("name")),
        id => id.to_owned(),
    };
    let typed = fields::read(posted, &id);
    Ok(Html(shown_html(&visit, &shown(&visit, &place, &typed)?)).into_response())
}

async fn editor_page(
    visit: &Visit,
    place: &Place<'_>,
    editing: Editing,
    theirs: Option<Theirs>,
    tried: Option<Tried>,
) -> Result<EditorPage, ConsoleError> {
    let frame = visit.frame();
    let (edition, typed) = (&place.head.edition, &editing.typed);
    let shown = shown(visit, place, typed)?;
    let is_new = editing.piece.is_none();
    // An empty form has every fault there is; none of them is worth telling yet.
    let is_untouched = is_new && visit.posted().text("act").is_empty();
    let problems: &[Problem] = if is_untouched { &[] } else { &shown.problems };
    let (errors, warnings) = fields::told(visit, problems);
    let id_problems = problems.iter().filter(|problem| problem.field == Field::Id);
    let topics = edition
        .topics()
        .map(|topic| Choice::new(topic.topic.clone(), words::title(edition, &topic.topic), typed.topic()));
    let title = typed.title.get(&Language::Ja).cloned().unwrap_or_else(|| typed.id.clone());
    let chosen = preview_language(visit);
    let tongue = |one: &Language| Choice::new(one.code(), words::language(visit, *one), chosen.code());
    let saved = meanwhile::saved_by(visit, editing.saved.as_ref()).await?;
    Ok(EditorPage {
        base: place.base.clone(),
        action: visit.path().to_owned(),
        preview_action: format!("{}/preview", place.base),
        id: if is_new { String::new() } else { typed.id.clone() },
        name: typed.id.split_once('.').map_or_else(String::new, |(_, name)| name.to_owned()),
        topics: if is_new { topics.collect() } else { Vec::new() },
        id_problems: id_problems.map(|problem| words::fault(visit, problem)).collect(),
        version: editing.version,
        seen: editing.base.map_or_else(String::new, |hash| hash.to_string()),
        saved,
        is_published: editing.base.is_some(),
        groups: fields::groups(
            visit,
            typed,
            edition.topic(typed.topic()),
            &place.account.languages,
            problems,
        ),
        errors,
        warnings,
        theirs,
        languages: place.account.languages.iter().map(tongue).collect(),
        shown: shown_html(visit, &shown),
        question: visit.posted().text("question").to_owned(),
        asked: visit.posted().text("asked").to_owned(),
        asked_look: visit.posted().text("asked-look").to_owned(),
        tried,
        frame: if is_new { frame } else { frame.titled(title.clone()) },
        title,
    })
}
