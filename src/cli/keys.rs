//! `todoke keys …`: keys with which other systems post announcements.

use anyhow::Context;
use clap::Subcommand;
use serde_json::Value;

use super::{Ended, Place};
use crate::{
    app::{self, keys::Question},
    control::Request,
};

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key and print it; it is shown now and never again
    #[command(
        after_help = "The person who answers for the key counts as the author of what it posts: somebody else has to \
                            approve it, and the key can do no more than they may. When they leave, it lets nobody in."
    )]
    Add {
        #[command(flatten)]
        place: Place,
        /// What staff call it, for example the other system's name
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// The login name of the person who answers for it
        #[arg(long, value_name = "LOGIN")]
        owner: String,
        /// announcements:draft, announcements:submit or announcements:read; may be given several times
        #[arg(long, value_name = "SCOPE", required = true)]
        scope: Vec<String>,
        /// The department whose announcements it writes, as the account's file writes it
        #[arg(long, value_name = "NAME")]
        department: Option<String>,
    },
    /// List the keys; their secrets are stored nowhere
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Take a key away; it lets nobody in from then on
    Remove {
        #[command(flatten)]
        place: Place,
        /// Its id, key_…
        id: String,
    },
}

pub(super) async fn run(command: KeysCommand) -> anyhow::Result<Ended> {
    match command {
        KeysCommand::Add { place, label, owner, scope, department } => {
            let out = place.report.out();
            let question = Question::Add { label, owner, scopes: scope, department };
            let added = ask(place, &question).await?;
            let key = added["key"].as_str().context("the answer holds no key")?;
            out.either(&added, || format!("{key}\n"))?;
        }
        KeysCommand::List { place } => {
            let out = place.report.out();
            let listed = ask(place, &Question::List).await?;
            out.either(&listed, || list(&listed))?;
        }
        KeysCommand::Remove { place, id } => {
            let out = place.report.out();
            let removed = ask(place, &Question::Remove { id }).await?;
            out.either(&removed, || "The key lets nobody in any more.\n".to_owned())?;
        }
    }
    Ok(Ended::Fine)
}

async fn ask(place: Place, question: &Question) -> anyhow::Result<Value> {
    let (account, question) = (place.account.to_string(), serde_json::to_value(question)?);
    app::ask(&place.common.load()?, Request::Keys { account, question }).await
}

fn list(listed: &Value) -> String {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| {
        let scopes = one["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        format!(
            "{}  {}  {}  {}  {}  {}\n",
            text(one, "id"),
            text(one, "label"),
            scopes.collect::<Vec<_>>().join(" "),
            text(one, "owner"),
            text(one, "department"),
            text(one, "made"),
        )
    };
    listed["keys"].as_array().into_iter().flatten().map(line).collect()
}
