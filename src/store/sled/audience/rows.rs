//! Marks as they are stored: 64 residents a block, so that a start reads few records.
//!
//! A block holds the marks of residents with consecutive numbers, sealed under the account's key: it names
//! nobody, and the way from a number to a person (`residents.keys`) ends with the resident's key. Names of marks
//! stand in one list for the account, and blocks hold their places in it. Blocks follow from residents and
//! profiles: what the account asks is kept beside them as a fingerprint, and with another one they are made
//! anew.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use roaring::RoaringBitmap;

use crate::{
    domain::{
        id::{Entropy, ResidentNo},
        profile::Profile,
        resident::Resident,
        segment::{Mark, Standing, marks},
    },
    keyring::Key,
    store::{
        StoreError, record,
        sled::{
            AccountKeys, chunk, key,
            pending::key_for,
            residents::ResidentIndex,
            writer::{self, Txn},
        },
    },
};

/// Residents of a block.
const BLOCK: u32 = 64;
/// After so many blocks what was gathered is added to the bitmaps at once: 65,536 residents.
const GATHERED: usize = 1_024;
/// Blocks that are written in one batch when all are made anew.
const BLOCKS_AT_ONCE: usize = 512;

/// Names of marks by place, and how many of them are stored.
#[derive(Debug, Default)]
pub(in crate::store::sled) struct Words(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    names: Vec<String>,
    places: HashMap<String, u32>,
    stored: usize,
}

