//! What a city publishes, as the store sees it: named pieces, their content by hash, and revisions.
//!
//! A piece is an intent (`garbage.bulky`), a topic (`garbage`) or a whole file (`_safety.yaml`). A revision
//! is a map from pieces to contents; each is a small change to the one before. What stands inside a piece is
//! [`crate::intent::piece`]'s affair.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    audit::Note,
    id::{IntentId, InvalidId},
    time::Timestamp,
};

/// The name of a piece within an account. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PieceId(Arc<str>);

/// What a piece is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// A question with its answer: `<topic>.<name>`.
    Intent,
    /// What the intents of a topic have in common.
    Topic,
    /// A file that is kept whole: its name begins with `_`.
    File,
}

impl PieceId {
    /// The piece of an intent.
    pub fn intent(id: &IntentId) -> Self {
        Self(id.as_str().into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is.
    pub fn kind(&self) -> PieceKind {
        match &self.0 {
            name if name.starts_with('_') => PieceKind::File,
            name if name.contains('.') => PieceKind::Intent,
            _ => PieceKind::Topic,
        }
    }

    /// The topic that it belongs to; `None` for a file.
    pub fn topic(&self) -> Option<&str> {
        (self.kind() != PieceKind::File).then(|| self.0.split('.').next().unwrap_or(&self.0))
    }

    /// The intent of this name, if it is one.
    pub fn intent_id(&self) -> Option<IntentId> {
        (self.kind() == PieceKind::Intent).then(|| IntentId::new(Arc::clone(&self.0)))
    }
}

impl FromStr for PieceId {
    type Err = InvalidId;

    fn from_str(value: &str) -> Result<Self, InvalidId> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !value.is_empty() && value.len() <= 120 && value.chars().all(fits) {
            Ok(Self(value.into()))
        } else {
            Err(InvalidId::new(value, "the name of a piece of content (letters, digits, . - _)"))
        }
    }
}

impl TryFrom<String> for PieceId {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        value.parse()
    }
}

impl From<PieceId> for String {
    fn from(id: PieceId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for PieceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PieceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a content: the SHA-256 of its bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads back what [`Self::as_bytes`] gave.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContentHash {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId::new(text, "a content hash (64 hexadecimal digits)");
        if text.len() != 64 || !text.is_ascii() {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

/// Bytes with their own name: one that does not fit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    hash: ContentHash,
    bytes: Vec<u8>,
}

impl Blob {
    /// Names bytes by what they are.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { hash: ContentHash::of(&bytes), bytes }
    }

    /// Their name.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The number of a revision, counted from 1; 0: nothing has been published.
pub type RevisionNo = u64;

/// Where a revision came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The account's files, which had this hash.
    Files {
        /// The hash of all files.
        import: ContentHash,
    },
    /// A person on the console or the command line.
    Console,
    /// The content of an earlier revision, published again.
    Return {
        /// That revision.
        of: RevisionNo,
    },
}

/// All that one publication writes, in one step. What else has to be written with it (an approval) gets its
/// field here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The head that the publisher has seen; another one is a conflict.
    pub expected: RevisionNo,
    /// Pieces and their new content; `None` takes the piece away. The contents are kept already.
    pub changes: Vec<(PieceId, Option<ContentHash>)>,
    /// Drafts that are published by this, as they were seen: they go. A newer one is a conflict.
    pub drafts: Vec<(PieceId, Version)>,
    /// Who: the id of a member of staff, `files` or `cli`.
    pub by: String,
    /// Why, in the publisher's words; may be empty.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// Where from.
    pub origin: Origin,
    /// The audit's entry on it.
    pub note: Note,
}

/// A revision without its changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its number.
    pub number: RevisionNo,
    /// When it was published.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why.
    pub why: String,
    /// Where it came from.
    pub origin: Origin,
    /// How many pieces it changed.
    pub changed: usize,
}

/// What a revision did to a piece. `None`: it was not there, or is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The piece.
    pub piece: PieceId,
    /// Its content before.
    pub before: Option<ContentHash>,
    /// Its content after.
    pub after: Option<ContentHash>,
}

/// The last reading of an account's files: what they were, and the revision that says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportMark {
    /// The hash of all files.
    pub files: ContentHash,
    /// The revision.
    pub revision: RevisionNo,
}

/// Grows with every change of a record; 0: there is none yet.
pub type Version = u64;

/// An edit that is not published yet. There is one of a piece, whoever edits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// The piece; it need not exist yet.
    pub piece: PieceId,
    /// The version of this draft, from 1.
    pub version: Version,
    /// Who saved it last.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// The published content from which it was made; `None`: the piece was new.
    pub base: Option<ContentHash>,
    /// The edited content as text.
    pub body: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_the_piece_is() {
        for (name, kind, topic) in [
            ("garbage.bulky", PieceKind::Intent, Some("garbage")),
            ("garbage", PieceKind::Topic, Some("garbage")),
            ("_safety.yaml", PieceKind::File, None),
        ] {
            let piece: PieceId = name.parse().unwrap();
            assert_eq!((piece.kind(), piece.topic()), (kind, topic));
        }
        for bad in ["", "a/b", "../x", "a\0", &"a".repeat(121)] {
            assert!(bad.parse::<PieceId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_hash_reads_back() {
        let hash = ContentHash::of(b"x");
        assert_eq!(hash.to_string().parse::<ContentHash>().unwrap(), hash);
        for bad in ["", "zz", &"g".repeat(64), &"あ".repeat(22)] {
            assert!(bad.parse::<ContentHash>().is_err(), "{bad:?} was taken");
        }
    }
}
