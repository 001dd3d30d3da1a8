//! Security keys and passkeys (W3C Web Authentication): what is kept of each, and the questions that are
//! put to them. Everything kept is public; the secret never leaves the key.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Hash, Line};
use crate::domain::{id::InvalidId, time::Timestamp};

/// So many keys a person may have; beyond, one is to be removed first.
pub const MOST_KEYS: usize = 10;

/// What a person calls a key, for example 机の中の予備.
pub type KeyName = Line<40>;

/// A key's public name, written `key_<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyId(pub Uuid);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key_{}", self.0.simple())
    }
}

impl FromStr for KeyId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("key_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a key id (key_ and 32 hexadecimal digits)"))
    }
}

/// Against what a key's signatures are checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicKey {
    /// ECDSA with SHA-256 on P-256 (COSE algorithm -7): the point, uncompressed, 65 bytes.
    Es256(Vec<u8>),
    /// Ed25519 (COSE algorithm -8), 32 bytes.
    Ed25519(Vec<u8>),
}

/// One key of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityKey {
    /// Its public name.
    pub id: KeyId,
    /// What the person calls it.
    pub name: KeyName,
    /// What it calls itself (the credential id, at most 1,023 bytes).
    pub credential: Vec<u8>,
    /// Against what its signatures are checked.
    pub public: PublicKey,
    /// The count of signatures that it told last; many keys always tell 0.
    pub counter: u32,
    /// How browsers reach it (`usb`, `nfc`, `internal`, …), as told when it was added.
    pub transports: Vec<String>,
    /// When it was added.
    pub since: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// The count of signatures did not grow: there may be a copy of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key's count of signatures did not grow")]
pub struct Backwards;

impl SecurityKey {
    /// Takes a signature with the count that came with it (Web Authentication, section 7.2, step 22).
    pub fn count(&mut self, counter: u32, now: Timestamp) -> Result<(), Backwards> {
        if (counter != 0 || self.counter != 0) && counter <= self.counter {
            return Err(Backwards);
        }
        (self.counter, self.used) = (counter, Some(now));
        Ok(())
    }
}

/// What a key is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To become one of a person's keys.
    Add,
    /// To prove that it is there.
    Prove,
}

/// A question that a key signs: random, good once, within one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// 32 random bytes.
    pub bytes: Hash,
    /// What for.
    pub purpose: Purpose,
    /// The last moment at which an answer counts.
    pub until: Timestamp,
}

impl Challenge {
    /// How long an answer counts: somebody may have to fetch the key from a drawer.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(5);

    /// Whether an answer for this purpose still counts.
    pub fn is_open(&self, purpose: Purpose, now: Timestamp) -> bool {
        self.purpose == purpose && now <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_grows_or_stays_away() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut key = SecurityKey {
            id: KeyId(Uuid::from_u128(1)),
            name: "鍵".parse().unwrap(),
            credential: vec![1],
            public: PublicKey::Ed25519(vec![0; 32]),
            counter: 0,
            transports: Vec::new(),
            since: at(0),
            used: None,
        };
        assert_eq!(key.count(0, at(1)), Ok(()), "many keys count nothing");
        assert_eq!(key.count(0, at(2)), Ok(()));
        assert_eq!(key.count(5, at(3)), Ok(()));
        for backwards in [5, 4, 0] {
            assert_eq!(key.count(backwards, at(4)), Err(Backwards), "{backwards}");
        }
        assert_eq!((key.counter, key.used), (5, Some(at(3))));
        assert_eq!(key.id.to_string().parse(), Ok(key.id));
    }

    #[test]
    fn a_challenge_is_for_one_purpose_and_a_few_minutes() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let challenge = Challenge { bytes: Hash([1; 32]), purpose: Purpose::Add, until: at(300) };
        assert!(challenge.is_open(Purpose::Add, at(300)));
        assert!(!challenge.is_open(Purpose::Add, at(301)));
        assert!(!challenge.is_open(Purpose::Prove, at(1)));
    }
}
