//! Personal data in a text that is to be kept: replaced by what kind it was, 〔電話〕.
//!
//! [`super::personal`] recognises what is certain, so that the resident can be told. This module is
//! stricter, since what it lets through is stored and read by staff: from seven digits in a row on, whatever
//! stands between them, a number goes, also where no check digit fits. What a city is asked about (days,
//! hours, prices, ages, neighbourhoods) stays.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use super::personal::{is_my_number, passes_luhn};

/// From so many digits on a number may name a person (a postal code has seven).
const TELLING: usize = 7;

const MAIL: &str = "〔メール〕";
const URL: &str = "〔URL〕";
const ACCOUNT: &str = "〔ID〕";
const TELEPHONE: &str = "〔電話〕";
const POSTAL: &str = "〔郵便番号〕";
const MY_NUMBER: &str = "〔個人番号〕";
const CARD: &str = "〔カード〕";
const NUMBER: &str = "〔番号〕";
const ADDRESS: &str = "〔住所〕";
const NAME: &str = "〔名前〕";

/// Every tag that stands for something masked.
pub const TAGS: [&str; 10] = [MAIL, URL, ACCOUNT, TELEPHONE, POSTAL, MY_NUMBER, CARD, NUMBER, ADDRESS, NAME];

/// The text on one line, in one spelling of digits and letters (NFKC), with tags for what is personal.
/// Masking twice changes nothing more.
pub fn mask(text: &str) -> String {
    let mut text = plain(text);
    for (pattern, tag) in LINKS.iter() {
        text = replaced(&text, pattern, |_| Some(tag.to_string()));
    }
    text = numbers(&text);
    text = replaced(&text, &PLACE, |found| {
        (!is_no_place(found)).then(|| format!("{ADDRESS}{}", &found["after"]))
    });
    for pattern in NAMES.iter() {
        text = replaced(&text, pattern, |found| {
            let name = found.name("name").map_or("", |name| name.as_str());
            (!is_no_name(name)).then(|| found[0].replacen(name, NAME, 1))
        });
    }
    text
}

