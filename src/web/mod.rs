//! HTTP: LINE's webhooks, the operators' addresses and residents' own pages. Extract → one journey → respond.
//!
//! `app` makes the router and serves it. Nothing here writes through the store: the world changes only
//! through a journey.

mod api;
mod body;
pub mod console;
mod error;
mod health;
mod public;
mod qr;
mod verified;
mod webhook;

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

pub use error::{ApiError, ConsoleError, WebError};

pub use console::peer::Network;

use crate::{domain::id::AccountId, health::Health, journeys::Ctx, line::Credentials};

/// Section `server` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address under which the outside reaches us; empty when unknown.
    pub public_url: String,
    /// Largest webhook body, in bytes.
    pub webhook_max_bytes: usize,
    /// Webhooks in work at once.
    pub webhook_max_in_work: usize,
    /// A second address and port, for the console alone; empty: it is served beside everything else.
    pub console_listen: String,
    /// The proxies that are believed when they say who a client is.
    pub trusted_proxies: Vec<Network>,
    /// Seconds that a stop waits for work that has begun.
    pub drain_seconds: u64,
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct WebState(Arc<Shared>);

struct Shared {
    ctx: Ctx,
    accounts: HashMap<AccountId, Arc<Credentials>>,
    health: Arc<Health>,
    render_metrics: Box<dyn Fn() -> String + Send + Sync>,
    webhook_max_bytes: usize,
    webhooks_in_work: Semaphore,
    forms: public::Limiter,
    trusted_proxies: Vec<Network>,
}

impl WebState {
    /// `accounts` holds the live accounts only: one without a channel secret answers 404.
    pub fn new(
        ctx: Ctx,
        accounts: HashMap<AccountId, Arc<Credentials>>,
        health: Arc<Health>,
        render_metrics: Box<dyn Fn() -> String + Send + Sync>,
        config: &ServerConfig,
    ) -> Self {
        Self(Arc::new(Shared {
            ctx,
            accounts,
            health,
            render_metrics,
            webhook_max_bytes: config.webhook_max_bytes,
            webhooks_in_work: Semaphore::new(config.webhook_max_in_work),
            forms: public::Limiter::default(),
            trusted_proxies: config.trusted_proxies.clone(),
        }))
    }

    fn now(&self) -> crate::domain::time::Timestamp {
        self.0.ctx.clock.now()
    }
}

impl FromRef<WebState> for Ctx {
    fn from_ref(state: &WebState) -> Self {
        state.0.ctx.clone()
    }
}

impl FromRef<WebState> for Arc<Health> {
    fn from_ref(state: &WebState) -> Self {
        Arc::clone(&state.0.health)
    }
}

/// Every address of the server.
pub fn router(state: WebState) -> Router {
    Router::new()
        .route("/line/{account}/webhook", post(webhook::take))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(public::router())
        .merge(api::router())
        .fallback(|| async { WebError::NotFound })
        .method_not_allowed_fallback(|| async { WebError::MethodNotAllowed })
        .layer(CatchPanicLayer::custom(error::panicked))
        .with_state(state)
}
