//! The rich menu that a resident sees below the chat, and its picture.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::DemoState;
use crate::{
    domain::{
        language::Language,
        menu::{Bounds, MenuAction, MenuArea, MenuSize},
        message::Action,
    },
    simulator::{FriendId, KeptMenu},
};

/// The menu, or nothing where the resident sees none.
pub(super) async fn menu(State(demo): State<DemoState>, Path(friend): Path<FriendId>) -> Json<Value> {
    Json(demo.simulator.menu_of(&friend).map_or(Value::Null, |(id, kept)| shape(&demo, &id, &kept)))
}

/// Its picture.
pub(super) async fn image(State(demo): State<DemoState>, Path(id): Path<String>) -> Response {
    match demo.simulator.menu(&id).and_then(|kept| kept.image) {
        Some(image) => {
            ([(header::CONTENT_TYPE, image.kind().content_type())], image.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn shape(demo: &DemoState, id: &str, kept: &KeptMenu) -> Value {
    let menu = &kept.menu;
    let language = demo.menu_languages.get(menu.name()).copied().unwrap_or(Language::Ja);
    let MenuSize { width, height } = menu.size();
    json!({
        "id": id,
        "chat_bar": menu.chat_bar(),
        "opens": menu.opens(),
        "lang": language.html(),
        "width": width,
        "height": height,
        "areas": menu.areas().iter().map(area).collect::<Vec<_>>(),
    })
}

fn area(area: &MenuArea) -> Value {
    let Bounds { x, y, width, height } = area.bounds;
    let (kind, value) = match &area.action {
        MenuAction::Tap(Action::Message { text, .. }) => ("message", text.as_str()),
        MenuAction::Tap(Action::Uri { uri, .. }) => ("uri", uri.as_str()),
        MenuAction::Tap(Action::Postback { data, .. } | Action::Pick { data, .. }) => {
            ("postback", data.as_str())
        }
        MenuAction::Switch { to, .. } => ("switch", to.as_str()),
    };
    let label = area.action.label();
    json!({ "x": x, "y": y, "width": width, "height": height, "label": label, "kind": kind, "value": value })
}
