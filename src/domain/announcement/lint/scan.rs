//! What lints share: texts to read, with links and fields blanked out so that places stay.

use std::ops::Range;

use super::{Finding, Severity, What};
use crate::domain::announcement::{Content, Part, Place};

/// One text with its place.
pub struct Words<'a> {
    /// Where it stands.
    pub place: Place,
    /// As it was written.
    pub text: &'a str,
    /// The same with blanks for links and fields: the same bytes mean the same place.
    pub prose: String,
}

/// Every text of a content that people read. Alternative texts count: somebody hears them.
pub fn words(content: &Content) -> impl Iterator<Item = Words<'_>> {
    content.words().map(|(place, text)| Words { place, text, prose: prose(text) })
}

impl Words<'_> {
    /// A finding at some bytes of it.
    pub fn finding(&self, range: &Range<usize>, severity: Severity, what: What) -> Finding {
        let words = self.text.get(range.clone()).unwrap_or_default().to_owned();
        Finding { severity, place: self.place.within(range), words, what }
    }

    /// Whether it is a body or a title, not a label or a description.
    pub fn is_main(&self) -> bool {
        matches!(self.place.part, Part::Text | Part::Title)
    }
}

/// The links in a text, without what only ends a sentence.
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("://").map(|at| from + at) {
        let scheme = text[from..start].rfind(|c: char| !c.is_ascii_alphabetic());
        let begin =
            scheme.map_or(from, |at| at + from + text[from + at..].chars().next().map_or(1, char::len_utf8));
        let rest = &text[start + 3..];
        let length = rest
            .find(|c: char| {
                c.is_whitespace()
                    || c.is_control()
                    || matches!(c, '<' | '>' | '"' | '、' | '。' | '「' | '」' | '（' | '）' | '【' | '】')
            })
            .unwrap_or(rest.len());
        let end =
            start + 3 + rest[..length].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']).len();
        if begin < start {
            found.push(begin..end);
        }
        from = end.max(start + 3);
    }
    found
}

fn prose(text: &str) -> String {
    let mut blanks = links(text);
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let end = text[open..].find("}}").map_or(text.len(), |close| open + close + 2);
        blanks.push(open..end);
        at = end;
    }
    let mut prose = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if blanks.iter().any(|range| range.contains(&at)) {
            prose.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            prose.push(c);
        }
    }
    prose
}

/// A character in one form: digits, letters and signs of full width become their narrow ones.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The sentence or line in which a place stands, from that place on.
pub fn rest_of_clause(text: &str, from: usize) -> &str {
    let rest = &text[from..];
    let end = rest.find(['。', '\n', '！', '!', '■', '●', '◆']).unwrap_or(rest.len());
    &rest[..end]
}

/// Every place at which one of some phrases stands, in order; of those that overlap the first and longest.
/// Letters count in either case.
pub fn phrases(text: &str, phrases: &[&str]) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<Range<usize>> = Vec::new();
    for phrase in phrases {
        let small = phrase.to_ascii_lowercase();
        found.extend(lower.match_indices(&small).map(|(at, same)| at..at + same.len()));
    }
    found.sort_by_key(|range| (range.start, usize::MAX - range.end));
    let mut last = 0;
    found.retain(|range| {
        let is_apart = range.start >= last;
        last = if is_apart { range.end } else { last };
        is_apart
    });
    found
}
