//! Roles, rights, and the one table that joins them.

use serde::{Deserialize, Serialize};

/// A right as a type: the marker types of [`marker`] implement it, one a [`Right`].
pub trait Permission: Send + Sync + 'static {
    /// The right that the type stands for.
    const RIGHT: Right;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $second:literal;)*) => {
        /// What a page or a journey needs. Closed: a new page takes one of these or adds a line here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Right { $($(#[$doc])* $name,)* }

        impl Right {
            /// Every right.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in catalogues and logs, for example `manage-staff`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whether it is given only to a session that was opened with two factors: whoever can
            /// publish, send, approve, administer, or read what residents wrote to the city.
            pub fn needs_second_factor(self) -> bool {
                match self { $(Self::$name => $second,)* }
            }
        }

        /// One type a right, for [`super::Actor`].
        pub mod marker {
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub struct $name;

                impl super::Permission for $name {
                    const RIGHT: super::Right = super::Right::$name;
                }
            )*
        }
    };
}

rights! {
    /// Open the console's home page.
    ViewConsole = "view-console", false;
    /// See what was asked and how it was answered, in numbers.
    SeeFigures = "see-figures", false;
    /// Search the answers on behalf of somebody who calls.
    SearchAnswers = "search-answers", false;
    /// Write drafts that somebody else puts into use.
    WriteDrafts = "write-drafts", false;
    /// Change intents, without publishing.
    EditIntents = "edit-intents", false;
    /// Publish and return intents.
    PublishIntents = "publish-intents", true;
    /// See the questions that were not answered, and work on them.
    SeeUnanswered = "see-unanswered", false;
    /// Read and answer what residents ask the city.
    WorkInbox = "work-inbox", true;
    /// Send announcements that were approved.
    Announce = "announce", true;
    /// Keep the places where the city's link is put up.
    KeepPlaces = "keep-places", false;
    /// Make and change segments: whoever may has counts of whatever is asked.
    EditSegments = "edit-segments", true;
    /// Set up targets and evaluate them.
    EditTargets = "edit-targets", false;
    /// Propose the emergency text, and end it.
    ProposeEmergency = "propose-emergency", true;
    /// Approve what somebody else proposed.
    Approve = "approve", true;
    /// Read every log.
    ReadAudit = "read-audit", true;
    /// Invite staff, change roles, end sessions.
    ManageStaff = "manage-staff", true;
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $($right:ident)*;)*) => {
        /// What somebody is in the city's use of todoke.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Role { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl Role {
            /// Every role, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the command line, in CSV files and in catalogues, for example `faq-editor`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The rights that the role grants.
            pub fn rights(self) -> &'static [Right] {
                match self { $(Self::$name => &[$(Right::$right,)*],)* }
            }
        }
    };
}

roles! {
    /// Looks at figures.
    Viewer = "viewer": ViewConsole SeeFigures;
    /// Keeps the answers alive.
    FaqEditor = "faq-editor": ViewConsole SeeFigures SearchAnswers WriteDrafts EditIntents PublishIntents SeeUnanswered KeepPlaces;
    /// Writes announcements and, once approved, sends them.
    Announcer = "announcer": ViewConsole SeeFigures WriteDrafts Announce EditSegments KeepPlaces EditTargets ProposeEmergency;
    /// The second person for what goes out.
    Approver = "approver": ViewConsole SeeFigures Approve;
    /// Answers residents in a division.
    Desk = "desk": ViewConsole SeeFigures SearchAnswers WorkInbox KeepPlaces;
    /// Answers the telephone with the same answers.
    Operator = "operator": ViewConsole SearchAnswers;
    /// Writes from outside of the city hall; others publish.
    OutsidePoster = "outside-poster": ViewConsole WriteDrafts;
    /// Reads every log and changes nothing.
    Auditor = "auditor": ViewConsole SeeFigures ReadAudit;
    /// Looks after staff. What goes out is not the administrator's.
    Administrator = "administrator": ViewConsole SeeFigures EditTargets ReadAudit ManageStaff;
}

impl Role {
    /// Whether one of its rights demands a second factor.
    pub fn needs_second_factor(self) -> bool {
        self.rights().iter().any(|right| right.needs_second_factor())
    }
}

/// The text is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no role; write viewer, faq-editor, announcer, approver, desk, operator, outside-poster, auditor or \
     administrator"
)]
pub struct UnknownRole(pub String);

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(code: &str) -> Result<Self, UnknownRole> {
        Self::ALL.iter().copied().find(|role| role.code() == code).ok_or_else(|| UnknownRole(code.to_owned()))
    }
}

/// Whether a role grants a right.
pub fn grants(role: Role, right: Right) -> bool {
    role.rights().contains(&right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_opens_the_home_page_and_every_right_belongs_to_somebody() {
        for role in Role::ALL {
            assert_eq!(role.code().parse::<Role>().unwrap(), *role);
            assert!(grants(*role, Right::ViewConsole), "{role:?}");
        }
        for right in Right::ALL {
            assert!(Role::ALL.iter().any(|role| grants(*role, *right)), "nobody has {right:?}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing_and_an_outside_poster_only_drafts() {
        assert_eq!(Role::Auditor.rights(), [Right::ViewConsole, Right::SeeFigures, Right::ReadAudit]);
        assert_eq!(Role::OutsidePoster.rights(), [Right::ViewConsole, Right::WriteDrafts]);
    }

    #[test]
    fn nobody_sends_and_approves_with_one_role() {
        for role in Role::ALL {
            assert!(!(grants(*role, Right::Announce) && grants(*role, Right::Approve)), "{role:?}");
        }
    }

    #[test]
    fn whoever_can_publish_send_approve_or_administer_needs_a_second_factor() {
        let needing: Vec<&str> =
            Role::ALL.iter().filter(|role| role.needs_second_factor()).map(|role| role.code()).collect();
        assert_eq!(needing, ["faq-editor", "announcer", "approver", "desk", "auditor", "administrator"]);
    }
}
