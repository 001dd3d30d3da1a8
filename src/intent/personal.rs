//! Personal data in a message: found, so that it is neither repeated nor kept.

use std::sync::LazyLock;

use regex::Regex;

pub use crate::domain::reason::Personal;

static MAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(〒 ?\d{3}[-ー]?\d{4}|\b\d{3}[-ー]\d{4}\b.{0,12}(都|道|府|県|市|区|町|村)|(都|道|府|県|市|区)\S{1,12}(町|丁目|番地)\s?\S{0,8}\d+[-ーの]\d+)",
    )
});
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\d(?:[-ー() ]{0,2}\d){8,22}"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are valid, a test uses them")
}

/// Looks for personal data in normalised text.
pub fn find(normal: &str) -> Option<Personal> {
    if normal.contains('@') && MAIL.is_match(normal) {
        return Some(Personal::Mail);
    }
    // Everything else holds a digit, and most messages hold none: they need not pay for what follows.
    if !normal.contains(char::is_numeric) {
        return None;
    }
    for found in DIGITS.find_iter(normal) {
        let international = found.as_str().starts_with('+');
        let digits: Vec<u32> = found.as_str().chars().filter_map(|c| c.to_digit(10)).collect();
        match digits.len() {
            12 if is_my_number(&digits) => return Some(Personal::MyNumber),
            10 | 11 if digits[0] == 0 => return Some(Personal::Telephone),
            length if international && (11..=13).contains(&length) => return Some(Personal::Telephone),
            length if (13..=19).contains(&length) && passes_luhn(&digits) => return Some(Personal::Card),
            _ => {}
        }
    }
    ADDRESS.is_match(normal).then_some(Personal::Address)
}

/// The check digit of an individual number (Order of the Ministry of Internal Affairs and
/// Communications No. 85 of 2014, article 5): 11 minus the weighted sum of the others modulo 11.
pub(super) fn is_my_number(digits: &[u32]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let weighted = (1..).zip(rest.iter().rev());
    let sum: u32 = weighted.map(|(n, digit)| digit * if n <= 6 { n + 1 } else { n - 5 }).sum();
    let expected = if sum % 11 <= 1 { 0 } else { 11 - sum % 11 };
    *check == expected
}

/// The check digit of payment cards (ISO/IEC 7812-1, Luhn).
pub(super) fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = digits.iter().rev().enumerate().map(|(at, digit)| match (at % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    });
    doubled.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::normalize;

    #[test]
    fn personal_data_is_found_in_the_forms_in_which_people_type_it() {
        for (text, expected) in [
            ("電話は090-1234-5678です", Personal::Telephone),
            ("０４４ー２００ー１１１１に電話して", Personal::Telephone),
            ("09012345678", Personal::Telephone),
            ("+81 90 1234 5678", Personal::Telephone),
            ("taro.yamada@example.com に送って", Personal::Mail),
            ("〒210-8577 に住んでます", Personal::Address),
            ("とどけ市中央区本町2丁目3-4です", Personal::Address),
            ("マイナンバーは123456789018", Personal::MyNumber),
            ("カード 4111 1111 1111 1111", Personal::Card),
        ] {
            assert_eq!(find(&normalize(text)), Some(expected), "{text}");
        }
    }

    #[test]
    fn ordinary_numbers_are_no_personal_data() {
        for text in [
            "2026年11月23日の予定",
            "9:00-17:00ですか",
            "児童手当は15000円ですか",
            "119番",
            "1歳6か月健診",
            "123456789012",
            "粗大ごみ3点で2400円",
            "令和8年度",
            "10-20リットルの袋",
            "中央区のごみの日",
            "1234567890123",
        ] {
            assert_eq!(find(&normalize(text)), None, "{text}");
        }
    }
}
