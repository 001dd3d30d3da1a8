//! Who is known: the index of residents and the small file that holds what their keys are made from.
//!
//! `residents.keys` is append-only, one record of 44 bytes a resident: account tag (4), lookup hash of
//! the LINE id (16), number (4), salt (16), CRC-32 (4). A resident's key is HMAC(master-derived key,
//! salt); without the salt nobody can make it again, so rewriting this small file without a record
//! destroys that resident's data everywhere, backups included. A torn last record is cut off at start.
//!
//! A number is never given twice: where a key was destroyed a record with the number alone remains (hash and
//! salt 0). The file is then written anew beside the old one and takes its place.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, RwLock},
};

use roaring::RoaringBitmap;

use crate::{
    domain::id::{AccountId, Entropy, ResidentNo},
    keyring::{Key, Keyring},
};

const RECORD: usize = 44;
/// Stands for the hash, and for the salt, of somebody whose key was destroyed.
const NOBODY: [u8; 16] = [0; 16];

/// Whether a record only keeps a number from being given again.
fn is_nobody(hash: &[u8; 16], known: Known) -> bool {
    *hash == NOBODY && known.salt == NOBODY
}

/// A resident as the index knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) no: ResidentNo,
    salt: [u8; 16],
}

struct Account {
    tag: [u8; 4],
    key: Key,
    known: RwLock<Numbered>,
    /// Numbers of residents whose record was seen in the store by this process.
    recorded: Mutex<HashSet<ResidentNo>>,
}

/// Those who are known, and the number that the next one gets: where a record was taken out of the file
/// its number stays unused, since it may stand in somebody's bitmap.
#[derive(Default)]
struct Numbered {
    by_hash: HashMap<[u8; 16], Known>,
    next: u32,
}

/// The index and its file.
pub(super) struct ResidentIndex {
    accounts: HashMap<AccountId, Account>,
    file: Mutex<Unwritten>,
}

struct Unwritten {
    path: PathBuf,
    file: File,
    records: Vec<u8>,
    /// Account tags and numbers whose keys are to be destroyed.
    doomed: HashSet<([u8; 4], ResidentNo)>,
}

