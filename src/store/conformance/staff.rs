//! The suite's part about staff, sessions and the audit chain.

use std::future::Future;

use uuid::Uuid;

use super::{at, todoke};
use crate::{
    domain::{
        audit::{Action, Entry, Head, Note, Who, verify},
        id::StaffId,
        staff::{
            Challenge, Credentials, Hash, Invitation, KeyId, Membership, Origin, PublicKey, Purpose, Role,
            SecurityKey, Session, SessionId, Staff, Stage, Strength, Version,
        },
    },
    store::{
        Store, StoreError,
        sessions::{MOST_CHALLENGES, MOST_SESSIONS, Post},
        staff::{Added, Sessions, StaffChange, Versioned},
    },
};

/// Runs every sentence about staff against a fresh store each time.
pub async fn all<S: Store>(fresh: impl Fn() -> S) {
    a_login_name_belongs_to_one_person(&fresh()).await;
    staff_are_found_and_listed_by_account(&fresh()).await;
    of_two_edits_the_second_is_told(&fresh()).await;
    an_import_is_done_whole_or_not_at_all(&fresh()).await;
    an_invitation_is_good_once_and_a_new_one_voids_it(&fresh()).await;
    a_code_used_twice_at_once_is_good_once(&fresh()).await;
    a_session_that_was_ended_is_gone_with_its_posts(&fresh()).await;
    new_credentials_end_sessions_as_told(&fresh()).await;
    a_session_takes_the_place_of_the_one_before(&fresh()).await;
    nobody_has_too_many_sessions(&fresh()).await;
    a_form_counts_once(&fresh()).await;
    a_question_to_a_key_is_taken_once(&fresh()).await;
    a_key_counts_forward_though_two_proofs_come_at_once(&fresh()).await;
    the_audit_chain_holds_under_concurrency(&fresh()).await;
    what_fails_leaves_no_entry(&fresh()).await;
}

/// A note about somebody.
pub fn note(of: StaffId) -> Note {
    Note {
        at: at(1_000),
        actor: Who::System,
        action: Action::StaffChanged,
        object: of.to_string(),
        account: Some(todoke()),
        from: Some("192.0.2.1".into()),
        detail: Vec::new(),
    }
}

/// Somebody with a number.
pub fn person(number: u128) -> Staff {
    Staff {
        id: StaffId(Uuid::from_u128(number)),
        login: format!("staff-{number}").parse().expect("a login name"),
        name: format!("職員{number}").parse().expect("a name"),
        memberships: vec![Membership {
            account: todoke(),
            roles: vec![Role::Viewer],
            department: None,
            from: None,
            until: None,
        }],
    }
}

fn invitation(of: u128, token: u8) -> Invitation {
    Invitation { staff: StaffId(Uuid::from_u128(of)), token: Hash([token; 32]), until: at(2_000) }
}

/// A full session of somebody.
pub fn session(of: u128, number: u128) -> Session {
    Session {
        id: SessionId(Uuid::from_u128(number)),
        staff: StaffId(Uuid::from_u128(of)),
        stage: Stage::Full,
        strength: Strength::TwoFactors,
        begun: at(1_000),
        seen: at(1_000),
        proved: at(1_000),
        origin: Origin { address: "192.0.2.1".into(), agent: "browser".into() },
        form_key: Hash([9; 32]),
        offered_seed: None,
        signed_on: None,
    }
}

/// Adds somebody with a number.
pub async fn add(store: &impl Store, number: u128) -> Added {
    let staff = person(number);
    let note = note(staff.id);
    let token = u8::try_from(number % 251).expect("below 251");
    store.add_staff(staff, invitation(number, token), note).await.expect("the store adds")
}

/// Begins it under a token.
pub async fn begin(store: &impl Store, token: u8, session: Session) {
    store.begin_session(&Hash([token; 32]), session, None, None).await.expect("a session begins");
}

/// Every entry, checked.
async fn entries(store: &impl Store) -> Vec<Entry> {
    let entries = store.audit_from(1, 10_000).await.expect("readable");
    let end = verify(Head::START, &entries).expect("the chain is whole");
    assert_eq!(end, store.audit_head().await.expect("readable"));
    entries
}

