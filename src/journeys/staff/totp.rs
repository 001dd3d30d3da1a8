//! Codes from an app (RFC 6238): SHA-1, six digits, thirty seconds, which every app understands.

use totp_rs::{Algorithm, Builder, Totp};

use crate::domain::{id::Entropy, time::Timestamp};

/// Seconds of a step (RFC 6238, section 4.1).
const STEP_SECONDS: u64 = 30;
/// So many steps before and after count too: clocks of telephones differ.
const SKEW: u16 = 1;

/// A seed that was offered and is not confirmed yet, as shown to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// `otpauth://…`, which apps read from a QR code.
    pub uri: String,
    /// The same secret for typing, in groups of four letters.
    pub key: String,
}

/// A new seed of 160 bits (RFC 4226, section 4, R6).
pub(super) fn new_seed(entropy: &dyn Entropy) -> Vec<u8> {
    let mut seed = vec![0; 20];
    entropy.fill(&mut seed);
    seed
}

/// How a seed is shown. A colon would end a name in the address, so it becomes a blank.
pub(super) fn offer(seed: &[u8], issuer: &str, login: &str) -> Offer {
    let totp = totp(seed, &issuer.replace(':', " "), &login.replace(':', " "));
    let letters: Vec<char> = totp.secret().to_base32().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Offer { uri: totp.to_url().expect("a login name is not empty and has no colon"), key: groups.join(" ") }
}

/// The step to which a code belongs, if it is right now. Digits of any width count as digits.
pub(super) fn step_of(seed: &[u8], typed: &str, now: Timestamp) -> Option<u64> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            c => c,
        })
        .collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    totp(seed, "", "staff").check(&digits, u64::try_from(now.as_second()).ok()?)
}

/// Whether a text looks like a code of an app rather than a recovery code.
pub(super) fn is_code(typed: &str) -> bool {
    typed.chars().filter(|c| !c.is_whitespace()).count() <= 6
}

fn totp(seed: &[u8], issuer: &str, login: &str) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(seed.to_vec())
        .with_account_name(login)
        .with_issuer((!issuer.is_empty()).then_some(issuer))
        .build()
        .expect("a seed of 160 bits, six digits and names without a colon are sound")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of the eight digits.
        let seed = b"12345678901234567890";
        assert_eq!(step_of(seed, "287082", at(59)), Some(1));
        assert_eq!(step_of(seed, " 081 804 ", at(1_111_111_109)), Some(1_111_111_109 / 30));
        assert_eq!(step_of(seed, "０８１８０４", at(1_111_111_109)), Some(1_111_111_109 / 30));
        assert_eq!(step_of(seed, "287082", at(59 + 90)), None);
        assert_eq!(step_of(seed, "28708", at(59)), None);
        assert_eq!(step_of(seed, "あいうえおか", at(59)), None);
    }

    #[test]
    fn an_offer_shows_the_same_secret_twice() {
        let offer = offer(b"12345678901234567890", "とどけ市: todoke", "hanako");
        assert_eq!(offer.key, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(offer.uri.starts_with("otpauth://totp/"), "{}", offer.uri);
        assert!(offer.uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", offer.uri);
    }
}
