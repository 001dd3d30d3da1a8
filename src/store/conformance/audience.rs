//! What the port of profiles and segments promises.

use serde_json::json;
use uuid::Uuid;

use super::{
    accept, at, claim, claim_one, entries, event, replied, settle, settle_all, staff::note, text, todoke,
};
use crate::domain::{
    announcement::AnnouncementId,
    attribute::{Attribute, Attributes, Choice, Group, Keeping, Kind, Places, Retention, Topic, Topics},
    conversation::Conversation,
    enquiry::EnquiryId,
    event::{EventKey, EventKind},
    fewer::Series,
    id::{LineUserId, ResidentNo, ResidentRef, StaffId},
    language::{Language, Localized},
    profile::{Birth, Change, Field, Profile, Slot, Value, Wish},
    segment::{self, Named, SegmentId, Set},
    settlement::{Said, Settlement},
    version::Version,
};
use crate::store::{Store, StoreError};

/// What the accounts of the store under test must ask.
pub fn attributes() -> Attributes {
    let text = |text: &str| Localized::new([(Language::Ja, text.to_owned())].into());
    let choice = |id: &str| Choice { id: id.parse().expect("a name"), label: text(id), within: None };
    let attribute = |id: &str, kind| Attribute {
        id: id.parse().expect("a name"),
        kind,
        label: text(id),
        purpose: text("試験"),
        retention: Retention::WhileRegistered,
        keeping: Keeping::Plain,
    };
    let topic = |id| Topic { choice: choice(id), areas: true, hours: Vec::new() };
    let wards = Kind::Places(Places {
        roles: vec![choice("home"), choice("work")],
        places: vec![choice("kita"), choice("nishi")],
    });
    let topics = Kind::Topics(Topics {
        topics: vec![topic("garbage"), topic("crime")],
        areas_of: Some("wards".parse().expect("a name")),
    });
    Attributes::new(vec![
        attribute("wards", wards),
        attribute("topics", topics),
        attribute("children", Kind::Children { most: 4 }),
        Attribute { retention: Retention::Days(10), ..attribute("moved", Kind::YesNo) },
        Attribute { keeping: Keeping::Sealed, ..attribute("illness", Kind::YesNo) },
        attribute("member", Kind::Group(vec![Group { choice: choice("heads"), code: None }])),
    ])
    .expect("sound attributes")
}

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    what_is_said_is_folded_and_seen_at_once(&fresh()).await;
    what_is_said_with_an_event_stands_with_its_settlement_or_not_at_all(&fresh()).await;
    nobody_who_is_unknown_has_a_profile(&fresh()).await;
    a_change_that_was_worked_out_from_another_profile_is_a_conflict(&fresh()).await;
    fewer_is_asked_for_taken_back_and_gone_with_the_resident(&fresh()).await;
    whoever_leaves_or_comes_back_is_seen_so(&fresh()).await;
    the_language_that_was_chosen_last_is_seen(&fresh()).await;
    an_erased_resident_is_gone_and_nothing_older_comes_back(&fresh()).await;
    whoever_asks_for_erasure_in_the_chat_is_gone_with_that_event(&fresh()).await;
    what_may_be_kept_no_longer_is_dropped_in_rounds(&fresh()).await;
    of_two_edits_of_a_segment_one_stands(&fresh()).await;
}

fn change(attribute: &str, slot: Slot, value: Option<Value>, second: i64, event: &str) -> Change {
    let field = Field(attribute.parse().expect("a name"), slot);
    let stamp = (at(second), EventKey::from_webhook_event_id(event));
    Change::new(&attributes(), field, value, stamp).expect("the accounts ask it")
}

fn named(name: &str) -> Slot {
    Slot::Named(name.parse().expect("a name"))
}

fn home(ward: &str, second: i64) -> Change {
    let ward = Value::Chosen(ward.parse().expect("a name"));
    change("wards", named("home"), Some(ward), second, "e")
}

fn wants(topic: &str, second: i64) -> Change {
    change("topics", named(topic), Some(Value::Wanted(Wish::default())), second, "e")
}

fn set(predicate: &serde_json::Value) -> Set {
    let (predicate, _) = segment::read(&predicate.to_string(), &attributes()).expect("a sound predicate");
    segment::plan(&predicate, jiff::civil::date(2026, 11, 25))
}

