//! The gate: what a second person looks at and types before an announcement goes out; and breaking the glass, alone.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        frame::Frame,
        names::Names,
        segments::{
            look::{Table, tables},
            words::Words as SegmentWords,
        },
        session::Acting,
        visit::{Visit, page, see},
    },
    account, address, base, is_shown,
    look::{Phone, Told, ready, segments_of, told},
    view::{Facts, MOST_SHOWN},
    words::{Words, number, trouble_key},
};
use crate::{
    domain::{
        announcement::{Announcement, Binding, Kind, Stage, lint::Severity, notification},
        audit::Link,
        segment::{Breakdown, Part},
        staff::{
            Actor, StaffId,
            rights::{Announce, Approve},
        },
        version::Version,
    },
    journeys::announce::{self, AnnounceError, Approving, Gate, MaySee},
    store::staff::Versioned,
    web::error::ConsoleError,
};

/// A wording: its language, first line, and how many get it.
struct Wording {
    name: String,
    first: String,
    count: String,
}

#[derive(Template)]
#[template(path = "console/announcements/gate.html")]
struct GatePage {
    frame: Frame,
    base: String,
    here: String,
    action: String,
    heading: &'static str,
    is_glass: bool,
    version: u64,
    binding: Option<Binding>,
    count: String,
    facts: Facts,
    trouble: Option<&'static str>,
    is_author: bool,
    comparable: Option<(String, String)>,
    quota: String,
    is_over_quota: bool,
    tables: Vec<Table>,
    wordings: Vec<Wording>,
    phones: Vec<Phone>,
    findings: Vec<Told>,
    hints: usize,
    stand_ins: Vec<(String, String)>,
}

fn waiting(one: &Announcement) -> Option<Binding> {
    match one.way.stage() {
        Stage::Waiting { binding } => Some(*binding),
        _ => None,
    }
}

async fn load<R: MaySee>(
    visit: &Visit,
    actor: &Actor<R>,
    id: &str,
) -> Result<Versioned<Announcement>, ConsoleError> {
    let id = id.parse().map_err(|_| ConsoleError::NotFound)?;
    let known = announce::open(visit.ctx(), actor, id).await?;
    if is_shown(visit, &known.value) { Ok(known) } else { Err(ConsoleError::NotFound) }
}

async fn gate_page<R: MaySee>(
    visit: &Visit,
    actor: &Actor<R>,
    known: &Versioned<Announcement>,
    (is_glass, trouble): (bool, Option<&'static str>),
    stand_ins: Vec<StaffId>,
) -> Result<GatePage, ConsoleError> {
    let (ctx, frame, names, account) = (visit.ctx(), visit.frame(), Names::of(visit).await?, account(visit)?);
    let segments = segments_of(visit).await?;
    let words = Words { words: visit.words(), account, segments: &segments };
    let one = &known.value;
    let gate = Gate::of(ctx, actor, one).await?;
    let binding = waiting(one);
    let count = binding.map_or(0, |binding| binding.count);
    let comparable = gate.comparable.as_ref().map(|(earlier, before)| {
        let title = earlier.draft.content.title.as_str().to_owned();
        (title, compared(&frame, *before, count))
    });
    // LINE tells, or not; and there may be no limit.
    let (is_told, left) = match gate.quota {
        Some(quota) => (true, quota.left()),
        None => (false, None),
    };
    let here = address(visit, one.id)?;
    let split = announce::breakdown(ctx, actor, &one.draft).await?;
    let segment_words = SegmentWords { words: visit.words(), attributes: &account.attributes };
    // How many read which wording is broken down like any other count: no few of them are told.
    let parts = gate.variants.iter().enumerate();
    let parts = parts.map(|(name, (_, count))| Part { name, here: *count, everywhere: *count }).collect();
    let shown = Breakdown::disjoint(count, count, parts).parts;
    let wordings = gate.variants.iter().zip(shown).map(|((variant, _), (_, shown))| Wording {
        name: super::super::names::language(&frame, variant.language),
        first: notification(&variant.messages).to_owned(),
        count: segment_words.part_of(shown),
    });
    let shown = gate.variants.iter().take(MOST_SHOWN);
    let findings = announce::check(ctx, account, &one.draft);
    Ok(GatePage {
        base: base(visit)?,
        action: visit.path().to_owned(),
        heading: if is_glass { "ann-glass" } else { "ann-approve" },
        is_glass,
        version: known.version.0,
        binding,
        count: number(count),
        facts: Facts::of(&frame, &words, &names, one),
        trouble,
        is_author: actor.doer().is(one.way.author()),
        comparable,
        quota: match left {
            Some(left) => frame.tv("ann-quota-left", "count", number(left)),
            None if is_told => frame.t("ann-quota-none"),
            None => frame.t("ann-quota-unknown"),
        },
        is_over_quota: left.is_some_and(|left| left < count),
        tables: tables(&segment_words, &split),
        wordings: wordings.collect(),
        phones: shown.map(|(variant, _)| ready(&frame, variant.language, &variant.messages)).collect(),
        hints: findings.iter().filter(|finding| finding.severity == Severity::Hint).count(),
        findings: findings.iter().map(|finding| told(&words, finding)).collect(),
        stand_ins: stand_ins.into_iter().map(|of| (of.to_string(), names.person(of))).collect(),
        here,
        frame,
    })
}

/// The difference from an earlier one, in people and per cent.
fn compared(frame: &Frame, before: u64, now: u64) -> String {
    let (sign, by) = if now >= before { ("+", now - before) } else { ("−", before - now) };
    let percent = (by * 100).checked_div(before).unwrap_or_default();
    frame.tv(
        "ann-compared",
        "what",
        format!("{} → {}（{sign}{}、{sign}{percent}%）", number(before), number(now), number(by)),
    )
}

/// Shows exactly what will go out, to the second person.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(actor): Acting<Approve>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    let stand_ins = announce::stand_ins(visit.ctx(), &actor).await?;
    Ok(page(&gate_page(&visit, &actor, &known, (false, None), stand_ins).await?))
}

