//! The comparison, its file, and the form for the city's table.

use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

use super::super::{
    frame::Frame,
    session::Acting,
    sheet,
    visit::{Visit, page},
};
use crate::{
    domain::{
        attribute::{ChoiceId, Kind},
        population::OLDEST,
        segment::Shown,
        staff::{
            Actor,
            rights::{EditTargets, SeeFigures},
        },
    },
    journeys::reach::{self, OfAge, OfWard, Reach, ReachError, share},
    web::error::ConsoleError,
};

/// `?topic=`.
#[derive(Deserialize, Default)]
pub(in crate::web::console) struct Wanted {
    #[serde(default)]
    topic: String,
}

/// One that may be chosen.
struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// A ward or an age, in words.
struct Row {
    label: String,
    people: String,
    registered: String,
    share: String,
    /// How long its bar is, in tenths of a percent of the longest.
    bar: u64,
}

/// A table of the city's, to be removed.
struct Kept {
    as_of: String,
    source: String,
    people: u64,
}

/// What was typed beside the file, and what is wrong: a sentence, and the lines of the file.
#[derive(Default)]
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) lines: Vec<String>,
    pub(super) as_of: String,
    pub(super) source: String,
}

#[derive(Template)]
#[template(path = "console/reach/look.html")]
pub(super) struct ReachPage {
    frame: Frame,
    base: String,
    change: String,
    version: u64,
    topics: Vec<Choice>,
    topic: String,
    /// Whether the account asks wards at all.
    asks_wards: bool,
    has_table: bool,
    /// Where the numbers are from, and of which day.
    source: String,
    people: String,
    registered: String,
    share: String,
    wards: Vec<Row>,
    ages: Vec<Row>,
    kept: Vec<Kept>,
    may_keep: bool,
    trouble: Trouble,
}

/// Shows it.
pub(in crate::web::console) async fn show(
    visit: Visit,
    Acting(_): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    Ok(page(&reach_page(&visit, &wanted, Trouble::default()).await?))
}

pub(super) async fn reach_page(
    visit: &Visit,
    wanted: &Wanted,
    trouble: Trouble,
) -> Result<ReachPage, ConsoleError> {
    let (actor, ctx, words) = (visit.actor::<SeeFigures>()?, visit.ctx(), visit.words());
    let account = ctx.library.account(visit.account()?).ok_or(ConsoleError::NotFound)?;
    let topic = wanted.topic.parse::<ChoiceId>().ok();
    let topics = account.attributes.plain().filter(|asked| matches!(asked.kind, Kind::Topics(_)));
    let topics = topics.flat_map(|asked| asked.kind.choices()).map(|choice| Choice {
        code: choice.id.to_string(),
        label: choice.label.best(words.language()).map_or_else(String::new, |(_, label)| label.clone()),
        chosen: topic.as_ref() == Some(&choice.id),
    });
    let topics: Vec<Choice> = topics.collect();
    // A topic that is gone from the account is none.
    let topic = topic.filter(|_| topics.iter().any(|choice| choice.chosen));
    let known = reach::tables(ctx, &actor).await?;
    let (asks_wards, reach) = match reach::look(ctx, &actor, topic.as_ref()).await {
        Err(ReachError::NoWards) => (false, None),
        reach => (true, reach?),
    };
    let kept = known.value.iter().map(|table| Kept {
        as_of: table.as_of.to_string(),
        source: table.source.to_string(),
        people: table.total(),
    });
    let base = format!("/console/{}/reach", account.id);
    let told = reach.as_ref().map(|reach| told(visit, reach)).unwrap_or_default();
    Ok(ReachPage {
        change: format!("{base}/table"),
        base,
        version: known.version.0,
        topic: topic.map_or_else(String::new, |topic| topic.to_string()),
        topics,
        asks_wards,
        has_table: reach.is_some(),
        source: told.source,
        people: told.people,
        registered: told.registered,
        share: told.share,
        wards: told.wards,
        ages: told.ages,
        kept: kept.collect(),
        may_keep: visit.actor::<EditTargets>().is_ok(),
        trouble,
        frame: visit.frame(),
    })
}

/// A comparison in words.
#[derive(Default)]
struct Told {
    source: String,
    people: String,
    registered: String,
    share: String,
    wards: Vec<Row>,
    ages: Vec<Row>,
}

fn told(visit: &Visit, reach: &Reach) -> Told {
    let (words, language) = (visit.words(), visit.words().language());
    let row = |label: String, people: Option<u64>, registered: Option<Shown>| {
        let part = registered.and_then(|registered| share(registered, people));
        Row {
            label,
            people: people.map_or_else(|| words.say("reach-unknown"), |people| people.to_string()),
            registered: match registered {
                Some(Shown::Exactly(count)) => count.to_string(),
                Some(_) => words.say("reach-few"),
                None => words.say("reach-not-asked"),
            },
            share: part.map_or_else(|| "—".to_owned(), percent),
            bar: part.unwrap_or_default(),
        }
    };
    let ward = |of: &OfWard| {
        let label = of.label.best(language).map_or_else(|| of.ward.to_string(), |(_, label)| label.clone());
        row(label, of.people, Some(of.registered))
    };
    let age = |of: &OfAge| {
        let (from, to) = of.years;
        let label = match (from, to) {
            (0, 0) => words.say("reach-age-0"),
            (from, OLDEST) => words.say_with("reach-age-from", &[("from", &from.to_string())]),
            (from, to) => {
                words.say_with("reach-age", &[("from", &from.to_string()), ("to", &to.to_string())])
            }
        };
        row(label, of.people, of.registered)
    };
    let stretched = |mut rows: Vec<Row>| {
        let most = rows.iter().map(|row| row.bar).max().unwrap_or_default().max(1);
        for row in &mut rows {
            row.bar = row.bar * 1_000 / most;
        }
        rows
    };
    let all = row(String::new(), Some(reach.table.total()), Some(reach.registered));
    let (as_of, source) = (reach.table.as_of.to_string(), reach.table.source.to_string());
    Told {
        source: words.say_with("reach-source", &[("date", &as_of), ("source", &source)]),
        people: all.people,
        registered: all.registered,
        share: all.share,
        wards: stretched(reach.wards.iter().map(ward).collect()),
        ages: stretched(reach.ages.iter().map(age).collect()),
    }
}

/// Tenths of a percent as people read them.
fn percent(tenths: u64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The wards and ages as a file.
pub(in crate::web::console) async fn csv(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let reach = look_again(&visit, &actor, &wanted).await?;
    let told = told(&visit, &reach);
    let heading = ["reach-group", "reach-people", "reach-registered", "reach-share"];
    let heading = heading.iter().map(|key| visit.words().say(key)).collect();
    let line = |row: Row| vec![row.label, row.people, row.registered, row.share];
    let rows = told.wards.into_iter().chain(told.ages).map(line);
    Ok(sheet::csv("reach", std::iter::once(heading).chain(rows)))
}

async fn look_again(
    visit: &Visit,
    actor: &Actor<SeeFigures>,
    wanted: &Wanted,
) -> Result<Reach, ConsoleError> {
    let topic = wanted.topic.parse::<ChoiceId>().ok();
    reach::look(visit.ctx(), actor, topic.as_ref()).await?.ok_or(ConsoleError::NotFound)
}
