//! What was not answered: the list of groups, and the list as a file. One group is `unanswered_group`.

use askama::Template;
use axum::{extract::Query, response::Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::{
    frame::Frame,
    names::{self, Choice, Names},
    session::Acting,
    sheet,
    visit::{Visit, page},
};
use crate::{
    domain::{language::Language, staff::rights::SeeUnanswered, time::Timestamp, unanswered::Done},
    journeys::unanswered::{self as journey, QuestionGroup},
    web::error::ConsoleError,
};

/// So many groups a page shows.
const A_PAGE: usize = 50;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    state: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    page: usize,
}

impl Filter {
    fn fits(&self, group: &QuestionGroup, now: Timestamp) -> bool {
        let done = group.mark.as_ref().map(|mark| &mark.done);
        let state = match self.state.as_str() {
            "" | "new" => group.is_new(),
            "ignored" => matches!(done, Some(Done::Ignored)),
            "drafted" => matches!(done, Some(Done::Drafted(_))),
            "added" => matches!(done, Some(Done::Added(_))),
            _ => true,
        };
        let language: Option<Language> = self.language.parse().ok();
        let language = language.is_none_or(|wanted| group.questions.iter().any(|q| q.language == wanted));
        let days = self.days.parse::<i64>().ok().filter(|days| (1..=3_650).contains(days));
        let newest = group.questions.last();
        let recent = days.is_none_or(|days| {
            newest.is_some_and(|q| now.duration_since(q.at) < SignedDuration::from_hours(24 * days))
        });
        state && language && recent
    }

    fn with_page(&self, path: &str, page: usize) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &self.state)
            .append_pair("language", &self.language)
            .append_pair("days", &self.days)
            .append_pair("page", &page.to_string())
            .finish();
        format!("{path}?{query}")
    }
}

struct Row {
    href: String,
    title: String,
    count: usize,
    trend: String,
    nearest: String,
    languages: String,
    state: String,
}

#[derive(Template)]
#[template(path = "console/unanswered.html")]
struct ListPage {
    frame: Frame,
    path: String,
    csv: String,
    states: Vec<Choice>,
    languages: Vec<Choice>,
    days: Vec<Choice>,
    rows: Vec<Row>,
    found: usize,
    /// Whether there is nothing at all, whatever is looked for.
    is_empty: bool,
    next: Option<String>,
}

/// The address of the list.
pub(super) fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/unanswered", visit.account()?))
}

/// The groups, those that grow most first.
pub(super) async fn list(
    visit: Visit,
    Acting(actor): Acting<SeeUnanswered>,
    Query(filter): Query<Filter>,
) -> Result<Response, ConsoleError> {
    let (frame, names, base) = (visit.frame(), Names::of(&visit).await?, base(&visit)?);
    let groups = journey::list_groups(visit.ctx(), &actor).await?;
    let now = visit.ctx().clock.now();
    let is_empty = groups.is_empty();
    let found: Vec<&QuestionGroup> = groups.iter().filter(|group| filter.fits(group, now)).collect();
    let first = filter.page.saturating_mul(A_PAGE);
    let rows = found.iter().skip(first).take(A_PAGE).map(|group| Row {
        href: format!(
            "{base}/group/{}",
            group.questions.first().map_or_else(String::new, |first| first.id.to_string())
        ),
        title: group.title().to_owned(),
        count: group.questions.len(),
        trend: trend(&frame, group),
        nearest: nearest(&names, group),
        languages: languages(&frame, group),
        state: state(&frame, &names, group),
    });
    let rows = rows.collect();
    let choice = |value: &str, key, current: &str| Choice::new(value, frame.t(key), current);
    let wanted = if filter.state.is_empty() { "new" } else { filter.state.as_str() };
    let states = [
        ("new", "unanswered-new"),
        ("ignored", "unanswered-ignored"),
        ("drafted", "unanswered-drafted"),
        ("added", "unanswered-added"),
        ("all", "all"),
    ];
    let days = [("", "all"), ("7", "days-7"), ("30", "days-30"), ("90", "days-90")];
    let tongue = |one: &Language| Choice::new(one.code(), names::language(&frame, *one), &filter.language);
    let next =
        (first.saturating_add(A_PAGE) < found.len()).then(|| filter.with_page(visit.path(), filter.page + 1));
    Ok(page(&ListPage {
        path: visit.path().to_owned(),
        csv: format!("{base}/csv"),
        states: states.map(|(value, key)| choice(value, key, wanted)).into(),
        languages: std::iter::once(choice("", "all", &filter.language))
            .chain(Language::ALL.iter().map(tongue))
            .collect(),
        days: days.map(|(value, key)| choice(value, key, &filter.days)).into(),
        rows,
        found: found.len(),
        is_empty,
        next,
        frame,
    }))
}

