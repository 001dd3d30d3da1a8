//! Figures: questions, feedback, intents, safety and outcomes of a time, as charts with their tables, and CSV.

use askama::Template;
use axum::{extract::Query, response::Response};
use jiff::civil::Date;

use super::{
    chart::{self, Chart, Kind, Series},
    frame::Frame,
    period::{self, Choice, Wanted},
    session::Acting,
    sheet,
    visit::{Visit, page},
};
use crate::{
    domain::{language::Localized, settlement::Outcome, staff::rights::SeeFigures},
    journeys::figures::{self, Figures, OTHER_MUNICIPALITIES, OfIntent, Sums},
    web::error::ConsoleError,
};

/// How many intents the page shows; the CSV has them all.
const MOST_INTENTS: usize = 20;
/// One number of the whole time.
struct Card {
    label: String,
    count: u64,
    /// Its part of the questions, in percent.
    part: Option<u64>,
}

struct Ranked {
    id: String,
    title: String,
    counts: [u64; 4],
    /// How long its bar is, 0 to 100.
    bar: u64,
}

#[derive(Template)]
#[template(path = "console/figures.html")]
struct FiguresPage {
    frame: Frame,
    path: String,
    choices: Vec<Choice>,
    period: String,
    from: String,
    to: String,
    cards: Vec<Card>,
    charts: Vec<Chart>,
    width: u64,
    height: u64,
    intents: Vec<Ranked>,
    /// How many more intents the CSV has.
    more: usize,
    /// Topics: answers, taps on the links in them.
    topics: Vec<(String, u64, u64)>,
    safety: Vec<(String, u64)>,
    elsewhere: Vec<(String, u64)>,
    /// How often it was somebody else's in all.
    of_others: u64,
    outcomes: Vec<(String, u64)>,
}

/// Shows them.
pub(super) async fn show(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (code, period) = period::chosen(&visit, &wanted)?;
    let figures = figures::read(visit.ctx(), &actor, period).await?;
    let words = visit.words();
    let most = figures.intents.first().map_or(1, |intent| intent.answered.max(1));
    let ranked = |intent: &OfIntent| Ranked {
        id: intent.id.to_string(),
        title: title(&visit, intent.title.as_ref()).unwrap_or_else(|| words.say("figure-intent-gone")),
        counts: counts(intent),
        bar: intent.answered * 100 / most,
    };
    Ok(page(&FiguresPage {
        frame: visit.frame(),
        path: visit.path().to_owned(),
        choices: period::choices(&visit, &code)?,
        period: code,
        from: period.from.to_string(),
        to: period.to.to_string(),
        cards: cards(&visit, &figures.total),
        charts: charts(&visit, &figures),
        width: chart::WIDTH,
        height: chart::HEIGHT,
        intents: figures.intents.iter().take(MOST_INTENTS).map(ranked).collect(),
        more: figures.intents.len().saturating_sub(MOST_INTENTS),
        topics: figures
            .topics
            .iter()
            .map(|topic| {
                let title = title(&visit, topic.title.as_ref());
                (title.unwrap_or_else(|| words.say("figure-intent-gone")), topic.answered, topic.taps)
            })
            .collect(),
        safety: figures
            .safety
            .iter()
            .map(|(kind, name, count)| (title(&visit, name.as_ref()).unwrap_or_else(|| kind.clone()), *count))
            .collect(),
        of_others: figures.elsewhere.iter().map(|(.., count)| count).sum(),
        elsewhere: figures
            .elsewhere
            .iter()
            .map(|(name, of, count)| (matter(&visit, name, of.as_ref()), *count))
            .collect(),
        outcomes: figures
            .outcomes
            .iter()
            .map(|(outcome, n)| (words.say(outcome_key(*outcome)), *n))
            .collect(),
    }))
}

