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
    FriendId, Simulator, State,
    faults::Fault,
    ledger::Line,
    menus::Change,
    people::{Content, HappeningKind},
    sending::{Sending, Stopped},
};
use crate::{
    domain::{message::Messages, time::Timestamp},
    line::message::read_messages,
};

/// LINE's words for too many calls.
pub(super) const RATE_LIMITED: &str = "The API rate limit has been exceeded. Try again later.";
const UNAUTHORIZED: &str =
    "Authentication failed. Confirm that the access token in the authorization header is valid.";

/// Answers until the double is shut down.
pub(super) async fn serve(listener: TcpListener, simulator: Simulator) {
    use axum::serve::ListenerExt;
    let mut stop = simulator.0.stop.subscribe();
    let router = Router::new()
        .route("/v2/bot/message/reply", post(reply))
        .route("/v2/bot/profile/{user}", get(profile))
        .route("/v2/bot/chat/loading/start", post(loading))
        .route("/v2/bot/info", get(info))
        .route("/v2/bot/followers/ids", get(super::followers::list))
        .merge(super::sending::routes())
        .merge(super::usage::routes())
        .merge(super::insight::routes())
        .merge(super::access::routes())
        .merge(super::menu_api::routes())
        .merge(super::liff::routes())
        .merge(super::schemes::routes())
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
    Send(Sending),
    /// A channel access token is issued.
    Issue {
        token: String,
        until: Timestamp,
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

/// The token and the messages: what every sending call checks first.
pub(super) fn common(
    simulator: &Simulator,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Value, Messages), Box<Verdict>> {
    authorized(simulator, headers)?;
    let value: Value = serde_json::from_slice(body)
        .map_err(|_| Box::new(Verdict::refused(400, "The request body could not be parsed as JSON")))?;
    let read = read_messages(&value["messages"]).map_err(|fault| (fault.message, fault.property));
    let refuses = simulator.state().faults.refuses_messages;
    match read {
        Ok(messages) if !refuses => Ok((value, messages)),
        other => {
            let invented = || ("May not be empty".to_owned(), "messages[0].text".to_owned());
            let (message, property) = other.err().unwrap_or_else(invented);
            let details = json!([{ "message": message, "property": property }]);
            let answer = json!({ "message": "The request body has 1 error(s)", "details": details });
            Err(Box::new(Verdict { status: 400, answer, event: None, effect: None }))
        }
    }
}

pub(super) fn authorized(simulator: &Simulator, headers: &HeaderMap) -> Result<(), Box<Verdict>> {
    if simulator.lets_in(headers) { Ok(()) } else { Err(Box::new(Verdict::refused(401, UNAUTHORIZED))) }
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

/// Lets a fault happen, does what was accepted, writes the ledger, answers. What the ledger says is durable before
/// anybody is told.
pub(super) async fn carry_out(
    simulator: &Simulator,
    endpoint: &'static str,
    headers: &HeaderMap,
    body: &Bytes,
    verdict: Verdict,
) -> Response<Body> {
    let (drawn, request_id) = {
        let State { faults, random, .. } = &mut *simulator.state();
        (faults.draw(endpoint, random), random.hex())
    };
    pause(drawn.before).await;
    if drawn.fault == Some(Fault::TokenExpired)
        && let Some(token) = super::access::bearer(headers)
    {
        simulator.state().access.expire(&token);
    }
    let call = Called {
        endpoint,
        retry_key: header(headers, "x-line-retry-key"),
        body: body.clone(),
        fault: drawn.fault,
        request_id: request_id.clone(),
    };
    // LINE goes on with what it took, also where the caller hangs up meanwhile.
    let said = super::spawn(call.end(simulator.clone(), verdict)).await;
    let said = said.expect("the double ends what it began, or the test ends");
    pause(drawn.after).await;
    if simulator.is_silent() {
        let mut stop = simulator.0.stop.subscribe();
        let _ = stop.wait_for(|stop| *stop).await;
        return cut();
    }
    if said.status == 0 {
        return cut();
    }
    let mut response = answer(said.status, &said.answer, Some(&request_id));
    if let Some(first) = said.accepted_before.and_then(|first| first.parse().ok()) {
        response.headers_mut().insert("x-line-accepted-request-id", first);
    }
    response
}

/// A call whose fate is decided.
struct Called {
    endpoint: &'static str,
    retry_key: Option<String>,
    body: Bytes,
    fault: Option<Fault>,
    request_id: String,
}

/// What the caller is told; status 0: nothing, the connection is cut.
struct Said {
    status: u16,
    answer: Value,
    /// The request that was accepted under the same retry key.
    accepted_before: Option<String>,
}

impl Called {
    async fn end(self, simulator: Simulator, verdict: Verdict) -> Said {
        let Verdict { status, answer, event, effect } = verdict;
        let mut said = Said { status, answer, accepted_before: None };
        let effect = effect.filter(|_| !self.fault.is_some_and(Fault::is_before));
        let mut accepted = false;
        if let Some(effect) = effect {
            let handed = effect.handed();
            // Two calls with one token or key at the same time: the state decides which was first.
            match take_effect(&simulator, effect, event.as_deref(), &self.request_id) {
                Ok(()) => {
                    accepted = true;
                    if let Some(handed) = handed {
                        simulator.0.ledger.write(handed).await;
                    }
                }
                Err(stopped) => said = stopped.said(),
            }
        }
        match self.fault {
            None => {}
            Some(Fault::ErrorBefore | Fault::ErrorAfter) => {
                said = Said::refused(500, "Internal server error");
            }
            Some(Fault::CutBefore | Fault::CutAfter) => said = Said::refused(0, ""),
            Some(Fault::RateLimited) => said = Said::refused(429, RATE_LIMITED),
            Some(Fault::TokenExpired) => said = Said::refused(401, UNAUTHORIZED),
        }
        let line = Line::Call {
            endpoint: self.endpoint.to_owned(),
            event: event.clone(),
            retry_key: self.retry_key,
            body_hash: hex(&Sha256::digest(&self.body)),
            accepted,
            status: said.status,
        };
        simulator.0.ledger.write(line).await;
        // What a server asks for by itself, day after day, belongs to nobody's chat.
        if simulator.0.config.keep_chats && self.endpoint != super::insight::ENDPOINT {
            let body = serde_json::from_slice(&self.body).unwrap_or_default();
            let (endpoint, status, answer) = (self.endpoint.to_owned(), said.status, said.answer.clone());
            simulator.note(HappeningKind::Call { endpoint, event, body, status, answer });
        }
        said
    }
}

impl Said {
    fn refused(status: u16, message: &str) -> Self {
        let answer = if status == 0 { Value::Null } else { json!({ "message": message }) };
        Self { status, answer, accepted_before: None }
    }
}

impl Effect {
    /// Whom it hands something to, for the ledger.
    fn handed(&self) -> Option<Line> {
        let Self::Send(Sending { unit, to, .. }) = self else { return None };
        Some(Line::Handed { unit: unit.clone(), to: to.iter().map(|friend| friend.0.clone()).collect() })
    }
}

/// Why a call that was judged well does not take effect after all.
enum Late {
    TokenSpent,
    Sending(Stopped),
}

impl Late {
    fn said(self) -> Said {
        match self {
            Self::TokenSpent => Said::refused(400, "Invalid reply token"),
            Self::Sending(Stopped::QuotaOut) => Said::refused(429, "You have reached your monthly limit."),
            Self::Sending(Stopped::Already(first)) => Said {
                accepted_before: Some(first),
                ..Said::refused(409, "The retry key is already accepted")
            },
        }
    }
}

/// Does what the call asks for.
fn take_effect(
    simulator: &Simulator,
    effect: Effect,
    event: Option<&str>,
    request_id: &str,
) -> Result<(), Late> {
    let now = simulator.0.clock.now();
    let mut state = simulator.state();
    match effect {
        Effect::Look => {}
        Effect::Menus(change) => state.menus.apply(change),
        Effect::Followers(next) => state.followers.give(next, now),
        Effect::Issue { token, until } => state.access.issue(token, until),
        Effect::Reply { token, messages, friend } => {
            if state.tokens.check(&token, now, simulator.0.config.reply_token_life).is_err() {
                return Err(Late::TokenSpent);
            }
            state.tokens.spend(&token);
            if let Some(friend) = friend {
                let event = event.map(ToOwned::to_owned);
                state.people.say(&friend, now, event, || Content::Said(messages));
            }
        }
        Effect::Send(sending) => state.send(sending, now, request_id).map_err(Late::Sending)?,
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a slow LINE is what is being played")]
async fn pause(duration: std::time::Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
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
