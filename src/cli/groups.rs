//! `todoke groups …`: lists of the people whom the city invites into its groups, in and out.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    Ended, Place,
    output::{self, Out},
};
use crate::{
    app::{
        self,
        groups::{Question, Sheet},
    },
    config::Config,
    control::Request,
    domain::id::AccountId,
    sheet,
};

#[derive(Subcommand)]
pub(super) enum GroupsCommand {
    /// List the groups, how many people are invited, and how many have come in
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Write the list of a group, or of all, with the codes that are still good
    #[command(
        after_help = "The file opens groups to whoever reads it: print the letters and delete it. A code that was \
                            used is not in it any more."
    )]
    Export {
        #[command(flatten)]
        place: Place,
        /// The group, for example ward-heads
        #[arg(long, value_name = "GROUP")]
        group: Option<String>,
        /// Where to write: CSV, or Excel for a name that ends with .xlsx
        file: PathBuf,
        /// The encoding of CSV
        #[arg(long, default_value = "utf-8")]
        encoding: Encoding,
    },
    /// Read a list: whoever is new on it gets a code; shows a plan, asks, and does it
    #[command(
        after_help = "The first row names the columns: group (unless --group says it) and name; what `export` wrote \
                            may be read as it is. The same file again changes nothing."
    )]
    Import(ImportArgs),
}

#[derive(Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    place: Place,
    /// The group of every row, for example ward-heads
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// The file is the whole list of its groups: whoever is not on it loses the code and leaves the group
    #[arg(long)]
    replace: bool,
    /// A list: CSV (UTF-8 or CP932) or Excel
    file: PathBuf,
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Encoding {
    /// With a byte order mark, by which Excel knows it.
    #[value(name = "utf-8")]
    Utf8,
    /// Shift JIS as Windows writes it, for older programs.
    Cp932,
}

pub(super) async fn run(command: GroupsCommand) -> anyhow::Result<Ended> {
    match command {
        GroupsCommand::List { place } => {
            let told = ask(&place.common.load()?, &place.account, &Question::List).await?;
            place.report.out().either(&told, || listed(&told))?;
            Ok(Ended::Fine)
        }
        GroupsCommand::Export { place, group, file, encoding } => {
            let told = ask(&place.common.load()?, &place.account, &Question::Export { group }).await?;
            let rows: sheet::Rows = serde_json::from_value(told["rows"].clone())?;
            let is_excel = file.extension().is_some_and(|name| name.eq_ignore_ascii_case("xlsx"));
            let format = match encoding {
                _ if is_excel => sheet::Format::Xlsx,
                Encoding::Utf8 => sheet::Format::Csv,
                Encoding::Cp932 => sheet::Format::CsvCp932,
            };
            output::file(&file, &sheet::write(&rows, format)?)?;
            let (people, shown) = (rows.len().saturating_sub(1), file.display().to_string());
            place.report.out().either(&json!({ "people": people, "file": shown }), || {
                format!("{people} people are in {shown}; it holds codes that are still good\n")
            })?;
            Ok(Ended::Fine)
        }
        GroupsCommand::Import(args) => import(args).await,
    }
}

async fn import(args: ImportArgs) -> anyhow::Result<Ended> {
    let (config, account, out) = (args.place.common.load()?, args.place.account, args.place.report.out());
    if out.is_json() && !args.yes && !args.dry_run {
        bail!("--json asks nobody: add --dry-run to see the plan, or --yes to carry it out");
    }
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file).with_context(|| format!("{shown} cannot be read"))?;
    let rows = sheet::read_numbered(&bytes).with_context(|| shown.to_string())?;
    let sheet = Sheet { rows, group: args.group, replaces: args.replace };
    let plan = ask(&config, &account, &Question::Plan(sheet.clone())).await?;
    if !list(&plan, "problems").is_empty() {
        out.either(&plan, || {
            let told = list(&plan, "problems").iter().filter_map(|one| one["text"].as_str());
            told.map(|one| format!("{shown}: {one}\n")).collect::<String>() + "Nothing was changed.\n"
        })?;
        return Ok(Ended::WithProblems);
    }
    let is_nothing = list(&plan, "added").is_empty() && list(&plan, "removed").is_empty();
    if args.dry_run || is_nothing {
        out.either(&plan, || planned(&account, &plan))?;
        return Ok(Ended::Fine);
    }
    if !out.is_json() {
        output::bytes(planned(&account, &plan).as_bytes())?;
    }
    if !args.yes && !output::agreed()? {
        output::hint("Nothing was changed.");
        return Ok(Ended::Fine);
    }
    carry_out(&config, &account, Question::Import { sheet, seen: plan }, out).await
}

async fn carry_out(
    config: &Config,
    account: &AccountId,
    question: Question,
    out: Out,
) -> anyhow::Result<Ended> {
    let told = ask(config, account, &question).await?;
    out.either(&told, || {
        format!(
            "{} people have a code now, {} were taken off; `todoke groups export` writes the codes for their \
             letters.\n",
            told["added"], told["removed"]
        )
    })?;
    Ok(Ended::Fine)
}

async fn ask(config: &Config, account: &AccountId, question: &Question) -> anyhow::Result<Value> {
    let question = serde_json::to_value(question)?;
    app::ask(config, Request::Groups { account: account.to_string(), question }).await
}

fn list<'a>(told: &'a Value, key: &str) -> &'a [Value] {
    told[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(one: &'a Value, key: &str) -> &'a str {
    one[key].as_str().unwrap_or_default()
}

fn listed(told: &Value) -> String {
    let line = |group: &Value| {
        let shared = if group["has_shared_code"] == true { ", and one code for everybody" } else { "" };
        format!(
            "{}={}\t{}\t{} invited, {} have come in{shared}\n",
            text(group, "attribute"),
            text(group, "group"),
            text(group, "label"),
            group["invited"],
            group["used"]
        )
    };
    match list(told, "groups") {
        [] => "The account has no groups; add an attribute of kind group to its file.\n".to_owned(),
        groups => groups.iter().map(line).collect(),
    }
}

fn planned(account: &AccountId, plan: &Value) -> String {
    let (added, removed) = (list(plan, "added"), list(plan, "removed"));
    if added.is_empty() && removed.is_empty() {
        return format!(
            "There is nothing to do: {} people are on the lists of {account} already.\n",
            plan["same"]
        );
    }
    let mut lines = format!("Plan for {account}:\n");
    for one in added {
        let (line, group, name) = (&one["line"], text(one, "group"), text(one, "name"));
        lines.push_str(&format!("+ {group}: {name} (line {line}) gets a code\n"));
    }
    for one in removed {
        let (group, name) = (text(one, "group"), text(one, "name"));
        let end = match one["joined"].as_str() {
            Some(since) => format!("came in on {since} and leaves the group"),
            None => "has not come in; the code opens nothing any more".to_owned(),
        };
        lines.push_str(&format!("- {group}: {name} {end}\n"));
    }
    format!("{lines}{} people stay as they are.\n", plan["same"])
}