/// How many came this week and the week before.
pub(super) fn trend(frame: &Frame, group: &QuestionGroup) -> String {
    let arrow = match group.last_week.cmp(&group.week_before) {
        std::cmp::Ordering::Greater => "↑",
        std::cmp::Ordering::Equal => "→",
        std::cmp::Ordering::Less => "↓",
    };
    let weeks = frame.tv("unanswered-weeks", "week", group.last_week);
    format!("{weeks} {arrow} {}", frame.tv("unanswered-before", "week", group.week_before))
}

/// What was near, a line each.
pub(super) fn nearest(names: &Names, group: &QuestionGroup) -> String {
    let nearest = group.nearest.iter().take(3).map(|intent| names.intent(intent));
    nearest.collect::<Vec<_>>().join("\n")
}

fn languages(frame: &Frame, group: &QuestionGroup) -> String {
    let spoken = Language::ALL.iter().filter(|one| group.questions.iter().any(|q| q.language == **one));
    spoken.map(|one| names::language(frame, *one)).collect::<Vec<_>>().join("\n")
}

/// What was done with a group, and by whom.
pub(super) fn state(frame: &Frame, names: &Names, group: &QuestionGroup) -> String {
    let Some(mark) = &group.mark else { return frame.t("unanswered-new") };
    let done = match &mark.done {
        Done::Ignored => frame.t("unanswered-ignored"),
        Done::Drafted(intent) => format!("{}: {}", frame.t("unanswered-drafted"), names.intent(intent)),
        Done::Added(intent) => format!("{}: {}", frame.t("unanswered-added"), names.intent(intent)),
    };
    let done = format!("{done}（{}、{}）", names.person(mark.by), names.time(mark.at));
    if group.is_new() {
        format!("{done} {}", frame.tv("unanswered-since", "count", group.since_mark))
    } else {
        done
    }
}

/// All groups as a file. It leaves the system, so the audit knows of it: a post, and no address.
pub(super) async fn export(
    visit: Visit,
    Acting(actor): Acting<SeeUnanswered>,
) -> Result<Response, ConsoleError> {
    let (frame, names) = (visit.frame(), Names::of(&visit).await?);
    let groups = journey::list_groups(visit.ctx(), &actor).await?;
    journey::note_export(visit.ctx(), &actor, groups.len()).await?;
    let head = [
        "unanswered-question",
        "unanswered-count",
        "unanswered-last-week",
        "unanswered-week-before",
        "unanswered-nearest",
        "unanswered-languages",
        "unanswered-state",
        "unanswered-newest",
    ];
    let row = |group: &QuestionGroup| {
        vec![
            group.title().to_owned(),
            group.questions.len().to_string(),
            group.last_week.to_string(),
            group.week_before.to_string(),
            nearest(&names, group),
            languages(&frame, group),
            state(&frame, &names, group),
            group.questions.last().map_or_else(String::new, |question| names.time(question.at)),
        ]
    };
    let head = head.iter().map(|key| frame.t(key)).collect();
    Ok(sheet::csv("unanswered", std::iter::once(head).chain(groups.iter().map(row))))
}
