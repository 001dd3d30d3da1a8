//! To a person: a resident asks on a form of ours, staff answer, the resident reads it on a page of ours.
//!
//! - [`ask`]: the form, and what is sent with it.
//! - [`read`]: the resident's page of an enquiry, and what the resident adds.
//! - [`inbox`]: what staff see, by division and state.
//! - [`handle`]: what staff do.
//! - [`learn`]: the question of an enquiry is left for those who keep the answers.
//! - [`notify`]: LINE is told that an answer is there, and nothing of it.

pub mod ask;
pub mod handle;
pub mod inbox;
pub mod learn;
pub mod notify;
pub mod read;

pub use ask::{ask, form};
pub use notify::notify;
pub use read::{read, reply};

use super::pages::LinkError;
use crate::{
    domain::{
        account::Account,
        enquiry::{Refusal, TextError},
        language::Language,
    },
    intent::Snapshot,
    store::StoreError,
};

/// Why a resident's page cannot do it.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The link leads nowhere: ask for a new one in the chat.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The enquiry is gone: its time was over.
    #[error("the enquiry is no longer kept")]
    Gone(Language),
    /// A field is to be mended.
    #[error("the text cannot be taken: {0}")]
    Text(#[from] TextError),
    /// The talk has come to its end.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The departments that answer for something, by name; the general one first.
pub fn divisions(account: &Account, snapshot: &Snapshot) -> Vec<String> {
    let mut owners: Vec<String> = snapshot.intents().map(|intent| intent.owner.clone()).collect();
    owners.sort_unstable();
    owners.dedup();
    let general = general_division(account, snapshot);
    owners.retain(|owner| *owner != general && !owner.trim().is_empty());
    owners.insert(0, general);
    owners
}

/// Where an enquiry goes that nobody in particular answers for.
fn general_division(account: &Account, snapshot: &Snapshot) -> String {
    let desk = snapshot.desk().and_then(|desk| desk.name.exactly(Language::Ja));
    desk.unwrap_or(&account.name).clone()
}
