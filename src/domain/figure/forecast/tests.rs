//! Histories whose future is known: how often the interval holds it, and how far the middle is off, beside the naive
//! forecast. `make figures` prints the tables of `docs/FIGURES.md`.

use std::f64::consts::TAU;

use jiff::{ToSpan, civil::date};

use super::*;

/// Another number makes other histories. Those of the first set were looked at while the forecast was written, those of
/// the second were not.
const SEEDS: [(&str, u64); 2] = [("looked at", 1), ("not looked at", 20_261_128)];
/// What is claimed: days ahead.
const HORIZONS: [i32; 3] = [28, 91, 365];
const FUTURE: usize = 366;

/// Chance that can be repeated (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.share()
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.share()).ln()).sqrt() * (TAU * self.share()).cos()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Linear,
    Saturating,
    Step,
    Seasonal,
}

/// The pace of each day, in people.
fn paces(kind: Kind, chance: &mut Chance, known: usize, pace: f64) -> Vec<f64> {
    let days = known + FUTURE;
    let steady = vec![pace; days];
    match (kind, chance.below(3)) {
        (Kind::Linear, _) => steady,
        // Ever nearer to an end.
        (Kind::Saturating, 0 | 1) => {
            let slow = chance.between(200.0, 1_500.0);
            (0..days).map(|day| 4.0 * pace * (-(day as f64) / slow).exp()).collect()
        }
        // An S-curve whose middle was passed or is near.
        (Kind::Saturating, _) => {
            let (width, middle) = (chance.between(100.0, 400.0), known as f64 * chance.between(0.2, 0.9));
            let level = |day: f64| 4.0 * pace * width / (1.0 + (-(day - middle) / width).exp());
            (0..days).map(|day| level(day as f64 + 1.0) - level(day as f64)).collect()
        }
        // One to three campaigns, each over in a month.
        (Kind::Step, 0) => {
            let mut paces = steady;
            for _ in 0..=chance.below(3) {
                let (begins, lasts) = (chance.below(known - 40), 1 + chance.below(30));
                let size = pace * chance.between(15.0, 200.0);
                for of_day in &mut paces[begins..begins + lasts] {
                    *of_day += size / lasts as f64;
                }
            }
            paces
        }
        // A campaign that dies away slowly.
        (Kind::Step, 1) => {
            let (begins, slow) = (chance.below(known - 30), chance.between(5.0, 60.0));
            let size = pace * chance.between(20.0, 200.0);
            let dies = |day: usize| size / slow * (-((day - begins) as f64) / slow).exp();
            (0..days).map(|day| pace + if day >= begins { dies(day) } else { 0.0 }).collect()
        }
        // After the campaign the pace is another one.
        (Kind::Step, _) => {
            let (begins, times) = (chance.below(known - 60), chance.between(1.2, 2.5));
            (0..days).map(|day| if day >= begins { pace * times } else { pace }).collect()
        }
        // A wave over the year.
        (Kind::Seasonal, 0) => {
            let (part, shift) = (chance.between(0.2, 0.9), chance.between(0.0, TAU));
            let wave = |day: usize| (TAU * day as f64 / 365.25 + shift).sin();
            (0..days).map(|day| pace * (1.0 + part * wave(day))).collect()
        }
        // A wave of the figure itself, larger the larger it is.
        (Kind::Seasonal, 1) => {
            let (part, shift) = (chance.between(0.01, 0.06), chance.between(0.0, TAU));
            let start = pace * chance.between(300.0, 1_500.0);
            let wave = |day: f64| 1.0 + part * (TAU * day / 365.25 + shift).sin();
            let level = |day: usize| (start + pace * day as f64) * wave(day as f64);
            (0..days).map(|day| level(day + 1) - level(day)).collect()
        }
        // People move in spring; and weekends are quiet.
        (Kind::Seasonal, _) => {
            let (more, first) = (chance.between(1.0, 3.0), chance.below(365));
            let day_of = |day: usize| (day + first) % 365;
            let spring = move |day: usize| if day_of(day) < 45 { 1.0 + more } else { 1.0 };
            let week = |day: usize| if day % 7 < 5 { 1.2 } else { 0.5 };
            (0..days).map(|day| pace * spring(day) * week(day)).collect()
        }
    }
}

