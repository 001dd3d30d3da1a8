//! LINE Login's part: ID tokens of whoever opens a page inside LINE, and the endpoint that says whose they are. And a
//! small double of LINE's script for pages, so that a browser can play it.

use axum::{
    Form, Router,
    body::Body,
    extract::{Query, State as Extract},
    http::{Response, header},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FriendId, Simulator, api::answer, ledger::Line};
use crate::domain::time::Timestamp;

/// An ID token lives for an hour (LINE Login documentation, "ID tokens").
const SECONDS: i64 = 3_600;
const ISSUER: &str = "https://access.line.me";
const ENDPOINT: &str = "/oauth2/v2.1/verify";

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route(ENDPOINT, post(verify))
        .route("/liff/sdk.js", get(script))
        .route("/liff/id_token", get(token))
}

/// A token that was given.
#[derive(Debug)]
pub(super) struct Given {
    text: String,
    claims: Value,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id_token: String,
    #[serde(default)]
    client_id: String,
}

#[derive(Deserialize)]
struct Opened {
    user: String,
    liff: String,
}

impl Simulator {
    /// An ID token of somebody who opens a page of a Login channel, as if `at` were now.
    pub fn id_token(&self, friend: &FriendId, channel: &str, at: Timestamp) -> String {
        let issued = at.as_second();
        let claims = json!({
            "iss": ISSUER, "sub": friend.0, "aud": channel, "iat": issued, "exp": issued + SECONDS,
            "amr": ["linesso"],
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let mut state = self.state();
        let signature = state.random.hex();
        let text =
            format!("{}.{}.{signature}", part(&json!({ "typ": "JWT", "alg": "HS256" })), part(&claims));
        state.id_tokens.push(Given { text: text.clone(), claims });
        text
    }
}

async fn verify(Extract(simulator): Extract<Simulator>, Form(asked): Form<Asked>) -> Response<Body> {
    let refused = |what: &str| json!({ "error": "invalid_request", "error_description": what });
    let (status, told) = {
        let state = simulator.state();
        let given = state.id_tokens.iter().find(|given| given.text == asked.id_token);
        match given.map(|given| &given.claims) {
            None => (400, refused("Invalid IdToken.")),
            Some(claims) if claims["aud"] != asked.client_id.as_str() => {
                (400, refused("Invalid IdToken Audience."))
            }
            Some(claims) if claims["exp"].as_i64() < Some(simulator.0.clock.now().as_second()) => {
                (400, refused("IdToken expired."))
            }
            Some(claims) => (200, claims.clone()),
        }
    };
    let line = Line::Call {
        endpoint: ENDPOINT.into(),
        event: None,
        retry_key: None,
        body_hash: String::new(),
        accepted: status == 200,
        status,
    };
    simulator.0.ledger.write(line).await;
    answer(status, &told, None)
}

/// What the double's script asks: a token of whoever is named in the page's address.
async fn token(Extract(simulator): Extract<Simulator>, Query(opened): Query<Opened>) -> Response<Body> {
    let channel = opened.liff.split('-').next().unwrap_or_default();
    let token = simulator.id_token(&FriendId(opened.user), channel, simulator.0.clock.now());
    let mut answer = answer(200, &json!({ "id_token": token }), None);
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    answer
}

async fn script() -> ([(header::HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("liff.js"))
}
