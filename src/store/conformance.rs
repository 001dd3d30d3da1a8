//! One suite for every backend: what the port's documentation promises, as executable sentences.
//!
//! `tests/store.rs` runs it against each backend; a backend is done when it passes.

mod announcements;
mod api_keys;
pub mod audience;
pub mod content;
mod detours;
mod emergencies;
mod enquiries;
mod facts;
mod helpers;
mod menu_links;
mod places;
mod populations;
mod rosters;
pub mod staff;
mod tellings;
mod unanswered;

use std::collections::BTreeSet;

use super::{Accepted, Claimed, DayCounts, EventBody, Expired, NewEvent, Store, StoreError};
use crate::domain::{
    conversation::{Answered, Conversation},
    event::{Content, Event, EventKey, EventKind, IncomingMessage, Mode, ReplyToken, Source},
    id::{AccountId, IntentId, LineUserId},
    language::Language,
    registration::{Registration, Step},
    resident::FollowState,
    settlement::{OutboxKind, OutboxRecord, Outcome, Settlement, Trace},
    time::Timestamp,
};

/// The accounts that the store under test must know, in UTC, with the attributes of [`audience::attributes`].
pub const ACCOUNTS: [&str; 2] = ["todoke", "minato"];

/// Runs every sentence against a fresh store each time. The store must take `max_waiting` = 50.
pub async fn all<S: Store>(fresh: impl Fn() -> S) {
    an_event_is_stored_once_however_often_it_comes(&fresh()).await;
    accounts_do_not_meet(&fresh()).await;
    a_residents_events_are_claimed_one_by_one_in_order(&fresh()).await;
    a_settled_event_never_comes_back(&fresh()).await;
    a_stale_lease_writes_nothing(&fresh()).await;
    a_released_event_comes_back_marked(&fresh()).await;
    what_is_learned_with_an_event_is_there_with_the_next(&fresh()).await;
    follow_state_does_not_depend_on_arrival(&fresh()).await;
    numbers_of_residents_are_dense(&fresh()).await;
    groups_and_unreadable_events_are_settled_at_once(&fresh()).await;
    a_full_inbox_refuses_and_stores_nothing(&fresh()).await;
    bodies_and_events_expire(&fresh()).await;
    a_message_taken_back_is_forgotten(&fresh()).await;
    a_message_taken_back_before_it_came_is_forgotten_until_that_expires(&fresh()).await;
    facts_are_counted_by_day(&fresh()).await;
    counts_of_a_time_are_those_of_its_days(&fresh()).await;
    long_texts_are_kept_whole(&fresh()).await;
    a_waiting_worker_is_woken(&fresh()).await;
    audience::all(&fresh).await;
    announcements::all(&fresh).await;
    api_keys::all(&fresh).await;
    tellings::all(&fresh).await;
    places::all(&fresh).await;
    populations::all(&fresh).await;
    rosters::all(&fresh).await;
    menu_links::all(&fresh).await;
    content::all(&fresh).await;
    unanswered::all(&fresh).await;
    enquiries::all(&fresh).await;
    emergencies::all(&fresh).await;
    helpers::all(&fresh).await;
    facts::all(&fresh).await;
    detours::all(&fresh).await;
    staff::all(fresh).await;
}

/// A moment, in seconds.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number is a moment")
}

/// How many entries the audit has.
async fn entries(store: &impl Store) -> u64 {
    store.audit_head().await.expect("readable").seq
}

fn todoke() -> AccountId {
    ACCOUNTS[0].parse().expect("a valid account id")
}

/// An event of a person with a name of its own.
pub fn event(name: &str, user: &str, second: i64, kind: EventKind) -> NewEvent {
    NewEvent {
        key: EventKey::from_webhook_event_id(name),
        body: EventBody::Read(Event {
            happened: at(second),
            mode: Mode::Active,
            source: Source::User(Some(LineUserId::new(user))),
            reply_token: Some(ReplyToken::new(format!("token-{name}"))),
            kind,
        }),
    }
}