/// The figure of each day: paces added up, with one of five kinds of noise.
fn figure(paces: &[f64], chance: &mut Chance, pace: f64) -> Vec<f64> {
    let (kind, loud) = (chance.below(5), chance.share());
    let mut level = chance.between(200.0, 60_000.0);
    let mut lasting = 0.0;
    let mut value = |of_day: f64| match kind {
        // Counted with an error each day.
        0 => {
            level += of_day;
            level + pace * (0.5 + 9.5 * loud) * chance.normal()
        }
        // People come by themselves (Poisson).
        1 => {
            level += of_day + of_day.abs().sqrt() * chance.normal();
            level
        }
        // Some days are twice as good as others.
        2 => {
            level += of_day + (0.5 + 2.5 * loud) * of_day.abs().max(0.1 * pace) * chance.normal();
            level
        }
        // Good weeks and bad weeks.
        3 => {
            lasting = 0.9 * lasting + 0.19_f64.sqrt() * chance.normal();
            level += of_day * (1.0 + (0.3 + 0.7 * loud) * lasting);
            level
        }
        // Now and then something quite unusual (Student's t with 4 degrees of freedom).
        _ => {
            let spread: f64 = (0..4).map(|_| chance.normal().powi(2)).sum::<f64>() / 4.0;
            level += of_day + pace * chance.normal() / spread.sqrt();
            level
        }
    };
    paces.iter().map(|of_day| value(*of_day).round()).collect()
}

/// Days with gaps: one in a hundred begins one, of three days or, seldom, forty.
fn with_gaps(values: &[f64], chance: &mut Chance) -> Vec<(Date, f64)> {
    let first = date(2021, 4, 1);
    let (mut days, mut missing) = (Vec::new(), 0);
    for (at, value) in values.iter().enumerate() {
        if missing == 0 && chance.share() < 0.01 {
            let longest = if chance.share() < 0.1 { 40 } else { 3 };
            missing = 1 + chance.below(longest);
        }
        if missing > 0 && at + 1 < values.len() {
            missing -= 1;
            continue;
        }
        days.push((first.saturating_add(i64::try_from(at).unwrap().days()), *value));
    }
    days
}

/// Of one kind and horizon, over all histories.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    /// How many futures the interval held.
    held: u64,
    off: f64,
    naive_off: f64,
    width: f64,
}

fn score(kind: Kind, seed: u64, histories: u64) -> [Score; HORIZONS.len()] {
    let mut scores = [Score::default(); HORIZONS.len()];
    for number in 0..histories {
        let mut chance = Chance(seed.wrapping_mul(1_000_003).wrapping_add(number * 7_919));
        let (known, pace) = (1_140 + chance.below(686), chance.between(1.0, 60.0));
        let paces = paces(kind, &mut chance, known, pace);
        let values = figure(&paces, &mut chance, pace);
        let days = with_gaps(&values[..known], &mut chance);
        let forecast = Forecast::new(&days).unwrap();
        for (score, ahead) in scores.iter_mut().zip(HORIZONS) {
            let day = forecast.last_day().saturating_add(ahead.days());
            assert!(day <= forecast.sound_until(), "what is scored is claimed");
            let truth = values[known - 1 + usize::try_from(ahead).unwrap()];
            let band = forecast.on(day);
            assert!(band.low <= band.likely && band.likely <= band.high, "{kind:?} {number}: {band:?}");
            let each = 1.0 / histories as f64;
            // In days of the usual pace, so that large and small accounts count alike.
            let days = each / pace;
            score.held += u64::from((band.low..=band.high).contains(&truth));
            score.off += (band.likely - truth).abs() * days;
            score.naive_off += (naive(&days_of(&values, known), day).unwrap() - truth).abs() * days;
            score.width += (band.high - band.low) * days;
        }
    }
    scores
}

fn days_of(values: &[f64], known: usize) -> Vec<(Date, f64)> {
    let first = date(2021, 4, 1);
    let day = |at: usize| first.saturating_add(i64::try_from(at).unwrap().days());
    (0..known).map(|at| (day(at), values[at])).collect()
}

/// How many histories of each kind and set; `TODOKE_TEST_HISTORIES` makes it more, and both sets.
fn histories() -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "how long a test runs is nobody's configuration")]
    let asked = std::env::var("TODOKE_TEST_HISTORIES").ok();
    asked.map(|text| text.parse().expect("a whole number"))
}

