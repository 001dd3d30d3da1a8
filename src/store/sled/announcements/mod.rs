//! Announcements in the embedded store. Claims live in memory ([`sending`]): the process lock is the fence.

mod check;
mod claim;
mod sending;
mod stored;

use std::sync::Arc;

use async_trait::async_trait;

pub(super) use check::check;
pub(super) use sending::Sending;

use super::{
    AccountKeys, SledStore, audit, key, lists, tellings,
    writer::{self, Txn},
};
use crate::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Frozen, LineCounts, Route, Stage, Taken, Variant,
            batch::{self, Batch, BatchNo, People, Progress, Said, State},
            template::KeptTemplate,
        },
        audit::Note,
        id::{AccountId, ResidentNo, ResidentRef},
        segment::Set,
        staff::Deputy,
        time::Timestamp,
        version::Version,
    },
    store::{
        StoreError,
        announcements::{Announcements, BatchLease, Claim, ClaimedBatch, Got, Move, Whom},
        record,
        staff::Versioned,
    },
};

/// What is written beside a step.
enum Beside {
    Nothing,
    Frozen(Frozen),
    Batches(Vec<Batch>),
}

impl SledStore {
    async fn take_step(&self, account: &AccountId, to: Move, beside: Beside) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let sending = Arc::clone(&self.sending);
        let writing = move |txn: &mut Txn<'_>| {
            let Move { expected, announcement, taken, note } = to;
            let id = announcement.id;
            let version = stored::head_in(&account, txn, id)?.map_or(Version::default(), |head| head.version);
            if version != expected {
                return Err(StoreError::Conflict);
            }
            let version = version.next();
            stored::put_head(&account, &*desk.entropy, txn, &announcement, version, &taken)?;
            match beside {
                Beside::Nothing if announcement.freeze.is_none() => stored::drop_frozen(&account, txn, id)?,
                Beside::Nothing => {}
                Beside::Frozen(frozen) => {
                    stored::drop_frozen(&account, txn, id)?;
                    for (no, (variant, people)) in (0..=u16::MAX).zip(&frozen.variants) {
                        stored::put_variant(&account, &*desk.entropy, txn, (id, no), variant, people)?;
                    }
                }
                Beside::Batches(batches) => {
                    for batch in batches {
                        txn.put_new(&stored::batch(&account.id, id, batch.no), &record::plain(&batch));
                    }
                }
            }
            let place = stored::under_way(&account.id, id);
            match announcement.way.stage() {
                Stage::Held { .. } | Stage::Sending { .. } => txn.put(&place, &[])?,
                _ => txn.remove(&place)?,
            }
            tellings::add(txn, (&account.id, id), version, &taken);
            if let Some(note) = note {
                audit::append(txn, &desk, note)?;
            }
            let (may_call, is_sent) =
                (announcement.way.sends().is_some(), matches!(announcement.way.stage(), Stage::Sent { .. }));
            // Before anybody is told that it was cancelled or paused, no batch is given any more.
            txn.afterwards(move || {
                if is_sent {
                    sending.forget(&account.id, id);
                } else {
                    sending.set_closed(&account.id, id, !may_call);
                }
            });
            Ok(version)
        };
        self.writer.write(writing, |_| {}).await
    }

    fn head(
        &self,
        account: &AccountKeys,
        id: AnnouncementId,
    ) -> Result<Option<Versioned<Announcement>>, StoreError> {
        let place = stored::head(&account.id, id);
        let sealed = writer::read(&self.tree, &place)?;
        sealed.map(|sealed| stored::read_head(account, &place, &sealed)).transpose()
    }
}

