//! Regular expressions of a city: compiled within a budget, and so that they are quick on Japanese text.

use regex::{Regex, RegexBuilder};

/// The most bytes that one compiled expression may take.
const PATTERN_BYTES: usize = 1 << 20;
/// An alternation may keep so many bytes of states; with too few it builds them anew for every text.
const STATES_BYTES: usize = 8 << 20;

/// One expression; an error is the parser's own, on one line.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(&with_ascii_boundaries(pattern))
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|error| error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Several compiled expressions as one, which is tried once instead of each; `None` when it is too large.
pub(super) fn alternation(patterns: &[String]) -> Option<Regex> {
    let whole = patterns.join("|");
    RegexBuilder::new(&whole).size_limit(PATTERN_BYTES * 16).dfa_size_limit(STATES_BYTES).build().ok()
}

/// `\b` between Latin letters only: a Unicode boundary makes the engine take its slowest way on every text
/// that is not ASCII (140 µs instead of 1 on the sample city), and Japanese has no such boundaries anyway.
fn with_ascii_boundaries(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len() + 8);
    let (mut chars, mut in_class) = (pattern.chars(), false);
    while let Some(c) = chars.next() {
        match (c, in_class) {
            ('\\', _) => match (chars.next(), in_class) {
                (Some('b'), false) => text.push_str(r"(?-u:\b)"),
                (next, _) => text.extend(std::iter::once(c).chain(next)),
            },
            _ => {
                in_class = if in_class { c != ']' } else { c == '[' };
                text.push(c);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_boundary_is_one_of_latin_letters() {
        let pattern = compile(r"\bod\b").unwrap();
        assert!(pattern.is_match("odしたい") && !pattern.is_match("code"));
        assert!(compile(r"x\\by").unwrap().is_match(r"x\by"), "an escaped backslash stays one");
        assert!(compile(r"[\d]b").unwrap().is_match("1b"));
    }
}
