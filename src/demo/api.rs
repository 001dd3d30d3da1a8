//! What the page's script asks for, as JSON.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::DemoState;
use crate::{
    domain::{event::EventKey, language::Language, settlement::Trace},
    preview,
    simulator::{Act, ChatEntry, Content, FriendId},
};

/// How long a request for updates may wait for one. Proxies cut longer ones.
const WAIT: Duration = Duration::from_secs(20);
/// How many people may be added, and how long a name or a text may be.
const MOST_PEOPLE: usize = 50;
const LONGEST_NAME: usize = 40;
const LONGEST_TEXT: usize = 5_000;

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn refused(status: StatusCode, message: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "message": message })))
}

/// The account and everybody who plays.
pub(super) async fn state(State(demo): State<DemoState>) -> Json<Value> {
    Json(json!({ "account": demo.account_name, "people": demo.simulator.people() }))
}

#[derive(Deserialize)]
pub(super) struct NewPerson {
    name: String,
    language: String,
}

/// Somebody new, who adds the account at once.
pub(super) async fn add_person(State(demo): State<DemoState>, Json(new): Json<NewPerson>) -> Answer {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(refused(StatusCode::BAD_REQUEST, "a name has 1 to 40 characters"));
    }
    if demo.simulator.people().len() >= MOST_PEOPLE {
        return Err(refused(
            StatusCode::CONFLICT,
            "50 residents are enough for a demo; start it anew for more",
        ));
    }
    let friend = demo.simulator.add_person(name, new.language);
    demo.simulator.act(&friend, Act::Follow);
    Ok(Json(json!({ "id": friend })))
}

#[derive(Deserialize)]
pub(super) struct NewAct {
    friend: FriendId,
    act: Act,
}

/// Somebody does something.
pub(super) async fn act(State(demo): State<DemoState>, Json(new): Json<NewAct>) -> Answer {
    if !demo.simulator.people().iter().any(|friend| friend.id == new.friend) {
        return Err(refused(StatusCode::NOT_FOUND, "there is no such resident; reload the page"));
    }
    if matches!(&new.act, Act::Text { text } if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT)
    {
        return Err(refused(StatusCode::BAD_REQUEST, "a message has 1 to 5,000 characters"));
    }
    let ticket = demo.simulator.act(&new.friend, new.act);
    Ok(Json(json!({ "event": ticket.webhook_event_id })))
}

#[derive(Deserialize)]
pub(super) struct Since {
    friend: FriendId,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: bool,
}

/// What is new in a chat and on the wire; waits for something when asked to.
pub(super) async fn updates(State(demo): State<DemoState>, Query(since): Query<Since>) -> Json<Value> {
    if since.wait {
        demo.simulator.wait_for_happening(since.after, WAIT).await;
    }
    // Happenings first: what the chat shows beyond them comes again with the next call, and is known.
    let happenings = demo.simulator.happenings(since.after);
    let chat = demo.simulator.chat(&since.friend);
    let seq = happenings.last().map_or(since.after, |happening| happening.seq);
    let chat: Vec<Value> =
        chat.iter().filter(|entry| entry.seq > since.after && entry.seq <= seq).map(entry).collect();
    let menu = demo.simulator.menu_of(&since.friend).map(|(id, _)| id);
    Json(json!({
        "seq": seq, "chat": chat, "happenings": happenings, "people": demo.simulator.people(), "menu": menu,
    }))
}

fn entry(entry: &ChatEntry) -> Value {
    let (did, message_id, html) = match &entry.content {
        Content::Did(act, message_id) => (Some(act), Some(message_id), None),
        Content::Said(messages) => (None, None, Some(preview::html(messages))),
    };
    json!({
        "seq": entry.seq, "at": entry.at, "event": entry.event, "did": did, "message_id": message_id, "html": html,
    })
}

/// The reasons in the page's two languages, for it may be switched at any time.
fn reasons(demo: &DemoState, trace: &Trace) -> Value {
    let told = |language| -> Vec<String> {
        trace.why.iter().map(|reason| demo.catalogue.reason(language, reason)).collect()
    };
    json!({ "ja": told(Language::Ja), "en": told(Language::En) })
}

/// How the server decided on an event, once it has.
pub(super) async fn decision(State(demo): State<DemoState>, Path(event): Path<String>) -> impl IntoResponse {
    let key = EventKey::from_webhook_event_id(&event);
    match demo.store.event(&demo.account, key).await {
        Ok(Some(view)) => Ok(Json(json!({
            "kind": view.kind,
            "outcome": view.outcome,
            "elapsed_ms": view.settled.map(|at| at.duration_since(view.received).as_millis()),
            "why": view.trace.as_ref().map(|trace| reasons(&demo, trace)),
            "trace": view.trace,
        }))),
        Ok(None) => Err(refused(StatusCode::NOT_FOUND, "the server does not know this event (yet)")),
        Err(error) => {
            tracing::error!(%error, "the demo could not read an event");
            Err(refused(StatusCode::INTERNAL_SERVER_ERROR, "the event could not be read"))
        }
    }
}