/// A text message whose message id is `m-<name>`.
pub fn text(name: &str, user: &str, second: i64, words: &str) -> NewEvent {
    let message = IncomingMessage { id: format!("m-{name}"), content: Content::Text(words.into()) };
    event(name, user, second, EventKind::Message(message))
}

async fn accept(store: &impl Store, events: Vec<NewEvent>) -> Vec<Accepted> {
    store.accept(&todoke(), at(1_000), events).await.expect("the store accepts")
}

async fn claim(store: &impl Store) -> Vec<Claimed> {
    store.claim(100).await.expect("the store can be claimed from")
}

async fn claim_one(store: &impl Store) -> Claimed {
    let mut claimed = claim(store).await;
    assert_eq!(claimed.len(), 1, "exactly one event is to be claimed");
    claimed.remove(0)
}

async fn settle(store: &impl Store, claimed: &Claimed, settlement: Settlement) -> Result<(), StoreError> {
    store.settle(&claimed.account, claimed.key, claimed.lease, settlement).await
}

/// Settles everything that waits; two residents may share a lane, so one turn may not be enough.
async fn settle_all(store: &impl Store, settlement: impl Fn(&Claimed) -> Settlement) {
    loop {
        let turn = claim(store).await;
        if turn.is_empty() {
            return;
        }
        for claimed in turn {
            settle(store, &claimed, settlement(&claimed)).await.expect("the claim is alive");
        }
    }
}

fn replied() -> Settlement {
    Settlement::plain(Outcome::Replied, at(1_001))
}

async fn an_event_is_stored_once_however_often_it_comes(store: &impl Store) {
    let one = || text("e1", "U1", 1, "ごみ");
    let other = text("e2", "U1", 2, "ごみ");
    assert_eq!(
        accept(store, vec![one(), one(), other]).await,
        [Accepted::New, Accepted::Known, Accepted::New]
    );
    assert_eq!(accept(store, vec![one()]).await, [Accepted::Known]);
    assert_eq!(store.waiting(), 2);
    let claimed = claim_one(store).await;
    assert_eq!(accept(store, vec![one()]).await, [Accepted::Known], "while it is worked on");
    settle(store, &claimed, replied()).await.expect("the claim is alive");
    assert_eq!(accept(store, vec![one()]).await, [Accepted::Known], "after it was settled");
    assert_eq!(store.waiting(), 1);
}

async fn accounts_do_not_meet(store: &impl Store) {
    let minato: AccountId = ACCOUNTS[1].parse().expect("a valid account id");
    accept(store, vec![text("e1", "U1", 1, "ごみ")]).await;
    let accepted =
        store.accept(&minato, at(1_000), vec![text("e1", "U1", 1, "ごみ")]).await.expect("accepts");
    assert_eq!(accepted, [Accepted::New], "the same id on another account is another event");
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        for claimed in claim(store).await {
            ids.extend(claimed.resident.as_ref().map(|resident| resident.id));
            settle(store, &claimed, replied()).await.expect("the claim is alive");
        }
    }
    assert_eq!(ids.len(), 2, "the same person on another account is another resident");
}

async fn a_residents_events_are_claimed_one_by_one_in_order(store: &impl Store) {
    accept(store, vec![text("late", "U1", 30, "3"), text("early", "U1", 10, "1")]).await;
    accept(store, vec![text("middle", "U1", 20, "2")]).await;
    let mut order = Vec::new();
    for _ in 0..3 {
        let claimed = claim_one(store).await;
        assert!(claim(store).await.is_empty(), "nobody else works on the lane meanwhile");
        order.push(claimed.event.text().expect("a text").to_owned());
        settle(store, &claimed, replied()).await.expect("the claim is alive");
    }
    assert_eq!(order, ["1", "2", "3"]);
}

