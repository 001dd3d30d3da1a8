//! Fiscal years of Japanese administrations: from 1 April to 31 March, named by the year in which they begin.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::time::Date;

/// Years of eras and the last of them that is named after it: a fiscal year has one name from April to March, which is why
/// all of 2019 is 令和元年度 (Cabinet Secretariat, 2 April 2019).
const ERAS: [(i16, &str); 3] = [(2019, "令和"), (1989, "平成"), (1926, "昭和")];

/// A fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct FiscalYear(i16);

impl FiscalYear {
    /// The years that are known.
    const KNOWN: std::ops::RangeInclusive<i16> = 1950..=2200;

    /// The year that begins in April of this one; `None`: nobody plans so far, or looks so far back.
    pub fn new(year: i16) -> Option<Self> {
        Self::KNOWN.contains(&year).then_some(Self(year))
    }

    /// The year in which a day lies.
    pub fn of(day: Date) -> Self {
        let year = if day.month() >= 4 { day.year() } else { day.year() - 1 };
        Self(year.clamp(*Self::KNOWN.start(), *Self::KNOWN.end()))
    }

    /// The year in which it begins.
    pub fn number(self) -> i16 {
        self.0
    }

    /// 1 April.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.0, 4, 1)
    }

    /// 31 March of the year after.
    pub fn last_day(self) -> Date {
        jiff::civil::date(self.0 + 1, 3, 31)
    }

    /// The year after.
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// Whether it is over: on the day after its last.
    pub fn is_over(self, today: Date) -> bool {
        today > self.last_day()
    }

    /// The era's name and the year within it, 1 for 元年.
    pub fn era(self) -> (&'static str, i16) {
        let (begins, name) = ERAS.into_iter().find(|(begins, _)| self.0 >= *begins).unwrap_or(ERAS[2]);
        (name, self.0 - begins + 1)
    }

    /// Its Japanese name, 令和7年度 or 令和元年度.
    pub fn japanese(self) -> String {
        match self.era() {
            (era, 1) => format!("{era}元年度"),
            (era, year) => format!("{era}{year}年度"),
        }
    }
}

/// `FY2025`.
impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FY{}", self.0)
    }
}

impl TryFrom<i16> for FiscalYear {
    type Error = &'static str;

    fn try_from(year: i16) -> Result<Self, Self::Error> {
        Self::new(year).ok_or("a fiscal year from 1950 to 2200")
    }
}

impl From<FiscalYear> for i16 {
    fn from(year: FiscalYear) -> Self {
        year.0
    }
}

/// A day in the Japanese calendar, 令和8年11月28日. Days before the Shōwa era keep their year.
pub fn japanese_day(day: Date) -> String {
    use jiff::civil::date;
    let eras = [(date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和")];
    let rest = format!("{}月{}日", day.month(), day.day());
    match eras.into_iter().find(|(begins, _)| day >= *begins) {
        Some((begins, era)) if day.year() == begins.year() => format!("{era}元年{rest}"),
        Some((begins, era)) => format!("{era}{}年{rest}", day.year() - begins.year() + 1),
        None => format!("{}年{rest}", day.year()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_begins_on_1_april_and_ends_on_31_march() {
        let year = FiscalYear::of(date(2026, 3, 31));
        assert_eq!(
            (year.number(), year.first_day(), year.last_day()),
            (2025, date(2025, 4, 1), date(2026, 3, 31))
        );
        assert_eq!(FiscalYear::of(date(2026, 4, 1)), year.next().unwrap());
        assert!(!year.is_over(date(2026, 3, 31)) && year.is_over(date(2026, 4, 1)));
        assert_eq!((FiscalYear::new(1949), FiscalYear::new(2201)), (None, None));
        assert_eq!(FiscalYear::of(date(9999, 1, 1)).number(), 2200);
        assert_eq!(year.to_string(), "FY2025");
    }

    #[test]
    fn names_of_years_and_days_in_the_japanese_calendar() {
        let year = |number| FiscalYear::new(number).unwrap().japanese();
        assert_eq!(year(2025), "令和7年度");
        assert_eq!(year(2019), "令和元年度");
        assert_eq!(year(2018), "平成30年度");
        assert_eq!(year(1989), "平成元年度");
        assert_eq!(year(1988), "昭和63年度");
        assert_eq!(japanese_day(date(2026, 11, 28)), "令和8年11月28日");
        assert_eq!(japanese_day(date(2019, 5, 1)), "令和元年5月1日");
        assert_eq!(japanese_day(date(2019, 4, 30)), "平成31年4月30日");
        assert_eq!(japanese_day(date(1989, 1, 7)), "昭和64年1月7日");
    }

    #[test]
    fn a_stored_year_is_read_back_and_no_other_number_is_one() {
        let year: FiscalYear = serde_json::from_str("2025").unwrap();
        assert_eq!(serde_json::to_string(&year).unwrap(), "2025");
        assert!(serde_json::from_str::<FiscalYear>("25").is_err());
    }
}
