//! Regular expressions of a city: compiled within a budget, and so that they are quick on Japanese text.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use regex::{NoExpand, Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The most bytes that one compiled expression may take.
const PATTERN_BYTES: usize = 1 << 20;
/// An alternation may keep so many bytes of states; with too few it builds them anew for every text.
const STATES_BYTES: usize = 8 << 20;
/// The same for one expression: what the engine takes by itself.
const OWN_STATES_BYTES: usize = 2 << 20;
/// A state of the engine with its ways takes fewer bytes than this.
const STATE_BYTES: usize = 96;
/// What by its weight takes no more than one part in so many of its limit is not doubted.
const CERTAIN: usize = 4;

/// A regular expression that is read at once and compiled when it is first tried.
///
/// A city has thousands, of which a day's questions try a few: compiling all of them took most of a start
/// and of the memory that the content needs. Cheap to clone; clones share what was compiled.
#[derive(Debug, Clone)]
pub struct Expression(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    text: String,
    may_be_empty: bool,
    limits: Limits,
    compiled: OnceLock<Regex>,
}

/// How much a compiled expression may take, in bytes.
#[derive(Debug, Clone, Copy)]
struct Limits {
    size: usize,
    states: usize,
}

impl Limits {
    fn build(self, text: &str) -> Result<Regex, regex::Error> {
        RegexBuilder::new(text).size_limit(self.size).dfa_size_limit(self.states).build()
    }
}

impl Expression {
    /// Reads an expression. What weighs so little that it surely fits is compiled later, the rest now.
    fn read(text: String, hir: &Hir, limits: Limits) -> Result<Self, regex::Error> {
        let compiled = OnceLock::new();
        if weight(hir) > limits.size / CERTAIN {
            // The lock is new, so it takes what it is given.
            drop(compiled.set(limits.build(&text)?));
        }
        let may_be_empty = hir.properties().minimum_len() == Some(0);
        Ok(Self(Arc::new(Parts { text, may_be_empty, limits, compiled })))
    }

    /// The expression as it is compiled.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it may match without a single character, and so says nothing about a text.
    pub fn may_be_empty(&self) -> bool {
        self.0.may_be_empty
    }

    /// Whether it matches anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled().is_match(text)
    }

    /// The text with something else in place of every match.
    pub fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        self.compiled().replace_all(text, NoExpand(with))
    }

    /// Compiles it, if that was not done yet.
    pub fn warm(&self) {
        self.compiled();
    }

    fn compiled(&self) -> &Regex {
        let Parts { text, limits, compiled, .. } = &*self.0;
        compiled
            .get_or_init(|| limits.build(text).expect("it was parsed, and weighs a small part of its limit"))
    }
}

/// One expression; an error is the parser's own, on one line.
pub fn compile(pattern: &str) -> Result<Expression, String> {
    let told = |error: String| error.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = with_ascii_boundaries(pattern);
    let hir = parsed(&text).map_err(|error| told(error.to_string()))?;
    let limits = Limits { size: PATTERN_BYTES, states: OWN_STATES_BYTES };
    Expression::read(text, &hir, limits).map_err(|error| told(error.to_string()))
}

/// Several expressions as one, which is tried once instead of each. `None` when the whole is too large or
/// one of them may not be used; [`compile`] says which and why. To compile each just for being told so
/// took a third of the start.
pub(super) fn alternation<'a>(patterns: impl Iterator<Item = &'a str>) -> Option<Expression> {
    let mut parts = Vec::new();
    for pattern in patterns {
        let pattern = with_ascii_boundaries(pattern);
        // Alone, so that nothing opened in one is closed in another.
        let hir = parsed(&pattern).ok()?;
        if !says_something(&hir) {
            return None;
        }
        parts.push((format!("(?:{pattern})"), hir));
    }
    let (texts, hirs): (Vec<String>, Vec<Hir>) = parts.into_iter().unzip();
    let limits = Limits { size: PATTERN_BYTES * 16, states: STATES_BYTES };
    Expression::read(texts.join("|"), &Hir::alternation(hirs), limits).ok()
}

