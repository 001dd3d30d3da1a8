//! Authenticator data (Web Authentication, section 6.1): whom a key answered, whether somebody touched it,
//! its count of signatures and, when it is new, what follows.

use sha2::{Digest, Sha256};

use super::{RelyingParty, Unsound};

/// Somebody touched the key.
const PRESENT: u8 = 1;
/// The key may be kept elsewhere too, and is.
const MAY_BE_KEPT: u8 = 1 << 3;
const IS_KEPT: u8 = 1 << 4;
/// A new credential follows.
const HAS_CREDENTIAL: u8 = 1 << 6;

/// As read; what follows the first 37 bytes is not looked at yet.
pub(super) struct AuthenticatorData<'a> {
    party: &'a [u8; 32],
    flags: u8,
    pub(super) counter: u32,
    rest: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Unsound> {
        let (party, rest) = bytes.split_first_chunk::<32>().ok_or(Unsound::Malformed)?;
        let ([flags, counter @ ..], rest) = rest.split_first_chunk::<5>().ok_or(Unsound::Malformed)?;
        Ok(Self { party, flags: *flags, counter: u32::from_be_bytes(*counter), rest })
    }

    /// Whether the key answered us, and somebody touched it.
    pub(super) fn check(&self, party: &RelyingParty) -> Result<(), Unsound> {
        if self.party[..] != Sha256::digest(&party.id)[..] {
            return Err(Unsound::RelyingParty);
        }
        if self.flags & PRESENT == 0 {
            return Err(Unsound::Presence);
        }
        if self.flags & IS_KEPT != 0 && self.flags & MAY_BE_KEPT == 0 {
            return Err(Unsound::Malformed);
        }
        Ok(())
    }

    /// The new credential: its id, and the CBOR that begins with its public key.
    pub(super) fn credential(&self) -> Result<(&'a [u8], &'a [u8]), Unsound> {
        if self.flags & HAS_CREDENTIAL == 0 {
            return Err(Unsound::Malformed);
        }
        // The model's name (AAGUID) is of no use without attestation.
        let (_, rest) = self.rest.split_first_chunk::<16>().ok_or(Unsound::Malformed)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Unsound::Malformed)?;
        rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(Unsound::Malformed)
    }
}
