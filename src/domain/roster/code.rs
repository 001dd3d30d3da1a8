//! Codes of one's own: drawn here, printed on somebody's letter, typed by hand.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::domain::{
    attribute::{CodeHash, InvalidCode},
    id::Entropy,
};

/// Letters and digits that are not mistaken for each other on paper (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// So many of them: 60 bits, as codes of whole groups have at least.
const LENGTH: usize = 12;

/// A code of 60 random bits for one person, `K7QM-2XW9-RT4H`. A secret: `Debug` redacts it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonalCode(String);

impl PersonalCode {
    /// Draws a new one.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes);
        let letters: Vec<u8> = bytes.iter().map(|byte| LETTERS[usize::from(byte & 31)]).collect();
        Self(letters.chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-"))
    }

    /// The code, for the letter to the person.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Under what it is found.
    pub fn hash(&self) -> CodeHash {
        typed_code(&self.0).expect("twelve letters and digits are a code")
    }
}

impl FromStr for PersonalCode {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let parts: Vec<&str> = text.split('-').collect();
        let is_sound = |part: &&str| part.len() == 4 && part.bytes().all(|byte| LETTERS.contains(&byte));
        if parts.len() == LENGTH / 4 && parts.iter().all(is_sound) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCode)
        }
    }
}

impl TryFrom<String> for PersonalCode {
    type Error = InvalidCode;

    fn try_from(text: String) -> Result<Self, InvalidCode> {
        text.parse()
    }
}

impl From<PersonalCode> for String {
    fn from(code: PersonalCode) -> Self {
        code.0
    }
}

impl fmt::Debug for PersonalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalCode(…)")
    }
}

/// The hash of a code as somebody typed it: small and full-width letters, blanks and hyphens are forgiven, and
/// letters that are easily mistaken count as the digits that they look like. `None`: it has not the form of one.
pub fn typed_code(words: &str) -> Option<CodeHash> {
    let alike = |c: char| match c {
        'o' | 'O' | 'ｏ' | 'Ｏ' => '0',
        'i' | 'I' | 'l' | 'L' | 'ｉ' | 'Ｉ' | 'ｌ' | 'Ｌ' => '1',
        other => other,
    };
    words.chars().map(alike).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn a_code_is_found_however_it_is_typed_and_never_shows() {
        let code = PersonalCode::draw(&SystemEntropy);
        assert_eq!(code.expose().parse::<PersonalCode>().unwrap(), code);
        let typed = code.expose().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(typed_code(&typed), Some(code.hash()));
        assert_ne!(PersonalCode::draw(&SystemEntropy).hash(), code.hash());
        assert_eq!(format!("{code:?}"), "PersonalCode(…)");
        for wrong in ["", "K7QM-2XW9", "k7qm-2xw9-rt4h", "K7QM2XW9RT4H", "K7QM-2XW9-RT4O"] {
            assert!(wrong.parse::<PersonalCode>().is_err(), "{wrong}");
        }
        assert_eq!(typed_code("粗大ごみを出したい"), None);
    }
}
