//! The composition root: configuration → adapters → context → router and runner; start and stop.
//!
//! The only place, beside `cli`, that names adapters.

pub mod announcements;
mod commands;
pub mod curating;
pub mod figures;
pub mod followers;
pub mod groups;
mod holder;
pub mod keys;
pub mod menus;
pub mod segments;

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{
    catalogue::Catalogue,
    config::{Access, AccountConfig, Config, Settings},
    content::WatchGuard,
    domain::{
        account::Account,
        id::{AccountId, Entropy},
    },
    health::{Finding, Health, Level},
    insight::Insight,
    jobs::{check_in, collect, deliver, periodic, runner::Runner, tell},
    journeys::{
        Ctx, Library, announce,
        check_in::{Channel, Identities},
        curate::Desk,
        deliver::Lane,
        pages::Pages,
        retain::{Retain, Retention},
        staff::Passwords,
        targets::Collector,
    },
    keyring::Keyring,
    line::{Credentials, LineHttp, LineIdTokens, LineInsight, LineMenus, LineMessenger},
    oidc::Oidc,
    sign_on::SingleSignOn,
    store::{
        Store,
        sled::{AccountSetup, Condition, SledConfig, SledStore, Sources},
    },
    system::{SystemClock, SystemEntropy, SystemIds},
    telemetry::Counts,
    web::{
        self, WebState,
        console::{self, ConsoleState},
    },
    webhook_client::WebhookClient,
    webhooks::Webhooks,
};
use holder::{LineSide, listen_to_commands};

pub use holder::{Holder, ask};

/// How often counts are tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// A server that is running.
pub struct App {
    /// Where it listens.
    pub address: SocketAddr,
    /// What journeys use; for the demo's read models.
    pub ctx: Ctx,
    /// What people use who keep the content; for the console.
    pub desk: Arc<Desk>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    store: Arc<SledStore>,
    drain: Duration,
    failed: mpsc::Receiver<()>,
    _watch: Option<WatchGuard>,
}

