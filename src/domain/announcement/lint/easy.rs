//! Hints for easy Japanese: short sentences, plain words, years that everybody knows.
//!
//! After the guideline of the Immigration Services Agency and the Agency for Cultural Affairs (在留支援のためのやさしい
//! 日本語ガイドライン, 2020): one thing a sentence, words of everyday life, no polite forms that hide the verb. The limit of a
//! sentence and the list of words are ours.

use super::{
    City, Finding, Severity, What,
    scan::{phrases, words},
};
use crate::domain::{announcement::Content, language::Language};

/// A sentence of more characters holds more than one thing.
const LONGEST: usize = 60;

/// Words of offices, and what people say.
const HARD: [(&str, &str); 50] = [
    ("避難してください", "逃げて ください"),
    ("避難所", "逃げる ところ"),
    ("警戒", "気を つける"),
    ("土足厳禁", "くつを ぬいで ください"),
    ("高台", "高い ところ"),
    ("余震", "後から 来る 地震"),
    ("給水", "水を くばる"),
    ("炊き出し", "食べ物を くばる"),
    ("断水", "水が 出ない"),
    ("停電", "電気が つかない"),
    ("運休", "電車や バスが 動かない"),
    ("実施します", "します"),
    ("実施いたします", "します"),
    ("開催します", "します"),
    ("開催いたします", "します"),
    ("申請", "申し込み"),
    ("提出", "出す"),
    ("持参", "持って くる"),
    ("記入", "書く"),
    ("受診", "病院へ 行く"),
    ("接種", "注射"),
    ("問い合わせ", "聞く"),
    ("お問合せ", "聞く"),
    ("締切", "いつまで"),
    ("締め切り", "いつまで"),
    ("期限", "いつまで"),
    ("無料", "お金は いりません"),
    ("有料", "お金が いります"),
    ("費用", "お金"),
    ("料金", "お金"),
    ("中止", "しません"),
    ("延期", "日が 変わります"),
    ("休館", "休み"),
    ("休業", "休み"),
    ("未就学児", "小学校に 入る 前の 子ども"),
    ("保護者", "お父さん・お母さんなど"),
    ("在住", "住んで いる"),
    ("在勤", "働いて いる"),
    ("対象", "だれが"),
    ("窓口", "市役所の 人が いる ところ"),
    ("納付", "お金を 払う"),
    ("給付", "お金を もらう"),
    ("手数料", "お金"),
    ("ご遠慮ください", "しないで ください"),
    ("控えて", "しないで"),
    ("いただけます", "できます"),
    ("いただけません", "できません"),
    ("必着", "までに 着く"),
    ("徒歩", "歩いて"),
    ("発熱", "熱が 出る"),
];

pub fn find(content: &Content, _: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content).filter(|words| words.place.language == Some(Language::JaEasy)) {
        for (word, easier) in HARD {
            // A hard word is explained by what follows in brackets (断水（水が 出ない）).
            let ranges = phrases(&words.prose, &[word]).into_iter();
            let unexplained = ranges
                .filter(|range| !words.prose[range.end..].trim_start().starts_with(['（', '(', '＝', '=']));
            found.extend(
                unexplained
                    .take(1)
                    .map(|range| words.finding(&range, Severity::Hint, What::HardWord(easier))),
            );
        }
        for range in phrases(&words.prose, &["令和", "平成"]) {
            found.push(words.finding(&range, Severity::Hint, What::EraYear));
        }
        if words.is_main() {
            let mut at = 0;
            for sentence in words.prose.split_inclusive(['。', '\n', '！', '？']) {
                let length = sentence.chars().filter(|c| !c.is_whitespace()).count();
                let range = at..at + sentence.trim_end().len();
                at += sentence.len();
                if length > LONGEST {
                    found.push(words.finding(&range, Severity::Hint, What::LongSentence(length)));
                }
            }
        }
    }
    found
}
