//! What the port of residents' helpers promises.

use jiff::civil::date;

use super::{accept, at, replied, settle_all, staff::both, text, todoke};
use crate::{
    domain::{
        helper::{Helper, HelperId, MOST_HELPERS},
        id::{LineUserId, ResidentRef},
    },
    store::{Store, helpers::Adding},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    helpers_are_added_once_noted_and_removed(&fresh()).await;
    of_those_who_are_added_at_once_only_so_many_are_stored(&fresh()).await;
    whose_time_is_over_goes_and_makes_room(&fresh()).await;
    helpers_go_with_the_resident(&fresh()).await;
}

fn helper(number: u8, since: i64, until: i64) -> Helper {
    Helper {
        id: HelperId([number; 16]),
        name: format!("長女{number}").parse().expect("a name"),
        since: at(since),
        until: at(until),
        came: None,
    }
}

async fn somebody(store: &impl Store, name: &str) -> ResidentRef {
    accept(store, vec![text(name, name, 1, "ごみ")]).await;
    settle_all(store, |_| replied()).await;
    store.resident_ref(&todoke(), &LineUserId::new(name)).expect("a reference")
}

async fn helpers_are_added_once_noted_and_removed(store: &impl Store) {
    let (one, other) = (somebody(store, "U1").await, somebody(store, "U2").await);
    assert_eq!(store.helpers(&todoke(), one).await.expect("reads"), []);
    let first = helper(1, 10, 1_000);
    for _ in 0..2 {
        let added = store.add_helper(&todoke(), one, first.clone()).await.expect("adds");
        assert_eq!(added, Adding::Added(first.clone()));
    }
    // The same number under another name: what is stored stays.
    let again = Helper { name: "別人".parse().expect("a name"), ..first.clone() };
    let added = store.add_helper(&todoke(), one, again).await.expect("adds");
    assert_eq!(added, Adding::Added(first.clone()));
    for (day, noted) in [(date(2026, 5, 2), 2), (date(2026, 5, 1), 2), (date(2026, 5, 3), 3)] {
        store.helper_came(&todoke(), one, first.id, day).await.expect("notes");
        let stored = store.helpers(&todoke(), one).await.expect("reads");
        assert_eq!(stored, [Helper { came: Some(date(2026, 5, noted)), ..first.clone() }]);
    }
    assert_eq!(store.helpers(&todoke(), other).await.expect("reads"), [], "of nobody else");
    assert!(!store.remove_helper(&todoke(), other, first.id).await.expect("removes"));
    assert!(store.remove_helper(&todoke(), one, first.id).await.expect("removes"));
    assert!(!store.remove_helper(&todoke(), one, first.id).await.expect("removes"));
    store.helper_came(&todoke(), one, first.id, date(2026, 6, 1)).await.expect("notes nothing");
    assert_eq!(store.helpers(&todoke(), one).await.expect("reads"), []);
    let unknown = ResidentRef([9; 16]);
    assert_eq!(store.add_helper(&todoke(), unknown, first).await.expect("answers"), Adding::Nobody);
    assert_eq!(store.helpers(&todoke(), unknown).await.expect("reads"), []);
}

async fn of_those_who_are_added_at_once_only_so_many_are_stored(store: &impl Store) {
    let one = somebody(store, "U1").await;
    let mut full = 0;
    for number in [0, 2, 4] {
        let account = todoke();
        let add = |number| store.add_helper(&account, one, helper(number, 10, 1_000));
        let added = both(add(number), add(number + 1)).await;
        full += added.into_iter().filter(|added| matches!(added, Ok(Adding::Full))).count();
    }
    assert_eq!(full, 6 - MOST_HELPERS);
    assert_eq!(store.helpers(&todoke(), one).await.expect("reads").len(), MOST_HELPERS);
}

async fn whose_time_is_over_goes_and_makes_room(store: &impl Store) {
    let (one, other) = (somebody(store, "U1").await, somebody(store, "U2").await);
    for number in 1..=3 {
        let added = helper(number, 10, 100 * i64::from(number));
        store.add_helper(&todoke(), one, added).await.expect("adds");
    }
    store.add_helper(&todoke(), other, helper(7, 10, 100)).await.expect("adds");
    assert_eq!(store.add_helper(&todoke(), one, helper(4, 99, 1_000)).await.expect("answers"), Adding::Full);
    let added = store.add_helper(&todoke(), one, helper(4, 100, 1_000)).await.expect("adds");
    assert!(matches!(added, Adding::Added(_)), "the first one's time is over");
    let expired = store.expire_helpers(&todoke(), at(250), 1).await.expect("drops");
    let rest = store.expire_helpers(&todoke(), at(250), 9).await.expect("drops");
    assert_eq!((expired, rest), (1, 1));
    assert_eq!(store.expire_helpers(&todoke(), at(250), 9).await.expect("drops"), 0);
    let left: Vec<u8> =
        store.helpers(&todoke(), one).await.expect("reads").iter().map(|helper| helper.id.0[0]).collect();
    assert_eq!(left, [3, 4]);
    assert_eq!(store.helpers(&todoke(), other).await.expect("reads"), []);
}

async fn helpers_go_with_the_resident(store: &impl Store) {
    let one = somebody(store, "U1").await;
    store.add_helper(&todoke(), one, helper(1, 10, 1_000)).await.expect("adds");
    assert!(store.erase_resident(&todoke(), one, at(50)).await.expect("erases"));
    assert_eq!(store.helpers(&todoke(), one).await.expect("reads"), []);
    // Whoever comes back is somebody new, without them.
    let again = somebody(store, "U1").await;
    assert_eq!(again, one);
    assert_eq!(store.helpers(&todoke(), one).await.expect("reads"), []);
}
