//! Descriptions that say nothing. A missing one is a fault already.

use super::{City, Finding, Severity, What, scan::words};
use crate::domain::announcement::{Content, Part};

const SAY_NOTHING: [&str; 18] = [
    "画像",
    "写真",
    "図",
    "絵",
    "ポスター",
    "チラシ",
    "ちらし",
    "イラスト",
    "バナー",
    "地図",
    "サムネイル",
    "お知らせ",
    "image",
    "picture",
    "photo",
    "poster",
    "flyer",
    "banner",
];
const FILES: [&str; 5] = [".png", ".jpg", ".jpeg", ".gif", ".pdf"];

pub fn find(content: &Content, _: &City<'_>) -> Vec<Finding> {
    let alts = words(content).filter(|words| words.place.part == Part::Alt);
    let thin = alts.filter(|words| {
        let alt = words.text.trim().to_lowercase();
        SAY_NOTHING.contains(&alt.as_str()) || FILES.iter().any(|end| alt.ends_with(end))
    });
    thin.map(|words| words.finding(&(0..words.text.len()), Severity::AsksToConfirm, What::EmptyAlt)).collect()
}
