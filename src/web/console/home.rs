//! Home: what waits for the person, and how today and the last days went. Each part is there only for those
//! who have the right to it, with the way to the next thing to do.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;

use super::{
    frame::Frame,
    session::Acting,
    visit::{Visit, page},
};
use crate::{
    domain::staff::{
        Actor, Permission, Right,
        rights::{Approve, EditIntents, SeeFigures, SeeUnanswered, ViewConsole, WorkInbox},
    },
    journeys::{
        figures::{self, Period, Sums},
        overview, targets,
    },
    web::error::ConsoleError,
};

/// How many lines a card shows of what waits.
const MOST_LINES: usize = 3;
const WEEK: i32 = 7;

/// Something that waits for a person.
struct Task {
    label: String,
    count: String,
    note: String,
    /// The first of what waits.
    lines: Vec<String>,
    /// The page for it.
    href: Option<String>,
    go: String,
}

/// Something that was counted.
struct Card {
    label: String,
    today: u64,
    week: u64,
    note: String,
}

/// What everybody should know at once: that emergency mode is on, or waits for a second person.
struct Banner {
    text: String,
    href: String,
    link: String,
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage {
    frame: Frame,
    day: String,
    banners: Vec<Banner>,
    tasks: Vec<Task>,
    cards: Vec<Card>,
    figures: Option<String>,
    /// What is not well: reason and remedy.
    findings: Vec<(String, String)>,
}

/// Shows it.
pub(super) async fn show(visit: Visit, Acting(actor): Acting<ViewConsole>) -> Result<Response, ConsoleError> {
    let today = visit.ctx().today(actor.account()).ok_or(ConsoleError::NotFound)?;
    let frame = visit.frame();
    let findings = visit.state().0.health.findings();
    let findings = findings.into_values().map(|finding| (finding.reason, finding.remedy)).collect();
    Ok(page(&HomePage {
        day: today.to_string(),
        tasks: tasks(&visit, &frame).await?,
        cards: cards(&visit, today).await?,
        figures: frame.way("/{account}/figures").filter(|_| may(&visit, SeeFigures::RIGHT)),
        banners: banners(&visit, &actor).await?,
        findings,
        frame,
    }))
}

fn may(visit: &Visit, right: Right) -> bool {
    let (Ok(signed), Ok(account)) = (visit.signed(), visit.account()) else { return false };
    visit.ctx().today(account).is_some_and(|day| signed.checked.may(right, account, day).is_ok())
}

async fn tasks(visit: &Visit, frame: &Frame) -> Result<Vec<Task>, ConsoleError> {
    let (ctx, words) = (visit.ctx(), visit.words());
    let or_more = |count: usize| {
        if count < overview::MOST {
            count.to_string()
        } else {
            words.say_with("or-more", &[("count", &overview::MOST.to_string())])
        }
    };
    let mut tasks = Vec::new();
    if let Ok(actor) = visit.actor::<Approve>() {
        let overview::Approving { waiting, reviews } = overview::approving(ctx, &actor).await?;
        for (label, note, titles) in
            [("task-approve", "task-approve-note", waiting), ("task-review", "task-review-note", reviews)]
        {
            // Whoever has nothing to review need not be told.
            if label == "task-review" && titles.is_empty() {
                continue;
            }
            tasks.push(Task {
                label: words.say(label),
                count: or_more(titles.len()),
                note: words.say(note),
                lines: titles.into_iter().take(MOST_LINES).collect(),
                href: frame.way("/{account}/announcements"),
                go: words.say("task-approve-go"),
            });
        }
    }
    if let Ok(actor) = visit.actor::<SeeFigures>() {
        let worse = targets::recent(ctx, &actor).await?;
        if !worse.is_empty() {
            tasks.push(Task {
                label: words.say("task-targets"),
                count: worse.len().to_string(),
                note: words.say("task-targets-note"),
                lines: worse.into_iter().map(|(_, name)| name).take(MOST_LINES).collect(),
                href: frame.way("/{account}/targets"),
                go: words.say("task-targets-go"),
            });
        }
    }
    if let Ok(actor) = visit.actor::<WorkInbox>() {
        let waiting = overview::open_enquiries(ctx, &actor).await?;
        let zone = ctx.library.account(actor.account()).map(|account| account.time_zone.clone());
        let since = waiting.longest_since.zip(zone).map(|(at, zone)| {
            let day = at.to_zoned(zone).date().to_string();
            words.say_with("task-enquiries-since", &[("day", &day)])
        });
        tasks.push(Task {
            label: words.say("task-enquiries"),
            count: or_more(waiting.count),
            note: match &actor.doer().department {
                Some(own) => words.say_with("task-enquiries-own", &[("department", own.as_str())]),
                None => words.say("task-enquiries-all"),
            },
            lines: since.into_iter().collect(),
            href: frame.way("/{account}/enquiries"),
            go: words.say("task-enquiries-go"),
        });
    }
    if let Ok(actor) = visit.actor::<SeeUnanswered>() {
        let mut questions = overview::new_questions(ctx, &actor).await?;
        let count = or_more(questions.len());
        questions.truncate(MOST_LINES);
        tasks.push(Task {
            label: words.say("task-unanswered"),
            count,
            note: words.say("task-unanswered-note"),
            lines: questions,
            href: frame.way("/{account}/unanswered"),
            go: words.say("task-unanswered-go"),
        });
    }
    if let Ok(actor) = visit.actor::<EditIntents>() {
        let ending = overview::ending_soon(ctx, &actor);
        let line = |one: &overview::Ending| {
            let title =
                one.title.best(words.language()).map_or_else(|| one.intent.as_str(), |(_, title)| title);
            words.say_with("task-ending-line", &[("title", title), ("day", &one.until.to_string())])
        };
        tasks.push(Task {
            label: words.say("task-ending"),
            count: ending.len().to_string(),
            note: words.say("task-ending-note"),
            lines: ending.iter().take(MOST_LINES).map(line).collect(),
            href: frame.way("/{account}/intents/due").or_else(|| frame.way("/{account}/intents")),
            go: words.say("task-ending-go"),
        });
    }
    Ok(tasks)
}

async fn cards(visit: &Visit, today: Date) -> Result<Vec<Card>, ConsoleError> {
    let Ok(actor) = visit.actor::<SeeFigures>() else { return Ok(Vec::new()) };
    let week = figures::read(visit.ctx(), &actor, Period::last(WEEK, today)).await?;
    let of_today = week.days.last().map(|(_, sums)| *sums).unwrap_or_default();
    let words = visit.words();
    let card = |key: &str, of: fn(&Sums) -> u64| Card {
        label: words.say(key),
        today: of(&of_today),
        week: of(&week.total),
        note: words.say(&format!("{key}-note")),
    };
    Ok(vec![
        card("card-answered", |sums| sums.answered),
        card("card-asked", |sums| sums.asked),
        card("card-refused", |sums| sums.refused),
        card("card-useful", |sums| sums.useful),
        card("card-wrong", |sums| sums.wrong),
    ])
}

async fn banners(visit: &Visit, actor: &Actor<ViewConsole>) -> Result<Vec<Banner>, ConsoleError> {
    let (ctx, account, words) = (visit.ctx(), actor.account(), visit.words());
    let (emergency, _) = ctx.store.emergency(account).await?;
    let zone = ctx.library.account(account).ok_or(ConsoleError::NotFound)?.time_zone.clone();
    let mut banners = Vec::new();
    if let Some(active) = emergency.active(ctx.clock.now()) {
        let until = active.notice().until().to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
        banners.push(Banner {
            text: words.say_with("banner-active", &[("time", &until)]),
            href: format!("/console/{account}/emergency"),
            link: words.say("emergency"),
        });
    }
    if let Some(draft) = emergency.draft() {
        let may_approve = visit.actor::<Approve>().is_ok() && !actor.doer().is(draft.author);
        let (href, link) = if may_approve {
            (format!("/console/{account}/emergency/approve"), "emergency-review")
        } else {
            (format!("/console/{account}/emergency"), "emergency")
        };
        banners.push(Banner { text: words.say("banner-draft"), href, link: words.say(link) });
    }
    Ok(banners)
}
