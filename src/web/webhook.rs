//! `POST /line/{account}/webhook`: LINE's events in, 200 once they are durable.

use std::time::Duration;

use axum::{extract::State, http::StatusCode, response::IntoResponse, response::Response};
use tokio::time::timeout;

use super::{WebError, WebState, verified::VerifiedBody};
use crate::{
    journeys,
    line::event::{self, WebhookBody},
    store::{EventBody, NewEvent},
    system::Stopwatch,
};

/// LINE gives up after two seconds; what cannot be stored by then is better delivered again.
const STORE_WITHIN: Duration = Duration::from_millis(1_500);

/// Takes a webhook. See `docs/ARCHITECTURE.md`, "A resident's message becomes an answer".
pub(super) async fn take(State(state): State<WebState>, body: Result<VerifiedBody, WebError>) -> Response {
    let watch = Stopwatch::start();
    let result = match body {
        Ok(body) => store(&state, body).await,
        Err(error) => Err(error),
    };
    let response = result.map_or_else(IntoResponse::into_response, IntoResponse::into_response);
    metrics::counter!("todoke_webhooks_total", "status" => status_label(response.status())).increment(1);
    metrics::histogram!("todoke_webhook_seconds").record(watch.elapsed_seconds());
    response
}

async fn store(state: &WebState, body: VerifiedBody) -> Result<StatusCode, WebError> {
    let _in_work = state.0.webhooks_in_work.try_acquire().map_err(|_| WebError::Busy)?;
    let received = state.now();
    let webhook = event::split(&body.bytes).map_err(|e| WebError::NotAWebhook(e.to_string()))?;
    if let Some(destination) = webhook.destination() {
        state.0.ctx.identities.addressed(&body.account, &destination);
    }
    let events = read_events(&webhook, received);
    if events.is_empty() {
        return Ok(StatusCode::OK);
    }
    timeout(STORE_WITHIN, journeys::receive(&state.0.ctx, &body.account, received, events))
        .await
        .map_err(|_| WebError::Busy)??;
    Ok(StatusCode::OK)
}

/// Reads each event alone, so that one bad event never loses its neighbours.
fn read_events(webhook: &WebhookBody<'_>, received: crate::domain::time::Timestamp) -> Vec<NewEvent> {
    webhook
        .events
        .iter()
        .map(|raw| {
            let parsed = event::parse(raw, received);
            let body = match parsed.body {
                Ok(event) => EventBody::Read(event),
                Err(unreadable) => {
                    EventBody::Unreadable { raw: raw.get().to_owned(), reason: unreadable.reason }
                }
            };
            NewEvent { key: parsed.key, body }
        })
        .collect()
}

/// A label from a closed set.
fn status_label(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200 => "200",
        400 => "400",
        401 => "401",
        404 => "404",
        408 => "408",
        413 => "413",
        503 => "503",
        _ => "other",
    }
}
