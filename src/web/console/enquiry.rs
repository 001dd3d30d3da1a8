//! One enquiry: what was written, and what staff do with it. Each form names the version that it was made
//! from; whoever was slower sees the newest one with their own words kept.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    frame::Frame,
    names::{self, Choice, Names},
    session::Acting,
    visit::{Visit, conflicting, page, page_with_problems, see},
};
use crate::{
    domain::{
        enquiry::{Enquiry, EnquiryId, MOST_CHARACTERS, NoticeOutcome, Side, State, TextError},
        staff::{Actor, rights::WorkInbox},
        version::Version,
    },
    journeys::enquiries::{
        handle::{self, HandleError, Seen},
        inbox,
    },
    web::error::ConsoleError,
};

struct Said {
    who: String,
    is_ours: bool,
    at: String,
    text: String,
    lang: &'static str,
}

#[derive(Template)]
#[template(path = "console/enquiry.html")]
struct EnquiryPage {
    frame: Frame,
    action: String,
    base: String,
    version: u64,
    facts: Facts,
    said: Vec<Said>,
    notes: Vec<Said>,
    /// The texts that can be filled in, by their places.
    canned: Vec<Choice>,
    colleagues: Vec<Choice>,
    divisions: Vec<Choice>,
    /// What is in the fields: an answer and a note that are being written.
    answer: String,
    note: String,
    most: usize,
    is_mine: bool,
    moves: Moves,
    /// What was done just now, as a key.
    done: Option<&'static str>,
    /// A problem at a field: the field and the sentence.
    problems: Vec<(&'static str, &'static str)>,
    conflict: bool,
}

/// Where it may be moved by hand.
struct Moves {
    close: bool,
    reopen: bool,
    /// Whether nobody has begun with it.
    take: bool,
}

/// What stands above the words.
struct Facts {
    receipt: String,
    state: String,
    name: String,
    division: String,
    about: String,
    language: String,
    assigned: String,
    opened: String,
    changed: String,
    notice: String,
}

#[derive(Template)]
#[template(path = "console/enquiry_print.html")]
struct PrintPage {
    frame: Frame,
    base: String,
    facts: Facts,
    said: Vec<Said>,
    notes: Vec<Said>,
}

/// What was done just now.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// Words that are being written, and what is wrong with them.
#[derive(Default)]
struct Writing {
    answer: String,
    note: String,
    problems: Vec<(&'static str, &'static str)>,
    conflict: bool,
    done: Option<&'static str>,
}

/// An enquiry with all that is read of it.
struct Shown {
    enquiry: Enquiry,
    facts: Facts,
    said: Vec<Said>,
    notes: Vec<Said>,
}

async fn read(visit: &Visit, actor: &Actor<WorkInbox>, id: EnquiryId) -> Result<Shown, ConsoleError> {
    let (enquiry, notice) = inbox::load(visit.ctx(), actor, id).await?;
    let (frame, names) = (visit.frame(), Names::of(visit).await?);
    let head = &enquiry.head;
    let notice = match notice.map(|notice| notice.outcome) {
        None => "notice-none",
        Some(None) => "notice-due",
        Some(Some(NoticeOutcome::Accepted)) => "notice-accepted",
        Some(Some(NoticeOutcome::NotFollowing)) => "notice-not-following",
        Some(Some(NoticeOutcome::Refused)) => "notice-refused",
        Some(Some(NoticeOutcome::Unknown)) => "notice-unknown",
    };
    let facts = Facts {
        receipt: head.receipt.to_string(),
        state: names::state(&frame, head.state),
        name: enquiry.content.name.clone().unwrap_or_else(|| frame.t("enquiry-no-name")),
        division: head.division.clone(),
        about: head.about.as_ref().map_or_else(String::new, |intent| names.intent(intent)),
        language: names::language(&frame, head.language),
        assigned: head.assigned.map_or_else(|| frame.t("assigned-nobody"), |id| names.person(id)),
        opened: names.time(head.opened),
        changed: names.time(head.changed),
        notice: frame.t(notice),
    };
    let said = enquiry.content.messages.iter().map(|message| Said {
        who: match message.from {
            Side::Resident => frame.t("enquiry-resident"),
            Side::Staff(id) => names.person(id),
        },
        is_ours: message.from != Side::Resident,
        at: names.time(message.at),
        text: message.text.clone(),
        lang: if message.from == Side::Resident { head.language.html() } else { "" },
    });
    let notes = enquiry.content.notes.iter().map(|note| Said {
        who: names.person(note.by),
        is_ours: true,
        at: names.time(note.at),
        text: note.text.clone(),
        lang: "",
    });
    let (said, notes) = (said.collect(), notes.collect());
    Ok(Shown { enquiry, facts, said, notes })
}

