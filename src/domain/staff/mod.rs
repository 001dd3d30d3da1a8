//! PURE: who works for the city in todoke, what each may do, and when an attempt to sign in is refused.
//!
//! Journeys and the console speak in these words. A right is a type: [`Actor<R>`](Actor) exists only where
//! a checked session, or the command line, has the right. Nothing here reads a clock or a store.

mod actor;
mod credentials;
mod deputy;
mod lockout;
mod right;
mod security_key;
mod session;
mod sign_on;

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use actor::{Actor, Checked, CheckedKey, Denied, Doer, Machine, NotAPerson, Reason};
pub use credentials::{Credentials, Invitation, Reset, SecondFactor, Totp};
pub use deputy::{Deputy, may_stand_in};
pub use lockout::{Failures, TRIES_BEFORE_WAITING};
/// The marker types of the rights, one for each [`Right`].
pub use right::marker as rights;
pub use right::{Permission, Right, Role, grants};
pub use security_key::{Backwards, Challenge, KeyId, KeyName, MOST_KEYS, PublicKey, Purpose, SecurityKey};
pub use session::{ABSOLUTE, FRESH, Hash, IDLE, Origin, Session, SessionId, Stage, Strength};
pub use sign_on::{Detour, Errand, LinkedAccount, OutsideAccount};

use super::id::{AccountId, InvalidId};
pub use super::{id::StaffId, version::Version};

/// The name typed at sign-in, for example `suzuki.h` or `h-suzuki@city.example`: 2 to 64 characters of
/// `a-z 0-9 . _ @ + -`, starting with a letter or digit; capitals are read as small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

impl LoginName {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LoginName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let name = text.trim().to_ascii_lowercase();
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@+-".contains(c);
        let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if starts_well && (2..=64).contains(&name.len()) && name.chars().all(sound) {
            Ok(Self(name))
        } else {
            Err(InvalidId::new(text, "a login name (2 to 64 of a-z 0-9 . _ @ + -)"))
        }
    }
}

impl TryFrom<String> for LoginName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> Self {
        name.0
    }
}

impl fmt::Debug for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginName(…)")
    }
}

/// Text that a person typed into a line: trimmed, 1 to `MOST` characters, no control characters and none
/// that turn the direction of writing or cannot be seen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MOST: usize>(String);

/// A person's name as colleagues know it, for example 鈴木 花子（環境課）.
pub type PersonName = Line<60>;
/// A department, for example 環境局 生活環境課; an account's file lists them.
pub type Department = Line<80>;

impl<const MOST: usize> Line<MOST> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> FromStr for Line<MOST> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let line = text.trim();
        let length = line.chars().count();
        if (1..=MOST).contains(&length) && !line.chars().any(is_hidden) {
            Ok(Self(line.to_owned()))
        } else {
            Err(InvalidId::new(line, "one line of visible characters that is not too long"))
        }
    }
}

/// Whether a character has no place in a line: controls, marks of direction, and what cannot be seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl<const MOST: usize> TryFrom<String> for Line<MOST> {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl<const MOST: usize> From<Line<MOST>> for String {
    fn from(line: Line<MOST>) -> Self {
        line.0
    }
}

impl<const MOST: usize> fmt::Display for Line<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MOST: usize> fmt::Debug for Line<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

/// What somebody is on one account, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The account.
    pub account: AccountId,
    /// The roles; at least one.
    pub roles: Vec<Role>,
    /// The department, if known.
    pub department: Option<Department>,
    /// The first day, in the account's time zone; `None`: at once.
    pub from: Option<Date>,
    /// The last day, in the account's time zone; `None`: without end. Access ends with that day, by the
    /// check of every request and not by a job.
    pub until: Option<Date>,
}

impl Membership {
    /// Whether it holds on a day of the account.
    pub fn holds(&self, today: Date) -> bool {
        self.from.is_none_or(|from| from <= today) && self.until.is_none_or(|until| today <= until)
    }

    /// Whether one of its roles grants the right.
    pub fn grants(&self, right: Right) -> bool {
        self.roles.iter().any(|role| grants(*role, right))
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// The stable name.
    pub id: StaffId,
    /// What is typed at sign-in.
    pub login: LoginName,
    /// The name for people.
    pub name: PersonName,
    /// At most one an account.
    pub memberships: Vec<Membership>,
}

impl Staff {
    /// What the person is on an account.
    pub fn membership(&self, account: &AccountId) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.account == *account)
    }

    /// Puts a membership in place of the one of its account.
    pub fn set_membership(&mut self, membership: Membership) {
        self.memberships.retain(|old| old.account != membership.account);
        self.memberships.push(membership);
        self.memberships.sort_by(|a, b| a.account.cmp(&b.account));
    }

    /// Whether some role of the person, on whatever account, demands a second factor.
    pub fn needs_second_factor(&self) -> bool {
        self.memberships.iter().flat_map(|m| &m.roles).any(|role| role.needs_second_factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_small_letters_and_never_shows_in_debug_output() {
        let name: LoginName = " Suzuki.H@city.example ".parse().unwrap();
        assert_eq!(name.as_str(), "suzuki.h@city.example");
        assert!(!format!("{name:?}").contains("suzuki"));
        for bad in ["", "a", ".a", "鈴木", "a b", &"a".repeat(65), "a\u{202e}b"] {
            assert!(bad.parse::<LoginName>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_line_holds_no_hidden_characters() {
        assert_eq!("　鈴木 花子 ".parse::<PersonName>().unwrap().as_str(), "鈴木 花子");
        for bad in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}b", "\u{2066}a", &"あ".repeat(61)] {
            assert!(bad.parse::<PersonName>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_membership_holds_from_its_first_to_its_last_day() {
        let day = |d| jiff::civil::date(2027, 3, d);
        let membership = Membership {
            account: "todoke".parse().unwrap(),
            roles: vec![Role::Viewer],
            department: None,
            from: Some(day(2)),
            until: Some(day(4)),
        };
        let held: Vec<i8> = (1..=6).filter(|d| membership.holds(day(*d))).collect();
        assert_eq!(held, [2, 3, 4]);
    }

    #[test]
    fn a_staff_id_reads_back() {
        let id = StaffId(uuid::Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<StaffId>().unwrap(), id);
        assert!("res_00000000000000000000000000000007".parse::<StaffId>().is_err());
    }
}
