//! What the port of rosters promises.

use uuid::Uuid;

use super::{accept, at, entries, replied, settle_all, staff::note, text, todoke};
use crate::domain::{
    attribute::CodeHash,
    event::EventKey,
    id::{LineUserId, ResidentRef, StaffId},
    profile::{Change, Field, Slot, Value},
    roster::{Admission, GroupRef, Invited, InvitedName, PersonalCode},
    segment::{self, Set},
};
use crate::store::{Store, StoreError};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_list_is_changed_whole_or_not_at_all(&fresh()).await;
    a_code_counts_once_and_again_for_the_same_resident(&fresh()).await;
    of_two_who_use_a_code_at_once_one_comes_in(&fresh()).await;
    whoever_is_taken_off_the_list_leaves_the_group(&fresh()).await;
    an_erased_resident_is_on_no_list_and_the_code_stays_used(&fresh()).await;
}

fn heads() -> GroupRef {
    GroupRef { attribute: "member".parse().expect("a name"), group: "heads".parse().expect("a name") }
}

/// Somebody with a code of their own, which a test can make again.
fn invited(name: &str, code: &str) -> Invited {
    let code: PersonalCode = code.parse().expect("a code");
    let (hash, name) = (code.hash(), name.parse().expect("a name"));
    Invited { group: heads(), name, code: Some(code), hash, made: at(5), used: None }
}

const CODES: [&str; 3] = ["AAAA-AAAA-AAA0", "AAAA-AAAA-AAA1", "AAAA-AAAA-AAA2"];

fn hash(code: &str) -> CodeHash {
    code.parse::<PersonalCode>().expect("a code").hash()
}

fn name(name: &str) -> (GroupRef, InvitedName) {
    (heads(), name.parse().expect("a name"))
}

async fn put(
    store: &impl Store,
    added: Vec<Invited>,
    removed: Vec<(GroupRef, InvitedName)>,
) -> Result<(), StoreError> {
    let stamp = (at(90), EventKey::from_raw(b"list"));
    store.change_roster(&todoke(), added, removed, stamp, note(StaffId(Uuid::from_u128(1)))).await
}

async fn known(store: &impl Store, user: &str) -> ResidentRef {
    accept(store, vec![text(&format!("hello-{user}"), user, 1, "x")]).await;
    settle_all(store, |_| replied()).await;
    store.resident_ref(&todoke(), &LineUserId::new(user)).expect("the account is there")
}

async fn enter(store: &impl Store, code: &str, who: ResidentRef) -> Admission {
    let member = heads().attribute;
    store.use_code(&todoke(), &member, hash(code), who, at(20)).await.expect("no failure")
}

fn members() -> Set {
    let json = r#"{"member_of": {"attribute": "member", "of": ["heads"]}}"#;
    let (predicate, _) = segment::read(json, &super::audience::attributes()).expect("a sound predicate");
    segment::plan(&predicate, jiff::civil::date(2026, 11, 28))
}

async fn joins(store: &impl Store, who: ResidentRef, second: i64) {
    let field = Field(heads().attribute, Slot::Named(heads().group));
    let stamp = (at(second), EventKey::from_webhook_event_id("e"));
    let joins = Change::new(&super::audience::attributes(), field, Some(Value::Member), stamp);
    let joins = joins.expect("the accounts have the group");
    store.change_profile(&todoke(), who, None, vec![joins]).await.expect("writes");
}

async fn a_list_is_changed_whole_or_not_at_all(store: &impl Store) {
    put(store, vec![invited("佐藤 花子", CODES[0])], vec![]).await.expect("writes");
    let list = store.list_invited(&todoke()).await.expect("readable");
    assert_eq!(list, [invited("佐藤 花子", CODES[0])]);
    for (added, removed) in [
        // The same person, the same code, and somebody who is not there.
        (vec![invited("山田", CODES[1]), invited("佐藤　花子", CODES[2])], vec![]),
        (vec![invited("山田", CODES[0])], vec![]),
        (vec![invited("山田", CODES[1])], vec![name("鈴木")]),
    ] {
        assert!(matches!(put(store, added, removed).await, Err(StoreError::Conflict)));
    }
    assert_eq!(store.list_invited(&todoke()).await.expect("readable"), list);
    assert_eq!(entries(store).await, 1, "what was refused left no entry");
    // Taken off and put on again: another code.
    put(store, vec![invited("佐藤 花子", CODES[1])], vec![name("佐藤 花子")]).await.expect("writes");
    let one = known(store, "U1").await;
    assert_eq!(enter(store, CODES[0], one).await, Admission::Unknown);
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert!(store.list_invited(&minato).await.expect("readable").is_empty());
}

