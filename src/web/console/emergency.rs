//! Emergency mode: how it stands, writing a text, approving it as a second person, ending it.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    names::{self, Names},
    session::Acting,
    visit::{Visit, conflicting, page, page_with_problems, see},
};
use crate::{
    domain::{
        emergency::{MOST_CHARACTERS, Notice, NoticeError, StepKind},
        id::StaffId,
        language::{Language, Localized},
        message::Messages,
        staff::{
            Reason, Right,
            rights::{Approve, ProposeEmergency, ViewConsole},
        },
        time::Timestamp,
        version::Version,
    },
    journeys::emergency::{self as journey, EmergencyError},
    preview,
    store::StoreError,
    web::error::ConsoleError,
};

/// So many steps of the history are shown.
const MOST_STEPS: usize = 50;

/// A notice as it is read before every answer.
struct Shown {
    until: String,
    /// Language, `lang`, the messages as HTML of `preview`, which escapes every text.
    texts: Vec<(String, &'static str, String)>,
}

impl Shown {
    /// In every language that the account offers, each as its readers get it.
    fn of(visit: &Visit, frame: &Frame, names: &Names, notice: &Notice) -> Result<Self, ConsoleError> {
        let account = visit.ctx().library.account(visit.account()?).ok_or(ConsoleError::NotFound)?;
        let read = |language: &Language| {
            let (written, text) = notice.text().best(*language)?;
            let name = names::language(frame, *language);
            let name = if written == *language {
                name
            } else {
                format!(
                    "{name}（{}）",
                    frame.tv("emergency-falls-back", "language", names::language(frame, written))
                )
            };
            Some((name, written.html(), preview::still(&Messages::text(text.clone()).ok()?)))
        };
        let texts = account.languages.iter().filter_map(read).collect();
        Ok(Self { until: names.time(notice.until()), texts })
    }
}

struct Waiting {
    shown: Shown,
    author: String,
    at: String,
}

struct InForce {
    shown: Shown,
    author: String,
    approver: String,
    since: String,
}

struct StepRow {
    at: String,
    who: String,
    what: String,
    text: String,
    until: String,
}

#[derive(Template)]
#[template(path = "console/emergency.html")]
struct StatePage {
    frame: Frame,
    base: String,
    end_action: String,
    version: u64,
    active: Option<InForce>,
    draft: Option<Waiting>,
    steps: Vec<StepRow>,
    may_propose: bool,
    /// Whether this person may approve the draft that waits.
    may_approve: bool,
    may_end: bool,
}

fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/emergency", visit.account()?))
}

fn may(visit: &Visit, right: Right) -> Result<bool, ConsoleError> {
    let account = visit.account()?;
    let today = visit.ctx().today(account).ok_or(ConsoleError::NotFound)?;
    Ok(visit.signed()?.checked.may(right, account, today).is_ok())
}

/// How it stands: for everybody of the staff, since everybody is asked about it.
pub(super) async fn show(visit: Visit, Acting(actor): Acting<ViewConsole>) -> Result<Response, ConsoleError> {
    let (ctx, frame, names) = (visit.ctx(), visit.frame(), Names::of(&visit).await?);
    let (emergency, version) = ctx.store.emergency(actor.account()).await?;
    let active = match emergency.active(ctx.clock.now()) {
        Some(active) => Some(InForce {
            shown: Shown::of(&visit, &frame, &names, active.notice())?,
            author: names.person(active.author()),
            approver: names.person(active.approver()),
            since: names.time(active.since()),
        }),
        None => None,
    };
    let draft = match emergency.draft() {
        Some(draft) => Some(Waiting {
            shown: Shown::of(&visit, &frame, &names, &draft.notice)?,
            author: names.person(draft.author),
            at: names.time(draft.at),
        }),
        None => None,
    };
    let author: Option<StaffId> = emergency.draft().map(|draft| draft.author);
    let history = ctx.store.emergency_history(actor.account(), None, MOST_STEPS).await?;
    let steps = history.into_iter().map(|(_, step)| StepRow {
        at: names.time(step.at),
        who: names.person(step.by),
        what: frame.t(match step.what {
            StepKind::Proposed => "action-emergency-proposed",
            StepKind::Withdrawn => "action-emergency-withdrawn",
            StepKind::Approved => "action-emergency-approved",
            StepKind::Ended => "action-emergency-ended",
        }),
        text: step.notice.text().best(Language::Ja).map_or_else(String::new, |(_, text)| text.clone()),
        until: names.time(step.notice.until()),
    });
    let (may_propose, may_approve) = (may(&visit, Right::ProposeEmergency)?, may(&visit, Right::Approve)?);
    let base = base(&visit)?;
    Ok(page(&StatePage {
        end_action: format!("{base}/end"),
        base,
        version: version.0,
        active,
        draft,
        steps: steps.collect(),
        may_propose,
        may_approve: may_approve && author.is_some_and(|author| !actor.doer().is(author)),
        may_end: may_propose || may_approve,
        frame,
    }))
}