/// The days as a file.
pub(super) async fn days_csv(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (code, period) = period::chosen(&visit, &wanted)?;
    let figures = figures::read(visit.ctx(), &actor, period).await?;
    let day = |(day, sums): &(Date, Sums)| {
        let numbers =
            [sums.questions(), sums.answered, sums.asked, sums.refused, sums.useful, sums.wrong, sums.taps];
        std::iter::once(day.to_string()).chain(numbers.iter().map(ToString::to_string)).collect()
    };
    let heading = [
        "figure-day",
        "figure-questions",
        "figure-answered",
        "figure-asked",
        "figure-refused",
        "figure-useful",
        "figure-wrong",
        "figure-taps",
    ];
    Ok(file(&visit, &format!("days-{code}"), &heading, figures.days.iter().map(day)))
}

/// Every intent as a file.
pub(super) async fn intents_csv(
    visit: Visit,
    Acting(actor): Acting<SeeFigures>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, ConsoleError> {
    let (code, period) = period::chosen(&visit, &wanted)?;
    let figures = figures::read(visit.ctx(), &actor, period).await?;
    let row = |intent: &OfIntent| {
        let title = title(&visit, intent.title.as_ref()).unwrap_or_default();
        let named = [intent.id.to_string(), title].into_iter();
        named.chain(counts(intent).iter().map(ToString::to_string)).collect()
    };
    let heading = [
        "figure-intent-id",
        "figure-intent",
        "figure-answered",
        "figure-useful",
        "figure-wrong",
        "figure-taps",
    ];
    Ok(file(&visit, &format!("intents-{code}"), &heading, figures.intents.iter().map(row)))
}

fn cards(visit: &Visit, total: &Sums) -> Vec<Card> {
    let all = total.questions();
    let part = |count: u64| (all > 0).then(|| (count * 100 + all / 2) / all);
    let card = |key: &str, count, part| Card { label: visit.words().say(key), count, part };
    vec![
        card("figure-questions", all, None),
        card("figure-answered", total.answered, part(total.answered)),
        card("figure-asked", total.asked, part(total.asked)),
        card("figure-refused", total.refused, part(total.refused)),
        card("figure-useful", total.useful, None),
        card("figure-wrong", total.wrong, None),
        card("figure-taps", total.taps, None),
    ]
}

fn charts(visit: &Visit, figures: &Figures) -> Vec<Chart> {
    let words = visit.words();
    let days: Vec<String> =
        figures.days.iter().map(|(day, _)| format!("{}/{}", day.month(), day.day())).collect();
    let series = |key: &str, of: fn(&Sums) -> u64| Series {
        label: words.say(key),
        values: figures.days.iter().map(|(_, sums)| of(sums)).collect(),
    };
    let questions = [
        series("figure-answered", |sums| sums.answered),
        series("figure-asked", |sums| sums.asked),
        series("figure-refused", |sums| sums.refused),
    ];
    let feedback = [series("figure-useful", |sums| sums.useful), series("figure-wrong", |sums| sums.wrong)];
    let taps = [series("figure-taps", |sums| sums.taps)];
    vec![
        Chart::new("chart-questions", words.say("chart-questions"), Kind::Stacked, &days, &questions),
        Chart::new("chart-feedback", words.say("chart-feedback"), Kind::Lines, &days, &feedback),
        Chart::new("chart-taps", words.say("chart-taps"), Kind::Stacked, &days, &taps),
    ]
}

fn counts(intent: &OfIntent) -> [u64; 4] {
    [intent.answered, intent.useful, intent.wrong, intent.taps]
}

fn title(visit: &Visit, title: Option<&Localized<String>>) -> Option<String> {
    title?.best(visit.words().language()).map(|(_, title)| title.clone())
}

/// What a matter of somebody else's is called; its name in the file once it is gone from there.
fn matter(visit: &Visit, name: &str, of: Option<&Localized<String>>) -> String {
    title(visit, of).unwrap_or_else(|| match name {
        OTHER_MUNICIPALITIES => visit.words().say("figure-other-municipalities"),
        name => name.to_owned(),
    })
}

fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Replied => "outcome-replied",
        Outcome::NoReplyDue => "outcome-no-reply-due",
        Outcome::Late => "outcome-late",
        Outcome::RefusedByLine => "outcome-refused-by-line",
        Outcome::Unknown => "outcome-unknown",
    }
}

fn file(visit: &Visit, name: &str, heading: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Response {
    let heading = heading.iter().map(|key| visit.words().say(key)).collect();
    sheet::csv(name, std::iter::once(heading).chain(rows))
}
