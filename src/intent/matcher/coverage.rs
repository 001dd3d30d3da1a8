//! How much of what a text names does an intent know? Its characters of meaning, one by one.
//!
//! Grams across 「…の税…」 are new in every sentence and say little; a kanji, a katakana or a word that stands in no
//! known gram at all names something else: 「大型船の税」 is not the tax that is known. [`super::bm25f`] asks.

use super::gram::{each_gram, is_hiragana};

/// A Latin word says as much as so many characters.
const WORD: f32 = 2.0;
/// A character stands in at most two pairs, or alone.
const GRAMS: usize = 3;

/// The units of meaning of a text, with the known grams that each stands in.
pub(super) struct Coverage {
    units: Vec<(f32, [Option<u32>; GRAMS])>,
}

impl Coverage {
    /// `id` gives the number of a gram that somebody knows.
    pub(super) fn read(normal: &str, id: impl Fn(&str) -> Option<u32>) -> Self {
        let mut units = Vec::new();
        let mut gram = String::with_capacity(12);
        let mut look_up = |characters: &[char]| {
            gram.clear();
            gram.extend(characters);
            id(&gram)
        };
        let characters: Vec<char> = normal.chars().collect();
        for (at, _) in characters.iter().enumerate().filter(|(_, c)| is_content(**c)) {
            let before = at.checked_sub(1).and_then(|before| look_up(&characters[before..=at]));
            let after = characters.get(at..at + 2).and_then(&mut look_up);
            units.push((1.0, [before, after, look_up(&characters[at..=at])]));
        }
        for word in normal.split(|c: char| !is_of_words(c)) {
            each_gram(word, |gram| units.push((WORD, [id(gram), None, None])));
        }
        Self { units }
    }

    /// How many units there are.
    pub(super) fn all(&self) -> f32 {
        self.units.iter().map(|(weight, _)| weight).sum()
    }

    /// The share of the units that stand in no gram that `knows` knows, 0 to 1.
    pub(super) fn unknown(&self, knows: impl Fn(u32) -> bool) -> f32 {
        let unknown = self.units.iter().filter(|(_, grams)| !grams.iter().flatten().any(|gram| knows(*gram)));
        unknown.map(|(weight, _)| weight).sum::<f32>() / self.all().max(1.0)
    }
}

/// Kanji, katakana and Hangul; hiragana is mostly grammar.
fn is_content(c: char) -> bool {
    c.is_alphanumeric() && !is_of_words(c) && !is_hiragana(c) || c == '々'
}

/// Letters and digits of scripts with blanks.
fn is_of_words(c: char) -> bool {
    c.is_alphanumeric() && (c as u32) < 0x3000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an intent knows that has only this text.
    fn unknown(known: &str, text: &str) -> f32 {
        let mut grams: Vec<String> = Vec::new();
        each_gram(known, |gram| grams.push(gram.to_owned()));
        let id =
            |gram: &str| grams.iter().position(|known| known == gram).and_then(|at| u32::try_from(at).ok());
        Coverage::read(text, id).unknown(|_| true)
    }

    #[test]
    fn what_an_intent_does_not_name_is_unknown_and_grammar_is_not() {
        for (known, text, share) in [
            ("住民税の納期限", "住民税の納期限っていつなんだろう", 0.0),
            ("住民税の納期限", "水道料金の納期限", 4.0 / 7.0),
            ("軽自動車の税金", "カメラの税金", 3.0 / 5.0),
            ("how to pay tax", "how do i pay for a camera", 0.5),
            ("ごみ", "どうしたらいいの", 0.0),
        ] {
            let found = unknown(known, text);
            assert!((found - share).abs() < 0.01, "{text}: {found}");
        }
    }
}