fn holds_four_of_five(kind: Kind) {
    let asked = histories();
    let (sets, histories) = (if asked.is_some() { &SEEDS[..] } else { &SEEDS[1..] }, asked.unwrap_or(200));
    for &(name, seed) in sets {
        for (score, ahead) in score(kind, seed, histories).iter().zip(HORIZONS) {
            let Score { held, off, naive_off, width } = score;
            let percent = held * 100 / histories;
            println!(
                "| {kind:?} | {ahead} | {name} | {percent} % | {off:.0} | {naive_off:.0} | {width:.0} |"
            );
            let is_right = held * 10 >= histories * 7 && held * 10 <= histories * 9;
            assert!(is_right, "{kind:?}, {ahead} days, seed {seed}: {held} of {histories}");
            assert!(
                off < naive_off,
                "{kind:?}, {ahead} days, seed {seed}: {off} is no better than {naive_off}"
            );
        }
    }
}

#[test]
fn the_interval_holds_four_of_five_futures_of_linear_histories() {
    holds_four_of_five(Kind::Linear);
}

#[test]
fn the_interval_holds_four_of_five_futures_of_saturating_histories() {
    holds_four_of_five(Kind::Saturating);
}

#[test]
fn the_interval_holds_four_of_five_futures_of_histories_with_campaigns() {
    holds_four_of_five(Kind::Step);
}

#[test]
fn the_interval_holds_four_of_five_futures_of_seasonal_histories() {
    holds_four_of_five(Kind::Seasonal);
}

fn line(days: i32, from: f64, pace: f64) -> Vec<(Date, f64)> {
    let first = date(2024, 4, 1);
    // A figure that is as regular as this has no noise at all.
    (0..days).map(|day| (first.saturating_add(day.days()), from + pace * f64::from(day))).collect()
}

#[test]
fn a_short_history_says_nothing_and_a_longer_one_a_third_of_its_length() {
    assert!(Forecast::new(&[]).is_none());
    assert!(Forecast::new(&line(SHORTEST_DAYS, 0.0, 1.0)).is_none());
    let forecast = Forecast::new(&line(SHORTEST_DAYS + 1, 0.0, 1.0)).unwrap();
    assert_eq!((forecast.sound_until() - forecast.last_day()).get_days(), SHORTEST_DAYS / 3);
    let mut sparse = line(400, 0.0, 1.0);
    sparse.retain(|(day, _)| day.day() == 1 && day.month() % 3 == 1);
    assert!(Forecast::new(&sparse).is_none(), "a value a quarter is too little");
}

#[test]
fn a_goal_on_a_straight_way_is_met_when_the_line_meets_it() {
    let days = line(800, 1_000.0, 10.0);
    let forecast = Forecast::new(&days).unwrap();
    let When { earliest, likely, latest } = forecast.reaches(12_650.0, false);
    // 9,000 on the last day but one, so 365 days later.
    let exact = days[0].0.saturating_add(1_165.days());
    let off = |day: Option<Date>| (day.unwrap() - exact).get_days().abs();
    assert!(
        off(likely) <= 1 && off(earliest) <= 20 && off(latest) <= 20,
        "{earliest:?} {likely:?} {latest:?}"
    );
    assert!(earliest <= likely && likely <= latest);
    assert_eq!(forecast.reaches(1e9, false), When { earliest: None, likely: None, latest: None });
    let known = naive(&days, exact).unwrap();
    assert!((known - 12_650.0).abs() < 1e-6, "{known}");
}

#[test]
fn a_figure_that_falls_meets_a_lower_goal_and_never_falls_below_nothing() {
    let forecast = Forecast::new(&line(800, 10_000.0, -10.0)).unwrap();
    let far = forecast.last_day().saturating_add(3.years());
    assert!(forecast.on(far).low >= 0.0);
    let when = forecast.reaches(1_000.0, true);
    assert!(when.likely.is_some() && when.earliest <= when.likely);
    assert!(forecast.chance_of(1_000.0, far) < 0.5);
}

#[test]
fn a_figure_that_does_not_move_stays_where_it_is() {
    let forecast = Forecast::new(&line(300, 500.0, 0.0)).unwrap();
    let band = forecast.on(forecast.last_day().saturating_add(91.days()));
    assert!((band.likely - 500.0).abs() < 1.0 && band.high - band.low < 5.0, "{band:?}");
    let nothing = Forecast::new(&line(300, 0.0, 0.0)).unwrap();
    assert!(nothing.on(nothing.last_day().saturating_add(91.days())).likely < 1.0);
}
