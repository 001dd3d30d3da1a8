//! The adapter of the port [`Webhooks`]: signed posts as Standard Webhooks 1.0 writes them.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::json;
use sha2::Sha256;

use crate::{
    domain::telling::{Told, Webhook},
    webhooks::{NotTaken, Webhooks},
};

/// How long the other system may take (Standard Webhooks recommends 15 to 30 s; less keeps others from waiting).
const WITHIN: Duration = Duration::from_secs(10);

/// Posts to other systems.
pub struct WebhookClient(Client);

impl WebhookClient {
    /// Fails when no TLS client can be made.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(WITHIN)
            .user_agent(concat!("todoke/", env!("CARGO_PKG_VERSION")))
            // What is signed is for that address, and a redirect may lead into the city's own network.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(client))
    }
}

/// `v1,` and the signature of name, moment and body.
fn signature(secret: &[u8], name: &str, seconds: i64, body: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(format!("{name}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[async_trait]
impl Webhooks for WebhookClient {
    async fn tell(&self, hook: &Webhook, told: &Told) -> Result<(), NotTaken> {
        let (kind, id) = told.about.named();
        let body = json!({
            "type": told.happened.code(),
            "timestamp": told.at,
            "data": { "account": told.account.as_str(), kind: id },
        })
        .to_string();
        let seconds = told.now.as_second();
        let request = self
            .0
            .post(&hook.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &told.name)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature(&hook.secret, &told.name, seconds, &body))
            .body(body);
        let answer = request.send().await.map_err(|error| {
            // Errors of reqwest carry the URL, and a URL may carry a secret; the reason stands in their source.
            let error = error.without_url();
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            NotTaken::Unreached(format!("{error}{source}"))
        })?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            410 => Err(NotTaken::Gone),
            status => Err(NotTaken::Refused(status)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_standards_own_example() {
        // Standard Webhooks, specification, "Signature scheme": the example of its reference libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
