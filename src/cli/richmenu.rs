//! `todoke richmenu …`: the menus below the chat, from files to LINE.

use std::collections::BTreeMap;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Common, Ended, Report,
    output::{self, Out},
};
use crate::{
    app::{
        self, Holder,
        menus::{Question, Wishes},
    },
    config::{Access, AccountConfig, Config, menus},
    control::Request,
    domain::{
        id::AccountId,
        menu::{MenuAlias, MenuId, WantedMenu},
        segment::FEWEST_SHOWN,
    },
    journeys::{
        arrange_menus::{self, Plan, Step, Stopped},
        link_menus::Wish,
    },
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
    let mut links =
        Links { holder: Holder::new(&config), account: &account, wanted: &wanted, told: Value::Null };
    if problems.is_empty() && (links.are_wanted() || is_store_there(&config)) {
        problems.extend(links.plan(&plan.present).await?);
    }
    if !problems.is_empty() {
        out.either(&json!({ "problems": problems }), || problems.join("\n") + "\n")?;
        return Ok(Ended::WithProblems);
    }
    if args.dry_run || (plan.steps.is_empty() && links.are_as_wanted()) {
        out.either(&report(&plan, &links.told, 0, None), || show(&account, &plan, &links.told))?;
        return Ok(Ended::Fine);
    }
    if !out.is_json() {
        output::bytes(show(&account, &plan, &links.told).as_bytes())?;
    }
    if !args.yes && !output::agreed()? {
        output::hint("Nothing was changed.");
        return Ok(Ended::Fine);
    }
    carry_out(&menus, &plan, links, out).await
}

/// Whether residents may have been given menus before.
fn is_store_there(config: &Config) -> bool {
    config.settings.data_dir().is_ok_and(|data| data.join("store").exists())
}

/// Menus for segments, given out by whoever holds the store.
struct Links<'a> {
    holder: Holder<'a>,
    account: &'a AccountId,
    wanted: &'a [WantedMenu],
    /// What is to be done.
    told: Value,
}

impl Links<'_> {
    fn are_wanted(&self) -> bool {
        self.wanted.iter().any(|menu| menu.segment.is_some())
    }

    fn are_as_wanted(&self) -> bool {
        links_of(&self.told).is_empty() && self.told["unlinks"].is_null()
    }

    async fn ask(&mut self, question: &Question) -> anyhow::Result<Value> {
        let question = serde_json::to_value(question)?;
        self.holder.ask(Request::Menus { account: self.account.to_string(), question }).await
    }

    fn wishes(&self, ids: &BTreeMap<MenuAlias, MenuId>) -> Wishes {
        let wish = |menu: &WantedMenu| {
            let (segment, id) = (menu.segment.clone()?, ids.get(&menu.alias).cloned());
            Some(Wish { menu: menu.alias.clone(), segment, id })
        };
        Wishes {
            wishes: self.wanted.iter().filter_map(wish).collect(),
            kept: ids.values().cloned().collect(),
        }
    }

    /// Asks who would get which menu; the problems, if there are any.
    async fn plan(&mut self, ids: &BTreeMap<MenuAlias, MenuId>) -> anyhow::Result<Vec<String>> {
        self.told = self.ask(&Question::Plan(self.wishes(ids))).await?;
        let problems = self.told["problems"].as_array().into_iter().flatten();
        Ok(problems.filter_map(|one| one.as_str().map(ToOwned::to_owned)).collect())
    }

    /// Notes in the audit what is about to be done.
    async fn begin(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let mut steps: BTreeMap<String, usize> = BTreeMap::new();
        for step in &plan.steps {
            *steps.entry(verb(step).to_owned()).or_default() += 1;
        }
        let given =
            [("link", links_of(&self.told).len()), ("unlink", usize::from(!self.told["unlinks"].is_null()))];
        steps.extend(
            given.into_iter().filter(|(_, count)| *count > 0).map(|(verb, count)| (verb.to_owned(), count)),
        );
        self.ask(&Question::Begin { steps: steps.into_iter().collect() }).await.map(drop)
    }

    /// Gives menus out; why LINE stopped it, if it did.
    async fn give(&mut self, ids: &BTreeMap<MenuAlias, MenuId>, out: Out) -> anyhow::Result<Option<String>> {
        let wishes = self.wishes(ids);
        loop {
            let told = self.ask(&Question::Link(wishes.clone())).await?;
            if let Some(stopped) = told["stopped"].as_str() {
                return Ok(Some(stopped.to_owned()));
            }
            if told["more"] != true {
                return Ok(None);
            }
            if !out.is_json() {
                output::hint("giving menus to residents goes on");
            }
        }
    }
}

fn links_of(told: &Value) -> &[Value] {
    told["links"].as_array().map(Vec::as_slice).unwrap_or_default()
}

