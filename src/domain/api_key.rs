//! Keys with which other systems call the API: whose account, what for, and who answers for what they do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    id::{AccountId, ApiKeyId, StaffId},
    staff::{Department, Line, Right},
    time::Timestamp,
};

/// What a key is called among staff, for example 防災気象情報システム: one line of 1 to 60 characters.
pub type KeyLabel = Line<60>;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $right:ident;)*) => {
        /// What a key is for. Codes are part of the stable face: a new one is added, none is ever renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Scope { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl Scope {
            /// Every scope, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the command line and in the API's description.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The right that it stands for. The person who answers for the key needs it too.
            pub fn right(self) -> Right {
                match self { $(Self::$name => Right::$right,)* }
            }
        }
    };
}

scopes! {
    /// Write drafts, and see how those that the key wrote stand.
    Draft = "announcements:draft": WriteDrafts;
    /// Show what it wrote to a second person.
    Submit = "announcements:submit": Announce;
    /// See how all announcements of the account stand.
    Read = "announcements:read": SeeFigures;
}

/// The text is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no scope; write announcements:draft, announcements:submit or announcements:read")]
pub struct UnknownScope(pub String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(code: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.code() == code)
            .ok_or_else(|| UnknownScope(code.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A key of another system. Its secret is known to that system alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The account on which it counts, and no other.
    pub account: AccountId,
    /// What staff call it.
    pub label: KeyLabel,
    /// What it is for; at least one.
    pub scopes: Vec<Scope>,
    /// Whose announcements it writes; `None`: any department's.
    pub department: Option<Department>,
    /// The member of staff who answers for what it does: they count as the author of what it writes, so that somebody
    /// else has to approve it, and the key can do no more than they may.
    pub owner: StaffId,
    /// When it was made.
    pub made: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_reads_back() {
        for scope in Scope::ALL {
            assert_eq!(scope.code().parse::<Scope>().unwrap(), *scope);
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.code());
        }
        assert!("announcements:approve".parse::<Scope>().is_err());
    }
}
