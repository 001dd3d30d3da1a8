//! Somebody who helps a resident with what is registered: family, a carer. They need no LINE account: the resident
//! hands them a link, for a time, and takes it back whenever they like.
//!
//! What a helper may see and change is less than the resident may: see [`open_to_helpers`].

use std::fmt;

use jiff::{SignedDuration, civil::Date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    attribute::{Attribute, Keeping, Kind},
    staff::Line,
    time::Timestamp,
};

/// So many helpers a resident has at most: few enough that each is remembered.
pub const MOST_HELPERS: usize = 3;
/// What a resident calls a helper has so many characters at most.
pub const MOST_NAME: usize = 40;

/// What a resident calls a helper, for example 長女 or ケアマネジャー. It is a person: never in logs.
pub type HelperName = Line<MOST_NAME>;

/// A helper's number. It opens nothing: the link does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HelperId(pub [u8; 16]);

impl HelperId {
    /// The number of the helper that a form makes, however often it is sent; `form` is the word that lets it be sent
    /// at all, and no other form's.
    pub fn of_form(form: &str) -> Self {
        let hash = Sha256::digest(form.as_bytes());
        Self(std::array::from_fn(|at| hash[at]))
    }

    /// Reads [`HelperId`]'s own text, for forms.
    pub fn read(text: &str) -> Option<Self> {
        let digits =
            text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for HelperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for HelperId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HelperId({self})")
    }
}

/// A helper as registered by the resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helper {
    /// The number in the link.
    pub id: HelperId,
    /// What the resident calls them.
    pub name: HelperName,
    /// Since when.
    pub since: Timestamp,
    /// Until when the link leads anywhere.
    pub until: Timestamp,
    /// The last day on which it was followed, in the account's time zone.
    pub came: Option<Date>,
}

impl Helper {
    /// Whether the time is not over.
    pub fn helps(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

/// How long a link may be given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// For one errand.
    Week,
    /// As is usual.
    Month,
    /// For whoever cares for somebody all the time.
    HalfYear,
}

impl Lasts {
    /// Every length, the shortest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::HalfYear];

    /// In days.
    pub fn days(self) -> u16 {
        match self {
            Self::Week => 7,
            Self::Month => 30,
            Self::HalfYear => 180,
        }
    }

    /// Reads the number of days back.
    pub fn read(days: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lasts| lasts.days().to_string() == days)
    }

    /// The time itself.
    pub fn time(self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.days()))
    }
}

/// Whether a helper sees and changes what is said of an attribute: nothing that is sealed for the resident alone,
/// and no group, which is entered with a code of one's own.
pub fn open_to_helpers(attribute: &Attribute) -> bool {
    attribute.keeping == Keeping::Plain && !matches!(attribute.kind, Kind::Group(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_and_nothing_else_is() {
        let id = HelperId([0xa7; 16]);
        assert_eq!(HelperId::read(&id.to_string()), Some(id));
        for text in ["", "a7", "+7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7", &"A7".repeat(16), &"a7".repeat(17)] {
            assert_eq!(HelperId::read(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_those_that_are_offered() {
        assert_eq!(Lasts::ALL.map(|lasts| Lasts::read(&lasts.days().to_string())), Lasts::ALL.map(Some));
        assert_eq!(Lasts::read("365"), None);
        assert_eq!(Lasts::Month.time(), SignedDuration::from_hours(720));
    }
}
