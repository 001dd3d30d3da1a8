//! Whoever holds the store and answers commands: the server that runs on its folder or, when nobody serves, the command
//! itself.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context;
use tokio::{sync::watch, task::JoinHandle};

use super::{commands, context, credentials, curating, keyring, line_http, sled_config, sources, spawn};
use crate::{
    config::Config,
    control::{self, Request},
    domain::id::AccountId,
    health::Health,
    journeys::{Ctx, curate::Desk},
    line::{Credentials, LineFollowers, LineHttp, LineMenus},
    store::sled::SledStore,
};

/// What commands ask of LINE through whoever holds the store.
pub(super) struct LineSide {
    pub(super) followers: LineFollowers,
    pub(super) menus: LineMenus,
}

impl LineSide {
    pub(super) fn new(
        config: &Config,
        http: &LineHttp,
        credentials: &HashMap<AccountId, Arc<Credentials>>,
    ) -> Self {
        let line = &config.settings.line;
        Self {
            followers: LineFollowers::new(line, http, credentials),
            menus: LineMenus::new(line, http, credentials),
        }
    }
}

/// Whoever holds the store and answers commands: the server that runs on its folder or, when nobody serves, this
/// process, from the first question on.
pub struct Holder<'a> {
    config: &'a Config,
    own: Option<Own>,
}

/// The store of a server that does not run.
struct Own {
    ctx: Ctx,
    store: Arc<SledStore>,
    desk: Arc<Desk>,
    line: LineSide,
}

impl<'a> Holder<'a> {
    /// Nobody is asked yet.
    pub fn new(config: &'a Config) -> Self {
        Self { config, own: None }
    }

    /// Asks.
    pub async fn ask(&mut self, request: Request) -> anyhow::Result<serde_json::Value> {
        if self.own.is_none() {
            if let Some(answer) = control::ask(&self.config.settings.data_dir()?, &request).await? {
                return Ok(answer);
            }
            self.own = Some(Own::open(self.config).await?);
        }
        let own = self.own.as_ref().context("the store was opened")?;
        let answer = commands::answer(&own.ctx, &own.store, &own.desk, &own.line, request).await;
        match answer["error"].as_str() {
            Some(error) => anyhow::bail!("{error}"),
            None => Ok(answer),
        }
    }
}

impl Own {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let (sled, keyring) = (sled_config(config, Box::new(|_| ()))?, keyring(config)?);
        let store = Arc::new(SledStore::open(sled, &keyring, sources())?);
        let credentials = credentials(&config.accounts);
        let http = line_http(config)?;
        let ctx = context(config, &http, &store, &credentials, &Arc::default())?;
        let health = Arc::new(Health::default());
        let desk = curating::desk(config, Arc::clone(&ctx.store), Arc::clone(&ctx.library), health).await;
        Ok(Self { ctx, store, desk, line: LineSide::new(config, &http, &credentials) })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.store.close();
    }
}

/// Asks whoever holds the store one question.
pub async fn ask(config: &Config, request: Request) -> anyhow::Result<serde_json::Value> {
    Holder::new(config).ask(request).await
}

/// Takes commands through the control socket; without it the server works all the same.
pub(super) fn listen_to_commands(
    config: &Config,
    (ctx, line): (&Ctx, LineSide),
    store: &Arc<SledStore>,
    desk: &Arc<Desk>,
    stop: watch::Receiver<bool>,
) -> Option<JoinHandle<()>> {
    let listener = config
        .settings
        .data_dir()
        .map_err(anyhow::Error::from)
        .and_then(|data| Ok(control::listen(&data)?))
        .inspect_err(|error| tracing::warn!(%error, "commands cannot reach this server's store"))
        .ok()?;
    let (ctx, store, desk, line) = (ctx.clone(), Arc::clone(store), Arc::clone(desk), Arc::new(line));
    let answer = move |request| {
        let (ctx, store, desk, line) =
            (ctx.clone(), Arc::clone(&store), Arc::clone(&desk), Arc::clone(&line));
        async move { commands::answer(&ctx, &store, &desk, &line, request).await }
    };
    Some(spawn(control::serve(listener, answer, stop)))
}
