//! Writing an announcement: blocks in languages, to whom, when; saved, tried on the staff group, shown to a second person.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        names::{Choice as Pick, language_key},
        session::Acting,
        visit::{Visit, conflicting, page, page_with_problems, see},
    },
    account, address, base,
    form::{Facts, MOST_BUTTONS, Problem, Typed},
    is_shown,
    look::{Look, Told, Verdict, segments_of},
    words::{Words, kind_code, kind_key, number, trouble_key},
};
use crate::{
    domain::{
        announcement::{Announcement, AnnouncementId, Block, Button, Kind, Stage, content::MOST_BLOCKS},
        language::Language,
        segment::Named,
        staff::{
            Actor,
            rights::{Announce, WriteDrafts},
        },
        version::Version,
    },
    journeys::announce::{self, AnnounceError},
    store::{StoreError, staff::Versioned},
    web::error::ConsoleError,
};

/// A button of a card as controls.
struct ButtonView {
    number: usize,
    label_field: String,
    uri_field: String,
    label: String,
    uri: String,
}

/// A block as controls.
pub(super) struct BlockView {
    /// Its id, with which the names of its fields begin.
    id: String,
    text_id: String,
    legend: String,
    language: &'static str,
    at: usize,
    /// `text`, `image` or `card`.
    kind: &'static str,
    text: String,
    title: String,
    original: String,
    preview: String,
    alt: String,
    buttons: Vec<ButtonView>,
    findings: Vec<Told>,
    is_first: bool,
    is_last: bool,
}

/// A language as controls.
struct BodyView {
    id: String,
    language: &'static str,
    name: String,
    lang: &'static str,
    blocks: Vec<BlockView>,
    has_room: bool,
    may_go: bool,
}

#[derive(Template)]
#[template(path = "console/announcements/compose.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template shows or not")]
struct ComposePage {
    frame: Frame,
    base: String,
    action: String,
    look_action: String,
    /// The announcement's address; empty: it is not saved yet.
    back: String,
    version: u64,
    title: String,
    typed: Typed,
    done: Option<String>,
    trouble: Option<String>,
    problems: Vec<Problem>,
    is_conflict: bool,
    kinds: Vec<Pick>,
    /// Whether kind and audience are given: a correction's.
    is_fixed: bool,
    kind_code: &'static str,
    kind_name: &'static str,
    audience_sentence: String,
    audiences: Vec<Pick>,
    departments: Vec<String>,
    bodies: Vec<BodyView>,
    /// Languages that can be added.
    others: Vec<Pick>,
    fields: Vec<(String, String)>,
    zone: String,
    look: Look,
    rest: String,
    verdict: Verdict,
    may_submit: bool,
    has_staff_group: bool,
    focus: String,
}

/// What was asked for in the address.
#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    /// The announcement that a new one begins as.
    #[serde(default)]
    of: String,
    /// The template that it begins as.
    #[serde(default)]
    template: String,
    /// Of those it is unknown whether they got it: the same for them again.
    #[serde(default)]
    again: String,
    /// What was done just now.
    #[serde(default)]
    done: String,
    /// To how many it was sent as a trial.
    #[serde(default)]
    count: String,
    /// Languages that LINE refuses.
    #[serde(default)]
    line: String,
}

/// An announcement as it is edited.
struct Editing {
    id: Option<AnnouncementId>,
    version: Version,
    typed: Typed,
}

/// What a page shows beside it.
#[derive(Default)]
struct Beside {
    done: Option<String>,
    trouble: Option<String>,
    problems: Vec<Problem>,
    is_conflict: bool,
    focus: String,
}

async fn load(
    visit: &Visit,
    actor: &Actor<WriteDrafts>,
    id: &str,
) -> Result<Versioned<Announcement>, ConsoleError> {
    let id: AnnouncementId = id.parse().map_err(|_| ConsoleError::NotFound)?;
    let known = announce::open(visit.ctx(), actor, id).await?;
    if is_shown(visit, &known.value) { Ok(known) } else { Err(ConsoleError::NotFound) }
}

