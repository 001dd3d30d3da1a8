//! One announcement: what it says, where it stands, and what may be done with it now.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{
        frame::Frame,
        names::Names,
        session::Acting,
        visit::{Visit, page, see},
    },
    account, address, base, load,
    look::{Look, Phone, ready, segments_of},
    progress::Now,
    words::{Words, kind_key, number, stage_key, trouble_key},
};
use crate::{
    catalogue::Phrase,
    domain::{
        announcement::{
            Announcement, AnnouncementId, Approval, Block, Content, Kind, Stage, Template as KeptWords,
            content::MOST_BLOCKS,
        },
        staff::{
            Actor, Denied, Reason,
            rights::{Announce, Approve, ViewConsole, WriteDrafts},
        },
        version::Version,
    },
    journeys::announce::{self, AnnounceError},
    store::staff::Versioned,
    web::error::ConsoleError,
};

/// So many wordings are shown; the rest is counted.
pub(super) const MOST_SHOWN: usize = 12;

/// What it is, for whom, and who stands behind it.
pub(super) struct Facts {
    pub(super) title: String,
    pub(super) kind: &'static str,
    pub(super) is_special: bool,
    pub(super) stage: &'static str,
    pub(super) rows: Vec<(&'static str, String)>,
}

impl Facts {
    pub(super) fn of(frame: &Frame, words: &Words<'_>, names: &Names, one: &Announcement) -> Self {
        let draft = &one.draft;
        let mut rows = vec![("ann-audience", words.audience(draft))];
        rows.extend(
            announce::count_of(&one.way)
                .map(|count| ("ann-count", frame.tv("ann-people", "count", number(count)))),
        );
        rows.push(("ann-author", names.person(one.way.author())));
        match one.way.approval() {
            Some(Approval::Second { by, instead_of }) => {
                let by = names.person(by);
                let said = instead_of.map(|of| frame.tv("ann-instead-of", "name", names.person(of)));
                rows.push(("ann-approver", format!("{by}{}", said.unwrap_or_default())));
            }
            Some(Approval::BreakGlass { by }) => {
                rows.push(("ann-approver", frame.tv("ann-broken-by", "name", names.person(by))));
            }
            None => {}
        }
        rows.extend(one.way.reviewed().map(|who| ("ann-reviewer", names.person(who))));
        let due = draft.due.map_or_else(|| frame.t("ann-at-once"), |due| names.time(due));
        rows.push(("ann-due", due));
        rows.extend(draft.content.department.as_ref().map(|name| ("ann-department", name.to_string())));
        if draft.content.is_silent {
            rows.push(("ann-sound", frame.t("ann-silent")));
        }
        rows.push(("ann-changed", names.time(one.changed)));
        Self {
            title: draft.content.title.as_str().to_owned(),
            kind: kind_key(draft.kind),
            is_special: draft.kind != Kind::Ordinary,
            stage: stage_key(one),
            rows,
        }
    }
}

/// What may be done.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "a button each")]
struct May {
    edit: bool,
    copy: bool,
    recount: bool,
    approve: bool,
    take_back: bool,
    glass: bool,
    cancel: bool,
    pause: bool,
    resume: bool,
    correct: bool,
    again: bool,
    review: bool,
}

#[derive(Template)]
#[template(path = "console/announcements/view.html")]
struct ViewPage {
    frame: Frame,
    base: String,
    here: String,
    version: u64,
    facts: Facts,
    done: Option<&'static str>,
    trouble: Option<&'static str>,
    may: May,
    is_own: bool,
    now: Option<String>,
    is_moving: bool,
    unknown: u64,
    /// What came of it; empty: nothing yet.
    after: String,
    corrects: Option<String>,
    phones: Vec<Phone>,
    findings: String,
}

/// What was done just now.
#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    done: String,
}

/// Shows it.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    let done = match asked.done.as_str() {
        "submitted" => Some("ann-submitted"),
        "approved" => Some("ann-approved"),
        "returned" => Some("ann-returned"),
        "cancelled" => Some("ann-cancelled"),
        "reviewed" => Some("ann-reviewed"),
        "paused" => Some("ann-did-pause"),
        "resumed" => Some("ann-did-resume"),
        _ => None,
    };
    Ok(page(&view_page(&visit, &actor, &known, done, None).await?))
}

