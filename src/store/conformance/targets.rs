//! What the port of targets promises.

use jiff::civil::date;
use uuid::Uuid;

use super::{at, entries, staff::note, todoke};
use crate::{
    domain::{
        figure::{
            FigureName,
            evaluation::{Evaluation, Mark},
            fiscal::FiscalYear,
            status::{Status, Watch, Watched, Worsening},
            target::{Better, Indicator, Point, Target, TargetId},
        },
        id::StaffId,
        telling::{About, Happened, Telling},
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    of_two_edits_of_a_target_one_stands(&fresh()).await;
    each_year_has_one_evaluation_which_goes_with_its_target(&fresh()).await;
    a_worsening_is_told_with_what_staff_know_or_not_at_all(&fresh()).await;
}

fn by() -> StaffId {
    StaffId(Uuid::from_u128(1))
}

fn target(number: u128, name: &str) -> Target {
    Target {
        id: TargetId(Uuid::from_u128(number)),
        name: name.parse().expect("a name"),
        figure: FigureName::Friends,
        indicator: Indicator::Result,
        better: Better::More,
        baseline: Point { day: date(2025, 3, 31), value: 58_049 },
        goals: vec![Point { day: date(2030, 3, 31), value: 160_000 }],
        department: None,
        note: "あ".repeat(1_000),
        owner: Some(by()),
        changed: at(1),
        changed_by: Some(by()),
        removed: false,
    }
}

fn evaluation(year: i16, reason: &str) -> Evaluation {
    Evaluation {
        year: FiscalYear::new(year).expect("a year"),
        mark: Mark::Missed,
        value: Some(Point { day: date(2026, 3, 31), value: 70_000 }),
        planned: Some(78_439),
        reason: reason.into(),
        next_step: "い".repeat(1_000),
        at: at(2),
        by: Some(by()),
    }
}

async fn of_two_edits_of_a_target_one_stands(store: &impl Store) {
    let account = todoke();
    let first = store.save_target(&account, Version(0), target(1, "一"), note(by())).await.expect("writes");
    store.save_target(&account, Version(0), target(2, "他"), note(by())).await.expect("writes");
    let again = store.save_target(&account, Version(0), target(1, "零"), note(by())).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "no two targets have one id");
    let (one, other) = tokio::join!(
        store.save_target(&account, first, target(1, "二"), note(by())),
        store.save_target(&account, first, target(1, "三"), note(by()))
    );
    assert!(one.is_ok() != other.is_ok());
    let list = store.list_targets(&account).await.expect("readable");
    let known: Vec<_> = list.iter().map(|known| (known.value.id.0.as_u128(), known.version)).collect();
    assert_eq!(known, [(1, Version(2)), (2, Version(1))]);
    assert_eq!(list[1].value, target(2, "他"));
    assert_eq!(entries(store).await, 3, "what was refused left no entry");
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert!(store.list_targets(&minato).await.expect("readable").is_empty());
}

async fn each_year_has_one_evaluation_which_goes_with_its_target(store: &impl Store) {
    let (account, id) = (todoke(), target(1, "一").id);
    let save = |expected, evaluation| store.save_evaluation(&account, id, expected, evaluation, note(by()));
    let nowhere = save(Version(0), evaluation(2025, "")).await;
    assert!(matches!(nowhere, Err(StoreError::Conflict)), "there is no such target");
    store.save_target(&account, Version(0), target(1, "一"), note(by())).await.expect("writes");
    store.save_target(&account, Version(0), target(2, "他"), note(by())).await.expect("writes");
    save(Version(0), evaluation(2026, "二")).await.expect("writes");
    let first = save(Version(0), evaluation(2025, "一")).await.expect("writes");
    assert!(matches!(save(Version(0), evaluation(2025, "他")).await, Err(StoreError::Conflict)));
    save(first, evaluation(2025, "三")).await.expect("writes");
    let list = store.list_evaluations(&account, id).await.expect("readable");
    let known: Vec<_> = list.iter().map(|one| (one.value.reason.as_str(), one.version.0)).collect();
    assert_eq!(known, [("三", 2), ("二", 1)], "the earliest year first");
    assert_eq!(list[0].value, evaluation(2025, "三"));
    let other = target(2, "他").id;
    assert!(store.list_evaluations(&account, other).await.expect("readable").is_empty());
    assert_eq!(entries(store).await, 5);
    let gone = store.drop_target(&account, Version(2), id, note(by())).await;
    assert!(matches!(gone, Err(StoreError::Conflict)), "somebody else has changed it");
    store.drop_target(&account, Version(1), id, note(by())).await.expect("drops");
    assert!(store.list_evaluations(&account, id).await.expect("readable").is_empty());
    assert!(matches!(
        store.drop_target(&account, Version(0), id, note(by())).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!((store.list_targets(&account).await.expect("readable").len(), entries(store).await), (1, 6));
}

async fn a_worsening_is_told_with_what_staff_know_or_not_at_all(store: &impl Store) {
    let (account, id) = (todoke(), target(1, "一").id);
    let save = |expected, watched, tell| store.save_watched(&account, id, expected, watched, tell);
    let mut watched = Watched { watch: Watch::new(Status::OnTheWay), worsening: None };
    assert!(matches!(save(Version(0), watched, None).await, Err(StoreError::Conflict)), "no such target");
    store.save_target(&account, Version(0), target(1, "一"), note(by())).await.expect("writes");
    assert!(store.watched(&account, id).await.expect("readable").is_none());
    let first = save(Version(0), watched, None).await.expect("writes");
    watched.watch = Watch::new(Status::Behind);
    let day = date(2026, 11, 28);
    watched.worsening = Some(Worsening { from: Status::OnTheWay, to: Status::Behind, day, line_due: true });
    let second = save(first, watched, Some(at(90))).await.expect("writes");
    assert!(matches!(save(first, watched, Some(at(91))).await, Err(StoreError::Conflict)), "told once");
    let known = store.watched(&account, id).await.expect("readable").expect("known");
    assert_eq!((known.value, known.version), (watched, second));
    let told = store.list_tellings(&account, 10).await.expect("readable");
    assert_eq!(told, [Telling::of(About::Target(id), second.0, Happened::Worsened, at(90))]);
    store.settle_telling(&account, (About::Target(id), second.0), None).await.expect("writes");
    assert!(store.list_tellings(&account, 10).await.expect("readable").is_empty());
    store.drop_target(&account, Version(1), id, note(by())).await.expect("drops");
    assert!(store.watched(&account, id).await.expect("readable").is_none());
}
