//! Random secrets that are handed out once and stored only as hashes.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::domain::{id::Entropy, staff::Hash};

/// 256 random bits as 64 hexadecimal digits: a session's token, an invitation's link.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(in crate::journeys) fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Takes a text that has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        sound.then(|| Self(text.to_owned()))
    }

    /// The text, for the one who is to have it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Under what it is found.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(&self.0).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Letters and digits that are not mistaken for each other on paper (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many recovery codes are made.
pub(super) const RECOVERY_CODES: usize = 10;

/// A recovery code of 80 random bits, for paper: `ABCD-EFGH-JKMN-PQRS`.
pub(super) fn recovery_code(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    let letters: Vec<u8> = bytes.iter().map(|byte| LETTERS[usize::from(byte & 31)]).collect();
    letters.chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// The hash of a recovery code as typed: blanks, hyphens and small letters do not matter, and letters that
/// are easily mistaken count as the digits that they look like.
pub(super) fn recovery_hash(typed: &str) -> Hash {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    Hash(Sha256::digest(plain).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let code = recovery_code(&SystemEntropy);
        assert_eq!(code.len(), 19, "{code}");
        let typed =
            format!(" {} ", code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
        assert_eq!(recovery_hash(&typed), recovery_hash(&code));
        assert_ne!(recovery_hash(&code), recovery_hash(&recovery_code(&SystemEntropy)));
    }

    #[test]
    fn a_secret_has_one_form_and_never_shows() {
        let secret = Secret::new(&SystemEntropy);
        assert_eq!(Secret::parse(secret.expose()).unwrap().hash(), secret.hash());
        assert!(
            Secret::parse(&secret.expose().to_uppercase()).is_none()
                || !secret.expose().contains(char::is_alphabetic)
        );
        assert!(Secret::parse("").is_none() && Secret::parse(&"あ".repeat(22)).is_none());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