async fn view_page(
    visit: &Visit,
    actor: &Actor<ViewConsole>,
    known: &Versioned<Announcement>,
    done: Option<&'static str>,
    trouble: Option<&'static str>,
) -> Result<ViewPage, ConsoleError> {
    let (frame, names, account) = (visit.frame(), Names::of(visit).await?, account(visit)?);
    let segments = segments_of(visit).await?;
    let words = Words { words: visit.words(), account, segments: &segments };
    let one = &known.value;
    let was_approved = !matches!(
        one.way.stage(),
        Stage::Draft | Stage::Waiting { .. } | Stage::Cancelled { binding: None, .. }
    );
    let now = if was_approved { Some(Now::of(visit, actor, one).await?) } else { None };
    let may = may(visit, one);
    let (phones, findings) = if one.freeze.is_some() {
        let variants = visit.ctx().store.frozen_variants(actor.account(), one.id).await?;
        let shown = variants.iter().take(MOST_SHOWN);
        (
            shown.map(|(variant, _)| ready(&frame, variant.language, &variant.messages)).collect(),
            String::new(),
        )
    } else {
        let found = announce::check(visit.ctx(), account, &one.draft);
        (Vec::new(), Look::of(visit, &words, &one.draft, &found).html()?)
    };
    let facts = Facts::of(&frame, &words, &names, one);
    Ok(ViewPage {
        base: base(visit)?,
        here: address(visit, one.id)?,
        version: known.version.0,
        done,
        trouble,
        is_own: actor.doer().is(one.way.author()),
        is_moving: now.as_ref().is_some_and(Now::is_moving),
        unknown: now.as_ref().map_or(0, |now| now.unknown),
        now: now.as_ref().map(Now::html).transpose()?,
        after: super::after::html(visit, actor, one).await?,
        corrects: one.corrects.map(|id| address(visit, id)).transpose()?,
        phones,
        findings,
        may,
        frame: frame.titled(facts.title.clone()),
        facts,
    })
}

/// What the person may do with it where it stands.
fn may(visit: &Visit, one: &Announcement) -> May {
    let writes = visit.actor::<WriteDrafts>().is_ok();
    let announces = visit.actor::<Announce>().ok();
    let approves = visit.actor::<Approve>().ok();
    let is_own = |doer: &crate::domain::staff::Doer| doer.is(one.way.author());
    let stops = announces.is_some() || approves.is_some();
    let reviews = |doer: &crate::domain::staff::Doer| match one.way.review_due() {
        Some(Some(whose)) => doer.is(whose),
        Some(None) => one.way.approval().is_some_and(|approval| !doer.is(approval.by())),
        None => false,
    };
    let base = May {
        copy: writes,
        review: announces.as_ref().is_some_and(|actor| reviews(actor.doer()))
            || approves.as_ref().is_some_and(|actor| reviews(actor.doer())),
        ..May::default()
    };
    match one.way.stage() {
        Stage::Draft => May { edit: writes, cancel: stops, ..base },
        Stage::Waiting { .. } => May {
            edit: writes,
            approve: approves.as_ref().is_some_and(|actor| !is_own(actor.doer())),
            take_back: stops,
            recount: announces.is_some(),
            glass: announces.is_some() && one.draft.kind == Kind::Alert,
            cancel: stops,
            ..base
        },
        Stage::Held { .. } => May { cancel: stops, ..base },
        Stage::Sending { paused, .. } => {
            May { cancel: stops, pause: stops && !paused, resume: stops && *paused, correct: writes, ..base }
        }
        Stage::Sent { .. } => May { correct: writes, again: writes, ..base },
        Stage::Cancelled { begun, .. } => May { correct: writes && *begun, again: writes && *begun, ..base },
    }
}

