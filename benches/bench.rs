//! `cargo bench --bench bench`: what todoke reaches, each figure beside what this machine allows.
//!
//! The server is the real `todoke serve`, a process of its own on one core; this process is the load
//! generator and the double of LINE, on another core. Limits are measured in the same run, under the same
//! generator: a plain axum server that stores nothing, a server that answers 200 and then posts through
//! reqwest, and a bare loop of posts. The machine may be noisy: compare ratios, and CPU a webhook.
//!
//! `-- --short` takes under a minute, `-- --json FILE` also writes everything as JSON, `-- --only PART`
//! runs one part (`disk`, `lookup`, `content`, `accept`, `reply`, `steady`, `start`, `segments`, `registration`,
//! `delivery`;
//! may be given several times).

#![expect(
    clippy::disallowed_methods,
    reason = "a bench reads the clock, and its tasks and pauses belong to one run on one thread"
)]
#![expect(clippy::print_stdout, reason = "the table is what the bench is for")]

#[path = "bench/accept.rs"]
mod accept;
#[path = "bench/bodies.rs"]
mod bodies;
#[path = "bench/content.rs"]
mod content;
#[path = "bench/delivery.rs"]
mod delivery;
#[path = "bench/disk.rs"]
mod disk;
#[path = "bench/figures.rs"]
mod figures;
#[path = "bench/limit.rs"]
mod limit;
#[path = "bench/line.rs"]
mod line;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/lookup.rs"]
mod lookup;
#[path = "bench/process.rs"]
mod process;
#[path = "bench/registration.rs"]
mod registration;
#[path = "bench/reply.rs"]
mod reply;
#[path = "bench/segments.rs"]
mod segments;
#[path = "bench/start.rs"]
mod start;
#[path = "bench/synthetic.rs"]
mod synthetic;

use std::{path::PathBuf, rc::Rc, time::Duration};

use anyhow::{Context, bail};
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use bodies::Requests;
use figures::Figures;
use line::Double;

/// Measures todoke beside the limits of this machine.
#[derive(Parser)]
struct Args {
    /// Under a minute: one round instead of three, shorter ones, smaller stores
    #[arg(long)]
    short: bool,
    /// Also write everything that was measured to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure segments over so many residents too (ten million take about 4 GiB and a quarter of an hour)
    #[arg(long, value_name = "N")]
    residents: Option<usize>,
    /// Run only these parts
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// A folder on the disk to be measured; everything in it is removed again
    #[arg(long, value_name = "DIR", default_value = env!("CARGO_TARGET_TMPDIR"))]
    folder: PathBuf,
    /// Another todoke than the one built with this bench
    #[arg(long, value_name = "FILE", default_value = env!("CARGO_BIN_EXE_todoke"))]
    server: PathBuf,
    /// What `cargo bench` hands to every bench
    #[arg(long, hide = true)]
    bench: bool,
    /// Be a limit instead: this program started by itself
    #[arg(long, hide = true, num_args = 1.., value_name = "WHAT")]
    be: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Disk,
    Lookup,
    Content,
    Accept,
    Reply,
    Steady,
    Start,
    Segments,
    Registration,
    Delivery,
}

/// What every part works with.
struct Bench {
    /// Where data folders are made.
    folder: PathBuf,
    /// The server under test.
    server: PathBuf,
    /// How often each load is run; the median counts.
    rounds: usize,
    /// How long a load runs before it is measured.
    warm: Duration,
    /// How long it is measured.
    measure: Duration,
    /// Residents with a settled event each, for the start of a server that has worked.
    residents: usize,
    /// One-event webhooks of ten thousand residents.
    requests: Rc<Requests>,
    /// Webhooks of many events, from the same residents.
    introductions: Rc<Requests>,
    /// LINE.
    double: Rc<Double>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some((what, rest)) = args.be.split_first() {
        return limit::be(what, rest);
    }
    process::pin(process::Core::Generator);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut terminate = signal(SignalKind::terminate())?;
        // Ending early drops what runs, and with it the processes and folders.
        tokio::select! {
            result = run(&args) => result,
            _ = terminate.recv() => bail!("ended by SIGTERM"),
            _ = tokio::signal::ctrl_c() => bail!("ended by Ctrl-C"),
        }
    })
}

async fn run(args: &Args) -> anyhow::Result<()> {
    let wants = |part| args.only.is_empty() || args.only.contains(&part);
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&args.folder).with_context(|| {
        format!("{} cannot be written to; choose another --folder", args.folder.display())
    })?;
    let mut figures = Figures::new(args.short);
    if wants(Part::Disk) {
        disk::measure(folder.path(), &mut figures)?;
    }
    if wants(Part::Lookup) {
        lookup::measure(args.short, &mut figures)?;
    }
    if wants(Part::Content) {
        content::measure(folder.path(), args.short, &mut figures).await?;
    }
    let count = if args.short { 120_000 } else { 240_000 };
    let bench = Bench {
        folder: folder.path().to_owned(),
        server: args.server.clone(),
        rounds: if args.short { 1 } else { 3 },
        warm: Duration::from_millis(if args.short { 700 } else { 1_000 }),
        measure: Duration::from_millis(if args.short { 1_500 } else { 3_000 }),
        residents: if args.short { 20_000 } else { 160_000 },
        requests: Rc::new(Requests::singles(count)?),
        introductions: Rc::new(Requests::bulk(bodies::RESIDENTS)?),
        double: Double::start().await?,
    };
    if wants(Part::Accept) {
        accept::measure(&bench, &mut figures).await?;
    }
    if wants(Part::Reply) {
        reply::saturated(&bench, &mut figures).await?;
    }
    if wants(Part::Steady) {
        reply::steady(&bench, &mut figures).await?;
    }
    if wants(Part::Start) {
        start::measure(&bench, &mut figures).await?;
    }
    if wants(Part::Segments) {
        segments::measure(&bench, args.short, args.residents, &mut figures).await?;
    }
    if wants(Part::Registration) {
        registration::measure(&bench, args.short, &mut figures).await?;
    }
    if wants(Part::Delivery) {
        delivery::measure(&bench, args.short, &mut figures).await?;
    }
    println!("{}", figures.table());
    if let Some(path) = &args.json {
        std::fs::write(path, figures.json())
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}
