//! Webhooks accepted: from the first byte sent to the 200 that says "durable".
//!
//! The double never answers and the runner has one place, so this is the inbox alone: verify, read, find
//! duplicates, seal, store, sync. `reply` measures what it takes to answer as well.

use crate::{
    Bench,
    figures::{Figure, Figures, Goal, median, number},
    line::Manner,
    load::{self, Outcome, Pace, Plan},
    process::{self, Process, ServerPlan},
};

/// Accepted webhooks a second over 64 and 256 connections, beside a plain axum server.
pub async fn measure(bench: &Bench, figures: &mut Figures) -> anyhow::Result<()> {
    for connections in [64, 256] {
        let (mut ours, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..bench.rounds {
            ours.push(todoke(bench, connections).await?);
            limits.push(plain(bench, connections).await?);
        }
        let rate = median(ours.iter().map(Outcome::accepted_rate));
        let limit = median(limits.iter().map(Outcome::accepted_rate));
        let cpu = median(ours.iter().map(|outcome| outcome.cpu_each(outcome.accepted)));
        let limit_cpu = median(limits.iter().map(|outcome| outcome.cpu_each(outcome.accepted)));
        let refused: u64 = ours.iter().map(|outcome| outcome.refused).sum();
        let name = format!("webhooks accepted, {connections} connections");
        let note = format!(
            "limit: plain axum; CPU {} of {} us; refused {refused}; runs {}",
            number(cpu),
            number(limit_cpu),
            runs(ours.iter().map(Outcome::accepted_rate)),
        );
        figures
            .add(Figure::new(name, rate, "/s").limit(limit).goal(Goal::LeastAnd(35_000.0, 0.35)).note(note));
        for (label, percent) in [("p50", 50.0), ("p99", 99.0)] {
            let ours = median(ours.iter().map(|outcome| outcome.ack_ms(percent)));
            let limit = median(limits.iter().map(|outcome| outcome.ack_ms(percent)));
            let name = format!("  200 after, {label}");
            figures.add(Figure::new(name, ours, "ms").limit(limit));
        }
    }
    Ok(())
}

/// The runs that a median is of.
pub fn runs(values: impl Iterator<Item = f64>) -> String {
    values.map(number).collect::<Vec<_>>().join(" ")
}

async fn todoke(bench: &Bench, connections: usize) -> anyhow::Result<Outcome> {
    bench.double.manner.set(Manner::Never);
    let folder = tempfile::tempdir_in(&bench.folder)?;
    let (server, _) = process::serve(&ServerPlan {
        program: &bench.server,
        folder: folder.path(),
        line: bench.double.address,
        settings: &[
            ("TODOKE_RUNNER__CONCURRENCY", "1"),
            ("TODOKE_STORE__MAX_WAITING", "100000000"),
            ("TODOKE_LINE__REQUEST_TIMEOUT_MS", "600000"),
        ],
    })?;
    load::introduce(&bench.introductions, &bench.double, &server).await?;
    load(bench, &server, connections, false).await
}

async fn plain(bench: &Bench, connections: usize) -> anyhow::Result<Outcome> {
    let server = Process::limit("plain", &[])?;
    load(bench, &server, connections, true).await
}

async fn load(bench: &Bench, server: &Process, connections: usize, again: bool) -> anyhow::Result<Outcome> {
    let plan = Plan {
        address: server.address,
        pid: server.id(),
        connections,
        pace: Pace::Closed,
        warm: bench.warm,
        measure: bench.measure,
        again,
    };
    load::run(&bench.requests, &bench.double, plan).await
}
