//! Replies: from the webhook to the call that reaches LINE, at saturation and at a city's pace.

use std::{path::Path, time::Duration};

use crate::{
    Bench,
    accept::runs,
    figures::{Figure, Figures, Goal, median, number},
    line::Manner,
    load::{self, Outcome, Pace, Plan},
    process::{self, Process, ServerPlan},
};

/// Keep-alive connections of LINE.
const CONNECTIONS: usize = 64;
/// Events that may lack their reply at saturation.
const WINDOW: usize = 128;

/// Replies a second with as much to do as the server can take, beside two limits.
pub async fn saturated(bench: &Bench, figures: &mut Figures) -> anyhow::Result<()> {
    bench.double.manner.set(Manner::AtOnce);
    let (mut ours, mut after, mut bare, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let sample = bench.folder.join("reply.json");
    let line = bench.double.address.to_string();
    for _ in 0..bench.rounds {
        let folder = tempfile::tempdir_in(&bench.folder)?;
        let (server, _) = serve(bench, folder.path())?;
        let idle = server.rss()?;
        load::introduce(&bench.introductions, &bench.double, &server).await?;
        ours.push(load(bench, &server, Pace::Window(WINDOW), false).await?);
        memory.push((idle, server.rss()?));
        drop(server);
        std::fs::write(&sample, &*bench.double.sample.borrow())?;
        let body = sample.display().to_string();
        let limit = Process::limit("reply", &[&line, &body])?;
        after.push(load(bench, &limit, Pace::Window(WINDOW), true).await?);
        drop(limit);
        let limit = Process::loose("post", &[&line, &body, &CONNECTIONS.to_string()])?;
        // Nothing is sent: the limit posts by itself.
        bare.push(load(bench, &limit, Pace::Rate(0), true).await?);
    }
    let rate = median(ours.iter().map(Outcome::reply_rate));
    let limit = median(after.iter().map(Outcome::reply_rate));
    let bare = median(bare.iter().map(Outcome::reply_rate));
    let cpu = median(ours.iter().map(|outcome| outcome.cpu_each(outcome.replies)));
    let limit_cpu = median(after.iter().map(|outcome| outcome.cpu_each(outcome.replies)));
    let refused: u64 = ours.iter().map(|outcome| outcome.refused).sum();
    let note = format!(
        "limit: axum, 200, then reqwest; CPU {} of {} us; refused {refused}; runs {}",
        number(cpu),
        number(limit_cpu),
        runs(ours.iter().map(Outcome::reply_rate)),
    );
    let name = format!("replies, {CONNECTIONS} connections, {WINDOW} events open");
    figures.add(Figure::new(name, rate, "/s").limit(limit).goal(Goal::LeastAnd(17_000.0, 0.6)).note(note));
    let name = "  beside a bare loop of the same posts";
    figures.add(Figure::new(name, rate, "/s").limit(bare));
    for (label, percent, goal) in [("p50", 50.0, None), ("p99", 99.0, Some(Goal::Most(10.0)))] {
        let ours = median(ours.iter().map(|outcome| outcome.reply_ms(percent)));
        let limit = median(after.iter().map(|outcome| outcome.reply_ms(percent)));
        let name = format!("  reply after webhook, {label}");
        figures.add(Figure { goal, ..Figure::new(name, ours, "ms").limit(limit) });
    }
    let idle = median(memory.iter().map(|(idle, _)| *idle));
    figures.add(Figure::new("memory, idle", idle, "MiB").goal(Goal::Most(60.0)));
    let full = median(memory.iter().map(|(_, full)| *full));
    figures.add(Figure::new("memory, after the load", full, "MiB").goal(Goal::Most(130.0)));
    Ok(())
}

/// A thousand webhooks a second with LINE answering at once, two thousand with LINE taking 50 ms.
pub async fn steady(bench: &Bench, figures: &mut Figures) -> anyhow::Result<()> {
    let slow = Manner::After(Duration::from_millis(50));
    for (rate, manner, how) in [(1_000, Manner::AtOnce, "at once"), (2_000, slow, "in 50 ms")] {
        bench.double.manner.set(Manner::AtOnce);
        let folder = tempfile::tempdir_in(&bench.folder)?;
        let (server, _) = serve(bench, folder.path())?;
        load::introduce(&bench.introductions, &bench.double, &server).await?;
        bench.double.manner.set(manner);
        let outcome = load(bench, &server, Pace::Rate(rate), false).await?;
        let name = format!("at {rate} webhooks/s, LINE answers {how}: 200 after, p99");
        let note = format!(
            "p50 {} ms; CPU {:.2} cores",
            number(outcome.ack_ms(50.0)),
            outcome.cpu / outcome.seconds
        );
        figures.add(Figure::new(name, outcome.ack_ms(99.0), "ms").goal(Goal::Most(3.0)).note(note));
        figures.add(Figure::new("  p99.9", outcome.ack_ms(99.9), "ms").goal(Goal::Most(10.0)));
        let cores = outcome.cpu / outcome.seconds;
        figures.add(Figure::new("  CPU", cores, "cores").goal(Goal::Most(0.4)));
        let note = format!("p50 {} ms, LINE's own time included", number(outcome.reply_ms(50.0)));
        figures.add(Figure::new("  reply after webhook, p99", outcome.reply_ms(99.0), "ms").note(note));
        let (accepted, replies) = outcome.all;
        let note = format!("{replies} of {accepted}; refused {}", outcome.refused);
        let share = replies as f64 / (accepted as f64).max(1.0);
        figures.add(Figure::new("  replies for each event", share, "").goal(Goal::Least(1.0)).note(note));
    }
    bench.double.manner.set(Manner::AtOnce);
    Ok(())
}

/// The server as a city would run it.
fn serve(bench: &Bench, folder: &Path) -> anyhow::Result<(Process, Duration)> {
    let (program, line) = (&bench.server, bench.double.address);
    process::serve(&ServerPlan { program, folder, line, settings: &[] })
}

async fn load(bench: &Bench, server: &Process, pace: Pace, again: bool) -> anyhow::Result<Outcome> {
    let plan = Plan {
        address: server.address,
        pid: server.id(),
        connections: if pace == Pace::Rate(0) { 0 } else { CONNECTIONS },
        pace,
        warm: bench.warm,
        measure: bench.measure,
        again,
    };
    load::run(&bench.requests, &bench.double, plan).await
}
