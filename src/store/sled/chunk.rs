//! Values of at most 4 KiB, by type.
//!
//! sled moves a leaf that has grown past a quarter of a segment into a file of its own, which it does not
//! sync: acknowledged data was lost that way. So a longer value is cut into [`Page`]s under consecutive
//! keys of the same batch. The first page carries the number of pages and a checksum of the whole.

use crate::store::StoreError;

/// The most that one stored value may hold, in bytes.
const PAGE: usize = 4_096;
/// Number of further pages (2 bytes) and CRC-32 of the whole value (4 bytes).
const HEADER: usize = 6;

/// A value that fits: nothing else can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page(Vec<u8>);

impl Page {
    /// The bytes, at most 4 KiB.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Cuts a value into pages with their keys.
pub(super) fn cut(key: &[u8], value: &[u8]) -> Vec<(Vec<u8>, Page)> {
    let (first, rest) = value.split_at(value.len().min(PAGE - HEADER));
    let more = pages_after_first(value.len());
    let mut page = Vec::with_capacity(first.len() + HEADER);
    page.extend_from_slice(&more.to_be_bytes());
    page.extend_from_slice(&crc32fast::hash(value).to_be_bytes());
    page.extend_from_slice(first);
    let mut pages = vec![(key.to_vec(), Page(page))];
    pages.extend(
        (1..).zip(rest.chunks(PAGE)).map(|(number, bytes)| (page_key(key, number), Page(bytes.to_vec()))),
    );
    pages
}

/// How many further pages a value of this length has.
pub(super) fn pages_after_first(length: usize) -> u16 {
    let rest = length.saturating_sub(PAGE - HEADER);
    u16::try_from(rest.div_ceil(PAGE)).expect("the largest webhook has 1,536 pages")
}

/// How many further pages a first page announces.
pub(super) fn more(first: &[u8]) -> Result<u16, StoreError> {
    first.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes)).ok_or_else(damaged)
}

/// Puts a value together again and checks it.
pub(super) fn join(
    key: &[u8],
    first: &[u8],
    mut page: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, StoreError>,
) -> Result<Vec<u8>, StoreError> {
    let more = more(first)?;
    let (checksum, start) =
        first.get(2..).and_then(|rest| rest.split_first_chunk::<4>()).ok_or_else(damaged)?;
    let mut value = start.to_vec();
    for number in 1..=more {
        value.extend_from_slice(&page(&page_key(key, number))?.ok_or_else(damaged)?);
    }
    if crc32fast::hash(&value) == u32::from_be_bytes(*checksum) { Ok(value) } else { Err(damaged()) }
}

/// The key of a further page.
pub(super) fn page_key(key: &[u8], number: u16) -> Vec<u8> {
    [key, &number.to_be_bytes()].concat()
}

fn damaged() -> StoreError {
    StoreError::Damaged { what: "a value fails its checksum".into() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_value_of_any_length_comes_back_and_no_page_is_too_long() {
        for length in [0, 1, PAGE - HEADER, PAGE - HEADER + 1, PAGE, 3 * PAGE, 100_000] {
            let value: Vec<u8> = (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let pages: BTreeMap<Vec<u8>, Vec<u8>> =
                cut(b"key", &value).into_iter().map(|(key, page)| (key, page.into_bytes())).collect();
            assert!(pages.values().all(|page| page.len() <= PAGE));
            let read = join(b"key", &pages[&b"key"[..]], |key| Ok(pages.get(key).cloned())).unwrap();
            assert_eq!(read, value);
        }
    }

    #[test]
    fn a_changed_or_missing_page_is_noticed() {
        let pages = cut(b"key", &[7; 10_000]);
        let first = pages[0].1.clone().into_bytes();
        assert!(join(b"key", &first, |_| Ok(None)).is_err());
        assert!(join(b"key", &first, |_| Ok(Some(vec![8; PAGE]))).is_err());
        assert!(join(b"key", &first[..3], |_| Ok(None)).is_err());
    }
}
