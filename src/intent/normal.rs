//! One spelling for what people type in many: the form on which everything is compared.

use unicode_normalization::UnicodeNormalization;

/// NFKC, lower case, invisible characters dropped, white space collapsed, prolonged marks unified, three
/// or more of a character shortened to two, punctuation at both ends dropped. Hiragana and katakana stay
/// apart: folding them was measured and does not help.
pub fn normalize(text: &str) -> String {
    // NFKC is half of the work, and most messages consist of characters for which it is simple.
    if text.chars().all(|c| plain(c).is_some()) {
        of_nfkc(text.chars().filter_map(plain), text.len())
    } else {
        of_nfkc(text.nfkc(), text.len())
    }
}

/// What NFKC makes of a character, whatever stands beside it, as long as that is such a character too;
/// `None` for all that may combine or become several.
fn plain(c: char) -> Option<char> {
    match c {
        '\0'..='\u{7f}'
        | 'ぁ'..='ゖ'
        | 'ァ'..='ー'
        | '一'..='\u{9fff}'
        | '、'..='〃'
        | '々'
        | '「'..='』' => Some(c),
        '\u{3000}' => Some(' '),
        '！'..='～' => char::from_u32(c as u32 - 0xfee0),
        _ => None,
    }
}

fn of_nfkc(text: impl Iterator<Item = char>, length: usize) -> String {
    let mut normal = String::with_capacity(length);
    let (mut last, mut repeated) = ('\0', 0);
    for c in text.flat_map(char::to_lowercase) {
        let c = match c {
            '〜' | '～' | '~' | '―' | '─' | '−' | '–' | '—' => 'ー',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if is_invisible(c) || (c == ' ' && (last == ' ' || normal.is_empty())) {
            continue;
        }
        repeated = if c == last { repeated + 1 } else { 1 };
        last = c;
        if repeated <= 2 || c.is_ascii_digit() {
            normal.push(c);
        }
    }
    let trimmed = normal.trim_matches(is_edge);
    // A message of nothing but punctuation keeps it: 「？」 is a question too.
    let kept = if trimmed.is_empty() { normal.trim() } else { trimmed };
    if kept.len() == normal.len() { normal } else { kept.to_owned() }
}

/// The same without white space between characters of scripts that write none: 「し に た い」.
pub(super) fn joined(normal: &str) -> String {
    let writes_blanks = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && (c as u32) < 0x1100);
    let mut joined = String::with_capacity(normal.len());
    let mut rest = normal.chars().peekable();
    while let Some(c) = rest.next() {
        let before = joined.chars().next_back();
        if c != ' ' || (writes_blanks(before) && writes_blanks(rest.peek().copied())) {
            joined.push(c);
        }
    }
    joined
}

/// Zero-width characters, directional marks, variation selectors and other controls.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_edge(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation() && !matches!(c, '#' | '@' | '+')
        || matches!(
            c,
            '。' | '、'
                | '・'
                | '「'
                | '」'
                | '『'
                | '』'
                | '…'
                | '‥'
                | '“'
                | '”'
                | '‘'
                | '’'
                | '¿'
                | '¡'
                | 'ー'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_spellings_become_one() {
        for (typed, normal) in [
            ("　粗大ゴミ　！！！", "粗大ゴミ"),
            ("ｿﾌｧｰ", "ソファ"),
            ("ＰＥＴボトル", "petボトル"),
            ("やば〜〜〜〜い", "やばーーい"),
            ("ごみ\u{200b}の\n\n日は？", "ごみの 日は"),
            ("？", "?"),
            ("1000", "1000"),
        ] {
            assert_eq!(normalize(typed), normal);
        }
    }

    #[test]
    fn blanks_go_where_a_script_writes_none_and_stay_between_words() {
        for (text, whole) in
            [("し に た い", "しにたい"), ("i want to die", "i want to die"), ("line で 話す", "lineで話す")]
        {
            assert_eq!(joined(text), whole);
        }
    }

    #[test]
    fn plain_characters_are_what_nfkc_makes_of_them() {
        let plain_ones: Vec<(char, char)> =
            ('\0'..=char::MAX).filter_map(|c| plain(c).map(|plain| (c, plain))).collect();
        assert!(plain_ones.len() > 20_000);
        for (c, plain) in &plain_ones {
            assert!([*c].into_iter().nfkc().eq([*plain]), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn plain_characters_do_not_combine(text in "[ -~ぁ-ゖァ-ー一-龥　！-～、。「」々]{0,40}") {
            prop_assert_eq!(text.nfkc().collect::<String>(), text.chars().filter_map(plain).collect::<String>());
        }

        #[test]
        fn normalizing_twice_changes_nothing_more(text in "[ぁ-んァ-ンa-zA-Z0-9一-龥 　!?。、ー〜]{0,40}") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once.clone());
        }
    }
}