struct TextField {
    name: String,
    label: String,
    lang: &'static str,
    value: String,
    required: bool,
}

#[derive(Template)]
#[template(path = "console/emergency_propose.html")]
struct ProposePage {
    frame: Frame,
    action: String,
    base: String,
    version: u64,
    fields: Vec<TextField>,
    until: String,
    most: usize,
    zone: String,
    preview: Option<Shown>,
    problems: Vec<(&'static str, &'static str)>,
    conflict: bool,
}

/// What is in the fields of the form.
struct Written {
    version: Version,
    text: Localized<String>,
    until: String,
}

fn field(language: Language) -> String {
    format!("text-{language}")
}

fn propose_page(visit: &Visit, names: &Names, written: Written) -> Result<ProposePage, ConsoleError> {
    let frame = visit.frame();
    let account = visit.ctx().library.account(visit.account()?).ok_or(ConsoleError::NotFound)?;
    let mut languages = account.languages.clone();
    languages.retain(|language| *language != Language::Ja);
    languages.insert(0, Language::Ja);
    let fields = languages.into_iter().map(|language| TextField {
        name: field(language),
        label: names::language(&frame, language),
        lang: language.html(),
        value: written.text.exactly(language).cloned().unwrap_or_default(),
        required: language == Language::Ja,
    });
    Ok(ProposePage {
        action: visit.path().to_owned(),
        base: base(visit)?,
        version: written.version.0,
        fields: fields.collect(),
        until: written.until,
        most: MOST_CHARACTERS,
        zone: names.zone().iana_name().unwrap_or("UTC").to_owned(),
        preview: None,
        problems: Vec::new(),
        conflict: false,
        frame,
    })
}

/// Asks for the texts, beginning with what waits or is in force.
pub(super) async fn ask(
    visit: Visit,
    Acting(actor): Acting<ProposeEmergency>,
) -> Result<Response, ConsoleError> {
    let (ctx, names) = (visit.ctx(), Names::of(&visit).await?);
    let (emergency, version) = ctx.store.emergency(actor.account()).await?;
    let now = ctx.clock.now();
    let notice = emergency.draft().map(|draft| &draft.notice);
    let notice = notice.or_else(|| emergency.active(now).map(crate::domain::emergency::Active::notice));
    let until = notice.map(Notice::until).filter(|until| *until > now);
    let until = until.map_or_else(String::new, |until| {
        until.to_zoned(names.zone().clone()).strftime("%Y-%m-%dT%H:%M").to_string()
    });
    let text = notice.map(|notice| notice.text().clone()).unwrap_or_default();
    Ok(page(&propose_page(&visit, &names, Written { version, text, until })?))
}