/// Both at the same time.
pub async fn both<T>(first: impl Future<Output = T>, second: impl Future<Output = T>) -> [T; 2] {
    let (first, second) = tokio::join!(first, second);
    [first, second]
}

async fn a_login_name_belongs_to_one_person(store: &impl Store) {
    assert_eq!(add(store, 1).await, Added::Added);
    let mut other = person(2);
    other.login = person(1).login;
    let taken = store.add_staff(other, invitation(2, 2), note(person(2).id)).await.expect("answers");
    assert_eq!(taken, Added::LoginTaken);
    assert_eq!(store.load_staff(person(2).id).await.expect("readable"), None);
    assert_eq!(store.load_invitation(&Hash([2; 32])).await.expect("readable"), None);
    assert_eq!(entries(store).await.len(), 1);
    let (third, fourth) = (Staff { id: person(3).id, ..person(5) }, Staff { id: person(4).id, ..person(5) });
    let added = both(
        store.add_staff(third, invitation(3, 3), note(person(3).id)),
        store.add_staff(fourth, invitation(4, 4), note(person(4).id)),
    );
    let added: Vec<Added> = added.await.into_iter().map(|added| added.expect("answers")).collect();
    assert_eq!(added.iter().filter(|added| **added == Added::Added).count(), 1);
}

async fn staff_are_found_and_listed_by_account(store: &impl Store) {
    for number in 1..=5 {
        add(store, number).await;
    }
    let found = store.load_staff_by_login(&person(3).login).await.expect("readable");
    assert_eq!(found, Some(Versioned { value: person(3), version: Version::FIRST }));
    let first = store.list_staff(&todoke(), None, 3).await.expect("readable");
    let last = first.last().map(|staff| staff.value.id);
    let rest = store.list_staff(&todoke(), last, 3).await.expect("readable");
    let listed: Vec<StaffId> = first.iter().chain(&rest).map(|staff| staff.value.id).collect();
    assert_eq!(listed, (1..=5).map(|number| person(number).id).collect::<Vec<_>>());
    let minato = super::ACCOUNTS[1].parse().expect("a valid account id");
    assert!(store.list_staff(&minato, None, 10).await.expect("readable").is_empty());
    let mut moved = person(2);
    moved.memberships[0].account = minato.clone();
    store.change_staff(moved, Version::FIRST, note(person(2).id)).await.expect("changes");
    assert_eq!(store.list_staff(&minato, None, 10).await.expect("readable").len(), 1);
    assert_eq!(store.list_staff(&todoke(), None, 10).await.expect("readable").len(), 4);
}

async fn of_two_edits_the_second_is_told(store: &impl Store) {
    add(store, 1).await;
    let edit = |name: &str| Staff { name: name.parse().expect("a name"), ..person(1) };
    let results = both(
        store.change_staff(edit("一人目"), Version::FIRST, note(person(1).id)),
        store.change_staff(edit("二人目"), Version::FIRST, note(person(1).id)),
    );
    let results = results.await;
    let told = results.iter().filter(|result| matches!(result, Err(StoreError::Conflict))).count();
    assert_eq!((told, results.iter().filter(|result| result.is_ok()).count()), (1, 1));
    let kept = store.load_staff(person(1).id).await.expect("readable").expect("known");
    assert_eq!(kept.version, Version::FIRST.next());
    let won = if results[0].is_ok() { "一人目" } else { "二人目" };
    assert_eq!(kept.value.name.as_str(), won);
    assert_eq!(entries(store).await.len(), 2, "the refused edit left no entry");
    let renamed = Staff { login: "other".parse().expect("a login name"), ..person(1) };
    store.change_staff(renamed, kept.version, note(person(1).id)).await.expect("changes");
    assert!(store.load_staff_by_login(&person(1).login).await.expect("readable").is_some(), "it stays");
}