/// Begins a new one, perhaps as a copy.
pub(in crate::web::console) async fn begin(
    visit: Visit,
    Acting(actor): Acting<WriteDrafts>,
    Query(asked): Query<Asked>,
) -> Result<Response, ConsoleError> {
    let (account, segments) = (account(&visit)?, segments_of(&visit).await?);
    let facts = Facts { segments: &segments, attributes: &account.attributes, zone: &account.time_zone };
    let mut typed = Typed::new();
    if let Some(from) = [&asked.of, &asked.again].into_iter().find(|id| !id.is_empty()) {
        let known = load(&visit, &actor, from).await?.value;
        typed = Typed::of(&known.draft, &facts);
        // Another one goes out at another time.
        (typed.date, typed.time) = (String::new(), String::new());
        if asked.again.is_empty() {
            let title = visit.words().say_with("ann-copy-of", &[("name", &typed.title)]);
            typed.title = title.chars().take(60).collect();
            // A correction is made from the one that it corrects.
            if typed.kind == Kind::Correction {
                (typed.kind, typed.audience) = (Kind::Ordinary, String::new());
            }
        } else {
            typed.audience = format!("unsettled:{}", known.id);
        }
    }
    if !asked.template.is_empty() {
        let id = asked.template.parse().map_err(|_| ConsoleError::NotFound)?;
        let known = announce::templates(visit.ctx(), &actor).await?.value;
        let known = known.into_iter().find(|known| known.id == id).ok_or(ConsoleError::NotFound)?;
        typed.begin_from(known.template);
    }
    let editing = Editing { id: None, version: Version::default(), typed };
    Ok(page(&compose_page(&visit, &segments, editing, Beside::default())?))
}

/// Shows one that can be edited.
pub(in crate::web::console) async fn open(
    visit: Visit,
    Acting(actor): Acting<WriteDrafts>,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    if !matches!(known.value.way.stage(), Stage::Draft | Stage::Waiting { .. }) {
        return Ok(see(&address(&visit, known.value.id)?));
    }
    let (account, segments) = (account(&visit)?, segments_of(&visit).await?);
    let facts = Facts { segments: &segments, attributes: &account.attributes, zone: &account.time_zone };
    let words = visit.words();
    let done = match asked.done.as_str() {
        "saved" => Some(words.say("ann-saved")),
        "tested" if asked.count.parse::<u64>().is_ok() => {
            Some(words.say_with("ann-tested", &[("count", &asked.count)]))
        }
        "corrects" => Some(words.say("ann-corrects")),
        _ => None,
    };
    let refused: Vec<String> = asked
        .line
        .split(',')
        .filter_map(|code| code.parse::<Language>().ok())
        .map(|language| words.say(language_key(language)))
        .collect();
    let trouble = (!refused.is_empty())
        .then(|| words.say_with("ann-line-refuses", &[("languages", &refused.join("、"))]));
    let editing = Editing {
        id: Some(known.value.id),
        version: known.version,
        typed: Typed::of(&known.value.draft, &facts),
    };
    let beside = Beside { done, trouble, ..Beside::default() };
    Ok(page(&compose_page(&visit, &segments, editing, beside)?))
}

/// Does what the pressed button says with a new one.
pub(in crate::web::console) async fn create(
    visit: Visit,
    Acting(actor): Acting<WriteDrafts>,
) -> Result<Response, ConsoleError> {
    let typed = Typed::read(visit.posted());
    edit(&visit, &actor, Editing { id: None, version: Version::default(), typed }).await
}

/// Does what the pressed button says.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<WriteDrafts>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id = load(&visit, &actor, &id).await?.value.id;
    let version = visit.posted().text("version").parse().map_err(|_| ConsoleError::BadForm)?;
    let typed = Typed::read(visit.posted());
    edit(&visit, &actor, Editing { id: Some(id), version: Version(version), typed }).await
}

async fn edit(
    visit: &Visit,
    actor: &Actor<WriteDrafts>,
    mut editing: Editing,
) -> Result<Response, ConsoleError> {
    let segments = segments_of(visit).await?;
    let act = visit.posted().text("act");
    let mut beside = Beside::default();
    match act {
        "save" | "test" | "submit" => return save(visit, actor, &segments, editing, act).await,
        "look" => {}
        _ => match editing.typed.change(act, visit.posted()) {
            Some(focus) => beside.focus = focus,
            None => return Err(ConsoleError::BadForm),
        },
    }
    Ok(page(&compose_page(visit, &segments, editing, beside)?))
}

