//! The adapter of the port [`IdTokens`]: LINE Login v2.1, "Verify ID token".

use async_trait::async_trait;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::client::{self, Http};
use crate::{
    domain::{id::LineUserId, liff::LiffId},
    id_tokens::{IdTokenError, IdTokens},
};

const ENDPOINT: &str = "/oauth2/v2.1/verify";
/// Who makes LINE's ID tokens (LINE Login documentation, "ID tokens").
const ISSUER: &str = "https://access.line.me";
/// No token of LINE's is nearly as long; what is longer is not sent on.
const LONGEST: usize = 8 * 1024;

/// Asks LINE whose ID tokens are.
pub struct LineIdTokens {
    http: Http,
}

/// What LINE says of a token that it made. Name, picture and mail address may be in it and are not read.
#[derive(Deserialize)]
struct Said {
    iss: String,
    sub: String,
    aud: String,
}

impl LineIdTokens {
    /// Through this side of LINE.
    pub fn new(http: &Http) -> Self {
        Self { http: http.clone() }
    }
}

#[async_trait]
impl IdTokens for LineIdTokens {
    async fn whose(&self, page: &LiffId, token: &str) -> Result<LineUserId, IdTokenError> {
        // A token is three parts in base64url: nothing in it has to be encoded for a form.
        let is_one = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=');
        if token.is_empty() || token.len() > LONGEST || !token.bytes().all(is_one) {
            return Err(IdTokenError::Refused);
        }
        let body = format!("id_token={token}&client_id={}", page.channel());
        let url = format!("{}{ENDPOINT}", self.http.api_base);
        let request = self.http.client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.body(body).send().await.map_err(|error| {
            let error = error.without_url();
            tracing::warn!(endpoint = ENDPOINT, %error, "LINE was not reached; look at the network and at line.api_base");
            IdTokenError::Unanswered
        })?;
        let status = answer.status().as_u16();
        metrics::counter!("todoke_line_calls_total", "endpoint" => ENDPOINT, "status" => client::class(status))
            .increment(1);
        match status {
            200 => {}
            // LINE says 400 of a token that it did not make, that is too old, or that is another channel's.
            400 => return Err(IdTokenError::Refused),
            _ => {
                tracing::warn!(endpoint = ENDPOINT, status, "LINE did not say whose an ID token is");
                return Err(IdTokenError::Unanswered);
            }
        }
        let said = answer.bytes().await.ok().and_then(|body| serde_json::from_slice::<Said>(&body).ok());
        let Some(said) = said else {
            tracing::warn!(endpoint = ENDPOINT, "LINE's answer about an ID token cannot be read");
            return Err(IdTokenError::Unanswered);
        };
        // LINE has looked at both; another host in line.api_base may not have.
        if said.iss != ISSUER || said.aud != page.channel() || said.sub.is_empty() {
            return Err(IdTokenError::Refused);
        }
        Ok(LineUserId::new(said.sub))
    }
}