async fn an_import_is_done_whole_or_not_at_all(store: &impl Store) {
    add(store, 1).await;
    let stale = vec![
        StaffChange::Add(person(2), invitation(2, 2)),
        StaffChange::Change(person(1), Version::FIRST.next()),
    ];
    let refused = store.import_staff(stale, note(person(1).id)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert_eq!(store.load_staff(person(2).id).await.expect("readable"), None);
    let taken = vec![
        StaffChange::Add(person(2), invitation(2, 2)),
        StaffChange::Add(Staff { id: person(3).id, ..person(2) }, invitation(3, 3)),
    ];
    assert!(matches!(store.import_staff(taken, note(person(1).id)).await, Err(StoreError::Conflict)));
    let many = (10..210).map(|number| StaffChange::Add(person(number), invitation(number, 1))).collect();
    store.import_staff(many, note(person(1).id)).await.expect("imports");
    assert_eq!(store.list_staff(&todoke(), None, 1_000).await.expect("readable").len(), 201);
    assert_eq!(entries(store).await.len(), 2);
}

async fn an_invitation_is_good_once_and_a_new_one_voids_it(store: &impl Store) {
    add(store, 1).await;
    let (id, set) =
        (person(1).id, |hash: &str| Credentials { password: Some(hash.into()), ..Credentials::default() });
    let late = store.use_invitation(&Hash([1; 32]), at(2_001), set("late"), note(id)).await;
    assert!(!late.expect("answers"), "its time is over");
    store.invite(invitation(1, 7), note(id)).await.expect("invites");
    let old = store.use_invitation(&Hash([1; 32]), at(1_500), set("old"), note(id)).await;
    assert!(!old.expect("answers"), "the older one is void");
    begin(store, 50, session(1, 50)).await;
    let used = both(
        store.use_invitation(&Hash([7; 32]), at(1_500), set("first"), note(id)),
        store.use_invitation(&Hash([7; 32]), at(1_500), set("second"), note(id)),
    );
    let used: Vec<bool> = used.await.into_iter().map(|used| used.expect("answers")).collect();
    assert_eq!(used.iter().filter(|used| **used).count(), 1);
    let password = store.load_credentials(id).await.expect("readable").value.password;
    assert_eq!(password.as_deref(), Some(if used[0] { "first" } else { "second" }));
    assert_eq!(store.load_session(&Hash([50; 32])).await.expect("readable"), None, "sessions have ended");
    assert_eq!(entries(store).await.len(), 3);
}

async fn a_code_used_twice_at_once_is_good_once(store: &impl Store) {
    add(store, 1).await;
    let id = person(1).id;
    let with_codes = Credentials { recovery: vec![Hash([1; 32]), Hash([2; 32])], ..Credentials::default() };
    let keep = Sessions::Keep;
    store.change_credentials(id, with_codes, Version(0), keep, Some(note(id))).await.expect("changes");
    let Versioned { value, version } = store.load_credentials(id).await.expect("readable");
    let without = || {
        let mut after = value.clone();
        assert!(after.use_recovery_code(&Hash([1; 32])));
        after
    };
    let used = both(
        store.change_credentials(id, without(), version, keep, Some(note(id))),
        store.change_credentials(id, without(), version, keep, Some(note(id))),
    );
    let used = used.await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(used.iter().any(|used| matches!(used, Err(StoreError::Conflict))));
    assert_eq!(store.load_credentials(id).await.expect("readable").value.recovery, [Hash([2; 32])]);
}

async fn a_session_that_was_ended_is_gone_with_its_posts(store: &impl Store) {
    let token = Hash([1; 32]);
    begin(store, 1, session(1, 1)).await;
    begin(store, 2, session(1, 2)).await;
    store.note_use(&token, at(1_060)).await.expect("noted");
    assert_eq!(store.load_session(&token).await.expect("readable").expect("there").seen, at(1_060));
    store.claim_post(&token, &[1; 16]).await.expect("claims");
    let id = person(1).id;
    assert!(
        !store.end_session(person(2).id, SessionId(Uuid::from_u128(1)), note(id)).await.expect("answers")
    );
    assert!(store.end_session(id, SessionId(Uuid::from_u128(1)), note(id)).await.expect("ends"));
    assert!(!store.end_session(id, SessionId(Uuid::from_u128(1)), note(id)).await.expect("answers"));
    assert_eq!(store.load_session(&token).await.expect("readable"), None);
    store.note_use(&token, at(1_100)).await.expect("does nothing");
    store.change_session(&token, session(1, 1), Some(note(id))).await.expect("does nothing");
    assert_eq!(store.load_session(&token).await.expect("readable"), None, "an ended session stays ended");
    assert!(matches!(store.claim_post(&token, &[2; 16]).await, Err(StoreError::Conflict)));
    assert_eq!(store.list_sessions(id).await.expect("readable").len(), 1);
    assert_eq!(store.end_sessions(id, note(id)).await.expect("ends"), 1);
    assert!(store.list_sessions(id).await.expect("readable").is_empty());
    assert_eq!(entries(store).await.len(), 2);
}

async fn new_credentials_end_sessions_as_told(store: &impl Store) {
    let id = person(1).id;
    for number in 1..=3 {
        begin(store, number, session(1, u128::from(number))).await;
    }
    begin(store, 9, session(2, 9)).await;
    let change =
        |version, sessions| store.change_credentials(id, Credentials::default(), version, sessions, None);
    change(Version(0), Sessions::Keep).await.expect("changes");
    assert_eq!(store.list_sessions(id).await.expect("readable").len(), 3);
    change(Version(1), Sessions::EndOthers(Hash([2; 32]))).await.expect("changes");
    assert_eq!(store.list_sessions(id).await.expect("readable"), [session(1, 2)]);
    change(Version(2), Sessions::EndAll).await.expect("changes");
    assert!(store.list_sessions(id).await.expect("readable").is_empty());
    assert_eq!(store.list_sessions(person(2).id).await.expect("readable").len(), 1);
}

async fn a_session_takes_the_place_of_the_one_before(store: &impl Store) {
    begin(store, 1, session(1, 1)).await;
    let (old, new) = (Hash([1; 32]), Hash([2; 32]));
    store.begin_session(&new, session(1, 2), Some(old), None).await.expect("begins");
    assert_eq!(store.load_session(&old).await.expect("readable"), None);
    let again = store.begin_session(&Hash([3; 32]), session(1, 3), Some(old), None).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "one step leads to one session");
    assert_eq!(store.list_sessions(person(1).id).await.expect("readable"), [session(1, 2)]);
}

