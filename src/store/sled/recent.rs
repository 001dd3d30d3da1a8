//! Residents who wrote a moment ago, as they are stored: an answer need not read, derive a key and open.
//!
//! Filled when an event is claimed, kept true by whoever changes a resident. It holds nothing that the store
//! does not hold, and a bounded number of residents.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{conversation::Conversation, resident::Resident};

/// How many residents a generation holds; two generations are kept.
const MOST: usize = 4_096;

/// What is known of somebody.
type Known = (Option<Resident>, Conversation);

/// The residents of one account.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<[u8; 16], Known>,
    old: HashMap<[u8; 16], Known>,
    /// Grows with every change: what was read before one is not kept after it.
    turn: u64,
}

impl Recent {
    /// The resident and the talk, if they are remembered.
    pub(super) fn get(&self, hash: &[u8; 16]) -> Option<Known> {
        let mut all = self.lock();
        if let Some(known) = all.young.get(hash) {
            return Some(known.clone());
        }
        let known = all.old.remove(hash)?;
        all.keep(*hash, known.clone());
        Some(known)
    }

    /// To be asked for before reading what is to be kept.
    pub(super) fn turn(&self) -> u64 {
        self.lock().turn
    }

    /// Keeps what was read after [`Self::turn`], unless somebody was changed since.
    pub(super) fn keep(&self, turn: u64, hash: [u8; 16], known: Known) {
        let mut all = self.lock();
        if all.turn == turn {
            all.keep(hash, known);
        }
    }

    /// The resident was changed: the next claim reads again.
    pub(super) fn forget(&self, hash: &[u8; 16]) {
        let mut all = self.lock();
        all.turn += 1;
        all.young.remove(hash);
        all.old.remove(hash);
    }

    /// The talk went on, and is stored so; `None` leaves it as it was.
    pub(super) fn talked(&self, hash: &[u8; 16], talk: Option<Conversation>) {
        let Some(talk) = talk else { return };
        let mut all = self.lock();
        match all.young.get_mut(hash) {
            Some((_, known)) => *known = talk,
            None => {
                all.turn += 1;
                all.old.remove(hash);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, hash: [u8; 16], known: Known) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn talk(language: Language) -> Conversation {
        Conversation { language: Some(language), ..Conversation::default() }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let recent = Recent::default();
        let turn = recent.turn();
        recent.forget(&[1; 16]);
        recent.keep(turn, [1; 16], (None, talk(Language::Ja)));
        assert_eq!(recent.get(&[1; 16]), None);
        recent.keep(recent.turn(), [1; 16], (None, talk(Language::Ja)));
        recent.talked(&[1; 16], Some(talk(Language::En)));
        assert_eq!(recent.get(&[1; 16]), Some((None, talk(Language::En))));
    }

    #[test]
    fn a_talk_that_is_not_remembered_is_read_again() {
        let recent = Recent::default();
        let turn = recent.turn();
        recent.talked(&[1; 16], Some(talk(Language::En)));
        recent.keep(turn, [1; 16], (None, talk(Language::Ja)));
        assert_eq!(recent.get(&[1; 16]), None);
    }

    #[test]
    fn it_stays_bounded_and_keeps_those_who_come_back() {
        let recent = Recent::default();
        for number in 0..20_000_u32 {
            let mut hash = [0; 16];
            hash[..4].copy_from_slice(&number.to_be_bytes());
            recent.keep(recent.turn(), hash, (None, Conversation::default()));
            assert!(recent.get(&[0; 16]).is_some(), "{number}");
        }
        let all = recent.lock();
        assert!(all.young.len() + all.old.len() <= 2 * MOST);
    }
}
