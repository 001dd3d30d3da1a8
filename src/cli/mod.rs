//! The command line. Results go to stdout, logs to stderr; 0 is fine, 1 means problems were found and
//! printed, 2 means that the command was used wrongly.
//!
//! Each command is one file; together with `app` it is the only place that names adapters.

mod announcements;
mod ask;
mod audit;
mod demo;
mod figures;
mod followers;
mod groups;
mod health;
mod intents;
mod keys;
mod output;
mod rank;
mod richmenu;
mod segments;
mod serve;
mod sheets;
mod staff;
mod store;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::{
    config::{Config, Environment, Flags},
    domain::id::AccountId,
};
use output::Out;

/// The backend of a municipality's LINE official account.
#[derive(Parser)]
#[command(name = "todoke", version, about, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve webhooks and answer residents until SIGTERM or Ctrl-C
    #[command(
        after_help = "Without --config the embedded defaults apply, then variables TODOKE_SECTION__KEY. \
                            `todoke config check` shows what is in force."
    )]
    Serve(Common),
    /// Play residents of the sample city in the browser: server, a double of LINE, and a chat page
    Demo(demo::DemoArgs),
    /// Ask the server of this machine whether it takes webhooks; for containers
    Healthcheck {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check, try and measure what the bot says
    #[command(subcommand)]
    Intents(intents::IntentsCommand),
    /// Look after the rich menus below the chat
    #[command(subcommand)]
    Richmenu(richmenu::RichmenuCommand),
    /// Look after what is stored
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Count residents by what they said of themselves
    #[command(subcommand)]
    Segments(segments::SegmentsCommand),
    /// Show the daily figures: LINE's numbers and our own counts beside each other
    Figures(figures::FiguresArgs),
    /// Know everybody who follows the account, as LINE lists them
    #[command(subcommand)]
    Followers(followers::FollowersCommand),
    /// Look at announcements and stop them; writing and approving are done in the console
    #[command(subcommand)]
    Announcements(announcements::AnnouncementsCommand),
    /// Invite people into groups, each with a code of their own, by lists in and out
    #[command(subcommand)]
    Groups(groups::GroupsCommand),
    /// Invite the city's staff to the console
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Let other systems post announcements, each with a key of its own
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Check and take out the log of what staff did
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Check the configuration and print what is in force, secrets masked
    Check {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
}

/// Where the configuration comes from.
#[derive(Args, Clone, Default)]
struct Common {
    /// A configuration file; it overrides the embedded defaults key by key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder for everything that is kept; overrides store.url
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Common {
    fn load(self) -> anyhow::Result<Config> {
        let flags = Flags { config: self.config, data: self.data };
        Ok(Config::load(&flags, &Environment::of_this_process())?)
    }
}

/// How results are printed.
#[derive(Args, Clone, Copy)]
struct Report {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Report {
    fn out(self) -> Out {
        Out::new(self.json)
    }
}

/// Of which account, and how to answer.
#[derive(Args)]
struct Place {
    /// The account
    #[arg(long, value_name = "ACCOUNT")]
    account: AccountId,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    report: Report,
}

/// How a command ended, when nothing prevented it from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Fine,
    WithProblems,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(Ended::Fine) => ExitCode::SUCCESS,
        Ok(Ended::WithProblems) => ExitCode::from(1),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Serve(common) => in_runtime(serve::serve(common.load()?)),
        Command::Demo(args) => in_runtime(demo::demo(args)),
        Command::Healthcheck { common, report } => in_runtime(health::check(common.load()?, report.out())),
        Command::Config(ConfigCommand::Check { common, report }) => check_config(common, report.out()),
        Command::Intents(command) => intents::run(command),
        Command::Richmenu(command) => in_runtime(richmenu::run(command)),
        Command::Store(command) => in_runtime(store::run(command)),
        Command::Segments(command) => in_runtime(segments::run(command)),
        Command::Figures(args) => in_runtime(figures::run(args)),
        Command::Followers(command) => in_runtime(followers::run(command)),
        Command::Announcements(command) => in_runtime(announcements::run(command)),
        Command::Groups(command) => in_runtime(groups::run(command)),
        Command::Staff(command) => in_runtime(staff::run(command)),
        Command::Keys(command) => in_runtime(keys::run(command)),
        Command::Audit(command) => in_runtime(audit::run(command)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "todoke", &mut script);
            output::bytes(&script)?;
            Ok(Ended::Fine)
        }
    }
}

fn in_runtime(work: impl Future<Output = anyhow::Result<Ended>>) -> anyhow::Result<Ended> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

fn check_config(common: Common, out: Out) -> anyhow::Result<Ended> {
    match common.load().and_then(|config| {
        config.require_a_live_account()?;
        Ok(config)
    }) {
        Ok(config) => {
            out.either(&config.effective, || config.effective.to_string())?;
            Ok(Ended::Fine)
        }
        Err(error) => {
            out.either(&serde_json::json!({ "problem": format!("{error:#}") }), || format!("{error:#}\n"))?;
            Ok(Ended::WithProblems)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }
}
