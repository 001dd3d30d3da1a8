//! One segment: its name, its predicate as rows or as JSON, how many that are; saved, removed, put back.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, conflicting, page, page_with_problems, see},
    },
    account, base,
    form::Typed,
    look::{self, Look},
    view::{self, GroupView, Problem},
    words::Words,
};
use crate::{
    domain::{
        segment::{Fault, LONGEST, Named, SegmentId, SegmentName, rows},
        staff::{Actor, rights::EditSegments},
        version::Version,
    },
    journeys::segments::{self as journey, SegmentError},
    store::{StoreError, staff::Versioned},
    web::error::ConsoleError,
};

pub(in crate::web::console) use super::look::count;

/// What a colleague made of the segment meanwhile.
struct Theirs {
    notice: String,
    /// Name and sentence; `None`: it was removed.
    text: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "console/segments/builder.html")]
struct BuilderPage {
    frame: Frame,
    base: String,
    action: String,
    count_action: String,
    /// The segment's id; empty: there is none yet.
    id: String,
    version: u64,
    title: String,
    name: String,
    name_problem: bool,
    /// Said of what was done just now.
    done: Option<&'static str>,
    /// Said of what could not be done.
    trouble: Option<&'static str>,
    theirs: Option<Theirs>,
    problems: Vec<Problem>,
    groups: Vec<GroupView>,
    has_room: bool,
    json: Option<String>,
    look: Look,
    rest: String,
    /// The control at which one goes on.
    focus: String,
}

/// A segment as it is edited.
struct Editing {
    id: Option<SegmentId>,
    /// The version that was seen; 0: there is none yet.
    version: Version,
    name: String,
    typed: Typed,
}

impl Editing {
    fn new() -> Self {
        Self { id: None, version: Version::default(), name: String::new(), typed: Typed::new() }
    }

    fn read(visit: &Visit, id: Option<SegmentId>) -> Result<Self, ConsoleError> {
        let posted = visit.posted();
        let version = if id.is_some() { posted.text("version") } else { "0" };
        Ok(Self {
            id,
            version: Version(version.parse().map_err(|_| ConsoleError::BadForm)?),
            name: posted.text("name").to_owned(),
            typed: Typed::read(posted),
        })
    }

    fn of(known: &Versioned<Named>) -> Self {
        Self {
            id: Some(known.value.id),
            version: known.version,
            name: known.value.name.as_str().to_owned(),
            typed: Typed::of(&known.value.predicate),
        }
    }
}

/// What a page shows beside the segment.
#[derive(Default)]
struct Beside {
    done: Option<&'static str>,
    trouble: Option<&'static str>,
    theirs: Option<Theirs>,
    focus: String,
    /// Whether what is wrong is told: not of a form that nobody has filled in yet.
    is_judged: bool,
}

/// What was asked for in the address.
#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    /// The segment that a new one begins as.
    #[serde(default)]
    of: String,
    /// What was done just now.
    #[serde(default)]
    done: String,
}

async fn load(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    id: &str,
) -> Result<Versioned<Named>, ConsoleError> {
    let id: SegmentId = id.parse().map_err(|_| ConsoleError::NotFound)?;
    journey::open(visit.ctx(), actor, id).await?.ok_or(ConsoleError::NotFound)
}

/// Begins a new one, perhaps as a copy.
pub(in crate::web::console) async fn begin(
    visit: Visit,
    Acting(actor): Acting<EditSegments>,
    Query(asked): Query<Asked>,
) -> Result<Response, ConsoleError> {
    let mut editing = Editing::new();
    if !asked.of.is_empty() {
        let known = load(&visit, &actor, &asked.of).await?;
        let name = visit.words().say_with("segment-copy-of", &[("name", known.value.name.as_str())]);
        // A long name has no room for 「の写し」.
        let name = name.chars().take(60).collect();
        editing = Editing { id: None, version: Version::default(), name, ..Editing::of(&known) };
    }
    Ok(page(&builder_page(&visit, &actor, editing, Beside::default()).await?))
}

/// Shows one.
pub(in crate::web::console) async fn open(
    visit: Visit,
    Acting(actor): Acting<EditSegments>,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    if known.value.removed {
        return Ok(see(&base(&visit)?));
    }
    let done = match asked.done.as_str() {
        "saved" => Some("segment-saved"),
        "restored" => Some("segment-restored"),
        _ => None,
    };
    let beside = Beside { done, is_judged: true, ..Beside::default() };
    Ok(page(&builder_page(&visit, &actor, Editing::of(&known), beside).await?))
}

/// Does what the pressed button says with a new one.
pub(in crate::web::console) async fn create(
    visit: Visit,
    Acting(actor): Acting<EditSegments>,
) -> Result<Response, ConsoleError> {
    let editing = Editing::read(&visit, None)?;
    edit(&visit, &actor, editing).await
}

/// Does what the pressed button says.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<EditSegments>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id: SegmentId = id.parse().map_err(|_| ConsoleError::NotFound)?;
    let editing = Editing::read(&visit, Some(id))?;
    let (ctx, version) = (visit.ctx(), editing.version);
    match visit.posted().text("act") {
        "remove" => match journey::remove(ctx, &actor, id, version).await {
            Ok(()) => Ok(see(&format!("{}?removed={id}", base(&visit)?))),
            Err(SegmentError::Store(StoreError::Conflict)) => second_editor(&visit, &actor, editing).await,
            Err(error) => Err(error.into()),
        },
        "restore" => {
            journey::restore(ctx, &actor, id, version).await?;
            Ok(see(&format!("{}?done=restored", visit.path())))
        }
        _ => edit(&visit, &actor, editing).await,
    }
}

