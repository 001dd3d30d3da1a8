//! What is known of one day: what LINE said, and our own counts. Every fold here gives the same however often and in
//! whatever order of turns it is applied, so that whoever collects may be killed anywhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FigureName, Measure};
use crate::domain::{
    audit::Link,
    time::{Date, Timestamp},
};

/// So many corrections of a day are kept; LINE was never seen to make more than a few.
const MOST_CORRECTIONS: usize = 20;

/// The numbers of a day (Messaging API, "Get number of followers"). One that is missing LINE does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineFigures {
    /// How many people ever added the account. It never falls.
    pub followers: Option<u64>,
    /// How many people block it.
    pub blocks: Option<u64>,
    /// How many people LINE can reach by what it supposes of them.
    pub reaches: Option<u64>,
}

impl LineFigures {
    /// Friends as far as these numbers allow: `followers` − `blocks`.
    pub fn friends(self) -> Option<u64> {
        self.followers?.checked_sub(self.blocks?)
    }

    /// Whether there was anybody at all.
    pub fn is_empty(self) -> bool {
        self.followers.unwrap_or(0) == 0
    }

    /// A number that was known and is not told any more stays.
    fn over(self, before: Self) -> Self {
        Self {
            followers: self.followers.or(before.followers),
            blocks: self.blocks.or(before.blocks),
            reaches: self.reaches.or(before.reaches),
        }
    }
}

/// What LINE said of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// The numbers are ready.
    Ready(LineFigures),
    /// They are not ready yet, usually for a day.
    Unready,
    /// There are none: the day is from before the account, or LINE counted nothing that day.
    OutOfService,
    /// Something that its documentation does not name, in a few words.
    Unknown(String),
}

impl Said {
    /// Its name in answers of commands and in pages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ready(_) => "ready",
            Self::Unready => "unready",
            Self::OutOfService => "out_of_service",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// Numbers that LINE gave before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What it said before.
    pub before: LineFigures,
    /// When it said otherwise for the first time.
    pub at: Timestamp,
}

/// What LINE said of a day, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What counts.
    pub said: Said,
    /// When it was asked last.
    pub asked: Timestamp,
    /// How often it was asked.
    pub times: u32,
    /// What it had said before, the first first.
    pub corrections: Vec<Correction>,
}

/// Our own counts of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// When they were counted.
    pub counted: Timestamp,
    /// What is known; what is missing is a gap.
    pub counts: BTreeMap<FigureName, u64>,
}

/// What is known of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day: of Japan (UTC+9) in what LINE says, of the city in what we count.
    pub day: Date,
    /// What LINE said; `None`: it was never asked, or never answered.
    pub line: Option<Line>,
    /// What we counted.
    pub own: Option<Own>,
}

impl Day {
    /// A day of which nothing is known.
    pub fn new(day: Date) -> Self {
        Self { day, line: None, own: None }
    }

    /// LINE has said something of it. Numbers are never replaced by a word that there are none; other numbers are a
    /// correction, and what they were before is kept. What was said earlier than the last answer has no effect.
    pub fn hear(&mut self, said: Said, at: Timestamp) {
        let Some(line) = &mut self.line else {
            self.line = Some(Line { said, asked: at, times: 1, corrections: Vec::new() });
            return;
        };
        if at <= line.asked {
            return;
        }
        (line.asked, line.times) = (at, line.times.saturating_add(1));
        line.said = match (&line.said, said) {
            (Said::Ready(before), Said::Ready(now)) => {
                let now = now.over(*before);
                if now != *before && line.corrections.len() < MOST_CORRECTIONS {
                    line.corrections.push(Correction { before: *before, at });
                }
                Said::Ready(now)
            }
            (Said::Ready(before), _) => Said::Ready(*before),
            (_, said) => said,
        };
    }

    /// We have counted it. How many there were at its end is what was counted first; what happened on it is what was
    /// counted last.
    pub fn count(&mut self, own: Own) {
        let Some(known) = &mut self.own else {
            self.own = Some(own);
            return;
        };
        if own.counted <= known.counted {
            return;
        }
        known.counted = own.counted;
        for (name, count) in own.counts {
            match name.measure() {
                Measure::State => known.counts.entry(name).or_insert(count),
                Measure::Daily => {
                    known.counts.entry(name).and_modify(|known| *known = count).or_insert(count)
                }
            };
        }
    }

    /// The numbers of LINE, if they are there.
    pub fn of_line(&self) -> Option<LineFigures> {
        match self.line.as_ref()?.said {
            Said::Ready(figures) => Some(figures),
            _ => None,
        }
    }

