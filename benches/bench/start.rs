//! From the start of the process to the first 200 of `/readyz`, with nothing stored and with a city's.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use crate::{
    Bench,
    bodies::Requests,
    figures::{Figure, Figures, Goal, median, number},
    line::Manner,
    load::{self, Pace, Plan},
    process::{self, Process, ServerPlan},
};

/// How long filling a store may take; then what it holds is what is measured.
const FILL_WITHIN: Duration = Duration::from_secs(45);

/// A start in an empty folder, and one after the server was killed with a city's worth of residents.
pub async fn measure(bench: &Bench, figures: &mut Figures) -> anyhow::Result<()> {
    bench.double.manner.set(Manner::AtOnce);
    let mut cold = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..3 {
        let folder = tempfile::tempdir_in(&bench.folder)?;
        let (server, took) = serve(bench, folder.path())?;
        cold.push(took.as_secs_f64() * 1e3);
        memory.push(server.rss()?);
    }
    let note = format!("{} MiB", number(median(memory)));
    figures
        .add(Figure::new("start in an empty folder", median(cold), "ms").goal(Goal::Most(100.0)).note(note));
    let folder = tempfile::tempdir_in(&bench.folder)?;
    let settled = fill(bench, folder.path()).await?;
    let (server, took) = serve(bench, folder.path())?;
    let name = format!("start after a kill, {settled} residents with a settled event each");
    let note = format!("{} MiB", number(server.rss()?));
    figures.add(Figure::new(name, took.as_secs_f64() * 1e3, "ms").goal(Goal::Most(3_500.0)).note(note));
    Ok(())
}

/// Fills a store through the front door and kills the server; gives the number of answered events.
async fn fill(bench: &Bench, folder: &std::path::Path) -> anyhow::Result<u64> {
    let (mut server, _) = serve(bench, folder)?;
    let requests = Rc::new(Requests::bulk(bench.residents)?);
    let begin = Instant::now();
    let plan = Plan {
        address: server.address,
        pid: server.id(),
        connections: 8,
        pace: Pace::Window(2_000),
        warm: Duration::ZERO,
        measure: FILL_WITHIN,
        again: false,
    };
    let outcome = load::run(&requests, &bench.double, plan).await?;
    // The last replies are settled a moment after LINE has them.
    tokio::time::sleep(Duration::from_millis(500)).await;
    println!("  filled in {:.1} s", begin.elapsed().as_secs_f64());
    server.kill();
    Ok(outcome.all.1)
}

fn serve(bench: &Bench, folder: &std::path::Path) -> anyhow::Result<(Process, Duration)> {
    let (program, line) = (&bench.server, bench.double.address);
    process::serve(&ServerPlan { program, folder, line, settings: &[] })
}