async fn nobody_has_too_many_sessions(store: &impl Store) {
    for number in 0..=u8::try_from(MOST_SESSIONS).expect("few") {
        begin(store, number + 1, session(1, u128::from(number))).await;
    }
    let sessions = store.list_sessions(person(1).id).await.expect("readable");
    assert_eq!(sessions.len(), MOST_SESSIONS);
    assert_eq!(store.load_session(&Hash([1; 32])).await.expect("readable"), None, "the oldest gave way");
    begin(store, 200, Session { begun: at(1_000_000), seen: at(1_000_000), ..session(1, 200) }).await;
    assert_eq!(
        store.list_sessions(person(1).id).await.expect("readable").len(),
        1,
        "what is over is dropped"
    );
}

async fn a_form_counts_once(store: &impl Store) {
    begin(store, 1, session(1, 1)).await;
    let (token, key) = (Hash([1; 32]), [5; 16]);
    let claims = both(store.claim_post(&token, &key), store.claim_post(&token, &key)).await;
    let first = claims.iter().filter(|claim| matches!(claim, Ok(Post::First))).count();
    assert_eq!(first, 1, "{claims:?}");
    assert_eq!(store.claim_post(&token, &key).await.expect("answers"), Post::Unknown);
    store.finish_post(&token, &key, None).await.expect("gives back");
    assert_eq!(store.claim_post(&token, &key).await.expect("answers"), Post::First);
    store.finish_post(&token, &key, Some("/done".into())).await.expect("finishes");
    assert_eq!(store.claim_post(&token, &key).await.expect("answers"), Post::Done("/done".into()));
    for number in 0..600_u16 {
        let mut key = [0; 16];
        key[..2].copy_from_slice(&number.to_be_bytes());
        store.claim_post(&token, &key).await.expect("claims");
    }
}

