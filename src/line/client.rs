//! One HTTP call to the Messaging API: address, token, retry key, and what the status means.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Client, Method, RequestBuilder,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{LineConfig, refusal};
use crate::{
    messenger::{Receipt, SendError},
    system::Stopwatch,
};

/// LINE's id of a call, and of the call that an already accepted retry key belongs to.
const REQUEST_ID: &str = "x-line-request-id";
const ACCEPTED_REQUEST_ID: &str = "x-line-accepted-request-id";
const RETRY_KEY: &str = "x-line-retry-key";

/// An answer that LINE's side of success.
pub(super) struct Answered {
    pub(super) receipt: Receipt,
    pub(super) body: Bytes,
}

/// The HTTP side of every adapter here. Made once and cloned: making one reads the system's certificates, which holds
/// up a start, and clones share their connections.
#[derive(Debug, Clone)]
pub struct Http {
    pub(super) client: Client,
    /// Alerts have connections of their own: over HTTP/2 all other calls share one, with a bounded number of streams.
    urgent: Client,
    pub(super) api_base: String,
    data_api_base: String,
}

/// Which of LINE's two hosts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Host {
    /// The Messaging API.
    Api,
    /// Pictures and files.
    Data,
}

/// A call's address: the fixed part stands in logs, an id behind it and what follows do not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) host: Host,
    pub(super) endpoint: &'static str,
    pub(super) tail: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn api(endpoint: &'static str, tail: &'a str) -> Self {
        Self { host: Host::Api, endpoint, tail }
    }
}

impl Http {
    /// Fails when no TLS client can be made.
    pub fn new(config: &LineConfig) -> Result<Self, reqwest::Error> {
        let client = Self::client(config)?;
        let urgent = Self::client(config)?;
        Ok(Self {
            client,
            urgent,
            api_base: config.api_base.clone(),
            data_api_base: config.data_api_base.clone(),
        })
    }

    fn client(config: &LineConfig) -> Result<Client, reqwest::Error> {
        Client::builder()
            .connect_timeout(Duration::from_millis(config.connect_timeout_ms))
            .timeout(Duration::from_millis(config.request_timeout_ms))
            .user_agent(concat!("todoke/", env!("CARGO_PKG_VERSION")))
            .pool_max_idle_per_host(1_024)
            .tcp_nodelay(true)
            // LINE's API never redirects; following one would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .build()
    }

    /// The side that alerts use.
    pub(super) fn urgent(&self) -> Self {
        Self { client: self.urgent.clone(), ..self.clone() }
    }

    /// Posts JSON. `endpoint` is the exact path; LINE does not promise to take a trailing slash.
    pub(super) async fn post(
        &self,
        endpoint: &'static str,
        token: &SecretString,
        body: Vec<u8>,
        retry_key: Option<Uuid>,
    ) -> Result<Answered, SendError> {
        let mut request = self.request(Method::POST, Place::api(endpoint, ""), token)?.body(body);
        request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = retry_key {
            request = request.header(RETRY_KEY, key.to_string());
        }
        self.call("POST", endpoint, request).await
    }

    /// Posts a body of any kind.
    pub(super) async fn send(
        &self,
        place: Place<'_>,
        token: &SecretString,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Answered, SendError> {
        let request = self.request(Method::POST, place, token)?.body(body);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.call("POST", place.endpoint, request).await
    }

    /// Deletes what stands at a place.
    pub(super) async fn delete(&self, place: Place<'_>, token: &SecretString) -> Result<Answered, SendError> {
        self.call("DELETE", place.endpoint, self.request(Method::DELETE, place, token)?).await
    }

    /// Gets what stands at a place.
    pub(super) async fn look(&self, place: Place<'_>, token: &SecretString) -> Result<Answered, SendError> {
        self.call("GET", place.endpoint, self.request(Method::GET, place, token)?).await
    }

    /// Gets JSON from `endpoint`, followed by `tail` (an id, which stays out of logs).
    pub(super) async fn get(
        &self,
        endpoint: &'static str,
        tail: &str,
        token: &SecretString,
    ) -> Result<Answered, SendError> {
        self.look(Place::api(endpoint, tail), token).await
    }

    fn request(
        &self,
        method: Method,
        place: Place<'_>,
        token: &SecretString,
    ) -> Result<RequestBuilder, SendError> {
        let base = match place.host {
            Host::Api => &self.api_base,
            Host::Data => &self.data_api_base,
        };
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            // A token with line breaks is none.
            .map_err(|_| SendError::Unauthorized)?;
        bearer.set_sensitive(true);
        let url = format!("{base}{}{}", place.endpoint, place.tail);
        Ok(self.client.request(method, url).header(AUTHORIZATION, bearer))
    }

    async fn call(
        &self,
        method: &'static str,
        endpoint: &'static str,
        request: RequestBuilder,
    ) -> Result<Answered, SendError> {
        let watch = Stopwatch::start();
        let response = request.send().await.map_err(|error| {
            // Errors of reqwest carry the URL, and a URL may carry an id.
            let error = error.without_url();
            let unsent = error.is_connect() || error.is_builder();
            let status = if unsent { "unsent" } else { "unknown" };
            metrics::counter!("todoke_line_calls_total", "endpoint" => endpoint, "status" => status).increment(1);
            tracing::warn!(endpoint, %error, "LINE was not reached; look at the network and at line.api_base");
            let source = Some(error.into());
            if unsent { SendError::NotSent(source) } else { SendError::Unknown(source) }
        })?;
        let status = response.status().as_u16();
        let request_id = header(response.headers(), REQUEST_ID);
        let accepted_id = header(response.headers(), ACCEPTED_REQUEST_ID);
        let body = response.bytes().await;
        tracing::debug!(
            method,
            endpoint,
            status,
            request_id,
            elapsed_ms = watch.elapsed_seconds() * 1_000.0,
            "LINE answered"
        );
        metrics::counter!("todoke_line_calls_total", "endpoint" => endpoint, "status" => class(status))
            .increment(1);
        metrics::histogram!("todoke_line_call_seconds", "endpoint" => endpoint)
            .record(watch.elapsed_seconds());
        if status == 401 {
            tracing::error!(
                endpoint,
                "LINE refuses the channel access token; issue another, set it, and start again"
            );
        }
        match status {
            // The status is what counts: a cut body does not make an accepted call unknown.
            200..=299 => Ok(Answered { receipt: Receipt { request_id }, body: body.unwrap_or_default() }),
            // The retry key was accepted before: that is success, under the first call's id.
            409 => Ok(Answered {
                receipt: Receipt { request_id: accepted_id.or(request_id) },
                body: body.unwrap_or_default(),
            }),
            _ => Err(refusal::classify(status, &body.unwrap_or_default())),
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}

/// A label from a closed set.
pub(super) fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        401 => "401",
        409 => "409",
        429 => "429",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