async fn enquiry_page(
    visit: &Visit,
    actor: &Actor<WorkInbox>,
    id: EnquiryId,
    writing: Writing,
) -> Result<EnquiryPage, ConsoleError> {
    let (ctx, frame) = (visit.ctx(), visit.frame());
    let Shown { enquiry, facts, said, notes } = read(visit, actor, id).await?;
    let head = &enquiry.head;
    let assigned = head.assigned.map_or_else(String::new, |id| id.to_string());
    let nobody = Choice::new("", frame.t("assigned-nobody"), &assigned);
    let colleagues = inbox::colleagues(ctx, actor, &head.division).await?;
    let colleagues = colleagues.into_iter().map(|(id, name)| Choice::new(&id.to_string(), name, &assigned));
    let others = inbox::destinations(ctx, actor).into_iter().filter(|one| *one != head.division);
    let (canned, _) = inbox::canned_answers(ctx, actor).await?;
    let canned = canned.into_iter().map(|(place, one)| Choice::new(&place.to_string(), one.title, "-"));
    Ok(EnquiryPage {
        action: format!("/console/{}/enquiries/enquiry/{id}", actor.account()),
        base: format!("/console/{}/enquiries", actor.account()),
        version: head.version.0,
        said,
        notes,
        canned: canned.collect(),
        colleagues: std::iter::once(nobody).chain(colleagues).collect(),
        divisions: others.map(|one| Choice::new(&one, one.clone(), "")).collect(),
        answer: writing.answer,
        note: writing.note,
        most: MOST_CHARACTERS,
        is_mine: head.assigned.is_some_and(|id| actor.doer().is(id)),
        moves: Moves {
            close: head.state.may_be_moved_to(State::Closed),
            reopen: matches!(head.state, State::Answered | State::Closed),
            take: head.state == State::Open,
        },
        done: writing.done,
        problems: writing.problems,
        conflict: writing.conflict,
        frame: frame.titled(facts.receipt.clone()),
        facts,
    })
}

fn id_of(enquiry: &str) -> Result<EnquiryId, ConsoleError> {
    enquiry.parse().map_err(|_| ConsoleError::NotFound)
}

/// Shows it.
pub(super) async fn show(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Path((_, enquiry)): Path<(String, String)>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, ConsoleError> {
    let done = match done.as_str() {
        "answer" => Some("done-answer"),
        "note" => Some("done-note"),
        "assign" => Some("done-assign"),
        "close" => Some("done-close"),
        "reopen" => Some("done-reopen"),
        "learn" => Some("done-learn"),
        _ => None,
    };
    let writing = Writing { done, ..Writing::default() };
    Ok(page(&enquiry_page(&visit, &actor, id_of(&enquiry)?, writing).await?))
}

/// Shows it as it is printed.
pub(super) async fn print(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Path((_, enquiry)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let id = id_of(&enquiry)?;
    let Shown { facts, said, notes, .. } = read(&visit, &actor, id).await?;
    let base = format!("/console/{}/enquiries/enquiry/{id}", actor.account());
    let frame = visit.frame().titled(facts.receipt.clone());
    Ok(page(&PrintPage { frame, base, facts, said, notes }))
}

/// Does what the pressed button says.
pub(super) async fn act(
    visit: Visit,
    Acting(actor): Acting<WorkInbox>,
    Path((_, enquiry)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (ctx, posted, id) = (visit.ctx(), visit.posted(), id_of(&enquiry)?);
    let version = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
    let seen = Seen { id, version };
    let act = posted.text("act");
    let here = format!("/console/{}/enquiries/enquiry/{id}", actor.account());
    let result = match act {
        "answer" => handle::answer_enquiry(ctx, &actor, seen, posted.raw("answer")).await,
        "note" => handle::note(ctx, &actor, seen, posted.raw("note")).await,
        "mine" => {
            let me = visit.signed()?.checked.staff().id;
            handle::assign(ctx, &actor, seen, Some(me)).await
        }
        "assign" => match posted.text("whom") {
            "" => handle::assign(ctx, &actor, seen, None).await,
            whom => {
                let whom = whom.parse().map_err(|_| ConsoleError::BadForm)?;
                handle::assign(ctx, &actor, seen, Some(whom)).await
            }
        },
        "transfer" => handle::transfer(ctx, &actor, seen, posted.text("division")).await,
        "close" => handle::move_to(ctx, &actor, seen, State::Closed).await,
        "reopen" => handle::move_to(ctx, &actor, seen, State::InProgress).await,
        "fill-in" => return fill_in(&visit, &actor, id).await,
        _ => return Err(ConsoleError::BadForm),
    };
    let written = || Writing {
        answer: posted.raw("answer").to_owned(),
        note: posted.raw("note").to_owned(),
        ..Writing::default()
    };
    match result {
        // It may be another department's now.
        Ok(done) if !inbox::may_see(&actor, &done.head.division) => {
            Ok(see(&format!("/console/{}/enquiries", actor.account())))
        }
        Ok(_) => Ok(see(&format!("{here}?done={}", if act == "mine" { "assign" } else { act }))),
        Err(HandleError::Store(crate::store::StoreError::Conflict)) => {
            let writing = Writing { conflict: true, ..written() };
            Ok(conflicting(page(&enquiry_page(&visit, &actor, id, writing).await?)))
        }
        Err(error) => {
            let field = if act == "note" { "note" } else { "answer" };
            let problem = match &error {
                HandleError::Text(TextError::Empty) => (field, "text-empty"),
                HandleError::Text(TextError::TooLong { .. }) => (field, "text-too-long"),
                HandleError::NotTheirs => ("whom", "problem-not-theirs"),
                HandleError::UnknownDivision => ("division", "problem-department"),
                _ => return Err(error.into()),
            };
            let writing = Writing { problems: vec![problem], ..written() };
            Ok(page_with_problems(&enquiry_page(&visit, &actor, id, writing).await?))
        }
    }
}

/// Puts a text that is sent often below what is written already.
async fn fill_in(visit: &Visit, actor: &Actor<WorkInbox>, id: EnquiryId) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let (canned, _) = inbox::canned_answers(visit.ctx(), actor).await?;
    let chosen = canned.into_iter().find(|(place, _)| place.to_string() == posted.text("canned"));
    let mut answer = posted.raw("answer").trim_end().to_owned();
    if let Some((_, one)) = chosen {
        if !answer.is_empty() {
            answer.push_str("\n\n");
        }
        answer.push_str(&one.text);
    }
    let writing = Writing { answer, note: posted.raw("note").to_owned(), ..Writing::default() };
    Ok(page(&enquiry_page(visit, actor, id, writing).await?))
}
