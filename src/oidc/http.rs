//! The calls to the provider: encrypted, bounded in time and size, and never led elsewhere.

use std::{pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Request, Url};

/// The largest answer in bytes. A provider's keys with their certificates are some tens of kilobytes.
const LARGEST: usize = 1024 * 1024;

/// Why there is no answer. Says nothing of what was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The provider names an address without encryption.
    #[error("the provider names an address that does not begin with https://")]
    Unencrypted,
    /// The answer is larger than 1 MiB.
    #[error("the answer is larger than {LARGEST} bytes")]
    Large,
    /// The network, or a malformed answer.
    #[error("{0}")]
    Call(String),
}

/// As shallow as reqwest's errors are: the reason stands in their source.
impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        use std::error::Error;
        // Errors of reqwest carry the URL, and a URL may carry a secret.
        let error = error.without_url();
        let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        Self::Call(format!("{error}{source}"))
    }
}

/// The client of the provider.
pub(super) struct Http(Client);

impl Http {
    pub(super) fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(timeout)
            .user_agent(concat!("todoke/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the client's secret elsewhere, or todoke into the city's own network.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self(client))
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = Request::try_from(request)?;
        if !is_safe(request.url()) {
            return Err(HttpError::Unencrypted);
        }
        let mut answer = self.0.execute(request).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(HttpError::Large);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(body);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

/// Whether what is sent there is encrypted, or stays on this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_encrypted_or_stays_here() {
        let safe = |url: &str| is_safe(&url.parse().unwrap());
        for good in
            ["https://idp.city.example/", "http://127.0.0.1:9/", "http://localhost/", "http://[::1]:9/"]
        {
            assert!(safe(good), "{good}");
        }
        for bad in [
            "http://idp.city.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost@evil.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://localhost/",
        ] {
            assert!(!safe(bad), "{bad}");
        }
    }
}
