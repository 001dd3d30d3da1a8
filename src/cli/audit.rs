//! `todoke audit …`: the log of what staff did, checked and taken out.

use anyhow::Context;
use clap::Subcommand;
use serde_json::json;

use super::{Common, Ended, Report, output};
use crate::{
    app,
    config::Config,
    control::Request,
    domain::audit::{self, Entry, Head},
};

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Follow the chain of hashes from the first entry to the last, and print the end to keep elsewhere
    Verify {
        /// An end that was kept elsewhere, SEQ:HASH: it must still be part of the chain
        #[arg(long, value_name = "SEQ:HASH")]
        known: Option<String>,
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        report: Report,
    },
    /// Print every entry, one JSON object a line
    Export {
        #[command(flatten)]
        common: Common,
    },
}

pub(super) async fn run(command: AuditCommand) -> anyhow::Result<Ended> {
    match command {
        AuditCommand::Verify { known, common, report } => verify(&common.load()?, known, report).await,
        AuditCommand::Export { common } => {
            each(&common.load()?, true, |entry| output::line(&serde_json::to_string(entry)?)).await?;
            Ok(Ended::Fine)
        }
    }
}

/// What a check of the chain has come to so far.
struct Check {
    head: Head,
    problem: Option<String>,
    is_known_there: bool,
}

async fn verify(config: &Config, known: Option<String>, report: Report) -> anyhow::Result<Ended> {
    let known = known.map(|text| text.split_once(':').map(|(seq, hash)| (seq.to_owned(), hash.to_owned())));
    let known = match known {
        Some(None) => anyhow::bail!("--known is written SEQ:HASH, as `todoke audit verify` prints it"),
        Some(known) => known,
        None => None,
    };
    let mut check = Check { head: Head::START, problem: None, is_known_there: known.is_none() };
    each(config, false, |entry| {
        if check.problem.is_none() {
            match audit::verify(check.head, [entry]) {
                Ok(head) => check.head = head,
                Err(broken) => check.problem = Some(broken.to_string()),
            }
        }
        let is_known =
            |(seq, hash): &(String, String)| *seq == entry.seq.to_string() && *hash == entry.hash.to_string();
        check.is_known_there |= known.as_ref().is_some_and(is_known);
        Ok(())
    })
    .await?;
    if !check.is_known_there {
        check.problem.get_or_insert("the end that was kept elsewhere is not part of the log".into());
    }
    let Head { seq, hash } = check.head;
    let value = json!({ "entries": seq, "end": format!("{seq}:{hash}"), "problem": check.problem });
    report.out().either(&value, || match &check.problem {
        None => format!("{seq} entries, unbroken; the end to keep elsewhere is {seq}:{hash}\n"),
        Some(problem) => format!("{problem}\n"),
    })?;
    Ok(if check.problem.is_none() { Ended::Fine } else { Ended::WithProblems })
}

/// Hands over every entry, oldest first, in portions.
async fn each(
    config: &Config,
    export: bool,
    mut take: impl FnMut(&Entry) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut from = 1;
    loop {
        let mut answer = app::ask(config, Request::AuditFrom { from, export }).await?;
        let entries: Vec<Entry> =
            serde_json::from_value(answer["entries"].take()).context("the entries cannot be read")?;
        let Some(last) = entries.last() else { return Ok(()) };
        from = last.seq + 1;
        entries.iter().try_for_each(&mut take)?;
    }
}
