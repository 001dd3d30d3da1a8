//! PURE: the audit log. Each entry holds the hash of the one before it, so that nothing can be taken out,
//! put in or changed without being noticed.
//!
//! Stores append to it in the same operation as the change itself. An entry holds ids and hashes and no
//! personal data: who `stf_…` is, the staff list tells.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    id::{AccountId, ApiKeyId, StaffId},
    time::Timestamp,
};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Who {
    /// A member of staff.
    Staff(StaffId),
    /// Another system, by its key.
    ApiKey(ApiKeyId),
    /// Whoever types commands on the machine.
    CommandLine,
    /// todoke itself.
    System,
    /// Nobody who is known: a failed attempt.
    Nobody,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(id) => id.fmt(f),
            Self::ApiKey(id) => id.fmt(f),
            Self::CommandLine => f.write_str("command-line"),
            Self::System => f.write_str("system"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

impl From<Who> for String {
    fn from(who: Who) -> Self {
        who.to_string()
    }
}

impl TryFrom<String> for Who {
    type Error = super::id::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "command-line" => Ok(Self::CommandLine),
            "system" => Ok(Self::System),
            "nobody" => Ok(Self::Nobody),
            key if key.starts_with("key_") => key.parse().map(Self::ApiKey),
            staff => staff.parse().map(Self::Staff),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What was done. Codes are stored: a new one is added, none is ever renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stored name.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }

        impl FromStr for Action {
            type Err = ();

            fn from_str(code: &str) -> Result<Self, ()> {
                match code { $($code => Ok(Self::$name),)* _ => Err(()) }
            }
        }
    };
}

