//! Beginning batches and settling them: what is about to be called is durable before it is called, and what came of it
//! before it counts.

use std::sync::Arc;

use super::super::{
    AccountKeys, SledStore, key,
    pending::key_for,
    writer::{self, Txn},
};
use super::{
    sending::{Active, Open, Sending, people_of},
    stored,
};
use crate::{
    domain::{
        announcement::{
            AnnouncementId, Variant,
            batch::{Batch, BatchNo, Naming, People, Said, State},
        },
        id::{AccountId, LineUserId, ResidentNo},
        resident::Resident,
        segment::Set,
        time::Timestamp,
    },
    store::{
        StoreError,
        announcements::{BatchLease, Claim, ClaimedBatch},
        record,
    },
};

/// A batch with everything that its call needs, before it is begun.
struct Prepared {
    batch: Batch,
    variant: Arc<Variant>,
    people: Vec<(ResidentNo, Option<LineUserId>)>,
}

/// Gives picked batches back, unless they were begun.
struct GiveBack<'a> {
    sending: &'a Sending,
    account: &'a AccountId,
    id: AnnouncementId,
    numbers: Vec<BatchNo>,
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        for no in &self.numbers {
            self.sending.put_back(self.account, self.id, *no, Open::From(None));
        }
    }
}

impl SledStore {
    /// Takes up an announcement that this process has not sent anything of yet.
    fn take_up(&self, account: &AccountKeys, id: AnnouncementId) -> Result<bool, StoreError> {
        if self.sending.knows(&account.id, id) {
            return Ok(true);
        }
        let place = stored::head(&account.id, id);
        let Some(sealed) = writer::read(&self.tree, &place)? else { return Ok(false) };
        let announcement = stored::read_head(account, &place, &sealed)?.value;
        if announcement.way.sends().is_none() {
            return Ok(false);
        }
        let named = (id, announcement.draft.hash(), false);
        let active = Active::load(&self.tree, account, &self.residents, named)?;
        self.sending.take_up(&account.id, id, active);
        Ok(true)
    }

    pub(super) async fn begin_batches(
        &self,
        account: &Arc<AccountKeys>,
        id: AnnouncementId,
        still: &Set,
        now: Timestamp,
        most: usize,
    ) -> Result<Claim, StoreError> {
        if !self.take_up(account, id)? {
            return Ok(Claim::default());
        }
        let Some(picked) = self.sending.pick(&account.id, id, now, most) else { return Ok(Claim::default()) };
        if picked.numbers.is_empty() {
            return Ok(Claim { batches: Vec::new(), next: picked.next, is_over: picked.is_over });
        }
        let mut given =
            GiveBack { sending: &self.sending, account: &account.id, id, numbers: picked.numbers.clone() };
        let mut prepared = Vec::with_capacity(picked.numbers.len());
        for no in picked.numbers {
            prepared.push(self.prepare_batch(account, id, no)?);
        }
        let (writing, still, sending) = (Arc::clone(account), still.clone(), Arc::clone(&self.sending));
        let begun = self
            .writer
            .write(
                move |txn| {
                    let head = stored::head_in(&writing, txn, id)?.ok_or(StoreError::Conflict)?;
                    if head.value.way.sends().is_none() {
                        return Err(StoreError::Conflict);
                    }
                    let still = writing.index.pick(&still);
                    let here = |who: ResidentNo| still.contains(who.0);
                    let mut begun = Vec::with_capacity(prepared.len());
                    for one in prepared {
                        let before = one.batch.clone();
                        let one = begin(&writing, txn, id, one, &here, now)?;
                        let (after, sending) = (one.batch.clone(), Arc::clone(&sending));
                        let account = writing.id.clone();
                        txn.afterwards(move || sending.change(&account, id, &before, (&after, &[])));
                        begun.push(one);
                    }
                    Ok(begun)
                },
                |_| {},
            )
            .await;
        let begun: Vec<Prepared> = match begun {
            Ok(begun) => begun,
            // Paused or cancelled just now: nothing is given.
            Err(StoreError::Conflict) => return Ok(Claim::default()),
            Err(error) => return Err(error),
        };
        given.numbers.clear();
        let mut batches = Vec::with_capacity(begun.len());
        for Prepared { batch, variant, people } in begun {
            let lease = BatchLease { account: account.id.clone(), announcement: id, no: batch.no };
            if !batch.is_open() {
                self.sending.put_back(&account.id, id, batch.no, Open::No);
                continue;
            }
            let people = people.into_iter().filter_map(|(who, to)| to.map(|to| (who, to))).collect();
            batches.push(ClaimedBatch { lease, batch, variant, people });
        }
        Ok(Claim { batches, next: picked.next, is_over: false })
    }