impl App {
    /// Starts everything. Without `counts`, which only one part of a process may have, `/metrics` is empty. `more` adds routes of its own (the demo's), made from the context.
    pub async fn start(
        config: &Config,
        counts: Option<Counts>,
        more: impl FnOnce(&Ctx) -> Router,
    ) -> anyhow::Result<Self> {
        let settings = &config.settings;
        let health = Arc::new(Health::default());
        report_accounts(&config.accounts, &health);
        let (fail, failed) = mpsc::channel(1);
        let store = Arc::new(open_store(config, &health, fail.clone())?);
        let capabilities = store.capabilities();
        tracing::info!(
            store = capabilities.name,
            several_instances = capabilities.several_instances,
            waiting = crate::store::Inbox::waiting(&*store),
            "the store is open"
        );
        let credentials = credentials(&config.accounts);
        let http = line_http(config)?;
        let ctx = context(config, &http, &store, &credentials, &health)?;
        let desk =
            curating::desk(config, Arc::clone(&ctx.store), Arc::clone(&ctx.library), Arc::clone(&health))
                .await;

        let (stop, stopping) = watch::channel(false);
        let drain = Duration::from_secs(settings.server.drain_seconds);
        let listener = TcpListener::bind(settings.server.listen).await.with_context(|| {
            format!("{} cannot be listened on; choose another with server.listen", settings.server.listen)
        })?;
        let address = listener.local_addr()?;
        let counts = counts.map(Arc::new);
        let rendered = counts.clone();
        let render = Box::new(move || rendered.as_ref().map(|counts| counts.render()).unwrap_or_default());
        let state =
            WebState::new(ctx.clone(), credentials.clone(), Arc::clone(&health), render, &settings.server);
        let mut router = web::router(state).merge(more(&ctx));
        let console = ConsoleState::new(
            ctx.clone(),
            Arc::clone(&desk),
            Arc::clone(&health),
            &settings.console,
            &settings.server,
        );
        let console = console::router(&console);
        let console_alone = match settings.console_listen()? {
            Some(address) => {
                let listener = TcpListener::bind(address).await.with_context(|| {
                    format!("{address} cannot be listened on; choose another with server.console_listen")
                })?;
                tracing::info!(address = %listener.local_addr()?, "the console is served on its own");
                Some(spawn(serve(listener, console, stopping.clone())))
            }
            None => {
                router = router.merge(console);
                None
            }
        };
        let retention = Retention {
            bodies: SignedDuration::from_hours(i64::from(settings.inbox.keep_text_hours)),
            events: days(settings.inbox.keep_id_days),
            unanswered: days(settings.unanswered.keep_days),
            enquiries: days(settings.enquiries.keep_days),
        };
        let runner = Runner::new(ctx.clone(), settings.runner.concurrency);
        // Before anybody can see that the server is there: a command must not try to open its store.
        let line = LineSide::new(config, &http, &credentials);
        let commands = listen_to_commands(config, (&ctx, line), &store, &desk, stopping.clone());
        let mut tasks = vec![
            spawn(serve(listener, router, stopping.clone())),
            spawn(run(runner, stopping.clone(), drain, Arc::clone(&health), fail)),
            spawn(periodic::run(Retain::new(ctx.clone(), Arc::clone(&health), retention), stopping.clone())),
        ];
        for account in credentials.keys() {
            for kind in announce::Lane::ALL {
                let queue = Lane::new(ctx.clone(), account.clone(), kind);
                tasks.push(spawn(deliver::run(ctx.clone(), queue, stopping.clone(), drain)));
            }
        }
        tasks.extend(collecting(config, (&http, &credentials), &ctx, &stopping));
        tasks.extend(counts.map(|counts| spawn(tidy(counts, stopping.clone()))));
        // Also where nobody is told: what was written is let go then.
        let client: Arc<dyn Webhooks> =
            Arc::new(WebhookClient::new().context("the client for webhooks cannot be made")?);
        for account in &config.accounts {
            let (id, hooks, client) =
                (account.account.id.clone(), account.webhooks.clone(), Arc::clone(&client));
            tasks.push(spawn(tell::run(ctx.clone(), id, hooks, client, stopping.clone())));
        }
        let checks = credentials
            .keys()
            .map(|account| spawn(check_in::run(ctx.clone(), account.clone(), stopping.clone())));
        tasks.extend(checks);
        tasks.extend(console_alone);
        let watched =
            settings.intents.watch.then(|| curating::watch_files(&desk, stopping.clone())).flatten();
        let watch_guard = watched.map(|(guard, work)| {
            tasks.push(spawn(work));
            guard
        });
        tasks.extend(commands);
        // Webhooks are accepted meanwhile; only the first answer waits for it.
        let library = Arc::clone(&ctx.library);
        tasks.push(tokio::task::spawn_blocking(move || library.warm()));
        tracing::info!(%address, "todoke is ready");
        Ok(Self { address, ctx, desk, stop, tasks, store, drain, failed, _watch: watch_guard })
    }

    /// Comes back when the store has failed and the process should end.
    pub async fn failed(&mut self) {
        if self.failed.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Stops: no new requests, no new claims, what has begun is finished, the store is closed.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            // A keep-alive connection may outlast the drain; it holds no work.
            if tokio::time::timeout(self.drain + Duration::from_secs(1), task).await.is_err() {
                tracing::warn!("a part did not stop in time");
            }
        }
        self.store.close();
        tracing::info!("todoke has stopped");
    }
}

#[expect(clippy::disallowed_methods, reason = "the parts of the server: started here, awaited in App::stop")]
fn spawn(part: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(part)
}

async fn tidy(counts: Arc<Counts>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let _ = tokio::time::timeout(TIDY_EVERY, stop.changed()).await;
        counts.tidy();
    }
}

/// Runs the runner; should it be unable to go on, webhooks are refused and the process is told to end.
async fn run(
    runner: Runner,
    stop: watch::Receiver<bool>,
    drain: Duration,
    health: Arc<Health>,
    fail: mpsc::Sender<()>,
) {
    if let Err(error) = runner.run(stop, drain).await {
        tracing::error!(%error, "events cannot be worked on any more; the process ends");
        health.report(
            "runner",
            Finding {
                level: Level::Refusing,
                reason: "stored events cannot be read（受け取った出来事を読めません）".into(),
                remedy: "run `todoke store verify`, then start todoke again（確認のうえ再起動してください）"
                    .into(),
            },
        );
        let _ = fail.try_send(());
    }
}

async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|connection| {
        // Answers are small: waiting for more to send would only delay them.
        let _ = connection.set_nodelay(true);
    });
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "serving ended");
    }
}

fn days(number: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(number))
}