/// Whether it does not match every text.
fn says_something(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_some_and(|least| least > 0)
}

/// As the engine itself reads it.
fn parsed(text: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    regex_syntax::parse(text).map_err(Box::new)
}

/// An upper bound of the bytes that the compiled form takes: a state for each byte of a literal, up to
/// four with their ways for each range of characters, and all of it anew for each repetition.
fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE_BYTES,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STATE_BYTES),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(8 * STATE_BYTES),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().saturating_mul(2 * STATE_BYTES),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or_else(|| repetition.min.saturating_add(1)).max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            weight(&repetition.sub).saturating_add(2 * STATE_BYTES).saturating_mul(times)
        }
        HirKind::Capture(capture) => weight(&capture.sub).saturating_add(2 * STATE_BYTES),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            let each = parts.iter().map(|part| weight(part).saturating_add(STATE_BYTES));
            each.fold(STATE_BYTES, usize::saturating_add)
        }
    }
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_alternation_is_of_sound_expressions_only() {
        assert!(alternation(["ab|c", r"\bod\b"].into_iter()).unwrap().is_match("od"));
        for unsound in [["(a", "b)"], ["a", "b*"], ["a", "^$"], ["(?x)a # b", "c)"]] {
            assert!(alternation(unsound.into_iter()).is_none(), "{unsound:?}");
        }
    }

    #[test]
    fn what_is_too_large_is_told_when_it_is_read_and_the_rest_is_compiled_when_it_is_tried() {
        for large in [r"\w{2000}", "(?i)(((ごみ){100}){100}){9}", "(a{50}){50}{50}"] {
            assert!(compile(large).is_err(), "{large}");
        }
        let small = compile("粗大ごみ(の|を)?捨て").unwrap();
        let clone = small.clone();
        assert!(small.0.compiled.get().is_none() && clone.is_match("粗大ごみを捨てたい"));
        assert!(small.0.compiled.get().is_some(), "clones share what was compiled");
        assert!(compile("(").unwrap_err().contains("unclosed group"));
    }

    proptest! {
        #[test]
        fn what_is_not_doubted_fits(pattern in expressions()) {
            let hir = parsed(&pattern).unwrap();
            // As narrow as it may be called certain, whatever the size: a weight is an upper bound.
            let limits = Limits { size: weight(&hir).saturating_mul(CERTAIN), states: OWN_STATES_BYTES };
            prop_assume!(limits.size < 64 << 20);
            prop_assert!(limits.build(&pattern).is_ok(), "{pattern} weighs {}", weight(&hir));
        }
    }

    fn expressions() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[a-zごみ粗大]{1,6}",
            Just(r"\w".to_owned()),
            Just(r"\d".to_owned()),
            Just(r"[ぁ-ん]".to_owned()),
            Just(r"\p{L}".to_owned()),
            Just(".".to_owned()),
            Just(r"(?-u:\b)".to_owned()),
            Just("(?i)straße".to_owned()),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4)
                    .prop_map(|parts| format!("(?:{})", parts.join("|"))),
                prop::collection::vec(inner.clone(), 1..4)
                    .prop_map(|parts| format!("(?:{})", parts.concat())),
                (inner.clone(), 0..4_u8, 0..6_u8)
                    .prop_map(|(sub, least, more)| { format!("(?:{sub}){{{least},{}}}", least + more) }),
                inner.clone().prop_map(|sub| format!("({sub})*")),
                inner.prop_map(|sub| format!("({sub})?")),
            ]
        })
    }

    #[test]
    fn a_word_boundary_is_one_of_latin_letters() {
        let pattern = compile(r"\bod\b").unwrap();
        assert!(pattern.is_match("odしたい") && !pattern.is_match("code"));
        assert!(compile(r"x\\by").unwrap().is_match(r"x\by"), "an escaped backslash stays one");
        assert!(compile(r"[\d]b").unwrap().is_match("1b"));
    }
}