/// Whether anything of a masked text is left to learn from.
pub fn says_something(masked: &str) -> bool {
    let rest = TAGS.iter().fold(masked.to_owned(), |rest, tag| rest.replace(tag, ""));
    rest.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// A masked text without its tags, for somebody to make a sentence of.
pub fn without_tags(masked: &str) -> String {
    plain(&TAGS.iter().fold(masked.to_owned(), |rest, tag| rest.replace(tag, "")))
}

/// NFKC, invisible characters dropped, white space collapsed; letters keep their case, for names.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let invisible = (c.is_control() && c != ' ')
            || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{20e3}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}');
        if !(invisible || c == ' ' && (plain.is_empty() || plain.ends_with(' '))) {
            plain.push(c);
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn replaced(text: &str, pattern: &Regex, with: impl Fn(&Captures<'_>) -> Option<String>) -> String {
    match pattern.replace_all(text, |found: &Captures<'_>| with(found).unwrap_or_else(|| found[0].to_owned()))
    {
        Cow::Borrowed(same) => same.to_owned(),
        Cow::Owned(changed) => changed,
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are valid, a test uses them")
}

/// Addresses of pages first: a mail address or an id inside of one goes with it.
static LINKS: LazyLock<[(Regex, &str); 7]> = LazyLock::new(|| {
    [
        (pattern(r"(?i)\b(?:https?|ftp|line|tel|mailto):[^\s、。「」〔〕]+"), URL),
        (pattern(r"(?i)\b(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s、。「」〔〕]+"), URL),
        (
            pattern(
                r"(?i)[a-z0-9._%+-]+ ?(?:@|[\[(] ?(?:at|@) ?[\])]|アットマーク|あっとまーく|\bat\b) ?[a-z0-9-]+(?: ?(?:\.|ドット|どっと|[\[(] ?dot ?[\])]|\bdot\b) ?[a-z0-9-]+)+",
            ),
            MAIL,
        ),
        // Also of scripts other than Latin, and without a dot: whatever stands around an @ without a blank.
        (pattern(r"[^\s、。「」〔〕@]+@[^\s、。「」〔〕@]+"), MAIL),
        (
            pattern(
                r"(?i)\b(?:line|ライン|らいん) ?(?:の ?)?(?:id|アイディー|アイディ) ?(?:は|:|=|is)? ?@?[a-z0-9][a-z0-9._-]{2,}",
            ),
            ACCOUNT,
        ),
        (pattern(r"@[A-Za-z0-9][A-Za-z0-9._-]{2,}"), ACCOUNT),
        // A LINE user id, a session, a key: long, and nobody's word.
        (pattern(r"(?i)\b[a-z]{0,3}[0-9a-f]{20,}\b"), ACCOUNT),
    ]
});

/// What may stand between the digits of one number.
fn is_between(c: char) -> bool {
    matches!(
        c,
        ' ' | '-'
            | 'ー'
            | '‐'..='―'
            | '−'
            | '─'..='━'
            | '~'
            | '〜'
            | '.'
            | ','
            | '、'
            | '・'
            | '('
            | ')'
            | '['
            | ']'
            | '/'
            | '_'
            | '*'
            | '+'
            | 'の'
    )
}

/// The value of a digit in the ways in which people write one: 8, 八, and of scripts of those who live here.
fn digit(c: char) -> Option<u32> {
    const ZEROS: [u32; 9] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xed0, 0x1040, 0x1090, 0x17e0];
    if let Some(digit) = c.to_digit(10) {
        return Some(digit);
    }
    if let Some(at) = "〇一二三四五六七八九".chars().position(|kanji| kanji == c) {
        return u32::try_from(at).ok();
    }
    if matches!(c, '零' | '○' | '◯') {
        return Some(0);
    }
    ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero).filter(|digit| *digit < 10))
}

/// Every run of digits with at most three other signs between two of them.
fn numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if digit(chars[at]).is_none() {
            masked.push(chars[at]);
            at += 1;
            continue;
        }
        let (mut end, mut next, mut digits) = (at, at, Vec::new());
        while next < chars.len() && next < end + 4 {
            match digit(chars[next]) {
                Some(value) => {
                    digits.push(value);
                    end = next + 1;
                }
                None if is_between(chars[next]) => {}
                None => break,
            }
            next += 1;
        }
        let run: String = chars[at..end].iter().collect();
        match tag(&run, &digits, masked.chars().next_back()) {
            Some(tag) => {
                // A sign that belongs to the number goes with it.
                let before = masked.trim_end();
                if before.ends_with(['+', '(', '〒']) {
                    masked.truncate(before.trim_end_matches(['+', '(', '〒']).len());
                }
                masked.push_str(tag);
            }
            None => masked.push_str(&run),
        }
        at = end;
    }
    masked
}

/// What a run of digits is, if it may be a person's.
fn tag(run: &str, digits: &[u32], before: Option<char>) -> Option<&'static str> {
    static DATE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])$"));
    static PRICE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[1-9]\d{0,2}(?:,\d{3})+$"));
    if digits.len() < TELLING || DATE.is_match(run) || PRICE.is_match(run) {
        return None;
    }
    Some(match digits.len() {
        12 if is_my_number(digits) => MY_NUMBER,
        10 | 11 if digits[0] == 0 => TELEPHONE,
        11 | 12 if before == Some('+') => TELEPHONE,
        13..=19 if passes_luhn(digits) => CARD,
        7 => POSTAL,
        _ => NUMBER,
    })
}

/// A place down to the house: 本町2丁目3-4, 中央1-2-3, 〇〇町5番地. A neighbourhood (本町2丁目) is none: the
/// day on which its rubbish is collected is asked for every day.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"[\p{Han}\p{Hiragana}\p{Katakana}ー々ヶ]";
    let number = r"[0-9〇一二三四五六七八九十]{1,4}";
    let joint = r"(?:丁目 ?|番地の? ?|番町? ?|[-ー‐−の])";
    let room = format!(
        r"(?: ?{word}{{0,10}}(?:マンション|アパート|ハイツ|コーポ|荘|棟|団地){word}{{0,6}})?(?: ?{number}号室?)?"
    );
    pattern(&format!(
        r"(?:{word}{{0,12}}[都道府県市区町村郡])?{word}{{0,8}}[\p{{Han}}\p{{Katakana}}ー々ヶ] ?(?:{number}{joint}(?:{number}{joint})?{number}|{number}番地)(?:(?:号|番地|番)室?)?{room}(?P<after>{word}?)"
    ))
});

