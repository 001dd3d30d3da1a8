//! What differs between two drafts, field by field and word by word, as data that a page or a command shows.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::{
    draft::{Draft, Field, TopicDraft},
    piece::Piece,
    source::SourceFile,
};

/// A field that differs. For a file that is kept whole there is one difference without a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldDiff {
    /// The field; `None`: the whole text.
    pub field: Option<Field>,
    /// The text in pieces, in reading order: what stayed, went and came. Of a list each value is a piece.
    pub segments: Vec<Segment>,
}

/// A piece of text, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// What became of it.
    pub fate: Fate,
    /// The text.
    pub text: String,
}

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is as it was.
    Same,
    /// It is there no more.
    Removed,
    /// It is new.
    Added,
}

/// What differs between two states of a piece, in reading order; `None`: it is not there.
pub fn diff(before: Option<&Piece>, after: Option<&Piece>) -> Vec<FieldDiff> {
    let (is_file, is_topic) = match before.or(after) {
        None => return Vec::new(),
        Some(piece) => (matches!(piece, Piece::File(_)), matches!(piece, Piece::Topic(_))),
    };
    if is_file {
        let text = |piece: Option<&Piece>| match piece {
            Some(Piece::File(SourceFile { text, .. })) => text.clone(),
            _ => String::new(),
        };
        return one(None, lines(&text(before), &text(after))).into_iter().collect();
    }
    let fields: Vec<Field> =
        if is_topic { Field::of_topics().collect() } else { Field::of_intents().collect() };
    let found = fields.into_iter().filter_map(|field| {
        let (before, after) = (values(before, field), values(after, field));
        let segments = if field.is_list() {
            items(&before, &after)
        } else {
            words(before.first().copied().unwrap_or_default(), after.first().copied().unwrap_or_default())
        };
        one(Some(field), segments)
    });
    found.collect()
}

fn one(field: Option<Field>, segments: Vec<Segment>) -> Option<FieldDiff> {
    segments.iter().any(|segment| segment.fate != Fate::Same).then_some(FieldDiff { field, segments })
}

fn values(piece: Option<&Piece>, field: Field) -> Vec<&str> {
    match piece {
        Some(Piece::Intent(draft)) => Draft::values(draft, field),
        Some(Piece::Topic(topic)) => TopicDraft::values(topic, field),
        _ => Vec::new(),
    }
}

/// Japanese writes no blanks; the Unicode rules take its characters one by one, which reads well enough.
fn words(before: &str, after: &str) -> Vec<Segment> {
    let diff = TextDiff::from_unicode_words(before, after);
    join(diff.iter_all_changes().map(|change| (change.tag(), change.value())))
}

fn lines(before: &str, after: &str) -> Vec<Segment> {
    let diff = TextDiff::from_lines(before, after);
    join(diff.iter_all_changes().map(|change| (change.tag(), change.value())))
}

fn items(before: &[&str], after: &[&str]) -> Vec<Segment> {
    let diff = TextDiff::from_slices(before, after);
    let segments = diff.iter_all_changes();
    segments.map(|change| Segment { fate: fate(change.tag()), text: change.value().to_owned() }).collect()
}

/// Neighbours of one fate become one piece.
fn join<'a>(changes: impl Iterator<Item = (ChangeTag, &'a str)>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for (tag, text) in changes {
        match segments.last_mut() {
            Some(last) if last.fate == fate(tag) => last.text.push_str(text),
            _ => segments.push(Segment { fate: fate(tag), text: text.to_owned() }),
        }
    }
    segments
}

fn fate(tag: ChangeTag) -> Fate {
    match tag {
        ChangeTag::Equal => Fate::Same,
        ChangeTag::Delete => Fate::Removed,
        ChangeTag::Insert => Fate::Added,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::language::Language;

    fn intent(answer: &str, keywords: &[&str]) -> Piece {
        Piece::Intent(Draft {
            id: "garbage.bulky".into(),
            answer: [(Language::Ja, answer.to_owned())].into(),
            keywords: keywords.iter().map(ToString::to_string).collect(),
            ..Draft::default()
        })
    }

    fn shown(diff: &FieldDiff) -> String {
        let mark = |segment: &Segment| match segment.fate {
            Fate::Same => segment.text.clone(),
            Fate::Removed => format!("[-{}-]", segment.text),
            Fate::Added => format!("[+{}+]", segment.text),
        };
        diff.segments.iter().map(mark).collect()
    }

    #[test]
    fn a_change_reads_as_what_went_and_what_came_in_its_field() {
        let (before, after) =
            (intent("1点 300円から。", &["ソファ", "机"]), intent("1点 400円から。", &["ソファ", "棚"]));
        let found = diff(Some(&before), Some(&after));
        let fields: Vec<String> = found.iter().map(|diff| diff.field.unwrap().to_string()).collect();
        assert_eq!(fields, ["answer.ja", "keywords"]);
        assert_eq!(shown(&found[0]), "1点 [-300-][+400+]円から。");
        assert_eq!(shown(&found[1]), "ソファ[-机-][+棚+]");
        assert_eq!(diff(Some(&before), Some(&before)), []);
    }

    #[test]
    fn what_is_new_is_added_whole_and_what_goes_is_removed_whole() {
        let piece = intent("予約", &[]);
        let added = diff(None, Some(&piece));
        assert!(added.iter().flat_map(|diff| &diff.segments).all(|segment| segment.fate == Fate::Added));
        let removed = diff(Some(&piece), None);
        assert!(removed.iter().flat_map(|diff| &diff.segments).all(|segment| segment.fate == Fate::Removed));
        let file = |text: &str| Piece::File(SourceFile { path: "_fixed.yaml".into(), text: text.into() });
        let found = diff(Some(&file("a\nb\n")), Some(&file("a\nc\n")));
        assert_eq!(shown(&found[0]), "a\n[-b\n-][+c\n+]");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_a_difference(before in "[ぁ-んa-z0-9 \n]{0,40}", after in "[ぁ-んa-z0-9 \n]{0,40}") {
            let segments = words(&before, &after);
            let read = |gone: Fate| segments.iter().filter(|s| s.fate != gone).map(|s| s.text.as_str()).collect::<String>();
            prop_assert_eq!((read(Fate::Added), read(Fate::Removed)), (before, after));
        }
    }
}
