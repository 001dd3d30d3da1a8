//! Days as people write them, in the eight languages.

use std::ops::Range;

use jiff::civil::Weekday;

use super::scan::narrow;
use crate::domain::language::Language;

/// A day as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The bytes, with the day of the week if there is one.
    pub range: Range<usize>,
    /// The year, if it is said.
    pub year: Option<i16>,
    /// 1 to 12, or what was written.
    pub month: i8,
    /// 1 to 31, or what was written.
    pub day: i8,
    /// The day of the week, if exactly one is said.
    pub weekday: Option<Weekday>,
}

/// Every day of a text.
pub fn find(language: Language, text: &str) -> Vec<Said> {
    let signs: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, narrow(c))).collect();
    let mut found: Vec<Said> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let mut cursor = Cursor { signs: &signs, at, end: text.len() };
        let known = found.last().filter(|last| !text[last.range.end..cursor.byte()].contains('\n')).cloned();
        let begins = at == 0 || !continues(signs[at - 1].1, signs[at].1);
        match begins.then(|| cursor.day(language, known.as_ref())).flatten() {
            Some(said) => {
                at = cursor.at.max(at + 1);
                let weekday = said.weekday.or_else(|| day_before(language, &text[..said.range.start]));
                found.push(Said { weekday, ..said });
            }
            None => at += 1,
        }
    }
    found
}

/// The day of the week before a day: `Monday, October 5`.
fn day_before(language: Language, before: &str) -> Option<Weekday> {
    if !matches!(language, Language::En | Language::Vi | Language::Pt | Language::Tl) {
        return None;
    }
    let before = before.trim_end_matches([',', ' ', '.']).to_lowercase();
    let word = before.rsplit(|c: char| !c.is_alphabetic() && c != '-').next()?;
    let is_day =
        |name: &str| word == name || (language == Language::En && word.len() == 3 && name.starts_with(word));
    let at = week_names(language).iter().position(|name| is_day(name))?;
    WEEK.get(at).copied()
}

/// Whether a sign only goes on with the number or the word before it.
fn continues(before: char, sign: char) -> bool {
    let both = |is: fn(&char) -> bool| is(&before) && is(&sign);
    both(char::is_ascii_digit)
        || both(char::is_ascii_alphabetic)
        || (sign.is_ascii_digit() && matches!(before, '.' | '/' | '-'))
}

struct Cursor<'a> {
    signs: &'a [(usize, char)],
    at: usize,
    end: usize,
}

/// Eras: their names, and the year before their first.
const ERAS: [(&str, i16); 3] = [("令和", 2018), ("平成", 1988), ("昭和", 1925)];
const YEAR: [char; 2] = ['年', '년'];
const MONTH: [char; 2] = ['月', '월'];
const DAY: [char; 3] = ['日', '일', '号'];

