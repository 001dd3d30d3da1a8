//! `x-line-signature`: Base64 of HMAC-SHA256 over the raw body, keyed with the channel secret.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

type HmacSha256 = Hmac<Sha256>;

/// The signature that LINE would send with this body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    STANDARD.encode(mac(secret, body).finalize().into_bytes())
}

/// Whether the header fits the body under any of the secrets (the current and, while one is being
/// rotated, the previous). The comparison takes constant time.
pub fn verify(secrets: &[&str], header: &str, body: &[u8]) -> bool {
    let Ok(claimed) = STANDARD.decode(header.trim()) else { return false };
    secrets.iter().any(|secret| mac(secret, body).verify_slice(&claimed).is_ok())
}

fn mac(secret: &str, body: &[u8]) -> HmacSha256 {
    let mut mac = HmacSha256::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with a second tool:
    /// `printf '%s' BODY | openssl dgst -sha256 -hmac SECRET -binary | base64`
    const VECTORS: &[(&str, &str, &str)] =
        &[VECTOR_EMPTY_EVENTS, VECTOR_ESCAPED_EMOJI, VECTOR_JAPANESE, VECTOR_EMPTY_BODY];
    const VECTOR_EMPTY_EVENTS: (&str, &str, &str) = (
        "todoke-secret",
        r#"{"destination":"U0","events":[]}"#,
        "4OE1Q9CuZayznSP7VW9RL1w3b2KANo4SiFb+MpV3eD0=",
    );
    const VECTOR_ESCAPED_EMOJI: (&str, &str, &str) = (
        "todoke-secret",
        r#"{"events":[{"text":"\uD83E\uDD28"}]}"#,
        "MgYbFeKdRoyG5j7lzAKfi18e94/BdOcXWCE9BlQbWyk=",
    );
    const VECTOR_JAPANESE: (&str, &str, &str) =
        ("鍵", "{\"events\":[{\"text\":\"粗大ごみ\"}]}\r\n", "/eCKHYe/XboKOnvNwi8LZ9jMJy4/BhSSwr8sJwmDRtk=");
    const VECTOR_EMPTY_BODY: (&str, &str, &str) =
        ("todoke-secret", "", "bOBshzh0P5ysPAYlV8sbyQ44U9xFJOW1w5rGn6y3uSs=");

    #[test]
    fn signatures_agree_with_a_second_tool() {
        for (secret, body, signature) in VECTORS {
            assert_eq!(&sign(secret, body.as_bytes()), signature, "{body}");
            assert!(verify(&[secret], signature, body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn a_changed_body_secret_or_header_is_refused() {
        let (secret, body, signature) = VECTOR_EMPTY_EVENTS;
        assert!(!verify(&[secret], signature, format!("{body} ").as_bytes()));
        assert!(!verify(&["other"], signature, body.as_bytes()));
        assert!(!verify(&[], signature, body.as_bytes()));
        for header in ["", "=", "not base64!", &signature[1..], &sign(secret, b"x")] {
            assert!(!verify(&[secret], header, body.as_bytes()), "{header}");
        }
    }

    #[test]
    fn during_a_rotation_the_previous_secret_is_taken_too() {
        let body = b"{}";
        assert!(verify(&["new", "old"], &sign("old", body), body));
        assert!(verify(&["new", "old"], &sign("new", body), body));
        assert!(!verify(&["new"], &sign("old", body), body));
    }
}
