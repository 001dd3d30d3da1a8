//! A page of ours inside LINE (LIFF, "LINE Front-end Framework"): LINE says who has opened it.

use std::{fmt, str::FromStr};

use super::id::InvalidId;

/// The id of a LIFF app, for example `1234567890-AbcdEfgh`: the id of its LINE Login channel, a hyphen, and a name
/// that LINE gives (LIFF documentation, "Registering LIFF apps to your channel").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiffId(String);

impl LiffId {
    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the LINE Login channel, for which its ID tokens are made.
    pub fn channel(&self) -> &str {
        self.0.split_once('-').map_or("", |(channel, _)| channel)
    }

    /// The address that opens the page in LINE, and elsewhere after a sign-in at LINE.
    pub fn address(&self) -> String {
        format!("https://liff.line.me/{}", self.0)
    }
}

impl FromStr for LiffId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let parts = text.split_once('-').filter(|(channel, name)| {
            (1..=20).contains(&channel.len())
                && channel.bytes().all(|b| b.is_ascii_digit())
                && (1..=40).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        match parts {
            Some(_) => Ok(Self(text.to_owned())),
            None => {
                Err(InvalidId::new(text, "a LIFF id as in the LINE Developers Console (1234567890-AbcdEfgh)"))
            }
        }
    }
}

impl fmt::Display for LiffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_channel_and_nothing_else_is_one() {
        let id: LiffId = "1234567890-AbcdEfgh".parse().unwrap();
        assert_eq!((id.channel(), id.as_str()), ("1234567890", "1234567890-AbcdEfgh"));
        assert_eq!(id.address(), "https://liff.line.me/1234567890-AbcdEfgh");
        for text in
            ["", "-", "1234567890", "1234567890-", "-AbcdEfgh", "x-AbcdEfgh", "1-a\"b", "1-a b", "1-あ"]
        {
            assert!(text.parse::<LiffId>().is_err(), "{text}");
        }
    }
}
