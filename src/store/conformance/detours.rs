//! The suite's part about accounts at the single sign-on, and the ways that lead there.

use super::{
    at, entries,
    staff::{add, begin, both, note, person, session},
};
use crate::{
    domain::staff::{Credentials, Detour, Errand, Hash, LinkedAccount, OutsideAccount, SessionId, Version},
    store::{Store, StoreError, detours::MOST_DETOURS, staff::Sessions},
};

/// Runs every sentence about them against a fresh store each time.
pub async fn all<S: Store>(fresh: impl Fn() -> S) {
    a_detour_is_taken_once_in_its_own_session(&fresh()).await;
    a_session_has_few_detours_and_they_end_with_it(&fresh()).await;
    an_outside_account_is_one_persons(&fresh()).await;
    of_two_who_link_one_account_at_once_the_second_is_told(&fresh()).await;
    an_invitation_lets_go_of_the_account(&fresh()).await;
}

fn detour(number: u8) -> Detour {
    Detour {
        state: Hash([number; 32]),
        nonce: format!("nonce-{number}"),
        verifier: format!("verifier-{number}"),
        errand: Errand::ComeIn,
        next: "/console/todoke".into(),
        begun: at(1_000),
    }
}

fn account(subject: &str) -> OutsideAccount {
    OutsideAccount { issuer: "https://idp.example".into(), subject: subject.into() }
}

fn linked(subject: &str) -> Credentials {
    let linked = LinkedAccount { account: account(subject), since: at(1_000), used: None };
    Credentials { linked: Some(linked), ..Credentials::default() }
}

async fn a_detour_is_taken_once_in_its_own_session(store: &impl Store) {
    let token = Hash([1; 32]);
    begin(store, 1, session(1, 1)).await;
    begin(store, 2, session(1, 2)).await;
    for number in 1..=2 {
        store.keep_detour(&token, detour(number)).await.expect("kept");
    }
    let elsewhere = store.take_detour(&Hash([2; 32]), &Hash([1; 32])).await.expect("answers");
    assert_eq!(elsewhere, None, "it was begun in another session");
    let once = || store.take_detour(&token, &Hash([1; 32]));
    let got: Vec<_> =
        both(once(), once()).await.into_iter().filter_map(|got| got.expect("answers")).collect();
    assert_eq!(got, [detour(1)]);
    assert_eq!(store.take_detour(&token, &Hash([9; 32])).await.expect("answers"), None, "never begun");
    assert_eq!(store.take_detour(&token, &Hash([2; 32])).await.expect("answers"), Some(detour(2)));
}

async fn a_session_has_few_detours_and_they_end_with_it(store: &impl Store) {
    let (token, id) = (Hash([1; 32]), person(1).id);
    begin(store, 1, session(1, 1)).await;
    let most = u8::try_from(MOST_DETOURS).expect("few");
    for number in 0..=most {
        store.keep_detour(&token, detour(number)).await.expect("kept");
    }
    assert_eq!(store.take_detour(&token, &Hash([0; 32])).await.expect("answers"), None, "it gave way");
    assert_eq!(store.take_detour(&token, &Hash([1; 32])).await.expect("answers"), Some(detour(1)));
    let number = SessionId(uuid::Uuid::from_u128(1));
    store.end_session(id, number, note(id)).await.expect("ends");
    let gone = store.take_detour(&token, &Hash([most; 32])).await.expect("answers");
    assert_eq!(gone, None, "gone with its session");
    assert!(matches!(store.keep_detour(&token, detour(9)).await, Err(StoreError::Conflict)));
}

async fn an_outside_account_is_one_persons(store: &impl Store) {
    let (one, two, keep) = (person(1).id, person(2).id, Sessions::Keep);
    for number in 1..=2 {
        add(store, number).await;
    }
    assert_eq!(store.find_linked(&account("a")).await.expect("answers"), None);
    store.change_credentials(one, linked("a"), Version(0), keep, Some(note(one))).await.expect("links");
    assert_eq!(store.find_linked(&account("a")).await.expect("answers"), Some(one));
    let other = OutsideAccount { issuer: "https://idp.example.evil".into(), subject: "a".into() };
    assert_eq!(store.find_linked(&other).await.expect("answers"), None, "of another provider");
    let before = entries(store).await;
    let taken = store.change_credentials(two, linked("a"), Version(0), keep, Some(note(two))).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "it is somebody else's");
    assert_eq!(store.load_credentials(two).await.expect("readable").version, Version(0));
    assert_eq!(entries(store).await, before, "the refused link left no entry");

    store.change_credentials(one, linked("b"), Version(1), keep, Some(note(one))).await.expect("moves");
    assert_eq!(store.find_linked(&account("a")).await.expect("answers"), None, "it is free again");
    store.change_credentials(two, linked("a"), Version(0), keep, Some(note(two))).await.expect("links");
    let without = Credentials::default();
    store.change_credentials(one, without, Version(2), keep, Some(note(one))).await.expect("unlinks");
    assert_eq!(store.find_linked(&account("b")).await.expect("answers"), None);
    assert_eq!(store.find_linked(&account("a")).await.expect("answers"), Some(two));
}

async fn of_two_who_link_one_account_at_once_the_second_is_told(store: &impl Store) {
    let (one, two) = (person(1).id, person(2).id);
    let link = |id| store.change_credentials(id, linked("a"), Version(0), Sessions::Keep, Some(note(id)));
    let results = both(link(one), link(two)).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().any(|result| matches!(result, Err(StoreError::Conflict))));
    let owner = store.find_linked(&account("a")).await.expect("answers");
    assert_eq!(owner, Some(if results[0].is_ok() { one } else { two }));
}

async fn an_invitation_lets_go_of_the_account(store: &impl Store) {
    add(store, 1).await;
    let id = person(1).id;
    store
        .change_credentials(id, linked("a"), Version(0), Sessions::Keep, Some(note(id)))
        .await
        .expect("links");
    let used = store.use_invitation(&Hash([1; 32]), at(1_500), Credentials::default(), note(id)).await;
    assert!(used.expect("answers"));
    assert_eq!(store.find_linked(&account("a")).await.expect("answers"), None);
}
