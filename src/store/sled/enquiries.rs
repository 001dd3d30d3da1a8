//! Enquiries: sealed under keys of their own, found by division and state, by last change, by receipt.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    AccountKeys, ResidentIndex, SledStore, audit, key,
    pending::key_for,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        enquiry::{
            CannedAnswer, Content, Enquiry, EnquiryId, Head, NewEnquiry, Notice, NoticeOutcome, Receipt,
            State,
        },
        id::{AccountId, Entropy, LineUserId, ResidentRef},
        resident::Resident,
        time::Timestamp,
        version::Version,
    },
    keyring::Key,
    store::{
        StoreError,
        enquiries::{Cursor, DueNotice, Enquiries, NoticeRecord, Opened},
        record::{self, EnquiryHead, StoredEnquiry},
    },
};

/// The key of one enquiry: the resident's and a salt of its own make it.
pub(super) fn own_key(
    account: &AccountKeys,
    residents: &ResidentIndex,
    open: &EnquiryHead,
) -> Result<Key, StoreError> {
    key_for(account, residents, Some(open.head.resident.0)).map(|key| key.derive(&open.salt))
}

fn load(txn: &Txn<'_>, place: &[u8]) -> Result<Option<StoredEnquiry>, StoreError> {
    txn.get(place)?.map(|bytes| StoredEnquiry::from_bytes(&bytes)).transpose()
}

/// Writes an enquiry in place of `before`, with everything under which it is found.
fn put(
    account: &AccountKeys,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    before: Option<&Head>,
    open: EnquiryHead,
    content: &Content,
) -> Result<(), StoreError> {
    let id = &account.id;
    for place in before.into_iter().flat_map(|head| key::enquiry_indexes(id, head)) {
        txn.remove(&place)?;
    }
    for place in key::enquiry_indexes(id, &open.head) {
        txn.put(&place, &[])?;
    }
    let place = key::enquiry(id, open.head.id);
    let sealing = own_key(account, txn.residents(), &open)?;
    let sealed = record::seal(&sealing, entropy, &place, content);
    txn.put(&place, &StoredEnquiry { open, sealed }.to_bytes())
}

/// Removes an enquiry with everything under which it is found.
pub(super) fn remove(account: &AccountKeys, txn: &mut Txn<'_>, id: EnquiryId) -> Result<(), StoreError> {
    let place = key::enquiry(&account.id, id);
    if let Some(stored) = load(txn, &place)? {
        let head = &stored.open.head;
        for place in key::enquiry_indexes(&account.id, head) {
            txn.remove(&place)?;
        }
        txn.remove(&key::receipt(&account.id, &head.receipt))?;
        txn.remove(&key::notice(&account.id, id))?;
    }
    txn.remove(&place)
}

/// The count of receipts of a year.
fn receipts(account: &AccountId, year: i16) -> Vec<u8> {
    key::receipt(account, &Receipt(format!("{year}")))
}

#[async_trait]
impl Enquiries for SledStore {
    fn resident_ref(&self, account: &AccountId, user: &LineUserId) -> Result<ResidentRef, StoreError> {
        Ok(ResidentRef(self.account(account)?.lookup.hash(user.expose().as_bytes())))
    }

    async fn resident(
        &self,
        account: &AccountId,
        resident: ResidentRef,
    ) -> Result<Option<Resident>, StoreError> {
        let account = self.account(account)?;
        if self.residents.find(&account.id, &resident.0).is_none() {
            return Ok(None);
        }
        self.load_resident(account, &resident.0).map(|(resident, _)| resident)
    }

