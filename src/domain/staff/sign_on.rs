//! A city's single sign-on as second factor (OpenID Connect): the account there that is a person's, and the
//! ways that lead there and back.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Hash;
use crate::domain::time::Timestamp;

/// An account at a provider. Personal data: kept sealed, found by a keyed hash.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideAccount {
    /// The provider (`iss`).
    pub issuer: String,
    /// The account's name there that never changes and is never given to somebody else (`sub`).
    pub subject: String,
}

impl fmt::Debug for OutsideAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutsideAccount(…)")
    }
}

/// The account at the provider that proves to be a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedAccount {
    /// Which.
    pub account: OutsideAccount,
    /// When it was linked.
    pub since: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// What somebody is sent to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// To link the account there.
    Link,
    /// To prove it at the second step of the way in.
    ComeIn,
    /// To prove it before a grave act: here the person has to sign in at the provider anew.
    Confirm,
}

/// A way to the provider and back: good once, within one session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detour {
    /// SHA-256 of `state`, by which whoever comes back is known.
    pub state: Hash,
    /// What the provider has to write into its token, so that no other token serves.
    pub nonce: String,
    /// What proves to the provider that the code is redeemed by whoever asked (RFC 7636).
    pub verifier: String,
    /// What for.
    pub errand: Errand,
    /// Where the person wanted to go.
    pub next: String,
    /// When it began.
    pub begun: Timestamp,
}

impl fmt::Debug for Detour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detour({:?}, …)", self.errand)
    }
}

impl Detour {
    /// How long one may take: a password of the provider may have to be looked up, a telephone to be found.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

    /// Whether coming back still counts.
    pub fn is_open(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.begun);
        age <= Self::LIFE && age >= SignedDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detour_ends_after_ten_minutes_and_shows_nothing() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let detour = Detour {
            state: Hash([1; 32]),
            nonce: "nonce-1".into(),
            verifier: "verifier-1".into(),
            errand: Errand::Link,
            next: "/console".into(),
            begun: at(1_000),
        };
        assert!(detour.is_open(at(1_000)) && detour.is_open(at(1_600)));
        assert!(!detour.is_open(at(1_601)) && !detour.is_open(at(999)));
        assert_eq!(format!("{detour:?}"), "Detour(Link, …)");
        let account = OutsideAccount { issuer: "https://idp.example".into(), subject: "hanako".into() };
        assert_eq!(format!("{account:?}"), "OutsideAccount(…)");
    }
}
