//! What the port of the population's tables promises.

use jiff::civil::date;

use super::{
    entries,
    staff::{note, person},
    todoke,
};
use crate::{
    domain::{
        population::{Cell, OLDEST, Population},
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    of_two_edits_of_tables_one_stands_whole(&fresh()).await;
}

async fn of_two_edits_of_tables_one_stands_whole(store: &impl Store) {
    // As large as such a table gets: 22,000 cells are several pages of the store.
    let cell = |number: u16| Cell {
        ward: "kita".parse().expect("an id"),
        from: 0,
        to: OLDEST,
        people: u64::from(number),
    };
    let table = Population {
        as_of: date(2026, 10, 1),
        source: "住民基本台帳".parse().expect("a name"),
        cells: (0..22_000).map(cell).collect(),
    };
    let (account, who) = (todoke(), person(1).id);
    let before = entries(store).await;
    let save = |seen, list| store.save_populations(&account, seen, list, note(who));
    let version = save(Version::default(), vec![table.clone()]).await.expect("writes");
    assert!(matches!(save(Version::default(), Vec::new()).await, Err(StoreError::Conflict)));
    let known = store.populations(&todoke()).await.expect("readable");
    assert_eq!(known.version, version);
    assert!(known.value == [table], "it comes back as it was given");
    assert_eq!(entries(store).await, before + 1, "what was not done has no entry");
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert_eq!(store.populations(&minato).await.expect("readable").value, []);
}