/// Whether a run only looks like a place: two numbers without one of the words that divide a town, or a
/// range of something that is counted.
fn is_no_place(found: &Captures<'_>) -> bool {
    static PARTED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"丁目|番地|番|大字|[市区町村郡][^市区町村郡ぁ-ん]{0,8}\d"));
    static THREE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[-ー‐−の]\d{1,3}[-ー‐−の]\d"));
    let after = found.name("after").map_or("", |after| after.as_str());
    let counted = "時分歳才人回枚点円年月日期階個本冊台種週か割倍級".contains(after) && !after.is_empty();
    counted || !(PARTED.is_match(&found[0]) || THREE.is_match(&found[0]))
}

/// Sentences in which people say who they are.
static NAMES: LazyLock<[Regex; 6]> = LazyLock::new(|| {
    let word = r"[\p{Han}\p{Hiragana}\p{Katakana}ー々A-Za-z]";
    let name = format!(r"(?P<name>{word}{{1,12}}?(?:[ ・]{word}{{1,12}}?)?)");
    let end = r"(?: ?(?:です|でございます|だよ|だけど|と申|ともうし|といい|と言い|といいます)|[、。,.!]|$)";
    [
        pattern(
            r"(?:^|[\s、。はの])(?P<name>[\p{Han}\p{Katakana}ー々]{1,8}[ ・]?[\p{Han}\p{Katakana}\p{Hiragana}ー々A-Za-z]{0,8}|[\p{Hiragana}]{2,12}|[A-Za-z]+(?: [A-Za-z]+)?) ?(?:と申し|ともうし|と言います|といいます)",
        ),
        pattern(&format!(r"(?:名前|氏名|なまえ|名まえ|名義人?) ?(?:は|:|=|が) ?{name}{end}")),
        pattern(&format!(
            r"(?:私|わたくし|わたし|僕|ぼく|俺|おれ|自分|当方|こちら|母|父|妻|夫|息子|娘|祖母|祖父)は ?{name}(?: ?(?:です|でございます|と申|ともうし|といい|と言い))"
        )),
        pattern(
            r"(?i:my name is|my name's|name is|name ?[:=]|i am called|call me|this is) ?(?P<name>[\p{L}'-]+(?: [\p{Lu}][\p{L}'-]+){0,3})",
        ),
        pattern(
            r"(?i:me llamo|meu nome é|meu nome e|eu me chamo|tên tôi là|tôi tên là|ten toi la|ang pangalan ko ay|pangalan ko ay) (?P<name>[\p{L}'-]+(?: [\p{Lu}][\p{L}'-]+){0,3})",
        ),
        pattern(
            r"(?:我叫|我的名字是|我是|제 이름은 ?|저는 ?)(?P<name>[\p{Han}]{2,4}|[\p{Hangul}]{2,4})(?:입니다|이라고|라고|[,，。.、\s]|$)",
        ),
    ]
});

/// Words that stand where a name could: what somebody is, and what is asked.
fn is_no_name(name: &str) -> bool {
    const WORDS: &str = "市民 区民 町民 住民 県民 国人 本人 社会人 老人 成人 一人 独り 大人 病人 者 員 婦 歳 才 国籍 職 \
         学生 大学 高校 中学 小学 独身 未婚 既婚 妊娠 主婦 主夫 年金 生活 保護 自営 会社 母子 父子 母親 父親 \
         両親 親 ひとり フリー パート バイト アルバイト 日本 ベトナム ブラジル フィリピン 中国 韓国 必要 何 どう \
         どこ いつ なん だれ 誰 変 可能 不要 旧姓 ローマ字 ふりがな 以前 これ それ ここ 窓口 市役所 電話 住所 \
         免除 対象 入院 引越 引っ越し 転入 転出 休み 無料 有料 男 女 不在 亡 死亡 元気 介護 認知 要支援 車 \
         犬 猫";
    const ENGLISH: &str = "a an the not my for in on about urgent required needed \
         wrong different changed it this that what too so very is \
         correct possible free still";
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    name.is_empty()
        || name.contains('〔')
        || ENGLISH.split(' ').any(|word| word == first)
        || WORDS.split(' ').any(|word| name.contains(word))
}

#[cfg(test)]
mod tests;