/// Where residents' own pages are.
fn pages(config: &Config) -> anyhow::Result<Pages> {
    let url = config.settings.server.public_url.trim_end_matches('/');
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    Ok(Pages {
        url: (!url.is_empty()).then(|| url.to_owned()),
        liff_sdk: config.settings.line.liff_sdk.clone(),
        line_schemes: config.settings.line.schemes_base.trim_end_matches('/').to_owned(),
        links: Arc::new(keyring(config)?.links(entropy)),
        enquiries_kept: days(config.settings.enquiries.keep_days),
    })
}

/// The master key as configured, or the file in the data folder.
pub fn keyring(config: &Config) -> anyhow::Result<Keyring> {
    let configured = config.settings.security.master_key.expose_secret();
    if !configured.is_empty() {
        return Ok(Keyring::parse(configured, "security.master_key")?);
    }
    let data = config.settings.data_dir()?;
    let file = data.join("master.key");
    if data.join("store").exists() && !file.exists() {
        // A new key would open nothing of what is there.
        anyhow::bail!(
            "the master key {} is missing, and {} cannot be opened without it; put the file back, or give the key \
             as security.master_key",
            file.display(),
            data.join("store").display()
        );
    }
    Ok(Keyring::load_or_create(&file, &SystemEntropy)?)
}

/// Opens the embedded store with what it reports going to the health registry.
fn open_store(config: &Config, health: &Arc<Health>, fail: mpsc::Sender<()>) -> anyhow::Result<SledStore> {
    let health = Arc::clone(health);
    let on_condition = move |condition: Condition| match condition {
        Condition::DiskEnough => health.clear("store.disk"),
        Condition::DiskLow => health.report(
            "store.disk",
            Finding {
                level: Level::Refusing,
                reason: "the disk has less than 1 GiB and 5 % free（ディスクの空きが足りません）".into(),
                remedy: "free some space; todoke goes on by itself（空きを増やすと自動で再開します）".into(),
            },
        ),
        Condition::Failed(error) => {
            tracing::error!(%error, "the store cannot write any more; the process ends");
            health.report(
                "store",
                Finding {
                    level: Level::Refusing,
                    reason: "writing to the disk failed（ディスクへの書き込みに失敗しました）".into(),
                    remedy: "check the disk, then start todoke again; nothing acknowledged is lost\
                             （ディスクを確認し、再起動してください）"
                        .into(),
                },
            );
            let _ = fail.try_send(());
        }
    };
    Ok(SledStore::open(sled_config(config, Box::new(on_condition))?, &keyring(config)?, sources())?)
}

/// What journeys use, over this store.
fn context(
    config: &Config,
    http: &LineHttp,
    store: &Arc<SledStore>,
    credentials: &HashMap<AccountId, Arc<Credentials>>,
    health: &Arc<Health>,
) -> anyhow::Result<Ctx> {
    let messenger = LineMessenger::new(&config.settings.line, http, credentials);
    let accounts: Vec<Account> = config.accounts.iter().map(|a| a.account.clone()).collect();
    Ok(Ctx {
        store: Arc::clone(store) as Arc<dyn Store>,
        messenger: Arc::new(messenger),
        library: Arc::new(Library::new(accounts)),
        catalogue: Arc::new(Catalogue::embedded()?),
        identities: Arc::new(Identities::new(Arc::clone(health), channels(&config.accounts))),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        entropy: Arc::new(SystemEntropy),
        passwords: Arc::new(Passwords::new(Arc::new(SystemEntropy))),
        sign_on: sign_on(config)?,
        id_tokens: Arc::new(LineIdTokens::new(http)),
        announcing: Arc::new(announcing(&config.settings)),
        pages: Arc::new(pages(config)?),
    })
}

/// Collects the daily facts of each account that is on.
fn collecting(
    config: &Config,
    (http, credentials): (&LineHttp, &HashMap<AccountId, Arc<Credentials>>),
    ctx: &Ctx,
    stop: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let settings = config.settings.figures;
    if !settings.collect {
        return Vec::new();
    }
    let insight: Arc<dyn Insight> = Arc::new(LineInsight::new(&config.settings.line, http, credentials));
    let collector = |account: &AccountId| {
        Collector::new(ctx.clone(), Arc::clone(&insight), account.clone(), settings.calls_per_hour)
    };
    credentials.keys().map(|account| spawn(collect::run(collector(account), stop.clone()))).collect()
}

