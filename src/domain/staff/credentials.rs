//! How somebody proves to be somebody: password, second factor, recovery codes, invitation.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Failures, Hash, LinkedAccount, OutsideAccount, SecurityKey, StaffId};
use crate::domain::{id::AccountId, time::Timestamp};

/// The second factor of which a person has one. Security keys, of which there may be several, and an account at the
/// city's single sign-on stand beside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactor {
    /// A code from an app (RFC 6238).
    Totp(Totp),
}

/// What a code from an app is checked against.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret, 20 bytes (RFC 4226, section 4, R6 recommends 160 bits).
    pub seed: Vec<u8>,
    /// When it was set up.
    pub since: Timestamp,
    /// The step of the last code that was taken: no code is good twice.
    pub last_step: u64,
}

/// All secrets of one member of staff; stored sealed under a key of their own.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// The password's hash (PHC string, argon2id); `None` until the invitation is accepted.
    pub password: Option<String>,
    /// The authenticator app, if one is set up.
    pub second: Option<SecondFactor>,
    /// Security keys, oldest first.
    #[serde(default)]
    pub keys: Vec<SecurityKey>,
    /// The account at the city's single sign-on, if one is linked.
    #[serde(default)]
    pub linked: Option<LinkedAccount>,
    /// SHA-256 of the recovery codes that were not used yet.
    pub recovery: Vec<Hash>,
    /// Failed attempts since the last success.
    pub failures: Failures,
    /// A reset of the second factor that one administrator asked for and a second one has to confirm.
    pub reset: Option<Reset>,
}

/// The first half of a reset by two administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Who asked.
    pub by: StaffId,
    /// On which account.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
}

/// How long the second administrator has.
const RESET_WITHIN: SignedDuration = SignedDuration::from_hours(24);

impl Reset {
    /// Whether it may still be confirmed.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) <= RESET_WITHIN
    }
}

impl Credentials {
    /// Whether anything is asked for beside the password.
    pub fn has_second(&self) -> bool {
        self.second.is_some() || !self.keys.is_empty() || self.linked.is_some()
    }

    /// Takes away every second factor, and the recovery codes, which stood for them.
    pub fn forget_second(&mut self) {
        self.second = None;
        self.keys.clear();
        self.linked = None;
        self.recovery.clear();
    }

    /// The linked account itself.
    pub fn outside_account(&self) -> Option<&OutsideAccount> {
        self.linked.as_ref().map(|linked| &linked.account)
    }

    /// Takes one recovery code away; `false` when it is none of the unused ones.
    pub fn use_recovery_code(&mut self, code: &Hash) -> bool {
        let before = self.recovery.len();
        self.recovery.retain(|unused| unused != code);
        self.recovery.len() < before
    }

    /// Takes a code of the app whose step is `step`; `false` when that step or a later one was used.
    pub fn use_step(&mut self, step: u64) -> bool {
        match &mut self.second {
            Some(SecondFactor::Totp(totp)) if totp.last_step < step => {
                totp.last_step = step;
                true
            }
            _ => false,
        }
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A way in that is good once: the link that an administrator hands over. Only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who is invited.
    pub staff: StaffId,
    /// SHA-256 of the secret in the link.
    pub token: Hash,
    /// The last moment at which it may be used.
    pub until: Timestamp,
}

impl Invitation {
    /// How long an invitation is good.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

    /// Whether it may still be used.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_and_a_step_are_good_once() {
        let totp = Totp { seed: vec![1; 20], since: Timestamp::UNIX_EPOCH, last_step: 7 };
        let mut credentials = Credentials {
            recovery: vec![Hash([1; 32]), Hash([2; 32])],
            second: Some(SecondFactor::Totp(totp)),
            ..Credentials::default()
        };
        assert!(credentials.use_recovery_code(&Hash([1; 32])));
        assert!(!credentials.use_recovery_code(&Hash([1; 32])));
        assert!(!credentials.use_step(7));
        assert!(credentials.use_step(8));
        assert!(!credentials.use_step(8));
        assert!(!Credentials::default().use_step(9), "without a second factor no code is right");
        assert!(!format!("{credentials:?}").contains('1'));
    }
}