fn lives_in(ward: &str) -> Set {
    set(&json!({"in": {"attribute": "wards", "of": [ward]}}))
}

async fn found(store: &impl Store, set: &Set) -> Vec<u32> {
    let list = store.list_residents(&todoke(), set).await.expect("readable");
    let count = store.count_residents(&todoke(), set).await.expect("readable");
    assert_eq!(count, list.len() as u64);
    list.into_iter().map(|ResidentNo(no)| no).collect()
}

async fn known(store: &impl Store, user: &str) -> ResidentRef {
    accept(store, vec![text(&format!("hello-{user}"), user, 1, "x")]).await;
    settle_all(store, |_| replied()).await;
    reference(store, user)
}

fn reference(store: &impl Store, user: &str) -> ResidentRef {
    store.resident_ref(&todoke(), &LineUserId::new(user)).expect("the account is there")
}

fn everybody() -> Set {
    Set::All(Vec::new())
}

async fn what_is_said_is_folded_and_seen_at_once(store: &impl Store) {
    let (one, other) = (known(store, "U1").await, known(store, "U2").await);
    assert_eq!(store.profile(&todoke(), one).await.expect("readable"), Profile::default());
    let change_now = |who, changes| async move {
        store.change_profile(&todoke(), who, None, changes).await.expect("writes").expect("is known")
    };
    change_now(one, vec![home("kita", 20), wants("garbage", 20)]).await;
    change_now(other, vec![home("nishi", 20)]).await;
    assert_eq!(found(store, &lives_in("kita")).await, [0]);
    assert_eq!(found(store, &set(&json!({"not": {"has": "topics"}}))).await, [1]);
    // An older change that comes later, and the same one again, change nothing.
    let profile = change_now(one, vec![home("nishi", 10), home("kita", 20)]).await;
    assert_eq!(profile, store.profile(&todoke(), one).await.expect("readable"));
    assert_eq!(found(store, &lives_in("kita")).await, [0]);
    change_now(one, vec![home("nishi", 30), change("topics", named("garbage"), None, 30, "e")]).await;
    assert_eq!(found(store, &lives_in("kita")).await, [0; 0]);
    assert_eq!(found(store, &lives_in("nishi")).await, [0, 1]);
    assert_eq!(found(store, &set(&json!({"has": "topics"}))).await, [0; 0]);
    let born = Value::Child(Birth::Born("2025-11".parse().expect("a month")));
    let expected = Value::Child(Birth::Expected("2027-02".parse().expect("a month")));
    let children = [(0, born), (1, expected)]
        .map(|(number, child)| change("children", Slot::Child(number), Some(child), 40, "e"));
    change_now(other, children.to_vec()).await;
    for (from, to, who) in [(12, 12, vec![1]), (0, 11, vec![]), (-10, -1, vec![1]), (13, 40, vec![])] {
        let age = set(&json!({"child_age": {"from": from, "to": to}}));
        assert_eq!(found(store, &age).await, who, "{from} to {to}");
    }
    assert_eq!(found(store, &set(&json!({"registered_before": "1970-01-02"}))).await, [0, 1]);
    // What is sealed is kept and picks nobody.
    let sealed = change("illness", Slot::Whole, Some(Value::YesNo(true)), 50, "e");
    assert_eq!(change_now(one, vec![sealed]).await.iter().count(), 2);
    let minato = super::ACCOUNTS[1].parse().expect("an id");
    assert_eq!(store.count_residents(&minato, &everybody()).await.expect("readable"), 0);
}

async fn what_is_said_with_an_event_stands_with_its_settlement_or_not_at_all(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 10, "北区")]).await;
    let stale = claim_one(store).await;
    store.release(&stale.account, stale.key, stale.lease).await.expect("the claim is alive");
    let claimed = claim_one(store).await;
    let said = || Settlement { said: Said::Changes(vec![home("kita", 10)]), ..replied() };
    assert!(matches!(settle(store, &stale, said()).await, Err(StoreError::Fenced)));
    assert_eq!(found(store, &lives_in("kita")).await, [0; 0]);
    settle(store, &claimed, said()).await.expect("the claim is alive");
    assert_eq!(found(store, &lives_in("kita")).await, [0]);
    let profile = store.profile(&todoke(), reference(store, "U1")).await.expect("readable");
    assert_eq!(profile.iter().count(), 1);
}

