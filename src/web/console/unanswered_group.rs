//! One group of questions that were not answered: what was asked, and what becomes of it. One press adds it to an
//! intent and leads on to the regression run; a new intent is begun in the editor; or it is set aside.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    frame::Frame,
    names::{self, Names},
    session::Acting,
    unanswered::{base, nearest, state, trend},
    visit::{Visit, conflicting, page, page_with_problems, see},
};
use crate::{
    domain::{
        content::PieceId,
        id::IntentId,
        language::Language,
        staff::{
            Actor,
            rights::{EditIntents, PublishIntents, SeeUnanswered},
        },
        unanswered::{Done, LONGEST, Unanswered, UnansweredId, Why},
    },
    intent::{
        draft::Draft,
        listing::{self, Filter},
    },
    journeys::{
        curate::{PublishError, learn},
        unanswered::{self as journey, QuestionGroup, WordingError},
    },
    web::error::ConsoleError,
};

/// So many questions of one group are shown; the file has all.
const MOST_SHOWN: usize = 200;
/// So many intents a search shows; whoever does not find theirs types another word.
const MOST_FOUND: usize = 10;
/// So many questions of a group are proposed as examples of a new intent.
const MOST_EXAMPLES: usize = 5;

struct Asked {
    at: String,
    language: String,
    lang: &'static str,
    why: String,
    text: String,
}

/// An intent to which the question may be added.
struct Likely {
    id: String,
    title: String,
    topic: String,
}

/// What a group became.
struct Became {
    title: String,
    /// The intent, if it is (still) there.
    href: Option<String>,
    /// Where it is published, while it only stands in a draft.
    publish: Option<String>,
}

#[derive(Template)]
#[template(path = "console/unanswered_group.html")]
struct GroupPage {
    frame: Frame,
    action: String,
    base: String,
    look: String,
    trend: String,
    nearest: String,
    state: String,
    count: usize,
    questions: Vec<Asked>,
    /// Whether something was done with it that can be taken back.
    is_handled: bool,
    /// Whether the forms that do something are shown.
    is_open: bool,
    became: Option<Became>,
    /// What may be added to the answers, by whoever may edit them.
    adding: Option<Adding>,
    problems: Vec<(&'static str, &'static str)>,
    conflict: bool,
    /// What was done just now, as a key.
    done: Option<&'static str>,
}

/// The words that become an example, and where.
struct Adding {
    text: String,
    lang: &'static str,
    most: usize,
    likely: Vec<Likely>,
    search: String,
    found: Option<Vec<Likely>>,
    /// Where a new intent is begun.
    new: String,
}

/// What somebody is about to do with a group, and what stands in its way.
#[derive(Default)]
struct Writing {
    text: Option<String>,
    search: String,
    problems: Vec<(&'static str, &'static str)>,
    conflict: bool,
    done: Option<&'static str>,
}

fn why(frame: &Frame, names: &Names, why: &Why) -> String {
    match why {
        Why::Refused => frame.t("why-refused"),
        Why::NoneOfThese => frame.t("why-none-of-these"),
        Why::Wrong(intent) => frame.tv("why-wrong", "intent", names.intent(intent)),
        Why::NotFound => frame.t("why-not-found"),
        Why::Enquiry => frame.t("why-enquiry"),
    }
}

/// The group of the address's question.
async fn load(
    visit: &Visit,
    actor: &Actor<SeeUnanswered>,
    question: &str,
) -> Result<QuestionGroup, ConsoleError> {
    let question: UnansweredId = question.parse().map_err(|_| ConsoleError::NotFound)?;
    journey::find_group(visit.ctx(), actor, question).await?.ok_or(ConsoleError::NotFound)
}

/// What may be added: the intents that the words fit, and those that were searched for. `None` for whoever
/// does not edit intents.
fn adding(visit: &Visit, group: &QuestionGroup, writing: &Writing) -> Option<Adding> {
    let desk = &visit.state().0.desk;
    let actor = visit.actor::<EditIntents>().ok()?;
    let head = desk.published(actor.account())?;
    let newest = group.questions.last()?;
    let text = writing.text.clone().unwrap_or_else(|| journey::proposed(group.title()));
    let row = |draft: &Draft| {
        let topic = head.edition.topic(draft.topic()).and_then(|topic| topic.title.get(&Language::Ja));
        Likely {
            id: draft.id.clone(),
            title: draft.title.get(&Language::Ja).unwrap_or(&draft.id).clone(),
            topic: topic.cloned().unwrap_or_else(|| draft.topic().to_owned()),
        }
    };
    let likely = learn::likely(desk, &actor, &text);
    let likely = likely.iter().filter_map(|id| head.edition.draft(id)).map(row).collect();
    let found = (!writing.search.is_empty()).then(|| {
        let filter = Filter { text: writing.search.clone(), ..Filter::default() };
        let found = listing::list(&head.edition, &filter).into_iter().take(MOST_FOUND);
        found.filter_map(|entry| head.edition.draft(&IntentId::new(entry.id))).map(row).collect()
    });
    Some(Adding {
        text,
        lang: newest.language.html(),
        most: LONGEST,
        likely,
        search: writing.search.clone(),
        found,
        new: format!("/console/{}/intents/new?question={}", actor.account(), newest.id),
    })
}

