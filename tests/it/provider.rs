//! A double of a provider of single sign-on, over HTTP: it keeps to the protocol, signs with a real key, and
//! lies where a test tells it to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use todoke::{domain::time::Clock, system::SystemClock};
use tokio::{net::TcpListener, task::JoinHandle};

pub const CLIENT: &str = "todoke-console";
pub const SECRET: &str = "canary-oidc-secret-9c41";

type Fields = HashMap<String, String>;

/// What a test changes about the next token's claims.
type Twist = Box<dyn Fn(&mut Value) + Send>;

struct Inner {
    base: String,
    back: String,
    key: EcdsaKeyPair,
    kid: String,
    /// Who is signed in at the provider.
    person: String,
    /// Codes that were given and not redeemed yet, with what was asked.
    codes: HashMap<String, Fields>,
    given: usize,
    /// When the person signed in.
    signed_in: i64,
    twist: Option<Twist>,
    /// Signs with another key than the one that is told.
    forge: bool,
    /// Said in place of every answer to a redeemed code.
    instead: Option<(StatusCode, Vec<u8>)>,
    /// How often the keys were asked for.
    keys_told: usize,
}

/// A provider on loopback, which ends with the test.
#[derive(Clone)]
pub struct Provider(Arc<Mutex<Inner>>, Arc<Serving>);

struct Serving(JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn now() -> i64 {
    SystemClock.now().as_second()
}

fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

impl Provider {
    /// Starts one that sends people back to this address and no other.
    pub async fn start(back: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Arc::new(Mutex::new(Inner {
            base: format!("http://{}", listener.local_addr().unwrap()),
            back: back.to_owned(),
            key: new_key(),
            kid: "first".into(),
            person: "sub-hanako-canary".into(),
            codes: HashMap::new(),
            given: 0,
            signed_in: now() - 3_600,
            twist: None,
            forge: false,
            instead: None,
            keys_told: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(redeem))
            .with_state(Arc::clone(&inner));
        #[expect(clippy::disallowed_methods, reason = "ended with the provider, by Serving")]
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self(inner, Arc::new(Serving(serving)))
    }

    pub fn issuer(&self) -> String {
        self.0.lock().unwrap().base.clone()
    }

    /// The configuration of a console that uses it.
    pub fn settings(&self, console: &str) -> String {
        format!(
            "[console]\npublic_url = '{console}'\n[oidc]\nissuer = '{}'\nclient_id = '{CLIENT}'\n\
             client_secret = '{SECRET}'\nlabel_ja = '市の共通ログイン'\nlabel_en = 'City sign-on'\ntimeout_ms = 2000\n",
            self.issuer()
        )
    }

    pub fn person(&self, subject: &str) {
        self.0.lock().unwrap().person = subject.into();
    }

    pub fn twist(&self, twist: impl Fn(&mut Value) + Send + 'static) {
        self.0.lock().unwrap().twist = Some(Box::new(twist));
    }

    pub fn forge(&self) {
        self.0.lock().unwrap().forge = true;
    }

    pub fn say_instead(&self, status: u16, body: Vec<u8>) {
        self.0.lock().unwrap().instead = Some((StatusCode::from_u16(status).unwrap(), body));
    }

    /// An honest one again.
    pub fn behave(&self) {
        let mut inner = self.0.lock().unwrap();
        (inner.twist, inner.forge, inner.instead) = (None, false, None);
    }

    /// Takes a new key, under a new name.
    pub fn rotate(&self) {
        let mut inner = self.0.lock().unwrap();
        (inner.key, inner.kid) = (new_key(), "second".into());
    }

    pub fn keys_told(&self) -> usize {
        self.0.lock().unwrap().keys_told
    }

    /// Goes down: whoever calls is refused.
    pub fn stop(&self) {
        self.1.0.abort();
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn describe(State(inner): Shared) -> Json<Value> {
    let base = inner.lock().unwrap().base.clone();
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // A careless provider offers what must never be taken.
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }))
}

async fn keys(State(inner): Shared) -> Json<Value> {
    let mut inner = inner.lock().unwrap();
    inner.keys_told += 1;
    let point = inner.key.public_key().as_ref();
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": inner.kid,
        "x": text(&point[1..33]), "y": text(&point[33..]),
    }] }))
}

/// The provider's page, where the person is signed in already or signs in anew.
async fn authorize(State(inner): Shared, Query(asked): Query<Fields>) -> Response {
    let mut inner = inner.lock().unwrap();
    let of = |name: &str| asked.get(name).map_or("", String::as_str);
    let is_right = of("client_id") == CLIENT
        && of("redirect_uri") == inner.back
        && of("response_type") == "code"
        && of("scope").split(' ').any(|one| one == "openid")
        && of("code_challenge_method") == "S256"
        && of("nonce").len() >= 32;
    if !is_right {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    if of("prompt") == "login" && of("max_age") == "0" {
        inner.signed_in = now();
    }
    inner.given += 1;
    let (code, back) = (format!("code-{}-canary", inner.given), inner.back.clone());
    let way = format!("{back}?code={code}&state={}&session_state=more", of("state"));
    inner.codes.insert(code, asked);
    Redirect::to(&way).into_response()
}

async fn redeem(State(inner): Shared, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    let mut inner = inner.lock().unwrap();
    if let Some((status, body)) = inner.instead.clone() {
        return (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let of = |name: &str| form.get(name).map_or("", String::as_str);
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    if headers.get("authorization").is_none_or(|sent| sent != basic.as_str()) {
        return refuse("invalid_client");
    }
    let Some(asked) = inner.codes.remove(of("code")) else { return refuse("invalid_grant") };
    let challenge = text(digest(&SHA256, of("code_verifier").as_bytes()).as_ref());
    if of("redirect_uri") != inner.back || challenge != asked["code_challenge"] {
        return refuse("invalid_grant");
    }
    let mut claims = json!({
        "iss": inner.base, "aud": CLIENT, "sub": inner.person, "nonce": asked["nonce"],
        "iat": now(), "exp": now() + 300, "auth_time": inner.signed_in,
    });
    if let Some(twist) = &inner.twist {
        twist(&mut claims);
    }
    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": inner.kid }).to_string();
    let signed = format!("{}.{}", text(head.as_bytes()), text(claims.to_string().as_bytes()));
    let other = new_key();
    let key = if inner.forge { &other } else { &inner.key };
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let token = format!("{signed}.{}", text(signature.as_ref()));
    let answer = json!({
        "access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": token,
    });
    Json(answer).into_response()
}