async fn a_settled_event_never_comes_back(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "ごみ")]).await;
    let claimed = claim_one(store).await;
    let outbox = OutboxRecord {
        kind: OutboxKind::Reply,
        key: claimed.key.to_string(),
        body_hash: "00".into(),
        outcome: Outcome::Replied,
        request_id: Some("r-1".into()),
    };
    let trace = Trace { decision: "answer".into(), id: Some("garbage.bulky".into()), ..Trace::default() };
    let settlement = Settlement { outbox: Some(outbox.clone()), trace: Some(trace.clone()), ..replied() };
    settle(store, &claimed, settlement).await.expect("the claim is alive");
    assert!(claim(store).await.is_empty());
    assert_eq!(store.waiting(), 0);
    let view = store.event(&todoke(), claimed.key).await.expect("readable").expect("known");
    assert_eq!(
        (view.outcome, view.settled, view.kind.as_str(), view.trace, view.outbox),
        (Some(Outcome::Replied), Some(at(1_001)), "message.text", Some(trace), Some(outbox))
    );
}

async fn a_stale_lease_writes_nothing(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "ごみ")]).await;
    let first = claim_one(store).await;
    store.release(&first.account, first.key, first.lease).await.expect("the claim is alive");
    let second = claim_one(store).await;
    assert!(matches!(settle(store, &first, replied()).await, Err(StoreError::Fenced)));
    let released = store.release(&first.account, first.key, first.lease).await;
    assert!(matches!(released, Err(StoreError::Fenced)));
    settle(store, &second, replied()).await.expect("the newer claim is alive");
    assert!(matches!(settle(store, &second, replied()).await, Err(StoreError::Fenced)), "settled once only");
}

async fn a_released_event_comes_back_marked(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "ごみ")]).await;
    let claimed = claim_one(store).await;
    assert!(!claimed.maybe_attempted);
    store.release(&claimed.account, claimed.key, claimed.lease).await.expect("the claim is alive");
    assert!(claim_one(store).await.maybe_attempted);
}

async fn what_is_learned_with_an_event_is_there_with_the_next(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "English"), text("e2", "U1", 2, "trash")]).await;
    let first = claim_one(store).await;
    assert_eq!(first.conversation, Conversation::default());
    let conversation = Conversation {
        asked: None,
        answered: Some(Answered { intent: IntentId::new("garbage.bulky"), at: at(1_001) }),
        language: None,
        about: Some(first.key),
        registration: Some(Registration { step: Step::Stop(1), at: at(1_002) }),
        stopped: None,
    };
    let settlement =
        Settlement { language: Some(Language::En), conversation: Some(conversation.clone()), ..replied() };
    settle(store, &first, settlement).await.expect("the claim is alive");
    let second = claim_one(store).await;
    assert_eq!(second.conversation, conversation);
    let resident = second.resident.expect("residents are known from their first event");
    assert_eq!(resident.language, Some(Language::En));
    assert_eq!(resident.line_user_id.expose(), "U1");
}

async fn follow_state_does_not_depend_on_arrival(store: &impl Store) {
    accept(store, vec![event("f2", "U1", 20, EventKind::Unfollow)]).await;
    accept(store, vec![event("f1", "U1", 10, EventKind::Follow { is_unblocked: false })]).await;
    accept(store, vec![event("f2", "U1", 20, EventKind::Unfollow)]).await;
    let resident = claim_one(store).await.resident.expect("known");
    let since = (at(20), EventKey::from_webhook_event_id("f2"));
    assert_eq!(resident.follow, FollowState::Known { following: false, since });
}

async fn numbers_of_residents_are_dense(store: &impl Store) {
    let events = (0..20).map(|n| text(&format!("e{n}"), &format!("U{}", n % 10), n, "x")).collect();
    accept(store, events).await;
    let mut numbers = BTreeSet::new();
    loop {
        let claimed = claim(store).await;
        if claimed.is_empty() {
            break;
        }
        for claimed in claimed {
            numbers.insert(claimed.resident.as_ref().expect("known").no.0);
            settle(store, &claimed, replied()).await.expect("the claim is alive");
        }
    }
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
}