async fn carry_out(
    menus: &dyn RichMenus,
    plan: &Plan,
    mut links: Links<'_>,
    out: Out,
) -> anyhow::Result<Ended> {
    links.begin(plan).await?;
    let (account, wanted) = (links.account, links.wanted);
    let (mut done, mut printed) = (0_usize, Ok(()));
    let mut tell = |told: String| {
        done += 1;
        if !out.is_json() && printed.is_ok() {
            // Whoever stopped reading does not stop what has begun.
            printed = output::line(&format!("done: {told}"));
        }
    };
    let mut ids = plan.present.clone();
    let (showing, deleting) = plan.halves();
    let told = |stopped: Stopped| (describe(&stopped.step), stopped.source.to_string(), Some(stopped.source));
    let mut ended =
        arrange_menus::carry_out(menus, account, wanted, &mut ids, showing, |step| tell(describe(step)))
            .await
            .map_err(told);
    if ended.is_ok() {
        // Also where nobody gets one: what is noted of menus that go is dropped.
        match links.give(&ids, out).await? {
            None => given(&links.told).into_iter().for_each(&mut tell),
            Some(why) => ended = Err(("give menus to residents".to_owned(), why, None)),
        }
    }
    if ended.is_ok() {
        let last =
            arrange_menus::carry_out(menus, account, wanted, &mut ids, deleting, |step| tell(describe(step)));
        ended = last.await.map_err(told);
    }
    printed?;
    let all = plan.steps.len() + given(&links.told).len();
    let stopped = ended.err();
    let why = stopped.as_ref().map(|(_, why, _)| why.as_str());
    out.either(&report(plan, &links.told, done, why), || match &stopped {
        None => "The rich menus are as the files want them.\n".into(),
        Some((step, why, source)) => format!(
            "stopped: {step}: {why}\n{done} of {all} steps are done and stay so; run the command again to go on.{}\n",
            match source {
                Some(SendError::RateLimited { .. }) => " LINE lets 100 menus be made, and 100 be deleted, an hour.",
                _ => "",
            },
        ),
    })?;
    Ok(if stopped.is_some() { Ended::WithProblems } else { Ended::Fine })
}

/// What to do where LINE gave no answer to look at.
fn unreached(config: &Config, account: &AccountId, error: SendError) -> anyhow::Error {
    let configured = config.accounts.iter().find(|configured| configured.account.id == *account);
    let variable = configured.map(AccountConfig::token_variable).unwrap_or_default();
    let is_issued = configured.is_some_and(|configured| configured.access() == Access::Issued);
    let remedy = match &error {
        SendError::NotConfigured => {
            format!("set {variable}, or channel_id in the account's file, and the channel's secret too")
        }
        SendError::Unauthorized if is_issued => {
            "see that channel_id in the account's file and the channel's secret are of one channel".to_owned()
        }
        SendError::Unauthorized => format!("issue another token and set {variable}"),
        _ => "nothing was changed; try again, and look at line.api_base".to_owned(),
    };
    anyhow::Error::new(error).context(remedy)
}

fn show(account: &AccountId, plan: &Plan, links: &Value) -> String {
    let others = match plan.foreign {
        0 => String::new(),
        foreign => format!("{foreign} menus that todoke has not made stay as they are.\n"),
    };
    let (showing, deleting) = plan.halves();
    let steps: Vec<String> =
        showing.iter().map(describe).chain(given(links)).chain(deleting.iter().map(describe)).collect();
    if steps.is_empty() {
        return format!(
            "There is nothing to do: the rich menus of {account} are as the files want them.\n{others}"
        );
    }
    let steps: String =
        steps.iter().zip(1..).map(|(step, number)| format!("{number:>3}. {step}\n")).collect();
    let replaced = if plan.replaces_foreign_default {
        "Residents see another menu now, which todoke has not made; it stays, but is not the default any more.\n"
    } else {
        ""
    };
    format!("Plan for {account}:\n{steps}{others}{replaced}")
}

/// What is done with residents' own menus, as steps.
fn given(links: &Value) -> Vec<String> {
    let some = |count: &Value| {
        let few = || format!("fewer than {FEWEST_SHOWN} (not shown)");
        count.as_u64().map_or_else(few, |count| count.to_string())
    };
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let link = |one: &Value| {
        let (menu, segment) = (text(one, "menu"), text(one, "segment"));
        format!("give {menu} to {} residents of the segment 「{segment}」", some(&one["residents"]))
    };
    let unlinks = Some(&links["unlinks"]).filter(|unlinks| !unlinks.is_null());
    let unlink =
        unlinks.map(|one| format!("let {} residents see the default again", some(&one["residents"])));
    links_of(links).iter().map(link).chain(unlink).collect()
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

/// What a step does, for programs.
fn verb(step: &Step) -> &'static str {
    match step {
        Step::Create(_) => "create",
        Step::Upload(_) => "upload",
        Step::CreateAlias(_) => "create-alias",
        Step::UpdateAlias(_) => "update-alias",
        Step::SetDefault(_) => "set-default",
        Step::ClearDefault => "clear-default",
        Step::DeleteAlias(_) => "delete-alias",
        Step::Delete { .. } => "delete",
    }
}

/// A step for programs.
fn in_json(step: &Step) -> Value {
    let (menu, id) = match step {
        Step::Create(alias)
        | Step::Upload(alias)
        | Step::CreateAlias(alias)
        | Step::UpdateAlias(alias)
        | Step::SetDefault(alias)
        | Step::DeleteAlias(alias) => (Some(alias), None),
        Step::ClearDefault => (None, None),
        Step::Delete { alias, id } => (Some(alias), Some(id.0.as_str())),
    };
    json!({ "do": verb(step), "menu": menu, "id": id })
}

fn report(plan: &Plan, links: &Value, done: usize, stopped: Option<&str>) -> Value {
    json!({
        "steps": plan.steps.iter().map(in_json).collect::<Vec<_>>(),
        "links": links_of(links),
        "unlinks": links["unlinks"],
        "done": done,
        "foreign": plan.foreign,
        "replaces_foreign_default": plan.replaces_foreign_default,
        "stopped": stopped,
    })
}