/// What the approver saw, as the form brings it back.
fn seen(visit: &Visit) -> Result<(Version, Binding), ConsoleError> {
    let posted = visit.posted();
    let link = |name: &str| Link::try_from(posted.text(name).to_owned()).map_err(|_| ConsoleError::BadForm);
    let version = posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?;
    let count = posted.text("count").parse().map_err(|_| ConsoleError::BadForm)?;
    Ok((Version(version), Binding { content: link("content")?, audience: link("audience")?, count }))
}

/// The number that was typed, in whatever digits; what is no number is never the right one.
fn typed(visit: &Visit) -> u64 {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xfee0),
        '0'..='9' => Some(c),
        ',' | '，' | ' ' | '人' => None,
        _ => Some('x'),
    };
    let digits: String = visit.posted().text("typed").chars().filter_map(narrow).collect();
    digits.parse().unwrap_or(u64::MAX)
}

/// Lets out what the approver has seen.
pub(in crate::web::console) async fn approve(
    visit: Visit,
    Acting(actor): Acting<Approve>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    let (version, binding) = seen(&visit)?;
    let instead_of = match visit.posted().text("instead-of") {
        "" => None,
        of => Some(of.parse().map_err(|_| ConsoleError::BadForm)?),
    };
    let said = Approving { seen: version, binding, typed: typed(&visit), instead_of };
    match announce::approve(visit.ctx(), &actor, known.value.id, said).await {
        Ok(_) => Ok(see(&format!("{}?done=approved", address(&visit, known.value.id)?))),
        Err(error) => {
            let stand_ins = announce::stand_ins(visit.ctx(), &actor).await?;
            again(&visit, &actor, &known, error, (false, stand_ins)).await
        }
    }
}

/// The page again with what was in the way.
async fn again<R: MaySee>(
    visit: &Visit,
    actor: &Actor<R>,
    known: &Versioned<Announcement>,
    error: AnnounceError,
    (is_glass, stand_ins): (bool, Vec<StaffId>),
) -> Result<Response, ConsoleError> {
    let Some(key) = trouble_key(&error) else { return Err(error.into()) };
    let now = announce::open(visit.ctx(), actor, known.value.id).await?;
    let shown = page(&gate_page(visit, actor, &now, (is_glass, Some(key)), stand_ins).await?);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// Shows the same to whoever lets an alert out alone.
pub(in crate::web::console) async fn show_glass(
    visit: Visit,
    Acting(actor): Acting<Announce>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    if known.value.draft.kind != Kind::Alert {
        return Ok(see(&address(&visit, known.value.id)?));
    }
    Ok(page(&gate_page(&visit, &actor, &known, (true, None), Vec::new()).await?))
}

/// One person lets an alert out; a second one reviews it afterwards.
pub(in crate::web::console) async fn break_glass(
    visit: Visit,
    Acting(actor): Acting<Announce>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let known = load(&visit, &actor, &id).await?;
    let (version, _) = seen(&visit)?;
    let typed = typed(&visit);
    match announce::break_glass(visit.ctx(), &actor, (known.value.id, version), typed).await {
        Ok(_) => Ok(see(&format!("{}?done=approved", address(&visit, known.value.id)?))),
        Err(error) => again(&visit, &actor, &known, error, (true, Vec::new())).await,
    }
}
