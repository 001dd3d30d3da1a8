//! What the city calls somebody on its list.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::domain::id::InvalidId;

/// The most characters.
const MOST: usize = 60;

/// A person on a list of the city's: one line of 1 to 60 characters. Personal data: `Debug` redacts it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InvitedName(String);

impl InvitedName {
    /// The name, for the city's own eyes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What makes two names the same: blanks of any kind and number between words do not.
    pub fn key(&self) -> String {
        self.0.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl FromStr for InvitedName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let name = text.trim();
        if (1..=MOST).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
            Ok(Self(name.to_owned()))
        } else {
            // The text itself may be somebody's name.
            Err(InvalidId::new("…", "a name (one line of 1 to 60 characters)"))
        }
    }
}

impl TryFrom<String> for InvitedName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<InvitedName> for String {
    fn from(name: InvitedName) -> Self {
        name.0
    }
}

impl fmt::Debug for InvitedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitedName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_the_same_however_its_blanks_are_written() {
        let name: InvitedName = " 山田　太郎 ".parse().unwrap();
        assert_eq!((name.expose(), name.key().as_str()), ("山田　太郎", "山田 太郎"));
        assert_eq!("山田  太郎".parse::<InvitedName>().unwrap().key(), name.key());
        for wrong in ["", "　", "山田\n太郎", &"あ".repeat(61)] {
            assert!(wrong.parse::<InvitedName>().is_err(), "{wrong:?}");
        }
        assert_eq!(format!("{name:?}"), "InvitedName(…)");
    }
}
