//! PORT: what todoke remembers. One trait an aggregate; each atomic need is one named operation.
//!
//! Journeys and the runner call it; adapters (`sled`, later `postgres`) live below and are named only by
//! `app` and `cli`. No caller sees a backend's type, no operation scans everything, and no transaction
//! object leaves an adapter. `conformance` holds every backend to the same behaviour.

pub mod announcements;
pub mod api_keys;
pub mod audience;
pub mod audit;
pub mod conformance;
pub mod content;
pub mod detours;
pub mod emergencies;
pub mod enquiries;
pub mod error;
pub mod facts;
pub mod followers;
pub mod helpers;
pub mod menu_links;
pub mod places;
pub mod populations;
pub mod record;
pub mod rosters;
pub mod sessions;
pub mod sled;
pub mod staff;
pub mod tellings;
pub mod unanswered;
pub mod view;

use std::sync::Arc;

use async_trait::async_trait;

pub use content::Contents;
pub use error::StoreError;

use crate::domain::{
    conversation::Conversation,
    event::{Event, EventKey},
    id::AccountId,
    resident::Resident,
    settlement::Settlement,
    time::Timestamp,
};

/// Everything that a backend offers.
pub trait Store:
    Inbox
    + Figures
    + Contents
    + view::Views
    + unanswered::Questions
    + enquiries::Enquiries
    + emergencies::Emergencies
    + staff::People
    + sessions::Sessions
    + detours::Detours
    + audit::Audit
    + audience::Audience
    + rosters::Rosters
    + menu_links::MenuLinks
    + places::Places
    + populations::Populations
    + followers::FollowerImports
    + helpers::Helpers
    + announcements::Announcements
    + api_keys::ApiKeys
    + tellings::Tellings
    + facts::Facts
    + Send
    + Sync
    + 'static
{
    /// What this backend can and cannot do, said at start.
    fn capabilities(&self) -> Capabilities;
}

/// What a backend can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// The backend's name for people and logs.
    pub name: &'static str,
    /// Whether several instances may share it.
    pub several_instances: bool,
}

/// An event as it is handed to the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The name under which it is stored once.
    pub key: EventKey,
    /// What happened, or the raw text where it could not be read.
    pub body: EventBody,
}

/// The content of a stored event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    /// An event of a known shape.
    Read(Event),
    /// An event that could not be read: kept as it came, counted, never answered.
    Unreadable {
        /// The raw JSON text.
        raw: String,
        /// What was wrong, without content.
        reason: String,
    },
}

/// What became of one event of an [`Inbox::accept`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Stored for the first time.
    New,
    /// Known already; nothing was changed, except that an unsettled event counts as received now, since
    /// its reply token is fresh again.
    Known,
}

/// An event that a worker has taken: nobody else works on its lane until it is settled or released.
#[derive(Debug)]
pub struct Claimed {
    /// The account.
    pub account: AccountId,
    /// The event's name.
    pub key: EventKey,
    /// The event.
    pub event: Event,
    /// When it was (last) received.
    pub received: Timestamp,
    /// Whether an earlier process or worker may have begun to answer it.
    pub maybe_attempted: bool,
    /// The person; `None` where the event names nobody.
    pub resident: Option<Resident>,
    /// The talk so far.
    pub conversation: Conversation,
    /// The fence: proves that the claim is alive.
    pub lease: Lease,
}

/// Proof of a claim: the lane and the fence number under which it was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The lane, 0 to 255: `hash(account, user) mod 256`. A backend whose claims need no lease may keep
    /// residents apart more finely.
    pub lane: u16,
    /// Grows with every claim of the lane; a settle under an older number is refused.
    pub fence: u64,
}

