//! Staff, credentials, invitations.
//!
//! | key | record |
//! |---|---|
//! | `Sp` + id | the person, sealed, with the version in front |
//! | `Sl` + keyed hash of the login name | id |
//! | `So` + keyed hash of an account at the single sign-on | id |
//! | `Sa` + account + 0 + id | nothing: who belongs to an account |
//! | `Sc` + id | credentials, sealed under the key for factors, with the version in front |
//! | `Si` + hash of the token | invitation, sealed |
//! | `Sj` + id | hash of the person's open invitation |

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    SledStore, StaffKeys, audit, key, sessions,
    writer::{self, Txn},
};
use crate::{
    domain::{
        audit::Note,
        id::{AccountId, Entropy, StaffId},
        staff::{Credentials, Hash, Invitation, LoginName, OutsideAccount, Staff, Version},
        time::Timestamp,
    },
    keyring::Key,
    store::{
        StoreError, record,
        staff::{Added, People, Sessions, StaffChange, Versioned},
    },
};

#[async_trait]
impl People for SledStore {
    async fn add_staff(&self, staff: Staff, invitation: Invitation, note: Note) -> Result<Added, StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    if txn.has(&desk.login(&staff.login))? {
                        return Ok(Added::LoginTaken);
                    }
                    desk.add(txn, &staff, &invitation)?;
                    audit::append(txn, &desk, note)?;
                    Ok(Added::Added)
                },
                |_| {},
            )
            .await
    }

    async fn load_staff(&self, id: StaffId) -> Result<Option<Versioned<Staff>>, StoreError> {
        self.read_staff(id)
    }

    async fn load_staff_by_login(&self, login: &LoginName) -> Result<Option<Versioned<Staff>>, StoreError> {
        let place = self.staff_desk().login(login);
        match writer::read(&self.tree, &place)? {
            Some(id) => self.read_staff(staff_id(&id)?),
            None => Ok(None),
        }
    }

    async fn list_staff(
        &self,
        account: &AccountId,
        after: Option<StaffId>,
        most: usize,
    ) -> Result<Vec<Versioned<Staff>>, StoreError> {
        let prefix = key::staff_of(account, None);
        let start = match after {
            // The next possible key: ids have one length.
            Some(id) => [&key::staff_of(account, Some(id))[..], &[0]].concat(),
            None => prefix.clone(),
        };
        let mut listed = Vec::new();
        for item in self.tree.range(start..) {
            let (place, _) = item.map_err(writer::backend)?;
            if !place.starts_with(&prefix) || listed.len() >= most {
                break;
            }
            // Between the two reads nobody is ever removed: a missing person is damage.
            listed.extend(self.read_staff(staff_id(&place[prefix.len()..])?)?);
        }
        Ok(listed)
    }

    async fn change_staff(&self, staff: Staff, expected: Version, note: Note) -> Result<(), StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    desk.change(txn, &staff, expected)?;
                    audit::append(txn, &desk, note)
                },
                |()| {},
            )
            .await
    }

    async fn import_staff(&self, changes: Vec<StaffChange>, note: Note) -> Result<(), StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    for change in &changes {
                        match change {
                            StaffChange::Add(staff, _) if txn.has(&desk.login(&staff.login))? => {
                                return Err(StoreError::Conflict);
                            }
                            StaffChange::Add(staff, invitation) => desk.add(txn, staff, invitation)?,
                            StaffChange::Change(staff, expected) => desk.change(txn, staff, *expected)?,
                        }
                    }
                    audit::append(txn, &desk, note)
                },
                |()| {},
            )
            .await
    }

    async fn load_credentials(&self, id: StaffId) -> Result<Versioned<Credentials>, StoreError> {
        let (desk, place) = (self.staff_desk(), key::credentials(id));
        match writer::read(&self.tree, &place)? {
            Some(stored) => open(&desk.keys.factors, &place, &stored, "credentials"),
            None => Ok(Versioned { value: Credentials::default(), version: Version(0) }),
        }
    }

    async fn change_credentials(
        &self,
        id: StaffId,
        credentials: Credentials,
        expected: Version,
        sessions: Sessions,
        note: Option<Note>,
    ) -> Result<(), StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    desk.put_credentials(txn, id, &credentials, Some(expected))?;
                    sessions::end(txn, id, sessions)?;
                    note.map_or(Ok(()), |note| audit::append(txn, &desk, note))
                },
                |()| {},
            )
            .await
    }

    async fn find_linked(&self, account: &OutsideAccount) -> Result<Option<StaffId>, StoreError> {
        let place = self.staff_desk().linked(account);
        writer::read(&self.tree, &place)?.map(|id| staff_id(&id)).transpose()
    }

    async fn invite(&self, invitation: Invitation, note: Note) -> Result<(), StoreError> {
        let desk = self.staff_desk();
        self.writer
            .write(
                move |txn| {
                    desk.put_invitation(txn, &invitation)?;
                    audit::append(txn, &desk, note)
                },
                |()| {},
            )
            .await
    }

    async fn load_invitation(&self, token: &Hash) -> Result<Option<Invitation>, StoreError> {
        let (desk, place) = (self.staff_desk(), key::invitation(token));
        writer::read(&self.tree, &place)?
            .map(|sealed| record::open(&desk.keys.records, &place, &sealed, "invitation"))
            .transpose()
    }

    async fn use_invitation(
        &self,
        token: &Hash,
        now: Timestamp,
        credentials: Credentials,
        note: Note,
    ) -> Result<bool, StoreError> {
        let (desk, place) = (self.staff_desk(), key::invitation(token));
        let Some(invitation) = self.load_invitation(token).await? else { return Ok(false) };
        if !invitation.is_open(now) {
            return Ok(false);
        }
        self.writer
            .write(
                move |txn| {
                    if !txn.has(&place)? {
                        return Ok(false);
                    }
                    txn.remove(&place)?;
                    txn.remove(&key::open_invitation(invitation.staff))?;
                    desk.put_credentials(txn, invitation.staff, &credentials, None)?;
                    sessions::end(txn, invitation.staff, Sessions::EndAll)?;
                    audit::append(txn, &desk, note)?;
                    Ok(true)
                },
                |_| {},
            )
            .await
    }
}

