//! How many people live in the city, by ward and age: what reach is measured against.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{attribute::ChoiceId, staff::Line, time::Date};

/// The most tables of an account; the one of the earliest day goes when another comes.
pub const MOST_TABLES: usize = 10;
/// The most lines of a table: 100 wards of 110 years each, and both sexes.
pub const MOST_CELLS: usize = 22_000;
/// The oldest age that is written.
pub const OLDEST: u8 = 150;

/// Ages as reach is shown, in whole years, both included: those by which children are counted in segments (before
/// school, primary school, up to 17), and adults by the usual steps of Japan's statistics (working age, 65, 75).
pub const BANDS: [(u8, u8); 9] =
    [(0, 0), (1, 2), (3, 5), (6, 11), (12, 17), (18, 39), (40, 64), (65, 74), (75, OLDEST)];

/// People of one ward and age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Where.
    pub ward: ChoiceId,
    /// The youngest of them, in whole years.
    pub from: u8,
    /// The oldest of them.
    pub to: u8,
    /// How many.
    pub people: u64,
}

/// Where the numbers are from, as people read it, for example 住民基本台帳.
pub type SourceName = Line<80>;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// The day on which people were counted.
    pub as_of: Date,
    /// Where the numbers are from.
    pub source: SourceName,
    /// People by ward and age. A ward and age may stand in several cells, of men and of women for example.
    pub cells: Vec<Cell>,
}

impl Population {
    /// Everybody.
    pub fn total(&self) -> u64 {
        self.cells.iter().map(|cell| cell.people).sum()
    }

    /// Everybody of each ward.
    pub fn by_ward(&self) -> BTreeMap<ChoiceId, u64> {
        let mut wards = BTreeMap::new();
        for cell in &self.cells {
            *wards.entry(cell.ward.clone()).or_default() += cell.people;
        }
        wards
    }

    /// Everybody of each of [`BANDS`]; `None` where the table's steps do not fit: a step of 0 to 4 is not split.
    pub fn by_band(&self) -> [Option<u64>; BANDS.len()] {
        BANDS.map(|(from, to)| {
            let touching = self.cells.iter().filter(|cell| cell.from <= to && from <= cell.to);
            touching.map(|cell| (from <= cell.from && cell.to <= to).then_some(cell.people)).sum()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[(&str, u8, u8, u64)]) -> Population {
        let cell = |(ward, from, to, people): &(&str, u8, u8, u64)| Cell {
            ward: ward.parse().unwrap(),
            from: *from,
            to: *to,
            people: *people,
        };
        Population {
            as_of: jiff::civil::date(2026, 10, 1),
            source: "住民基本台帳".parse().unwrap(),
            cells: cells.iter().map(cell).collect(),
        }
    }

    #[test]
    fn bands_join_each_other_and_leave_nobody_out() {
        let mut next = 0;
        for (from, to) in BANDS {
            assert_eq!(from, next);
            next = to + 1;
        }
        assert_eq!(next, OLDEST + 1);
    }

    #[test]
    fn single_years_fill_every_band_and_coarse_steps_those_that_they_fit() {
        let years: Vec<_> =
            (0..=100).map(|age| ("kita", age, if age == 100 { OLDEST } else { age }, 10)).collect();
        let single = table(&years).by_band();
        assert_eq!(single.map(Option::unwrap).iter().sum::<u64>(), 1_010);
        assert_eq!(single[..4], [Some(10), Some(20), Some(30), Some(60)]);
        let coarse = table(&[
            ("kita", 0, 14, 100),
            ("kita", 15, 64, 500),
            ("minami", 65, 74, 90),
            ("kita", 75, OLDEST, 80),
        ]);
        assert_eq!(coarse.by_band(), [None, None, None, None, None, None, None, Some(90), Some(80)]);
        assert_eq!(coarse.total(), 770);
        assert_eq!(coarse.by_ward().values().copied().collect::<Vec<_>>(), [680, 90]);
    }
}