async fn became(visit: &Visit, names: &Names, intent: &IntentId) -> Result<Became, ConsoleError> {
    let (desk, account) = (&visit.state().0.desk, visit.account()?);
    let piece = PieceId::intent(intent);
    let is_published = desk.published(account).is_some_and(|head| head.edition.draft(intent).is_some());
    let is_drafted = desk.store.draft(account, &piece).await?.is_some();
    let at = format!("/console/{account}/intents");
    Ok(Became {
        title: names.intent(intent),
        href: (is_published || is_drafted).then(|| format!("{at}/{piece}")),
        publish: is_drafted.then(|| format!("{at}/publish?piece={piece}")),
    })
}

async fn group_page(
    visit: &Visit,
    group: &QuestionGroup,
    writing: Writing,
) -> Result<GroupPage, ConsoleError> {
    let (frame, names) = (visit.frame(), Names::of(visit).await?);
    let asked = |question: &Unanswered| Asked {
        at: names.time(question.at),
        language: names::language(&frame, question.language),
        lang: question.language.html(),
        why: why(&frame, &names, &question.why),
        text: question.text.clone(),
    };
    let done = group.mark.as_ref().map(|mark| &mark.done);
    let became = match done.and_then(Done::intent) {
        Some(intent) => Some(became(visit, &names, intent).await?),
        None => None,
    };
    Ok(GroupPage {
        action: visit.path().to_owned(),
        base: base(visit)?,
        look: group.look(),
        trend: trend(&frame, group),
        nearest: nearest(&names, group),
        state: state(&frame, &names, group),
        count: group.questions.len(),
        questions: group.questions.iter().rev().take(MOST_SHOWN).map(asked).collect(),
        is_handled: group.mark.is_some(),
        is_open: group.is_new(),
        became,
        adding: adding(visit, group, &writing),
        problems: writing.problems,
        conflict: writing.conflict,
        done: writing.done,
        frame: frame.titled(group.title().to_owned()),
    })
}

/// What was done just now.
#[derive(Deserialize)]
pub(super) struct DoneNow {
    #[serde(default)]
    done: String,
}

/// One group with its questions.
pub(super) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeUnanswered>,
    Path((_, question)): Path<(String, String)>,
    Query(DoneNow { done }): Query<DoneNow>,
) -> Result<Response, ConsoleError> {
    let group = load(&visit, &actor, &question).await?;
    let done = match done.as_str() {
        "reopen" => Some("group-reopened"),
        "learn" => Some("done-learn"),
        _ => None,
    };
    Ok(page(&group_page(&visit, &group, Writing { done, ..Writing::default() }).await?))
}

/// Does what the pressed button says with the group as it was looked at.
pub(super) async fn act(
    visit: Visit,
    Acting(actor): Acting<SeeUnanswered>,
    Path((_, question)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let (ctx, posted) = (visit.ctx(), visit.posted());
    let group = load(&visit, &actor, &question).await?;
    let mut writing = Writing {
        text: posted.has("text").then(|| posted.text("text").to_owned()),
        search: posted.text("search").to_owned(),
        ..Writing::default()
    };
    let act = posted.text("act");
    if act == "find" {
        return Ok(page(&group_page(&visit, &group, writing).await?));
    }
    let Some(seen) = group.as_seen(posted.text("look")) else {
        writing.conflict = true;
        return Ok(conflicting(page(&group_page(&visit, &group, writing).await?)));
    };
    let (result, next) = match act {
        "ignore" => (journey::ignore(ctx, &actor, seen).await, base(&visit)?),
        "reopen" => (journey::reopen(ctx, &actor, seen).await, format!("{}?done=reopen", visit.path())),
        act => {
            let piece: &str = act.strip_prefix("add:").ok_or(ConsoleError::BadForm)?;
            let piece: PieceId = piece.parse().map_err(|_| ConsoleError::BadForm)?;
            if let Err(problem) = add(&visit, &group, &piece).await? {
                if let Problem::Personal(left) = &problem {
                    writing.text = Some(left.clone());
                }
                writing.problems.push(("text", problem.key()));
                return Ok(page_with_problems(&group_page(&visit, &group, writing).await?));
            }
            let next = next_after_adding(&visit, &piece)?;
            (journey::mark_added(ctx, &actor, seen, IntentId::new(piece.as_str())).await, next)
        }
    };
    match result.map_err(ConsoleError::from) {
        Ok(_) => Ok(see(&next)),
        Err(ConsoleError::Conflict) => {
            let group = load(&visit, &actor, &question).await?;
            writing.conflict = true;
            Ok(conflicting(page(&group_page(&visit, &group, writing).await?)))
        }
        Err(error) => Err(error),
    }
}

/// Why a question was not added: something that the person at the page can mend.
enum Problem {
    /// What is left of the words without what is personal.
    Personal(String),
    Other(&'static str),
}

impl Problem {
    fn key(&self) -> &'static str {
        match self {
            Self::Personal(_) => "wording-personal",
            Self::Other(key) => key,
        }
    }
}

/// The sentence for words that cannot be kept.
pub(super) fn wording_key(error: &WordingError) -> &'static str {
    match error {
        WordingError::Empty => "wording-empty",
        WordingError::TooLong => "wording-too-long",
        WordingError::Personal(_) => "wording-personal",
        WordingError::Grave => "wording-grave",
    }
}

