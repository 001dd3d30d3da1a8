//! How long a decision takes, on the sample city and on much larger ones.

use std::time::Instant;

use anyhow::Context;
use todoke::{
    content::{Shelf, files::FolderShelf},
    domain::{
        language::Language,
        time::{Clock, Timestamp},
    },
    intent::{Content, Query, Snapshot, source},
    system::SystemClock,
};

use crate::{
    bodies::{self, ACCOUNT, Random},
    figures::{Figure, Figures, Goal},
    synthetic,
};

/// Decisions on 70 or so, 2,000 and 20,000 intents.
pub fn measure(short: bool, figures: &mut Figures) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let sample = sample_city(now)?;
    let mut random = Random::new(3);
    let mut queries = bodies::questions()?;
    queries.extend((0..1_000).map(|_| synthetic::question(&mut random)));
    let passes = if short { 2 } else { 5 };
    let name = format!("{} intents (the sample city)", sample.intents.len());
    one(&name, sample, &queries, passes, None, now, figures);
    for (count, most) in [(2_000, 100.0), (20_000, 300.0)] {
        let content = synthetic::content(count).context("a synthetic expression is wrong")?;
        one(&format!("{count} synthetic intents"), content, &queries, passes, Some(most), now, figures);
    }
    Ok(())
}

fn sample_city(now: Timestamp) -> anyhow::Result<Content> {
    let shelf = FolderShelf::new(concat!(env!("CARGO_MANIFEST_DIR"), "/intents"));
    let files = shelf.read(&ACCOUNT.parse()?)?;
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    source::read(&files, today).0.context("the sample city's intents have errors")
}

fn one(
    name: &str,
    content: Content,
    queries: &[String],
    passes: usize,
    most: Option<f64>,
    now: Timestamp,
    figures: &mut Figures,
) {
    let watch = Instant::now();
    let snapshot = Snapshot::compile(content);
    let compile = watch.elapsed().as_secs_f64() * 1e3;
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let decide = |text: &str| {
        let query = Query { text, language: None, offered: &Language::ALL, today };
        let watch = Instant::now();
        std::hint::black_box(snapshot.decide(&query));
        u32::try_from(watch.elapsed().as_nanos()).unwrap_or(u32::MAX)
    };
    let first = f64::from(decide(&queries[0])) / 1e6;
    // Warm: expressions compile when they are first tried.
    for query in queries {
        decide(query);
    }
    let mut took: Vec<u32> = (0..passes).flat_map(|_| queries.iter().map(|query| decide(query))).collect();
    took.sort_unstable();
    let of = |percent| crate::figures::percentile(&took, percent) / 1e3;
    let note = format!("p50 {:.1} us; compiled in {compile:.1} ms, first decision {first:.1} ms", of(50.0));
    let figure = Figure::new(format!("decision p99, {name}"), of(99.0), "us").note(note);
    figures.add(Figure { goal: most.map(Goal::Most), ..figure });
}
