//! What residents said: sealed under their own keys, folded by the writer, with the marks that follow from it.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;

use super::{
    AccountKeys, SledStore, Sources,
    audience::rows,
    audit, erase, key,
    pending::key_for,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        id::{AccountId, ResidentNo, ResidentRef},
        language::Language,
        profile::{Change, Profile},
        segment::{Mark, Named, SegmentId, Set, Standing, language_in, marks},
        time::Timestamp,
        version::Version,
    },
    keyring::Key,
    store::{StoreError, audience::Audience, record, staff::Versioned},
};

/// Folds changes into somebody's profile within a request; `None` where nobody is known.
pub(super) fn fold(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    hash: [u8; 16],
    changes: Vec<Change>,
) -> Result<Option<Profile>, StoreError> {
    let erased = erase::erased_at(account, txn, &hash)?;
    edit(account, sources, txn, hash, |profile| {
        for change in changes.into_iter().filter(|change| erased.is_none_or(|at| change.at().0 > at)) {
            profile.fold(change);
        }
    })
}

/// Changes somebody's profile within a request, and what segments see of it.
fn edit(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    hash: [u8; 16],
    change: impl FnOnce(&mut Profile),
) -> Result<Option<Profile>, StoreError> {
    let Some(known) = txn.residents().find(&account.id, &hash) else { return Ok(None) };
    let sealing = key_for(account, txn.residents(), Some(hash))?;
    let place = key::profile(&account.id, &hash);
    let before = open(&sealing, &place, txn.get(&place)?);
    let mut profile = before.clone();
    change(&mut profile);
    if profile == before {
        return Ok(Some(profile));
    }
    txn.put(&place, &record::seal(&sealing, &*sources.entropy, &place, &profile))?;
    rows::change(account, &*sources.entropy, txn, known.no, |before| {
        let standing = Standing {
            following: !before.contains(&Mark::left()),
            registered: rows::registered(account, &profile),
            language: language_in(before),
        };
        marks(&account.attributes, &profile, &standing)
    })?;
    Ok(Some(profile))
}

/// Somebody's profile as it stands within a request; `None` where nobody is known.
fn read(account: &AccountKeys, txn: &Txn<'_>, hash: [u8; 16]) -> Result<Option<Profile>, StoreError> {
    if txn.residents().find(&account.id, &hash).is_none() {
        return Ok(None);
    }
    let sealing = key_for(account, txn.residents(), Some(hash))?;
    let place = key::profile(&account.id, &hash);
    Ok(Some(open(&sealing, &place, txn.get(&place)?)))
}

/// A profile as stored. One that does not open counts as empty: what was said under a key that is gone, is gone.
fn open(sealing: &Key, place: &[u8], sealed: Option<Vec<u8>>) -> Profile {
    let opened = sealed.map(|sealed| record::open(sealing, place, &sealed, "profile"));
    opened
        .transpose()
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "a profile counts as empty; `todoke store verify` lists all such");
            None
        })
        .unwrap_or_default()
}

/// Whether announcements may be sent to somebody, as segments see it.
pub(super) fn reach(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    resident: ResidentNo,
    may_be_reached: bool,
) -> Result<(), StoreError> {
    rows::change(account, &*sources.entropy, txn, resident, |before| {
        let mut after = before.clone();
        if may_be_reached {
            after.remove(&Mark::left());
        } else {
            after.insert(Mark::left());
        }
        after
    })
}

/// The language that somebody chose, as segments see it.
pub(super) fn speaks(
    account: &Arc<AccountKeys>,
    sources: &Sources,
    txn: &mut Txn<'_>,
    resident: ResidentNo,
    language: Option<Language>,
) -> Result<(), StoreError> {
    rows::change(account, &*sources.entropy, txn, resident, |before| {
        let mut after = before.clone();
        after.retain(|mark| language_in(&[mark.clone()].into()).is_none());
        after.extend(language.map(Mark::language));
        after
    })
}

#[async_trait]
impl Audience for SledStore {
    async fn profile(&self, account: &AccountId, resident: ResidentRef) -> Result<Profile, StoreError> {
        let account = self.account(account)?;
        let ResidentRef(hash) = resident;
        let Ok(sealing) = key_for(account, &self.residents, Some(hash)) else {
            return Ok(Profile::default());
        };
        let place = key::profile(&account.id, &hash);
        Ok(open(&sealing, &place, writer::read(&self.tree, &place)?))
    }

