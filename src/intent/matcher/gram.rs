//! What a text is cut into: two-character grams where no blanks are written, words elsewhere.
//!
//! Grams that are all hiragana are mostly grammar and are left out (measured: 5 points of S@1), except
//! those that a keyword brings in: 「そだいごみ」 names a thing although it is all hiragana.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Calls `each` for every gram of normalised text. A gram that is all hiragana begins with a `~`: only
/// the caller knows whether a keyword has it.
pub(super) fn each_gram(normal: &str, mut each: impl FnMut(&str)) {
    let mut run: Vec<char> = Vec::new();
    let mut kind = Kind::Other;
    for c in normal.chars().chain([' ']) {
        let next = Kind::of(c);
        if next != kind {
            emit(&run, kind, &mut each);
            run.clear();
            kind = next;
        }
        run.push(c);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Kana, Han and Hangul.
    Dense,
    /// Letters and digits of scripts with blanks.
    Word,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '々' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {
                Self::Dense
            }
            c if c.is_alphanumeric() => Self::Word,
            _ => Self::Other,
        }
    }
}

pub(super) fn is_hiragana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ー')
}

fn emit(run: &[char], kind: Kind, each: &mut impl FnMut(&str)) {
    match kind {
        Kind::Other => {}
        Kind::Word => {
            let word = folded(run);
            if !STOP_WORDS.contains(&word.as_str()) {
                each(stem(&word));
            }
        }
        Kind::Dense => emit_dense(run, each),
    }
}

fn emit_dense(run: &[char], each: &mut impl FnMut(&str)) {
    let mut gram = String::with_capacity(12);
    if let [single] = run {
        if !is_hiragana(*single) {
            gram.push(*single);
            each(&gram);
        }
        return;
    }
    for pair in run.windows(2) {
        gram.clear();
        if pair.iter().all(|c| is_hiragana(*c)) {
            continue;
        }
        gram.extend(pair);
        each(&gram);
    }
    for length in [2, 3] {
        for part in run.windows(length).filter(|part| part.iter().all(|c| is_hiragana(*c))) {
            gram.clear();
            gram.push('~');
            gram.extend(part);
            each(&gram);
        }
    }
}

/// The all-hiragana grams that a keyword brings in: the whole of two characters, three at a time of more.
pub(super) fn each_keyword_gram(normal: &str, mut each: impl FnMut(&str)) {
    let runs = normal.split(|c| !is_hiragana(c)).map(|run| run.chars().collect::<Vec<char>>());
    for run in runs.filter(|run| run.len() >= 2) {
        let length = run.len().min(3);
        for part in run.windows(length) {
            let gram: String = ['~'].iter().chain(part).collect();
            each(&gram);
        }
    }
}

/// Without accents: people type Vietnamese and Portuguese with and without.
fn folded(word: &[char]) -> String {
    word.iter()
        .collect::<String>()
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// English plurals and -ing, which cost nothing in the other languages.
fn stem(word: &str) -> &str {
    let stems = ["ings", "ing", "ies", "es", "s"];
    stems.iter().find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= 4)).unwrap_or(word)
}

/// Words that say nothing about the matter, folded, in the languages with blanks.
const STOP_WORDS: &[&str] = &[
    "a",
    "an",
    "the",
    "i",
    "my",
    "me",
    "you",
    "your",
    "we",
    "is",
    "are",
    "do",
    "does",
    "can",
    "could",
    "to",
    "of",
    "in",
    "on",
    "at",
    "for",
    "and",
    "or",
    "it",
    "this",
    "that",
    "how",
    "what",
    "where",
    "when",
    "which",
    "who",
    "want",
    "need",
    "please",
    "tell",
    "know",
    "there",
    "if",
    "have",
    "has",
    "be",
    "get",
    "with",
    "would",
    "should",
    "about",
    "s",
    "m",
    "t",
    "como",
    "onde",
    "quero",
    "preciso",
    "para",
    "o",
    "os",
    "as",
    "um",
    "uma",
    "de",
    "da",
    "do",
    "e",
    "eu",
    "meu",
    "minha",
    "que",
    "qual",
    "quando",
    "no",
    "na",
    "em",
    "por",
    "posso",
    "ter",
    "fazer",
    "toi",
    "cua",
    "la",
    "co",
    "nhu",
    "the",
    "nao",
    "o",
    "dau",
    "muon",
    "can",
    "cho",
    "xin",
    "khi",
    "bao",
    "nhieu",
    "duoc",
    "khong",
    "va",
    "thi",
    "ang",
    "ng",
    "mga",
    "sa",
    "ako",
    "ko",
    "po",
    "ba",
    "na",
    "ay",
    "paano",
    "saan",
    "ano",
    "gusto",
    "kailangan",
    "kailan",
    "para",
    "may",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Vec<String> {
        let mut list = Vec::new();
        each_gram(text, |gram| list.push(gram.to_owned()));
        list
    }

    #[test]
    fn dense_scripts_give_pairs_and_words_give_stems() {
        assert_eq!(grams("粗大ごみ"), ["粗大", "大ご", "~ごみ"]);
        assert_eq!(grams("how much is bulky garbage collection"), ["much", "bulky", "garbage", "collection"]);
        assert_eq!(grams("vứt rác"), ["vut", "rac"]);
        assert_eq!(grams("税 a4"), ["税", "a4"]);
    }

    #[test]
    fn a_keyword_brings_in_its_hiragana() {
        let mut list = Vec::new();
        each_keyword_gram("そだいごみ", |gram| list.push(gram.to_owned()));
        each_keyword_gram("ごみ", |gram| list.push(gram.to_owned()));
        assert_eq!(list, ["~そだい", "~だいご", "~いごみ", "~ごみ"]);
    }
}