async fn nobody_who_is_unknown_has_a_profile(store: &impl Store) {
    let stranger = reference(store, "U9");
    let changed = store.change_profile(&todoke(), stranger, None, vec![home("kita", 1)]).await;
    assert_eq!(changed.expect("no failure"), None);
    assert_eq!(store.profile(&todoke(), stranger).await.expect("readable"), Profile::default());
    assert_eq!(found(store, &everybody()).await, [0; 0]);
    assert!(!store.erase_resident(&todoke(), stranger, at(5)).await.expect("no failure"));
}

async fn a_change_that_was_worked_out_from_another_profile_is_a_conflict(store: &impl Store) {
    let one = known(store, "U1").await;
    let (account, empty) = (todoke(), Profile::default());
    let change = |seen: &Profile, changes| store.change_profile(&account, one, Some(seen.clone()), changes);
    let first = change(&empty, vec![home("kita", 10)]).await.expect("writes").expect("is known");
    let late = change(&empty, vec![home("nishi", 20)]).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert_eq!(store.profile(&todoke(), one).await.expect("readable"), first);
    let second = change(&first, vec![home("nishi", 20)]).await.expect("writes").expect("is known");
    assert_ne!(first, second);
    let stranger =
        store.change_profile(&todoke(), ResidentRef([9; 16]), Some(first), vec![home("kita", 30)]).await;
    assert_eq!(stranger.expect("writes"), None);
}

async fn fewer_is_asked_for_taken_back_and_gone_with_the_resident(store: &impl Store) {
    let (one, other) = (known(store, "U1").await, known(store, "U2").await);
    let (of_department, city) = (Series::Department("環境局".parse().expect("a name")), Series::City);
    let id = |number| AnnouncementId(Uuid::from_u128(number));
    let asks = |series: &Series, because_of, second, event| {
        let stamp = (at(second), EventKey::from_webhook_event_id(event));
        Change::fewer(series.clone(), because_of, stamp)
    };
    let say = async |who, changes| {
        store.change_profile(&todoke(), who, None, changes).await.expect("folds").expect("is known")
    };
    let out = async |series: &Series| found(store, &segment::asking_for_fewer(series)).await;
    say(one, vec![asks(&of_department, Some(id(1)), 10, "a"), asks(&city, Some(id(2)), 10, "a")]).await;
    say(other, vec![asks(&city, Some(id(1)), 10, "a")]).await;
    assert_eq!((out(&of_department).await, out(&city).await), (vec![0], vec![0, 1]));
    // Beside what is registered, and whatever is registered afterwards.
    let profile = say(one, vec![home("kita", 11)]).await;
    assert_eq!(profile.fewer().map(|(_, because_of, _)| because_of).collect::<Vec<_>>(), [id(1), id(2)]);
    assert_eq!((out(&of_department).await, found(store, &lives_in("kita")).await), (vec![0], vec![0]));
    // Taken back; what comes late and is older brings it not back.
    let profile = say(one, vec![asks(&city, None, 20, "b"), asks(&city, Some(id(3)), 15, "c")]).await;
    assert_eq!(profile.fewer().map(|(series, ..)| series).collect::<Vec<_>>(), [&of_department]);
    assert_eq!(out(&city).await, [1]);
    assert_eq!(store.profile(&todoke(), one).await.expect("readable"), profile);
    assert!(store.erase_resident(&todoke(), one, at(50)).await.expect("erases"));
    assert_eq!((out(&of_department).await, out(&city).await), (vec![], vec![1]));
    assert!(store.profile(&todoke(), one).await.expect("readable").is_empty());
}

