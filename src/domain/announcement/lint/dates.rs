//! Days that are over, that the calendar does not have, or whose day of the week is another one.
//!
//! A day without a year is the one around now: at most [`BACK`] days ago, else to come. What a text tells of the past
//! (発生した, 現在, 生まれ) may be over.

use jiff::{Span, civil::Date};

use super::{
    City, Finding, Severity, What,
    calendar::{self, Said},
    scan::{rest_of_clause, words},
};
use crate::domain::{announcement::Content, language::Language};

/// So many days ago, a day without a year was this year's, or the end of last year's.
const BACK: i32 = 90;
/// A day with a year that is over for longer is a reference (a birthday, a law), unless its day of the week is said.
const REFERENCE: i32 = 400;

/// Words after a day that tell of something that was or goes on.
const JAPANESE_PAST: [&str; 29] = [
    "ました",
    "でした",
    "した",
    "された",
    "れた",
    "あった",
    "だった",
    "行った",
    "なった",
    "始まった",
    "現在",
    "生まれ",
    "生れ",
    "以降",
    "以後",
    "以前",
    "より前",
    "付け",
    "付で",
    "付の",
    "時点",
    "ています",
    "ております",
    "ていた",
    "中です",
    "中で、",
    "施行",
    "号）",
    "改正",
];
const ENGLISH_PAST: [&str; 17] = [
    " was ",
    " were ",
    " had ",
    "since",
    "as of",
    "born",
    "occurred",
    "took ",
    "has been",
    "have been",
    "or after",
    "or later",
    "started",
    "began",
    "opened",
    "closed",
    "happened",
];

pub fn find(content: &Content, city: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content) {
        let Some(language) = words.place.language else { continue };
        let days = calendar::find(language, &words.prose);
        for (at, said) in days.iter().enumerate() {
            let clause = rest_of_clause(&words.prose, said.range.end);
            let before = &words.prose[..said.range.start];
            let is_past = tells_of_the_past(language, clause, before);
            let starts_a_range = days.get(at + 1).is_some_and(|next| {
                let between = &words.prose[said.range.end..next.range.start];
                between.chars().count() < 16 && is_range(between)
            });
            if let Some((severity, what)) = judge(said, city, language, is_past, starts_a_range) {
                found.push(words.finding(&said.range, severity, what));
            }
        }
    }
    found
}

fn judge(
    said: &Said,
    city: &City<'_>,
    language: Language,
    tells_of_past: bool,
    starts_a_range: bool,
) -> Option<(Severity, What)> {
    let Some(date) = around(said, city.today) else {
        return Some((Severity::AsksToConfirm, What::NoSuchDay));
    };
    if let Some(weekday) = said.weekday.filter(|weekday| *weekday != date.weekday()) {
        let last_year = Date::new(date.year() - 1, date.month(), date.day()).ok();
        let was_last_year = said.year.is_none() && last_year.is_some_and(|day| day.weekday() == weekday);
        if !(tells_of_past && was_last_year) {
            return Some((Severity::AsksToConfirm, What::WrongWeekday(date, date.weekday())));
        }
    }
    // In other languages the same day stands in the Japanese text too; once is enough.
    let is_read = matches!(language, Language::Ja | Language::JaEasy | Language::En);
    let days_ago = date.until(city.today).map_or(0, |span| span.get_days());
    let is_reference = days_ago > REFERENCE && said.weekday.is_none();
    let is_over = days_ago > 0 && is_read && !is_reference && !tells_of_past && !starts_a_range;
    is_over.then_some((Severity::AsksToConfirm, What::PastDate(date)))
}

/// The day that is meant; `None`: there is none.
fn around(said: &Said, today: Date) -> Option<Date> {
    if let Some(year) = said.year {
        return Date::new(year, said.month, said.day).ok();
    }
    let earliest = today.checked_sub(Span::new().days(BACK)).ok()?;
    let of = |year| Date::new(year, said.month, said.day).ok();
    let years = [earliest.year(), earliest.year() + 1];
    let near = years.into_iter().filter_map(of).find(|day| *day >= earliest);
    // 29 February without a year is the next one there is.
    near.or_else(|| (1..=8).find_map(|later| of(today.year() + later)))
}

fn tells_of_the_past(language: Language, clause: &str, before: &str) -> bool {
    match language {
        Language::Ja | Language::JaEasy => {
            // A form of asking politely (いただいた方) is no past of the day.
            JAPANESE_PAST.iter().any(|word| clause.contains(word)) || clause.trim_end().ends_with('中')
        }
        Language::En => {
            let line = before.rsplit(['.', '\n']).next().unwrap_or_default().to_lowercase();
            let clause = format!("{line} {}", clause.to_lowercase());
            ENGLISH_PAST.iter().any(|word| clause.contains(word))
        }
        _ => false,
    }
}

fn is_range(between: &str) -> bool {
    !between.contains('\n')
        && (between.contains(['~', '〜', '～', '–', '—', '-', '－', 'ー', '―'])
            || between.contains("から")
            || between.trim() == "to")
}
