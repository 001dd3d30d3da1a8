//! `todoke store verify`: reads every record, checks checksums, seals and the relations between records.

use super::{
    AccountKeys, SledStore, announcements, api_keys, audience::rows, enquiries::own_key, key, lists,
    menu_links, pending::key_for, rosters, targets, writer,
};
use crate::{
    domain::{
        audit::{self, Head},
        conversation::Conversation,
        enquiry::Content,
        figure::{Day, Series},
        helper::Helper,
        id::AccountId,
        place::Place,
        population::Population,
        profile::Profile,
        resident::Resident,
        segment::{Mark, Named, Standing, language_in, marks},
        staff::{Credentials, Staff},
        unanswered::Unanswered,
        version::Version,
    },
    store::{
        StoreError,
        record::{self, Kept, Settled, StoredEnquiry},
    },
};

/// What a whole reading found.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Report {
    /// Events that wait.
    pub pending: usize,
    /// Settled events.
    pub settled: usize,
    /// Residents.
    pub residents: usize,
    /// Conversations.
    pub conversations: usize,
    /// Residents who said something of themselves.
    pub profiles: usize,
    /// Named segments.
    pub segments: usize,
    /// Announcements, at whatever stage.
    pub announcements: usize,
    /// People whom the city invites into groups.
    pub invited: usize,
    /// Days of which figures are known.
    pub days: usize,
    /// Questions without an answer.
    pub questions: usize,
    /// Enquiries to a person.
    pub enquiries: usize,
    /// Members of staff.
    pub staff: usize,
    /// Entries of the audit log.
    pub audit: u64,
    /// Revisions of published content.
    pub revisions: usize,
    /// What is wrong, one sentence each, without personal data.
    pub problems: Vec<String>,
}

impl SledStore {
    /// Reads everything, also while events come and go: a record that has changed or gone since it was read
    /// is no problem.
    pub fn verify(&self) -> Report {
        let mut report = Report::default();
        for account in self.accounts.values() {
            let id = &account.id;
            let before = report.residents;
            self.each(&key::pending_prefix(id), 17, &mut report, |place, bytes, report| {
                report.pending += 1;
                let event = key::event_of(id, place).ok_or_else(|| unreadable("pending event"))?;
                drop(bytes);
                self.load_pending(account, event)?;
                let settled = key::EventPlace { account: id.clone(), key: event }.settled();
                if self.tree.contains_key(settled).map_err(writer::backend)? {
                    return Err(StoreError::Damaged {
                        what: format!("{event} is both pending and settled;"),
                    });
                }
                Ok(())
            });
            self.each(&key::settled_prefix(id), 17, &mut report, |place, bytes, report| {
                report.settled += 1;
                let settled = Settled::from_bytes(&bytes)?;
                // What was sealed under the key of somebody who was erased is gone by purpose.
                if !settled.sealed.is_empty() && !self.is_from_before_erasure(id, &settled.head)? {
                    let sealing = key_for(account, &self.residents, settled.head.resident)?;
                    record::open::<Kept>(&sealing, place, &settled.sealed, "settled event")?;
                }
                Ok(())
            });
            let prefix = key::resident(id, &[0; 16]);
            self.each(&prefix[..prefix.len() - 16], 16, &mut report, |place, bytes, report| {
                report.residents += 1;
                let sealing = key_for(account, &self.residents, hash_of(place))?;
                record::open::<Resident>(&sealing, place, &bytes, "resident").map(drop)
            });
            let prefix = key::conversation(id, &[0; 16]);
            self.each(&prefix[..prefix.len() - 16], 16, &mut report, |place, bytes, report| {
                report.conversations += 1;
                let sealing = key_for(account, &self.residents, hash_of(place))?;
                record::open::<Conversation>(&sealing, place, &bytes, "conversation").map(drop)
            });
            self.each(&key::profile_prefix(id), 16, &mut report, |place, bytes, report| {
                report.profiles += 1;
                let hash = hash_of(place).ok_or_else(|| unreadable("profile"))?;
                let sealing = key_for(account, &self.residents, Some(hash))?;
                let profile = record::open::<Profile>(&sealing, place, &bytes, "profile")?;
                // Of a profile that changes meanwhile the marks are read later: then the record has changed too.
                self.verify_marks(account, &hash, &profile)
            });
            self.each(&key::helpers_prefix(id), 16, &mut report, |place, bytes, _| {
                let sealing = key_for(account, &self.residents, hash_of(place))?;
                record::open::<Vec<Helper>>(&sealing, place, &bytes, "helpers").map(drop)
            });
            self.each(&key::segment_prefix(id), 16, &mut report, |place, bytes, report| {
                report.segments += 1;
                record::open::<(Named, Version)>(&account.records, place, &bytes, "segment").map(drop)
            });
            let announcements = key::announced(id, b'h', None, &[]);
            self.each(&announcements, 16, &mut report, |place, bytes, report| {
                report.announcements += 1;
                announcements::check(&self.tree, account, place, &bytes)
            });
            self.each(&key::invited_prefix(id), 16, &mut report, |place, bytes, report| {
                report.invited += 1;
                rosters::check(&self.tree, account, place, &bytes)
            });
            self.each(&key::api_key(id, None), 16, &mut report, |place, bytes, _| {
                api_keys::check(&self.tree, &self.staff_desk(), id, place, &bytes)
            });
            self.each(&key::menu_links_prefix(id), 18, &mut report, |place, bytes, _| {
                menu_links::check(account, place, &bytes)
            });
            self.verify_targets(account, &mut report);
            self.each(&key::unanswered_prefix(id), 24, &mut report, |place, bytes, report| {
                report.questions += 1;
                record::open::<Unanswered>(&account.records, place, &bytes, "question").map(drop)
            });
            self.each(&key::enquiry_prefix(id), 16, &mut report, |place, bytes, report| {
                report.enquiries += 1;
                let StoredEnquiry { open, sealed } = StoredEnquiry::from_bytes(&bytes)?;
                let sealing = own_key(account, &self.residents, &open)?;
                record::open::<Content>(&sealing, place, &sealed, "enquiry").map(drop)
            });
            self.verify_contents(id, &mut report);
            if report.residents - before > self.residents.count(id) {
                report.problems.push(format!("account {id} has more residents than keys"));
            }
        }
        self.verify_staff(&mut report);
        self.verify_audit(&mut report);
        report
    }