async fn a_question_to_a_key_is_taken_once(store: &impl Store) {
    let token = Hash([1; 32]);
    begin(store, 1, session(1, 1)).await;
    begin(store, 2, session(1, 2)).await;
    let question =
        |number: u8| Challenge { bytes: Hash([number; 32]), purpose: Purpose::Prove, until: at(1_300) };
    for number in 1..=2 {
        store.keep_challenge(&token, question(number)).await.expect("kept");
    }
    let elsewhere = store.take_challenge(&Hash([2; 32]), &Hash([1; 32])).await.expect("answers");
    assert_eq!(elsewhere, None, "it was put in another session");
    let once = || store.take_challenge(&token, &Hash([1; 32]));
    let got: Vec<_> =
        both(once(), once()).await.into_iter().filter_map(|got| got.expect("answers")).collect();
    assert_eq!(got, [question(1)]);
    let most = u8::try_from(MOST_CHALLENGES).expect("few");
    for number in 10..10 + most {
        store.keep_challenge(&token, question(number)).await.expect("kept");
    }
    assert_eq!(store.take_challenge(&token, &Hash([2; 32])).await.expect("answers"), None, "it gave way");
    let newest = Hash([9 + most; 32]);
    let id = person(1).id;
    store.end_session(id, SessionId(Uuid::from_u128(1)), note(id)).await.expect("ends");
    assert_eq!(store.take_challenge(&token, &newest).await.expect("answers"), None, "gone with its session");
    let late = store.keep_challenge(&token, question(3)).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
}

async fn a_key_counts_forward_though_two_proofs_come_at_once(store: &impl Store) {
    add(store, 1).await;
    let id = person(1).id;
    let key = |counter| SecurityKey {
        id: KeyId(Uuid::from_u128(7)),
        name: "机の中の予備".parse().expect("a name"),
        credential: vec![7; 300],
        public: PublicKey::Es256(vec![4; 65]),
        counter,
        transports: vec!["usb".into()],
        since: at(1_000),
        used: Some(at(1_500)),
    };
    let with = |counter| Credentials { keys: vec![key(counter)], ..Credentials::default() };
    let keep = Sessions::Keep;
    store.change_credentials(id, with(1), Version(0), keep, Some(note(id))).await.expect("changes");
    let proofs = both(
        store.change_credentials(id, with(2), Version(1), keep, Some(note(id))),
        store.change_credentials(id, with(3), Version(1), keep, Some(note(id))),
    );
    let proofs = proofs.await;
    assert_eq!(proofs.iter().filter(|proof| proof.is_ok()).count(), 1);
    let kept = store.load_credentials(id).await.expect("readable").value.keys;
    assert_eq!(kept, [key(if proofs[0].is_ok() { 2 } else { 3 })]);
    assert_eq!(entries(store).await.len(), 3, "the refused proof left no entry");
}

async fn the_audit_chain_holds_under_concurrency(store: &impl Store) {
    let append = |number| store.append_audit(note(person(number).id));
    for round in 0..20_u128 {
        let four = (append(4 * round), append(4 * round + 1), append(4 * round + 2), append(4 * round + 3));
        let (a, b, c, d) = tokio::join!(four.0, four.1, four.2, four.3);
        for appended in [a, b, c, d] {
            appended.expect("appends");
        }
    }
    let entries = entries(store).await;
    assert_eq!(entries.len(), 80);
    let back = store.audit_before(u64::MAX, 3).await.expect("readable");
    assert_eq!(back.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [80, 79, 78]);
    let back = store.audit_before(3, 10).await.expect("readable");
    assert_eq!(back.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 1]);
    assert!(store.audit_before(1, 10).await.expect("readable").is_empty());
    assert_eq!(store.audit_from(79, 10).await.expect("readable").len(), 2);
}

async fn what_fails_leaves_no_entry(store: &impl Store) {
    let refused = store.change_staff(person(1), Version::FIRST, note(person(1).id)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "nobody of that id");
    let stale = store.change_credentials(
        person(1).id,
        Credentials::default(),
        Version(3),
        Sessions::Keep,
        Some(note(person(1).id)),
    );
    assert!(matches!(stale.await, Err(StoreError::Conflict)));
    assert_eq!(store.audit_head().await.expect("readable"), Head::START);
}
