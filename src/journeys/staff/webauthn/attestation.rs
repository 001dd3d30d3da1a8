//! A new key: the attestation object (section 6.5) and the public key in it (COSE, RFC 9053).
//!
//! The attestation statement is not looked at: we ask for none, and take keys of every make.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey};
use ciborium::Value;

use super::{RelyingParty, Unsound, authenticator::AuthenticatorData};
use crate::domain::staff::PublicKey;

/// The longest credential id that is allowed (section 7.1, step 25).
const LONGEST_ID: usize = 1_023;
/// Labels of COSE keys (RFC 9053, section 7.1).
const KEY_TYPE: i8 = 1;
const ALGORITHM: i8 = 3;
const CURVE: i8 = -1;
const X: i8 = -2;
const Y: i8 = -3;
/// ECDSA with SHA-256 on P-256, by COSE's number.
pub const ES256: i8 = -7;
/// Ed25519, by COSE's number.
pub const EDDSA: i8 = -8;

/// What is kept of a new key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// What it calls itself.
    pub id: Vec<u8>,
    /// Against what its signatures are checked.
    pub public: PublicKey,
    /// Its count of signatures.
    pub counter: u32,
}

/// Reads and checks an attestation object.
pub(super) fn read(party: &RelyingParty, object: &[u8]) -> Result<NewCredential, Unsound> {
    let object = cbor(object)?;
    let data = entries(&object)?.iter().find(|(name, _)| name.as_text() == Some("authData"));
    let data = data.and_then(|(_, data)| data.as_bytes()).ok_or(Unsound::Malformed)?;
    let data = AuthenticatorData::read(data)?;
    data.check(party)?;
    let (id, key) = data.credential()?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Unsound::Malformed);
    }
    // Extensions may follow the key; none was asked for.
    let public = public_key(&cbor(key)?)?;
    Ok(NewCredential { id: id.to_vec(), public, counter: data.counter })
}

/// The first value; a depth that no key needs is refused by the reader.
fn cbor(bytes: &[u8]) -> Result<Value, Unsound> {
    ciborium::de::from_reader_with_recursion_limit(bytes, 8).map_err(|_| Unsound::Malformed)
}

fn entries(value: &Value) -> Result<&[(Value, Value)], Unsound> {
    value.as_map().map(Vec::as_slice).ok_or(Unsound::Malformed)
}

fn public_key(key: &Value) -> Result<PublicKey, Unsound> {
    let entries = entries(key)?;
    let of = |label: i8| {
        let is_it = |(name, _): &&(Value, Value)| name.as_integer() == Some(label.into());
        entries.iter().find(is_it).map(|(_, value)| value)
    };
    let number = |label| of(label).and_then(Value::as_integer).and_then(|n| i8::try_from(n).ok());
    let half = |label| of(label).and_then(Value::as_bytes).filter(|bytes| bytes.len() == 32);
    match (number(KEY_TYPE), number(ALGORITHM), number(CURVE)) {
        (Some(2), Some(ES256), Some(1)) => {
            let (x, y) = half(X).zip(half(Y)).ok_or(Unsound::Algorithm)?;
            let point = [&[4][..], x, y].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).map_err(|_| Unsound::Algorithm)?;
            Ok(PublicKey::Es256(point))
        }
        (Some(1), Some(EDDSA), Some(6)) => {
            let point = half(X).ok_or(Unsound::Algorithm)?;
            ParsedPublicKey::new(&ED25519, point).map_err(|_| Unsound::Algorithm)?;
            Ok(PublicKey::Ed25519(point.clone()))
        }
        _ => Err(Unsound::Algorithm),
    }
}