/// Does what the pressed button says; each asks for a right of its own.
pub(in crate::web::console) async fn act(
    visit: Visit,
    Acting(actor): Acting<ViewConsole>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    let (ctx, id) = (visit.ctx(), known.value.id);
    let posted = visit.posted();
    let seen = || posted.text("version").parse().map(Version).map_err(|_| ConsoleError::BadForm);
    let done: Result<(Version, &str), AnnounceError> = match posted.text("act") {
        "submit" => {
            let announcer = visit.actor::<Announce>()?;
            announce::submit(ctx, &announcer, (id, seen()?)).await.map(|version| (version, "submitted"))
        }
        "correct" => {
            let writer = visit.actor::<WriteDrafts>()?;
            let content = corrected(&visit, &known.value.draft.content);
            let (id, _) = announce::correct(ctx, &writer, id, content).await?;
            return Ok(see(&format!("{}/edit?done=corrects", address(&visit, id)?)));
        }
        "keep" => {
            let writer = visit.actor::<WriteDrafts>()?;
            keep(&visit, &writer, &known.value).await.map(|()| (known.version, "kept"))
        }
        act => {
            let seen = if act == "return" { seen()? } else { Version::default() };
            let remark = posted.text("remark").chars().take(1_000).collect::<String>();
            let verb = Verb::of(act).ok_or(ConsoleError::BadForm)?;
            match (visit.actor::<Announce>(), visit.actor::<Approve>()) {
                // A deputy or a second person reviews as the approver that they are.
                (_, Ok(actor)) => stop(&visit, &actor, verb, (id, seen), &remark).await,
                (Ok(actor), _) => stop(&visit, &actor, verb, (id, seen), &remark).await,
                (Err(denied), Err(other)) => return Err(said(denied, other).into()),
            }
        }
    };
    match done {
        Ok((_, "kept")) => Ok(see(&format!("{}/templates", base(&visit)?))),
        Ok((_, done)) => Ok(see(&format!("{}?done={done}", address(&visit, id)?))),
        Err(error) => match trouble_key(&error) {
            Some(key) => {
                let now = announce::open(ctx, &actor, id).await?;
                let shown = page(&view_page(&visit, &actor, &now, None, Some(key)).await?);
                Ok((StatusCode::CONFLICT, shown).into_response())
            }
            None => Err(error.into()),
        },
    }
}

/// Keeps the words as a template; of an alert as a text for alerts, to which somebody has to agree.
async fn keep(visit: &Visit, writer: &Actor<WriteDrafts>, one: &Announcement) -> Result<(), AnnounceError> {
    let known = announce::templates(visit.ctx(), writer).await?;
    let content = one.draft.content.clone();
    let for_alerts = one.draft.kind == Kind::Alert;
    let template = KeptWords { name: content.title.clone(), content, for_alerts };
    announce::keep_template(visit.ctx(), writer, (None, known.version), template).await?;
    Ok(())
}

/// Without its second factor a right counts as much as none; says which it is.
fn said(denied: Denied, other: Denied) -> Denied {
    if denied.reason == Reason::NoRole { other } else { denied }
}

#[derive(Clone, Copy)]
enum Verb {
    Cancel,
    Pause,
    Resume,
    Return,
    Review,
}

impl Verb {
    fn of(act: &str) -> Option<Self> {
        Some(match act {
            "cancel" => Self::Cancel,
            "pause" => Self::Pause,
            "resume" => Self::Resume,
            "return" => Self::Return,
            "review" => Self::Review,
            _ => return None,
        })
    }
}

async fn stop<R: announce::MayStop>(
    visit: &Visit,
    actor: &Actor<R>,
    verb: Verb,
    (id, seen): (AnnouncementId, Version),
    remark: &str,
) -> Result<(Version, &'static str), AnnounceError> {
    let ctx = visit.ctx();
    Ok(match verb {
        Verb::Cancel => (announce::cancel(ctx, actor, id).await?, "cancelled"),
        Verb::Pause => (announce::pause(ctx, actor, id).await?, "paused"),
        Verb::Resume => (announce::resume(ctx, actor, id).await?, "resumed"),
        Verb::Return => (announce::give_back(ctx, actor, (id, seen), remark).await?, "returned"),
        Verb::Review => (announce::review(ctx, actor, id).await?, "reviewed"),
    })
}

/// The words of a wrong announcement, after a sentence that says so: what is wrong is written right, and it can go.
fn corrected(visit: &Visit, wrong: &Content) -> Content {
    let mut content = wrong.clone();
    for (language, body) in &mut content.bodies {
        let lead = visit.ctx().catalogue.say(*language, Phrase::CorrectionLead);
        if let Some(Block::Text(text)) = body.first_mut() {
            *text = format!("{lead}\n\n{text}");
        } else if body.len() < MOST_BLOCKS {
            body.insert(0, Block::Text(lead));
        }
    }
    let title = visit.words().say_with("ann-correction-of", &[("name", wrong.title.as_str())]);
    let title: String = title.chars().take(60).collect();
    content.title = title.parse().unwrap_or_else(|_| wrong.title.clone());
    content
}
