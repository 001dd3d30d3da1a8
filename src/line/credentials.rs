//! An account's secrets, where the protocol needs them: to check webhooks and to be let in at LINE.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{
    access::{Access, Stateless},
    client::Http,
    signature,
};
use crate::messenger::SendError;

/// The secrets of one account.
#[derive(Debug)]
pub struct Credentials {
    current: SecretString,
    previous: Option<SecretString>,
    access: Access,
}

impl Credentials {
    /// `previous` is accepted beside the current secret while one is being rotated. Calls use the channel access token
    /// that is given; without one, such as LINE issues to the channel's id and secret.
    pub fn new(
        current: SecretString,
        previous: Option<SecretString>,
        token: Option<SecretString>,
        channel_id: Option<String>,
    ) -> Self {
        let access = match (token, channel_id) {
            (Some(token), _) => Access::Given(Arc::new(token)),
            (None, Some(id)) => Access::Issued(Stateless::new(id, current.clone())),
            (None, None) => Access::None,
        };
        Self { current, previous, access }
    }

    /// Whether a webhook's signature fits. There is no switch that skips this.
    pub fn verifies(&self, header: &str, body: &[u8]) -> bool {
        let current = self.current.expose_secret();
        match &self.previous {
            None => signature::verify(&[current], header, body),
            Some(previous) => signature::verify(&[current, previous.expose_secret()], header, body),
        }
    }

    /// How calls are let in.
    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// Sees to it that there is a token, before a caller stands in a queue.
    pub(super) async fn ready(&self, http: &Http) -> Result<(), SendError> {
        self.access.token(http).await.map(drop)
    }
}