impl ResidentIndex {
    /// Reads the file, or makes an empty one.
    pub(super) fn load<'a>(
        path: &Path,
        keyring: &Keyring,
        accounts: impl Iterator<Item = &'a AccountId>,
    ) -> io::Result<Self> {
        let mut accounts: HashMap<AccountId, Account> = accounts
            .map(|id| {
                let key = keyring.resident_keys(id);
                let hash = key.hash(b"account tag");
                let tag = [hash[0], hash[1], hash[2], hash[3]];
                (id.clone(), Account { tag, key, known: RwLock::default(), recorded: Mutex::default() })
            })
            .collect();
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let records: Vec<&[u8]> = bytes.chunks_exact(RECORD).collect();
        let read: Vec<_> = records.iter().map(|record| read_record(record)).collect();
        // A crash may tear the end; what is broken with sound records behind it is damage, never cut away.
        let sound = read.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        if let Some(broken) = read[..sound].iter().position(Option::is_none) {
            let what = format!(
                "{} is damaged at record {}; put back a copy of it; nothing was changed",
                path.display(),
                broken + 1
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let sound = sound * RECORD;
        let mut by_tag: HashMap<[u8; 4], &mut Account> = accounts.values_mut().map(|a| (a.tag, a)).collect();
        let mut doomed = HashSet::new();
        for (tag, hash, known) in read.into_iter().flatten() {
            if let Some(account) = by_tag.get_mut(&tag) {
                let numbered = account.known.get_mut().unwrap_or_else(PoisonError::into_inner);
                numbered.next = numbered.next.max(known.no.0.saturating_add(1));
                if is_nobody(&hash, known) {
                    continue;
                }
                // Erased, come again, and then a crash before the older key was destroyed.
                doomed.extend(numbered.by_hash.insert(hash, known).map(|older| (tag, older.no)));
            }
        }
        if sound < bytes.len() {
            file.set_len(u64::try_from(sound).unwrap_or(u64::MAX))?;
        }
        file.seek(SeekFrom::End(0))?;
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        let file = Unwritten { path: path.to_owned(), file, records: Vec::new(), doomed };
        let index = Self { accounts, file: Mutex::new(file) };
        index.destroy_keys()?;
        Ok(index)
    }

    /// The resident, if known.
    pub(super) fn find(&self, account: &AccountId, hash: &[u8; 16]) -> Option<Known> {
        let known = &self.accounts.get(account)?.known;
        known.read().unwrap_or_else(PoisonError::into_inner).by_hash.get(hash).copied()
    }

    /// The resident, made known if new. The writer calls it and then [`Self::make_durable`].
    pub(super) fn find_or_add(
        &self,
        account: &AccountId,
        hash: &[u8; 16],
        entropy: &dyn Entropy,
    ) -> Option<(Known, bool)> {
        let account = self.accounts.get(account)?;
        let mut numbered = account.known.write().unwrap_or_else(PoisonError::into_inner);
        let Numbered { by_hash, next } = &mut *numbered;
        match by_hash.entry(*hash) {
            Entry::Occupied(entry) => Some((*entry.get(), false)),
            Entry::Vacant(entry) => {
                let after = next.checked_add(1)?;
                let mut salt = [0; 16];
                entropy.fill(&mut salt);
                let new = *entry.insert(Known { no: ResidentNo(*next), salt });
                *next = after;
                let mut unwritten = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                unwritten.records.extend_from_slice(&record(account.tag, hash, new));
                Some((new, true))
            }
        }
    }

    /// Whether the resident's record was seen in the store.
    pub(super) fn is_recorded(&self, account: &AccountId, known: Known) -> bool {
        self.accounts.get(account).is_some_and(|account| {
            account.recorded.lock().unwrap_or_else(PoisonError::into_inner).contains(&known.no)
        })
    }

    /// Remembers that the resident's record was seen in the store.
    pub(super) fn set_recorded(&self, account: &AccountId, known: Known) {
        if let Some(account) = self.accounts.get(account) {
            account.recorded.lock().unwrap_or_else(PoisonError::into_inner).insert(known.no);
        }
    }

    /// The key under which a resident's data is sealed.
    pub(super) fn key(&self, account: &AccountId, known: Known) -> Option<Key> {
        let account = self.accounts.get(account)?;
        let first = account.key.hash(&[b"1", &known.salt[..]].concat());
        let second = account.key.hash(&[b"2", &known.salt[..]].concat());
        let mut bytes = [0; crate::keyring::KEY_LEN];
        bytes[..16].copy_from_slice(&first);
        bytes[16..].copy_from_slice(&second);
        Some(Key::from_bytes(bytes))
    }

    /// Appends what is new and syncs it; does nothing when nothing is new.
    pub(super) fn make_durable(&self) -> io::Result<()> {
        let mut unwritten = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if unwritten.records.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut unwritten.records);
        unwritten.file.write_all(&records)?;
        unwritten.file.sync_data()
    }

    /// Forgets a resident at once; [`Self::destroy_keys`] destroys the key. The writer calls both.
    pub(super) fn forget(&self, account: &AccountId, hash: &[u8; 16]) {
        let Some(account) = self.accounts.get(account) else { return };
        let forgotten = {
            let mut numbered = account.known.write().unwrap_or_else(PoisonError::into_inner);
            numbered.by_hash.remove(hash)
        };
        if let Some(known) = forgotten {
            let mut unwritten = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            unwritten.doomed.insert((account.tag, known.no));
        }
    }

    /// Writes the file anew without the keys of those who were forgotten; does nothing when nobody was. When it
    /// comes back no key of theirs is left in the folder.
    pub(super) fn destroy_keys(&self) -> io::Result<()> {
        let mut unwritten = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if unwritten.doomed.is_empty() {
            return Ok(());
        }
        let mut bytes = fs::read(&unwritten.path)?;
        for record in bytes.chunks_exact_mut(RECORD) {
            let Some((tag, hash, known)) = read_record(record) else { continue };
            if !is_nobody(&hash, known) && unwritten.doomed.contains(&(tag, known.no)) {
                record.copy_from_slice(&self::record(tag, &NOBODY, Known { no: known.no, salt: NOBODY }));
            }
        }
        let anew = unwritten.path.with_extension("new");
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&anew)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&anew, &unwritten.path)?;
        if let Some(folder) = unwritten.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        unwritten.file = file;
        unwritten.doomed.clear();
        Ok(())
    }

    /// The numbers of everybody of an account.
    pub(super) fn numbers(&self, account: &AccountId) -> RoaringBitmap {
        let Some(account) = self.accounts.get(account) else { return RoaringBitmap::new() };
        let known = account.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut numbers: Vec<u32> = known.by_hash.values().map(|known| known.no.0).collect();
        numbers.sort_unstable();
        numbers.into_iter().collect()
    }

    /// The lookup hashes of some residents, by number.
    pub(super) fn hashes_of(
        &self,
        account: &AccountId,
        residents: &[ResidentNo],
    ) -> HashMap<ResidentNo, [u8; 16]> {
        let Some(account) = self.accounts.get(account) else { return HashMap::new() };
        let wanted: HashSet<ResidentNo> = residents.iter().copied().collect();
        let known = account.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.by_hash.iter().filter(|(_, known)| wanted.contains(&known.no));
        found.map(|(hash, known)| (known.no, *hash)).collect()
    }

    /// The lookup hashes of everybody of an account, by number; that of nobody where a number is nobody's.
    pub(super) fn all_hashes(&self, account: &AccountId) -> Vec<[u8; 16]> {
        let Some(account) = self.accounts.get(account) else { return Vec::new() };
        let known = account.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut hashes = vec![NOBODY; usize::try_from(known.next).unwrap_or_default()];
        for (hash, known) in &known.by_hash {
            if let Some(place) = hashes.get_mut(known.no.0 as usize) {
                *place = *hash;
            }
        }
        hashes
    }

    /// How many residents of an account have a key.
    pub(super) fn count(&self, account: &AccountId) -> usize {
        self.accounts
            .get(account)
            .map_or(0, |account| account.known.read().unwrap_or_else(PoisonError::into_inner).by_hash.len())
    }
}

