//! `/demo`: a page on which anybody plays residents, and sees what their messages set in motion.
//!
//! Only under `todoke demo`. It drives the simulator and reads the stored decision through the read
//! models. Into the console it lets anybody by a journey of its own (`staff`); otherwise it never reaches
//! into the server.

mod api;
pub mod crowd;
pub mod history;
mod menu;
mod page;
mod staff;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, header},
    routing::{get, post},
};
use tower_http::{csrf::CsrfLayer, set_header::SetResponseHeaderLayer};

use crate::{
    catalogue::Catalogue,
    domain::{
        id::AccountId,
        language::Language,
        staff::{Actor, rights::ManageStaff},
    },
    journeys::Ctx,
    simulator::{Act, Simulator},
    store::view::Views,
};

/// Nothing but our own files; no inline script, no inline style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the page draws on.
#[derive(Clone)]
pub struct DemoState {
    simulator: Simulator,
    store: Arc<dyn Views>,
    ctx: Ctx,
    /// Who lets the demo's staff in.
    administrator: Actor<ManageStaff>,
    account: AccountId,
    account_name: String,
    catalogue: Arc<Catalogue>,
    /// The language of each rich menu, by its name at LINE.
    menu_languages: Arc<HashMap<String, Language>>,
}

impl DemoState {
    /// A demo of the administrator's account.
    pub fn new(
        simulator: Simulator,
        ctx: Ctx,
        administrator: Actor<ManageStaff>,
        account_name: String,
        menu_languages: HashMap<String, Language>,
    ) -> Self {
        let (store, account) = (Arc::clone(&ctx.store) as Arc<dyn Views>, administrator.account().clone());
        let catalogue = Arc::clone(&ctx.catalogue);
        let menu_languages = Arc::new(menu_languages);
        Self { simulator, store, ctx, administrator, account, account_name, catalogue, menu_languages }
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
        .route("/demo/api/menu/{friend}", get(menu::menu))
        .route("/demo/menu/{id}", get(menu::image))
        .route("/demo/api/staff", get(staff::roles))
        .route("/demo/staff/{role}", post(staff::enter))
        .with_state(state)
        // Nobody else's page signs anybody in here.
        .layer(CsrfLayer::new())
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
