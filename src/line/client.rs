//! One HTTP call to the Messaging API: address, token, retry key, and what the status means.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Client, Method, RequestBuilder,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use super::{Credentials, LineConfig, refusal};
use crate::{
    messenger::{Receipt, SendError},
    system::Stopwatch,
};

/// LINE's id of a call, and of the call that an already accepted retry key belongs to.
const REQUEST_ID: &str = "x-line-request-id";
const ACCEPTED_REQUEST_ID: &str = "x-line-accepted-request-id";
const RETRY_KEY: &str = "x-line-retry-key";
/// Issues stateless channel access tokens ("Issue stateless channel access token").
const TOKEN: &str = "/oauth2/v3/token";

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
        credentials: &Credentials,
        body: Vec<u8>,
        retry_key: Option<Uuid>,
    ) -> Result<Answered, SendError> {
        let request = Request {
            body: Some(("application/json", body.into())),
            retry_key,
            ..Request::new(Method::POST, Place::api(endpoint, ""))
        };
        self.call(credentials, request).await
    }

    /// Posts a body of any kind.
    pub(super) async fn send(
        &self,
        place: Place<'_>,
        credentials: &Credentials,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Answered, SendError> {
        let body = Some((content_type, body.into()));
        self.call(credentials, Request { body, ..Request::new(Method::POST, place) }).await
    }

    /// Deletes what stands at a place.
    pub(super) async fn delete(
        &self,
        place: Place<'_>,
        credentials: &Credentials,
    ) -> Result<Answered, SendError> {
        self.call(credentials, Request::new(Method::DELETE, place)).await
    }

    /// Gets what stands at a place.
    pub(super) async fn look(
        &self,
        place: Place<'_>,
        credentials: &Credentials,
    ) -> Result<Answered, SendError> {
        self.call(credentials, Request::new(Method::GET, place)).await
    }

    /// Gets JSON from `endpoint`, followed by `tail` (an id, which stays out of logs).
    pub(super) async fn get(
        &self,
        endpoint: &'static str,
        tail: &str,
        credentials: &Credentials,
    ) -> Result<Answered, SendError> {
        self.look(Place::api(endpoint, tail), credentials).await
    }

    /// Calls; a token that LINE does not take any more is renewed once, where it can be. A call that was refused had no
    /// effect, so the same one may be made again.
    async fn call(&self, credentials: &Credentials, request: Request<'_>) -> Result<Answered, SendError> {
        let access = credentials.access();
        let token = access.token(self).await?;
        let mut result = self.once(&token, &request).await;
        if matches!(result, Err(SendError::Unauthorized))
            && let Some(token) = access.instead_of(&token, self).await?
        {
            result = self.once(&token, &request).await;
        }
        if matches!(result, Err(SendError::Unauthorized)) {
            tracing::error!(
                endpoint = request.place.endpoint,
                "LINE refuses the channel access token; what /readyz says tells what to set"
            );
        }
        result
    }

    async fn once(&self, token: &SecretString, request: &Request<'_>) -> Result<Answered, SendError> {
        let Request { method, place, body, retry_key } = request;
        let base = match place.host {
            Host::Api => &self.api_base,
            Host::Data => &self.data_api_base,
        };
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            // A token with line breaks is none.
            .map_err(|_| SendError::Unauthorized)?;
        bearer.set_sensitive(true);
        let url = format!("{base}{}{}", place.endpoint, place.tail);
        let mut call = self.client.request(method.clone(), url).header(AUTHORIZATION, bearer);
        if let Some((content_type, body)) = body {
            call = call.header(CONTENT_TYPE, HeaderValue::from_static(content_type)).body(body.clone());
        }
        if let Some(key) = retry_key {
            call = call.header(RETRY_KEY, key.to_string());
        }
        answer(method.as_str(), place.endpoint, call).await
    }

    /// A stateless channel access token. Whatever goes wrong here, no call was made with it: what is not a refusal is
    /// [`SendError::NotSent`].
    pub(super) async fn issue(&self, channel_id: &str, channel_secret: &str) -> Result<Issued, SendError> {
        #[derive(Deserialize)]
        struct Shape {
            access_token: SecretString,
            expires_in: u64,
        }
        let (id, secret) = (encoded(channel_id), encoded(channel_secret));
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let url = format!("{}{TOKEN}", self.api_base);
        let call = self.client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answered = answer("POST", TOKEN, call).await.map_err(|error| match error {
            SendError::Refused { .. } | SendError::Unauthorized | SendError::Forbidden { .. } => {
                SendError::Unauthorized
            }
            SendError::RateLimited { .. } | SendError::NotSent(_) => error,
            SendError::Unknown(source) => SendError::NotSent(source),
            _ => SendError::NotSent(None),
        })?;
        match serde_json::from_slice::<Shape>(&answered.body) {
            Ok(Shape { access_token, expires_in }) => {
                Ok(Issued { token: access_token, life: Duration::from_secs(expires_in) })
            }
            Err(_) => {
                tracing::warn!(endpoint = TOKEN, "LINE's answer cannot be read; look at line.api_base");
                Err(SendError::NotSent(None))
            }
        }
    }
}

/// One call of the API, but for who makes it.
struct Request<'a> {
    method: Method,
    place: Place<'a>,
    /// With its content type.
    body: Option<(&'static str, Bytes)>,
    retry_key: Option<Uuid>,
}

impl<'a> Request<'a> {
    fn new(method: Method, place: Place<'a>) -> Self {
        Self { method, place, body: None, retry_key: None }
    }
}

/// A stateless channel access token.
pub(super) struct Issued {
    pub(super) token: SecretString,
    /// How long it counts.
    pub(super) life: Duration,
}

/// A text as a part of a query or form, whatever signs it has.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// Makes a call, counts it, and reads what its answer means.
async fn answer(
    method: &str,
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
    metrics::histogram!("todoke_line_call_seconds", "endpoint" => endpoint).record(watch.elapsed_seconds());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_adds_nothing_to_a_query_or_form() {
        assert_eq!(encoded("yANU9IA-_.~"), "yANU9IA-_.~");
        assert_eq!(encoded("a&limit=1#+/= é"), "a%26limit%3D1%23%2B%2F%3D%20%C3%A9");
    }
}
