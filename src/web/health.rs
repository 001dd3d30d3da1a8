//! `/livez`, `/readyz`, `/metrics`: what operators and their machines ask.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde_json::json;

use super::WebState;
use crate::health::{Health, Level};

/// The process answers at all.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// 503 only while a webhook would be refused; degraded parts are 200 and say what to do.
pub(super) async fn ready(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let level = health.level();
    let status = if level == Level::Refusing { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(json!({ "status": level, "findings": health.findings() })))
}

/// Prometheus's text format.
pub(super) async fn metrics(State(state): State<WebState>) -> impl IntoResponse {
    let shared = &state.0;
    metrics::gauge!("todoke_events_waiting").set(shared.ctx.store.waiting() as f64);
    let level = match shared.health.level() {
        Level::Ok => 0.0,
        Level::Degraded => 1.0,
        Level::Refusing => 2.0,
    };
    metrics::gauge!("todoke_health_level").set(level);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (shared.render_metrics)())
}
