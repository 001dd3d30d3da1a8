//! What each account's bot says just now, and what has been made from it once and for all.
//!
//! `curate` swaps whole editions in, `answer` reads them. An answer in flight keeps the edition that it
//! began with, so nothing here is ever changed in place except the memory of what was composed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use arc_swap::ArcSwap;

use crate::{
    catalogue::{Catalogue, Phrase},
    domain::{
        account::Account,
        id::{AccountId, IntentId},
        language::Language,
        message::Messages,
    },
    intent::{Snapshot, normalize},
};

/// One whole snapshot an account, swapped at once.
pub struct Library {
    shelves: HashMap<AccountId, (Account, ArcSwap<Edition>)>,
}

impl Library {
    /// A library with an empty snapshot for each account.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let empty = || ArcSwap::from_pointee(Edition::new(Arc::new(Snapshot::empty())));
        Self { shelves: accounts.into_iter().map(|a| (a.id.clone(), (a, empty()))).collect() }
    }

    /// The account, if it exists.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.shelves.get(id).map(|(account, _)| account)
    }

    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.shelves.values().map(|(account, _)| account)
    }

    /// The account's edition of this moment.
    pub fn edition(&self, id: &AccountId) -> Option<Arc<Edition>> {
        self.shelves.get(id).map(|(_, edition)| edition.load_full())
    }

    /// The account's snapshot of this moment.
    pub fn snapshot(&self, id: &AccountId) -> Option<Arc<Snapshot>> {
        self.edition(id).map(|edition| Arc::clone(&edition.snapshot))
    }

    /// Prepares what the first decision of each account would else have to wait for. Takes tens of
    /// milliseconds of computing an account.
    pub fn warm(&self) {
        self.shelves.values().for_each(|(_, edition)| edition.load_full().snapshot.warm());
    }

    /// Swaps an account's snapshot; answers in flight keep the old one. What was in use before comes back:
    /// taking a large one apart takes tens of milliseconds, and where that is done is the caller's to say.
    #[must_use]
    pub fn swap(&self, id: &AccountId, snapshot: Arc<Snapshot>) -> Option<Arc<Edition>> {
        let (_, slot) = self.shelves.get(id)?;
        Some(slot.swap(Arc::new(Edition::new(snapshot))))
    }
}

/// A snapshot with what has been composed from it: the same answer is asked for thousands of times.
pub struct Edition {
    snapshot: Arc<Snapshot>,
    /// At most one entry an intent and language.
    answers: Mutex<HashMap<(IntentId, Language), Messages>>,
    words: OnceLock<HashMap<String, Phrase>>,
}

impl Edition {
    fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot, answers: Mutex::default(), words: OnceLock::new() }
    }

    /// The snapshot.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The messages of an intent's answer, composed at the first time only. `compose` must depend on
    /// nothing but the snapshot, the account, the intent, the language and what is the same as long as the
    /// process runs.
    pub fn answer(
        &self,
        intent: &IntentId,
        language: Language,
        compose: impl FnOnce() -> Messages,
    ) -> Messages {
        let known = |answers: &HashMap<_, Messages>| answers.get(&(intent.clone(), language)).cloned();
        if let Some(messages) = known(&self.answers.lock().unwrap_or_else(PoisonError::into_inner)) {
            return messages;
        }
        // Composed without the lock: others need not wait, and twice gives the same.
        let messages = compose();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert((intent.clone(), language), messages.clone());
        messages
    }

    /// Which of the bot's own words a normalised text is, in any language: feedback, "none of these", one
    /// that begins or ends a registration, or one about announcements.
    pub fn own_words(&self, catalogue: &Catalogue, normal: &str) -> Option<Phrase> {
        let words = self.words.get_or_init(|| {
            let phrases = [
                Phrase::FeedbackUseful,
                Phrase::FeedbackWrong,
                Phrase::NoneOfThese,
                Phrase::RegOpen,
                Phrase::RegStop,
                Phrase::RegData,
                Phrase::RegErase,
                Phrase::RegLeave,
                Phrase::RegOpenWords,
                Phrase::RegStopWords,
                Phrase::RegDataWords,
                Phrase::RegEraseWords,
                Phrase::RegQuitWords,
                Phrase::AnnWhy,
                Phrase::AnnWhyWords,
                Phrase::AnnFewer,
                Phrase::AnnFewerWords,
                Phrase::AnnListWords,
            ];
            let said = |phrase| {
                let all = Language::ALL.map(|language| catalogue.say(language, phrase));
                let each = all.iter().flat_map(|words| words.split('|')).map(normalize);
                each.map(|words| (words, phrase)).collect::<Vec<_>>()
            };
            phrases.into_iter().flat_map(said).collect()
        });
        words.get(normal).copied()
    }
}
