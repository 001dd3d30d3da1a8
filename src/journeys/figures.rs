//! What was asked and how it went, in numbers: the daily counts of a time, put together for people.
//!
//! The console's pages and CSV files read it. Every number counts events, not persons: nothing here can be
//! traced to a resident, so small numbers are not hidden either.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use super::Ctx;
use crate::{
    domain::{
        id::IntentId,
        language::Localized,
        settlement::Outcome,
        staff::{Actor, rights::SeeFigures},
    },
    intent::{MatterId, SAFETY_KINDS, Snapshot},
    store::{DayCounts, StoreError},
};

/// The times that end today and can be chosen, in days.
pub const LENGTHS: [i32; 3] = [7, 28, 91];
/// How many months back can be chosen.
pub const MONTHS: i32 = 24;

/// The name under which questions for other municipalities are counted (`intent::elsewhere::Whose::name`).
pub const OTHER_MUNICIPALITIES: &str = "municipality";

/// The days that are looked at, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// The last days, today included.
    pub fn last(days: i32, today: Date) -> Self {
        Self { from: today.saturating_sub((days - 1).days()), to: today }
    }

    /// Reads one of [`Self::choices`]; `None` for any other text.
    pub fn read(code: &str, today: Date) -> Option<Self> {
        Self::choices(today).into_iter().find(|(choice, _)| choice == code).map(|(_, period)| period)
    }

    /// What can be chosen, under codes for addresses: `7`, `28`, `91`, and months as `2026-11`, this month
    /// first.
    pub fn choices(today: Date) -> Vec<(String, Self)> {
        let last = LENGTHS.into_iter().map(|days| (days.to_string(), Self::last(days, today)));
        let months = (0..=MONTHS).map(|back| {
            let month = today.first_of_month().saturating_sub(back.months());
            let period = Self { from: month, to: month.last_of_month().min(today) };
            (month.strftime("%Y-%m").to_string(), period)
        });
        last.chain(months).collect()
    }

    fn days(self) -> impl Iterator<Item = Date> {
        self.from.series(1.day()).take_while(move |day| *day <= self.to)
    }
}

/// One day, or the sum of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Answers that were given: to a question, or to a choice after the bot had asked back.
    pub answered: u64,
    /// Questions about which the bot asked back.
    pub asked: u64,
    /// Questions that it had no answer to, and choices of which none fitted.
    pub refused: u64,
    /// 「役に立った」.
    pub useful: u64,
    /// 「ちがう」.
    pub wrong: u64,
    /// Taps on links to online procedures.
    pub taps: u64,
}

impl Sums {
    /// Everything that was decided about: a question that was asked back about and then answered is two.
    pub fn questions(&self) -> u64 {
        self.answered + self.asked + self.refused
    }

    fn add(&mut self, name: &str, count: u64) {
        let place = match name {
            "decision.answer" => &mut self.answered,
            "decision.ask" => &mut self.asked,
            "decision.refuse" => &mut self.refused,
            _ if name.starts_with("feedback.useful.") => &mut self.useful,
            _ if name.starts_with("feedback.wrong.") => &mut self.wrong,
            _ if name.starts_with("tap.") => &mut self.taps,
            _ => return,
        };
        *place += count;
    }
}

/// One intent in the whole time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfIntent {
    /// Which.
    pub id: IntentId,
    /// The question in a few words; `None`: the intent is gone.
    pub title: Option<Localized<String>>,
    /// How often it was the answer.
    pub answered: u64,
    /// 「役に立った」.
    pub useful: u64,
    /// 「ちがう」.
    pub wrong: u64,
    /// Taps on its link.
    pub taps: u64,
}

/// The links to online procedures of a topic's intents in the whole time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfTopic {
    /// The topic's name for people; `None`: the intents, or the topic, are gone.
    pub title: Option<Localized<String>>,
    /// How often its intents were the answer.
    pub answered: u64,
    /// Taps on their links.
    pub taps: u64,
}

