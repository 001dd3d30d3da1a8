//! What waits for somebody, for the console's home page: each part for those who have the right to it, and
//! cheap enough to be asked with every visit.

use jiff::{ToSpan, civil::Date};

use super::Ctx;
use crate::{
    domain::{
        announcement::{Announcement, Stage},
        enquiry::State,
        id::IntentId,
        language::Localized,
        staff::{
            Actor, Department,
            rights::{Approve, EditIntents, SeeUnanswered, WorkInbox},
        },
        time::Timestamp,
    },
    store::StoreError,
};

/// Beyond this many it says "or more".
pub const MOST: usize = 100;
/// What expires within so many days falls due.
const SOON: i32 = 30;

/// Enquiries that nobody has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many; [`MOST`]: so many or more.
    pub count: usize,
    /// When the one was opened that waits longest.
    pub longest_since: Option<Timestamp>,
}

/// The open enquiries of somebody's division; those of all divisions where somebody belongs to none.
pub async fn open_enquiries(ctx: &Ctx, actor: &Actor<WorkInbox>) -> Result<Waiting, StoreError> {
    let division = actor.doer().department.as_ref().map(Department::as_str);
    let heads = ctx.store.list_enquiries(actor.account(), division, State::Open, None, MOST).await?;
    Ok(Waiting { count: heads.len(), longest_since: heads.first().map(|head| head.opened) })
}

/// The newest questions without an answer that nobody has worked on, newest first, of the last [`MOST`];
/// masked words.
pub async fn new_questions(ctx: &Ctx, actor: &Actor<SeeUnanswered>) -> Result<Vec<String>, StoreError> {
    let newest = ctx.store.list_unanswered(actor.account(), None, MOST).await?;
    Ok(newest.into_iter().filter(|question| question.mark.is_none()).map(|question| question.text).collect())
}

/// What waits for an approver among the latest announcements: titles of those to approve and of those to review.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approving {
    /// Written by somebody else, and shown to a second person.
    pub waiting: Vec<String>,
    /// Sent by a deputy of this person, or in an emergency by somebody else, and not looked at since.
    pub reviews: Vec<String>,
}

/// What waits for this approver, of the latest [`MOST`] announcements.
pub async fn approving(ctx: &Ctx, actor: &Actor<Approve>) -> Result<Approving, StoreError> {
    let latest = ctx.store.list_announcements(actor.account(), None, MOST).await?;
    let me = actor.doer();
    let title = |one: &Announcement| one.draft.content.title.as_str().to_owned();
    let mut found = Approving::default();
    for one in latest.iter().map(|known| &known.value) {
        if matches!(one.way.stage(), Stage::Waiting { .. }) && !me.is(one.way.author()) {
            found.waiting.push(title(one));
        }
        let is_due = match one.way.review_due() {
            Some(Some(whose)) => me.is(whose),
            Some(None) => one.way.approval().is_some_and(|approval| !me.is(approval.by())),
            None => false,
        };
        if is_due {
            found.reviews.push(title(one));
        }
    }
    Ok(found)
}

/// An intent whose last day is near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub intent: IntentId,
    /// The question in a few words.
    pub title: Localized<String>,
    /// Its last day.
    pub until: Date,
}

/// The intents whose last day has come within a month or has passed, the earliest first.
pub fn ending_soon(ctx: &Ctx, actor: &Actor<EditIntents>) -> Vec<Ending> {
    let (Some(today), Some(snapshot)) = (ctx.today(actor.account()), ctx.library.snapshot(actor.account()))
    else {
        return Vec::new();
    };
    let horizon = today.saturating_add(SOON.days());
    let ends = snapshot.intents().filter_map(|intent| {
        let until = intent.valid_until.filter(|until| *until <= horizon)?;
        Some(Ending { intent: intent.id.clone(), title: intent.title.clone(), until })
    });
    let mut ending: Vec<Ending> = ends.collect();
    ending.sort_by(|a, b| (a.until, &a.intent).cmp(&(b.until, &b.intent)));
    ending
}
