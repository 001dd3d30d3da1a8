//! PORT: enquiries to a person, their words sealed under a key of each one's own.
//!
//! That key is made from the resident's, so erasing the resident makes every enquiry of theirs unreadable.

use async_trait::async_trait;
use uuid::Uuid;

use super::StoreError;
use crate::domain::{
    audit::Note,
    enquiry::{CannedAnswer, Enquiry, EnquiryId, Head, NewEnquiry, Notice, NoticeOutcome, Receipt, State},
    id::{AccountId, LineUserId, ResidentRef},
    resident::Resident,
    time::Timestamp,
    version::Version,
};

/// Where a list goes on.
pub type Cursor = (Timestamp, EnquiryId);

/// What became of [`Enquiries::open_enquiry`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It was stored for the first time.
    New(Receipt),
    /// It was there already; nothing was changed.
    Known(Receipt),
}

impl Opened {
    /// The number for people, either way.
    pub fn receipt(&self) -> &Receipt {
        match self {
            Self::New(receipt) | Self::Known(receipt) => receipt,
        }
    }
}

/// A notice that is still to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueNotice {
    /// What it is about.
    pub enquiry: EnquiryId,
    /// To whom.
    pub resident: ResidentRef,
    /// What.
    pub notice: Notice,
}

/// What is known of the last notice of an enquiry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NoticeRecord {
    /// The retry key under which it was or is to be sent.
    pub retry_key: Uuid,
    /// When it was written.
    pub written: Timestamp,
    /// How it ended; `None` while it is to be sent.
    pub outcome: Option<NoticeOutcome>,
    /// LINE's `x-line-request-id`, where an answer came.
    pub request_id: Option<String>,
}

/// Enquiries.
#[async_trait]
pub trait Enquiries: Send + Sync {
    /// The handle of somebody for links and enquiries: the same for the same person, known or not.
    fn resident_ref(&self, account: &AccountId, user: &LineUserId) -> Result<ResidentRef, StoreError>;

    /// The resident behind a handle, if known.
    async fn resident(
        &self,
        account: &AccountId,
        resident: ResidentRef,
    ) -> Result<Option<Resident>, StoreError>;

    /// Stores an enquiry under its id and gives it the year's next receipt number. Of the same id the first
    /// counts. [`StoreError::Damaged`] when the resident is not known (any more).
    async fn open_enquiry(&self, account: &AccountId, new: NewEnquiry) -> Result<Opened, StoreError>;

    /// An enquiry with the last notice about it, if any.
    async fn load_enquiry(
        &self,
        account: &AccountId,
        id: EnquiryId,
    ) -> Result<Option<(Enquiry, Option<NoticeRecord>)>, StoreError>;

    /// The name behind a receipt number.
    async fn enquiry_by_receipt(
        &self,
        account: &AccountId,
        receipt: &Receipt,
    ) -> Result<Option<EnquiryId>, StoreError>;

    /// Writes an enquiry in place of the version that it was made from, and with it, in the same step, a
    /// notice that is to be sent, and an audit note where staff changed it. [`StoreError::Conflict`] when it was changed (or has gone) since; then
    /// nothing was written.
    async fn save_enquiry(
        &self,
        account: &AccountId,
        expected: Version,
        enquiry: Enquiry,
        notice: Option<Notice>,
        note: Option<Note>,
    ) -> Result<(), StoreError>;

    /// Enquiries in a state, of a division or of all, those that were opened first coming first, from after
    /// a place on, at most `most`. Without their words.
    async fn list_enquiries(
        &self,
        account: &AccountId,
        division: Option<&str>,
        state: State,
        after: Option<Cursor>,
        most: usize,
    ) -> Result<Vec<Head>, StoreError>;

    /// Everything that a resident asked, the first coming first, without its words. It may look at every
    /// enquiry of the account (they are thousands, not millions): whoever calls it for somebody outside limits
    /// how often.
    async fn enquiries_by(&self, account: &AccountId, resident: ResidentRef)
    -> Result<Vec<Head>, StoreError>;

    /// How many enquiries are in a state, of a division or of all; counting ends at `most`.
    async fn count_enquiries(
        &self,
        account: &AccountId,
        division: Option<&str>,
        state: State,
        most: usize,
    ) -> Result<usize, StoreError>;

    /// Notices that are to be sent, at most `most`.
    async fn due_notices(&self, account: &AccountId, most: usize) -> Result<Vec<DueNotice>, StoreError>;

    /// Writes how a notice ended. Does nothing when it has ended already or is not known.
    async fn settle_notice(
        &self,
        account: &AccountId,
        enquiry: EnquiryId,
        retry_key: Uuid,
        outcome: NoticeOutcome,
        request_id: Option<String>,
    ) -> Result<(), StoreError>;

    /// Drops enquiries last changed before a moment with everything about them, at most `most` in one call;
    /// returns how many.
    async fn expire_enquiries(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError>;

    /// The texts that staff send often, and the list's version.
    async fn canned_answers(&self, account: &AccountId) -> Result<(Vec<CannedAnswer>, Version), StoreError>;

    /// Writes the list in place of the version that it was made from, or says [`StoreError::Conflict`].
    async fn save_canned_answers(
        &self,
        account: &AccountId,
        expected: Version,
        list: Vec<CannedAnswer>,
        note: Note,
    ) -> Result<Version, StoreError>;
}