async fn whoever_leaves_or_comes_back_is_seen_so(store: &impl Store) {
    let one = known(store, "U1").await;
    let follow = EventKind::Follow { is_unblocked: true };
    let following = set(&json!({"following": true}));
    store.change_profile(&todoke(), one, None, vec![home("kita", 5)]).await.expect("writes");
    for (name, second, kind, expected) in [
        ("f1", 20, EventKind::Unfollow, vec![]),
        ("f0", 15, follow.clone(), vec![]),
        ("f2", 30, follow, vec![0]),
    ] {
        accept(store, vec![event(name, "U1", second, kind)]).await;
        settle_all(store, |_| replied()).await;
        assert_eq!(found(store, &following).await, expected, "{name}");
        assert_eq!(found(store, &lives_in("kita")).await, [0], "what was said stays");
    }
}

async fn an_erased_resident_is_gone_and_nothing_older_comes_back(store: &impl Store) {
    let one = known(store, "U1").await;
    let before = store.resident(&todoke(), one).await.expect("readable").expect("is known");
    store.change_profile(&todoke(), one, None, vec![home("kita", 20)]).await.expect("writes");
    store.open_enquiry(&todoke(), super::enquiries::new(1, one, "総務")).await.expect("opens");
    // Something still waits, and something comes in while the resident is being erased.
    accept(store, vec![text("waits", "U1", 30, "まだ")]).await;
    let account = todoke();
    let (erased, _) = tokio::join!(
        store.erase_resident(&account, one, at(40)),
        store.accept(&account, at(1_000), vec![text("comes", "U1", 41, "また")])
    );
    assert!(erased.expect("erases"));
    assert_eq!(found(store, &lives_in("kita")).await, [0; 0]);
    assert_eq!(store.profile(&todoke(), one).await.expect("readable"), Profile::default());
    assert!(store.load_enquiry(&todoke(), EnquiryId(Uuid::from_u128(1))).await.expect("readable").is_none());
    let mut answered = Vec::new();
    for _ in 0..2 {
        let claimed = claim_one(store).await;
        let anew = claimed.resident.as_ref().expect("known anew");
        assert!(anew.id != before.id && anew.no != before.no, "nothing leads back");
        assert_eq!(claimed.conversation, Conversation::default());
        answered.push(claimed.event.text().map(ToOwned::to_owned));
        let said = Said::Changes(vec![home("nishi", 39), home("kita", 40)]);
        settle(store, &claimed, Settlement { said, ..replied() }).await.expect("the claim is alive");
    }
    assert_eq!(answered, [Some("まだ".into()), Some("また".into())]);
    assert_eq!(
        found(store, &set(&json!({"has": "wards"}))).await,
        [0; 0],
        "words from before have no effect"
    );
    store.change_profile(&todoke(), one, None, vec![home("nishi", 41)]).await.expect("writes");
    assert_eq!(found(store, &lives_in("nishi")).await, [1]);
    assert_eq!(found(store, &everybody()).await, [1]);
    for (before, dropped) in [(40, 0), (41, 1), (41, 0)] {
        assert_eq!(store.expire_erasures(&todoke(), at(before), 9).await.expect("drops"), dropped);
    }
}

async fn whoever_asks_for_erasure_in_the_chat_is_gone_with_that_event(store: &impl Store) {
    let one = known(store, "U1").await;
    store.change_profile(&todoke(), one, None, vec![home("kita", 20)]).await.expect("writes");
    accept(store, vec![text("e1", "U1", 30, "消してください")]).await;
    let claimed = claim_one(store).await;
    let settlement = Settlement {
        said: Said::EraseMe,
        language: Some(Language::En),
        conversation: Some(Conversation { language: Some(Language::En), ..Conversation::default() }),
        facts: vec!["erased".into()],
        ..replied()
    };
    settle(store, &claimed, settlement).await.expect("the claim is alive");
    assert_eq!(store.resident(&todoke(), one).await.expect("readable"), None);
    assert_eq!(found(store, &everybody()).await, [0; 0]);
    assert_eq!(store.words(&todoke(), claimed.key).await.expect("readable"), None);
    let view = store.event(&todoke(), claimed.key).await.expect("readable").expect("its outcome stays");
    assert_eq!(view.trace, None);
    let facts = store.day(&todoke(), jiff::civil::date(1970, 1, 1)).await.expect("readable");
    assert!(facts.contains(&("erased".to_owned(), 1)), "{facts:?}");
    assert!(claim(store).await.is_empty());
    accept(store, vec![text("e2", "U1", 50, "こんにちは")]).await;
    let anew = claim_one(store).await;
    assert_eq!(anew.resident.expect("known anew").language, None);
}

