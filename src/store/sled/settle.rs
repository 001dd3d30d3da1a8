//! Settling, the writer's part: how an event ended, with all that belongs to it; and dropping its body.

use std::sync::Arc;

use super::{
    AccountKeys, Sources,
    accept::{new_resident, stored_resident},
    erase::Erase,
    key::{self, EventPlace},
    lanes::Entry,
    pending::key_for,
    places, profiles, unanswered,
    writer::Txn,
};
use crate::{
    domain::{
        enquiry::EnquiryId,
        event::EventKind,
        settlement::{Said, Settlement},
    },
    keyring::Key,
    store::{
        StoreError,
        record::{self, Head, Kept, Settled},
    },
};

/// The part of settling that the writer does.
pub(super) struct Settle<'a> {
    pub(super) account: &'a Arc<AccountKeys>,
    pub(super) sources: &'a Sources,
    /// The event as it was claimed.
    pub(super) entry: Entry,
    /// Where an erasure erases: what waits of the resident, and what they asked.
    pub(super) waiting: Vec<EventPlace>,
    pub(super) enquiries: Vec<EnquiryId>,
}

impl Settle<'_> {
    pub(super) fn apply(self, txn: &mut Txn<'_>, mut settlement: Settlement) -> Result<(), StoreError> {
        if let (Said::EraseMe, Some(hash)) = (&settlement.said, self.entry.hash) {
            return self.erase(txn, &settlement, hash);
        }
        let said = std::mem::take(&mut settlement.said);
        let Entry { place, hash, received, event, more_pages, .. } = &self.entry;
        let (hash, received, more_pages) = (*hash, *received, *more_pages);
        let (pending, settled) = (place.pending(), place.settled());
        // A claim that is alive is of a stored event; only this batch may have settled it already.
        if txn.removed(&pending) {
            return Err(StoreError::Fenced);
        }
        let sealing = key_for(self.account, txn.residents(), hash)?;
        let day = settlement.at.to_zoned(self.account.zone.clone()).date();
        if let Some(hash) = hash {
            self.update_resident(txn, &sealing, hash, &settlement)?;
            if let Said::Changes(changes) = said {
                profiles::fold(self.account, self.sources, txn, hash, changes)?;
            }
        }
        for fact in settlement.facts.iter().map(String::as_str).chain([settlement.outcome.label()]) {
            txn.count(&key::fact(&self.account.id, day, fact), 1)?;
        }
        if let Some(at) = settlement.befriended {
            places::befriended(self.account, txn, at)?;
        }
        let message = match &event.kind {
            EventKind::Message(message) if !settlement.drop_body && !message.id.is_empty() => {
                Some(self.account.lookup.hash(message.id.as_bytes()))
            }
            _ => None,
        };
        let taken_back = match &message {
            Some(message) => txn.has(&key::message(&self.account.id, message))?,
            None => false,
        };
        if let (Some(message), false) = (&message, taken_back) {
            txn.put_new(&key::message(&self.account.id, message), place.key.as_bytes());
        }
        let kind = event.kind.label().to_owned();
        if let (Some(message), true) = (&message, taken_back) {
            txn.remove(&key::message(&self.account.id, message))?;
        }
        let question = settlement.unanswered.filter(|_| !settlement.drop_body && !taken_back);
        let unanswered = match question {
            Some(question) => unanswered::keep_of_event(
                self.account,
                self.sources,
                txn,
                place,
                hash,
                settlement.at,
                question,
            )?,
            None => None,
        };
        let kept = Kept {
            event: (!settlement.drop_body && !taken_back).then(|| event.clone()),
            unreadable: None,
            trace: settlement.trace.filter(|_| !taken_back),
            outbox: settlement.outbox,
            unanswered,
        };
        let head = Head {
            outcome: settlement.outcome,
            settled: settlement.at,
            received,
            kind,
            resident: hash,
            message: message.filter(|_| !taken_back),
        };
        let sealed = record::seal(&sealing, &*self.sources.entropy, &settled, &kept);
        txn.put_new(&settled, &Settled { head, sealed }.to_bytes());
        txn.remove_pages(&pending, more_pages);
        Ok(())
    }

    /// The event is settled without anything that was said in it, and its resident is erased.
    fn erase(self, txn: &mut Txn<'_>, settlement: &Settlement, hash: [u8; 16]) -> Result<(), StoreError> {
        let Self { account, sources, entry, waiting, enquiries } = self;
        let (pending, settled) = (entry.place.pending(), entry.place.settled());
        if txn.removed(&pending) {
            return Err(StoreError::Fenced);
        }
        let day = settlement.at.to_zoned(account.zone.clone()).date();
        for fact in settlement.facts.iter().map(String::as_str).chain([settlement.outcome.label()]) {
            txn.count(&key::fact(&account.id, day, fact), 1)?;
        }
        let head = Head {
            outcome: settlement.outcome,
            settled: settlement.at,
            received: entry.received,
            kind: entry.event.kind.label().to_owned(),
            resident: None,
            message: None,
        };
        txn.put_new(&settled, &Settled { head, sealed: Vec::new() }.to_bytes());
        txn.remove_pages(&pending, entry.more_pages);
        // Older words of the resident that come later have no effect: the moment is that of the event itself,
        // or of its settlement, whichever is later.
        let at = settlement.at.max(entry.event.happened);
        Erase { account, sources, hash, at }.apply(txn, &waiting, enquiries).map(drop)
    }

    fn update_resident(
        &self,
        txn: &mut Txn<'_>,
        sealing: &Key,
        hash: [u8; 16],
        settlement: &Settlement,
    ) -> Result<(), StoreError> {
        let entropy = &*self.sources.entropy;
        if let Some(language) = settlement.language {
            let stored = stored_resident(txn, self.account, sealing, &hash)?;
            // Claimed with a record that does not open: known anew from here.
            let anew = || {
                let known = txn.residents().find(&self.account.id, &hash)?;
                let Entry { event, received, .. } = &self.entry;
                Some(new_resident(self.sources, known, event.user()?, *received))
            };
            if let Some(mut resident) = stored.or_else(anew) {
                resident.language = Some(language);
                profiles::speaks(self.account, self.sources, txn, resident.no, Some(language))?;
                let place = key::resident(&self.account.id, &hash);
                let sealed = record::seal(sealing, entropy, &place, &resident);
                txn.put(&place, &sealed)?;
            }
        }
        if let Some(conversation) = &settlement.conversation {
            let place = key::conversation(&self.account.id, &hash);
            let sealed = record::seal(sealing, entropy, &place, conversation);
            txn.put(&place, &sealed)?;
        }
        Ok(())
    }
}

/// Drops the sealed part of a settled event and its message's index entry; whether there was one.
pub(super) fn drop_body(txn: &mut Txn<'_>, place: &EventPlace) -> Result<bool, StoreError> {
    let stored = place.settled();
    let Some(bytes) = txn.get(&stored)? else { return Ok(false) };
    let mut settled = Settled::from_bytes(&bytes)?;
    if settled.sealed.is_empty() {
        return Ok(false);
    }
    if let Some(message) = settled.head.message.take() {
        txn.remove(&key::message(&place.account, &message))?;
    }
    settled.sealed = Vec::new();
    txn.put(&stored, &settled.to_bytes())?;
    Ok(true)
}