/// The figures of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Every day, also those without anything.
    pub days: Vec<(Date, Sums)>,
    /// All days together.
    pub total: Sums,
    /// Intents that were answered with, judged or tapped; those that were the answer most often first.
    pub intents: Vec<OfIntent>,
    /// Every topic with taps on links of its intents, most taps first.
    pub topics: Vec<OfTopic>,
    /// Kinds of danger with their title and how often the safety reply was given; the most urgent first.
    pub safety: Vec<(String, Option<Localized<String>>, u64)>,
    /// What was asked and is somebody else's, by the name of the matter, with its title (`None`: the matter
    /// is gone, or it is [`OTHER_MUNICIPALITIES`]), most often first. All of it is among the refused.
    pub elsewhere: Vec<(String, Option<Localized<String>>, u64)>,
    /// How events ended.
    pub outcomes: Vec<(Outcome, u64)>,
}

/// Reads the figures of a time.
pub async fn read(ctx: &Ctx, actor: &Actor<SeeFigures>, period: Period) -> Result<Figures, StoreError> {
    let counted = ctx.store.days(actor.account(), period.from, period.to).await?;
    let snapshot = ctx.library.snapshot(actor.account());
    Ok(sum_up(period, &counted, snapshot.as_deref()))
}

fn sum_up(period: Period, counted: &[DayCounts], snapshot: Option<&Snapshot>) -> Figures {
    let mut days: BTreeMap<Date, Sums> = period.days().map(|day| (day, Sums::default())).collect();
    let mut all: BTreeMap<&str, u64> = BTreeMap::new();
    let mut total = Sums::default();
    for DayCounts { day, counts } in counted {
        let of_day = days.entry(*day).or_default();
        for (name, count) in counts {
            of_day.add(name, *count);
            total.add(name, *count);
            *all.entry(name).or_default() += count;
        }
    }
    let count = |name: &str| all.get(name).copied().unwrap_or(0);
    let safety = SAFETY_KINDS.iter().map(|kind| {
        let title = snapshot.and_then(|snapshot| snapshot.safety(kind)).map(|kind| kind.title.clone());
        ((*kind).to_owned(), title, count(&format!("safety.{kind}")))
    });
    Figures {
        safety: safety.collect(),
        outcomes: Outcome::ALL.iter().map(|outcome| (*outcome, count(outcome.label()))).collect(),
        topics: by_topic(&all, snapshot),
        intents: by_intent(&all, snapshot),
        elsewhere: by_matter(&all, snapshot),
        days: days.into_iter().collect(),
        total,
    }
}

fn by_intent(all: &BTreeMap<&str, u64>, snapshot: Option<&Snapshot>) -> Vec<OfIntent> {
    let mut found: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for (place, prefix) in ["intent.", "feedback.useful.", "feedback.wrong.", "tap."].iter().enumerate() {
        for (name, count) in all.range(*prefix..).take_while(|(name, _)| name.starts_with(prefix)) {
            found.entry(&name[prefix.len()..]).or_default()[place] += count;
        }
    }
    let mut intents: Vec<OfIntent> = found
        .into_iter()
        .map(|(id, [answered, useful, wrong, taps])| {
            let id = IntentId::new(id);
            let intent = snapshot.and_then(|snapshot| snapshot.intent(&id));
            OfIntent { title: intent.map(|intent| intent.title.clone()), id, answered, useful, wrong, taps }
        })
        .collect();
    // Sorted by id so far; a stable sort keeps that among equals.
    intents.sort_by_key(|intent| std::cmp::Reverse((intent.answered, intent.taps)));
    intents
}

fn by_topic(all: &BTreeMap<&str, u64>, snapshot: Option<&Snapshot>) -> Vec<OfTopic> {
    let topic_of = |intent: &str| {
        let intent = snapshot.and_then(|snapshot| snapshot.intent(&IntentId::new(intent)));
        intent.map(|intent| intent.topic.clone())
    };
    let mut found: BTreeMap<Option<String>, [u64; 2]> = BTreeMap::new();
    for (place, prefix) in ["intent.", "tap."].iter().enumerate() {
        for (name, count) in all.range(*prefix..).take_while(|(name, _)| name.starts_with(prefix)) {
            found.entry(topic_of(&name[prefix.len()..])).or_default()[place] += count;
        }
    }
    let title = |id: &String| {
        let topic = snapshot?.topics().iter().find(|topic| topic.id == *id)?;
        Some(topic.title.clone())
    };
    let mut topics: Vec<OfTopic> = found
        .into_iter()
        .map(|(id, [answered, taps])| OfTopic { title: id.as_ref().and_then(title), answered, taps })
        .filter(|topic| topic.taps > 0)
        .collect();
    topics.sort_by_key(|topic| std::cmp::Reverse((topic.taps, topic.answered)));
    topics
}

