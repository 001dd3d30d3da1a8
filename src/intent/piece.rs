//! What stands inside a piece of published content, and its canonical form, from which its hash is made.

use serde::{Deserialize, Serialize};

use super::{
    draft::{Draft, TopicDraft},
    source::SourceFile,
};
use crate::domain::content::{Blob, PieceId, PieceKind};

/// An intent, a topic, or a file that is kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all pieces are intents, which are the large ones")]
pub enum Piece {
    /// A question with its answer.
    Intent(Draft),
    /// What the intents of a topic have in common.
    Topic(TopicDraft),
    /// Safety, fixed replies, safety examples.
    File(SourceFile),
}

/// The bytes are no piece of this kind: of a newer version, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the content of {piece} cannot be read; was it written by a newer todoke?")]
pub struct Unreadable {
    /// The piece.
    pub piece: PieceId,
}

/// The name of something typed cannot be the name of a piece.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be a name; write lower case letters, digits and hyphens")]
pub struct Unnameable(pub String);

#[derive(Serialize, Deserialize)]
struct Text {
    text: String,
}

impl Piece {
    /// Its name.
    pub fn id(&self) -> Result<PieceId, Unnameable> {
        let (name, kind) = match self {
            Self::Intent(draft) => (draft.id.as_str(), PieceKind::Intent),
            Self::Topic(topic) => (topic.topic.as_str(), PieceKind::Topic),
            Self::File(file) => (file.path.as_str(), PieceKind::File),
        };
        let id = name.parse().ok().filter(|id: &PieceId| id.kind() == kind);
        id.ok_or_else(|| Unnameable(name.to_owned()))
    }

    /// Its canonical form: JSON with the fields in a fixed order and without what is empty.
    pub fn to_blob(&self) -> Blob {
        let json = match self {
            Self::Intent(draft) => serde_json::to_vec(draft),
            Self::Topic(topic) => serde_json::to_vec(topic),
            Self::File(file) => serde_json::to_vec(&Text { text: file.text.clone() }),
        };
        Blob::new(json.expect("texts, lists and maps by language are JSON"))
    }

    /// Reads the canonical form.
    pub fn from_bytes(id: &PieceId, bytes: &[u8]) -> Result<Self, Unreadable> {
        let read = match id.kind() {
            PieceKind::Intent => serde_json::from_slice(bytes).map(Self::Intent),
            PieceKind::Topic => serde_json::from_slice(bytes).map(Self::Topic),
            PieceKind::File => serde_json::from_slice(bytes)
                .map(|Text { text }| Self::File(SourceFile { path: id.as_str().to_owned(), text })),
        };
        read.map_err(|_| Unreadable { piece: id.clone() })
    }
}
