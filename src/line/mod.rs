//! LINE's protocol: signatures, webhook events, messages as JSON, and the calls to the Messaging API.
//!
//! `web` uses [`signature`] and [`event`]; `app` makes the [`messenger`]; the simulator plays the other
//! side with [`message`] and [`menu`]. A protocol has no policy: nothing here decides what is said or when.

mod access;
mod client;
mod credentials;
pub mod event;
mod followers;
mod id_tokens;
mod insight;
pub mod menu;
mod menus;
pub mod message;
mod messenger;
mod numbers;
mod rate;
mod refusal;
pub mod signature;
mod unescape;

use serde::Deserialize;

pub use client::Http as LineHttp;
pub use credentials::Credentials;
pub use followers::LineFollowers;
pub use id_tokens::LineIdTokens;
pub use insight::LineInsight;
pub use menus::LineMenus;
pub use messenger::LineMessenger;

/// Section `line` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineConfig {
    /// The Messaging API, without a slash at the end.
    pub api_base: String,
    /// The host for pictures and files, without a slash at the end.
    pub data_api_base: String,
    /// LINE's script for pages inside LINE (LIFF).
    pub liff_sdk: String,
    /// Where LINE's own addresses begin that lead to adding an account or telling others of it.
    pub schemes_base: String,
    /// Milliseconds to wait for a connection.
    pub connect_timeout_ms: u64,
    /// Milliseconds to wait for an answer.
    pub request_timeout_ms: u64,
    /// The share of LINE's limits that this instance may use, above 0 and at most 1.
    pub rate_share: f64,
    /// Replies a second (LINE's limit: 2,000 per channel).
    pub reply_per_second: u32,
    /// Pushes and profile look-ups a second (LINE's limit: 2,000 per channel and endpoint).
    pub push_per_second: u32,
    /// Multicasts of up to 500 people a second (LINE's limit: 200 per channel).
    pub multicast_per_second: u32,
    /// Loading animations a second (LINE's limit: 100 per channel).
    pub loading_per_second: u32,
}
