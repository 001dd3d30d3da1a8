//! Words of an alert in an announcement that is none: an approved alert text, or 【緊急】, by the wrong way.
//!
//! What explains alerts (避難指示が発令されたら) is none of these.

use super::{
    City, Finding, Severity, What,
    scan::{phrases, words},
};
use crate::domain::announcement::Content;

/// What stands at the head of alerts, or tells to run.
const ALONE: [&str; 27] = [
    "【緊急",
    "［緊急",
    "《緊急",
    "≪緊急",
    "■緊急",
    "◆緊急",
    "緊急情報】",
    "緊急速報】",
    "直ちに避難して",
    "ただちに避難して",
    "直ちに逃げて",
    "今すぐ避難して",
    "今すぐ 逃げて",
    "今すぐ逃げて",
    "すぐに 逃げて ください",
    "すぐに避難してください",
    "速やかに避難してください",
    "命を守る最善の行動をとって",
    "命を守るための最善の行動をとって",
    "命の危険",
    "【避難指示",
    "【高齢者等避難",
    "evacuate now",
    "evacuate immediately",
    "[emergency",
    "seek shelter now",
    "take shelter immediately",
];
/// What is issued.
const ISSUED: [&str; 13] = [
    "避難指示",
    "高齢者等避難",
    "緊急安全確保",
    "特別警報",
    "大津波警報",
    "津波警報",
    "土砂災害警戒情報",
    "氾濫危険情報",
    "氾濫発生情報",
    "国民保護に関する情報",
    "evacuation order",
    "tsunami warning",
    "emergency warning",
];
/// That it is issued now.
const NOW: [&str; 15] = [
    "発令しました",
    "発令されました",
    "発令中",
    "発令しています",
    "発令されています",
    "発表しました",
    "発表されました",
    "発表中",
    "発表されています",
    "出ました",
    "出ています",
    "出しました",
    "has been issued",
    "is in effect",
    "was issued",
];
/// How far apart the two may stand, in characters.
const APART: usize = 24;

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    if city.is_alert || city.is_drill {
        return Vec::new();
    }
    let mut found = Vec::new();
    for words in words(content) {
        for range in phrases(&words.prose, &ALONE) {
            found.push(words.finding(&range, Severity::AsksToConfirm, What::AlertWords));
        }
        for range in phrases(&words.prose, &ISSUED) {
            let after: String = words.prose[range.end..].chars().take(APART).collect();
            let after = after.split(['。', '\n']).next().unwrap_or_default();
            if !phrases(after, &NOW).is_empty() && !after.contains("解除") {
                found.push(words.finding(&range, Severity::AsksToConfirm, What::AlertWords));
            }
        }
    }
    found
}