async fn edit(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    mut editing: Editing,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let act = posted.text("act");
    let mut beside = Beside { is_judged: true, ..Beside::default() };
    match act {
        "save" => return save(visit, actor, editing).await,
        "count" => {}
        "to-json" => editing.typed = Typed::Json(editing.typed.pretty()),
        "to-rows" => match as_rows(visit, &editing.typed.text())? {
            Some(typed) => editing.typed = typed,
            None => beside.trouble = Some("segment-no-rows"),
        },
        // A row that was added has nothing in it yet; that need not be told.
        _ => match editing.typed.change(act, posted) {
            Some(focus) => beside = Beside { focus, ..Beside::default() },
            None => return Err(ConsoleError::BadForm),
        },
    }
    Ok(page(&builder_page(visit, actor, editing, beside).await?))
}

/// JSON as rows; `None`: it has faults or is no rows.
fn as_rows(visit: &Visit, text: &str) -> Result<Option<Typed>, ConsoleError> {
    let read = crate::domain::segment::read(text, &account(visit)?.attributes);
    let groups = read.ok().and_then(|(_, written)| rows::from_written(&written).map(|_| Typed::of(&written)));
    Ok(groups)
}

async fn save(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    editing: Editing,
) -> Result<Response, ConsoleError> {
    let beside = Beside { is_judged: true, ..Beside::default() };
    let Ok(name) = editing.name.parse::<SegmentName>() else {
        return Ok(page_with_problems(&builder_page(visit, actor, editing, beside).await?));
    };
    let seen = editing.id.map(|id| (id, editing.version));
    match journey::save(visit.ctx(), actor, seen, name, &editing.typed.text()).await {
        Ok((id, _)) => Ok(see(&format!("{}/segment/{id}?done=saved", base(visit)?))),
        Err(SegmentError::Faults(_)) => {
            Ok(page_with_problems(&builder_page(visit, actor, editing, beside).await?))
        }
        Err(SegmentError::TooMany) => {
            let beside = Beside { trouble: Some("segment-too-many"), ..beside };
            Ok(page_with_problems(&builder_page(visit, actor, editing, beside).await?))
        }
        Err(SegmentError::Store(StoreError::Conflict)) => second_editor(visit, actor, editing).await,
        Err(error) => Err(error.into()),
    }
}

/// Somebody else was here meanwhile: what they made of it beside one's own, which stays in the form. Saving
/// again is a decision, made with both in sight.
async fn second_editor(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    mut editing: Editing,
) -> Result<Response, ConsoleError> {
    let id = editing.id.ok_or(ConsoleError::Conflict)?;
    let known = journey::open(visit.ctx(), actor, id).await?;
    editing.version = known.as_ref().map_or(Version::default(), |known| known.version);
    let who = match known.as_ref().and_then(|known| known.value.changed_by) {
        Some(person) => Names::of(visit).await?.person(person),
        None => visit.words().say("who-command-line"),
    };
    let theirs = match known {
        Some(Versioned { value, .. }) if !value.removed => {
            let words = Words { words: visit.words(), attributes: &account(visit)?.attributes };
            Theirs {
                notice: visit.words().say_with("saved-meanwhile", &[("name", &who)]),
                text: Some((value.name.as_str().to_owned(), words.sentence(&value.predicate))),
            }
        }
        Some(_) => Theirs {
            notice: visit.words().say_with("segment-removed-meanwhile", &[("name", &who)]),
            text: None,
        },
        None => Theirs { notice: visit.words().say("segment-gone-meanwhile"), text: None },
    };
    let beside = Beside { theirs: Some(theirs), is_judged: true, ..Beside::default() };
    Ok(conflicting(page(&builder_page(visit, actor, editing, beside).await?)))
}

async fn builder_page(
    visit: &Visit,
    actor: &Actor<EditSegments>,
    editing: Editing,
    beside: Beside,
) -> Result<BuilderPage, ConsoleError> {
    let Editing { id, version, name, typed } = editing;
    let words = Words { words: visit.words(), attributes: &account(visit)?.attributes };
    let (look, faults) = look::look(visit, actor, &typed).await?;
    let told: &[Fault] = if beside.is_judged { &faults } else { &[] };
    let (groups, json) = match &typed {
        Typed::Rows(groups) => (groups.as_slice(), None),
        Typed::Json(text) => (&[][..], Some(text.chars().take(LONGEST).collect::<String>())),
    };
    let mut problems = match &typed {
        Typed::Rows(groups) => view::problems_of_rows(&words, groups, told),
        Typed::Json(_) => view::problems_of_json(&words, told),
    };
    let is_saving = visit.posted().text("act") == "save";
    let name_problem = is_saving && name.parse::<SegmentName>().is_err();
    if name_problem {
        let what = visit.words().say("segment-name-problem");
        problems.insert(0, Problem { id: "name".into(), at: String::new(), what });
    }
    let base = base(visit)?;
    let frame = visit.frame();
    let title =
        if id.is_some() && !name.is_empty() { name.clone() } else { visit.words().say("segment-new") };
    Ok(BuilderPage {
        count_action: format!("{base}/count"),
        base,
        action: visit.path().to_owned(),
        id: id.map_or_else(String::new, |id| id.to_string()),
        version: version.0,
        name,
        name_problem,
        done: beside.done,
        trouble: beside.trouble,
        theirs: beside.theirs,
        problems,
        has_room: view::has_room(groups),
        groups: view::groups(&words, groups, told),
        json,
        rest: look.rest()?,
        look,
        focus: beside.focus,
        frame: frame.titled(title.clone()),
        title,
    })
}
