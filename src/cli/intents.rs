//! `todoke intents …`: check, ask, rank, eval, schema; import, export and settle are in `sheets`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{
    Common, Ended, Report, ask, in_runtime,
    output::{self, Out},
    rank, sheets,
};
use crate::{
    config::Config,
    content::{Shelf, files::FolderShelf},
    domain::{account::Account, id::AccountId, time::Clock},
    intent::{
        Snapshot,
        check::{self, Question},
        source::{self, Problem, Severity},
    },
    journeys::curate,
    system::SystemClock,
};

#[derive(Subcommand)]
pub(super) enum IntentsCommand {
    /// Check intent files and print every problem with its file, line and column
    Check {
        /// An account's folder [default: every account's below intents.dir]
        dir: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
    /// Try questions and see why they are answered as they are
    Ask(ask::AskArgs),
    /// Rank FAQs of a file for queries of a file, with the chat's engine; prints a JSON line a query
    Rank(rank::RankArgs),
    /// Measure the answers to questions whose intents are known
    Eval {
        /// The account
        #[arg(long, value_name = "ACCOUNT")]
        account: AccountId,
        /// JSON lines {"text","lang","intent"} [default: the account's questions.jsonl]
        #[arg(long, value_name = "FILE")]
        questions: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
    /// Read a sheet into drafts, which are then published on the console
    Import(sheets::ImportArgs),
    /// Write what is published as a sheet or as files
    Export(sheets::ExportArgs),
    /// Decide between edited files and what the console has published
    Settle(sheets::SettleArgs),
    /// Print the JSON Schema of intent files, for editors
    Schema {
        /// Of which files
        #[arg(value_enum, default_value_t = SchemaOf::Topics)]
        of: SchemaOf,
    },
}

/// The files that have a schema.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum SchemaOf {
    /// <topic>.yaml
    Topics,
    /// _elsewhere.yaml
    Elsewhere,
}

pub(super) fn run(command: IntentsCommand) -> anyhow::Result<Ended> {
    match command {
        IntentsCommand::Check { dir, common, report } => check_files(dir, common, report.out()),
        IntentsCommand::Ask(args) => ask::run(args),
        IntentsCommand::Rank(args) => rank::run(&args),
        IntentsCommand::Eval { account, questions, common, report } => {
            evaluate(&account, questions.as_deref(), common, report.out())
        }
        IntentsCommand::Import(args) => in_runtime(sheets::import(args)),
        IntentsCommand::Export(args) => in_runtime(sheets::export(args)),
        IntentsCommand::Settle(args) => in_runtime(sheets::settle(args)),
        IntentsCommand::Schema { of } => {
            let schema = match of {
                SchemaOf::Topics => source::schema(),
                SchemaOf::Elsewhere => source::elsewhere_schema(),
            };
            output::line(&serde_json::to_string_pretty(&schema)?)?;
            Ok(Ended::Fine)
        }
    }
}

fn check_files(dir: Option<PathBuf>, common: Common, out: Out) -> anyhow::Result<Ended> {
    let folders = match dir {
        Some(dir) => vec![dir],
        None => {
            let config = common.load()?;
            config.accounts.iter().map(|a| config.settings.intents.dir.join(a.account.id.as_str())).collect()
        }
    };
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (mut problems, mut intents, mut files) = (Vec::new(), 0, 0);
    for folder in &folders {
        let (account, read) = read_folder(folder)?;
        files += read.iter().filter(|file| !file.is_unread()).count();
        let (content, mut found) = source::read(&read, today);
        found.extend(source::missing(&read));
        found.extend(source::left_from_sample(&account, &read));
        if let Some(content) = content {
            intents += content.intents.len();
            found.extend(questions_about_nothing(folder, &Snapshot::compile(content))?);
        }
        for mut problem in found {
            problem.file = folder.join(&problem.file).display().to_string();
            problems.push(problem);
        }
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    out.either(&json!({ "files": files, "intents": intents, "problems": problems }), || {
        let lines: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
        format!("{lines}{files} files, {intents} intents: {errors} errors, {warnings} warnings\n")
    })?;
    Ok(if errors == 0 { Ended::Fine } else { Ended::WithProblems })
}

/// The folder is an account's folder: its parent is the shelf.
fn read_folder(folder: &Path) -> anyhow::Result<(AccountId, Vec<source::SourceFile>)> {
    let folder = folder.canonicalize().with_context(|| {
        format!("{} cannot be opened; name an account's folder, for example intents/todoke", folder.display())
    })?;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let account: AccountId =
        name.parse().with_context(|| format!("{} is no account's folder", folder.display()))?;
    let files = FolderShelf::new(folder.parent().unwrap_or(&folder)).read(&account)?;
    Ok((account, files))
}

/// Questions of the regression set whose intents do not exist (any more).
fn questions_about_nothing(folder: &Path, snapshot: &Snapshot) -> anyhow::Result<Vec<Problem>> {
    let path = folder.join(QUESTIONS);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let questions: Vec<Question> = read_lines(&path)?;
    let mut problems = Vec::new();
    for (line, question) in (1..).zip(&questions) {
        for id in question.intent.iter().chain(&question.also).filter(|id| snapshot.intent(id).is_none()) {
            problems.push(Problem {
                file: QUESTIONS.into(),
                line,
                column: 1,
                severity: Severity::Warning,
                what: format!("there is no intent {:?}; write one that exists, or null", id.as_str()),
            });
        }
    }
    Ok(problems)
}

/// An account's regression set, beside its intents.
const QUESTIONS: &str = "questions.jsonl";

fn evaluate(id: &AccountId, questions: Option<&Path>, common: Common, out: Out) -> anyhow::Result<Ended> {
    let config = common.load()?;
    let account = account(&config, id)?;
    let snapshot = snapshot(&config, &account)?;
    let usual = config.settings.intents.dir.join(id.as_str()).join(QUESTIONS);
    let questions: Vec<Question> = read_lines(questions.unwrap_or(&usual))?;
    let (figures, misses) = check::run(&snapshot, &account.languages, today(&account), &questions);
    out.either(&json!({ "figures": figures, "misses": misses }), || {
        let percent = |share: f64| format!("{:5.1} %", share * 100.0);
        let list: String = misses
            .iter()
            .map(|miss| {
                let name = |id: &Option<crate::domain::id::IntentId>| {
                    id.as_ref().map_or("-".to_owned(), ToString::to_string)
                };
                format!(
                    "  {:6} {:.2}  expected {}, nearest {}: {}\n",
                    miss.decision,
                    miss.confidence,
                    name(&miss.expected),
                    name(&miss.first),
                    miss.text
                )
            })
            .collect();
        format!(
            "questions with an intent {}, without one {}\n\
             ranked first             {}\n\
             among the first three    {}\n\
             answered outright        {} ({} right, {} wrong)\n\
             asked back               {} ({} with the right one among the choices)\n\
             refused                  {}\n\
             wrong with confidence    {} of all questions\n\
             without an intent and not answered {}\n\
             did not go well:\n{list}",
            figures.answerable,
            figures.unanswerable,
            percent(figures.top_1),
            percent(figures.top_3),
            percent(figures.answered),
            percent(figures.answered_right),
            percent(figures.answered_wrong),
            percent(figures.asked),
            percent(figures.asked_right),
            percent(figures.refused),
            percent(figures.wrong_with_confidence),
            percent(figures.others_not_answered),
        )
    })?;
    Ok(Ended::Fine)
}

/// The account of this name, or a complaint that names those that exist.
pub(super) fn account(config: &Config, id: &AccountId) -> anyhow::Result<Account> {
    let found = config.accounts.iter().find(|configured| configured.account.id == *id);
    match found {
        Some(configured) => Ok(configured.account.clone()),
        None => {
            let known: Vec<&str> = config.accounts.iter().map(|a| a.account.id.as_str()).collect();
            bail!("there is no account {id}; write one of: {}", known.join(", "))
        }
    }
}

/// The account's intents, compiled; fails with the first problem when they cannot be used.
pub(super) fn snapshot(config: &Config, account: &Account) -> anyhow::Result<Snapshot> {
    let shelf = FolderShelf::new(&config.settings.intents.dir);
    let reading = curate::read(&shelf, &account.id, today(account))?;
    let first = reading.problems.into_iter().find(|problem| problem.severity == Severity::Error);
    match (reading.snapshot, first) {
        (Some(snapshot), _) => Ok(snapshot),
        (None, Some(problem)) => bail!("{problem} (`todoke intents check` lists every problem)"),
        (None, None) => bail!("the intents cannot be used; run `todoke intents check`"),
    }
}

/// Today where the account lives.
pub(super) fn today(account: &Account) -> jiff::civil::Date {
    SystemClock.now().to_zoned(account.time_zone.clone()).date()
}

/// A file with one JSON value a line; blank lines are skipped.
pub(super) fn read_lines<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}:{number}: no line of this file", path.display()))
        })
        .collect()
}
