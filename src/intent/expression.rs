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

/// Several expressions as one, which is tried once instead of each. `None` when the whole is too large or
/// one of them may not be used; [`compile`] says which and why. To compile each just for being told so
/// took a third of the start.
pub(super) fn alternation<'a>(patterns: impl Iterator<Item = &'a str>) -> Option<Regex> {
    let parts = patterns.map(|pattern| {
        let pattern = with_ascii_boundaries(pattern);
        // Alone, so that nothing opened in one is closed in another.
        let parsed = regex_syntax::parse(&pattern).ok()?;
        let says_something = parsed.properties().minimum_len().is_some_and(|least| least > 0);
        says_something.then(|| format!("(?:{pattern})"))
    });
    let whole = parts.collect::<Option<Vec<String>>>()?.join("|");
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
    fn an_alternation_is_of_sound_expressions_only() {
        assert!(alternation(["ab|c", r"\bod\b"].into_iter()).unwrap().is_match("od"));
        for unsound in [["(a", "b)"], ["a", "b*"], ["a", "^$"], ["(?x)a # b", "c)"]] {
            assert!(alternation(unsound.into_iter()).is_none(), "{unsound:?}");
        }
    }

    #[test]
    fn a_word_boundary_is_one_of_latin_letters() {
        let pattern = compile(r"\bod\b").unwrap();
        assert!(pattern.is_match("odしたい") && !pattern.is_match("code"));
        assert!(compile(r"x\\by").unwrap().is_match(r"x\by"), "an escaped backslash stays one");
        assert!(compile(r"[\d]b").unwrap().is_match("1b"));
    }
}
