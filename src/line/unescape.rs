//! Makes JSON readable that `serde_json` refuses: lone surrogate escapes become U+FFFD.
//!
//! LINE escapes astral characters as surrogate pairs; a client that cuts a text between the two halves
//! leaves a lone one, which no Rust string can hold. The event is worth more than that character.

use std::borrow::Cow;

/// The same JSON text in which every lone `\uD800`-`\uDFFF` escape reads `\uFFFD`, and every `\u0000`
/// too, since PostgreSQL's `text` cannot hold it. Borrows when there is nothing to change.
pub(super) fn mend(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let bytes = json.as_bytes();
    let mut mended: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let Some(unit) = unit_at(json, at) else {
            // Another escape: skip the backslash and what it escapes.
            at += 2;
            continue;
        };
        let pair = is_high(unit) && unit_at(json, at + 6).is_some_and(is_low);
        if pair {
            at += 12;
            continue;
        }
        if is_high(unit) || is_low(unit) || unit == 0 {
            let text = mended.get_or_insert_with(|| String::with_capacity(json.len()));
            text.push_str(&json[copied..at]);
            text.push_str("\\uFFFD");
            copied = at + 6;
        }
        at += 6;
    }
    match mended {
        None => Cow::Borrowed(json),
        Some(mut text) => {
            text.push_str(&json[copied..]);
            Cow::Owned(text)
        }
    }
}

/// The UTF-16 unit of a `\uXXXX` that starts at `at`.
fn unit_at(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_high(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_surrogates_and_nul_are_replaced() {
        for (json, expected) in [
            (r#""plain""#, r#""plain""#),
            (r#""\uD83E\uDD28""#, r#""\uD83E\uDD28""#),
            (r#""a\uD83E""#, r#""a\uFFFD""#),
            (r#""\uDD28\uD83E!""#, r#""\uFFFD\uFFFD!""#),
            (r#""\uD83E\uD83E\uDD28""#, r#""\uFFFD\uD83E\uDD28""#),
            (r#""\\uD83E""#, r#""\\uD83E""#),
            (r#""\u0000x""#, r#""\uFFFDx""#),
            (r#""\u00""#, r#""\u00""#),
        ] {
            assert_eq!(mend(json), expected);
        }
    }
}