    async fn change_profile(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        seen: Option<Profile>,
        changes: Vec<Change>,
    ) -> Result<Option<Profile>, StoreError> {
        let (account, sources) = (Arc::clone(self.account(account)?), self.sources.clone());
        let changing = move |txn: &mut Txn<'_>| {
            if let Some(seen) = seen
                && let Some(now) = read(&account, txn, resident.0)?
                && now != seen
            {
                return Err(StoreError::Conflict);
            }
            fold(&account, &sources, txn, resident.0, changes)
        };
        self.writer.write(changing, |_| {}).await
    }

    async fn erase_resident(
        &self,
        account: &AccountId,
        resident: ResidentRef,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (account, sources) = (Arc::clone(self.account(account)?), self.sources.clone());
        let enquiries = self.enquiries_of(&account, &resident.0)?;
        let lanes = Arc::clone(&self.lanes);
        let erasing = move |txn: &mut Txn<'_>| {
            let waiting =
                lanes.lock().unwrap_or_else(PoisonError::into_inner).of_resident(&account.id, &resident.0);
            erase::Erase { account: &account, sources: &sources, hash: resident.0, at }
                .apply(txn, &waiting, enquiries)
        };
        self.writer.write(erasing, |_| {}).await
    }

    async fn expire_profiles(
        &self,
        account: &AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<(usize, bool), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let prefix = key::profile_prefix(&account.id);
        let from = account.expire_profiles_from.lock().unwrap_or_else(PoisonError::into_inner).take();
        let from = from.unwrap_or_else(|| prefix.clone());
        let end = [&prefix[..], &[0xff; 17]].concat();
        let (mut due, mut last) = (Vec::new(), None);
        for item in self.tree.range(from..end).take(most) {
            let (place, _) = item.map_err(writer::backend)?;
            last = Some([&place[..], &[0]].concat());
            let hash = place.get(prefix.len()..).and_then(|rest| <[u8; 16]>::try_from(rest).ok());
            let Some(hash) = hash else { continue };
            let Ok(sealing) = key_for(&account, &self.residents, Some(hash)) else { continue };
            let mut profile = open(&sealing, &place, writer::read(&self.tree, &place)?);
            if profile.expire(&account.attributes, now) {
                due.push(hash);
            }
        }
        let is_over = last.is_none();
        *account.expire_profiles_from.lock().unwrap_or_else(PoisonError::into_inner) = last;
        if due.is_empty() {
            return Ok((0, is_over));
        }
        let sources = self.sources.clone();
        let expiring = move |txn: &mut Txn<'_>| {
            for hash in &due {
                edit(&account, &sources, txn, *hash, |profile| {
                    profile.expire(&account.attributes, now);
                })?;
            }
            Ok(due.len())
        };
        Ok((self.writer.write(expiring, |_| {}).await?, is_over))
    }

    async fn expire_erasures(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let mut due = Vec::new();
        for place in self.tree.scan_prefix(key::erasure_prefix(&account.id)).keys() {
            let place = place.map_err(writer::backend)?;
            let at = writer::read(&self.tree, &place)?;
            if due.len() < most && at.is_some_and(|at| at[..] < key::moment(before)[..]) {
                due.push(place);
            }
        }
        let dropping = move |txn: &mut Txn<'_>| {
            for place in &due {
                txn.remove(place)?;
            }
            Ok(due.len())
        };
        self.writer.write(dropping, |_| {}).await
    }

    async fn count_residents(&self, account: &AccountId, set: &Set) -> Result<u64, StoreError> {
        Ok(self.account(account)?.index.count(set))
    }

    async fn list_residents(&self, account: &AccountId, set: &Set) -> Result<Vec<ResidentNo>, StoreError> {
        Ok(self.account(account)?.index.list(set))
    }

    async fn list_segments(&self, account: &AccountId) -> Result<Vec<Versioned<Named>>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::segment_prefix(&account.id);
        let mut list = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if place.len() != prefix.len() + 16 {
                continue;
            }
            if let Some(sealed) = writer::read(&self.tree, &place)? {
                let (value, version) = record::open(&account.records, &place, &sealed, "segment")?;
                list.push(Versioned { value, version });
            }
        }
        Ok(list)
    }

    async fn save_segment(
        &self,
        account: &AccountId,
        expected: Version,
        segment: Named,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            let place = key::segment(&account.id, segment.id);
            if version_of(&account, txn, &place)? != expected {
                return Err(StoreError::Conflict);
            }
            let version = expected.next();
            txn.put(&place, &record::seal(&account.records, &*desk.entropy, &place, &(segment, version)))?;
            audit::append(txn, &desk, note)?;
            Ok(version)
        };
        self.writer.write(saving, |_| {}).await
    }

    async fn remove_segment(
        &self,
        account: &AccountId,
        expected: Version,
        id: SegmentId,
        note: Note,
    ) -> Result<(), StoreError> {
        let (account, desk) = (Arc::clone(self.account(account)?), self.staff_desk());
        let removing = move |txn: &mut Txn<'_>| {
            let place = key::segment(&account.id, id);
            if expected == Version::default() || version_of(&account, txn, &place)? != expected {
                return Err(StoreError::Conflict);
            }
            txn.remove(&place)?;
            audit::append(txn, &desk, note)
        };
        self.writer.write(removing, |()| {}).await
    }
}

/// The version of a stored segment; 0: there is none.
fn version_of(account: &AccountKeys, txn: &Txn<'_>, place: &[u8]) -> Result<Version, StoreError> {
    match txn.get(place)? {
        Some(sealed) => {
            record::open::<(Named, Version)>(&account.records, place, &sealed, "segment").map(|(_, v)| v)
        }
        None => Ok(Version::default()),
    }
}