/// Saves, and goes on as far as the button says.
async fn save(
    visit: &Visit,
    actor: &Actor<WriteDrafts>,
    segments: &[Named],
    mut editing: Editing,
    act: &str,
) -> Result<Response, ConsoleError> {
    let (ctx, account) = (visit.ctx(), account(visit)?);
    let facts = Facts { segments, attributes: &account.attributes, zone: &account.time_zone };
    let draft = match editing.typed.draft(&facts) {
        Ok(draft) => draft,
        Err(problems) => {
            let beside = Beside { problems, ..Beside::default() };
            return Ok(page_with_problems(&compose_page(visit, segments, editing, beside)?));
        }
    };
    let saved = match editing.id {
        None => announce::write(ctx, actor, draft.clone(), None).await,
        Some(id) => announce::edit(ctx, actor, (id, editing.version), draft.clone())
            .await
            .map(|version| (id, version)),
    };
    let (id, version) = match saved {
        Ok(saved) => saved,
        Err(AnnounceError::Store(StoreError::Conflict)) => {
            // What was typed stays; the next time it is saved knowing of the other one.
            let id = editing.id.ok_or(ConsoleError::Conflict)?;
            editing.version = announce::open(ctx, actor, id).await?.version;
            let beside = Beside { is_conflict: true, ..Beside::default() };
            return Ok(conflicting(page(&compose_page(visit, segments, editing, beside)?)));
        }
        Err(error) => return Err(error.into()),
    };
    editing = Editing { id: Some(id), version, typed: editing.typed };
    let edit_page = format!("{}/edit", address(visit, id)?);
    let failed = |editing: Editing, trouble: String, problems: Vec<Problem>| {
        let beside = Beside { trouble: Some(trouble), problems, ..Beside::default() };
        Ok(page_with_problems(&compose_page(visit, segments, editing, beside)?))
    };
    let words = visit.words();
    match act {
        "test" => match announce::test_send(ctx, actor, (id, version)).await {
            Ok(count) => Ok(see(&format!("{edit_page}?done=tested&count={count}"))),
            Err(error) => match trouble_key(&error) {
                Some(key) => failed(editing, words.say(key), Vec::new()),
                None => Err(error.into()),
            },
        },
        "submit" => {
            let announcer = visit.actor::<Announce>()?;
            let verdict = Verdict::of(&announce::check(ctx, account, &draft));
            if verdict.stops {
                return failed(editing, words.say("ann-trouble-content"), Vec::new());
            }
            if verdict.asks && !visit.posted().has("confirmed") {
                let problems = vec![("confirmed", "ann-not-confirmed")];
                return failed(editing, words.say("ann-trouble-findings"), problems);
            }
            match announce::submit(ctx, &announcer, (id, version)).await {
                Ok(_) => Ok(see(&format!("{}?done=submitted", address(visit, id)?))),
                Err(error) => match trouble_key(&error) {
                    Some(key) => failed(editing, words.say(key), Vec::new()),
                    None => Err(error.into()),
                },
            }
        }
        _ => {
            let refused = announce::ask_line(ctx, actor, &draft).await?;
            let refused: Vec<&str> = refused.into_iter().map(Language::code).collect();
            let line =
                if refused.is_empty() { String::new() } else { format!("&line={}", refused.join(",")) };
            Ok(see(&format!("{edit_page}?done=saved{line}")))
        }
    }
}