async fn groups_and_unreadable_events_are_settled_at_once(store: &impl Store) {
    let mut group = text("g", "U1", 1, "みんな");
    if let EventBody::Read(event) = &mut group.body {
        event.source = Source::Group;
    }
    let unreadable = NewEvent {
        key: EventKey::from_webhook_event_id("u"),
        body: EventBody::Unreadable { raw: "{}".into(), reason: "the event has no type".into() },
    };
    let keys = [group.key, unreadable.key];
    assert_eq!(accept(store, vec![group, unreadable.clone()]).await, [Accepted::New; 2]);
    assert_eq!(accept(store, vec![unreadable]).await, [Accepted::Known]);
    assert!(claim(store).await.is_empty());
    for key in keys {
        let view = store.event(&todoke(), key).await.expect("readable").expect("known");
        assert_eq!(view.outcome, Some(Outcome::NoReplyDue));
    }
}

async fn a_full_inbox_refuses_and_stores_nothing(store: &impl Store) {
    let many = (0..60).map(|n| text(&format!("e{n}"), &format!("U{n}"), n, "x")).collect();
    assert_eq!(accept(store, many).await.len(), 60, "one call may overshoot");
    let refused = store.accept(&todoke(), at(1_000), vec![text("more", "U1", 1, "x")]).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    let key = EventKey::from_webhook_event_id("more");
    assert_eq!(store.event(&todoke(), key).await.expect("readable"), None);
    for claimed in claim(store).await {
        settle(store, &claimed, replied()).await.expect("the claim is alive");
    }
    assert_eq!(accept(store, vec![text("more", "U1", 1, "x")]).await, [Accepted::New]);
}

async fn bodies_and_events_expire(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "ごみ"), text("e2", "U2", 2, "ごみ")]).await;
    let seconds =
        [("e1", 5_000), ("e2", 6_000)].map(|(name, at)| (EventKey::from_webhook_event_id(name), at));
    settle_all(store, |claimed| {
        let (_, second) = seconds.into_iter().find(|(key, _)| *key == claimed.key).expect("one of the two");
        Settlement { at: at(second), trace: Some(Trace::default()), ..replied() }
    })
    .await;
    let expired = store.expire(at(5_500), at(100), 1_000).await.expect("expires");
    assert_eq!((expired.bodies, expired.events), (1, 0));
    let again = store.expire(at(5_500), at(100), 1_000).await.expect("expires");
    assert_eq!((again.bodies, again.events), (0, 0));
    let expired = store.expire(at(9_000), at(5_500), 1_000).await.expect("expires");
    assert_eq!((expired.bodies, expired.events), (1, 1));
    let mut views = Vec::new();
    for name in ["e1", "e2"] {
        views.extend(store.event(&todoke(), EventKey::from_webhook_event_id(name)).await.expect("readable"));
    }
    assert_eq!(views.len(), 1, "an expired event is gone, the other is known by its id");
    assert_eq!(views[0].trace, None, "the trace went with the body");
    accept(store, vec![text("e3", "U3", 1, "x"), text("e4", "U4", 1, "x"), text("e5", "U5", 1, "x")]).await;
    settle_all(store, |_| replied()).await;
    let (mut bodies, mut turns, mut more) = (0, 0, true);
    while more {
        let expired = store.expire(at(9_000), at(100), 1).await.expect("expires");
        (bodies, turns, more) = (bodies + expired.bodies, turns + 1, expired.more);
        assert!(turns < 20, "small portions come to an end");
    }
    assert_eq!(bodies, 3);
}

async fn a_message_taken_back_is_forgotten(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "0120-000-000"), text("e2", "U1", 2, "ごみ")]).await;
    let first = claim_one(store).await;
    settle(store, &first, Settlement { trace: Some(Trace::default()), ..replied() }).await.expect("alive");
    store.forget_message(&todoke(), "m-e1", at(1_002)).await.expect("forgets a kept one");
    store.forget_message(&todoke(), "m-e2", at(1_002)).await.expect("forgets a waiting one");
    store.forget_message(&todoke(), "m-unknown", at(1_002)).await.expect("an unknown one is no error");
    let view = store.event(&todoke(), first.key).await.expect("readable").expect("known");
    assert_eq!((view.outcome, view.trace), (Some(Outcome::Replied), None));
    let emptied = claim_one(store).await.event;
    assert_eq!(emptied.kind, EventKind::TakenBack);
}