/// Shows what would be said, or hands it over for approval.
pub(super) async fn propose(
    visit: Visit,
    Acting(actor): Acting<ProposeEmergency>,
) -> Result<Response, ConsoleError> {
    let (ctx, posted, names) = (visit.ctx(), visit.posted(), Names::of(&visit).await?);
    let version = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let typed = Language::ALL.map(|language| (language, posted.text(&field(language)).replace("\r\n", "\n")));
    let text = Localized::new(typed.into_iter().filter(|(_, text)| !text.is_empty()).collect());
    let until = posted.text("until").to_owned();
    let moment = moment(&until, &names);
    let written = Written { version, text: text.clone(), until };
    let mut shown = propose_page(&visit, &names, written)?;
    let Some(moment) = moment else {
        shown.problems.push(("until", "emergency-no-end"));
        return Ok(page_with_problems(&shown));
    };
    if posted.text("act") == "preview" {
        match Notice::new(&text, moment, ctx.clock.now()) {
            Ok(notice) => shown.preview = Some(Shown::of(&visit, &shown.frame, &names, &notice)?),
            Err(error) => {
                shown.problems.push(problem(error));
                return Ok(page_with_problems(&shown));
            }
        }
        return Ok(page(&shown));
    }
    match journey::propose(ctx, &actor, version, &text, moment).await {
        Ok(_) => Ok(see(&base(&visit)?)),
        Err(EmergencyError::Notice(error)) => {
            shown.problems.push(problem(error));
            Ok(page_with_problems(&shown))
        }
        Err(EmergencyError::Store(StoreError::Conflict)) => {
            // What was typed stays; the next time it is handed over knowing of the other one.
            shown.version = ctx.store.emergency(actor.account()).await?.1.0;
            shown.conflict = true;
            Ok(conflicting(page(&shown)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The moment of a field, by the account's clock.
fn moment(text: &str, names: &Names) -> Option<Timestamp> {
    let local: jiff::civil::DateTime = text.parse().ok()?;
    local.to_zoned(names.zone().clone()).ok().map(|zoned| zoned.timestamp())
}

fn problem(error: NoticeError) -> (&'static str, &'static str) {
    match error {
        NoticeError::NoJapanese => ("text-ja", "emergency-no-japanese"),
        NoticeError::TooLong { language } => (
            match language {
                Language::Ja => "text-ja",
                Language::JaEasy => "text-ja-easy",
                Language::En => "text-en",
                Language::Zh => "text-zh",
                Language::Ko => "text-ko",
                Language::Vi => "text-vi",
                Language::Pt => "text-pt",
                Language::Tl => "text-tl",
            },
            "emergency-too-long",
        ),
        NoticeError::Over => ("until", "emergency-over"),
        NoticeError::TooFar => ("until", "emergency-too-far"),
    }
}

#[derive(Template)]
#[template(path = "console/emergency_approve.html")]
struct ApprovePage {
    frame: Frame,
    action: String,
    base: String,
    version: u64,
    draft: Option<Waiting>,
    is_author: bool,
}

/// Shows exactly what will be said, to the second person.
pub(super) async fn review(visit: Visit, Acting(actor): Acting<Approve>) -> Result<Response, ConsoleError> {
    let (frame, names) = (visit.frame(), Names::of(&visit).await?);
    let (emergency, version) = visit.ctx().store.emergency(actor.account()).await?;
    let draft = match emergency.draft() {
        Some(draft) => Some(Waiting {
            shown: Shown::of(&visit, &frame, &names, &draft.notice)?,
            author: names.person(draft.author),
            at: names.time(draft.at),
        }),
        None => None,
    };
    Ok(page(&ApprovePage {
        action: visit.path().to_owned(),
        base: base(&visit)?,
        version: version.0,
        draft,
        is_author: emergency.draft().is_some_and(|draft| actor.doer().is(draft.author)),
        frame,
    }))
}

/// Puts in force what the approver has seen.
pub(super) async fn approve(visit: Visit, Acting(actor): Acting<Approve>) -> Result<Response, ConsoleError> {
    let seen = Version(visit.posted().text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let (emergency, version) = visit.ctx().store.emergency(actor.account()).await?;
    let notice = emergency.draft().filter(|_| version == seen).map(|draft| draft.notice.clone());
    journey::approve(visit.ctx(), &actor, &notice.ok_or(ConsoleError::Conflict)?).await?;
    Ok(see(&base(&visit)?))
}

/// Ends what is in force, or drops the draft: either of the two people may.
pub(super) async fn end(visit: Visit) -> Result<Response, ConsoleError> {
    let ctx = visit.ctx();
    let seen = Version(visit.posted().text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let by_author = visit.actor::<ProposeEmergency>();
    let by_approver = visit.actor::<Approve>();
    let is_end = visit.posted().text("act") == "end";
    match (by_author, by_approver) {
        (Ok(actor), _) if is_end => journey::end(ctx, &actor).await?,
        (Ok(actor), _) => journey::withdraw(ctx, &actor, seen).await?,
        (_, Ok(actor)) if is_end => journey::end(ctx, &actor).await?,
        (_, Ok(actor)) => journey::withdraw(ctx, &actor, seen).await?,
        // Without its second factor a right counts as much as none; say which it is.
        (Err(denied), Err(other)) => {
            let told = if denied.reason == Reason::NoRole { other } else { denied };
            return Err(told.into());
        }
    };
    Ok(see(&base(&visit)?))
}