impl Cursor<'_> {
    fn byte(&self) -> usize {
        self.signs.get(self.at).map_or(self.end, |(byte, _)| *byte)
    }

    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).map(|(_, c)| *c)
    }

    fn blanks(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    /// Tries something; where it fails, nothing was read.
    fn try_read<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = before;
        }
        found
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let sign = self.peek().filter(|sign| signs.contains(sign))?;
        self.at += 1;
        Some(sign)
    }

    /// A whole number of at most four digits.
    fn number(&mut self) -> Option<i16> {
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = &self.signs[from..self.at];
        let text: String = digits.iter().map(|(_, c)| *c).collect();
        if (1..=4).contains(&digits.len()) { text.parse().ok() } else { None }
    }

    /// A number, a sign, and blanks on both sides.
    fn counted(&mut self, signs: &[char]) -> Option<i16> {
        self.try_read(|cursor| {
            let number = cursor.number()?;
            cursor.blanks();
            cursor.one_of(signs)?;
            Some(number)
        })
    }

    fn word(&mut self) -> Option<String> {
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_alphabetic() && !is_ideograph(c)) {
            self.at += 1;
        }
        let word: String = self.signs[from..self.at].iter().map(|(_, c)| *c).collect();
        (!word.is_empty()).then_some(word)
    }

    fn day(&mut self, language: Language, known: Option<&Said>) -> Option<Said> {
        let from = self.byte();
        let (year, month, day) = self
            .try_read(Self::with_signs)
            .or_else(|| self.try_read(Self::numeric))
            .or_else(|| self.try_read(|cursor| cursor.named(language)))
            .or_else(|| self.try_read(Self::slashed))
            .or_else(|| self.try_read(|cursor| cursor.bare(known?)))?;
        let weekday = self.try_read(|cursor| cursor.weekday(language)).flatten();
        Some(Said { range: from..self.last_byte(), year, month: small(month), day: small(day), weekday })
    }

    /// The end of what was read.
    fn last_byte(&self) -> usize {
        self.byte()
    }

    /// 2026年10月5日, 令和8年10月5日, 10月5日, 10월 5일.
    fn with_signs(&mut self) -> Option<(Option<i16>, i16, i16)> {
        let era = ERAS.iter().find(|(name, _)| self.starts_with(name));
        let year = match era {
            Some((name, before)) => {
                self.at += name.chars().count();
                self.blanks();
                let first = self.one_of(&['元']).map(|_| 1);
                let number = match first {
                    Some(first) => first,
                    None => self.number()?,
                };
                self.one_of(&YEAR)?;
                Some(before + number)
            }
            None => self.counted(&YEAR).filter(|year| (1900..2200).contains(year)),
        };
        self.blanks();
        let month = self.counted(&MONTH)?;
        self.blanks();
        let day = self.counted(&DAY)?;
        // 10月5日間 and 1月1日号 are no days.
        (self.peek() != Some('間')).then_some((year, month, day))
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.signs.get(self.at + n).is_some_and(|(_, sign)| *sign == c))
    }

    /// 2026/10/5, 2026-10-05.
    fn numeric(&mut self) -> Option<(Option<i16>, i16, i16)> {
        let year = self.number().filter(|year| (1900..2200).contains(year))?;
        let sign = self.one_of(&['/', '-'])?;
        let month = self.number()?;
        self.one_of(&[sign])?;
        let day = self.number()?;
        let goes_on = self.peek().is_some_and(|c| c.is_ascii_digit() || c == sign);
        (!goes_on && month <= 99 && day <= 99).then_some((Some(year), month, day))
    }

    /// 10/5(月): only with a day of the week, since a half is written like that too. Vietnamese and Portuguese
    /// put the day first.
    fn slashed(&mut self) -> Option<(Option<i16>, i16, i16)> {
        let first = self.number()?;
        self.one_of(&['/'])?;
        let second = self.number()?;
        let before = self.at;
        self.blanks();
        let has_weekday = self.peek() == Some('(')
            && Language::ALL
                .iter()
                .any(|language| self.try_read(|cursor| cursor.weekday(*language)).flatten().is_some());
        self.at = before;
        has_weekday.then_some((None, first, second)).filter(|(_, month, day)| *month <= 12 && *day <= 31)
    }

    /// 6日(火) after another day of the same line.
    fn bare(&mut self, known: &Said) -> Option<(Option<i16>, i16, i16)> {
        let day = self.counted(&['日'])?;
        let before = self.at;
        self.weekday(Language::Ja)?;
        self.at = before;
        Some((known.year, known.month.into(), day))
    }

    /// October 5, 2026; 5 de outubro de 2026; Oktubre 5; ngày 5 tháng 10 năm 2026. A day of the week may stand before.
    fn named(&mut self, language: Language) -> Option<(Option<i16>, i16, i16)> {
        let months = months(language)?;
        let month_of = |word: &str| {
            let short = word.to_lowercase();
            let at = months.iter().position(|month| {
                short == *month || (language == Language::En && short.len() == 3 && month.starts_with(&short))
            })?;
            // A month begins with a capital where that is the rule; "may 5 people come" is no day.
            let is_written = language != Language::En || word.starts_with(|c: char| c.is_uppercase());
            is_written.then(|| i16::try_from(at).map_or(0, |at| at + 1))
        };
        if let Some(word) = self.word() {
            let month = month_of(&word)?;
            self.one_of(&['.']);
            self.blanks();
            let day = self.number().filter(|day| *day < 100)?;
            if self.peek().is_some_and(char::is_alphabetic) {
                self.word().filter(|end| ["st", "nd", "rd", "th"].contains(&end.as_str()))?;
            }
            return Some((self.said_year(), month, day));
        }
        let day = self.number().filter(|day| *day < 100)?;
        self.blanks();
        let mut word = self.word()?;
        if word == "tháng" && language == Language::Vi {
            self.blanks();
            let month = self.number()?;
            return Some((self.said_year(), month, day));
        }
        if word == "de" {
            self.blanks();
            word = self.word()?;
        }
        let month = month_of(&word)?;
        Some((self.said_year(), month, day))
    }

    /// A year after a day: `, 2026`, `de 2026`, `năm 2026`.
    fn said_year(&mut self) -> Option<i16> {
        self.try_read(|cursor| {
            cursor.one_of(&[',']);
            cursor.blanks();
            if let Some(word) = cursor.word() {
                ["de", "năm"].contains(&word.as_str()).then_some(())?;
                cursor.blanks();
            }
            cursor.number().filter(|year| (1900..2200).contains(year))
        })
    }

    /// A day of the week behind a day. `Some(None)`: something of the kind, but not exactly one.
    #[expect(clippy::option_option, reason = "nothing was read, or nothing certain was")]
    fn weekday(&mut self, language: Language) -> Option<Option<Weekday>> {
        self.blanks();
        if self.one_of(&['(']).is_some() {
            let from = self.at;
            while self.peek().is_some_and(|c| c != ')' && c != '\n' && self.at - from < 20) {
                self.at += 1;
            }
            let inside: String = self.signs[from..self.at].iter().map(|(_, c)| *c).collect();
            self.one_of(&[')'])?;
            return days_of(language, inside.trim());
        }
        let from = self.at;
        let sign = self.peek()?;
        let day = japanese(sign)?;
        self.at = from + 1;
        self.one_of(&['曜'])?;
        self.one_of(&['日']);
        Some(Some(day))
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn small(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

fn japanese(sign: char) -> Option<Weekday> {
    let at = "月火水木金土日".chars().position(|day| day == sign)?;
    WEEK.get(at).copied()
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The one day of the week that stands in brackets; `None`: something else stands there.
#[expect(clippy::option_option, reason = "something else, or several days")]
fn days_of(language: Language, inside: &str) -> Option<Option<Weekday>> {
    match language {
        Language::Ja | Language::JaEasy => {
            let rest = ["祝日", "休日", "曜日", "曜", "祝", "休", "振替"]
                .iter()
                .fold(inside.to_owned(), |rest, word| rest.replace(word, ""));
            let days: Vec<char> = rest.chars().filter(|c| !"・、,/~〜-･ ".contains(*c)).collect();
            let all = days.iter().all(|c| japanese(*c).is_some());
            match days.as_slice() {
                [] => None,
                _ if !all => None,
                [day] => Some(japanese(*day)),
                _ => Some(None),
            }
        }
        Language::Zh => {
            let day = ["星期", "周", "週", "礼拜"].iter().find_map(|before| inside.strip_prefix(before))?;
            let at = "一二三四五六日".chars().position(|known| day.starts_with(known));
            let at = at.or_else(|| day.starts_with('天').then_some(6))?;
            Some(WEEK.get(at).copied().filter(|_| day.chars().count() == 1))
        }
        Language::Ko => {
            let at = "월화수목금토일".chars().position(|known| inside.starts_with(known))?;
            let rest: String = inside.chars().skip(1).collect();
            Some(WEEK.get(at).copied().filter(|_| rest.is_empty() || rest == "요일"))
        }
        Language::En | Language::Vi | Language::Pt | Language::Tl => {
            let names = week_names(language);
            let inside = inside.to_lowercase();
            let inside = inside.trim_end_matches('.');
            let at = names.iter().position(|name| {
                inside == *name
                    || (inside.chars().count() >= 3 && name.starts_with(inside) && language != Language::Vi)
            })?;
            Some(WEEK.get(at).copied())
        }
    }
}

fn week_names(language: Language) -> [&'static str; 7] {
    match language {
        Language::Vi => ["thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"],
        Language::Pt => [
            "segunda-feira",
            "terça-feira",
            "quarta-feira",
            "quinta-feira",
            "sexta-feira",
            "sábado",
            "domingo",
        ],
        Language::Tl => ["lunes", "martes", "miyerkules", "huwebes", "biyernes", "sabado", "linggo"],
        _ => ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    }
}

fn months(language: Language) -> Option<[&'static str; 12]> {
    match language {
        Language::En => Some([
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]),
        Language::Pt => Some([
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ]),
        Language::Tl => Some([
            "enero",
            "pebrero",
            "marso",
            "abril",
            "mayo",
            "hunyo",
            "hulyo",
            "agosto",
            "setyembre",
            "oktubre",
            "nobyembre",
            "disyembre",
        ]),
        // Only the form with tháng.
        Language::Vi => Some([""; 12]),
        _ => None,
    }
}
