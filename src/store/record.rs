//! The stored forms, shared by every backend: each carries a version, and what is personal is sealed.
//!
//! Personal are a resident's LINE id, everything a resident wrote, traces and conversations: they are
//! sealed under the resident's own key, or the account's where no resident is known. What stays readable
//! ([`Head`]) names nobody.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{StoreError, enquiries::NoticeRecord};
use crate::{
    domain::{
        enquiry,
        event::Event,
        id::Entropy,
        settlement::{OutboxRecord, Outcome, Trace},
        time::Timestamp,
        unanswered::UnansweredId,
    },
    keyring::Key,
};

/// The version that this code writes. Later versions read it for ever.
const VERSION: u8 = 1;

/// An event that waits, as sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When it was received.
    pub received: Timestamp,
    /// The event.
    pub event: Event,
}

/// What may be read of a settled event without any key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How it ended.
    pub outcome: Outcome,
    /// When it ended.
    pub settled: Timestamp,
    /// When it was received.
    pub received: Timestamp,
    /// LINE's name for its kind.
    pub kind: String,
    /// The lookup hash of the resident under whose key the rest is sealed; `None`: the account's key.
    pub resident: Option<[u8; 16]>,
    /// The lookup hash of the message, by which an unsend finds it.
    pub message: Option<[u8; 16]>,
}

/// What is dropped of a settled event after some hours, as sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The event, unless it is not to be kept.
    pub event: Option<Event>,
    /// The raw text of an event that could not be read, and why.
    pub unreadable: Option<(String, String)>,
    /// Why the bot said what it said.
    pub trace: Option<Trace>,
    /// The call that was made. Sealed, because the hash of an answer tells which answer it was.
    pub outbox: Option<OutboxRecord>,
    /// The question that was kept of its words: the only link between the two, and it goes with the body.
    #[serde(default)]
    pub unanswered: Option<(Timestamp, UnansweredId)>,
}

/// A settled event: its head and, for some hours, the sealed rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Readable.
    pub head: Head,
    /// Sealed [`Kept`]; empty once dropped.
    pub sealed: Vec<u8>,
}

impl Settled {
    /// The stored form: version, length of the head, head, sealed rest.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = plain(&self.head);
        let length = u32::try_from(head.len()).expect("a head has a few hundred bytes");
        [&length.to_be_bytes()[..], &head, &self.sealed].concat()
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || damaged("settled event");
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let (head, sealed) = rest.split_at_checked(length).ok_or_else(damaged)?;
        Ok(Self { head: read_plain(head, "settled event")?, sealed: sealed.to_vec() })
    }
}

/// What may be read of an enquiry without any key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnquiryHead {
    /// What pages list.
    pub head: enquiry::Head,
    /// From which, and the resident's key, the enquiry's own key is made.
    pub salt: [u8; 16],
    /// The last notice about it.
    pub notice: Option<NoticeRecord>,
}

/// An enquiry: its head and its sealed [`enquiry::Content`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEnquiry {
    /// Readable.
    pub open: EnquiryHead,
    /// Sealed under the enquiry's key.
    pub sealed: Vec<u8>,
}

impl StoredEnquiry {
    /// The stored form: version, length of the head, head, sealed rest.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = plain(&self.open);
        let length = u32::try_from(head.len()).expect("a head has a few hundred bytes");
        [&length.to_be_bytes()[..], &head, &self.sealed].concat()
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || damaged("enquiry");
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
        let (head, sealed) = rest.split_at_checked(length).ok_or_else(damaged)?;
        Ok(Self { open: read_plain(head, "enquiry")?, sealed: sealed.to_vec() })
    }
}

/// The stored form of a value that names nobody.
pub fn plain<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, value).expect("our own records are JSON");
    bytes
}

/// Reads what [`plain`] made.
pub fn read_plain<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, json)) => serde_json::from_slice(json).map_err(|_| damaged(what)),
        _ => Err(damaged(what)),
    }
}

/// The stored form of a personal value: sealed, and bound to the place where it is stored.
pub fn seal<T: Serialize>(key: &Key, entropy: &dyn Entropy, place: &[u8], value: &T) -> Vec<u8> {
    key.seal(entropy, place, &plain(value))
}

/// Reads what [`seal`] made.
pub fn open<T: DeserializeOwned>(
    key: &Key,
    place: &[u8],
    sealed: &[u8],
    what: &str,
) -> Result<T, StoreError> {
    read_plain(&key.open(place, sealed).ok_or_else(|| damaged(what))?, what)
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}
