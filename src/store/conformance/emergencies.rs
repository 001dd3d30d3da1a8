//! What the port of emergency mode promises.

use uuid::Uuid;

use super::{at, entries, staff::note, todoke};
use crate::{
    domain::{
        emergency::{Emergency, Notice, Step, StepKind},
        id::StaffId,
        language::{Language, Localized},
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    of_two_steps_from_one_version_one_is_told(&fresh()).await;
    the_history_keeps_every_step(&fresh()).await;
}

fn step(text: &str, by: u128, what: StepKind) -> Step {
    let text = Localized::new([(Language::Ja, text.repeat(300))].into());
    let notice = Notice::new(&text, at(1_000), at(1)).expect("a good notice");
    Step { at: at(1), by: staff(by), what, notice }
}

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number))
}

async fn of_two_steps_from_one_version_one_is_told(store: &impl Store) {
    let account = todoke();
    assert_eq!(store.emergency(&account).await.expect("readable"), (Emergency::default(), Version(0)));
    let propose = |by: u128| {
        let step = step("避難", by, StepKind::Proposed);
        (Emergency::default().propose(step.notice.clone(), step.by, step.at), step)
    };
    let ((one, one_step), (other, other_step)) = (propose(1), propose(2));
    let (one, other) = tokio::join!(
        store.save_emergency(&account, Version(0), one, one_step, note(staff(1))),
        store.save_emergency(&account, Version(0), other, other_step, note(staff(2)))
    );
    assert!(one.is_ok() != other.is_ok());
    assert!(matches!(one.and(other), Err(StoreError::Conflict)));
    let (emergency, version) = store.emergency(&account).await.expect("readable");
    assert!(emergency.draft().is_some());
    assert_eq!(version, Version(1));
    assert_eq!(entries(store).await, 1, "the step that was refused left no entry");
    assert_eq!(store.emergency_history(&account, None, 9).await.expect("readable").len(), 1);
    let minato = super::ACCOUNTS[1].parse().expect("valid");
    assert_eq!(store.emergency(&minato).await.expect("readable").1, Version(0));
}

async fn the_history_keeps_every_step(store: &impl Store) {
    let account = todoke();
    // Long texts are continued in further pages, which are no steps of their own.
    let steps = ["一二三四五六", "二", "三"].map(|text| step(&text.repeat(3)[..3], 1, StepKind::Proposed));
    for (before, step) in (0..).zip(&steps) {
        let version = store
            .save_emergency(&account, Version(before), Emergency::default(), step.clone(), note(staff(1)))
            .await;
        assert_eq!(version.expect("saves"), Version(before + 1));
    }
    let all = store.emergency_history(&account, None, 9).await.expect("readable");
    assert_eq!(all.iter().map(|(version, _)| version.0).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(all[2].1, steps[0]);
    let before = store.emergency_history(&account, Some(Version(3)), 1).await.expect("readable");
    assert_eq!(before, [(Version(2), steps[1].clone())]);
}
