//! What the port of tellings promises.

use super::{
    announcements::{new, step},
    at, todoke,
};
use crate::{
    domain::{
        announcement::{AnnouncementId, Step},
        audit::Link,
        telling::{About, Happened, Telling},
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_step_is_to_be_told_until_that_is_settled(&fresh()).await;
}

async fn a_step_is_to_be_told_until_that_is_settled(store: &impl Store) {
    let list = || async { store.list_tellings(&todoke(), 10).await.expect("readable") };
    let first = new(1);
    let take = |expected, of| {
        let to = step(expected, first.clone(), of);
        async move { store.move_announcement(&todoke(), to).await }
    };
    let version = take(Version::default(), Step::Written).await.expect("writes");
    assert_eq!(list().await, [], "nobody is told of drafts");
    let version = take(version, Step::Submitted).await.expect("writes");
    let again = take(Version::default(), Step::Cancelled).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "what was not done is not told");
    take(version, Step::Cancelled).await.expect("writes");
    let id = About::Announcement(AnnouncementId(uuid::Uuid::from_u128(1)));
    let submitted = Telling::of(id, 2, Happened::Submitted, at(1));
    let cancelled = Telling::of(id, 3, Happened::Cancelled, at(1));
    assert_eq!(list().await, [submitted.clone(), cancelled.clone()]);
    assert_eq!(store.list_tellings(&todoke(), 1).await.expect("readable").len(), 1, "at most so many");
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert_eq!(store.list_tellings(&minato, 10).await.expect("readable"), []);
    let tried = Telling { tries: 1, next: at(90), told: vec![Link::of_text("one")], ..submitted };
    store.settle_telling(&todoke(), (id, 2), Some(tried.clone())).await.expect("writes");
    store.settle_telling(&todoke(), (id, 3), None).await.expect("writes");
    assert_eq!(list().await, [tried]);
    store.settle_telling(&todoke(), (id, 3), Some(cancelled)).await.expect("writes");
    assert_eq!(list().await.len(), 1, "what is settled does not come back");
}