    /// A figure of the day; `None`: it is not known.
    pub fn value(&self, name: &FigureName) -> Option<u64> {
        match name {
            FigureName::Friends => self.of_line()?.friends(),
            FigureName::LineFollowers => self.of_line()?.followers,
            FigureName::LineBlocks => self.of_line()?.blocks,
            FigureName::LineReaches => self.of_line()?.reaches,
            own => self.own.as_ref()?.counts.get(own).copied(),
        }
    }

    /// Every figure of which anything is known, with its value.
    pub fn values(&self) -> impl Iterator<Item = (FigureName, u64)> + '_ {
        let of_line =
            [FigureName::Friends, FigureName::LineFollowers, FigureName::LineBlocks, FigureName::LineReaches];
        let of_line = of_line.into_iter().filter_map(|name| self.value(&name).map(|value| (name, value)));
        let own = self.own.iter().flat_map(|own| &own.counts);
        of_line.chain(own.map(|(name, value)| (name.clone(), *value)))
    }
}

/// The number of a series within its account, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeriesNo(pub u32);

/// The days of one LINE official account. Another account behind the same name begins another series: their figures
/// are never mixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Which.
    pub no: SeriesNo,
    /// The hash of the account's own user id at LINE; `None`: LINE has not said yet whose it is.
    pub channel: Option<Link>,
    /// The account's public id, `@…`; empty: LINE has not said it.
    pub name: String,
    /// When it began.
    pub began: Timestamp,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn ready(followers: u64, blocks: u64) -> Said {
        Said::Ready(LineFigures { followers: Some(followers), blocks: Some(blocks), reaches: None })
    }

    #[test]
    fn numbers_stay_whatever_is_said_later_and_corrections_keep_what_was() {
        let mut day = Day::new(date(2026, 11, 1));
        assert_eq!(day.value(&FigureName::Friends), None);
        day.hear(Said::Unready, at(1));
        assert_eq!(day.value(&FigureName::LineFollowers), None, "a gap is no 0");
        day.hear(ready(100, 7), at(2));
        for (second, said) in
            [(3, Said::Unready), (4, Said::OutOfService), (5, Said::Unknown("closed".into()))]
        {
            day.hear(said, at(second));
            assert_eq!(day.value(&FigureName::Friends), Some(93));
        }
        day.hear(ready(120, 7), at(4));
        assert_eq!(day.value(&FigureName::Friends), Some(93), "an answer from before the last one");
        day.hear(ready(120, 7), at(6));
        day.hear(ready(120, 7), at(7));
        let line = day.line.clone().unwrap();
        assert_eq!((day.value(&FigureName::Friends), line.times, line.asked), (Some(113), 7, at(7)));
        let before = LineFigures { followers: Some(100), blocks: Some(7), reaches: None };
        assert_eq!(line.corrections, [Correction { before, at: at(6) }]);
    }

    #[test]
    fn a_number_that_is_told_no_more_stays_and_more_blocks_than_followers_are_no_friends() {
        let mut day = Day::new(date(2026, 11, 1));
        day.hear(ready(100, 7), at(1));
        day.hear(Said::Ready(LineFigures { followers: Some(100), ..LineFigures::default() }), at(2));
        assert_eq!(day.value(&FigureName::LineBlocks), Some(7));
        assert!(day.line.as_ref().unwrap().corrections.is_empty());
        day.hear(ready(5, 7), at(3));
        assert_eq!(day.value(&FigureName::Friends), None);
    }

    #[test]
    fn what_there_was_is_what_was_counted_first_and_what_happened_is_what_was_counted_last() {
        let own = |second, list: &[(FigureName, u64)]| Own {
            counted: at(second),
            counts: list.iter().cloned().collect(),
        };
        let mut day = Day::new(date(2026, 11, 1));
        day.count(own(5, &[(FigureName::OwnFriends, 10), (FigureName::Questions, 3)]));
        day.count(own(9, &[(FigureName::OwnFriends, 99), (FigureName::Questions, 4), (FigureName::Taps, 1)]));
        day.count(own(7, &[(FigureName::Questions, 1)]));
        let values: Vec<_> = day.values().collect();
        assert_eq!(values, [(FigureName::OwnFriends, 10), (FigureName::Questions, 4), (FigureName::Taps, 1)]);
        let stored = serde_json::to_string(&day).unwrap();
        assert_eq!(serde_json::from_str::<Day>(&stored).unwrap(), day);
    }
}
