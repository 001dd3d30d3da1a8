//! Identifiers: newtypes that cannot be mixed up, and the ports that make new ones.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Makes new identifiers. The real one is `system::SystemIds`; tests count.
pub trait Ids: Send + Sync + 'static {
    /// A new UUID of version 7, later ones sorting after earlier ones.
    fn uuid_v7(&self) -> Uuid;
}

/// Gives random bytes fit for keys and nonces. The real one is `system::SystemEntropy`.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Why a text is no identifier of that kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {expected}")]
pub struct InvalidId {
    value: String,
    expected: &'static str,
}

impl InvalidId {
    /// `expected` goes on after 「… is not」.
    pub(super) fn new(value: &str, expected: &'static str) -> Self {
        Self { value: value.to_owned(), expected }
    }
}

/// One LINE official account of this installation, for example `todoke`: `[a-z][a-z0-9-]{0,31}`.
///
/// It is part of every stored key and of the webhook's address. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(std::sync::Arc<str>);

impl AccountId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form used in the names of environment variables: upper case, `-` as `_`.
    pub fn env_form(&self) -> String {
        self.0.to_ascii_uppercase().replace('-', "_")
    }
}

impl FromStr for AccountId {
    type Err = InvalidId;

    fn from_str(value: &str) -> Result<Self, InvalidId> {
        let mut bytes = value.bytes();
        let starts_well = bytes.next().is_some_and(|first| first.is_ascii_lowercase());
        let goes_on_well = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if starts_well && goes_on_well && value.len() <= 32 {
            Ok(Self(value.into()))
        } else {
            Err(InvalidId { value: value.to_owned(), expected: "an account id ([a-z][a-z0-9-]{0,31})" })
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        value.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A resident's stable name inside todoke, written `res_<uuid>`. It says nothing about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResidentId(pub Uuid);

impl fmt::Display for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "res_{}", self.0.simple())
    }
}

/// A member of staff, written `stf_<uuid>`. It says nothing about the person and stands in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StaffId(pub Uuid);

impl fmt::Display for StaffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stf_{}", self.0.simple())
    }
}

impl FromStr for StaffId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("stf_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "a staff id (stf_ and 32 hexadecimal digits)"))
    }
}

/// A key with which another system calls the API, written `key_<uuid>`. It is no secret, and stands in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ApiKeyId(pub Uuid);

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key_{}", self.0.simple())
    }
}

impl FromStr for ApiKeyId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("key_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "an API key's id (key_ and 32 hexadecimal digits)"))
    }
}

/// A resident's dense number within an account, counted from 0 and never given twice.
///
/// Bitmaps of segments are sets of these numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResidentNo(pub u32);

/// A resident as links and records of other aggregates name one: a keyed hash that only the store can make
/// and find somebody by. It is the same for a LINE id as long as the account exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResidentRef(pub [u8; 16]);

impl fmt::Debug for ResidentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentRef(…)")
    }
}

/// A LINE user id as it came in. Inbound ids are never refused by their form.
///
/// Personal data: `Debug` redacts it, there is no `Display`, and it leaves `line`, `store` and
/// `domain::resident` nowhere. [`LineUserId::expose`] marks the few places that need the text.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineUserId(String);

impl LineUserId {
    /// Wraps the id that LINE sent.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text itself, for a call to LINE or for sealing. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LineUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineUserId(…)")
    }
}

/// An intent's name within an account, for example `garbage.bulky`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(std::sync::Arc<str>);

impl IntentId {
    /// Wraps a name that the intent loader has checked.
    pub fn new(id: impl Into<std::sync::Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_lower_case_and_starts_with_a_letter() {
        for good in ["todoke", "a", "city-water-2"] {
            assert_eq!(good.parse::<AccountId>().unwrap().as_str(), good);
        }
        for bad in ["", "2nd", "-a", "Todoke", "a_b", "とどけ", &"a".repeat(33)] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad:?} was taken");
        }
        assert_eq!("city-water".parse::<AccountId>().unwrap().env_form(), "CITY_WATER");
    }

    #[test]
    fn a_line_user_id_never_shows_in_debug_output() {
        assert!(!format!("{:?}", LineUserId::new("U0123456789abcdef")).contains("0123"));
    }
}
