//! Five invented years of the sample city's account, so that the demo's figures, targets, places and reach have something
//! to show: 58,049 friends yesterday, as a large city had when its plan counted on 160,000.
//!
//! The double of LINE says the same of each day, so that what the server asks for itself fits.

use futures_util::future::try_join_all;
use jiff::{ToSpan, civil::Date};

use super::crowd::Numbers;
use crate::{
    domain::{
        figure::{
            FigureName, LineFigures, Own, Said,
            target::{Better, Indicator, Point},
        },
        id::AccountId,
        place::{NEW_FRIEND, came_fact, tap_fact},
        staff::{
            Actor, Department,
            rights::{EditTargets, KeepPlaces},
        },
        time::Timestamp,
    },
    journeys::{
        Ctx,
        grow::places::{self, Described, PlaceError},
        reach::{self, ReachError},
        targets::{self, TargetError, Wanted},
    },
    simulator::{Simulator, insight::DaySays},
    store::StoreError,
};

/// Friends yesterday.
const FRIENDS: f64 = 58_049.0;
/// Days of history.
const DAYS: i32 = 5 * 365;
/// Of a hundred who ever added the account so many block it.
const BLOCKS_OF_100: f64 = 19.0;
/// So many days are written at once.
const PORTION: usize = 64;
const SEED: u64 = 58_049;

/// Campaigns: so many days ago so many friends came beside the usual, most of them in the first week.
const CAMPAIGNS: [(i32, f64); 4] = [(1_520, 3_200.0), (1_090, 5_400.0), (610, 4_100.0), (230, 2_600.0)];

/// Places of the city's link, with taps of the last four weeks and how many of them led a friend.
const PLACES: [(&str, &str, u32, u32); 4] = [
    ("星川区役所1階 総合案内", "市民局 区政推進課", 46, 21),
    ("広報とどけ 12月号", "", 38, 12),
    ("母子健康手帳の窓口", "こども未来局 母子保健課", 24, 17),
    ("市バス車内", "", 11, 2),
];

/// Departments that send: so many days before today they did last, whom of those who registered they reach, and how many of
/// a thousand left after it.
const DEPARTMENTS: [(i32, &str, f64, f64); 4] = [
    (1, "環境局 生活環境課", 0.55, 0.9),
    (3, "こども未来局 子育て支援課", 0.21, 0.6),
    (4, "市民局 市民生活課", 0.8, 3.4),
    (6, "危機管理局 防災課", 0.62, 1.1),
];

/// A population that fits the demo's crowd of a few hundred, by ward and age, as a table of a statistics office: ward, children of 0, 1-2, 3-5, 6-11, 12-17, adults of
/// 18-39, 40-64, 65-74 and from 75.
const WARDS: [(&str, [u32; 9]); 4] = [
    ("星川区", [4, 8, 12, 24, 24, 123, 157, 45, 51]),
    ("浜見区", [3, 6, 9, 19, 19, 94, 130, 43, 54]),
    ("桜丘区", [4, 9, 13, 26, 24, 132, 151, 35, 38]),
    ("南原区", [2, 4, 6, 13, 14, 60, 102, 41, 56]),
];
const AGES: [&str; 9] = ["0", "1-2", "3-5", "6-11", "12-17", "18-39", "40-64", "65-74", "75+"];

/// One invented day.
struct Day {
    day: Date,
    line: LineFigures,
    own: Vec<(FigureName, u64)>,
}

