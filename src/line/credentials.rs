//! An account's secrets, where the protocol needs them: to check webhooks and to be let in at LINE.

use arc_swap::ArcSwapOption;
use secrecy::{ExposeSecret, SecretString};

use super::signature;

/// The secrets of one account. The token may be replaced while the server runs.
#[derive(Debug)]
pub struct Credentials {
    current: SecretString,
    previous: Option<SecretString>,
    token: ArcSwapOption<SecretString>,
}

impl Credentials {
    /// `previous` is accepted beside the current secret while one is being rotated.
    pub fn new(current: SecretString, previous: Option<SecretString>, token: Option<SecretString>) -> Self {
        Self { current, previous, token: ArcSwapOption::from_pointee(token) }
    }

    /// Whether a webhook's signature fits. There is no switch that skips this.
    pub fn verifies(&self, header: &str, body: &[u8]) -> bool {
        let current = self.current.expose_secret();
        match &self.previous {
            None => signature::verify(&[current], header, body),
            Some(previous) => signature::verify(&[current, previous.expose_secret()], header, body),
        }
    }

    /// The channel access token, if there is one.
    pub(super) fn token(&self) -> Option<std::sync::Arc<SecretString>> {
        self.token.load_full()
    }

    /// Puts another token into use; calls in flight keep the old one.
    pub fn replace_token(&self, token: SecretString) {
        self.token.store(Some(std::sync::Arc::new(token)));
    }
}
