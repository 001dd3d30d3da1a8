//! Links to residents' own pages: whoever has one may do one thing, for a time. They carry no name, no LINE
//! id and no words, sealed or not. And ways to online procedures, which are everybody's.

use serde::{Deserialize, Serialize};

use super::{
    enquiry::EnquiryId,
    helper::HelperId,
    id::{AccountId, IntentId, ResidentRef},
    language::Language,
    time::Timestamp,
};

/// What a link lets its bearer do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// On which account.
    pub account: AccountId,
    /// As whom.
    pub resident: ResidentRef,
    /// What.
    pub leads: Leads,
    /// The language of the talk from which it came.
    pub language: Language,
    /// Until when.
    pub until: Timestamp,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leads {
    /// To the form that asks the city, about what this intent is about.
    Ask(Option<IntentId>),
    /// To the form's one submission under this name: it makes one enquiry however often it is sent.
    Submit(EnquiryId),
    /// To this enquiry and its answer.
    Read(EnquiryId),
    /// To what is stored of this resident.
    Mine,
    /// To what a helper of this resident sees of it, as long as the resident lets them.
    Help(HelperId),
    /// To a change of it, from a page that was made at this moment.
    Change(Timestamp),
}

/// Makes links into opaque texts and reads them back. The real one is the keyring's.
pub trait Links: Send + Sync + 'static {
    /// The text: letters, digits, `-` and `_`, a few hundred of them. Different each time.
    fn write(&self, link: &Link) -> String;

    /// The link, if the text is one of ours and whole. Whether its time is over is for the reader to ask.
    fn read(&self, text: &str) -> Option<Link>;

    /// The code of the way to an intent's online procedure, for an address: the same each time, for
    /// everybody, and without an end. It carries account and intent, and nobody's name.
    fn write_way(&self, account: &AccountId, intent: &IntentId) -> String;

    /// The account and the intent, if the code is one of ours.
    fn read_way(&self, code: &str) -> Option<(AccountId, IntentId)>;
}
