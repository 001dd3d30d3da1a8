//! Words by which a text says to be a drill or a trial, where it is none; a drill that does not say so.
//!
//! An announcement *about* a drill (防災訓練を行います) is none of these.

use super::{
    City, Finding, Severity, What,
    scan::{phrases, words},
};
use crate::domain::{
    announcement::{Content, Part},
    language::Language,
};

const SAYS_SO: [&str; 40] = [
    "【訓練",
    "［訓練",
    "[訓練",
    "（訓練）",
    "(訓練)",
    "《訓練",
    "〔訓練",
    "≪訓練",
    "＜訓練",
    "訓練訓練",
    "訓練、訓練",
    "訓練 訓練",
    "訓練　訓練",
    "これは訓練",
    "訓練です。",
    "訓練放送",
    "訓練メッセージ",
    "訓練配信",
    "訓練通知",
    "訓練メール",
    "【テスト",
    "［テスト",
    "[テスト",
    "（テスト）",
    "(テスト)",
    "これはテスト",
    "テストです。",
    "テスト配信",
    "テスト送信",
    "送信テスト",
    "配信テスト",
    "テストメッセージ",
    "テストメール",
    "テスト投稿",
    "this is a drill",
    "this is only a drill",
    "[drill]",
    "this is a test",
    "this is only a test",
    "[test]",
];
/// What makes it something else.
const NOT_SO: [&str; 8] = [
    "防災訓練です",
    "避難訓練です",
    "消防訓練です",
    "総合訓練です",
    "救助訓練です",
    "職業訓練です",
    "共通テストです",
    "能力テストです",
];

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    if city.is_drill {
        return unsaid(content);
    }
    let mut found = Vec::new();
    for words in words(content) {
        for range in phrases(&words.prose, &SAYS_SO) {
            let other = phrases(&words.prose, &NOT_SO);
            if !other.iter().any(|other| other.contains(&range.start)) {
                found.push(words.finding(&range, Severity::AsksToConfirm, What::DrillWords));
            }
        }
    }
    found
}

/// The server marks every bubble; a text that says it in a sentence is clear to whoever hears it read.
fn unsaid(content: &Content) -> Vec<Finding> {
    let says_it = |language: Language, text: &str| match language {
        Language::Ja | Language::JaEasy => text.contains("訓練") || text.contains("くんれん"),
        Language::En => text.to_lowercase().contains("drill"),
        // Words of other languages are not known here.
        _ => true,
    };
    let languages = content.languages().filter(|language| {
        let mut words = words(content).filter(|words| words.place.language == Some(*language));
        !words.any(|words| says_it(*language, words.text))
    });
    let finding = |language| Finding {
        severity: Severity::Hint,
        place: crate::domain::announcement::Place::of(language).at(Part::Whole),
        words: String::new(),
        what: What::DrillUnsaid,
    };
    languages.map(finding).collect()
}