/// How announcements are held and paced.
fn announcing(settings: &Settings) -> announce::Settings {
    let of = &settings.announcements;
    let seconds = |seconds: u32| SignedDuration::from_secs(i64::from(seconds));
    announce::Settings {
        hold: seconds(of.hold_seconds),
        urgent_hold: seconds(of.urgent_hold_seconds),
        calls_per_second: of.calls_per_second.max(1),
        calls_at_once: of.calls_at_once.max(1),
        ramp: of.ramp,
        back_off: Duration::from_millis(of.back_off_ms.max(1)),
    }
}

/// The city's single sign-on; nobody is asked yet.
fn sign_on(config: &Config) -> anyhow::Result<Option<Arc<dyn SingleSignOn>>> {
    let Settings { oidc, console, server, .. } = &config.settings;
    if !oidc.is_on() {
        return Ok(None);
    }
    let back = format!("{}{}", console.address(server), console::SIGN_ON_BACK);
    Ok(Some(Arc::new(Oidc::new(oidc, back, Arc::new(SystemClock))?)))
}

/// The channels' rich menus; no store is needed for them.
pub fn rich_menus(config: &Config) -> anyhow::Result<LineMenus> {
    Ok(LineMenus::new(&config.settings.line, &line_http(config)?, &credentials(&config.accounts)))
}

/// The one client for LINE's hosts.
fn line_http(config: &Config) -> anyhow::Result<LineHttp> {
    LineHttp::new(&config.settings.line).context("the client for LINE cannot be made")
}

/// Opens the store of a server that does not run, for a command that only reads.
pub fn open_to_look(config: &Config) -> anyhow::Result<SledStore> {
    let data = config.settings.data_dir()?;
    anyhow::ensure!(
        data.join("store").exists(),
        "there is no store in {}; name its folder with --data",
        data.display()
    );
    Ok(SledStore::open(sled_config(config, Box::new(|_| ()))?, &keyring(config)?, sources())?)
}

/// How the embedded store is opened by this configuration.
pub fn sled_config(
    config: &Config,
    on_condition: Box<dyn Fn(Condition) + Send + Sync>,
) -> anyhow::Result<SledConfig> {
    Ok(SledConfig {
        folder: config.settings.data_dir()?,
        cache_bytes: config.settings.store.cache_bytes,
        max_waiting: config.settings.store.max_waiting,
        accounts: config
            .accounts
            .iter()
            .map(|a| {
                let zone = a.account.time_zone.clone();
                let attributes = Arc::clone(&a.account.attributes);
                (a.account.id.clone(), AccountSetup { zone, attributes })
            })
            .collect(),
        on_condition,
    })
}

/// The machine's clock, ids and randomness.
pub fn sources() -> Sources {
    Sources { clock: Arc::new(SystemClock), ids: Arc::new(SystemIds), entropy: Arc::new(SystemEntropy) }
}

/// The accounts that are on.
fn credentials(accounts: &[AccountConfig]) -> HashMap<AccountId, Arc<Credentials>> {
    let live = accounts.iter().filter_map(|account| {
        let secrets = account.secrets.clone();
        let credentials = Credentials::new(
            secrets.channel_secret?,
            secrets.previous_channel_secret,
            secrets.channel_access_token,
            account.channel_id.clone(),
        );
        Some((account.account.id.clone(), Arc::new(credentials)))
    });
    live.collect()
}

/// The channels of the accounts that are on.
fn channels(accounts: &[AccountConfig]) -> impl Iterator<Item = Channel> {
    accounts.iter().filter(|account| account.secrets.channel_secret.is_some()).map(|account| Channel {
        account: account.account.id.clone(),
        secret_variable: account.secret_variable(),
        token_variable: account.token_variable(),
        is_token_issued: account.access() == Access::Issued,
    })
}

fn report_accounts(accounts: &[AccountConfig], health: &Health) {
    for account in accounts {
        let (secret, token) = (account.secret_variable(), account.token_variable());
        let (reason, missing) = match (&account.secrets.channel_secret, account.access()) {
            (None, _) => ("the account has no channel secret and is off", secret),
            (_, Access::None) => (
                "the account has no channel access token and cannot answer",
                format!("{token}, or channel_id in the account's file,"),
            ),
            (_, Access::Issued | Access::Given) => continue,
        };
        let id = &account.account.id;
        tracing::warn!(account = %id, %missing, reason, "an account needs attention");
        let finding = Finding {
            level: Level::Degraded,
            reason: reason.into(),
            remedy: format!("set {missing} and start again"),
        };
        health.report(format!("account.{id}"), finding);
    }
}