/// Events from LINE: stored once, worked on in order, settled once.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Stores the events that are new, in one durable step, and says of each whether it was new (in the
    /// order given; the same key twice in one call is new once).
    ///
    /// The same step makes residents known from their first event and folds follow and unfollow into
    /// their state. Of events in groups and rooms only the key is kept, settled as `NoReplyDue`;
    /// unreadable events are kept raw and settled likewise.
    /// Fails with [`StoreError::Full`] when too much waits, with [`StoreError::Closed`] when it accepts
    /// no more; then nothing was stored.
    async fn accept(
        &self,
        account: &AccountId,
        received: Timestamp,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Accepted>, StoreError>;

    /// Takes at most `most` events, at most one a lane, within a lane the earliest by (happened, key) of
    /// those waiting. Gives an empty list at once when there is none.
    async fn claim(&self, most: usize) -> Result<Vec<Claimed>, StoreError>;

    /// Comes back when there may be something to claim since the last call of `claim` that found nothing.
    async fn wait_for_events(&self);

    /// Writes how a claimed event ended, with all that belongs to it, in one durable step, and frees the
    /// lane. [`StoreError::Fenced`] when the claim is no longer alive; then nothing was written.
    async fn settle(
        &self,
        account: &AccountId,
        key: EventKey,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError>;

    /// Gives a claimed event back unsettled; it will be claimed again, marked as maybe attempted.
    async fn release(&self, account: &AccountId, key: EventKey, lease: Lease) -> Result<(), StoreError>;

    /// Drops the stored body of a message that its sender took back, wherever it waits or is kept. The
    /// event itself and its outcome stay. A message that is not known (yet) is dropped when it comes, if it
    /// comes before [`Inbox::expire`] is called with an `events_before` after `now`.
    async fn forget_message(
        &self,
        account: &AccountId,
        message_id: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Drops bodies settled before `bodies_before` and whole events settled before `events_before`, at
    /// most about `most` in one call; returns how many it dropped and whether more may wait. Events of
    /// accounts that are not configured any more are dropped like the others; a record that cannot be read
    /// is counted and stepped over.
    async fn expire(
        &self,
        bodies_before: Timestamp,
        events_before: Timestamp,
        most: usize,
    ) -> Result<Expired, StoreError>;

    /// The words of a settled message, while they are kept: what feedback on an answer is about.
    async fn words(&self, account: &AccountId, key: EventKey) -> Result<Option<String>, StoreError>;

    /// How many events wait or are being worked on.
    fn waiting(&self) -> usize;
}

/// What an [`Inbox::expire`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expired {
    /// Bodies that were dropped.
    pub bodies: usize,
    /// Events whose last trace was dropped.
    pub events: usize,
    /// Records that were looked at and could not be read.
    pub damaged: usize,
    /// Whether another call may find more.
    pub more: bool,
}

/// Daily counts without persons.
#[async_trait]
pub trait Figures: Send + Sync {
    /// The counts of one day of an account (in the account's time zone), by name, sorted by name.
    /// They are written by [`Inbox::settle`] as [`Settlement::facts`], and by [`Figures::count_fact`].
    async fn day(
        &self,
        account: &AccountId,
        day: jiff::civil::Date,
    ) -> Result<Vec<(String, u64)>, StoreError>;

    /// The same of every day from `from` to `to`, both included, that has counts; the earliest first. Of a
    /// longer time than [`MOST_DAYS`] only the last so many days. A count that cannot be read is left out
    /// and reported: one damaged figure must not hide a quarter of them.
    async fn days(
        &self,
        account: &AccountId,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    ) -> Result<Vec<DayCounts>, StoreError>;

    /// Counts one fact that comes with no event, on the day of `at`: a tap on a link.
    async fn count_fact(&self, account: &AccountId, at: Timestamp, fact: &str) -> Result<(), StoreError>;
}

/// The most days that [`Figures::days`] reads at once: a year and its first day again.
pub const MOST_DAYS: i32 = 367;

/// The counts of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCounts {
    /// The day in the account's time zone.
    pub day: jiff::civil::Date,
    /// By name, sorted by name.
    pub counts: Vec<(String, u64)>,
}

/// A store that several parts share.
pub type SharedStore = Arc<dyn Store>;