async fn a_code_counts_once_and_again_for_the_same_resident(store: &impl Store) {
    let (one, other) = (known(store, "U1").await, known(store, "U2").await);
    put(store, vec![invited("佐藤", CODES[0])], vec![]).await.expect("writes");
    let member = heads().attribute;
    let elsewhere = "topics".parse().expect("a name");
    let wrong = store.use_code(&todoke(), &elsewhere, hash(CODES[0]), one, at(9)).await;
    assert_eq!(wrong.expect("no failure"), Admission::Unknown, "it is no group of that attribute");
    let stranger = store.use_code(&todoke(), &member, hash(CODES[0]), ResidentRef([9; 16]), at(9)).await;
    assert_eq!(stranger.expect("no failure"), Admission::Unknown);
    assert_eq!(enter(store, CODES[1], one).await, Admission::Unknown);
    for _ in 0..2 {
        assert_eq!(enter(store, CODES[0], one).await, Admission::Admitted(heads()));
        assert_eq!(enter(store, CODES[0], other).await, Admission::Taken);
    }
    let list = store.list_invited(&todoke()).await.expect("readable");
    assert_eq!((list[0].used, &list[0].code), (Some(at(20)), &None), "a used code is dropped");
}

async fn of_two_who_use_a_code_at_once_one_comes_in(store: &impl Store) {
    let (one, other) = (known(store, "U1").await, known(store, "U2").await);
    put(store, vec![invited("佐藤", CODES[0])], vec![]).await.expect("writes");
    let (one, other) = tokio::join!(enter(store, CODES[0], one), enter(store, CODES[0], other));
    assert_ne!(one == Admission::Taken, other == Admission::Taken, "{one:?} {other:?}");
}

async fn whoever_is_taken_off_the_list_leaves_the_group(store: &impl Store) {
    let (one, other) = (known(store, "U1").await, known(store, "U2").await);
    put(store, vec![invited("佐藤", CODES[0]), invited("山田", CODES[1])], vec![]).await.expect("writes");
    for (who, code) in [(one, CODES[0]), (other, CODES[1])] {
        assert_eq!(enter(store, code, who).await, Admission::Admitted(heads()));
        joins(store, who, 20).await;
    }
    assert_eq!(store.count_residents(&todoke(), &members()).await.expect("readable"), 2);
    put(store, vec![], vec![name("佐藤")]).await.expect("writes");
    assert_eq!(store.count_residents(&todoke(), &members()).await.expect("readable"), 1);
    // What was said before the list was changed does not bring it back.
    joins(store, one, 30).await;
    assert_eq!(store.count_residents(&todoke(), &members()).await.expect("readable"), 1);
    assert_eq!(enter(store, CODES[0], one).await, Admission::Unknown);
}

async fn an_erased_resident_is_on_no_list_and_the_code_stays_used(store: &impl Store) {
    let one = known(store, "U1").await;
    put(store, vec![invited("佐藤", CODES[0])], vec![]).await.expect("writes");
    assert_eq!(enter(store, CODES[0], one).await, Admission::Admitted(heads()));
    assert!(store.erase_resident(&todoke(), one, at(40)).await.expect("erases"));
    accept(store, vec![text("again", "U1", 45, "x")]).await;
    settle_all(store, |_| replied()).await;
    let anew = store.resident_ref(&todoke(), &LineUserId::new("U1")).expect("the account is there");
    assert_eq!(enter(store, CODES[0], anew).await, Admission::Taken, "nothing leads back to who used it");
    // Nobody leaves the group with the list any more.
    joins(store, anew, 50).await;
    put(store, vec![], vec![name("佐藤")]).await.expect("writes");
    assert_eq!(store.count_residents(&todoke(), &members()).await.expect("readable"), 1);
}