actions! {
    /// Somebody was added to the staff.
    StaffAdded = "staff.added",
    /// Roles, department, days or name were changed.
    StaffChanged = "staff.changed",
    /// A list of staff was imported.
    StaffImported = "staff.imported",
    /// An invitation was made; earlier ones are void.
    InvitationMade = "staff.invited",
    /// An invitation was used.
    InvitationUsed = "staff.invitation-used",
    /// Somebody signed in.
    SignedIn = "session.signed-in",
    /// An attempt to sign in was refused.
    SignInRefused = "session.refused",
    /// Somebody signed out, or a session was ended by its owner.
    SignedOut = "session.ended",
    /// An administrator ended somebody's sessions.
    SessionsRevoked = "session.revoked",
    /// Somebody proved again to be the person, for a grave act.
    IdentityConfirmed = "session.confirmed",
    /// A password was set or changed.
    PasswordChanged = "credentials.password-changed",
    /// A second factor was set up.
    FactorEnrolled = "credentials.factor-enrolled",
    /// The authenticator app was removed.
    AppRemoved = "credentials.app-removed",
    /// New recovery codes were made; the old ones are void.
    RecoveryCodesMade = "credentials.recovery-codes-made",
    /// A recovery code was used.
    RecoveryCodeUsed = "credentials.recovery-code-used",
    /// A security key was added.
    KeyAdded = "credentials.key-added",
    /// A security key was removed.
    KeyRemoved = "credentials.key-removed",
    /// A security key proved to be there.
    KeyUsed = "credentials.key-used",
    /// What a security key said, or what came in its place, was refused.
    KeyRefused = "credentials.key-refused",
    /// An account at the city's single sign-on was linked.
    AccountLinked = "credentials.account-linked",
    /// The link was taken away.
    AccountUnlinked = "credentials.account-unlinked",
    /// The linked account proved to be there.
    SignOnUsed = "credentials.sign-on-used",
    /// What came back from the single sign-on was refused.
    SignOnRefused = "credentials.sign-on-refused",
    /// An administrator asked to reset somebody's second factor.
    FactorResetAsked = "credentials.factor-reset-asked",
    /// A second administrator confirmed it: the second factor is gone.
    FactorReset = "credentials.factor-reset",
    /// A revision of what the bot says was published.
    ContentPublished = "content.published",
    /// The content of an earlier revision was published again.
    ContentReturned = "content.returned",
    /// A conflict between files and console was decided.
    ContentSettled = "content.settled",
    /// Everything of one owner was given to another.
    ContentReassigned = "content.reassigned",
    /// An edit that is not published yet was saved.
    DraftSaved = "content.draft-saved",
    /// An edit that is not published yet was thrown away.
    DraftDiscarded = "content.draft-discarded",
    /// The audit log was exported.
    AuditExported = "audit.exported",
    /// An operator kept a question that no answer was found for.
    QuestionKept = "unanswered.kept",
    /// Questions were set aside as none of the city's matters.
    QuestionsIgnored = "unanswered.ignored",
    /// An intent is being written for questions.
    QuestionsDrafted = "unanswered.drafted",
    /// Questions became an example of an intent.
    QuestionsAdded = "unanswered.added",
    /// What was done with questions was taken back: they are new again.
    QuestionsReopened = "unanswered.reopened",
    /// The list of questions was downloaded.
    QuestionsExported = "unanswered.exported",
    /// An enquiry was answered.
    EnquiryAnswered = "enquiry.answered",
    /// A note among staff was left with an enquiry.
    EnquiryNoted = "enquiry.noted",
    /// An enquiry was given to somebody, or to nobody.
    EnquiryAssigned = "enquiry.assigned",
    /// An enquiry was handed to another department.
    EnquiryTransferred = "enquiry.transferred",
    /// An enquiry was taken up, closed or opened again by hand.
    EnquiryMoved = "enquiry.moved",
    /// The question of an enquiry was left for those who keep the answers.
    EnquiryLearned = "enquiry.learned",
    /// The texts that staff send often were changed.
    CannedAnswersChanged = "enquiry.canned-answers-changed",
    /// An emergency text was written or rewritten.
    EmergencyProposed = "emergency.proposed",
    /// A proposed emergency text was dropped.
    EmergencyWithdrawn = "emergency.withdrawn",
    /// A second person put an emergency text in force.
    EmergencyApproved = "emergency.approved",
    /// An emergency text was ended before its time.
    EmergencyEnded = "emergency.ended",
    /// A segment was made or changed.
    SegmentSaved = "segment.saved",
    /// A segment was removed.
    SegmentRemoved = "segment.removed",
    /// People were put on the list of a group, or taken off it.
    GroupImported = "group.imported",
    /// The list of a group was taken out, with the codes that are still good.
    GroupExported = "group.exported",
    /// Everybody who follows became known, as LINE lists them.
    FollowersImported = "followers.imported",
    /// The rich menus at LINE were about to be changed.
    MenusArranged = "menu.arranged",
    /// A segment that was removed was put back.
    SegmentRestored = "segment.restored",
    /// An announcement was written or rewritten.
    AnnouncementWritten = "announcement.written",
    /// An announcement was shown to a second person.
    AnnouncementSubmitted = "announcement.submitted",
    /// An announcement was given back to its author, or taken back.
    AnnouncementReturned = "announcement.returned",
    /// An announcement was approved.
    AnnouncementApproved = "announcement.approved",
    /// One person let an alert out alone.
    AnnouncementBrokenGlass = "announcement.broken-glass",
    /// The sending of an announcement began.
    AnnouncementBegun = "announcement.begun",
    /// An announcement was paused.
    AnnouncementPaused = "announcement.paused",
    /// An announcement was gone on with.
    AnnouncementResumed = "announcement.resumed",
    /// An announcement was cancelled.
    AnnouncementCancelled = "announcement.cancelled",
    /// Every batch of an announcement has its outcome.
    AnnouncementFinished = "announcement.finished",
    /// An announcement was looked at afterwards by a second person.
    AnnouncementReviewed = "announcement.reviewed",
    /// An announcement was sent to the staff group on trial.
    AnnouncementTested = "announcement.tested",
    /// A template was kept or changed.
    TemplateKept = "template.kept",
    /// A second person agreed to a template as a text for alerts.
    TemplateAgreed = "template.agreed",
    /// A template was removed.
    TemplateRemoved = "template.removed",
    /// It was changed who approves in whose place.
    DeputiesChanged = "deputies.changed",
    /// A key for another system was made.
    ApiKeyAdded = "api-key.added",
    /// A key for another system was taken away.
    ApiKeyRemoved = "api-key.removed",
    /// A place for the city's link was added.
    PlaceAdded = "place.added",
    /// A place was renamed or given to another department.
    PlaceChanged = "place.changed",
    /// A place was put away.
    PlaceClosed = "place.closed",
    /// A place that was put away is used again.
    PlaceReopened = "place.reopened",
    /// A table of the population was kept.
    PopulationKept = "population.kept",
    /// A table of the population was removed.
    PopulationRemoved = "population.removed",
}

/// What a change says about itself; the store makes the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Who,
    /// What.
    pub action: Action,
    /// To what: an id, never a name.
    pub object: String,
    /// On which account; `None`: none in particular.
    pub account: Option<AccountId>,
    /// From which address.
    pub from: Option<String>,
    /// More: ids, codes, counts and hashes by name.
    pub detail: Vec<(String, String)>,
}

/// An entry as stored and exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counted from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Who,
    /// What.
    pub action: Action,
    /// To what.
    pub object: String,
    /// On which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// More.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detail: Vec<(String, String)>,
    /// The hash of the entry before; zeros for the first.
    pub previous: Link,
    /// The hash of this entry.
    pub hash: Link,
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(pub [u8; 32]);

impl Link {
    /// The hash of a text, which stands for it where the text itself must not.
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}

impl TryFrom<String> for Link {
    type Error = super::id::InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || super::id::InvalidId::new(&text, "64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut link = [0; 32];
        for (byte, pair) in link.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(link))
    }
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 while there is none.
    pub seq: u64,
    /// Its hash.
    pub hash: Link,
}

