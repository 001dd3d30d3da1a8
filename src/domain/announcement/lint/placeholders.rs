//! What a template left to be filled in.

use super::{
    City, Finding, Severity, What,
    scan::{Words, phrases, words},
};
use crate::domain::announcement::Content;

const LEFT: [&str; 34] = [
    "〇〇",
    "○○",
    "◯◯",
    "●●",
    "△△",
    "▲▲",
    "□□",
    "××",
    "＊＊",
    "✕✕",
    "ＸＸ",
    "XX月",
    "xx月",
    "〇月",
    "○月",
    "◯月",
    "●月",
    "〇日",
    "○日",
    "◯日",
    "●日",
    "【仮】",
    "【要確認】",
    "（要確認）",
    "【未定】",
    "ダミーテキスト",
    "ダミー文",
    "ここに入力",
    "ここに本文",
    "lorem ipsum",
    "[name]",
    "[date]",
    "TODO:",
    "TBD:",
];

pub fn find(content: &Content, _: &City<'_>) -> Vec<Finding> {
    let left = |words: &Words<'_>| {
        let places = phrases(&words.prose, &LEFT).into_iter();
        places
            .map(|range| words.finding(&range, Severity::AsksToConfirm, What::Placeholder))
            .collect::<Vec<_>>()
    };
    words(content).flat_map(|words| left(&words)).collect()
}
