//! Somebody may be in danger: found before anything else is tried.
//!
//! Two ways, either is enough. The city's patterns, with phrases that only sound like danger (締め切りで死に
//! そう) blanked first. And [`learned`]: what messages of people in danger look like, from the city's
//! examples, because nobody can list how people word their distress. When in doubt the reply goes out: a
//! needless hotline number costs less than silence.

mod learned;

pub(super) use learned::Learned;

use super::{
    catalog::{SafetyId, SafetyKind},
    normal::joined,
};

/// The most urgent kind of which a pattern applies.
pub(super) fn by_pattern(kinds: &[SafetyKind], normal: &str) -> Option<SafetyId> {
    find_in(kinds, normal).or_else(|| {
        // People write 「し に た い」; only worth a second look where there are blanks at all.
        normal.contains(' ').then(|| find_in(kinds, &joined(normal)))?
    })
}

fn find_in(kinds: &[SafetyKind], text: &str) -> Option<SafetyId> {
    kinds.iter().find(|kind| matches(kind, text)).map(|kind| kind.id.clone())
}

fn matches(kind: &SafetyKind, text: &str) -> bool {
    if !kind.patterns.is_match(text) {
        return false;
    }
    match &kind.exceptions {
        None => true,
        // A full stop takes the place, so that the two sides do not grow together into a phrase.
        Some(exceptions) => kind.patterns.is_match(&exceptions.replace_all(text, "。")),
    }
}
