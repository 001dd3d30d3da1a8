//! `/demo`: a page on which anybody plays residents, and sees what their messages set in motion.
//!
//! Only under `todoke demo`. It drives the simulator and reads the stored decision through the read
//! models; it never reaches into the server in another way.

mod api;
mod page;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    routing::{get, post},
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{
    catalogue::Catalogue,
    domain::id::AccountId,
    simulator::{Act, Simulator},
    store::view::Views,
};

/// Nothing but our own files; no inline script, no inline style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the page draws on.
#[derive(Clone)]
pub struct DemoState {
    simulator: Simulator,
    store: Arc<dyn Views>,
    account: AccountId,
    account_name: String,
    catalogue: Arc<Catalogue>,
}

impl DemoState {
    /// A demo of one account.
    pub fn new(
        simulator: Simulator,
        store: Arc<dyn Views>,
        account: AccountId,
        account_name: String,
        catalogue: Arc<Catalogue>,
    ) -> Self {
        Self { simulator, store, account, account_name, catalogue }
    }
}

/// The demo's addresses.
pub fn router(state: DemoState) -> Router {
    let set = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/demo", get(page::page))
        .route("/demo/assets/{name}", get(page::asset))
        .route("/demo/api/state", get(api::state))
        .route("/demo/api/people", post(api::add_person))
        .route("/demo/api/act", post(api::act))
        .route("/demo/api/updates", get(api::updates))
        .route("/demo/api/decision/{event}", get(api::decision))
        .with_state(state)
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::CACHE_CONTROL, "no-cache"))
}

/// Four residents who have just added the account.
pub fn people(simulator: &Simulator) {
    for (name, language) in [
        ("佐藤 はる（日本語）", "ja"),
        ("リン（やさしい日本語）", "ja"),
        ("Alex (English)", "en"),
        ("Nguyễn Mai (Tiếng Việt)", "vi"),
    ] {
        let friend = simulator.add_person(name, language);
        simulator.act(&friend, Act::Follow);
    }
}
