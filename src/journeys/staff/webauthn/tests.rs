//! Against what node's crypto made (`tests/fixtures/webauthn/make.mjs`), and against everything a forger may
//! change in it.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::{staff::KeyId, time::Timestamp};

struct Vector {
    party: RelyingParty,
    key: SecurityKey,
    attestation: Attestation,
    assertion: Assertion,
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap().as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.chunks(2).map(pair).collect()
}

fn vectors() -> Vec<Vector> {
    let json = include_str!("../../../../tests/fixtures/webauthn/vectors.json");
    let all: Value = serde_json::from_str(json).unwrap();
    let party = RelyingParty::of(all["origin"].as_str().unwrap()).unwrap();
    assert_eq!(party.id, all["rp_id"].as_str().unwrap());
    let one = |vector: &Value| {
        let public = bytes(&vector["public"]);
        let is_es256 = vector["algorithm"] == "ES256";
        Vector {
            party: party.clone(),
            key: SecurityKey {
                id: KeyId(uuid::Uuid::from_u128(1)),
                name: "鍵".parse().unwrap(),
                credential: bytes(&vector["id"]),
                public: if is_es256 { PublicKey::Es256(public) } else { PublicKey::Ed25519(public) },
                counter: 0,
                transports: Vec::new(),
                since: Timestamp::UNIX_EPOCH,
                used: None,
            },
            attestation: Attestation {
                client_data: bytes(&vector["create"]["client_data"]),
                object: bytes(&vector["create"]["object"]),
                transports: Vec::new(),
            },
            assertion: Assertion {
                credential: bytes(&vector["id"]),
                client_data: bytes(&vector["get"]["client_data"]),
                authenticator_data: bytes(&vector["get"]["authenticator_data"]),
                signature: bytes(&vector["get"]["signature"]),
            },
        }
    };
    all["vectors"].as_array().unwrap().iter().map(one).collect()
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

#[test]
fn a_new_key_of_each_algorithm_is_read() {
    for Vector { party, key, attestation, .. } in vectors() {
        assert_eq!(challenge_of(&attestation.client_data), Ok(Hash([1; 32])));
        let new = check_attestation(&party, &attestation).unwrap();
        assert_eq!((new.id, new.public, new.counter), (key.credential, key.public, 1));
    }
}

#[test]
fn a_proof_of_each_algorithm_is_right_and_nothing_changed_in_it_is() {
    for Vector { party, key, assertion, .. } in vectors() {
        assert_eq!(challenge_of(&assertion.client_data), Ok(Hash([2; 32])));
        let check = |change: &dyn Fn(&mut Assertion)| {
            let mut changed = assertion.clone();
            change(&mut changed);
            check_assertion(&party, &key, &changed)
        };
        assert_eq!(check(&|_| ()), Ok(7));
        let client = |from: &'static str, to: &'static str| {
            check(&|one| one.client_data = replaced(&one.client_data, from, to))
        };
        assert_eq!(client("webauthn.get", "webauthn.create"), Err(Unsound::Kind));
        assert_eq!(client("https://console", "https://evil.console"), Err(Unsound::Origin));
        assert_eq!(client("https://", "http://"), Err(Unsound::Origin));
        assert_eq!(client("false", "true"), Err(Unsound::Origin), "inside somebody else's page");
        assert_eq!(client("AgIC", "AwIC"), Err(Unsound::Signature), "another challenge");
        assert_eq!(client("{", "["), Err(Unsound::Malformed));
        assert_eq!(check(&|one| one.authenticator_data[0] ^= 1), Err(Unsound::RelyingParty));
        assert_eq!(check(&|one| one.authenticator_data[32] = 0), Err(Unsound::Presence));
        assert_eq!(check(&|one| one.authenticator_data[32] |= 1 << 4), Err(Unsound::Malformed));
        assert_eq!(check(&|one| one.authenticator_data[36] = 200), Err(Unsound::Signature), "a count");
        assert_eq!(check(&|one| one.authenticator_data.truncate(36)), Err(Unsound::Malformed));
        let last = assertion.signature.len() - 1;
        assert_eq!(check(&|one| one.signature[last] ^= 1), Err(Unsound::Signature));
        assert_eq!(check(&|one| one.signature.clear()), Err(Unsound::Signature));
    }
    let (first, second) = {
        let mut all = vectors();
        (all.remove(0), all.remove(0))
    };
    let mixed = check_assertion(&first.party, &second.key, &first.assertion);
    assert_eq!(mixed, Err(Unsound::Signature), "another key's public key");
}

#[test]
fn a_new_key_that_is_none_is_refused() {
    for Vector { party, attestation, key, .. } in vectors() {
        let check = |change: &dyn Fn(&mut Attestation)| {
            let mut changed = attestation.clone();
            change(&mut changed);
            check_attestation(&party, &changed).unwrap_err()
        };
        let client = |from: &'static str, to: &'static str| {
            check(&|one| one.client_data = replaced(&one.client_data, from, to))
        };
        assert_eq!(client("webauthn.create", "webauthn.get"), Unsound::Kind);
        assert_eq!(client("city.example", "city.example.evil"), Unsound::Origin);
        let at = |part: &[u8]| attestation.object.windows(part.len()).position(|one| one == part).unwrap();
        let data = at(&Sha256::digest(&party.id));
        assert_eq!(check(&|one| one.object[data] ^= 1), Unsound::RelyingParty);
        assert_eq!(check(&|one| one.object[data + 32] = 0x40), Unsound::Presence);
        assert_eq!(check(&|one| one.object[data + 32] = 0x01), Unsound::Malformed, "no credential follows");
        assert_eq!(check(&|one| one.object[data + 53] = 0xff), Unsound::Malformed, "an id beyond the end");
        // The algorithm stands behind the id: {1: kty, 3: alg, …}.
        let cose = at(&key.credential) + key.credential.len();
        assert_eq!(check(&|one| one.object[cose + 4] = 0x25), Unsound::Algorithm, "one not offered");
        for cut in 0..attestation.object.len() {
            let cut = check(&|one| one.object.truncate(cut));
            assert!(matches!(cut, Unsound::Malformed | Unsound::Algorithm), "{cut:?}");
        }
        if let PublicKey::Es256(point) = &key.public {
            let y = at(&point[33..]);
            assert_eq!(check(&|one| one.object[y] ^= 1), Unsound::Algorithm, "a point beside the curve");
        }
        // Deep nesting ends the reading and not the stack.
        assert_eq!(check(&|one| one.object = vec![0x81; 100_000]), Unsound::Malformed);
    }
    assert!(challenge_of(b"{}").is_err() && challenge_of(b"").is_err());
}

proptest! {
    /// Whatever a browser sends, it is read or refused.
    #[test]
    fn no_bytes_stop_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for Vector { party, key, attestation, assertion } in vectors() {
            let new = Attestation { object: bytes.clone(), ..attestation };
            prop_assert!(check_attestation(&party, &new).is_err());
            for changed in [
                Assertion { authenticator_data: bytes.clone(), ..assertion.clone() },
                Assertion { client_data: bytes.clone(), ..assertion.clone() },
                Assertion { signature: bytes.clone(), ..assertion.clone() },
            ] {
                prop_assert!(check_assertion(&party, &key, &changed).is_err());
            }
        }
        let _ = challenge_of(&bytes);
    }

    /// One byte of a new key's answer changed: it is another key, or none, and the reading ends.
    #[test]
    fn no_changed_byte_stops_the_reading(at in 0_usize..1_000, to in any::<u8>()) {
        for Vector { party, mut attestation, .. } in vectors() {
            let at = at % attestation.object.len();
            attestation.object[at] = to;
            let _ = check_attestation(&party, &attestation);
        }
    }
}