impl SledStore {
    fn read_staff(&self, id: StaffId) -> Result<Option<Versioned<Staff>>, StoreError> {
        let (desk, place) = (self.staff_desk(), key::staff(id));
        writer::read(&self.tree, &place)?
            .map(|stored| open(&desk.keys.records, &place, &stored, "staff"))
            .transpose()
    }

    pub(super) fn staff_desk(&self) -> Desk {
        Desk { keys: self.staff_keys.clone(), entropy: std::sync::Arc::clone(&self.sources.entropy) }
    }
}

/// What the writer's side needs to write about staff.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) keys: StaffKeys,
    pub(super) entropy: std::sync::Arc<dyn Entropy>,
}

impl Desk {
    fn login(&self, login: &LoginName) -> Vec<u8> {
        key::login(&self.keys.lookup.hash(login.as_str().as_bytes()))
    }

    fn linked(&self, account: &OutsideAccount) -> Vec<u8> {
        // The length in front: no two pairs give the same bytes.
        let length = u64::try_from(account.issuer.len()).expect("a text's length fits").to_be_bytes();
        let whole = [b"account", &length[..], account.issuer.as_bytes(), account.subject.as_bytes()].concat();
        key::linked(&self.keys.lookup.hash(&whole))
    }

    fn add(&self, txn: &mut Txn<'_>, staff: &Staff, invitation: &Invitation) -> Result<(), StoreError> {
        txn.put(&self.login(&staff.login), staff.id.0.as_bytes())?;
        self.put_staff(txn, staff, Version::FIRST)?;
        self.put_invitation(txn, invitation)
    }

    fn change(&self, txn: &mut Txn<'_>, staff: &Staff, expected: Version) -> Result<(), StoreError> {
        let place = key::staff(staff.id);
        let stored = txn.get(&place)?.ok_or(StoreError::Conflict)?;
        let old: Versioned<Staff> = open(&self.keys.records, &place, &stored, "staff")?;
        if old.version != expected {
            return Err(StoreError::Conflict);
        }
        for gone in old.value.memberships.iter().filter(|old| staff.membership(&old.account).is_none()) {
            txn.remove(&key::staff_of(&gone.account, Some(staff.id)))?;
        }
        // The way in by the login name is made once.
        let staff = Staff { login: old.value.login, ..staff.clone() };
        self.put_staff(txn, &staff, expected.next())
    }

