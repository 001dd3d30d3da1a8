//! Which intents a list shows: search and filters over an edition, and what falls due. Pure; pages and
//! commands call it.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;

use super::{
    draft::{Draft, TopicDraft},
    edition::Edition,
    normalize,
};
use crate::domain::language::Language;

/// What is to be shown; everything that is not set lets all through.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this topic.
    pub topic: Option<String>,
    /// Only this owner, the topic's where the intent has none.
    pub owner: Option<String>,
    /// Only those whose answer is missing in this language.
    pub missing: Option<Language>,
    /// Only those that expire on this day or before, also those that have expired.
    pub expires_by: Option<Date>,
    /// Only those whose source page nobody has compared since this day, or ever.
    pub not_checked_since: Option<Date>,
    /// Words that all stand somewhere in the intent, compared as residents' words are.
    pub text: String,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry<'a> {
    /// The intent's id.
    pub id: &'a str,
    /// The topic's name in files.
    pub topic: &'a str,
    /// The question in Japanese.
    pub title: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// The languages in which it is answered.
    pub languages: Vec<Language>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// When its source page was last compared.
    pub checked_on: Option<Date>,
}

/// Something that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due<'a> {
    /// The day on which it falls due; days that have passed come first.
    pub day: Date,
    /// Why.
    pub why: Reason,
    /// The intent.
    pub entry: Entry<'a>,
}

/// Why somebody has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its last day.
    Expires,
    /// Its source page was compared long ago.
    SourceUnchecked,
}

/// The intents that pass, by topic and in the topic's order.
pub fn list<'a>(edition: &'a Edition, filter: &Filter) -> Vec<Entry<'a>> {
    let words: Vec<String> = normalize(&filter.text).split(' ').map(ToOwned::to_owned).collect();
    let holds_all = |draft: &Draft| {
        let text = edition.searched(draft);
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut entries = Vec::new();
    for (topic, drafts) in edition.by_topic() {
        if filter.topic.as_ref().is_some_and(|wanted| *wanted != topic.topic) {
            continue;
        }
        for draft in drafts {
            let entry = entry(topic, draft);
            if passes(filter, draft, &entry) && holds_all(draft) {
                entries.push(entry);
            }
        }
    }
    entries
}

/// What falls due until `today` plus `days`: expiry, and source pages not compared for `recheck_days`. The
/// earliest first.
pub fn due(edition: &Edition, today: Date, days: u16, recheck_days: u16) -> Vec<Due<'_>> {
    let horizon = today.saturating_add(i32::from(days).days());
    let mut found = Vec::new();
    for (topic, drafts) in edition.by_topic() {
        for draft in drafts {
            let entry = entry(topic, draft);
            if let Some(until) = entry.until.filter(|until| *until <= horizon) {
                found.push(Due { day: until, why: Reason::Expires, entry: entry.clone() });
            }
            let checked = entry.checked_on.filter(|_| draft.source.is_some());
            let again = checked.map(|day| day.saturating_add(i32::from(recheck_days).days()));
            if let Some(day) = again.filter(|day| *day <= horizon) {
                found.push(Due { day, why: Reason::SourceUnchecked, entry });
            }
        }
    }
    found.sort_by(|a, b| (a.day, a.why, a.entry.id).cmp(&(b.day, b.why, b.entry.id)));
    found
}

