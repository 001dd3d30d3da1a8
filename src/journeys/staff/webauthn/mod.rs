//! Web Authentication, the relying party's part (W3C, level 2, sections 7.1 and 7.2): what a browser sends
//! on behalf of a security key, checked against a challenge, an origin and a public key.
//!
//! Pure: `add_key` and `prove_key` bring everything. Keys are a second factor after the password, so
//! attestation is not asked for, and user verification is left to the key. What is out of place is refused
//! with a word for the audit log, never repaired. Written here and not taken from a crate because those that
//! build without OpenSSL read the clock and make randomness themselves and bring a second set of ciphers;
//! the signatures are checked by the library that TLS uses.

mod attestation;
mod authenticator;
mod relying_party;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use attestation::NewCredential;
pub(super) use attestation::{EDDSA, ES256};
use authenticator::AuthenticatorData;
pub use relying_party::{NotOffered, RelyingParty};

use crate::domain::staff::{Hash, PublicKey, SecurityKey};

/// Why what came in a key's name was refused; the word stands in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// It is not what a browser sends.
    #[error("malformed")]
    Malformed,
    /// It answers a question of another kind.
    #[error("kind")]
    Kind,
    /// It was asked for by a page of another origin, or inside one.
    #[error("origin")]
    Origin,
    /// The key answered another relying party.
    #[error("relying-party")]
    RelyingParty,
    /// Nobody touched the key.
    #[error("presence")]
    Presence,
    /// The key's algorithm was not offered, or its public key is none.
    #[error("algorithm")]
    Algorithm,
    /// The signature is wrong.
    #[error("signature")]
    Signature,
    /// The question was not put in this session, was answered already, or is too old.
    #[error("challenge")]
    Challenge,
    /// The key is none of the person's.
    #[error("unknown-key")]
    UnknownKey,
    /// The key's count of signatures did not grow.
    #[error("counter")]
    Counter,
}

/// What a key says to prove that it is there, as the browser sent it.
#[derive(Clone)]
pub struct Assertion {
    /// The credential id.
    pub credential: Vec<u8>,
    /// What the browser says about the question, JSON.
    pub client_data: Vec<u8>,
    /// What the key says about itself.
    pub authenticator_data: Vec<u8>,
    /// Over the two.
    pub signature: Vec<u8>,
}

/// What a key says to become one of a person's, as the browser sent it.
#[derive(Clone)]
pub struct Attestation {
    /// What the browser says about the question, JSON.
    pub client_data: Vec<u8>,
    /// What the key says about itself, CBOR.
    pub object: Vec<u8>,
    /// How the browser reaches it.
    pub transports: Vec<String>,
}

/// The part of the client data that counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// The challenge that client data answer.
pub(super) fn challenge_of(client_data: &[u8]) -> Result<Hash, Unsound> {
    let client: ClientData = serde_json::from_slice(client_data).map_err(|_| Unsound::Malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(client.challenge).map_err(|_| Unsound::Malformed)?;
    bytes.try_into().map(Hash).map_err(|_| Unsound::Challenge)
}

/// Whether client data were made by a page of ours for this kind of question.
fn check_client(client_data: &[u8], kind: &str, party: &RelyingParty) -> Result<(), Unsound> {
    let client: ClientData = serde_json::from_slice(client_data).map_err(|_| Unsound::Malformed)?;
    if client.r#type != kind {
        return Err(Unsound::Kind);
    }
    if client.origin != party.origin || client.cross_origin {
        return Err(Unsound::Origin);
    }
    Ok(())
}

/// Checks everything about a new key except the challenge, which the caller has taken.
pub(super) fn check_attestation(
    party: &RelyingParty,
    attestation: &Attestation,
) -> Result<NewCredential, Unsound> {
    check_client(&attestation.client_data, "webauthn.create", party)?;
    attestation::read(party, &attestation.object)
}

/// Checks everything about a proof except the challenge, which the caller has taken, and gives the key's
/// count of signatures.
pub(super) fn check_assertion(
    party: &RelyingParty,
    key: &SecurityKey,
    assertion: &Assertion,
) -> Result<u32, Unsound> {
    check_client(&assertion.client_data, "webauthn.get", party)?;
    let data = AuthenticatorData::read(&assertion.authenticator_data)?;
    data.check(party)?;
    let signed = [&assertion.authenticator_data[..], &Sha256::digest(&assertion.client_data)].concat();
    let (algorithm, bytes): (&dyn VerificationAlgorithm, _) = match &key.public {
        PublicKey::Es256(point) => (&ECDSA_P256_SHA256_ASN1, point),
        PublicKey::Ed25519(point) => (&ED25519, point),
    };
    UnparsedPublicKey::new(algorithm, bytes)
        .verify(&signed, &assertion.signature)
        .map_err(|_| Unsound::Signature)?;
    Ok(data.counter)
}

#[cfg(test)]
mod tests;
