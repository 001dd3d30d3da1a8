//! Who may call: the channel access token of the settings, and those that the double issues for a quarter of an hour.

use std::collections::HashMap;

use axum::{
    Form, Router,
    body::{Body, Bytes},
    extract::State as Extract,
    http::{HeaderMap, Response},
    routing::post,
};
use serde_json::json;

use super::{
    Simulator,
    api::{Effect, Verdict, carry_out, header},
};
use crate::domain::time::Timestamp;

/// Issues stateless channel access tokens.
pub(super) const ENDPOINT: &str = "/oauth2/v3/token";

pub(super) fn routes() -> Router<Simulator> {
    Router::new().route(ENDPOINT, post(issue))
}

/// The tokens that were issued, and until when they count.
#[derive(Debug, Default)]
pub(super) struct Access {
    issued: HashMap<String, Timestamp>,
}

impl Access {
    pub(super) fn issue(&mut self, token: String, until: Timestamp) {
        self.issued.insert(token, until);
    }

    fn lets_in(&self, token: &str, now: Timestamp) -> bool {
        self.issued.get(token).is_some_and(|until| now < *until)
    }

    /// One that was issued is dead; another one is not the double's to take back.
    pub(super) fn expire(&mut self, token: &str) {
        self.issued.remove(token);
    }
}

impl Simulator {
    /// The time of every token that was issued is over.
    pub fn expire_access_tokens(&self) {
        self.state().access.issued.clear();
    }

    pub(super) fn lets_in(&self, headers: &HeaderMap) -> bool {
        let Some(token) = bearer(headers) else { return false };
        token == self.0.config.channel_access_token || self.state().access.lets_in(&token, self.0.clock.now())
    }
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    header(headers, "authorization")?.strip_prefix("Bearer ").map(ToOwned::to_owned)
}

async fn issue(
    Extract(simulator): Extract<Simulator>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response<Body> {
    let verdict = judge(&simulator, &form);
    // The form holds the channel's secret: not even its hash is kept.
    carry_out(&simulator, ENDPOINT, &headers, &Bytes::new(), verdict).await
}

fn judge(simulator: &Simulator, form: &HashMap<String, String>) -> Verdict {
    let refused = |error: &str, what: &str| {
        let answer = json!({ "error": error, "error_description": what });
        Verdict { status: 400, answer, event: None, effect: None }
    };
    let is = |name: &str, wanted: &str| form.get(name).is_some_and(|value| value == wanted);
    if !is("grant_type", "client_credentials") {
        return refused("invalid_request", "Missing or invalid 'grant_type'");
    }
    // With id and secret, the fields of the other way must not be there.
    if form.contains_key("client_assertion") || form.contains_key("client_assertion_type") {
        return refused("invalid_request", "Either the assertion or the secret");
    }
    let config = &simulator.0.config;
    if !is("client_id", &config.channel_id) || !is("client_secret", &config.channel_secret) {
        return refused("invalid_client", "invalid client_id or client_secret");
    }
    let life = config.access_token_life;
    let token = simulator.state().random.hex();
    let until = simulator.0.clock.now().checked_add(life).unwrap_or(Timestamp::MAX);
    let answer = json!({ "token_type": "Bearer", "access_token": token, "expires_in": life.as_secs() });
    Verdict { status: 200, answer, event: None, effect: Some(Effect::Issue { token, until }) }
}