impl Head {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: Link([0; 32]) };

    /// The entry that follows.
    pub fn entry(self, note: Note) -> Entry {
        let mut entry = Entry {
            seq: self.seq + 1,
            at: note.at,
            actor: note.actor,
            action: note.action,
            object: note.object,
            account: note.account,
            from: note.from,
            detail: note.detail,
            previous: self.hash,
            hash: Link([0; 32]),
        };
        entry.hash = entry.computed();
        entry
    }
}

impl Entry {
    /// The end of the chain after this entry.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }

    /// The hash over everything else, in a form that has one spelling: each field by its length in bytes
    /// (8, big endian) and its bytes, in the order seq, at (nanoseconds), actor, action, object, account,
    /// from, the number of details, each name and value, previous. What is absent has length 2^64 - 1.
    fn computed(&self) -> Link {
        let mut hasher = Sha256::new();
        let mut field = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
            hasher.update(length.to_be_bytes());
            hasher.update(bytes.unwrap_or_default());
        };
        field(Some(&self.seq.to_be_bytes()));
        field(Some(&self.at.as_nanosecond().to_be_bytes()));
        field(Some(self.actor.to_string().as_bytes()));
        field(Some(self.action.code().as_bytes()));
        field(Some(self.object.as_bytes()));
        field(self.account.as_ref().map(|account| account.as_str().as_bytes()));
        field(self.from.as_ref().map(String::as_bytes));
        field(Some(&(self.detail.len() as u64).to_be_bytes()));
        for (name, value) in &self.detail {
            field(Some(name.as_bytes()));
            field(Some(value.as_bytes()));
        }
        field(Some(&self.previous.0));
        Link(hasher.finalize().into())
    }
}

/// Where a chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing or in the wrong place.
    #[error("entry {expected} is missing: entry {found} stands in its place")]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// An entry does not follow the one before it.
    #[error("entry {seq} does not follow the entry before it: one of the two was exchanged")]
    NotLinked {
        /// Its number.
        seq: u64,
    },
    /// An entry was changed.
    #[error("entry {seq} was changed after it was written")]
    Changed {
        /// Its number.
        seq: u64,
    },
}

/// Follows the chain from `from` on and gives its end. Whoever kept an earlier end somewhere else can tell
/// whether the log was cut or written anew.
pub fn verify<'a>(from: Head, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Head, Broken> {
    entries.into_iter().try_fold(from, |head, entry| {
        if entry.seq != head.seq + 1 {
            return Err(Broken::Gap { expected: head.seq + 1, found: entry.seq });
        }
        if entry.previous != head.hash {
            return Err(Broken::NotLinked { seq: entry.seq });
        }
        if entry.computed() != entry.hash {
            return Err(Broken::Changed { seq: entry.seq });
        }
        Ok(entry.head())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: u64) -> Vec<Entry> {
        let mut head = Head::START;
        (0..length)
            .map(|n| {
                let entry = head.entry(Note {
                    at: Timestamp::from_second(1_000).unwrap(),
                    actor: Who::Staff(StaffId(uuid::Uuid::from_u128(u128::from(n)))),
                    action: Action::StaffChanged,
                    object: format!("stf_{n}"),
                    account: Some("todoke".parse().unwrap()),
                    from: None,
                    detail: vec![("roles".into(), "viewer".into())],
                });
                head = entry.head();
                entry
            })
            .collect()
    }

    #[test]
    fn a_chain_follows_and_survives_json() {
        let entries = chain(5);
        let json = serde_json::to_string(&entries).unwrap();
        let read: Vec<Entry> = serde_json::from_str(&json).unwrap();
        assert_eq!(verify(Head::START, &read).unwrap(), entries[4].head());
        assert_eq!(verify(entries[1].head(), &entries[2..]).unwrap().seq, 5);
    }

    #[test]
    fn what_was_changed_taken_out_put_in_or_exchanged_is_found() {
        let entries = chain(5);
        let broken = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut copy = entries.clone();
            change(&mut copy);
            verify(Head::START, &copy).unwrap_err()
        };
        assert_eq!(broken(&|e| e[2].object = "stf_9".into()), Broken::Changed { seq: 3 });
        assert_eq!(broken(&|e| e[2].detail[0].1 = "administrator".into()), Broken::Changed { seq: 3 });
        assert_eq!(broken(&|e| e[2].account = None), Broken::Changed { seq: 3 });
        assert_eq!(broken(&|e| drop(e.remove(2))), Broken::Gap { expected: 3, found: 4 });
        assert_eq!(broken(&|e| e.swap(1, 2)), Broken::Gap { expected: 2, found: 3 });
        let rewritten = |e: &mut Vec<Entry>| {
            e[2].object = "stf_9".into();
            e[2].hash = e[2].computed();
        };
        assert_eq!(broken(&rewritten), Broken::NotLinked { seq: 4 });
    }

    #[test]
    fn every_action_reads_back() {
        for action in Action::ALL {
            assert_eq!(action.code().parse::<Action>(), Ok(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.code());
        }
    }
}