/// The invented days up to yesterday, the first first.
fn days(today: Date) -> Vec<Day> {
    let mut numbers = Numbers(SEED);
    let steady = 14.0;
    // What came by the day, before it is stretched to end at what it has to end at.
    let came: Vec<f64> = (1..=DAYS)
        .rev()
        .map(|ago| {
            let day = today.saturating_sub(ago.days());
            // People move in spring: March and April bring more, August fewer.
            let season = match day.month() {
                3 | 4 => 1.6,
                8 => 0.7,
                _ => 1.0,
            };
            let weekend = if matches!(day.weekday(), jiff::civil::Weekday::Sunday) { 0.6 } else { 1.0 };
            let campaigns = CAMPAIGNS.iter().map(|(began, all)| {
                let since = f64::from(began - ago);
                if since < 0.0 { 0.0 } else { all / 9.0 * (-since / 9.0).exp() }
            });
            let chance = 0.75 + numbers.below(500) as f64 / 1_000.0;
            steady * season * weekend * chance + campaigns.sum::<f64>()
        })
        .collect();
    let sum: f64 = came.iter().sum();
    let first = FRIENDS - sum;
    let mut friends = first;
    let day = |(ago, came): (i32, &f64)| {
        friends += came;
        let now = if ago == 1 { FRIENDS } else { friends };
        let blocks = now * BLOCKS_OF_100 / (100.0 - BLOCKS_OF_100);
        let registered = now * (0.18 + 0.14 * f64::from(DAYS - ago) / f64::from(DAYS));
        let asked = 55.0 + now / 600.0 + numbers.below(30) as f64;
        let mut own = sent(ago, registered, &mut numbers);
        own.extend([
            (FigureName::OwnFriends, whole(now * 0.97)),
            (FigureName::Registered, whole(registered)),
            (FigureName::Questions, whole(asked)),
            (FigureName::QuestionsAnswered, whole(asked * 0.84)),
            (FigureName::QuestionsRefused, whole(asked * 0.09)),
            (FigureName::QuestionsAsked, whole(asked * 0.07)),
            (FigureName::Taps, whole(asked * 0.31)),
        ]);
        Day {
            day: today.saturating_sub(ago.days()),
            line: LineFigures {
                followers: Some(whole(now) + whole(blocks)),
                blocks: Some(whole(blocks)),
                reaches: Some(whole(now * 0.8)),
            },
            own,
        }
    };
    (1..=DAYS).rev().zip(&came).map(day).collect()
}

/// What was sent on a day: each department once a week, to a part of those who registered.
fn sent(ago: i32, registered: f64, numbers: &mut Numbers) -> Vec<(FigureName, u64)> {
    let of_day = DEPARTMENTS.iter().filter(|(weekday, ..)| ago % 7 == *weekday);
    let (mut all, mut counts) = ([0; 3], Vec::new());
    for (_, name, part, blocks_of_1000) in of_day {
        let Ok(department) = name.parse::<Department>() else { continue };
        let recipients = registered * part;
        let blocks = recipients * blocks_of_1000 / 1_000.0 * (0.6 + numbers.below(800) as f64 / 1_000.0);
        let sums = [1, whole(recipients), whole(blocks)];
        all = [all[0] + sums[0], all[1] + sums[1], all[2] + sums[2]];
        counts.extend([
            (FigureName::DepartmentAnnouncements(department.clone()), sums[0]),
            (FigureName::DepartmentRecipients(department.clone()), sums[1]),
            (FigureName::DepartmentBlocks(department), sums[2]),
        ]);
    }
    counts.extend([
        (FigureName::SentAnnouncements, all[0]),
        (FigureName::SentRecipients, all[1]),
        (FigureName::SentBlocks, all[2]),
    ]);
    counts
}

/// A number of people.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "invented numbers of a city: never below 0, and far below 2^53"
)]
fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

/// Writes the history, unless there is one, and has the double of LINE say the same.
pub async fn remember(ctx: &Ctx, account: &AccountId, simulator: &Simulator) -> Result<(), StoreError> {
    let Some(today) = ctx.today(account) else { return Ok(()) };
    let (store, now) = (&ctx.store, ctx.clock.now());
    let series = store.series_of(account, None, now).await?;
    let first = today.saturating_sub(DAYS.days());
    let known = store.known_days(account, series.no, first, today).await?;
    if known.len() < PORTION {
        for portion in days(today).chunks(PORTION) {
            let heard = portion.iter().map(|day| {
                let said = Said::Ready(day.line);
                store.hear_of_day(account, series.no, day.day, said, now)
            });
            try_join_all(heard).await?;
            let own = portion
                .iter()
                .map(|day| (day.day, Own { counted: now, counts: day.own.iter().cloned().collect() }));
            store.count_days(account, series.no, own.collect()).await?;
        }
    }
    for day in store.known_days(account, series.no, first, today).await? {
        if let Some(Said::Ready(line)) = day.line.map(|line| line.said) {
            let (followers, blocks) = (line.followers.unwrap_or_default(), line.blocks.unwrap_or_default());
            simulator.script_insight(day.day, DaySays::Ready { followers, blocks, reaches: line.reaches });
        }
    }
    simulator.open_since(first);
    Ok(())
}