fn by_matter(
    all: &BTreeMap<&str, u64>,
    snapshot: Option<&Snapshot>,
) -> Vec<(String, Option<Localized<String>>, u64)> {
    const PREFIX: &str = "elsewhere.";
    let counted = all.range(PREFIX..).take_while(|(name, _)| name.starts_with(PREFIX));
    let mut found: Vec<_> = counted
        .map(|(name, count)| {
            let name = name[PREFIX.len()..].to_owned();
            let matter = snapshot.and_then(|snapshot| snapshot.matter(&MatterId(name.clone())));
            (name, matter.map(|matter| matter.title.clone()), *count)
        })
        .collect();
    // Sorted by name so far; a stable sort keeps that among equals.
    found.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_are_read_back_and_nothing_else_is() {
        let today = date(2027, 3, 31);
        let read = |code| Period::read(code, today);
        assert_eq!(read("7"), Some(Period { from: date(2027, 3, 25), to: today }));
        assert_eq!(read("2027-03"), Some(Period { from: date(2027, 3, 1), to: today }));
        assert_eq!(read("2027-02"), Some(Period { from: date(2027, 2, 1), to: date(2027, 2, 28) }));
        assert_eq!(read("2025-03").map(|period| period.from), Some(date(2025, 3, 1)));
        for code in ["", "8", "-1", "2027-04", "2025-02", "2027-3", "9999999999"] {
            assert_eq!(read(code), None, "{code}");
        }
        assert_eq!(Period::last(91, today).days().count(), 91);
    }

    #[test]
    fn counts_become_days_sums_and_intents() {
        let counts = |day, list: &[(&str, u64)]| DayCounts {
            day,
            counts: list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        };
        let counted = [
            counts(
                date(2027, 1, 1),
                &[
                    ("decision.answer", 3),
                    ("elsewhere.driving-licence", 2),
                    ("elsewhere.municipality", 1),
                    ("feedback.wrong.b.two", 1),
                    ("intent.a", 1),
                    ("intent.b.two", 2),
                    ("replied", 5),
                    ("safety.fire", 1),
                ],
            ),
            counts(
                date(2027, 1, 3),
                &[
                    ("decision.ask", 2),
                    ("decision.refuse", 1),
                    ("elsewhere.municipality", 4),
                    ("intent.a", 4),
                    ("tap.a", 7),
                    ("unknown", 1),
                ],
            ),
        ];
        let figures = sum_up(Period { from: date(2027, 1, 1), to: date(2027, 1, 3) }, &counted, None);
        let questions: Vec<u64> = figures.days.iter().map(|(_, sums)| sums.questions()).collect();
        assert_eq!(questions, [3, 0, 3], "a day without counts is there");
        let Sums { answered, asked, refused, useful, wrong, taps } = figures.total;
        assert_eq!([answered, asked, refused, useful, wrong, taps], [3, 2, 1, 0, 1, 7]);
        let intents: Vec<_> =
            figures.intents.iter().map(|i| (i.id.as_str(), i.answered, i.wrong, i.taps)).collect();
        assert_eq!(intents, [("a", 5, 0, 7), ("b.two", 2, 1, 0)]);
        let fire = figures.safety.iter().find(|(kind, ..)| kind == "fire").unwrap();
        assert_eq!(fire.2, 1);
        let elsewhere: Vec<_> =
            figures.elsewhere.iter().map(|(name, _, count)| (name.as_str(), *count)).collect();
        assert_eq!(elsewhere, [(OTHER_MUNICIPALITIES, 5), ("driving-licence", 2)]);
        assert_eq!(figures.outcomes[0], (Outcome::Replied, 5));
        assert_eq!(figures.outcomes[4], (Outcome::Unknown, 1));
    }
}
