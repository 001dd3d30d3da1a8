//! Invitation codes: given out on paper, typed by hand, known to todoke only as a hash.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The fewest letters and digits: 12 of 32 signs, drawn at random, are 60 bits, which nobody guesses from the
/// hash in a file.
const FEWEST: usize = 12;
const MOST: usize = 64;

/// The text is no code that anybody was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an invitation code has 12 to 64 letters and digits, drawn at random; hyphens and blanks do not count"
)]
pub struct InvalidCode;

/// SHA-256 of a code, after capitals, blanks and hyphens have been made alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// The bytes, under which a store finds it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From 64 hexadecimal digits, as files write it.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

/// Reads a code as it is typed: full-width signs, small letters, blanks and hyphens are forgiven.
impl FromStr for CodeHash {
    type Err = InvalidCode;

    fn from_str(typed: &str) -> Result<Self, InvalidCode> {
        let narrow = |c: char| match c {
            // Full-width forms stand 0xFEE0 above ASCII (Unicode, Halfwidth and Fullwidth Forms).
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            other => other,
        };
        let mut plain = String::with_capacity(MOST);
        for c in typed.chars().map(narrow) {
            match c {
                c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_uppercase()),
                c if c.is_whitespace() || "-‐‑‒–—―−ー".contains(c) => {}
                _ => return Err(InvalidCode),
            }
            if plain.len() > MOST {
                return Err(InvalidCode);
            }
        }
        if plain.len() < FEWEST { Err(InvalidCode) } else { Ok(Self(Sha256::digest(plain).into())) }
    }
}

impl fmt::Display for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<CodeHash> for String {
    fn from(hash: CodeHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for CodeHash {
    type Error = InvalidCode;

    fn try_from(hex: String) -> Result<Self, InvalidCode> {
        Self::from_hex(&hex).ok_or(InvalidCode)
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code: CodeHash = "K7QM2XW9RT4H".parse().unwrap();
        for typed in ["k7qm-2xw9-rt4h", " K7QM 2XW9 RT4H ", "Ｋ７ＱＭ－２ＸＷ９ーＲＴ４Ｈ"] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        assert_ne!("K7QM2XW9RT4J".parse(), Ok(code));
        assert_eq!(CodeHash::from_hex(&code.to_string()), Some(code));
    }

    #[test]
    fn what_is_short_long_or_of_other_signs_is_no_code() {
        for typed in ["", "K7QM2XW9RT4", "K7QM2XW9RT4H!", "ごみごみごみごみごみごみ", &"A".repeat(65)]
        {
            assert_eq!(typed.parse::<CodeHash>(), Err(InvalidCode), "{typed}");
        }
        assert_eq!(CodeHash::from_hex("zz"), None);
    }
}
