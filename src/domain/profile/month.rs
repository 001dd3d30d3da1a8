//! A month of a year, and children by month: ages are never stored, so they advance by themselves.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::id::InvalidId;

/// A month, written `2026-11`; from 1900-01 to 2199-12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

impl Month {
    /// The earliest.
    pub const FIRST: Self = Self(1900 * 12);
    /// The latest.
    pub const LAST: Self = Self(2199 * 12 + 11);

    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self::from_number(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    /// Months since January of the year 0; what lies outside becomes the nearest that there is.
    pub fn from_number(number: i32) -> Self {
        Self(number.clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// Months since January of the year 0.
    pub fn number(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl FromStr for Month {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId::new(text, "a month from 1900-01 to 2199-12, written like 2026-11");
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).filter(|digits| digits.iter().all(u8::is_ascii_digit))
        };
        if text.len() != 7 || bytes[4] != b'-' || digits(0..4).is_none() || digits(5..7).is_none() {
            return Err(invalid());
        }
        let (year, month) = (text[..4].parse::<i32>(), text[5..].parse::<i32>());
        match (year, month) {
            (Ok(year @ 1900..=2199), Ok(month @ 1..=12)) => Ok(Self(year * 12 + month - 1)),
            _ => Err(invalid()),
        }
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// What is known of a child's birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Birth {
    /// Born in that month.
    #[serde(rename = "b")]
    Born(Month),
    /// Expected in that month, as it was said. When the month has passed it counts as the month of birth,
    /// until somebody corrects it.
    #[serde(rename = "e")]
    Expected(Month),
}

/// The least age that can be asked for: ten months before the month of birth.
pub const LEAST_AGE: i32 = -10;
/// The greatest age that can be asked for, in months: a hundred years.
pub const MOST_AGE: i32 = 1_200;

impl Birth {
    /// The age in whole months on a day: 0 in the month of birth, below 0 before it. Somebody expected is
    /// below 0 until the expected month has passed: -1 in that month, -2 in the month before.
    pub fn age(self, on: Date) -> i32 {
        let now = Month::of(on).0;
        match self {
            Self::Born(month) => now - month.0,
            Self::Expected(month) if now > month.0 => now - month.0,
            Self::Expected(month) => now - month.0 - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_back_and_nothing_else_is_one() {
        for text in ["1900-01", "2026-11", "2199-12"] {
            assert_eq!(text.parse::<Month>().unwrap().to_string(), text);
        }
        for text in
            ["", "1899-12", "2200-01", "2026-00", "2026-13", "2026-1", "+026-11", "2026/11", "２０26-11"]
        {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        let day = jiff::civil::date(2026, 11, 25);
        assert_eq!(Month::of(day).to_string(), "2026-11");
    }

    #[test]
    fn somebody_expected_is_born_when_the_month_has_passed() {
        let on = |year, month| jiff::civil::date(year, month, 15);
        let expected = Birth::Expected("2027-01".parse().unwrap());
        let born = Birth::Born("2027-01".parse().unwrap());
        assert_eq!([expected.age(on(2026, 12)), born.age(on(2026, 12))], [-2, -1]);
        assert_eq!([expected.age(on(2027, 1)), born.age(on(2027, 1))], [-1, 0]);
        assert_eq!([expected.age(on(2027, 2)), born.age(on(2027, 2))], [1, 1]);
        assert_eq!(expected.age(on(2030, 1)), 36);
    }
}