    async fn open_enquiry(&self, account: &AccountId, new: NewEnquiry) -> Result<Opened, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let entropy = Arc::clone(&self.sources.entropy);
        let opening = move |txn: &mut Txn<'_>| {
            if let Some(known) = load(txn, &key::enquiry(&account.id, new.id))? {
                return Ok(Opened::Known(known.open.head.receipt));
            }
            let year = new.at.to_zoned(account.zone.clone()).year();
            let counter = receipts(&account.id, year);
            txn.count(&counter, 1)?;
            let count =
                txn.get(&counter)?.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
            let receipt = Receipt::new(year, count);
            let Enquiry { head, content } = Enquiry::open(new, receipt.clone());
            let mut salt = [0; 16];
            entropy.fill(&mut salt);
            txn.put_new(&key::receipt(&account.id, &receipt), head.id.0.as_bytes());
            put(&account, &*entropy, txn, None, EnquiryHead { head, salt, notice: None }, &content)?;
            Ok(Opened::New(receipt))
        };
        self.writer.write(opening, |_| {}).await
    }

    async fn load_enquiry(
        &self,
        account: &AccountId,
        id: EnquiryId,
    ) -> Result<Option<(Enquiry, Option<NoticeRecord>)>, StoreError> {
        let account = self.account(account)?;
        let place = key::enquiry(&account.id, id);
        let Some(bytes) = writer::read(&self.tree, &place)? else { return Ok(None) };
        let StoredEnquiry { open, sealed } = StoredEnquiry::from_bytes(&bytes)?;
        let sealing = own_key(account, &self.residents, &open)?;
        let content = record::open(&sealing, &place, &sealed, "enquiry")?;
        Ok(Some((Enquiry { head: open.head, content }, open.notice)))
    }

    async fn enquiry_by_receipt(
        &self,
        account: &AccountId,
        receipt: &Receipt,
    ) -> Result<Option<EnquiryId>, StoreError> {
        let found = writer::read(&self.tree, &key::receipt(&self.account(account)?.id, receipt))?;
        Ok(found.and_then(|bytes| Uuid::from_slice(&bytes).ok()).map(EnquiryId))
    }

    async fn save_enquiry(
        &self,
        account: &AccountId,
        expected: Version,
        enquiry: Enquiry,
        notice: Option<Notice>,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let (entropy, desk) = (Arc::clone(&self.sources.entropy), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            let Enquiry { head, content } = enquiry;
            let stored = load(txn, &key::enquiry(&account.id, head.id))?.ok_or(StoreError::Conflict)?;
            let before = stored.open;
            if before.head.version != expected {
                return Err(StoreError::Conflict);
            }
            let mut open = EnquiryHead { head, ..before.clone() };
            if let Some(notice) = notice {
                let place = key::notice(&account.id, open.head.id);
                let sealing = own_key(&account, txn.residents(), &open)?;
                let sealed = record::seal(&sealing, &*entropy, &place, &notice);
                txn.put(&place, &sealed)?;
                let Notice { retry_key, written, .. } = notice;
                open.notice = Some(NoticeRecord { retry_key, written, outcome: None, request_id: None });
            }
            put(&account, &*entropy, txn, Some(&before.head), open, &content)?;
            note.map_or(Ok(()), |note| audit::append(txn, &desk, note))
        };
        self.writer.write(saving, |()| {}).await
    }

    async fn list_enquiries(
        &self,
        account: &AccountId,
        division: Option<&str>,
        state: State,
        after: Option<Cursor>,
        most: usize,
    ) -> Result<Vec<Head>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::enquiries_in(&account.id, division, state);
        // Beyond the place itself: the next key there can be.
        let rest = after.map(|(opened, id)| [&key::dated(opened, id.0)[..], &[0]].concat());
        let start = [&prefix[..], &rest.unwrap_or_default()].concat();
        let end = [&prefix[..], &[0xff; 25]].concat();
        let mut heads = Vec::new();
        for place in self.tree.range(start..end).keys().take(most) {
            let place = place.map_err(writer::backend)?;
            let Some(id) = key::id_of(&place).map(EnquiryId) else { continue };
            if let Some(bytes) = writer::read(&self.tree, &key::enquiry(&account.id, id))? {
                heads.push(StoredEnquiry::from_bytes(&bytes)?.open.head);
            }
        }
        Ok(heads)
    }

    async fn enquiries_by(
        &self,
        account: &AccountId,
        resident: ResidentRef,
    ) -> Result<Vec<Head>, StoreError> {
        let account = self.account(account)?;
        self.heads_of(account, &resident.0)
    }

    async fn count_enquiries(
        &self,
        account: &AccountId,
        division: Option<&str>,
        state: State,
        most: usize,
    ) -> Result<usize, StoreError> {
        let prefix = key::enquiries_in(&self.account(account)?.id, division, state);
        let places = self.tree.scan_prefix(prefix).keys().take(most);
        places.map(|place| place.map(|_| 1).map_err(writer::backend)).sum()
    }

    async fn due_notices(&self, account: &AccountId, most: usize) -> Result<Vec<DueNotice>, StoreError> {
        let account = self.account(account)?;
        let prefix = key::notice_prefix(&account.id);
        let mut due = Vec::new();
        for place in self.tree.scan_prefix(&prefix).keys() {
            let place = place.map_err(writer::backend)?;
            if due.len() >= most {
                break;
            }
            if place.len() != prefix.len() + 16 {
                continue;
            }
            let Some(id) = key::id_of(&place).map(EnquiryId) else { continue };
            let Some(bytes) = writer::read(&self.tree, &key::enquiry(&account.id, id))? else { continue };
            let open = StoredEnquiry::from_bytes(&bytes)?.open;
            let Some(sealed) = writer::read(&self.tree, &place)? else { continue };
            let sealing = own_key(account, &self.residents, &open)?;
            let notice = record::open(&sealing, &place, &sealed, "notice")?;
            due.push(DueNotice { enquiry: id, resident: open.head.resident, notice });
        }
        Ok(due)
    }

    async fn settle_notice(
        &self,
        account: &AccountId,
        enquiry: EnquiryId,
        retry_key: Uuid,
        outcome: NoticeOutcome,
        request_id: Option<String>,
    ) -> Result<(), StoreError> {
        let account = Arc::clone(self.account(account)?);
        let settling = move |txn: &mut Txn<'_>| {
            let place = key::enquiry(&account.id, enquiry);
            let Some(mut stored) = load(txn, &place)? else { return Ok(()) };
            match &mut stored.open.notice {
                Some(notice) if notice.retry_key == retry_key && notice.outcome.is_none() => {
                    notice.outcome = Some(outcome);
                    notice.request_id = request_id;
                }
                _ => return Ok(()),
            }
            txn.put(&place, &stored.to_bytes())?;
            txn.remove(&key::notice(&account.id, enquiry))
        };
        self.writer.write(settling, |()| {}).await
    }

    async fn expire_enquiries(
        &self,
        account: &AccountId,
        before: Timestamp,
        most: usize,
    ) -> Result<usize, StoreError> {
        let account = Arc::clone(self.account(account)?);
        let prefix = key::enquiry_changed_prefix(&account.id);
        let end = [&prefix[..], &key::moment(before)].concat();
        let due = self.tree.range(prefix..end).keys().take(most);
        let due = due.collect::<Result<Vec<_>, _>>().map_err(writer::backend)?;
        if due.is_empty() {
            return Ok(0);
        }
        let dropping = move |txn: &mut Txn<'_>| {
            let mut dropped = 0;
            for index in due {
                let Some(id) = key::id_of(&index).map(EnquiryId) else { continue };
                // Changed since it was looked at: it has moved to another place.
                if !txn.has(&index)? {
                    continue;
                }
                remove(&account, txn, id)?;
                txn.remove(&index)?;
                dropped += 1;
            }
            Ok(dropped)
        };
        self.writer.write(dropping, |_| {}).await
    }

    async fn canned_answers(&self, account: &AccountId) -> Result<(Vec<CannedAnswer>, Version), StoreError> {
        let place = key::canned_answers(&self.account(account)?.id);
        let bytes = writer::read(&self.tree, &place)?;
        bytes.map_or_else(|| Ok(Default::default()), |bytes| record::read_plain(&bytes, "canned answers"))
    }

    async fn save_canned_answers(
        &self,
        account: &AccountId,
        expected: Version,
        list: Vec<CannedAnswer>,
        note: Note,
    ) -> Result<Version, StoreError> {
        let (place, desk) = (key::canned_answers(&self.account(account)?.id), self.staff_desk());
        let saving = move |txn: &mut Txn<'_>| {
            let version = match txn.get(&place)? {
                Some(bytes) => {
                    record::read_plain::<(Vec<CannedAnswer>, Version)>(&bytes, "canned answers")?.1
                }
                None => Version::default(),
            };
            if version != expected {
                return Err(StoreError::Conflict);
            }
            txn.put(&place, &record::plain(&(list, version.next())))?;
            audit::append(txn, &desk, note)?;
            Ok(version.next())
        };
        self.writer.write(saving, |_| {}).await
    }
}