async fn the_language_that_was_chosen_last_is_seen(store: &impl Store) {
    let one = known(store, "U1").await;
    let speak = |language: &str| set(&json!({"language": [language]}));
    for (name, second, language) in [("e1", 20, Language::En), ("e2", 30, Language::Vi)] {
        accept(store, vec![text(name, "U1", second, "Language")]).await;
        settle_all(store, |_| Settlement { language: Some(language), ..replied() }).await;
        assert_eq!(found(store, &speak(language.code())).await, [0]);
    }
    assert_eq!(found(store, &speak("en")).await, [0; 0]);
    // What is said of oneself and leaving change nothing of it.
    store.change_profile(&todoke(), one, None, vec![home("kita", 40)]).await.expect("writes");
    accept(store, vec![event("e3", "U1", 50, EventKind::Unfollow)]).await;
    assert_eq!(found(store, &speak("vi")).await, [0]);
    settle_all(store, |_| replied()).await;
    assert!(store.erase_resident(&todoke(), one, at(60)).await.expect("erases"));
    assert_eq!(found(store, &speak("vi")).await, [0; 0]);
}

async fn what_may_be_kept_no_longer_is_dropped_in_rounds(store: &impl Store) {
    for user in ["U1", "U2", "U3"] {
        let who = known(store, user).await;
        let moved = change("moved", Slot::Whole, Some(Value::YesNo(true)), 0, "e");
        store.change_profile(&todoke(), who, None, vec![home("kita", 0), moved]).await.expect("writes");
    }
    let moved = set(&json!({"in": {"attribute": "moved", "of": ["yes"]}}));
    let round = |second| async move {
        let (mut dropped, mut calls) = (0, 0);
        loop {
            let (some, is_over) = store.expire_profiles(&todoke(), at(second), 2).await.expect("drops");
            (dropped, calls) = (dropped + some, calls + 1);
            assert!(calls < 20, "a round comes to an end");
            if is_over {
                return dropped;
            }
        }
    };
    assert_eq!(round(10 * 86_400 - 1).await, 0);
    assert_eq!(found(store, &moved).await, [0, 1, 2]);
    assert_eq!(round(10 * 86_400).await, 3);
    assert_eq!(found(store, &moved).await, [0; 0]);
    assert_eq!(found(store, &lives_in("kita")).await, [0, 1, 2]);
    assert_eq!(round(10 * 86_400).await, 0);
}

async fn of_two_edits_of_a_segment_one_stands(store: &impl Store) {
    let segment = |name: &str| {
        let json = json!({"has": "topics"});
        let (_, predicate) = segment::read(&json.to_string(), &attributes()).expect("a sound predicate");
        Named {
            id: SegmentId(Uuid::from_u128(7)),
            name: name.parse().expect("a name"),
            owner: Some(StaffId(Uuid::from_u128(1))),
            department: None,
            predicate,
            changed: at(1),
            changed_by: None,
            removed: false,
        }
    };
    let (account, by) = (todoke(), StaffId(Uuid::from_u128(1)));
    let first = store.save_segment(&account, Version(0), segment("一"), note(by)).await.expect("saves");
    let (one, other) = tokio::join!(
        store.save_segment(&account, first, segment("二"), note(by)),
        store.save_segment(&account, first, segment("三"), note(by))
    );
    assert!(one.is_ok() != other.is_ok());
    assert!(matches!(one.and(other), Err(StoreError::Conflict)));
    let list = store.list_segments(&account).await.expect("readable");
    assert_eq!((list.len(), list[0].version), (1, Version(2)));
    let id = list[0].value.id;
    assert!(matches!(store.remove_segment(&account, first, id, note(by)).await, Err(StoreError::Conflict)));
    assert_eq!(entries(store).await, 2, "what was refused left no entry");
    store.remove_segment(&account, Version(2), id, note(by)).await.expect("removes");
    assert!(store.list_segments(&account).await.expect("readable").is_empty());
    assert!(matches!(
        store.remove_segment(&account, Version(0), id, note(by)).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!(entries(store).await, 3);
}