    /// Figures, targets, places and the population.
    fn verify_targets(&self, account: &AccountKeys, report: &mut Report) {
        let id = &account.id;
        self.each(&key::figure_series(id, None), 4, report, |place, bytes, _| {
            record::open::<Series>(&account.records, place, &bytes, "series of figures").map(drop)
        });
        self.each(&key::known_days(id), 8, report, |place, bytes, report| {
            report.days += 1;
            record::open::<Day>(&account.records, place, &bytes, "figures of a day").map(drop)
        });
        self.each(&key::target(id, b'h', None, &[]), 16, report, |place, bytes, _| {
            targets::check(&self.tree, account, place, &bytes)
        });
        self.each(&key::growing(id, b'p', &[]), 0, report, |place, bytes, _| {
            lists::read::<Place>(account, place, Some(bytes)).map(drop)
        });
        self.each(&key::growing(id, b'n', &[]), 0, report, |place, bytes, _| {
            lists::read::<Population>(account, place, Some(bytes)).map(drop)
        });
    }

    /// Whether what segments see of somebody follows from what they said.
    fn verify_marks(
        &self,
        account: &AccountKeys,
        hash: &[u8; 16],
        profile: &Profile,
    ) -> Result<(), StoreError> {
        let known = self.residents.find(&account.id, hash).ok_or_else(|| unreadable("profile"))?;
        let stored = rows::stored(&self.tree, account, known.no)?;
        let standing = Standing {
            following: !stored.contains(&Mark::left()),
            registered: rows::registered(account, profile),
            language: language_in(&stored),
        };
        let whole = marks(&account.attributes, profile, &standing) == stored;
        whole.then_some(()).ok_or_else(|| unreadable("marks of a resident"))
    }

    fn verify_staff(&self, report: &mut Report) {
        let each: [(&[u8], &str); 2] = [(b"Sp", "staff"), (b"Sc", "credentials")];
        for (prefix, what) in each {
            self.each(prefix, 16, report, |place, bytes, report| {
                let (keys, sealed) = (&self.staff_keys, bytes.get(8..).ok_or_else(|| unreadable(what))?);
                if what == "staff" {
                    report.staff += 1;
                    record::open::<Staff>(&keys.records, place, sealed, what).map(drop)
                } else {
                    record::open::<Credentials>(&keys.factors, place, sealed, what).map(drop)
                }
            });
        }
    }

    /// Follows the chain in portions, up to the end that it had at the beginning.
    fn verify_audit(&self, report: &mut Report) {
        let checked = self.read_audit_head().and_then(|end| {
            let mut head = Head::START;
            while head.seq < end.seq {
                let entry = self.read_entry(head.seq + 1)?;
                head = audit::verify(head, [&entry])
                    .map_err(|broken| StoreError::Damaged { what: format!("the audit log: {broken};") })?;
            }
            report.audit = end.seq;
            let whole = head == end;
            whole.then_some(()).ok_or_else(|| unreadable("the end of the audit log"))
        });
        if let Err(error) = checked {
            report.problems.push(error.to_string());
        }
    }

    /// Reads every value below a prefix whose own part of the key has `length` bytes (longer ones are
    /// further pages), and notes what fails.
    fn each(
        &self,
        prefix: &[u8],
        length: usize,
        report: &mut Report,
        mut check: impl FnMut(&[u8], Vec<u8>, &mut Report) -> Result<(), StoreError>,
    ) {
        for item in self.tree.scan_prefix(prefix) {
            let (place, first_page) = match item {
                Ok(item) => item,
                Err(error) => {
                    report.problems.push(writer::backend(error).to_string());
                    continue;
                }
            };
            if place.len() != prefix.len() + length {
                continue;
            }
            let result = writer::read(&self.tree, &place)
                .and_then(|bytes| check(&place, bytes.ok_or_else(|| unreadable("record"))?, report));
            if let Err(error) = result {
                let is_still_there = self.tree.get(&place).is_ok_and(|now| now.as_ref() == Some(&first_page));
                if is_still_there {
                    report.problems.push(error.to_string());
                }
            }
        }
    }
}

impl SledStore {
    fn is_from_before_erasure(&self, account: &AccountId, head: &record::Head) -> Result<bool, StoreError> {
        let Some(hash) = head.resident else { return Ok(false) };
        let erased = writer::read(&self.tree, &key::erasure(account, &hash))?;
        Ok(erased.and_then(|bytes| key::moment_of(&bytes)).is_some_and(|erased| head.settled <= erased))
    }
}

fn hash_of(place: &[u8]) -> Option<[u8; 16]> {
    place.last_chunk::<16>().copied()
}

fn unreadable(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}
