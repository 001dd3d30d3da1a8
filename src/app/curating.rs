//! The desk at which content is kept: made here for the server and for commands, with the watch over the
//! files and the answers to commands about intents.

use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};

use crate::{
    config::Config,
    content::{Shelf, WatchGuard, files::FolderShelf},
    domain::{account::Account, id::AccountId, staff::Machine},
    health::Health,
    intent::{draft::Draft, edition::Edition},
    journeys::{
        Library,
        curate::{self, Desk, Take, import::ImportReport},
    },
    store::{SharedStore, sled::SledStore},
    system::SystemClock,
};

/// What commands may ask about an account's intents.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// A sheet to be read into drafts.
    Import {
        /// The rows, the heading first.
        rows: Vec<Vec<String>>,
        /// Whether only to tell what would happen.
        dry_run: bool,
    },
    /// Everything that is published, as typed.
    Export,
    /// A decision between files and console.
    Settle {
        /// Whether the files count; else the console does.
        files: bool,
    },
}

/// Makes the desk and puts what is published, and what the files say, into use.
pub(super) async fn desk(
    config: &Config,
    store: SharedStore,
    library: Arc<Library>,
    health: Arc<Health>,
) -> Arc<Desk> {
    let intents = &config.settings.intents;
    let shelf: Arc<dyn Shelf> = Arc::new(FolderShelf::new(&intents.dir));
    let desk = Arc::new(Desk::new(store, library, shelf, health, Arc::new(SystemClock), intents.write_back));
    adopt_all(&desk).await;
    desk
}

async fn adopt_all(desk: &Desk) {
    for account in desk.library.accounts() {
        curate::adopt(desk, account).await;
    }
}

/// Watches the intent files; without watching the server works all the same. The work to be run ends when
/// the server stops.
pub(super) fn watch_files(
    desk: &Arc<Desk>,
    mut stop: watch::Receiver<bool>,
) -> Option<(WatchGuard, impl Future<Output = ()> + Send + use<>)> {
    let changed = Arc::new(Notify::new());
    let tell = Arc::clone(&changed);
    let guard = desk
        .shelf
        .watch(Box::new(move || tell.notify_one()))
        .inspect_err(|error| tracing::warn!(%error, "edited intents will be seen at the next start only"))
        .ok()?;
    let desk = Arc::clone(desk);
    let work = async move {
        while !*stop.borrow() {
            let is_changed = tokio::select! {
                () = changed.notified() => true,
                _ = stop.changed() => false,
            };
            if is_changed {
                adopt_all(&desk).await;
            }
        }
    };
    Some((guard, work))
}

/// Opens the store of a server that does not run and makes a desk on it. The store has to be closed.
pub async fn desk_of_a_stopped_server(config: &Config) -> anyhow::Result<(Arc<Desk>, Arc<SledStore>)> {
    let store = Arc::new(super::open_to_look(config)?);
    let accounts: Vec<Account> = config.accounts.iter().map(|a| a.account.clone()).collect();
    let library = Arc::new(Library::new(accounts));
    let desk = desk(config, Arc::clone(&store) as SharedStore, library, Arc::new(Health::default())).await;
    Ok((desk, store))
}

/// Answers a command, as JSON with `error` where it cannot be done.
pub async fn answer(desk: &Desk, account: &str, question: Question) -> Value {
    match answered(desk, account, question).await {
        Ok(told) => told,
        Err(error) => json!({ "error": format!("{error:#}") }),
    }
}

async fn answered(desk: &Desk, account: &str, question: Question) -> anyhow::Result<Value> {
    let id: AccountId = account.parse()?;
    desk.library.account(&id).with_context(|| format!("there is no account {id}"))?;
    match question {
        Question::Import { rows, dry_run } => {
            let report: ImportReport =
                curate::import::import(desk, &Machine.actor(&id), rows, dry_run).await?;
            Ok(serde_json::to_value(&report)?)
        }
        Question::Export => {
            let published = desk.published(&id).unwrap_or_default();
            Ok(json!({ "revision": published.revision, "topics": exported(&published.edition) }))
        }
        Question::Settle { files } => {
            let take = if files { Take::Files } else { Take::Console };
            let published = curate::settle(desk, &Machine.actor(&id), take, String::new()).await?;
            Ok(json!({ "revision": published.revision }))
        }
    }
}

/// Each topic with its intents, in their order.
fn exported(edition: &Edition) -> Vec<Value> {
    let topics = edition.by_topic().into_iter();
    topics.map(|(topic, intents): (_, Vec<&Draft>)| json!({ "topic": topic, "intents": intents })).collect()
}
