//! Characters that nobody sees, that turn the direction of reading, or that phones do not show.

use super::{City, Finding, Severity, What, scan::words};
use crate::domain::announcement::Content;

pub fn find(content: &Content, _: &City<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for words in words(content) {
        let mut before = ' ';
        for (at, c) in words.text.char_indices() {
            if let Some((severity, what)) = judge(before, c) {
                found.push(words.finding(&(at..at + c.len_utf8()), severity, what));
            }
            before = c;
        }
    }
    let addresses = content.addresses().filter_map(|(place, address)| {
        let (at, c) = address.char_indices().find(|(_, c)| judge(' ', *c).is_some())?;
        let (_, what) = judge(' ', c)?;
        let place = place.within(&(at..at + c.len_utf8()));
        Some(Finding { severity: Severity::Stops, place, words: c.to_string(), what })
    });
    found.extend(addresses);
    found
}

fn judge(before: char, c: char) -> Option<(Severity, What)> {
    let number = u32::from(c);
    match c {
        '\n' | '\r' | '\t' => None,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some((Severity::Stops, What::TurningCharacter(number)))
        }
        // Emoji are joined by it, and shown in colour by the others; after an ideograph they choose its form.
        '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' if is_picture(before) => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' if is_ideograph(before) => None,
        // Flags of regions are spelt in tags.
        '\u{e0020}'..='\u{e007f}' if is_picture(before) || matches!(before, '\u{e0020}'..='\u{e007f}') => {
            None
        }
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e01ef}' => Some((Severity::AsksToConfirm, What::InvisibleCharacter(number))),
        '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => {
            Some((Severity::AsksToConfirm, What::UnknownCharacter(number)))
        }
        c if c.is_control() => Some((Severity::Stops, What::InvisibleCharacter(number))),
        _ => None,
    }
}

fn is_picture(c: char) -> bool {
    matches!(c, '#' | '*' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{200d}' | '\u{203c}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