/// Puts up the city's link at some places, unless some are there already.
pub async fn put_up(ctx: &Ctx, keeper: &Actor<KeepPlaces>) -> Result<(), StoreError> {
    let account = keeper.account();
    let mut known = ctx.store.places(account).await?;
    if !known.value.is_empty() {
        return Ok(());
    }
    let (now, mut numbers) = (ctx.clock.now(), Numbers(SEED));
    for (name, department, taps, came) in PLACES {
        let department = if department.is_empty() { None } else { department.parse().ok() };
        let Ok(name) = name.parse() else { continue };
        let code = match places::add(ctx, keeper, known.version, Described { name, department }).await {
            Ok(code) => code,
            Err(PlaceError::Store(error)) => return Err(error),
            // The city's departments were changed: the demo does without.
            Err(_) => continue,
        };
        known = ctx.store.places(account).await?;
        let mut ago = || -> Timestamp {
            let minutes = i64::try_from(numbers.below(27 * 24 * 60)).unwrap_or_default();
            now.checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap_or(now)
        };
        let tapped = (0..taps).map(|_| (ago(), tap_fact(&code)));
        let mut counts: Vec<(Timestamp, String)> = tapped.collect();
        for _ in 0..came {
            let at = ago();
            counts.extend([(at, came_fact(&code)), (at, NEW_FRIEND.to_owned())]);
        }
        // Others came by no place.
        counts.extend((0..came / 2).map(|_| (ago(), NEW_FRIEND.to_owned())));
        try_join_all(counts.iter().map(|(at, fact)| ctx.store.count_fact(account, *at, fact))).await?;
    }
    Ok(())
}

/// Gives the city a population, unless it has one.
pub async fn populate(ctx: &Ctx, keeper: &Actor<EditTargets>) -> Result<(), StoreError> {
    let known = ctx.store.populations(keeper.account()).await?;
    let (Some(today), true) = (ctx.today(keeper.account()), known.value.is_empty()) else { return Ok(()) };
    let Ok(source) = "住民基本台帳（練習用の数字）".parse() else { return Ok(()) };
    let heading = ["区", "年齢", "人口"].map(ToOwned::to_owned).to_vec();
    let lines = WARDS.iter().flat_map(|(ward, people)| {
        AGES.iter()
            .zip(people)
            .map(move |(age, people)| vec![(*ward).to_owned(), (*age).to_owned(), people.to_string()])
    });
    let rows = (1..).zip(std::iter::once(heading).chain(lines)).collect();
    let as_of = today.first_of_month();
    match reach::keep(ctx, keeper, known.version, reach::New { as_of, source, rows }).await {
        Err(ReachError::Store(error)) => Err(error),
        // The city's wards were changed: the demo does without.
        _ => Ok(()),
    }
}

/// Sets up the goal that the plan behind this project counts on, from what was known at the end of the last fiscal year,
/// unless there are targets already.
pub async fn aim(ctx: &Ctx, keeper: &Actor<EditTargets>) -> Result<(), StoreError> {
    let account = keeper.account();
    let (Some(today), true) = (ctx.today(account), ctx.store.list_targets(account).await?.is_empty()) else {
        return Ok(());
    };
    let year = today.year() - i16::from(today.month() < 4);
    let end = |years: i16| Date::new(year + years, 3, 31).unwrap_or(today);
    let series = ctx.store.series_of(account, None, ctx.clock.now()).await?;
    let known = ctx.store.known_days(account, series.no, end(0), end(0)).await?;
    let begun = known.into_iter().find_map(|day| match day.line?.said {
        Said::Ready(line) => line.friends(),
        _ => None,
    });
    let (Some(value), Ok(name)) = (begun, "計画の友だちの数".parse()) else { return Ok(()) };
    let goals = [(1, 66_000), (2, 92_000), (3, 124_000), (4, 160_000)];
    let wanted = Wanted {
        name,
        figure: FigureName::Friends,
        indicator: Indicator::Result,
        better: Better::More,
        baseline: Point { day: end(0), value },
        goals: goals.map(|(years, value)| Point { day: end(years), value }).into(),
        department: "市民局 区政推進課".parse().ok(),
        note: "とどけ市DX推進計画（練習用）".to_owned(),
    };
    match targets::save(ctx, keeper, None, wanted).await {
        Err(TargetError::Store(error)) => Err(error),
        // The city was changed: the demo does without.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_years_lead_to_the_friends_of_a_large_city() {
        let days = days(jiff::civil::date(2026, 11, 28));
        assert_eq!(days.len(), 1_825);
        let last = days.last().unwrap();
        assert_eq!((last.day, last.line.friends()), (jiff::civil::date(2026, 11, 27), Some(58_049)));
        let first = days[0].line.friends().unwrap();
        assert!((10_000..25_000).contains(&first), "{first}");
        let followers: Vec<u64> = days.iter().filter_map(|day| day.line.followers).collect();
        assert!(followers.is_sorted(), "who ever added the account never falls");
    }
}
