//! The Messaging API: exact paths, LINE's refusals in LINE's words, faults where they are wanted.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State as Extract},
    http::{HeaderMap, Response, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::{
    FriendId, Simulator,
    faults::Fault,
    ledger::Line,
    menus::Change,
    people::{Content, HappeningKind},
};
use crate::{domain::message::Messages, line::message::read_messages};

/// Answers until the double is shut down.
pub(super) async fn serve(listener: TcpListener, simulator: Simulator) {
    use axum::serve::ListenerExt;
    let mut stop = simulator.0.stop.subscribe();
    let router = Router::new()
        .route("/v2/bot/message/reply", post(reply))
        .route("/v2/bot/message/push", post(push))
        .route("/v2/bot/message/multicast", post(super::multicast::multicast))
        .route("/v2/bot/message/validate/multicast", post(validate))
        .route("/v2/bot/message/validate/reply", post(validate))
        .route("/v2/bot/message/validate/push", post(validate))
        .route("/v2/bot/profile/{user}", get(profile))
        .route("/v2/bot/chat/loading/start", post(loading))
        .route("/v2/bot/info", get(info))
        .route("/v2/bot/message/quota", get(|| async { answer(200, &json!({ "type": "none" }), None) }))
        .route(
            "/v2/bot/message/quota/consumption",
            get(|| async { answer(200, &json!({ "totalUsage": 0 }), None) }),
        )
        .route("/v2/bot/followers/ids", get(super::followers::list))
        .merge(super::menu_api::routes())
        .merge(super::liff::routes())
        .fallback(|| async { answer(404, &json!({ "message": "Not found" }), None) })
        .with_state(simulator);
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    // An end of serving is seen by whoever calls and gets no answer.
    let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
}

/// What a call comes to before faults: a status, an answer, and what happens if it is accepted.
pub(super) struct Verdict {
    pub(super) status: u16,
    pub(super) answer: Value,
    pub(super) event: Option<String>,
    pub(super) effect: Option<Effect>,
}

pub(super) enum Effect {
    /// Something is told and nothing changes.
    Look,
    Menus(Change),
    /// A page of followers is given, with the token of the next one and who comes before that.
    Followers(Option<(String, FriendId)>),
    Reply {
        token: String,
        messages: Messages,
        friend: Option<FriendId>,
    },
    Push {
        key: Option<String>,
        messages: Messages,
        friend: FriendId,
    },
    Multicast {
        key: Option<String>,
        unit: String,
        messages: Messages,
        to: Vec<FriendId>,
    },
}

impl Verdict {
    pub(super) fn refused(status: u16, message: &str) -> Self {
        Self { status, answer: json!({ "message": message }), event: None, effect: None }
    }
}

async fn reply(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let verdict = judge_reply(&simulator, &headers, &body);
    carry_out(&simulator, "/v2/bot/message/reply", &headers, &body, verdict).await
}

fn judge_reply(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Verdict {
    let (value, messages) = match common(simulator, headers, body) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    if headers.contains_key("x-line-retry-key") {
        return Verdict::refused(400, "The retry key is not supported on this endpoint");
    }
    let token = value["replyToken"].as_str().unwrap_or_default().to_owned();
    let state = simulator.state();
    let event = state.tokens.event(&token).map(ToOwned::to_owned);
    if state.tokens.check(&token, simulator.0.clock.now(), simulator.0.config.reply_token_life).is_err() {
        return Verdict { event, ..Verdict::refused(400, "Invalid reply token") };
    }
    let friend = state.people.friend_of(event.as_deref());
    let answer =
        json!({ "sentMessages": vec![json!({ "id": "1", "quoteToken": "q" }); messages.list().len()] });
    Verdict { status: 200, answer, event, effect: Some(Effect::Reply { token, messages, friend }) }
}

async fn push(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let verdict = judge_push(&simulator, &headers, &body);
    carry_out(&simulator, "/v2/bot/message/push", &headers, &body, verdict).await
}

fn judge_push(simulator: &Simulator, headers: &HeaderMap, body: &Bytes) -> Verdict {
    let (value, messages) = match common(simulator, headers, body) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let key = match retry_key(headers) {
        Ok(key) => key,
        Err(refused) => return *refused,
    };
    let state = simulator.state();
    if let Some(key) = &key
        && state.tokens.accepted_under(key, simulator.0.clock.now()).is_some()
    {
        return Verdict::refused(409, "The retry key is already accepted");
    }
    let friend = FriendId(value["to"].as_str().unwrap_or_default().to_owned());
    if state.people.get(&friend).is_none() {
        return Verdict::refused(
            400,
            "The property, 'to', in the request body is invalid (line: -, column: -)",
        );
    }
    let answer = json!({ "sentMessages": [{ "id": "1", "quoteToken": "q" }] });
    Verdict { status: 200, answer, event: None, effect: Some(Effect::Push { key, messages, friend }) }
}

async fn validate(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    match common(&simulator, &headers, &body) {
        Ok(_) => answer(200, &json!({}), None),
        Err(refused) => answer(refused.status, &refused.answer, None),
    }
}

/// The token and the messages: what every sending call checks first.
pub(super) fn common(
    simulator: &Simulator,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Value, Messages), Box<Verdict>> {
    authorized(simulator, headers)?;
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| Box::new(Verdict::refused(400, "The request body could not be parsed as JSON")))?;
    match read_messages(&value["messages"]) {
        Ok(messages) => Ok((value, messages)),
        Err(fault) => {
            let details = json!([{ "message": fault.message, "property": fault.property }]);
            let answer = json!({ "message": "The request body has 1 error(s)", "details": details });
            Err(Box::new(Verdict { status: 400, answer, event: None, effect: None }))
        }
    }
}

/// The retry key of a call that takes one.
pub(super) fn retry_key(headers: &HeaderMap) -> Result<Option<String>, Box<Verdict>> {
    let key = header(headers, "x-line-retry-key");
    if key.as_ref().is_some_and(|key| uuid::Uuid::parse_str(key).is_err()) {
        return Err(Box::new(Verdict::refused(400, "The retry key is invalid")));
    }
    Ok(key)
}

pub(super) fn authorized(simulator: &Simulator, headers: &HeaderMap) -> Result<(), Box<Verdict>> {
    let expected = format!("Bearer {}", simulator.0.config.channel_access_token);
    if header(headers, "authorization").as_deref() == Some(&expected) {
        return Ok(());
    }
    Err(Box::new(Verdict::refused(
        401,
        "Authentication failed. Confirm that the access token in the authorization header is valid.",
    )))
}

async fn profile(
    Extract(simulator): Extract<Simulator>,
    Path(user): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    if let Err(refused) = authorized(&simulator, &headers) {
        return answer(refused.status, &refused.answer, None);
    }
    let friend = simulator.state().people.get(&FriendId(user)).filter(|friend| friend.follows).cloned();
    match friend {
        Some(f) => {
            answer(200, &json!({ "displayName": f.name, "userId": f.id, "language": f.language }), None)
        }
        None => answer(404, &json!({ "message": "Not found" }), None),
    }
}

async fn loading(Extract(simulator): Extract<Simulator>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    if let Err(refused) = authorized(&simulator, &headers) {
        return answer(refused.status, &refused.answer, None);
    }
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    match value["loadingSeconds"].as_u64().unwrap_or(20) {
        seconds if (5..=60).contains(&seconds) && seconds % 5 == 0 => answer(202, &json!({}), None),
        _ => answer(
            400,
            &json!({ "message": "The property, 'loadingSeconds', in the request body is invalid" }),
            None,
        ),
    }
}

async fn info(Extract(simulator): Extract<Simulator>, headers: HeaderMap) -> Response<Body> {
    if let Err(refused) = authorized(&simulator, &headers) {
        return answer(refused.status, &refused.answer, None);
    }
    let config = &simulator.0.config;
    let body = json!({
        "userId": config.destination, "basicId": "@todoke", "displayName": config.bot_name, "chatMode": "bot",
        "markAsReadMode": "auto",
    });
    answer(200, &body, None)
}

/// Lets a fault happen, writes the ledger, does what was accepted, answers. In this order: what the
/// ledger says is durable before anybody is told.
pub(super) async fn carry_out(
    simulator: &Simulator,
    endpoint: &'static str,
    headers: &HeaderMap,
    body: &Bytes,
    verdict: Verdict,
) -> Response<Body> {
    let (fault, latency, request_id) = {
        let mut state = simulator.state();
        let faults = state.faults.clone();
        (faults.draw(&mut state.random), faults.latency, state.random.hex())
    };
    if !latency.is_zero() {
        pause(latency).await;
    }
    let (status, answered) = match fault {
        Some(Fault::ErrorBefore | Fault::ErrorAfter) => (500, json!({ "message": "Internal server error" })),
        Some(Fault::CutBefore | Fault::CutAfter) => (0, Value::Null),
        Some(Fault::RateLimited) => {
            (429, json!({ "message": "The API rate limit has been exceeded. Try again later." }))
        }
        None => (verdict.status, verdict.answer.clone()),
    };
    let before = matches!(fault, Some(Fault::ErrorBefore | Fault::CutBefore | Fault::RateLimited));
    let event = verdict.event.clone();
    let effect = if before { None } else { verdict.effect };
    let handed = match &effect {
        Some(Effect::Multicast { unit, to, .. }) => {
            Some(Line::Handed { unit: unit.clone(), to: to.iter().map(|friend| friend.0.clone()).collect() })
        }
        _ => None,
    };
    // Two calls with one token at the same time: the state decides which was first.
    let accepted = effect.is_some_and(|effect| take_effect(simulator, effect, event.as_deref(), &request_id));
    let status = if !accepted && fault.is_none() && is_success(verdict.status) { 400 } else { status };
    let answered = if status == 400 && is_success(verdict.status) {
        json!({ "message": "Invalid reply token" })
    } else {
        answered
    };
    if let Some(handed) = handed.filter(|_| accepted) {
        simulator.0.ledger.write(handed).await;
    }
    let line = Line::Call {
        endpoint: endpoint.to_owned(),
        event: event.clone(),
        retry_key: header(headers, "x-line-retry-key"),
        body_hash: hex(&Sha256::digest(body)),
        accepted,
        status,
    };
    simulator.0.ledger.write(line).await;
    if simulator.0.config.keep_chats {
        let body = serde_json::from_slice(body).unwrap_or_default();
        let call = HappeningKind::Call {
            endpoint: endpoint.to_owned(),
            event,
            body,
            status,
            answer: answered.clone(),
        };
        simulator.note(call);
    }
    if simulator.is_silent() {
        let mut stop = simulator.0.stop.subscribe();
        let _ = stop.wait_for(|stop| *stop).await;
        return cut();
    }
    match status {
        0 => cut(),
        status => answer(status, &answered, Some(&request_id)),
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Does what the call asks for; `false` when somebody else used the token or key meanwhile.
fn take_effect(simulator: &Simulator, effect: Effect, event: Option<&str>, request_id: &str) -> bool {
    let now = simulator.0.clock.now();
    let mut state = simulator.state();
    match effect {
        Effect::Look => {}
        Effect::Menus(change) => state.menus.apply(change),
        Effect::Followers(next) => state.followers.give(next, now),
        Effect::Reply { token, messages, friend } => {
            if state.tokens.check(&token, now, simulator.0.config.reply_token_life).is_err() {
                return false;
            }
            state.tokens.spend(&token);
            if let Some(friend) = friend {
                state.people.say(&friend, now, Content::Said(messages), event.map(ToOwned::to_owned));
            }
        }
        Effect::Push { key, messages, friend } => {
            if !state.tokens.is_first(key, now, request_id) {
                return false;
            }
            state.people.say(&friend, now, Content::Said(messages), None);
        }
        Effect::Multicast { key, messages, to, .. } => {
            if !state.tokens.is_first(key, now, request_id) {
                return false;
            }
            for friend in to {
                // Whoever has blocked the account is skipped silently.
                if state.people.get(&friend).is_some_and(|friend| friend.follows) {
                    state.people.say(&friend, now, Content::Said(messages.clone()), None);
                }
            }
        }
    }
    true
}

#[expect(clippy::disallowed_methods, reason = "a slow LINE is what is being played")]
async fn pause(duration: std::time::Duration) {
    tokio::time::sleep(duration).await;
}

/// An answer whose body breaks off: the caller cannot know what became of the call.
fn cut() -> Response<Body> {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
    Response::builder()
        // Should the head get out before the cut, it must not look like success.
        .status(StatusCode::INTERNAL_SERVER_ERROR)
        .header("content-length", "1000")
        .body(Body::from_stream(broken))
        .expect("a status and a length make a valid answer")
}

pub(super) fn answer(status: u16, body: &Value, request_id: Option<&str>) -> Response<Body> {
    let builder = Response::builder().status(status).header("content-type", "application/json");
    let builder =
        builder.header("x-line-request-id", request_id.unwrap_or("00000000-0000-0000-0000-000000000000"));
    builder.body(Body::from(body.to_string())).expect("a status and plain headers make a valid answer")
}

pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