    fn put_staff(&self, txn: &mut Txn<'_>, staff: &Staff, version: Version) -> Result<(), StoreError> {
        let place = key::staff(staff.id);
        txn.put(&place, &self.seal(&self.keys.records, &place, version, staff))?;
        for membership in &staff.memberships {
            txn.put(&key::staff_of(&membership.account, Some(staff.id)), &[])?;
        }
        Ok(())
    }

    /// `expected` is left out where an invitation replaces whatever is there.
    fn put_credentials(
        &self,
        txn: &mut Txn<'_>,
        id: StaffId,
        credentials: &Credentials,
        expected: Option<Version>,
    ) -> Result<(), StoreError> {
        let place = key::credentials(id);
        let stored = txn.get(&place)?;
        let version = match &stored {
            Some(stored) => version_of(stored)?.0,
            None => Version(0),
        };
        if expected.is_some_and(|expected| expected != version) {
            return Err(StoreError::Conflict);
        }
        // What cannot be read any more is replaced all the same: an invitation has to help there too.
        let old = stored
            .and_then(|stored| open::<Credentials>(&self.keys.factors, &place, &stored, "credentials").ok())
            .and_then(|old| old.value.linked);
        self.move_link(txn, id, old.as_ref().map(|old| &old.account), credentials.outside_account())?;
        txn.put(&place, &self.seal(&self.keys.factors, &place, version.next(), credentials))
    }

    /// Keeps the index of linked accounts true; [`StoreError::Conflict`] when the new one is somebody else's.
    fn move_link(
        &self,
        txn: &mut Txn<'_>,
        id: StaffId,
        old: Option<&OutsideAccount>,
        new: Option<&OutsideAccount>,
    ) -> Result<(), StoreError> {
        if old == new {
            return Ok(());
        }
        if let Some(new) = new {
            let place = self.linked(new);
            if txn.get(&place)?.is_some_and(|owner| owner != id.0.as_bytes()) {
                return Err(StoreError::Conflict);
            }
            txn.put(&place, id.0.as_bytes())?;
        }
        old.map_or(Ok(()), |old| txn.remove(&self.linked(old)))
    }

    fn put_invitation(&self, txn: &mut Txn<'_>, invitation: &Invitation) -> Result<(), StoreError> {
        let of_person = key::open_invitation(invitation.staff);
        if let Some(old) = txn.get(&of_person)?.and_then(|old| <[u8; 32]>::try_from(old).ok()) {
            txn.remove(&key::invitation(&Hash(old)))?;
        }
        let place = key::invitation(&invitation.token);
        txn.put(&of_person, &invitation.token.0)?;
        txn.put(&place, &record::seal(&self.keys.records, &*self.entropy, &place, invitation))
    }

    fn seal(&self, key: &Key, place: &[u8], version: Version, value: &impl Serialize) -> Vec<u8> {
        [&version.0.to_be_bytes()[..], &record::seal(key, &*self.entropy, place, value)].concat()
    }
}

fn version_of(stored: &[u8]) -> Result<(Version, &[u8]), StoreError> {
    let (version, sealed) =
        stored.split_first_chunk::<8>().ok_or_else(|| StoreError::Damaged { what: "version".into() })?;
    Ok((Version(u64::from_be_bytes(*version)), sealed))
}

fn open<T: DeserializeOwned>(
    key: &Key,
    place: &[u8],
    stored: &[u8],
    what: &str,
) -> Result<Versioned<T>, StoreError> {
    let (version, sealed) = version_of(stored)?;
    Ok(Versioned { value: record::open(key, place, sealed, what)?, version })
}

fn staff_id(bytes: &[u8]) -> Result<StaffId, StoreError> {
    Uuid::from_slice(bytes).map(StaffId).map_err(|_| StoreError::Damaged { what: "staff id".into() })
}
