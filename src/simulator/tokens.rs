//! Reply tokens and retry keys: what makes a call to LINE happen once.

use std::{collections::HashMap, time::Duration};

use crate::domain::time::{REPLY_TOKEN_LIFE, Timestamp};

/// How long LINE remembers a retry key (guide "Retrying an API request").
const RETRY_KEY_LIFE: Duration = Duration::from_hours(24);

#[derive(Debug)]
struct Token {
    event: String,
    happened: Timestamp,
    /// `None` until the event is first delivered.
    delivered: Option<Timestamp>,
    used: bool,
}

/// All tokens and keys.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    replies: HashMap<String, Token>,
    retries: HashMap<String, (Timestamp, String)>,
}

/// Why a reply token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Invalid;

impl Tokens {
    pub(super) fn issue(&mut self, token: String, event: String, happened: Timestamp) {
        self.replies.insert(token, Token { event, happened, delivered: None, used: false });
    }

    /// A (re)delivery makes the token fresh.
    pub(super) fn delivered(&mut self, token: &str, now: Timestamp) {
        if let Some(token) = self.replies.get_mut(token) {
            token.delivered = Some(now);
        }
    }

    /// The event of a token, known or not, used or not.
    pub(super) fn event(&self, token: &str) -> Option<&str> {
        self.replies.get(token).map(|token| token.event.as_str())
    }

    /// Whether the token may be used now.
    pub(super) fn check(&self, token: &str, now: Timestamp, life: Duration) -> Result<(), Invalid> {
        let token = self.replies.get(token).ok_or(Invalid)?;
        let delivered = token.delivered.ok_or(Invalid)?;
        let within = |since: Timestamp, life: Duration| {
            Duration::try_from(now.duration_since(since)).unwrap_or_default() <= life
        };
        if token.used || !within(delivered, life) || !within(token.happened, REPLY_TOKEN_LIFE) {
            return Err(Invalid);
        }
        Ok(())
    }

    /// Uses the token up.
    pub(super) fn spend(&mut self, token: &str) {
        if let Some(token) = self.replies.get_mut(token) {
            token.used = true;
        }
    }

    /// The request that was accepted under this retry key within the last 24 hours.
    pub(super) fn accepted_under(&self, key: &str, now: Timestamp) -> Option<String> {
        let (at, request) = self.retries.get(key)?;
        let age = Duration::try_from(now.duration_since(*at)).unwrap_or_default();
        (age <= RETRY_KEY_LIFE).then(|| request.clone())
    }

    /// A call was accepted under this retry key.
    pub(super) fn remember(&mut self, key: String, now: Timestamp, request: &str) {
        self.retries.insert(key, (now, request.to_owned()));
    }
}
