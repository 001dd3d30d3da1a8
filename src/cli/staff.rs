//! `todoke staff …`: the first people of an account, and whoever is invited without the console.

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Common, Ended, Report};
use crate::{app, config::Config, control::Request};

#[derive(Subcommand)]
pub(super) enum StaffCommand {
    /// Add somebody and print a link that is good once, within seven days; hand it to the person
    Add(AddArgs),
    /// List the staff of an account
    List {
        /// The account's id
        #[arg(long, value_name = "ID")]
        account: String,
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
}

#[derive(Args)]
pub(super) struct AddArgs {
    /// The account's id
    #[arg(long, value_name = "ID")]
    account: String,
    /// The name typed at sign-in: 2 to 64 small letters, digits and . _ @ + -
    #[arg(long, value_name = "NAME")]
    login: String,
    /// The name that colleagues know
    #[arg(long, value_name = "NAME")]
    name: String,
    /// viewer, faq-editor, announcer, approver, desk, operator, outside-poster, auditor or administrator;
    /// may be given several times
    #[arg(long, value_name = "ROLE", required = true)]
    role: Vec<String>,
    /// The department, as the account's file writes it
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// The first day of access, like 2027-04-01
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day of access
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

pub(super) async fn run(command: StaffCommand) -> anyhow::Result<Ended> {
    match command {
        StaffCommand::Add(args) => add(args).await,
        StaffCommand::List { account, common, report } => {
            let listed = app::ask(&common.load()?, Request::StaffList { account }).await?;
            report.out().either(&listed, || list(&listed))?;
            Ok(Ended::Fine)
        }
    }
}

async fn add(args: AddArgs) -> anyhow::Result<Ended> {
    let config = args.common.load()?;
    let request = Request::StaffAdd {
        account: args.account,
        login: args.login,
        name: args.name,
        roles: args.role,
        department: args.department,
        from: args.from,
        until: args.until,
    };
    let mut added = app::ask(&config, request).await?;
    let path = added["path"].as_str().context("the answer names no link")?;
    let url = format!("{}{path}", base(&config)?);
    added["url"] = Value::from(url.clone());
    args.report.out().either(&added, || format!("{url}\n"))?;
    Ok(Ended::Fine)
}

/// Where the console is reached, as far as the configuration tells.
fn base(config: &Config) -> anyhow::Result<String> {
    let settings = &config.settings;
    let address = settings.console.address(&settings.server);
    if !address.is_empty() {
        return Ok(address.to_owned());
    }
    let own = settings.console_listen()?;
    Ok(format!("http://{}", own.unwrap_or(settings.server.listen)))
}

fn list(listed: &Value) -> String {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let roles = one["roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
        format!(
            "{}  {}  {}  {}  {} – {}\n",
            text(one, "login"),
            text(one, "name"),
            roles.collect::<Vec<_>>().join(" "),
            text(one, "department"),
            text(one, "from"),
            text(one, "until"),
        )
    };
    listed["staff"].as_array().into_iter().flatten().map(line).collect()
}
