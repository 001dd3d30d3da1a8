//! What may be somebody's own: mobile telephones, Individual Numbers, private mail. Offices' numbers are none.

use std::ops::Range;

use super::{
    City, Finding, Severity, What,
    scan::{narrow, phrases, words},
};
use crate::domain::announcement::Content;

/// Where people have mail of their own.
const PRIVATE: [&str; 14] = [
    "@gmail.com",
    "@yahoo.co.jp",
    "@yahoo.com",
    "@ymail.ne.jp",
    "@icloud.com",
    "@me.com",
    "@outlook.com",
    "@outlook.jp",
    "@hotmail.com",
    "@hotmail.co.jp",
    "@docomo.ne.jp",
    "@ezweb.ne.jp",
    "@au.com",
    "@softbank.ne.jp",
];

pub fn find(content: &Content, _: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content) {
        for (range, digits) in numbers(&words.prose) {
            let what = match digits.as_slice() {
                [0, 7..=9, 0, ..] if digits.len() == 11 => What::MobileNumber,
                _ if digits.len() == 12 && is_my_number(&digits) => What::MyNumber,
                _ => continue,
            };
            found.push(words.finding(&range, Severity::AsksToConfirm, what));
        }
        for range in phrases(&words.prose, &PRIVATE) {
            let is_whole = !words.prose[range.end..].starts_with(|c: char| c.is_ascii_alphanumeric());
            if is_whole {
                found.push(words.finding(&range, Severity::AsksToConfirm, What::PrivateMail));
            }
        }
    }
    found
}

/// Digits that belong together: a hyphen or a blank may stand between two.
fn numbers(text: &str) -> Vec<(Range<usize>, Vec<u32>)> {
    let mut found: Vec<(Range<usize>, Vec<u32>)> = Vec::new();
    let (mut run, mut digits, mut gap) = (0..0, Vec::new(), 0);
    for (at, c) in text.char_indices() {
        match narrow(c).to_digit(10) {
            Some(digit) => {
                if digits.is_empty() {
                    run.start = at;
                }
                run.end = at + c.len_utf8();
                digits.push(digit);
                gap = 0;
            }
            None if !digits.is_empty()
                && gap == 0
                && matches!(narrow(c), '-' | ' ' | 'ー' | '‐' | '−' | '–') =>
            {
                gap = 1;
            }
            None if !digits.is_empty() => {
                found.push((run.clone(), std::mem::take(&mut digits)));
                gap = 0;
            }
            None => {}
        }
    }
    if !digits.is_empty() {
        found.push((run, digits));
    }
    found
}

/// The check digit of an Individual Number (Order of the Ministry of Internal Affairs and Communications No. 85 of
/// 2014, article 5): 11 minus the weighted sum of the others modulo 11.
fn is_my_number(digits: &[u32]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let weighted = (1..).zip(rest.iter().rev());
    let sum: u32 = weighted.map(|(n, digit)| digit * if n <= 6 { n + 1 } else { n - 5 }).sum();
    *check == if sum % 11 <= 1 { 0 } else { 11 - sum % 11 }
}
