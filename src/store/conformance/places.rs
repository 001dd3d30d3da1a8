//! What the port of places promises.

use jiff::civil::date;

use super::{
    accept, at, claim_one, entries, replied, settle,
    staff::{note, person},
    text, todoke,
};
use crate::{
    domain::{
        place::{NEW_FRIEND, Place, PlaceCode, came_fact, tap_fact},
        settlement::Settlement,
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    of_two_edits_of_places_one_stands(&fresh()).await;
    each_tap_is_of_one_friend_who_came_soon_after(&fresh()).await;
    taps_of_one_moment_are_all_kept(&fresh()).await;
}

fn code(text: &str) -> PlaceCode {
    text.parse().expect("a code")
}

async fn count(store: &impl Store, name: &str) -> u64 {
    let day = store.day(&todoke(), date(1970, 1, 2)).await.expect("readable");
    day.into_iter().find(|(known, _)| known == name).map_or(0, |(_, count)| count)
}

/// Somebody becomes a friend at a moment; `name` is the event's.
async fn follows(store: &impl Store, name: &str, second: i64) {
    accept(store, vec![text(name, name, second, "hello")]).await;
    let settlement = Settlement { at: at(second), befriended: Some(at(second)), ..replied() };
    settle(store, &claim_one(store).await, settlement).await.expect("the claim is alive");
}

async fn of_two_edits_of_places_one_stands(store: &impl Store) {
    let place = Place {
        code: code("k7m2xw9c"),
        name: "区役所1階".parse().expect("a name"),
        department: None,
        made: at(1),
        closed: None,
    };
    let (account, who) = (todoke(), person(1).id);
    let before = entries(store).await;
    let save = |seen, list| store.save_places(&account, seen, list, note(who));
    let version = save(Version::default(), vec![place.clone()]).await.expect("writes");
    assert!(matches!(save(Version::default(), Vec::new()).await, Err(StoreError::Conflict)));
    let known = store.places(&todoke()).await.expect("readable");
    assert_eq!((known.value, known.version), (vec![place], version));
    assert_eq!(entries(store).await, before + 1, "what was not done has no entry");
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert_eq!(store.places(&minato).await.expect("readable").value, []);
}

async fn each_tap_is_of_one_friend_who_came_soon_after(store: &impl Store) {
    let (desk, bus) = (code("k7m2xw9c"), code("bbbbbbbb"));
    let noon = 86_400 + 43_200;
    follows(store, "U0", noon).await;
    assert_eq!(count(store, NEW_FRIEND).await, 1, "by no tap");
    for (place, second) in [(desk, 0), (bus, 60), (desk, 90)] {
        store.tap_place(&todoke(), place, at(noon + second)).await.expect("writes");
    }
    // The newest tap that fits leads; one that comes later, and one of the next minute already, does not.
    follows(store, "U1", noon + 70).await;
    assert_eq!(
        (count(store, &came_fact(&desk)).await, count(store, &came_fact(&bus)).await),
        (1, 0),
        "within the clocks' room"
    );
    follows(store, "U2", noon + 3_650).await;
    assert_eq!((count(store, &came_fact(&desk)).await, count(store, &came_fact(&bus)).await), (1, 1));
    follows(store, "U3", noon + 3_650).await;
    assert_eq!(count(store, &came_fact(&desk)).await, 1, "the first tap is more than an hour ago");
    assert_eq!(count(store, NEW_FRIEND).await, 4);
    assert_eq!((count(store, &tap_fact(&desk)).await, count(store, &tap_fact(&bus)).await), (2, 1));
}

async fn taps_of_one_moment_are_all_kept(store: &impl Store) {
    let desk = code("k7m2xw9c");
    for _ in 0..3 {
        store.tap_place(&todoke(), desk, at(86_400)).await.expect("writes");
    }
    // Long over: they go with the next taps.
    for second in 0..4 {
        store.tap_place(&todoke(), desk, at(86_400 + 40_000 + second)).await.expect("writes");
    }
    for one in 0..6 {
        follows(store, &format!("U{one}"), 86_400 + 40_010).await;
    }
    assert_eq!(
        count(store, &came_fact(&desk)).await,
        4,
        "no tap led two friends, and none that is over led one"
    );
    assert_eq!(count(store, &tap_fact(&desk)).await, 7);
}
