//! Keywords inside a text: people name the thing and leave the rest to us (「国保 減免」).
//!
//! Kana are folded to hiragana here, so that べっど finds ベッド: within a name that the city wrote down
//! that is safe, in free text it is not. A keyword of several intents counts for each of them less.

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Evidence, Matcher, Says, reading::Readings};

/// How much a keyword that is all of the text raises the odds, as a power of e. Fitted together with
/// likeness: see `bm25f`.
const ALL_OF_IT: f32 = 2.9;
/// A keyword of one character is part of too many words.
const SHORTEST: usize = 2;

/// All keywords of an account.
pub(super) struct Keywords {
    finder: Option<AhoCorasick>,
    /// The intents of each keyword, sorted.
    intents: Vec<Vec<usize>>,
}

impl Keywords {
    pub(super) fn new(readings: &Readings) -> Self {
        let mut keywords: Vec<(&str, usize)> = readings
            .each()
            .enumerate()
            .flat_map(|(place, reading)| reading.keywords.iter().map(move |word| (&*word.folded, place)))
            .filter(|(word, _)| word.chars().count() >= SHORTEST)
            .collect();
        keywords.sort_unstable();
        keywords.dedup();
        let (mut words, mut intents): (Vec<&str>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (word, place) in keywords {
            if words.last() != Some(&word) {
                words.push(word);
                intents.push(Vec::new());
            }
            intents.last_mut().expect("a word was pushed before").push(place);
        }
        // The loader's budgets keep this far below what the automaton can hold.
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words).ok();
        Self { finder, intents }
    }
}

/// Katakana as hiragana.
pub(super) fn folded(normal: &str) -> String {
    let fold = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        c => c,
    };
    normal.chars().map(fold).collect()
}

/// Whether a match of Latin letters stands as a word of its own.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && (c as u32) < 0x3000);
    let inside = |edge: Option<char>, beside: Option<char>| is_letter(edge) && is_letter(beside);
    let word = &text[start..end];
    !inside(word.chars().next(), text[..start].chars().next_back())
        && !inside(word.chars().next_back(), text[end..].chars().next())
}

/// How much a stretch of text says: hiragana outside of keywords is mostly grammar.
fn weight(text: &str) -> f32 {
    let says = |c: char| match c {
        'ぁ'..='ゖ' | 'ー' => 0.15,
        c if c.is_alphanumeric() && (c as u32) < 0x3000 => 0.4,
        c if c.is_alphanumeric() || c == '々' => 1.0,
        _ => 0.0,
    };
    text.chars().map(says).sum()
}

impl Matcher for Keywords {
    fn name(&self) -> &'static str {
        "keyword"
    }

    fn find(&self, normal: &str, top: usize) -> Vec<Evidence> {
        let Some(finder) = &self.finder else { return Vec::new() };
        let text = folded(normal);
        let mut found: Vec<(usize, f32)> = Vec::new();
        let (mut rest, mut named, mut last) = (0.0, 0.0, 0);
        for hit in finder.find_iter(&text).filter(|hit| is_whole(&text, hit.start(), hit.end())) {
            rest += weight(&text[last..hit.start()]);
            last = hit.end();
            // A name in hiragana says as much as one in other letters.
            let says = weight(&text[hit.start()..hit.end()])
                .max(text[hit.start()..hit.end()].chars().count() as f32 * 0.6);
            named += says;
            let sharing = &self.intents[hit.pattern().as_usize()];
            for intent in sharing {
                let says = says / sharing.len() as f32;
                match found.iter_mut().find(|(known, _)| known == intent) {
                    Some((_, sum)) => *sum += says,
                    None => found.push((*intent, says)),
                }
            }
        }
        rest += weight(&text[last..]);
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let evidence = |(intent, says): (usize, f32)| {
            let share = says / (named + rest);
            Evidence { intent, score: share, says: Says::Odds((ALL_OF_IT * share * (says / named)).exp()) }
        };
        found.into_iter().map(evidence).take(top).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_across_kana_and_only_as_whole_words() {
        assert_eq!(folded("ベッド"), "べっど");
        assert!(is_whole("the bed is old", 4, 7));
        assert!(!is_whole("embedded", 2, 5));
        assert!(is_whole("bedを捨てる", 0, 3));
    }
}
