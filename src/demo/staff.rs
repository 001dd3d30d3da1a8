//! The block 「職員としてコンソールを見る」: a button a role, which lets anybody in as the demo's staff.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};

use super::DemoState;
use crate::{
    catalogue::ConsoleWords,
    domain::{
        language::Language,
        staff::{Origin, Role},
    },
    journeys::staff::play,
    web::console::session,
};

/// The roles by name, for the page's buttons.
pub(super) async fn roles() -> axum::Json<Value> {
    let named = |language: Language, role: &Role| {
        let words = ConsoleWords::new(language);
        let (name, note) = (format!("role-{}", role.code()), format!("role-{}-note", role.code()));
        json!({ "name": words.say(&name), "note": words.say(&note) })
    };
    let roles = Role::ALL.iter().map(
        |role| json!({ "code": role.code(), "ja": named(Language::Ja, role), "en": named(Language::En, role) }),
    );
    axum::Json(Value::Array(roles.collect()))
}

/// Signs in as the demo's person of a role.
pub(super) async fn enter(
    State(demo): State<DemoState>,
    Path(role): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(role) = role.parse::<Role>() else { return StatusCode::NOT_FOUND.into_response() };
    let words = ConsoleWords::new(Language::Ja);
    let name = format!("{}（デモ）", words.say(&format!("role-{}", role.code())));
    let Ok(name) = name.parse() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let origin = Origin { address: "127.0.0.1".into(), agent: agent.chars().take(120).collect() };
    match play::play(&demo.ctx, &demo.administrator, role, name, origin).await {
        Ok(begun) => {
            let to_console = Redirect::to(&format!("/console/{}", demo.account));
            ([(header::SET_COOKIE, session::give(&begun.token))], to_console).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the demo's staff could not sign in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