async fn a_message_taken_back_before_it_came_is_forgotten_until_that_expires(store: &impl Store) {
    for (name, second) in [("e1", 5_000), ("e2", 6_000)] {
        store.forget_message(&todoke(), &format!("m-{name}"), at(second)).await.expect("remembers");
    }
    let expired = store.expire(at(5_500), at(5_500), 1_000).await.expect("expires");
    assert_eq!(expired, Expired::default());
    accept(store, vec![text("e1", "U1", 1, "0120-000-000"), text("e2", "U2", 2, "ごみ")]).await;
    settle_all(store, |_| Settlement { trace: Some(Trace::default()), ..replied() }).await;
    let mut traces = Vec::new();
    for name in ["e1", "e2"] {
        let view = store.event(&todoke(), EventKey::from_webhook_event_id(name)).await.expect("readable");
        traces.push(view.expect("known").trace.is_some());
    }
    assert_eq!(traces, [true, false], "only the older of the two is forgotten");
}

async fn facts_are_counted_by_day(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "a"), text("e2", "U1", 2, "b"), text("e3", "U1", 3, "c")]).await;
    for second in [86_399, 86_400, 86_401] {
        let settlement = Settlement { at: at(second), facts: vec!["decision.answer".into()], ..replied() };
        settle(store, &claim_one(store).await, settlement).await.expect("the claim is alive");
    }
    let day = jiff::civil::date(1970, 1, 2);
    let counts = store.day(&todoke(), day).await.expect("readable");
    assert_eq!(counts, [("decision.answer".to_owned(), 2), ("replied".to_owned(), 2)]);
}

async fn counts_of_a_time_are_those_of_its_days(store: &impl Store) {
    let (account, other) = (todoke(), ACCOUNTS[1].parse().expect("an id"));
    let day = |date| jiff::civil::date(1970, 1, date);
    for (second, fact) in [(0, "tap.a"), (86_399, "tap.a"), (86_400, "tap.b"), (3 * 86_400, "tap.a")] {
        store.count_fact(&account, at(second), fact).await.expect("counts");
    }
    store.count_fact(&other, at(0), "tap.c").await.expect("counts");
    let one = |date, name: &str, count| DayCounts { day: day(date), counts: vec![(name.to_owned(), count)] };
    let all = [one(1, "tap.a", 2), one(2, "tap.b", 1), one(4, "tap.a", 1)];
    for (from, to, expected) in
        [(1, 4, &all[..]), (1, 2, &all[..2]), (2, 3, &all[1..2]), (3, 3, &[]), (4, 1, &[])]
    {
        assert_eq!(
            store.days(&account, day(from), day(to)).await.expect("readable"),
            expected,
            "{from} to {to}"
        );
    }
    assert_eq!(store.day(&account, day(1)).await.expect("readable"), all[0].counts);
    let long = store.days(&account, day(1), jiff::civil::date(1971, 1, 2)).await.expect("readable");
    assert_eq!(long, all, "367 days");
    let longer = store.days(&account, day(1), jiff::civil::date(1971, 1, 3)).await.expect("readable");
    assert_eq!(longer, all[1..], "no more than 367");
}

async fn long_texts_are_kept_whole(store: &impl Store) {
    let words = "粗大ごみ🚮".repeat(1_000);
    accept(store, vec![text("e1", "U1", 1, &words)]).await;
    assert_eq!(claim_one(store).await.event.text(), Some(words.as_str()));
}

async fn a_waiting_worker_is_woken(store: &impl Store) {
    let (account, received) = (todoke(), at(1_000));
    let stored = store.accept(&account, received, vec![text("e1", "U1", 1, "x")]);
    let (stored, ()) = tokio::join!(stored, store.wait_for_events());
    assert_eq!(stored.expect("accepts"), [Accepted::New]);
    settle_all(store, |_| replied()).await;
    store.accept(&account, received, vec![text("e2", "U2", 1, "x")]).await.expect("accepts");
    store.wait_for_events().await;
}
