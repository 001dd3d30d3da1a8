//! What the port of facts promises.

use jiff::civil::date;

use super::{ACCOUNTS, at, todoke};
use crate::{
    domain::{
        audit::Link,
        figure::{FigureName, LineFigures, Own, Said, SeriesNo},
        id::AccountId,
        time::Date,
    },
    store::Store,
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_day_is_what_was_said_of_it_and_numbers_are_not_lost(&fresh()).await;
    days_come_in_order_and_gaps_stay_gaps(&fresh()).await;
    another_account_begins_another_series(&fresh()).await;
    a_day_with_many_figures_is_kept_whole(&fresh()).await;
}

fn day(number: i8) -> Date {
    date(2026, 11, number)
}

fn ready(followers: u64) -> Said {
    Said::Ready(LineFigures { followers: Some(followers), blocks: Some(1), reaches: None })
}

fn own(second: i64, list: &[(FigureName, u64)]) -> Own {
    Own { counted: at(second), counts: list.iter().cloned().collect() }
}

async fn a_day_is_what_was_said_of_it_and_numbers_are_not_lost(store: &impl Store) {
    let account = todoke();
    let series = store.series_of(&account, None, at(1)).await.expect("begins").no;
    let hear = |said, second| {
        let account = account.clone();
        async move { store.hear_of_day(&account, series, day(1), said, at(second)).await.expect("writes") }
    };
    let known = hear(Said::Unready, 1).await;
    assert_eq!(known.value(&FigureName::Friends), None);
    hear(ready(10), 2).await;
    let counted = vec![(day(1), own(2, &[(FigureName::Questions, 4)]))];
    store.count_days(&account, series, counted.clone()).await.expect("writes");
    store.count_days(&account, series, counted).await.expect("writes again");
    hear(Said::Unready, 3).await;
    let known = hear(ready(12), 4).await;
    assert_eq!(known.value(&FigureName::Friends), Some(11));
    assert_eq!(known.value(&FigureName::Questions), Some(4), "each side leaves the other alone");
    let line = known.line.clone().expect("it was said");
    assert_eq!(line.corrections.len(), 1);
    assert_eq!(line.corrections[0].before.followers, Some(10));
    let read = store.known_days(&account, series, day(1), day(1)).await.expect("readable");
    assert_eq!(read, [known], "what was given is what is stored");
}

async fn days_come_in_order_and_gaps_stay_gaps(store: &impl Store) {
    let (account, other): (_, AccountId) = (todoke(), ACCOUNTS[1].parse().expect("an id"));
    assert_eq!(store.series(&account).await.expect("readable"), []);
    let series = store.series_of(&account, None, at(1)).await.expect("begins").no;
    for number in [9, 1, 4] {
        store.hear_of_day(&account, series, day(number), ready(1), at(1)).await.expect("writes");
    }
    let counted = vec![(day(2), own(1, &[])), (day(10), own(1, &[]))];
    store.count_days(&account, series, counted).await.expect("writes");
    for (from, to, expected) in
        [(1, 30, vec![1, 2, 4, 9, 10]), (2, 9, vec![2, 4, 9]), (3, 3, vec![]), (9, 1, vec![])]
    {
        let days = store.known_days(&account, series, day(from), day(to)).await.expect("readable");
        assert_eq!(days.iter().map(|known| known.day.day()).collect::<Vec<_>>(), expected, "{from} to {to}");
    }
    let series = store.series_of(&other, None, at(1)).await.expect("begins").no;
    let days = store.known_days(&other, series, day(1), day(30)).await.expect("readable");
    assert_eq!(days, [], "accounts do not meet");
}

async fn another_account_begins_another_series(store: &impl Store) {
    let account = todoke();
    let of = |id: &str| Some((Link::of_text(id), format!("@{id}")));
    let take = |channel, second| {
        let account = account.clone();
        async move { store.series_of(&account, channel, at(second)).await.expect("writes") }
    };
    let first = take(None, 1).await;
    assert_eq!((first.no, first.began, first.channel), (SeriesNo(1), at(1), None));
    store.hear_of_day(&account, first.no, day(1), ready(10), at(1)).await.expect("writes");
    let named = take(of("one"), 2).await;
    assert_eq!((named.no, named.began, named.name.as_str()), (SeriesNo(1), at(1), "@one"));
    assert_eq!(take(of("one"), 3).await, named);
    assert_eq!(take(None, 3).await, named, "where LINE does not say, it goes on");
    let second = take(of("two"), 4).await;
    assert_eq!((second.no, second.began), (SeriesNo(2), at(4)));
    let days = store.known_days(&account, second.no, day(1), day(30)).await.expect("readable");
    assert_eq!(days, [], "nothing of the other account");
    store.hear_of_day(&account, second.no, day(1), ready(99), at(5)).await.expect("writes");
    let before = store.known_days(&account, first.no, day(1), day(30)).await.expect("readable");
    assert_eq!(before[0].value(&FigureName::LineFollowers), Some(10), "what was known stays");
    let renamed = store.series_of(&account, Some((Link::of_text("two"), "@zwei".into())), at(6)).await;
    assert_eq!(renamed.expect("writes").no, SeriesNo(2), "another name is no other account");
    let all = store.series(&account).await.expect("readable");
    assert_eq!(all.iter().map(|series| series.name.as_str()).collect::<Vec<_>>(), ["@one", "@zwei"]);
    // Back again: it is not known whether it is what it was, so it stands for itself.
    assert_eq!(take(of("one"), 7).await.no, SeriesNo(3));
}

async fn a_day_with_many_figures_is_kept_whole(store: &impl Store) {
    let account = todoke();
    let series = store.series_of(&account, None, at(1)).await.expect("begins").no;
    let wards = (0..300).map(|n| {
        let ward = format!("ward-{n}").parse().expect("a name");
        (FigureName::RegisteredWard(ward), n)
    });
    let counted = Own { counted: at(1), counts: wards.collect() };
    store.count_days(&account, series, vec![(day(1), counted.clone())]).await.expect("writes");
    store.hear_of_day(&account, series, day(2), ready(1), at(1)).await.expect("writes");
    let days = store.known_days(&account, series, day(1), day(2)).await.expect("readable");
    assert_eq!((days.len(), days[0].own.as_ref()), (2, Some(&counted)));
}
