//! `todoke store …`: looking after what is kept.

use clap::Subcommand;
use serde_json::Value;

use super::{Common, Ended, Report, output::Out};
use crate::{app, config::Config, control};

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Read every record and check checksums, seals and relations; also while `serve` runs
    Verify {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
}

pub(super) async fn run(command: StoreCommand) -> anyhow::Result<Ended> {
    let StoreCommand::Verify { common, report } = command;
    verify(&common.load()?, report.out()).await
}

async fn verify(config: &Config, out: Out) -> anyhow::Result<Ended> {
    let report = match control::ask(&config.settings.data_dir()?, &control::Request::StoreVerify).await? {
        Some(report) => report,
        // Nobody serves: the store is ours to open.
        None => serde_json::to_value(app::open_to_look(config)?.verify())?,
    };
    out.either(&report, || text(&report))?;
    let problems = report["problems"].as_array().map_or(0, Vec::len);
    Ok(if problems == 0 { Ended::Fine } else { Ended::WithProblems })
}

fn text(report: &Value) -> String {
    let count = |key: &str| report[key].as_u64().unwrap_or_default();
    let problems: String = report["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|p| format!("{p}\n"))
        .collect();
    format!(
        "{problems}{} events waiting, {} settled, {} residents, {} conversations, {} profiles, {} segments, {} revisions, {} staff, {} audit entries: {} problems\n",
        count("pending"),
        count("settled"),
        count("residents"),
        count("conversations"),
        count("profiles"),
        count("segments"),
        count("revisions"),
        count("staff"),
        count("audit"),
        report["problems"].as_array().map_or(0, Vec::len),
    )
}