async fn add(
    visit: &Visit,
    group: &QuestionGroup,
    piece: &PieceId,
) -> Result<Result<(), Problem>, ConsoleError> {
    let (desk, actor) = (&visit.state().0.desk, visit.actor::<EditIntents>()?);
    let text = match learn::example(desk, &actor, visit.posted().text("text")) {
        Ok(text) => text,
        Err(WordingError::Personal(left)) => return Ok(Err(Problem::Personal(left))),
        Err(error) => return Ok(Err(Problem::Other(wording_key(&error)))),
    };
    let language = group.questions.last().map_or(Language::Ja, |newest| newest.language);
    match learn::add_example(desk, &actor, piece, language, &text).await {
        Ok(_) => Ok(Ok(())),
        Err(PublishError::Conflict(_)) => Ok(Err(Problem::Other("group-drafted-by-others"))),
        Err(error) => Err(error.into()),
    }
}

/// The regression run, for whoever may publish.
fn next_after_adding(visit: &Visit, piece: &PieceId) -> Result<String, ConsoleError> {
    let at = format!("/console/{}/intents", visit.account()?);
    let publishes = visit.actor::<PublishIntents>().is_ok();
    Ok(if publishes { format!("{at}/publish?piece={piece}") } else { format!("{at}/{piece}") })
}

/// What a new intent begins with.
pub(super) struct Beginning {
    /// The likeliest topic; empty: none.
    pub(super) topic: String,
    /// Its examples, in the language of the newest question.
    pub(super) examples: (Language, Vec<String>),
    /// The group as it was looked at.
    pub(super) look: String,
}

/// What a new intent for the group of a question begins with, for the editor.
pub(super) async fn beginning(visit: &Visit, question: &str) -> Result<Beginning, ConsoleError> {
    let group = load(visit, &visit.actor::<SeeUnanswered>()?, question).await?;
    let language = group.questions.last().map_or(Language::Ja, |newest| newest.language);
    let mut examples: Vec<String> = Vec::new();
    for asked in group.questions.iter().rev().filter(|asked| asked.language == language) {
        let text = journey::proposed(&asked.text);
        if examples.len() < MOST_EXAMPLES && !text.is_empty() && !examples.contains(&text) {
            examples.push(text);
        }
    }
    let topic = group.nearest.first().and_then(|intent| intent.as_str().split('.').next());
    Ok(Beginning {
        topic: topic.unwrap_or_default().to_owned(),
        examples: (language, examples),
        look: group.look(),
    })
}

/// Says of the group that this intent was begun for it. The draft is saved by then and stays, whatever a
/// colleague did with the group meanwhile: their word stands.
pub(super) async fn mark_begun(visit: &Visit, intent: &PieceId) -> Result<(), ConsoleError> {
    let (actor, posted) = (visit.actor::<SeeUnanswered>()?, visit.posted());
    let Ok(question) = posted.text("asked").parse() else { return Ok(()) };
    let group = journey::find_group(visit.ctx(), &actor, question).await?;
    let Some(seen) = group.and_then(|group| group.as_seen(posted.text("asked-look"))) else { return Ok(()) };
    let intent = IntentId::new(intent.as_str());
    match journey::mark_drafted(visit.ctx(), &actor, seen, intent).await.map_err(ConsoleError::from) {
        Err(ConsoleError::Conflict) => Ok(()),
        other => other.map(|_| ()),
    }
}
