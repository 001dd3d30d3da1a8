//! The facts as they are known, for pages, commands and metrics. A gap is a gap.

use crate::{
    domain::{
        figure::{Day, FigureName, Series},
        id::AccountId,
        segment::Shown,
        staff::{Actor, rights::SeeFigures},
        time::Date,
    },
    journeys::Ctx,
    store::StoreError,
};

/// What is known of a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The LINE official accounts whose figures there are, the first first: the days are of the last one. More than one
    /// says that the account behind the name was changed.
    pub series: Vec<Series>,
    /// The days of which anything is known, the earliest first.
    pub days: Vec<Day>,
}

/// What is known from a day to another, both included.
pub async fn known(ctx: &Ctx, actor: &Actor<SeeFigures>, from: Date, to: Date) -> Result<Known, StoreError> {
    let account = actor.account();
    let series = ctx.store.series(account).await?;
    let days = match series.last() {
        Some(last) => ctx.store.known_days(account, last.no, from, to).await?,
        None => Vec::new(),
    };
    Ok(Known { series, days })
}

/// A figure of a day as it may be shown; `None`: it is not known. People who are counted by what they said of themselves
/// are not shown where they are a few, or all of our friends but a few.
pub fn shown(day: &Day, name: &FigureName) -> Option<Shown> {
    let value = day.value(name)?;
    if !name.is_of_few() {
        return Some(Shown::Exactly(value));
    }
    Some(match day.value(&FigureName::OwnFriends) {
        Some(all) => Shown::of_total(value, all),
        None => Shown::of(value),
    })
}

/// Each figure of the closed set as of the latest day on which it is known.
pub fn latest(days: &[Day]) -> Vec<(FigureName, Date, Shown)> {
    let last =
        |name: &FigureName| days.iter().rev().find_map(|day| shown(day, name).map(|value| (day.day, value)));
    FigureName::plain().filter_map(|name| last(&name).map(|(day, value)| (name, day, value))).collect()
}

/// Tells the metrics.
pub(super) fn measure(account: &AccountId, days: &[Day]) {
    for (name, _, value) in latest(days) {
        if let Shown::Exactly(value) = value {
            let (account, figure) = (account.to_string(), name.to_string());
            metrics::gauge!("todoke_figure", "account" => account, "figure" => figure).set(value as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{figure::Own, time::Timestamp};

    fn day(number: i8, counts: &[(FigureName, u64)]) -> Day {
        let own = Own { counted: Timestamp::UNIX_EPOCH, counts: counts.iter().cloned().collect() };
        Day { own: Some(own), ..Day::new(date(2026, 11, number)) }
    }

    #[test]
    fn a_few_are_not_shown_and_the_latest_known_day_counts() {
        use FigureName::{OwnFriends, Questions, Registered};
        let days = [
            day(1, &[(OwnFriends, 100), (Registered, 60), (Questions, 2)]),
            day(2, &[(OwnFriends, 100), (Registered, 97)]),
            day(3, &[(OwnFriends, 100), (Registered, 4)]),
            Day::new(date(2026, 11, 4)),
        ];
        let of = |day: &Day| shown(day, &Registered);
        assert_eq!(
            [of(&days[0]), of(&days[1]), of(&days[2]), of(&days[3])],
            [Some(Shown::Exactly(60)), Some(Shown::AllButAFew), Some(Shown::Hidden), None]
        );
        let last = latest(&days);
        let expected = [
            (OwnFriends, date(2026, 11, 3), Shown::Exactly(100)),
            (Registered, date(2026, 11, 3), Shown::Hidden),
            (Questions, date(2026, 11, 1), Shown::Exactly(2)),
        ];
        assert_eq!(last, expected);
    }
}
