//! A session: who signed in, how strongly, and until when it counts.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StaffId;
use crate::domain::{id::InvalidId, time::Timestamp};

/// Without a request for so long a session ends.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// After so long it ends in any case.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// For grave acts the proof of identity must not be older.
pub const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// The last moment of use is written down at most so often: each request would cost a write.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A session's public name, written `ses_<uuid>`: it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ses_{}", self.0.simple())
    }
}

impl FromStr for SessionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("ses_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a session id (ses_ and 32 hexadecimal digits)"))
    }
}

/// SHA-256 of a secret with at least 128 random bits, by which it is found and compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hash(pub [u8; 32]);

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(…)")
    }
}

/// From where a request came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The address of the client, as told by trusted proxies.
    pub address: String,
    /// What the browser calls itself, cut to 120 characters; for the list of sessions.
    pub agent: String,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The password was right; the second factor is still asked for.
    SecondFactor,
    /// The password was right; a role demands a second factor, and none is set up yet.
    Enrol,
    /// Signed in.
    Full,
}

/// How strongly the person was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// By the password alone.
    Password,
    /// By password and second factor.
    TwoFactors,
}

/// A session as stored. It is found by the hash of the token in the browser's cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its public name.
    pub id: SessionId,
    /// Whose it is.
    pub staff: StaffId,
    /// How far the sign-in has come.
    pub stage: Stage,
    /// How strongly the person was recognised.
    pub strength: Strength,
    /// When it began.
    pub begun: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When the person last proved to be the person.
    pub proved: Timestamp,
    /// From where it was begun.
    pub origin: Origin,
    /// The secret that binds form tokens to this session.
    pub form_key: Hash,
    /// A seed that was shown and is not confirmed yet, while a second factor is being set up.
    pub offered_seed: Option<Vec<u8>>,
    /// When the person signed in anew at the city's single sign-on, to confirm a grave act; taken away by
    /// the confirmation.
    #[serde(default)]
    pub signed_on: Option<Timestamp>,
}

impl Session {
    /// Whether it still counts.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen) <= IDLE + NOTED_EVERY && now.duration_since(self.begun) <= ABSOLUTE
    }

    /// Whether the last use is to be written down again.
    pub fn is_to_be_noted(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen) >= NOTED_EVERY
    }

    /// Whether the proof of identity is fresh enough for a grave act.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        is_recent(self.proved, now)
    }

    /// Whether a sign-in at the provider is there and fresh enough to confirm a grave act.
    pub fn has_signed_on(&self, now: Timestamp) -> bool {
        self.signed_on.is_some_and(|at| is_recent(at, now))
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(at);
    age <= FRESH && age >= SignedDuration::ZERO
}
