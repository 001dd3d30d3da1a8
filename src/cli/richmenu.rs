//! `todoke richmenu …`: the menus below the chat, from files to LINE.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Common, Ended, Report,
    output::{self, Out},
};
use crate::{
    app,
    config::{Config, menus},
    domain::{id::AccountId, menu::WantedMenu},
    journeys::arrange_menus::{self, Plan, Step, Stopped},
    menus::RichMenus,
    messenger::SendError,
};

#[derive(Subcommand)]
pub(super) enum RichmenuCommand {
    /// Check the files of rich menus; LINE is not asked
    Check {
        /// The account
        #[arg(long, value_name = "ACCOUNT")]
        account: AccountId,
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
    /// Make the channel's rich menus those of the files: shows a plan, asks, and does it
    #[command(
        after_help = "Menus that todoke has not made stay as they are. Broken off at any place, the command \
                            goes on from there when it is run again; residents see the old menu until the new one \
                            is complete."
    )]
    Sync(SyncArgs),
}

#[derive(Args)]
pub(super) struct SyncArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

pub(super) async fn run(command: RichmenuCommand) -> anyhow::Result<Ended> {
    match command {
        RichmenuCommand::Check { account, common, report } => {
            let (config, out) = (common.load()?, report.out());
            let Some(wanted) = wanted(&config, &account, out)? else { return Ok(Ended::WithProblems) };
            let aliases: Vec<&str> = wanted.iter().map(|menu| menu.alias.as_str()).collect();
            out.either(&json!({ "menus": aliases, "problems": [] }), || {
                format!("{} menus without problems: {}\n", aliases.len(), aliases.join(", "))
            })?;
            Ok(Ended::Fine)
        }
        RichmenuCommand::Sync(args) => sync(args).await,
    }
}

/// The menus of the account's files; `None` when problems were printed.
fn wanted(config: &Config, account: &AccountId, out: Out) -> anyhow::Result<Option<Vec<WantedMenu>>> {
    if !config.accounts.iter().any(|configured| configured.account.id == *account) {
        let known: Vec<&str> = config.accounts.iter().map(|known| known.account.id.as_str()).collect();
        bail!("there is no account {account}; the accounts are {}", known.join(", "));
    }
    let (wanted, problems) = menus::load(&config.settings.menus.dir, account)?;
    if problems.is_empty() {
        return Ok(Some(wanted));
    }
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    out.either(&json!({ "problems": told }), || told.iter().map(|one| format!("{one}\n")).collect())?;
    Ok(None)
}

async fn sync(args: SyncArgs) -> anyhow::Result<Ended> {
    let (config, out, account) = (args.common.load()?, args.report.out(), args.account);
    if out.is_json() && !args.yes && !args.dry_run {
        bail!("--json asks nobody: add --dry-run to see the plan, or --yes to carry it out");
    }
    let Some(wanted) = wanted(&config, &account, out)? else { return Ok(Ended::WithProblems) };
    let menus = app::rich_menus(&config)?;
    let looked = arrange_menus::look(&menus, &account, &wanted)
        .await
        .map_err(|error| unreached(&config, &account, error))?;
    let refused = looked.refused.iter();
    let mut problems: Vec<String> =
        refused.map(|one| format!("LINE would refuse the menu {}: {}", one.alias, one.message)).collect();
    let plan = arrange_menus::plan(&wanted, &looked.found);
    let plan = plan.map_err(|error| problems.push(error.to_string())).unwrap_or_default();
    if !problems.is_empty() {
        out.either(&json!({ "problems": problems }), || problems.join("\n") + "\n")?;
        return Ok(Ended::WithProblems);
    }
    if args.dry_run || plan.steps.is_empty() {
        out.either(&report(&plan, 0, None), || show(&account, &plan))?;
        return Ok(Ended::Fine);
    }
    if !out.is_json() {
        output::bytes(show(&account, &plan).as_bytes())?;
    }
    if !args.yes && !output::agreed()? {
        output::hint("Nothing was changed.");
        return Ok(Ended::Fine);
    }
    carry_out(&menus, &account, &wanted, &plan, out).await
}

