//! A stateful double of LINE: signed webhooks out, the Messaging API in, and a ledger of everything.
//!
//! The demo, the tests and the benches use it. It plays LINE and does not know todoke: it names only
//! `line` (the protocol) and the domain. What it was asked and what it answered stands in the [`ledger`],
//! durable before the answer goes out, so that it can judge a server that was killed.

mod access;
mod api;
mod bucket;
pub mod faults;
mod followers;
pub mod insight;
pub mod ledger;
mod liff;
mod menu_api;
mod menus;
mod people;
mod random;
mod schemes;
mod sender;
mod sending;
mod tokens;
mod usage;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use faults::{Calls, Fault, Faults};
pub use menus::KeptMenu;
pub use people::{Act, ChatEntry, Content, Friend, FriendId, Happening, HappeningKind};
pub use sender::{Delivery, EventTicket};

use crate::domain::time::{Clock, Timestamp};
use access::Access;
use bucket::Buckets;
use followers::Followers;
use insight::Insight;
use ledger::Ledger;
use menus::Menus;
use people::People;
use random::Random;
use tokens::Tokens;
use usage::Usage;

/// How the double behaves.
pub struct SimulatorConfig {
    /// Where its Messaging API listens.
    pub listen: SocketAddr,
    /// Signs webhooks.
    pub channel_secret: String,
    /// Lets calls in.
    pub channel_access_token: String,
    /// With this id and the secret, other tokens are issued that let calls in.
    pub channel_id: String,
    /// How long such a token counts (LINE: 15 minutes).
    pub access_token_life: Duration,
    /// The bot's own user id.
    pub destination: String,
    /// The bot's name.
    pub bot_name: String,
    /// A file for the ledger; without one it is kept in memory.
    pub ledger: Option<PathBuf>,
    /// Where all chance comes from.
    pub seed: u64,
    /// How long a reply token lives after a delivery (LINE: one minute).
    pub reply_token_life: Duration,
    /// Multicasts a second that are taken; more are refused with 429 (LINE: 200).
    pub multicasts_per_second: u32,
    /// The month's quota: so many people may be sent to, beside replies. `None`: as many as one likes.
    pub monthly_limit: Option<u64>,
    /// Webhooks in flight at once.
    pub connections: usize,
    /// The pause before the first redelivery; it doubles up to a second.
    pub redeliver_after: Duration,
    /// Given up after so many deliveries of one body.
    pub deliveries: u32,
    /// Whether chats and happenings are kept for people to look at.
    pub keep_chats: bool,
}

impl SimulatorConfig {
    /// A double on a free loopback port, for one account.
    pub fn new(channel_secret: impl Into<String>, channel_access_token: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            channel_secret: channel_secret.into(),
            channel_access_token: channel_access_token.into(),
            channel_id: "1234567890".into(),
            access_token_life: Duration::from_mins(15),
            destination: format!("U{}", "0".repeat(32)),
            bot_name: "とどけ市".into(),
            ledger: None,
            seed: 1,
            reply_token_life: Duration::from_mins(1),
            multicasts_per_second: 200,
            monthly_limit: None,
            connections: 64,
            redeliver_after: Duration::from_millis(50),
            deliveries: 1_000,
            keep_chats: true,
        }
    }
}

/// The double. Cheap to clone.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

struct Inner {
    config: SimulatorConfig,
    clock: Arc<dyn Clock>,
    address: SocketAddr,
    webhook_url: Mutex<String>,
    http: reqwest::Client,
    ledger: Ledger,
    state: Mutex<State>,
    /// Counts up with every happening.
    happened: watch::Sender<u64>,
    /// Bodies that have not been answered 2xx yet.
    in_flight: watch::Sender<usize>,
    connections: tokio::sync::Semaphore,
    stop: watch::Sender<bool>,
    server: Mutex<Option<JoinHandle<()>>>,
}

struct State {
    people: People,
    menus: Menus,
    followers: Followers,
    insight: Insight,
    tokens: Tokens,
    id_tokens: Vec<liff::Given>,
    access: Access,
    usage: Usage,
    buckets: Buckets,
    random: Random,
    faults: Faults,
}

