//! Questions without an answer: kept with their event's settlement, listed, marked, dropped.
//!
//! They are masked, and sealed all the same under the account's key: no mask is perfect.

use async_trait::async_trait;

use super::{
    AccountKeys, SledStore, Sources, audit,
    key::{self, EventPlace},
    pending::key_for,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        id::AccountId,
        time::Timestamp,
        unanswered::{LONGEST, Mark, NewUnanswered, Unanswered, UnansweredId},
        version::Version,
    },
    store::{
        StoreError,
        record::{self, Kept, Settled},
        unanswered::{Cursor, Questions},
    },
};

/// Keeps a question, and counts it in the day's figures.
fn keep(
    account: &AccountKeys,
    sources: &Sources,
    txn: &mut Txn<'_>,
    at: Timestamp,
    question: NewUnanswered,
) -> Result<Cursor, StoreError> {
    let id = UnansweredId(sources.ids.uuid_v7());
    let day = at.to_zoned(account.zone.clone()).date();
    txn.count(&key::fact(&account.id, day, &format!("unanswered.{}", question.why.label())), 1)?;
    let NewUnanswered { of: _, text, language, why, nearest } = question;
    let text = text.chars().take(LONGEST).collect();
    let kept = Unanswered { id, at, text, language, why, nearest, mark: None, version: Version(1) };
    let place = key::unanswered(&account.id, at, id);
    txn.put_new(&place, &record::seal(&account.records, &*sources.entropy, &place, &kept));
    Ok((at, id))
}

/// Keeps a question of the event that is being settled at `place`, or of an earlier one whose body is kept,
/// and gives the link for the former's body.
pub(super) fn keep_of_event(
    account: &AccountKeys,
    sources: &Sources,
    txn: &mut Txn<'_>,
    place: &EventPlace,
    resident: Option<[u8; 16]>,
    at: Timestamp,
    question: NewUnanswered,
) -> Result<Option<Cursor>, StoreError> {
    let earlier = match question.of {
        None => return keep(account, sources, txn, at, question).map(|_| None),
        Some(event) if event == place.key => return keep(account, sources, txn, at, question).map(Some),
        Some(event) => EventPlace { account: account.id.clone(), key: event },
    };
    let stored = earlier.settled();
    let Some(bytes) = txn.get(&stored)? else { return Ok(None) };
    let mut settled = Settled::from_bytes(&bytes)?;
    if settled.sealed.is_empty() || settled.head.resident != resident {
        return Ok(None);
    }
    let sealing = key_for(account, txn.residents(), resident)?;
    // Words that cannot be read are as good as dropped; the event that is being settled must not wait for them.
    let Ok(mut kept) = record::open::<Kept>(&sealing, &stored, &settled.sealed, "settled event") else {
        return Ok(None);
    };
    if kept.event.is_none() || kept.unanswered.is_some() {
        return Ok(None);
    }
    kept.unanswered = Some(keep(account, sources, txn, at, question)?);
    settled.sealed = record::seal(&sealing, &*sources.entropy, &stored, &kept);
    txn.put(&stored, &settled.to_bytes())?;
    Ok(None)
}

/// Drops the question that was kept of an event's words, while the event still tells which one that is.
pub(super) fn forget_of_event(
    account: &AccountKeys,
    txn: &mut Txn<'_>,
    place: &EventPlace,
) -> Result<(), StoreError> {
    let stored = place.settled();
    let Some(bytes) = txn.get(&stored)? else { return Ok(()) };
    let settled = Settled::from_bytes(&bytes)?;
    if settled.sealed.is_empty() {
        return Ok(());
    }
    // Without the key nothing links the two any more, and the body is dropped all the same.
    let sealing = key_for(account, txn.residents(), settled.head.resident);
    let kept = sealing.and_then(|key| record::open::<Kept>(&key, &stored, &settled.sealed, "settled event"));
    match kept.ok().and_then(|kept| kept.unanswered) {
        Some((at, id)) => txn.remove(&key::unanswered(&account.id, at, id)),
        None => Ok(()),
    }
}

#[async_trait]
impl Questions for SledStore {
    async fn keep_unanswered(
        &self,
        account: &AccountId,
        at: Timestamp,
        question: NewUnanswered,
        note: Note,
    ) -> Result<UnansweredId, StoreError> {
        let account = std::sync::Arc::clone(self.account(account)?);
        let (sources, desk) = (self.sources.clone(), self.staff_desk());
        let keeping = move |txn: &mut Txn<'_>| {
            let kept = keep(&account, &sources, txn, at, question)?;
            audit::append(txn, &desk, Note { object: kept.1.to_string(), ..note })?;
            Ok(kept)
        };
        self.writer.write(keeping, |_| {}).await.map(|(_, id)| id)
    }

    async fn list_unanswered(
        &self,
        account: &AccountId,
        before: Option<Cursor>,
        most: usize,
    ) -> Result<Vec<Unanswered>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::unanswered_prefix(&account.id);
        let end = match before {
            Some((at, id)) => key::unanswered(&account.id, at, id),
            None => [&prefix[..], &[0xff; 25]].concat(),
        };
        let mut list = Vec::new();
        for item in self.tree.range(prefix.clone()..end).rev() {
            if list.len() >= most {
                break;
            }
            let (place, _) = item.map_err(writer::backend)?;
            if place.len() != prefix.len() + 24 {
                continue;
            }
            if let Some(sealed) = writer::read(&self.tree, &place)? {
                list.push(record::open(&account.records, &place, &sealed, "question")?);
            }
        }
        Ok(list)
    }

    async fn mark_unanswered(
        &self,
        account: &AccountId,
        questions: Vec<(Cursor, Version)>,
        mark: Option<Mark>,
        note: Note,
    ) -> Result<usize, StoreError> {
        let account = std::sync::Arc::clone(self.account(account)?);
        let (entropy, desk) = (std::sync::Arc::clone(&self.sources.entropy), self.staff_desk());
        let marking = move |txn: &mut Txn<'_>| {
            let mut marked = 0;
            for ((at, id), expected) in questions {
                let place = key::unanswered(&account.id, at, id);
                let Some(sealed) = txn.get(&place)? else { continue };
                let mut question: Unanswered = record::open(&account.records, &place, &sealed, "question")?;
                if question.version != expected {
                    return Err(StoreError::Conflict);
                }
                question.mark.clone_from(&mark);
                question.version = expected.next();
                let sealed = record::seal(&account.records, &*entropy, &place, &question);
                txn.put(&place, &sealed)?;
                marked += 1;
            }
            if marked > 0 {
                audit::append(txn, &desk, note)?;
            }
            Ok(marked)
        };
        self.writer.write(marking, |_| {}).await
    }

    async fn expire_unanswered(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let account = self.account(account)?;
        let prefix = key::unanswered_prefix(&account.id);
        let end = [&prefix[..], &key::moment(before)].concat();
        let due = self.tree.range(prefix.clone()..end).keys().take(most);
        let due = due.collect::<Result<Vec<_>, _>>().map_err(writer::backend)?;
        if due.is_empty() {
            return Ok(0);
        }
        let dropping = move |txn: &mut Txn<'_>| {
            let mut dropped = 0;
            for place in due.into_iter().filter(|place| place.len() == prefix.len() + 24) {
                dropped += usize::from(txn.has(&place)?);
                txn.remove(&place)?;
            }
            Ok(dropped)
        };
        self.writer.write(dropping, |_| {}).await
    }
}
