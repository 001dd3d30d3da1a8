//! The city's regular expressions, behind a filter of literals without which they cannot match.
//!
//! A set of 2,000 expressions costs 375 µs a text when tried as one; here a text is first searched for
//! the literals of all of them at once, and only expressions that could match are tried.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex_syntax::hir::{
    Hir, HirKind,
    literal::{ExtractKind, Extractor},
};

use super::{Evidence, Matcher, Says, reading::Readings};
use crate::intent::{catalog::Content, expression::Expression};

/// An expression that only one intent has.
const ALONE: f32 = 0.92;
/// Expressions of several intents match.
const SHARED: f32 = 0.6;

/// How many parts of an expression are looked at for literals; hostile ones have thousands.
const LOOK_INTO: usize = 12;

/// All expressions of an account.
pub(super) struct Patterns {
    patterns: Vec<(usize, Expression)>,
    /// Finds literals; each belongs to the pattern in `literal_of`.
    filter: OnceLock<Option<AhoCorasick>>,
    literals: Vec<String>,
    literal_of: Vec<usize>,
    /// Expressions that need no literal: always tried.
    always: Vec<usize>,
}

impl Patterns {
    pub(super) fn new(content: &Content, readings: &Readings) -> Self {
        let expressions = content.intents.iter().zip(readings.each()).enumerate();
        let each = expressions.flat_map(|(place, (intent, reading))| {
            let needed = reading.needed.iter().map(Option::as_deref);
            intent.patterns.iter().zip(needed).map(move |(pattern, needed)| (place, pattern.clone(), needed))
        });
        Self::of(each)
    }

    /// Expressions with what they need, each with the place of its intent, by that place.
    fn of<'a>(each: impl Iterator<Item = (usize, Expression, Option<&'a [String]>)>) -> Self {
        let (mut patterns, mut always) = (Vec::new(), Vec::new());
        let (mut literals, mut literal_of) = (Vec::new(), Vec::new());
        for (number, (place, pattern, needed)) in each.enumerate() {
            patterns.push((place, pattern));
            match needed {
                Some(needed) => {
                    literal_of.extend(needed.iter().map(|_| number));
                    literals.extend_from_slice(needed);
                }
                None => always.push(number),
            }
        }
        Self { patterns, filter: OnceLock::new(), literals, literal_of, always }
    }

    fn candidates(&self, normal: &str) -> Vec<usize> {
        let filter = self.filter.get_or_init(|| AhoCorasick::new(&self.literals).ok());
        let mut candidates = self.always.clone();
        match filter {
            Some(filter) => candidates.extend(
                filter.find_overlapping_iter(normal).map(|m| self.literal_of[m.pattern().as_usize()]),
            ),
            None => candidates.extend(&self.literal_of),
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}

/// What an expression needs: see [`needed`].
pub(super) fn needed_by(pattern: &Expression) -> Option<Box<[String]>> {
    needed(&regex_syntax::parse(pattern.as_str()).ok()?).map(Vec::into_boxed_slice)
}

/// Literals of which every match holds one, if there are such of at least two bytes: those with which it
/// begins; else those with which what follows a part without any begins: 「(.+)?粗大ごみ」 needs 「粗大ごみ」.
fn needed(pattern: &Hir) -> Option<Vec<String>> {
    match pattern.kind() {
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Concat(parts) => {
            let mut rests = (0..parts.len().min(LOOK_INTO)).map(|from| Hir::concat(parts[from..].to_vec()));
            rests.find_map(|rest| beginnings(&rest))
        }
        _ => beginnings(pattern),
    }
}

fn beginnings(pattern: &Hir) -> Option<Vec<String>> {
    let sequence = Extractor::new().kind(ExtractKind::Prefix).extract(pattern);
    let literals = sequence.literals()?;
    let texts: Option<Vec<String>> =
        literals.iter().map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok()).collect();
    texts.filter(|texts| !texts.is_empty() && texts.iter().all(|text| text.len() >= 2))
}

impl Matcher for Patterns {
    fn name(&self) -> &'static str {
        "pattern"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let mut intents: Vec<usize> = self
            .candidates(normal)
            .into_iter()
            .filter(|number| self.patterns[*number].1.is_match(normal))
            .map(|number| self.patterns[number].0)
            .collect();
        intents.dedup();
        let confidence = if intents.len() == 1 { ALONE } else { SHARED };
        intents
            .into_iter()
            .map(|intent| Evidence { intent, score: 1.0, says: Says::Confidence(confidence) })
            .take(top)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::intent::expression::compile;

    const EXPRESSIONS: [&str; 12] = [
        "粗大ごみ",
        "(.+)?粗大ごみ(の|を)?捨て",
        "^(ごみ|ゴミ)の日",
        "[ごゴ][みミ]の?日",
        "(a|b)c*d+",
        "x?yz",
        "((の|を)?(捨て|出し))+",
        ".*(日|月)$",
        "(?i)bulky (waste|item)",
        "(?:.)捨て",
        "ご?み?の?日?捨て|ごみ",
        r"\d+円",
    ];

    static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
        let expressions = EXPRESSIONS.map(|text| compile(text).unwrap());
        let needed: Vec<_> = expressions.iter().map(needed_by).collect();
        Patterns::of(
            expressions.iter().zip(&needed).enumerate().map(|(at, (one, n))| (at, one.clone(), n.as_deref())),
        )
    });

    proptest! {
        #[test]
        fn the_filter_leaves_out_no_expression_that_matches(text in "([粗大ごみゴミの日を捨て出しabcdxyz1円月 ]|粗大ごみ|捨て|bulky item){0,12}") {
            let found: Vec<usize> = PATTERNS.find(&text, 99).into_iter().map(|e| e.intent).collect();
            let matching = |number: &usize| PATTERNS.patterns[*number].1.is_match(&text);
            prop_assert_eq!(found, (0..EXPRESSIONS.len()).filter(matching).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_expression_that_begins_with_anything_needs_what_follows() {
        let needs = |pattern: &str| needed(&regex_syntax::parse(pattern).unwrap());
        assert_eq!(needs("(.+)?粗大ごみ").unwrap(), ["粗大ごみ"]);
        let either = needs("((.+)?(あいう|えお)か*)").unwrap();
        assert!(
            either.iter().all(|text| text.starts_with("あいう") || text.starts_with("えお")),
            "{either:?}"
        );
        assert_eq!(needs(".*"), None);
    }
}
