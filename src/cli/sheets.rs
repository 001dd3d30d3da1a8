//! `todoke intents import | export | settle`: sheets in and out, and a decision between files and console.
//!
//! A running server is asked through its control socket; else the store is opened here.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::Value;

use super::{Common, Ended, Report, intents, output};
use crate::{
    app::curating::{self, Question},
    config::Config,
    control,
    domain::id::AccountId,
    intent::{
        columns,
        draft::{Draft, TopicDraft, topic_yaml},
    },
    sheet,
};

#[derive(Args)]
pub(super) struct ImportArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    /// A sheet: CSV (UTF-8 or CP932) or Excel, with a heading as `export` writes it
    file: PathBuf,
    /// Only tell what would happen, and every row's problem
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

#[derive(Args)]
pub(super) struct ExportArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    /// Where to write; for yaml a folder
    file: PathBuf,
    /// The form [default: by the file's name, else csv]
    #[arg(long)]
    format: Option<Form>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

#[derive(Args)]
pub(super) struct SettleArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    /// What counts: the files become the next revision, or the published content goes to the files
    #[arg(long)]
    take: Taken,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Taken {
    Files,
    Console,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Xlsx,
    Yaml,
}

pub(super) async fn import(args: ImportArgs) -> anyhow::Result<Ended> {
    let config = args.common.load()?;
    intents::account(&config, &args.account)?;
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file).with_context(|| format!("{shown} cannot be read"))?;
    let rows = sheet::read(&bytes).with_context(|| shown.to_string())?;
    let question = Question::Import { rows, dry_run: args.dry_run };
    let told = ask(&config, &args.account, question).await?;
    let out = args.report.out();
    out.either(&told, || import_text(&told, args.dry_run))?;
    let errors = told["problems"].as_array().into_iter().flatten().any(|found| found["severity"] == "error");
    let held = told["edited_by_others"].as_array().is_some_and(|held| !held.is_empty());
    Ok(if errors || held { Ended::WithProblems } else { Ended::Fine })
}

fn import_text(told: &Value, dry_run: bool) -> String {
    let count = |key: &str| told[key].as_u64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = String::new();
    for found in told["problems"].as_array().into_iter().flatten() {
        let mark = if found["severity"] == "warning" { "warning: " } else { "" };
        let place = format!("{}{}", text(&found["column"]), found["row"]);
        let (what, instead) = (text(&found["what"]), text(&found["instead"]));
        lines.push_str(&format!("{place}: {mark}{what}; {instead}\n"));
    }
    for piece in told["edited_by_others"].as_array().into_iter().flatten() {
        let piece = text(piece);
        lines.push_str(&format!(
            "{piece}: somebody is editing it; publish or throw away their draft on the console first\n"
        ));
    }
    let saved = told["saved"].as_array().map_or(0, Vec::len);
    let end = match (saved, dry_run) {
        (_, true) => "nothing was changed (--dry-run)".to_owned(),
        (0, false) => "nothing was saved".to_owned(),
        (saved, false) => format!("{saved} drafts were saved; publish them on the console"),
    };
    format!(
        "{lines}{} new, {} changed, {} as published: {end}\n",
        count("new"),
        count("changed"),
        count("unchanged")
    )
}

#[derive(Deserialize)]
struct Topic {
    topic: TopicDraft,
    intents: Vec<Draft>,
}

pub(super) async fn export(args: ExportArgs) -> anyhow::Result<Ended> {
    let config = args.common.load()?;
    intents::account(&config, &args.account)?;
    let extension = args.file.extension().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let form = args.format.unwrap_or(match extension.as_deref() {
        Some("xlsx") => Form::Xlsx,
        Some("yaml") => Form::Yaml,
        _ => Form::Csv,
    });
    let told = ask(&config, &args.account, Question::Export).await?;
    let topics: Vec<Topic> = serde_json::from_value(told["topics"].clone())?;
    let intents: usize = topics.iter().map(|topic| topic.intents.len()).sum();
    if form == Form::Yaml {
        std::fs::create_dir_all(&args.file)
            .with_context(|| format!("the folder {} cannot be made", args.file.display()))?;
        for Topic { topic, intents } in &topics {
            output::file(
                &args.file.join(format!("{}.yaml", topic.topic)),
                topic_yaml(topic, intents).as_bytes(),
            )?;
        }
    } else {
        let rows = columns::to_rows(topics.iter().flat_map(|topic| &topic.intents));
        let format = if form == Form::Xlsx { sheet::Format::Xlsx } else { sheet::Format::Csv };
        output::file(&args.file, &sheet::write(&rows, format)?)?;
    }
    let revision = &told["revision"];
    let shown = args.file.display().to_string();
    args.report
        .out()
        .either(&serde_json::json!({ "revision": revision, "intents": intents, "file": shown }), || {
            format!("{intents} intents of revision {revision} are in {shown}\n")
        })?;
    Ok(Ended::Fine)
}

pub(super) async fn settle(args: SettleArgs) -> anyhow::Result<Ended> {
    let config = args.common.load()?;
    intents::account(&config, &args.account)?;
    let question = Question::Settle { files: args.take == Taken::Files };
    let told = ask(&config, &args.account, question).await?;
    args.report.out().either(&told, || format!("settled; revision {} is in use\n", told["revision"]))?;
    Ok(Ended::Fine)
}

async fn ask(config: &Config, account: &AccountId, question: Question) -> anyhow::Result<Value> {
    let request = control::Request::Intents {
        account: account.to_string(),
        question: serde_json::to_value(&question)?,
    };
    if let Some(told) = control::ask(&config.settings.data_dir()?, &request).await? {
        return Ok(told);
    }
    // Nobody serves: the store is ours to open.
    let (desk, store) = curating::desk_of_a_stopped_server(config).await?;
    for (part, finding) in desk.health.findings() {
        output::hint(&format!("{part}: {}; {}", finding.reason, finding.remedy));
    }
    let told = curating::answer(&desk, account.as_str(), question).await;
    store.close();
    match told["error"].as_str() {
        Some(error) => bail!("{error}"),
        None => Ok(told),
    }
}