    /// Reads a batch and who is in it. Opening everybody's record is most of the work of sending.
    fn prepare_batch(
        &self,
        account: &Arc<AccountKeys>,
        id: AnnouncementId,
        no: BatchNo,
    ) -> Result<Prepared, StoreError> {
        let place = stored::batch(&account.id, id, no);
        let bytes = writer::read(&self.tree, &place)?.ok_or_else(|| stored::damaged("batch"))?;
        let batch: Batch = record::read_plain(&bytes, "batch of an announcement")?;
        let known = self
            .sending
            .with(&account.id, id, |active| (Arc::clone(&active.variants), Arc::clone(&active.hashes)));
        let (variants, hashes) = known.ok_or(StoreError::Conflict)?;
        let (variant, _) = variants
            .get(usize::from(batch.people.variant()))
            .ok_or_else(|| stored::damaged("variant of an announcement"))?;
        let people = people_of(&batch, &variants)
            .into_iter()
            .filter(|who| batch.withdrawn.binary_search(who).is_err())
            .map(|who| (who, self.line_user(account, &hashes, who)))
            .collect();
        Ok(Prepared { batch, variant: Arc::clone(variant), people })
    }

    /// Where LINE reaches a resident; `None` of somebody who was erased, or whose record does not open.
    fn line_user(
        &self,
        account: &Arc<AccountKeys>,
        hashes: &[[u8; 16]],
        who: ResidentNo,
    ) -> Option<LineUserId> {
        let hash = hashes.get(who.0 as usize)?;
        if self.residents.find(&account.id, hash)?.no != who {
            return None;
        }
        let place = key::resident(&account.id, hash);
        let sealed = writer::read(&self.tree, &place).ok()??;
        let sealing = key_for(account, &self.residents, Some(*hash)).ok()?;
        let known: Resident = record::open(&sealing, &place, &sealed, "resident").ok()?;
        Some(known.line_user_id)
    }

    pub(super) async fn settle_claimed(
        &self,
        claimed: &ClaimedBatch,
        said: Said,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let BatchLease { account, announcement: id, no } = &claimed.lease;
        let (keys, id, no) = (Arc::clone(self.account(account)?), *id, *no);
        // Halves are two; the good of a batch that had bad ones are one.
        let next = match said {
            Said::Bad { .. } | Said::Halve => self.sending.reserve(account, id, 2),
            _ => BatchNo(u32::MAX),
        };
        let content = self.sending.with(account, id, |active| active.content).ok_or(StoreError::Conflict)?;
        let people: Vec<ResidentNo> = claimed.people.iter().map(|(who, _)| *who).collect();
        let sending = Arc::clone(&self.sending);
        self.writer
            .write(
                move |txn| {
                    let place = stored::batch(&keys.id, id, no);
                    let bytes = txn.get(&place)?.ok_or_else(|| stored::damaged("batch"))?;
                    let batch: Batch = record::read_plain(&bytes, "batch of an announcement")?;
                    let naming = Naming { account: &keys.id, announcement: id, content };
                    let settled = batch.clone().settle(said, &people, (&naming, next), now);
                    txn.put(&place, &record::plain(&settled.batch))?;
                    for batch in &settled.more {
                        txn.put_new(&stored::batch(&keys.id, id, batch.no), &record::plain(batch));
                    }
                    txn.afterwards(move || {
                        sending.change(&keys.id, id, &batch, (&settled.batch, &settled.more));
                        let open = if settled.batch.is_open() {
                            Open::From(settled.batch.not_before())
                        } else {
                            Open::No
                        };
                        sending.put_back(&keys.id, id, no, open);
                    });
                    Ok(())
                },
                |()| {},
            )
            .await
    }
}

/// Begins one batch within a request: whoever is not there any more is withdrawn before the first call. Of a later call
/// nobody may be missing; if somebody is, the same call cannot be made again.
fn begin(
    account: &AccountKeys,
    txn: &mut Txn<'_>,
    id: AnnouncementId,
    prepared: Prepared,
    here: &impl Fn(ResidentNo) -> bool,
    now: Timestamp,
) -> Result<Prepared, StoreError> {
    let Prepared { batch, variant, mut people } = prepared;
    let (no, is_first) = (batch.no, batch.state == State::Waiting);
    let is_broadcast = matches!(batch.people, People::Everybody { .. });
    let withdrawn = if is_first && !is_broadcast {
        let is_gone = |(who, to): &(ResidentNo, Option<LineUserId>)| to.is_none() || !here(*who);
        let gone: Vec<ResidentNo> = people.iter().filter(|one| is_gone(one)).map(|(who, _)| *who).collect();
        people.retain(|one| !is_gone(one));
        gone
    } else {
        Vec::new()
    };
    let is_whole = people.iter().all(|(_, to)| to.is_some());
    let mut batch = batch.begin(withdrawn, now);
    if !is_first && !is_whole && batch.is_open() {
        batch.state = State::Unknown { since: now };
    }
    txn.put(&stored::batch(&account.id, id, no), &record::plain(&batch))?;
    Ok(Prepared { batch, variant, people })
}