#[async_trait]
impl Announcements for SledStore {
    async fn announcement(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<Versioned<Announcement>>, StoreError> {
        self.head(self.account(account)?, id)
    }

    async fn list_announcements(
        &self,
        account: &AccountId,
        before: Option<AnnouncementId>,
        most: usize,
    ) -> Result<Vec<Versioned<Announcement>>, StoreError> {
        let account = self.account(account)?;
        let first = key::announced(&account.id, b'h', None, &[]);
        // No version 7 UUID of these centuries is that large.
        let end = before.unwrap_or(AnnouncementId(uuid::Uuid::max()));
        let end = stored::head(&account.id, end);
        let mut found = Vec::new();
        for place in self.tree.range(first..end).keys().rev() {
            if found.len() >= most {
                break;
            }
            let place = place.map_err(writer::backend)?;
            if let Some(id) = stored::id_of(&account.id, b'h', &place) {
                found.extend(self.head(account, id)?);
            }
        }
        Ok(found)
    }

    async fn announcements_under_way(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Versioned<Announcement>>, StoreError> {
        let account = self.account(account)?;
        let mut found = Vec::new();
        for place in self.tree.scan_prefix(key::announced(&account.id, b'w', None, &[])).keys() {
            let place = place.map_err(writer::backend)?;
            if let Some(id) = stored::id_of(&account.id, b'w', &place) {
                found.extend(self.head(account, id)?);
            }
        }
        Ok(found)
    }

    async fn move_announcement(&self, account: &AccountId, to: Move) -> Result<Version, StoreError> {
        self.take_step(account, to, Beside::Nothing).await
    }

    async fn freeze_announcement(
        &self,
        account: &AccountId,
        to: Move,
        frozen: Frozen,
    ) -> Result<Version, StoreError> {
        self.take_step(account, to, Beside::Frozen(frozen)).await
    }

    async fn approve_announcement(
        &self,
        account: &AccountId,
        to: Move,
        batches: Vec<Batch>,
    ) -> Result<Version, StoreError> {
        self.take_step(account, to, Beside::Batches(batches)).await
    }

    async fn announcement_history(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<Taken>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::announced(&account.id, b's', Some(id), &[]);
        let mut steps = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() == prefix.len() + 8
                && let Some(sealed) = writer::read(&self.tree, &place)?
            {
                steps.push(record::open(&account.records, &place, &sealed, "step of an announcement")?);
            }
        }
        Ok(steps)
    }

    async fn frozen_variants(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<(Variant, u64)>, StoreError> {
        let variants = stored::variants(&self.tree, self.account(account)?, id)?;
        Ok(variants.into_iter().map(|(variant, people)| (variant, people.len())).collect())
    }

    async fn claim_batches(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        still: &Set,
        now: Timestamp,
        most: usize,
    ) -> Result<Claim, StoreError> {
        self.begin_batches(self.account(account)?, id, still, now, most).await
    }

    fn may_call(&self, lease: &BatchLease) -> bool {
        self.sending.may_call(&lease.account, lease.announcement, lease.no)
    }

    async fn settle_batch(
        &self,
        claimed: &ClaimedBatch,
        said: Said,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.settle_claimed(claimed, said, now).await
    }

    fn release_batch(&self, lease: &BatchLease) {
        self.sending.put_back(&lease.account, lease.announcement, lease.no, sending::Open::From(None));
    }

    async fn quiet(&self, account: &AccountId, id: AnnouncementId) {
        self.sending.quiet(account, id).await;
    }

    async fn wait_for_announcements(&self, seen: u64) -> u64 {
        self.sending.wait_past(seen).await
    }

    async fn announcement_progress(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<Progress>, StoreError> {
        // Of what is being sent it is kept in memory: it is asked for with every page and every step.
        if let Some(progress) = self.sending.with(account, id, |active| active.progress) {
            return Ok(Some(progress));
        }
        let batches = stored::batches(&self.tree, self.account(account)?, id)?;
        if batches.is_empty() {
            return Ok(None);
        }
        let progress = Progress::of(&batches);
        Ok(Some(progress))
    }

    async fn unknown_batches(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Vec<Batch>, StoreError> {
        let batches = stored::batches(&self.tree, self.account(account)?, id)?;
        Ok(batches.into_iter().filter(|batch| matches!(batch.state, State::Unknown { .. })).collect())
    }

    async fn people_of(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        whom: Whom,
    ) -> Result<Vec<ResidentNo>, StoreError> {
        let account = self.account(account)?;
        let variants = stored::variants(&self.tree, account, id)?;
        let variants: Vec<_> = variants.into_iter().map(|(v, people)| (Arc::new(v), people)).collect();
        let mut found = Vec::new();
        for batch in stored::batches(&self.tree, account, id)? {
            // One that was stopped in the middle of a call may have been accepted.
            let counts = matches!(
                (&batch.state, whom),
                (State::Unknown { .. } | State::Begun { .. }, _) | (State::Accepted { .. }, Whom::Reached)
            );
            if !counts {
                continue;
            }
            let people = match batch.people {
                People::Everybody { .. } => {
                    variants.iter().flat_map(|(_, people)| people.iter().map(ResidentNo)).collect()
                }
                _ => sending::people_of(&batch, &variants),
            };
            found.extend(people.into_iter().filter(|who| batch.withdrawn.binary_search(who).is_err()));
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    async fn announcements_to(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        most: usize,
    ) -> Result<Vec<Got>, StoreError> {
        let keys = self.account(account)?;
        let Some(known) = self.residents.find(&keys.id, &resident.0) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for head in self.list_announcements(account, None, most).await? {
            found.extend(self.got(keys, head.value, known.no)?);
        }
        Ok(found)
    }

    async fn announcement_to(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        id: AnnouncementId,
    ) -> Result<Option<Got>, StoreError> {
        let account = self.account(account)?;
        let Some(known) = self.residents.find(&account.id, &resident.0) else { return Ok(None) };
        let Some(head) = self.head(account, id)? else { return Ok(None) };
        self.got(account, head.value, known.no)
    }

    async fn line_counts(
        &self,
        account: &AccountId,
        id: AnnouncementId,
    ) -> Result<Option<LineCounts>, StoreError> {
        let place = key::announced(&self.account(account)?.id, b'l', Some(id), &[]);
        let stored = writer::read(&self.tree, &place)?;
        stored.map(|bytes| record::read_plain(&bytes, "what LINE counted")).transpose()
    }

    async fn save_line_counts(
        &self,
        account: &AccountId,
        id: AnnouncementId,
        counts: LineCounts,
    ) -> Result<(), StoreError> {
        let place = key::announced(&self.account(account)?.id, b'l', Some(id), &[]);
        self.writer.write(move |txn| txn.put(&place, &record::plain(&counts)), |()| {}).await
    }

    async fn templates(&self, account: &AccountId) -> Result<Versioned<Vec<KeptTemplate>>, StoreError> {
        let account = self.account(account)?;
        let place = key::announced(&account.id, b't', None, &[]);
        lists::read(account, &place, writer::read(&self.tree, &place)?)
    }

    async fn save_templates(
        &self,
        account: &AccountId,
        expected: Version,
        templates: Vec<KeptTemplate>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let account = self.account(account)?;
        let place = key::announced(&account.id, b't', None, &[]);
        self.save_list(account, place, expected, templates, note).await
    }

    async fn deputies(&self, account: &AccountId) -> Result<Versioned<Vec<Deputy>>, StoreError> {
        let account = self.account(account)?;
        let place = key::announced(&account.id, b'd', None, &[]);
        lists::read(account, &place, writer::read(&self.tree, &place)?)
    }

    async fn save_deputies(
        &self,
        account: &AccountId,
        expected: Version,
        deputies: Vec<Deputy>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let account = self.account(account)?;
        let place = key::announced(&account.id, b'd', None, &[]);
        self.save_list(account, place, expected, deputies, note).await
    }
}

impl SledStore {
    /// What a resident got of an announcement, or may have got.
    fn got(
        &self,
        account: &AccountKeys,
        announcement: Announcement,
        who: ResidentNo,
    ) -> Result<Option<Got>, StoreError> {
        let began = matches!(
            announcement.way.stage(),
            Stage::Sending { .. } | Stage::Sent { .. } | Stage::Cancelled { begun: true, .. }
        );
        let Some(freeze) = announcement.freeze.as_ref().filter(|_| began) else { return Ok(None) };
        let id = announcement.id;
        let mut first = 0;
        for (no, count) in (0_u16..).zip(&freeze.counts) {
            let people = stored::people(&self.tree, account, id, no)?;
            if !people.contains(who.0) {
                first += count.div_ceil(batch::MOST);
                continue;
            }
            // Batches are cut variant by variant, each in the order of numbers.
            let place = people.rank(who.0).saturating_sub(1) / u64::from(batch::MOST);
            let number = BatchNo(first + u32::try_from(place).unwrap_or(u32::MAX));
            let number = match freeze.route {
                Route::Broadcast => BatchNo(0),
                Route::Multicast => number,
            };
            let Some(at) = self.reached_at(account, id, number, who)? else { return Ok(None) };
            let place = key::announced(&account.id, b'v', Some(id), &no.to_be_bytes());
            let Some(sealed) = writer::read(&self.tree, &place)? else { return Ok(None) };
            let variant = record::open(&account.records, &place, &sealed, "variant")?;
            return Ok(Some(Got { announcement, variant, at }));
        }
        Ok(None)
    }

    /// When somebody of a batch got it, or may have; through the batches into which it was split.
    fn reached_at(
        &self,
        account: &AccountKeys,
        id: AnnouncementId,
        no: BatchNo,
        who: ResidentNo,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(bytes) = writer::read(&self.tree, &stored::batch(&account.id, id, no))? else {
            return Ok(None);
        };
        let batch: Batch = record::read_plain(&bytes, "batch of an announcement")?;
        let is_in = match &batch.people {
            People::Named { people, .. } => people.contains(&who),
            _ => true,
        };
        if batch.withdrawn.contains(&who) || !is_in {
            return Ok(None);
        }
        match batch.state {
            State::Accepted { at, .. } | State::Unknown { since: at } | State::Begun { first: at, .. } => {
                Ok(Some(at))
            }
            State::Split { into, .. } => {
                for no in into {
                    if let Some(at) = self.reached_at(account, id, no, who)? {
                        return Ok(Some(at));
                    }
                }
                Ok(None)
            }
            State::Waiting | State::Refused { .. } | State::Nobody { .. } => Ok(None),
        }
    }
}