/// Every owner with the number of their intents, the most first.
pub fn owners(edition: &Edition) -> Vec<(&str, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for (topic, drafts) in edition.by_topic() {
        for draft in drafts {
            *counts.entry(owner(topic, draft)).or_insert(0) += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn owner<'a>(topic: &'a TopicDraft, draft: &'a Draft) -> &'a str {
    draft.owner.as_deref().unwrap_or(&topic.owner)
}

fn entry<'a>(topic: &'a TopicDraft, draft: &'a Draft) -> Entry<'a> {
    Entry {
        id: &draft.id,
        topic: &topic.topic,
        title: draft.title.get(&Language::Ja).map(String::as_str).unwrap_or_default(),
        owner: owner(topic, draft),
        languages: draft.answer.keys().copied().collect(),
        until: draft.valid.as_ref().and_then(|valid| valid.until.as_ref()?.parse().ok()),
        checked_on: draft.checked_on.as_ref().and_then(|day| day.parse().ok()),
    }
}

fn passes(filter: &Filter, draft: &Draft, entry: &Entry<'_>) -> bool {
    let stale = |since: Date| draft.source.is_some() && entry.checked_on.is_none_or(|day| day < since);
    filter.owner.as_ref().is_none_or(|owner| owner == entry.owner)
        && filter.missing.is_none_or(|language| !entry.languages.contains(&language))
        && filter.expires_by.is_none_or(|day| entry.until.is_some_and(|until| until <= day))
        && filter.not_checked_since.is_none_or(stale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::{piece::Piece, source};

    fn today() -> Date {
        jiff::civil::date(2026, 11, 24)
    }

    fn edition() -> Edition {
        let text = "topic: garbage
title: { ja: ごみ }
owner: 環境局
contact: { name: { ja: 課 }, hours: { ja: 平日 } }
intents:
  - { id: garbage.bulky, title: { ja: 粗大ごみ }, keywords: [ソファ], answer: { ja: 予約, en: Book }, valid: { until: 2026-12-10 } }
  - { id: garbage.days, title: { ja: 収集日 }, keywords: [曜日], answer: { ja: ＰＥＴは月曜 }, owner: 広報課, source: 'https://a.example/', checked_on: 2026-01-01 }
  - { id: garbage.old, title: { ja: 旧制度 }, keywords: [旧], answer: { ja: 終了 }, source: 'https://a.example/', valid: { until: 2026-11-01 } }
";
        let files = [source::SourceFile { path: "garbage.yaml".into(), text: text.into() }];
        let pieces = source::read_pieces(&files, today()).pieces;
        Edition::default()
            .with(pieces.into_iter().map(|piece: Piece| (piece.id().unwrap(), Some(piece))), today())
    }

    #[test]
    fn each_filter_lets_through_what_it_says() {
        let edition = edition();
        let day = |month, day| Some(jiff::civil::date(2026, month, day));
        let cases: [(Filter, &[&str]); 9] = [
            (Filter::default(), &["garbage.bulky", "garbage.days", "garbage.old"]),
            (Filter { topic: Some("tax".into()), ..Filter::default() }, &[]),
            (Filter { owner: Some("広報課".into()), ..Filter::default() }, &["garbage.days"]),
            (Filter { missing: Some(Language::En), ..Filter::default() }, &["garbage.days", "garbage.old"]),
            (Filter { expires_by: day(11, 24), ..Filter::default() }, &["garbage.old"]),
            (Filter { not_checked_since: day(6, 1), ..Filter::default() }, &["garbage.days", "garbage.old"]),
            (Filter { text: "pet".into(), ..Filter::default() }, &["garbage.days"]),
            (Filter { text: "ｿﾌｧ　粗大".into(), ..Filter::default() }, &["garbage.bulky"]),
            (Filter { text: "ソファ 曜日".into(), ..Filter::default() }, &[]),
        ];
        for (filter, expected) in cases {
            let ids: Vec<&str> = list(&edition, &filter).iter().map(|entry| entry.id).collect();
            assert_eq!(ids, expected, "{filter:?}");
        }
    }

    #[test]
    fn what_falls_due_comes_the_earliest_first_and_owners_by_their_load() {
        let edition = edition();
        let due: Vec<_> =
            due(&edition, today(), 30, 180).into_iter().map(|due| (due.entry.id, due.why)).collect();
        assert_eq!(
            due,
            [
                ("garbage.days", Reason::SourceUnchecked),
                ("garbage.old", Reason::Expires),
                ("garbage.bulky", Reason::Expires)
            ]
        );
        assert_eq!(owners(&edition), [("環境局", 2), ("広報課", 1)]);
    }
}
