//! Where the city puts up its link or QR code for adding the account: a counter, a leaflet, a bus.
//!
//! LINE does not say where a friend came from. What is known is who tapped our own link, and that somebody added the
//! account soon after; [`led_from`] says what counts as soon. The figure that comes of it is an estimate, always.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    id::{Entropy, InvalidId},
    staff::{Department, Line},
    time::Timestamp,
};

/// The most places of an account: nobody finds one among more.
pub const MOST_PLACES: usize = 500;
/// Whoever adds the account so long after a tap may have come by it.
pub const SOON: SignedDuration = SignedDuration::from_hours(1);
/// So far LINE's clock and ours may stand apart: a follow may seem to come before its tap.
pub const SKEW: SignedDuration = SignedDuration::from_mins(2);
/// Letters of a code: small ones and digits that nobody takes for each other when a sheet is typed off. 31 of them.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// 31^8 is more than 8 × 10^11: a code is not met by trying, and is short enough for a small QR code.
const LENGTH: usize = 8;

/// The last part of a place's address, for example `k7m2xw9c`. It is printed on paper and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode([u8; LENGTH]);

impl PlaceCode {
    /// A new one.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut code = [0; LENGTH];
        for letter in &mut code {
            // Bytes from 248 on would make the first letters likelier than the others.
            let drawn = loop {
                let mut byte = [0];
                entropy.fill(&mut byte);
                if byte[0] < 248 {
                    break usize::from(byte[0]) % LETTERS.len();
                }
            };
            *letter = LETTERS[drawn];
        }
        Self(code)
    }

    /// The code as bytes, for keys.
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// Reads what [`Self::as_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let code: [u8; LENGTH] = bytes.try_into().ok()?;
        code.iter().all(|letter| LETTERS.contains(letter)).then_some(Self(code))
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl FromStr for PlaceCode {
    type Err = InvalidId;

    /// Reads what people type off a sheet: capitals are forgiven.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::from_bytes(text.trim().to_ascii_lowercase().as_bytes())
            .ok_or_else(|| InvalidId::new(text, "a place's code (8 letters and digits)"))
    }
}

impl TryFrom<String> for PlaceCode {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<PlaceCode> for String {
    fn from(code: PlaceCode) -> Self {
        code.to_string()
    }
}

/// What staff call a place, for example 区役所1階 総合案内.
pub type PlaceName = Line<60>;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The last part of its address.
    pub code: PlaceCode,
    /// What staff call it.
    pub name: PlaceName,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
    /// Since when it is there.
    pub made: Timestamp,
    /// Since when it has been put away. Its link leads on all the same: paper hangs where it hangs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Timestamp>,
}

/// When a tap has to have been by which somebody came who added the account at a moment: from the first to the last, both
/// included.
pub fn led_from(follow: Timestamp) -> (Timestamp, Timestamp) {
    (follow.checked_sub(SOON).unwrap_or(Timestamp::MIN), follow.checked_add(SKEW).unwrap_or(Timestamp::MAX))
}

/// The name under which a day's taps at a place are counted.
pub fn tap_fact(code: &PlaceCode) -> String {
    format!("add.tap.{code}")
}

/// The name under which a day's new friends are counted who may have come by a place.
pub fn came_fact(code: &PlaceCode) -> String {
    format!("add.came.{code}")
}

/// The name under which a day's new friends are counted, whether or not a tap came before.
pub const NEW_FRIEND: &str = "add.friend";
/// The name under which a day's taps on "tell family and friends" are counted.
pub const SHARED: &str = "add.shared";

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn codes_are_drawn_evenly_and_read_back() {
        let entropy = Counting(0.into());
        // 31 whole rounds of the bytes: each letter comes equally often, since 248 is 8 × 31.
        let mut often = std::collections::BTreeMap::new();
        for _ in 0..31 {
            let code = PlaceCode::draw(&entropy);
            assert_eq!(code.to_string().to_uppercase().parse(), Ok(code));
            assert_eq!(PlaceCode::from_bytes(code.as_bytes()), Some(code));
            for letter in code.as_bytes() {
                *often.entry(*letter).or_insert(0) += 1;
            }
        }
        assert_eq!(often.len(), LETTERS.len());
        assert!(often.values().all(|count| *count == 8), "{often:?}");
        for wrong in ["", "k7m2xw9", "k7m2xw9cc", "k7m2xw9l", "k7m2xw9０", "../../.."] {
            assert!(wrong.parse::<PlaceCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn soon_is_within_the_hour_with_room_for_clocks() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let tap = at(10_000);
        for (follow, soon) in [(9_879, false), (9_880, true), (10_000, true), (13_600, true), (13_601, false)]
        {
            let (first, last) = led_from(at(follow));
            assert_eq!(first <= tap && tap <= last, soon, "{follow}");
        }
    }
}
