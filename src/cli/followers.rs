//! `todoke followers import`: page after page, with a pause where LINE asks for one.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Common, Ended, Report, output};
use crate::{app::Holder, control::Request, domain::id::AccountId};

/// The first pause; each further one in a row is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// After so many in a row somebody has to look.
const MOST_PAUSES: u32 = 8;

#[derive(Subcommand)]
pub(super) enum FollowersCommand {
    /// Know everybody whom LINE lists as following; only for verified and premium accounts
    #[command(
        after_help = "Broken off at any place, the command goes on from the last page when it is run again; after a \
                            day it begins again, since LINE's way to the next page is good for so long. Whoever blocks the \
                            account meanwhile stays away. Run it when todoke takes over an account, or when webhooks were lost."
    )]
    Import(ImportArgs),
}

#[derive(Args)]
pub(super) struct ImportArgs {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

pub(super) async fn run(command: FollowersCommand) -> anyhow::Result<Ended> {
    let FollowersCommand::Import(args) = command;
    let (config, out) = (args.common.load()?, args.report.out());
    let mut holder = Holder::new(&config);
    let (mut pauses, mut last) = (0, Value::Null);
    loop {
        let told = holder.ask(Request::FollowersStep { account: args.account.to_string() }).await?;
        if told["wait"] == true {
            let why = told["why"].as_str().unwrap_or_default().to_owned();
            if pauses >= MOST_PAUSES {
                out.either(&json!({ "stopped": why, "last": last }), || {
                    format!("stopped: {why}\nWhat was read stays; run the command again to go on.\n")
                })?;
                return Ok(Ended::WithProblems);
            }
            let pause = (FIRST_PAUSE * 2_u32.pow(pauses)).min(LONGEST_PAUSE);
            output::hint(&format!("{why}; going on in {} s", pause.as_secs()));
            wait(pause).await;
            pauses += 1;
            continue;
        }
        pauses = 0;
        if !told["finished"].is_null() {
            out.either(&told, || {
                format!(
                    "Everybody is known: {} followers on {} pages, {} of them new.\n",
                    told["seen"], told["pages"], told["new"]
                )
            })?;
            return Ok(Ended::Fine);
        }
        output::hint(&format!("page {}: {} followers, {} new", told["pages"], told["seen"], told["new"]));
        last = told;
    }
}

#[expect(clippy::disallowed_methods, reason = "LINE asks for a pause and gives no signal at its end")]
async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}