fn record(tag: [u8; 4], hash: &[u8; 16], known: Known) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    bytes[..4].copy_from_slice(&tag);
    bytes[4..20].copy_from_slice(hash);
    bytes[20..24].copy_from_slice(&known.no.0.to_be_bytes());
    bytes[24..40].copy_from_slice(&known.salt);
    let checksum = crc32fast::hash(&bytes[..40]);
    bytes[40..].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn read_record(bytes: &[u8]) -> Option<([u8; 4], [u8; 16], Known)> {
    let (content, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(content) != u32::from_be_bytes(*checksum) {
        return None;
    }
    let no = ResidentNo(u32::from_be_bytes(content[20..24].try_into().ok()?));
    let salt = content[24..40].try_into().ok()?;
    Some((content[..4].try_into().ok()?, content[4..20].try_into().ok()?, Known { no, salt }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn numbers_are_dense_and_survive_a_torn_last_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("residents.keys");
        let keyring = Keyring::parse(&"7a".repeat(32), "test").unwrap();
        let account: AccountId = "todoke".parse().unwrap();
        let open = || ResidentIndex::load(&path, &keyring, [&account].into_iter()).unwrap();
        let index = open();
        for byte in 0..3 {
            let (known, new) = index.find_or_add(&account, &[byte; 16], &SystemEntropy).unwrap();
            assert_eq!((known.no, new), (ResidentNo(u32::from(byte)), true));
        }
        assert!(!index.find_or_add(&account, &[1; 16], &SystemEntropy).unwrap().1);
        index.make_durable().unwrap();
        let key = index.key(&account, index.find(&account, &[1; 16]).unwrap()).unwrap();
        drop(index);
        let length = fs::metadata(&path).unwrap().len();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(&[1; 20]).unwrap();
        let index = open();
        assert_eq!(index.count(&account), 3);
        assert_eq!(fs::metadata(&path).unwrap().len(), length);
        let again = index.key(&account, index.find(&account, &[1; 16]).unwrap()).unwrap();
        assert_eq!(again.hash(b"x"), key.hash(b"x"));
    }

    #[test]
    fn a_number_whose_key_was_destroyed_is_not_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("residents.keys");
        let keyring = Keyring::parse(&"7a".repeat(32), "test").unwrap();
        let account: AccountId = "todoke".parse().unwrap();
        let load = || ResidentIndex::load(&path, &keyring, [&account].into_iter()).unwrap();
        let index = load();
        for byte in 0..3 {
            index.find_or_add(&account, &[byte; 16], &SystemEntropy).unwrap();
        }
        index.make_durable().unwrap();
        drop(index);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, [&bytes[..RECORD], &bytes[2 * RECORD..]].concat()).unwrap();
        let (anew, is_new) = load().find_or_add(&account, &[1; 16], &SystemEntropy).unwrap();
        assert_eq!((anew.no, is_new), (ResidentNo(3), true));
    }

    #[test]
    fn a_destroyed_key_is_nowhere_in_the_folder_and_its_number_is_not_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("residents.keys");
        let keyring = Keyring::parse(&"7a".repeat(32), "test").unwrap();
        let account: AccountId = "todoke".parse().unwrap();
        let load = || ResidentIndex::load(&path, &keyring, [&account].into_iter()).unwrap();
        let index = load();
        for byte in 1..4 {
            index.find_or_add(&account, &[byte; 16], &SystemEntropy).unwrap();
        }
        index.make_durable().unwrap();
        let salt = index.find(&account, &[3; 16]).unwrap().salt;
        let holds = || {
            let files = fs::read_dir(folder.path()).unwrap();
            files
                .filter(|file| {
                    let bytes = fs::read(file.as_ref().unwrap().path()).unwrap();
                    bytes.windows(16).any(|window| window == salt)
                })
                .count()
        };
        assert_eq!(holds(), 1);
        index.forget(&account, &[3; 16]);
        // Known anew before the key is destroyed, as by an event in the same batch; then a crash.
        let (again, is_new) = index.find_or_add(&account, &[3; 16], &SystemEntropy).unwrap();
        assert_eq!((again.no, is_new), (ResidentNo(3), true));
        index.make_durable().unwrap();
        drop(index);
        let index = load();
        assert_eq!((holds(), index.find(&account, &[3; 16]).unwrap().no), (0, ResidentNo(3)));
        index.forget(&account, &[3; 16]);
        index.destroy_keys().unwrap();
        // What comes next is appended to the new file.
        index.find_or_add(&account, &[9; 16], &SystemEntropy).unwrap();
        index.make_durable().unwrap();
        drop(index);
        let index = load();
        assert_eq!(index.numbers(&account).iter().collect::<Vec<_>>(), [0, 1, 4]);
        assert_eq!(index.find(&account, &[3; 16]), None);
    }

    #[test]
    fn damage_before_sound_records_is_told_and_nothing_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("residents.keys");
        let keyring = Keyring::parse(&"7a".repeat(32), "test").unwrap();
        let account: AccountId = "todoke".parse().unwrap();
        let load = || ResidentIndex::load(&path, &keyring, [&account].into_iter());
        let index = load().unwrap();
        for byte in 0..3 {
            index.find_or_add(&account, &[byte; 16], &SystemEntropy).unwrap();
        }
        index.make_durable().unwrap();
        drop(index);
        let mut bytes = fs::read(&path).unwrap();
        bytes[RECORD + 5] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let complaint = load().err().expect("the damage is noticed").to_string();
        assert!(complaint.contains("record 2") && complaint.contains("nothing was changed"), "{complaint}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
