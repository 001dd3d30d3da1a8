//! What staff do with announcements: write, show to a second person, approve, stop, put right.
//!
//! Each verb is one file. What may follow on what [`crate::domain::announcement::Way`] decides; who gets it
//! [`audience`] works out; [`super::deliver`] sends. A step is one write of the store, with its line of the history
//! and its note of the audit.

mod afterwards;
mod approve;
pub mod audience;
mod check;
mod correct;
mod deputies;
mod look;
pub mod post;
mod settings;
mod stop;
mod submit;
mod templates;
mod test_send;
mod to_staff;
mod write;

pub use afterwards::{Afterwards, afterwards, learn_counts};
pub use approve::{Approving, approve, break_glass, review};
pub use audience::{AudienceError, MOST_VARIANTS};
pub use check::{ask_line, breakdown, check};
pub use correct::correct;
pub use deputies::{MayName, deputies, save_deputies, stand_ins};
pub use look::{Gate, Seen, history, list, open, progress};
pub use settings::{Lane, Settings};
pub use stop::{cancel, pause, resume};
pub use submit::{give_back, submit};
pub use templates::{agree_template, keep_template, remove_template, templates};
pub use test_send::test_send;
pub(in crate::journeys) use to_staff::tell_staff;
pub use write::{edit, write};

use crate::{
    domain::{
        account::Account,
        announcement::{Announcement, AnnouncementId, Fault, Refusal, Step, Taken, Way},
        audit::{Action, Note},
        id::StaffId,
        staff::{
            Actor, NotAPerson, Permission,
            rights::{Announce, Approve, ReadAudit, SeeFigures, ViewConsole, WriteDrafts},
        },
        time::Timestamp,
        version::Version,
    },
    journeys::Ctx,
    messenger::SendError,
    store::{StoreError, announcements::Move, staff::Versioned},
};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// It does not follow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What is said cannot go out so.
    #[error("the announcement has {} faults", .0.len())]
    Content(Vec<Fault>),
    /// It cannot be worked out who gets it.
    #[error(transparent)]
    Audience(#[from] AudienceError),
    /// A person has to stand behind it.
    #[error(transparent)]
    NotAPerson(#[from] NotAPerson),
    /// There is no such announcement.
    #[error("there is no such announcement")]
    NotFound,
    /// The account is not there.
    #[error("there is no such account")]
    NoAccount,
    /// Nobody named this person as a deputy for today.
    #[error("you are not named as the deputy of that person for today")]
    NotADeputy,
    /// Without a second person only alerts go out.
    #[error("only an alert may go out without a second person")]
    OnlyAlerts,
    /// Without a second person only agreed words go out.
    #[error(
        "without a second person only the words of a template go out that somebody else has agreed to for alerts"
    )]
    NotAgreed,
    /// There are too many templates.
    #[error("there are too many templates; remove one that nobody uses")]
    TooManyTemplates,
    /// The moment at which it is to go out has passed.
    #[error("the moment at which it is to go out has passed; choose a later one")]
    TooLate,
    /// LINE did not take it.
    #[error(transparent)]
    Line(#[from] SendError),
    /// The store did not do it; [`StoreError::Conflict`]: somebody else was quicker, look again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rights with which announcements may be looked at.
pub trait MaySee: Permission {}
/// Whoever answers the telephone is asked what went out; pages show them nothing else.
impl MaySee for ViewConsole {}
impl MaySee for WriteDrafts {}
impl MaySee for Announce {}
impl MaySee for Approve {}
impl MaySee for SeeFigures {}
impl MaySee for ReadAudit {}

/// The rights with which one may be given back or stopped: it only makes less go out.
pub trait MayStop: Permission {}
impl MayStop for Announce {}
impl MayStop for Approve {}

pub(super) fn account_of<'a, R: Permission>(
    ctx: &'a Ctx,
    actor: &Actor<R>,
) -> Result<&'a Account, AnnounceError> {
    ctx.library.account(actor.account()).ok_or(AnnounceError::NoAccount)
}

/// The announcement, if it still has the version that was seen; `None`: whatever it has.
async fn require<R: Permission>(
    ctx: &Ctx,
    actor: &Actor<R>,
    id: AnnouncementId,
    seen: Option<Version>,
) -> Result<Versioned<Announcement>, AnnounceError> {
    let known = ctx.store.announcement(actor.account(), id).await?.ok_or(AnnounceError::NotFound)?;
    match seen {
        Some(seen) if seen != known.version => Err(StoreError::Conflict.into()),
        _ => Ok(known),
    }
}

/// The step that leads from an announcement to its next state.
struct Stepping<'a, R> {
    actor: &'a Actor<R>,
    now: Timestamp,
    step: Step,
    remark: String,
    instead_of: Option<StaffId>,
}

impl<R: Permission> Stepping<'_, R> {
    fn to(self, expected: Version, next: Announcement) -> Move {
        let Self { actor, now, step, remark, instead_of } = self;
        let content = next.draft.hash();
        let count = count_of(&next.way);
        let mut note: Note = actor.note(now, action_of(step), next.id);
        note.detail = vec![("content".into(), content.to_string())];
        note.detail.extend(count.map(|count| ("count".into(), count.to_string())));
        note.detail.extend(instead_of.map(|who| ("instead-of".into(), who.to_string())));
        let by = actor.doer().who;
        let taken = Taken { at: now, by, step, remark, instead_of, content, count };
        let announcement = Announcement { changed: now, ..next };
        Move { expected, announcement, taken, note: Some(note) }
    }
}

fn stepping<'a, R: Permission>(ctx: &Ctx, actor: &'a Actor<R>, step: Step) -> Stepping<'a, R> {
    Stepping { actor, now: ctx.clock.now(), step, remark: String::new(), instead_of: None }
}

/// How many people are bound, from the submission on.
pub fn count_of(way: &Way) -> Option<u64> {
    way.binding().map(|binding| binding.count)
}

fn action_of(step: Step) -> Action {
    match step {
        Step::Written => Action::AnnouncementWritten,
        Step::Submitted => Action::AnnouncementSubmitted,
        Step::Returned => Action::AnnouncementReturned,
        Step::Approved => Action::AnnouncementApproved,
        Step::BrokenGlass => Action::AnnouncementBrokenGlass,
        Step::Begun => Action::AnnouncementBegun,
        Step::Paused => Action::AnnouncementPaused,
        Step::Resumed => Action::AnnouncementResumed,
        Step::Cancelled => Action::AnnouncementCancelled,
        Step::Finished => Action::AnnouncementFinished,
        Step::Reviewed => Action::AnnouncementReviewed,
    }
}