async fn carry_out(
    menus: &dyn RichMenus,
    account: &AccountId,
    wanted: &[WantedMenu],
    plan: &Plan,
    out: Out,
) -> anyhow::Result<Ended> {
    let (mut done, mut printed) = (0_usize, Ok(()));
    let tell = |step: &Step| {
        done += 1;
        if !out.is_json() && printed.is_ok() {
            // Whoever stopped reading does not stop what has begun.
            printed = output::line(&format!("done: {}", describe(step)));
        }
    };
    let ended = arrange_menus::carry_out(menus, account, wanted, plan, tell).await;
    printed?;
    let stopped = ended.as_ref().err();
    out.either(&report(plan, done, stopped), || match stopped {
        None => "The rich menus are as the files want them.\n".into(),
        Some(stopped) => format!(
            "stopped: {}: {}\n{done} of {} steps are done and stay so; run the command again to go on.{}\n",
            describe(&stopped.step),
            stopped.source,
            plan.steps.len(),
            match stopped.source {
                SendError::RateLimited { .. } => " LINE lets 100 menus be made, and 100 be deleted, an hour.",
                _ => "",
            },
        ),
    })?;
    Ok(if stopped.is_some() { Ended::WithProblems } else { Ended::Fine })
}

/// What to do where LINE gave no answer to look at.
fn unreached(config: &Config, account: &AccountId, error: SendError) -> anyhow::Error {
    let configured = config.accounts.iter().find(|configured| configured.account.id == *account);
    let variable = configured.map(crate::config::AccountConfig::token_variable).unwrap_or_default();
    let remedy = match &error {
        SendError::NotConfigured => format!("set {variable}, and the channel's secret too"),
        SendError::Unauthorized => format!("issue another token and set {variable}"),
        _ => "nothing was changed; try again, and look at line.api_base".to_owned(),
    };
    anyhow::Error::new(error).context(remedy)
}

fn show(account: &AccountId, plan: &Plan) -> String {
    let others = match plan.foreign {
        0 => String::new(),
        foreign => format!("{foreign} menus that todoke has not made stay as they are.\n"),
    };
    if plan.steps.is_empty() {
        return format!(
            "There is nothing to do: the rich menus of {account} are as the files want them.\n{others}"
        );
    }
    let steps = plan.steps.iter().enumerate();
    let steps: String =
        steps.map(|(index, step)| format!("{:>3}. {}\n", index + 1, describe(step))).collect();
    let replaced = if plan.replaces_foreign_default {
        "Residents see another menu now, which todoke has not made; it stays, but is not the default any more.\n"
    } else {
        ""
    };
    format!("Plan for {account}:\n{steps}{others}{replaced}")
}

fn describe(step: &Step) -> String {
    match step {
        Step::Create(alias) => format!("make the menu {alias}"),
        Step::Upload(alias) => format!("upload the picture of {alias}"),
        Step::CreateAlias(alias) => format!("make the alias {alias}"),
        Step::UpdateAlias(alias) => format!("let the alias {alias} lead to the new menu"),
        Step::SetDefault(alias) => format!("show {alias} to residents by default"),
        Step::ClearDefault => "show no menu by default".into(),
        Step::DeleteAlias(alias) => format!("delete the alias {alias}"),
        Step::Delete { alias, id } => format!("delete {alias} as it was ({})", id.0),
    }
}

/// A step for programs.
fn in_json(step: &Step) -> Value {
    let (verb, menu) = match step {
        Step::Create(alias) => ("create", Some(alias)),
        Step::Upload(alias) => ("upload", Some(alias)),
        Step::CreateAlias(alias) => ("create-alias", Some(alias)),
        Step::UpdateAlias(alias) => ("update-alias", Some(alias)),
        Step::SetDefault(alias) => ("set-default", Some(alias)),
        Step::ClearDefault => ("clear-default", None),
        Step::DeleteAlias(alias) => ("delete-alias", Some(alias)),
        Step::Delete { alias, .. } => ("delete", Some(alias)),
    };
    let id = if let Step::Delete { id, .. } = step { Some(id.0.as_str()) } else { None };
    json!({ "do": verb, "menu": menu, "id": id })
}

fn report(plan: &Plan, done: usize, stopped: Option<&Stopped>) -> Value {
    json!({
        "steps": plan.steps.iter().map(in_json).collect::<Vec<_>>(),
        "done": done,
        "foreign": plan.foreign,
        "replaces_foreign_default": plan.replaces_foreign_default,
        "stopped": stopped.map(|stopped| stopped.source.to_string()),
    })
}