impl Simulator {
    /// Starts the Messaging API.
    pub async fn start(config: SimulatorConfig, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let ledger = Ledger::open(config.ledger.as_deref())?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(config.connections)
            .tcp_nodelay(true)
            .build()
            .map_err(std::io::Error::other)?;
        let state = State {
            people: People::new(config.keep_chats),
            menus: Menus::default(),
            followers: Followers::default(),
            insight: Insight::new(clock.now()),
            tokens: Tokens::default(),
            id_tokens: Vec::new(),
            access: Access::default(),
            usage: Usage::new(config.monthly_limit),
            buckets: Buckets::new(config.multicasts_per_second, clock.now()),
            random: Random::new(config.seed),
            faults: Faults::default(),
        };
        let simulator = Self(Arc::new(Inner {
            address,
            clock,
            webhook_url: Mutex::default(),
            http,
            ledger,
            state: Mutex::new(state),
            happened: watch::Sender::new(0),
            in_flight: watch::Sender::new(0),
            connections: tokio::sync::Semaphore::new(config.connections),
            stop: watch::Sender::new(false),
            server: Mutex::new(None),
            config,
        }));
        let server = spawn(api::serve(listener, simulator.clone()));
        *lock(&simulator.0.server) = Some(server);
        Ok(simulator)
    }

    /// The address for `line.api_base`.
    pub fn api_base(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The address for `line.liff_sdk`: a double of LINE's script.
    pub fn liff_sdk(&self) -> String {
        format!("{}/liff/sdk.js", self.api_base())
    }

    /// The address for `line.schemes_base`: doubles of LINE's own pages.
    pub fn schemes_base(&self) -> String {
        format!("{}/R", self.api_base())
    }

    /// Where webhooks go.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        *lock(&self.0.webhook_url) = url.into();
    }

    /// What goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// Somebody's LINE account is gone: LINE does not know the id any more.
    pub fn forget(&self, friend: &FriendId) {
        let now = self.0.clock.now();
        let mut state = self.state();
        state.people.remove(friend);
        state.insight.forget(friend, now);
    }

    /// How many changes of rich menus have taken effect.
    pub fn menu_changes(&self) -> u64 {
        self.state().menus.changes()
    }

    /// How many pages of followers were given.
    pub fn follower_pages(&self) -> u64 {
        self.state().followers.pages()
    }

    /// A day goes by for every token of a page of followers: it leads nowhere any more.
    pub fn expire_follower_tokens(&self) {
        self.state().followers.expire();
    }

    /// The rich menu that a resident sees, with LINE's id of it.
    pub fn menu_of(&self, friend: &FriendId) -> Option<(String, KeptMenu)> {
        self.state().menus.of(friend).map(|(id, kept)| (id.to_owned(), kept.clone()))
    }

    /// A rich menu by LINE's id.
    pub fn menu(&self, id: &str) -> Option<KeptMenu> {
        self.state().menus.get(id).cloned()
    }

    fn is_silent(&self) -> bool {
        let state = self.state();
        let is_reached = |most: Option<u64>, count| most.is_some_and(|most| count >= most);
        is_reached(state.faults.silent_after, state.menus.changes())
            || is_reached(state.faults.silent_after_pages, state.followers.pages())
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    /// Stops the Messaging API and gives up on webhooks that are still to be delivered.
    pub async fn shutdown(&self) {
        let _ = self.0.stop.send(true);
        let server = lock(&self.0.server).take();
        if let Some(server) = server {
            let _ = server.await;
        }
    }

    /// How many bodies have neither been answered 2xx nor given up.
    pub fn in_flight(&self) -> usize {
        *self.0.in_flight.borrow()
    }

    /// Comes back when every body has been answered 2xx or given up.
    pub async fn idle(&self) {
        let mut in_flight = self.0.in_flight.subscribe();
        // The sender lives as long as `self`.
        let _ = in_flight.wait_for(|count| *count == 0).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }

    /// Notes what people may look at, and wakes whoever waits for it.
    fn note(&self, kind: HappeningKind) {
        if !self.0.config.keep_chats {
            return;
        }
        let seq = self.state().people.note(self.0.clock.now(), kind);
        self.0.happened.send_replace(seq);
    }
}

impl State {
    /// Somebody adds the account, or blocks it.
    fn set_follows(&mut self, friend: &FriendId, follows: bool, now: Timestamp) {
        self.people.set_follows(friend, follows);
        if self.people.get(friend).is_some() {
            self.insight.note(friend, follows, now);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "the double's own server and deliveries; ended by shutdown")]
fn spawn<T: Send + 'static>(part: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(part)
}