fn compose_page(
    visit: &Visit,
    segments: &[Named],
    editing: Editing,
    beside: Beside,
) -> Result<ComposePage, ConsoleError> {
    let account = account(visit)?;
    let words = Words { words: visit.words(), account, segments };
    let facts = Facts { segments, attributes: &account.attributes, zone: &account.time_zone };
    let Editing { id, version, typed } = editing;
    // A title that cannot be one is told beside its field; the preview needs none.
    let shown = Typed { title: String::new(), ..typed.clone() };
    let draft = typed.looked_at(&facts).or_else(|| shown.looked_at(&facts)).ok_or(ConsoleError::BadForm)?;
    let findings = announce::check(visit.ctx(), account, &draft);
    let look = Look::of(visit, &words, &draft, &findings);
    let (base, frame) = (base(visit)?, visit.frame());
    let back = id.map(|id| address(visit, id)).transpose()?.unwrap_or_default();
    let action = if back.is_empty() { format!("{base}/new") } else { format!("{back}/edit") };
    let is_fixed = typed.audience.starts_with("reached:") || typed.audience.starts_with("unsettled:");
    let kinds = [Kind::Ordinary, Kind::Alert, Kind::Drill];
    let pick = |kind: Kind| Pick::new(kind_code(kind), words.say(kind_key(kind), &[]), kind_code(typed.kind));
    let title = if typed.title.is_empty() { words.say("ann-new", &[]) } else { typed.title.clone() };
    let bodies = typed
        .bodies
        .iter()
        .map(|(language, body)| body_view(&words, *language, body, &look, typed.bodies.len() > 1));
    let bodies = bodies.collect();
    let others =
        account.languages.iter().filter(|language| typed.bodies.iter().all(|(known, _)| known != *language));
    let others = others
        .map(|language| Pick::new(language.code(), words.say(language_key(*language), &[]), ""))
        .collect();
    let fields = crate::domain::announcement::FieldName::all(&account.attributes);
    let fields = fields.into_iter().filter_map(|name| {
        let attribute = account.attributes.get(&name.attribute)?;
        let (_, label) = attribute.label.best(words.words.language())?;
        Some((format!("{{{{ {name} }}}}"), label.clone()))
    });
    Ok(ComposePage {
        look_action: format!("{base}/preview"),
        action,
        back,
        version: version.0,
        done: beside.done,
        trouble: beside.trouble,
        problems: beside.problems,
        is_conflict: beside.is_conflict,
        kinds: kinds.map(pick).into(),
        is_fixed,
        kind_code: kind_code(typed.kind),
        kind_name: kind_key(typed.kind),
        audience_sentence: words.audience(&draft),
        audiences: audiences(&words, &typed),
        departments: account.departments.iter().map(ToString::to_string).collect(),
        bodies,
        others,
        fields: fields.collect(),
        zone: account.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        rest: look.html()?,
        verdict: Verdict::of(&findings),
        look,
        may_submit: visit.actor::<Announce>().is_ok(),
        has_staff_group: account.staff_group.is_some(),
        focus: beside.focus,
        typed,
        base,
        frame: frame.titled(title.clone()),
        title,
    })
}

fn audiences(words: &Words<'_>, typed: &Typed) -> Vec<Pick> {
    let mut list = vec![Pick::new("", words.say("ann-to-choose", &[]), &typed.audience)];
    let mut add = |value: &str, label: String| list.push(Pick::new(value, label, &typed.audience));
    for named in words.segments {
        add(&format!("segment:{}", named.id), named.name.as_str().to_owned());
    }
    add("all", words.say("ann-to-all", &[]));
    add("staff", words.say("ann-to-staff", &[]));
    if typed.audience == "kept" {
        add("kept", words.say("ann-to-kept", &[]));
    }
    list
}

fn body_view(words: &Words<'_>, language: Language, body: &[Block], look: &Look, may_go: bool) -> BodyView {
    let last = body.len().saturating_sub(1);
    let name = words.say(language_key(language), &[]);
    let block = |(at, block): (usize, &Block)| {
        let id = format!("b.{language}.{at}");
        let count = number(at as u64 + 1);
        let (kind, key) = match block {
            Block::Text(_) => ("text", "ann-block-text"),
            Block::Image(_) => ("image", "ann-block-image"),
            Block::Card(_) => ("card", "ann-block-card"),
        };
        let findings = look.findings.iter().filter(|told| told.id == id);
        let mut view = BlockView {
            text_id: format!("{id}.text"),
            legend: words.say(key, &[("number", &count), ("language", &name)]),
            language: language.code(),
            at,
            kind,
            text: String::new(),
            title: String::new(),
            original: String::new(),
            preview: String::new(),
            alt: String::new(),
            buttons: Vec::new(),
            findings: findings.map(Told::again).collect(),
            is_first: at == 0,
            is_last: at == last,
            id,
        };
        match block {
            Block::Text(text) => view.text.clone_from(text),
            Block::Image(picture) => {
                view.original.clone_from(&picture.original);
                view.preview.clone_from(&picture.preview);
                view.alt.clone_from(&picture.alt);
            }
            Block::Card(card) => {
                view.text.clone_from(&card.text);
                view.title = card.title.clone().unwrap_or_default();
                view.original = card.image.clone().unwrap_or_default();
                view.alt.clone_from(&card.alt);
                let button = |at: usize| {
                    let Button { label, uri } = card.buttons.get(at).cloned().unwrap_or_default();
                    let (label_field, uri_field) = (format!("l{at}"), format!("u{at}"));
                    ButtonView { number: at + 1, label_field, uri_field, label, uri }
                };
                view.buttons = (0..MOST_BUTTONS).map(button).collect();
            }
        }
        view
    };
    BodyView {
        id: format!("b.{language}"),
        language: language.code(),
        name: name.clone(),
        lang: language.html(),
        blocks: body.iter().enumerate().map(block).collect(),
        has_room: body.len() < MOST_BLOCKS,
        may_go,
    }
}