impl Words {
    fn lock(&self) -> MutexGuard<'_, Known> {
        // Names are added by whole steps; a poisoned lock is as good as a sound one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.names.len()).expect("an account has a few thousand marks");
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// Marks of somebody: a place in the list of names, and a number where the mark has one.
type Row = Vec<(u32, Option<i32>)>;
/// The marks of a block, by place in it (0 to 63).
type Block = BTreeMap<u8, Row>;

fn encode(block: &Block) -> Vec<u8> {
    let mut bytes = vec![1];
    for (at, marks) in block.iter().filter(|(_, marks)| !marks.is_empty()) {
        bytes.push(*at);
        put(&mut bytes, u32::try_from(marks.len()).expect("a resident has a few hundred marks"));
        for (place, number) in marks {
            put(&mut bytes, place << 1 | u32::from(number.is_some()));
            if let Some(number) = number {
                // Zigzag, so that small numbers below zero are short too.
                put(&mut bytes, ((number << 1) ^ (number >> 31)).cast_unsigned());
            }
        }
    }
    bytes
}

fn decode(bytes: &[u8]) -> Option<Block> {
    let mut rest = bytes.strip_prefix(&[1])?;
    let mut block = Block::new();
    while let Some((at, after)) = rest.split_first() {
        rest = after;
        let many = take(&mut rest)?;
        let mut marks = Vec::new();
        for _ in 0..many {
            let word = take(&mut rest)?;
            let number = match word & 1 {
                0 => None,
                _ => {
                    let zigzag = take(&mut rest)?;
                    Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
                }
            };
            marks.push((word >> 1, number));
        }
        block.insert(*at, marks);
    }
    Some(block)
}

fn put(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn damaged() -> StoreError {
    StoreError::Damaged { what: "marks of residents".into() }
}

fn open(account: &AccountKeys, place: &[u8], sealed: &[u8]) -> Result<Block, StoreError> {
    account.records.open(place, sealed).and_then(|bytes| decode(&bytes)).ok_or_else(damaged)
}

fn at(resident: ResidentNo) -> (u32, u8) {
    (resident.0 / BLOCK, (resident.0 % BLOCK).to_le_bytes()[0])
}

/// Changes somebody's marks within a request; the bitmaps follow when it has become durable.
pub(in crate::store::sled) fn change(
    account: &Arc<AccountKeys>,
    entropy: &dyn Entropy,
    txn: &mut Txn<'_>,
    resident: ResidentNo,
    after: impl FnOnce(&BTreeSet<Mark>) -> BTreeSet<Mark>,
) -> Result<(), StoreError> {
    let (number, slot) = at(resident);
    let place = key::marks(&account.id, number);
    let stored = txn.get(&place).and_then(|stored| match stored {
        Some(sealed) => open(account, &place, &sealed),
        None => Ok(Block::new()),
    });
    let mut block = match stored {
        Ok(block) => block,
        Err(error @ StoreError::Damaged { .. }) => {
            // Nobody is refused because of it: the bitmaps know, and the next start makes every block anew.
            tracing::error!(%error, account = %account.id, "a block of marks cannot be read");
            let before = account.index.marks_of(resident);
            let after = after(&before);
            txn.remove(&key::marks_fingerprint(&account.id))?;
            let account = Arc::clone(account);
            txn.afterwards(move || account.index.change(resident, &before, &after));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let mut words = account.words.lock();
    let before: BTreeSet<Mark> = named(&words, block.get(&slot))?;
    let after = after(&before);
    if before == after {
        return Ok(());
    }
    let row = after.iter().map(|mark| (words.place(&mark.name), mark.number)).collect();
    block.insert(slot, row);
    if words.names.len() > words.stored {
        let place = key::mark_names(&account.id);
        txn.put(&place, &record::seal(&account.records, entropy, &place, &words.names))?;
    }
    let names = words.names.len();
    drop(words);
    txn.put(&place, &account.records.seal(entropy, &place, &encode(&block)))?;
    let account = Arc::clone(account);
    txn.afterwards(move || {
        account.words.lock().stored = names;
        account.index.change(resident, &before, &after);
    });
    Ok(())
}

fn named(words: &Known, row: Option<&Row>) -> Result<BTreeSet<Mark>, StoreError> {
    row.into_iter()
        .flatten()
        .map(|(place, number)| {
            let name = usize::try_from(*place).ok().and_then(|place| words.names.get(place));
            Ok(Mark { name: name.ok_or_else(damaged)?.clone(), number: *number })
        })
        .collect()
}

/// Builds the bitmaps of an account from its blocks, which are made anew where the account asks for something
/// else now, or where there are none of this kind yet. `file` is sled's own, to be synced as the writer does.
pub(in crate::store::sled) fn load(
    tree: &sled::Db,
    file: &File,
    account: &AccountKeys,
    residents: &ResidentIndex,
    entropy: &dyn Entropy,
) -> Result<(), StoreError> {
    let mark = fingerprint(account);
    let is_of_now = writer::read(tree, &key::marks_fingerprint(&account.id))?.as_deref() == Some(&mark);
    if is_of_now {
        match build(tree, account, residents) {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(%error, account = %account.id, "marks of residents are made anew");
            }
            result => return result,
        }
    }
    make_anew(tree, file, account, residents, entropy, &mark)?;
    build(tree, account, residents)
}

fn build(tree: &sled::Db, account: &AccountKeys, residents: &ResidentIndex) -> Result<(), StoreError> {
    let everybody: RoaringBitmap = residents.numbers(&account.id);
    let mut words = account.words.lock();
    *words = Known::default();
    let place = key::mark_names(&account.id);
    if let Some(sealed) = writer::read(tree, &place)? {
        let names: Vec<String> = record::open(&account.records, &place, &sealed, "names of marks")?;
        for name in &names {
            words.place(name);
        }
        words.stored = words.names.len();
    }
    let mut gathered: Vec<Vec<u32>> = vec![Vec::new(); words.names.len()];
    let mut marked: Vec<RoaringBitmap> = vec![RoaringBitmap::new(); words.names.len()];
    let mut sets = account.index.write();
    *sets = super::Sets::default();
    let prefix = key::marks_prefix(&account.id);
    for (turn, item) in tree.scan_prefix(&prefix).enumerate() {
        let (place, first) = item.map_err(writer::backend)?;
        let Some(number) = place.get(prefix.len()..).and_then(|rest| <[u8; 4]>::try_from(rest).ok()) else {
            continue;
        };
        let sealed = chunk::join(&place, &first, |key| {
            Ok(tree.get(key).map_err(writer::backend)?.map(|page| page.to_vec()))
        })?;
        for (slot, row) in open(account, &place, &sealed)? {
            let resident = u32::from_be_bytes(number) * BLOCK + u32::from(slot);
            // A number whose key is gone is nobody's any more.
            if !everybody.contains(resident) {
                continue;
            }
            for (word, value) in row {
                let word = usize::try_from(word).map_err(|_| damaged())?;
                let name = words.names.get(word).ok_or_else(damaged)?;
                match value {
                    None => gathered[word].push(resident),
                    Some(value) => match sets.ranged.get_mut(name) {
                        Some(ranged) => ranged.insert(resident, value),
                        None => sets.ranged.entry(name.clone()).or_default().insert(resident, value),
                    },
                }
            }
        }
        if turn % GATHERED == 0 {
            add(&mut gathered, &mut marked)?;
        }
    }
    add(&mut gathered, &mut marked)?;
    let marked = words.names.iter().cloned().zip(marked);
    sets.marked = marked.filter(|(_, set)| !set.is_empty()).collect();
    sets.everybody = everybody;
    Ok(())
}

fn add(gathered: &mut [Vec<u32>], marked: &mut [RoaringBitmap]) -> Result<(), StoreError> {
    for (list, set) in gathered.iter_mut().zip(marked) {
        // Blocks come in the order of their numbers, and so do residents within one.
        set.append(list.drain(..)).map_err(writer::backend)?;
    }
    Ok(())
}

/// What the marks follow from, beside residents and profiles.
fn fingerprint(account: &AccountKeys) -> [u8; 16] {
    let mut asked = format!("2;{};", account.zone.iana_name().unwrap_or_default());
    for attribute in account.attributes.plain() {
        asked.push_str(&format!("{}:{};", attribute.id, attribute.kind.name()));
    }
    account.records.hash(asked.as_bytes())
}

/// The day of the first word, in the account's time zone.
pub(in crate::store::sled) fn registered(
    account: &AccountKeys,
    profile: &Profile,
) -> Option<jiff::civil::Date> {
    profile.registered().map(|first| first.to_zoned(account.zone.clone()).date())
}

/// Reads every resident and profile and writes all blocks.
fn make_anew(
    tree: &sled::Db,
    file: &File,
    account: &AccountKeys,
    residents: &ResidentIndex,
    entropy: &dyn Entropy,
    mark: &[u8],
) -> Result<(), StoreError> {
    let mut words = Known::default();
    let mut blocks: BTreeMap<u32, Block> = BTreeMap::new();
    let prefix = key::resident_prefix(&account.id);
    for place in tree.scan_prefix(&prefix).keys() {
        let place = place.map_err(writer::backend)?;
        let hash = place.get(prefix.len()..).and_then(|rest| <[u8; 16]>::try_from(rest).ok());
        let Some((known, hash)) = hash.and_then(|hash| Some((residents.find(&account.id, &hash)?, hash)))
        else {
            continue;
        };
        let sealing = key_for(account, residents, Some(hash))?;
        // What does not open counts as nothing here; `store verify` names it.
        let resident = read_or_none::<Resident>(tree, &sealing, &place)?;
        let profile = read_or_none::<Profile>(tree, &sealing, &key::profile(&account.id, &hash))?;
        let profile = profile.unwrap_or_default();
        let standing = Standing {
            following: resident.as_ref().is_none_or(|resident| resident.follow.may_be_reached()),
            registered: registered(account, &profile),
            language: resident.and_then(|resident| resident.language),
        };
        let marks = marks(&account.attributes, &profile, &standing);
        if !marks.is_empty() {
            let (number, slot) = at(known.no);
            let row = marks.iter().map(|mark| (words.place(&mark.name), mark.number)).collect();
            blocks.entry(number).or_default().insert(slot, row);
        }
    }
    let mut batch = sled::Batch::default();
    for place in tree.scan_prefix(key::marks_prefix(&account.id)).keys() {
        batch.remove(place.map_err(writer::backend)?);
    }
    // The fingerprint goes first and comes last: whatever breaks off between is begun again.
    batch.remove(key::marks_fingerprint(&account.id));
    write(tree, file, batch)?;
    let blocks: Vec<(u32, Block)> = blocks.into_iter().collect();
    for some in blocks.chunks(BLOCKS_AT_ONCE) {
        let mut batch = sled::Batch::default();
        for (number, block) in some {
            let place = key::marks(&account.id, *number);
            insert(&mut batch, &place, &account.records.seal(entropy, &place, &encode(block)));
        }
        write(tree, file, batch)?;
    }
    let mut batch = sled::Batch::default();
    let place = key::mark_names(&account.id);
    insert(&mut batch, &place, &record::seal(&account.records, entropy, &place, &words.names));
    insert(&mut batch, &key::marks_fingerprint(&account.id), mark);
    write(tree, file, batch)
}

fn read_or_none<T: serde::de::DeserializeOwned>(
    tree: &sled::Db,
    sealing: &Key,
    place: &[u8],
) -> Result<Option<T>, StoreError> {
    let read = writer::read(tree, place).and_then(|sealed| {
        sealed.map(|sealed| record::open(sealing, place, &sealed, "resident")).transpose()
    });
    match read {
        Err(StoreError::Damaged { .. }) => Ok(None),
        other => other,
    }
}

fn insert(batch: &mut sled::Batch, place: &[u8], value: &[u8]) {
    for (key, page) in chunk::cut(place, value) {
        batch.insert(key, page.into_bytes());
    }
}

/// As the writer does, which does not run yet.
fn write(tree: &sled::Db, file: &File, batch: sled::Batch) -> Result<(), StoreError> {
    tree.apply_batch(batch).map_err(writer::backend)?;
    tree.flush().map_err(writer::backend)?;
    file.sync_data().map_err(writer::backend)
}

/// The marks of somebody as stored, for `store verify`.
pub(in crate::store::sled) fn stored(
    tree: &sled::Db,
    account: &AccountKeys,
    resident: ResidentNo,
) -> Result<BTreeSet<Mark>, StoreError> {
    let (number, slot) = at(resident);
    let place = key::marks(&account.id, number);
    let Some(sealed) = writer::read(tree, &place)? else { return Ok(BTreeSet::new()) };
    let block = open(account, &place, &sealed)?;
    named(&account.words.lock(), block.get(&slot))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[tokio::test]
    async fn a_block_that_breaks_while_the_store_is_open_refuses_nobody_and_is_made_anew() {
        use crate::{
            domain::{event::EventKind, segment::Set},
            keyring::Keyring,
            store::{
                Inbox,
                audience::Audience,
                conformance,
                sled::{AccountSetup, SledConfig, SledStore, Sources},
            },
            system::{SystemClock, SystemEntropy, SystemIds},
        };
        let folder = tempfile::tempdir().unwrap();
        let account: crate::domain::id::AccountId = "todoke".parse().unwrap();
        let keyring = Keyring::load_or_create(&folder.path().join("master.key"), &SystemEntropy).unwrap();
        let open = || {
            let attributes = Arc::new(conformance::audience::attributes());
            let setup = AccountSetup { zone: jiff::tz::TimeZone::UTC, attributes };
            let config = SledConfig {
                folder: folder.path().to_owned(),
                cache_bytes: 8 << 20,
                max_waiting: 50,
                accounts: [(account.clone(), setup)].into(),
                on_condition: Box::new(|condition| panic!("the store reports {condition:?}")),
            };
            let sources = Sources {
                clock: Arc::new(SystemClock),
                ids: Arc::new(SystemIds),
                entropy: Arc::new(SystemEntropy),
            };
            SledStore::open(config, &keyring, sources).unwrap()
        };
        let now = crate::domain::time::Timestamp::from_second(100).unwrap();
        let leaves = |name: &str, user: &str| vec![conformance::event(name, user, 1, EventKind::Unfollow)];
        let left = Set::Marked(Mark::left().name);
        let store = open();
        store.accept(&account, now, leaves("e1", "U1")).await.unwrap();
        let place = key::marks(&account, 0);
        let mut bytes = store.tree.get(&place).unwrap().unwrap().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        store.tree.insert(&place, bytes).unwrap();
        store.accept(&account, now, leaves("e2", "U2")).await.unwrap();
        let back = conformance::event("e3", "U1", 2, EventKind::Follow { is_unblocked: true });
        store.accept(&account, now, vec![back]).await.unwrap();
        assert_eq!(store.list_residents(&account, &left).await.unwrap(), [ResidentNo(1)]);
        drop(store);
        let store = open();
        assert_eq!(store.list_residents(&account, &left).await.unwrap(), [ResidentNo(1)]);
        assert_eq!(store.verify().problems, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_block_reads_back(
            rows in prop::collection::btree_map(
                0u8..64, prop::collection::vec((0u32..5_000, any::<Option<i32>>()), 1..20), 0..64,
            ),
        ) {
            prop_assert_eq!(decode(&encode(&rows)), Some(rows));
        }

        #[test]
        fn any_bytes_are_a_block_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
