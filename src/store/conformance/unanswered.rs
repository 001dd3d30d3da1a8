//! What the port of unanswered questions promises.

use uuid::Uuid;

use super::{accept, at, claim_one, entries, replied, settle, staff::note, text, todoke};
use crate::{
    domain::{
        event::{EventKey, EventKind},
        id::{IntentId, StaffId},
        language::Language,
        settlement::Settlement,
        unanswered::{Done, Mark, NewUnanswered, Unanswered, Why},
        version::Version,
    },
    store::{Store, StoreError},
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    a_question_is_kept_with_its_events_outcome(&fresh()).await;
    feedback_keeps_the_question_of_an_earlier_message_once(&fresh()).await;
    who_takes_a_message_back_takes_its_question_back(&fresh()).await;
    what_is_not_to_be_kept_leaves_no_question(&fresh()).await;
    once_the_body_is_gone_nothing_links_the_two(&fresh()).await;
    questions_are_listed_newest_first_in_portions(&fresh()).await;
    two_people_cannot_mark_the_same_state_of_a_question(&fresh()).await;
    questions_expire(&fresh()).await;
}

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number))
}

fn question(of: Option<EventKey>, text: &str) -> NewUnanswered {
    NewUnanswered {
        of,
        text: text.to_owned(),
        language: Language::Ja,
        why: Why::Refused,
        nearest: vec![IntentId::new("garbage.bulky")],
    }
}

async fn list(store: &impl Store) -> Vec<Unanswered> {
    let account = todoke();
    store.list_unanswered(&account, None, 100).await.expect("readable")
}

async fn texts(store: &impl Store) -> Vec<String> {
    list(store).await.into_iter().map(|question| question.text).collect()
}

async fn a_question_is_kept_with_its_events_outcome(store: &impl Store) {
    let account = todoke();
    accept(store, vec![text("e1", "U1", 1, "ドッグランは")]).await;
    let claimed = claim_one(store).await;
    let long = "犬".repeat(1_000);
    let settlement = Settlement { unanswered: Some(question(Some(claimed.key), &long)), ..replied() };
    settle(store, &claimed, settlement.clone()).await.expect("the claim is alive");
    assert!(matches!(settle(store, &claimed, settlement).await, Err(StoreError::Fenced)));
    let kept = list(store).await;
    assert_eq!(kept.len(), 1, "kept once, with the one outcome");
    assert_eq!((kept[0].at, kept[0].text.chars().count(), &kept[0].why), (at(1_001), 300, &Why::Refused));
    assert_eq!((kept[0].mark.clone(), kept[0].nearest.len()), (None, 1));
    let day = store.day(&account, jiff::civil::date(1970, 1, 1)).await.expect("readable");
    assert!(day.contains(&("unanswered.refused".to_owned(), 1)), "{day:?}");
}

async fn feedback_keeps_the_question_of_an_earlier_message_once(store: &impl Store) {
    let account = todoke();
    accept(store, vec![text("e1", "U1", 1, "ドッグランは"), text("e2", "U1", 2, "ちがう")]).await;
    accept(store, vec![text("e3", "U1", 3, "ちがう"), text("x", "U9", 1, "?")]).await;
    let mut settled = 0;
    while settled < 4 {
        for claimed in super::claim(store).await {
            let words = store.words(&account, EventKey::from_webhook_event_id("e1")).await.expect("readable");
            let is_feedback = claimed.event.text() == Some("ちがう");
            assert_eq!(words.is_some(), is_feedback || (settled > 0 && words.is_some()));
            let of = EventKey::from_webhook_event_id("e1");
            // Somebody else's event, or one that is not known, gives nothing to keep.
            let stranger = claimed.event.text() == Some("?");
            let unanswered = (is_feedback || stranger).then(|| question(Some(of), "犬の広場"));
            settle(store, &claimed, Settlement { unanswered, ..replied() }).await.expect("alive");
            settled += 1;
        }
    }
    assert_eq!(texts(store).await, ["犬の広場"]);
}

async fn who_takes_a_message_back_takes_its_question_back(store: &impl Store) {
    let account = todoke();
    for (name, later) in [("e1", false), ("e2", true)] {
        accept(store, vec![text(name, "U1", 1, "ドッグランは")]).await;
        let claimed = claim_one(store).await;
        let unanswered = (!later).then(|| question(Some(claimed.key), "ドッグランは"));
        settle(store, &claimed, Settlement { unanswered, ..replied() }).await.expect("alive");
        if later {
            accept(store, vec![text("e3", "U1", 2, "ちがう")]).await;
            let feedback = claim_one(store).await;
            let unanswered = Some(question(Some(claimed.key), "ドッグランは"));
            settle(store, &feedback, Settlement { unanswered, ..replied() }).await.expect("alive");
        }
        assert_eq!(texts(store).await, ["ドッグランは"], "{name}");
        store.forget_message(&account, &format!("m-{name}"), at(9_000)).await.expect("forgets");
        assert_eq!(texts(store).await, [""; 0], "{name}");
        assert_eq!(store.words(&account, claimed.key).await.expect("readable"), None);
    }
    // Taken back while it was being answered.
    accept(store, vec![text("e4", "U1", 5, "ドッグランは")]).await;
    let claimed = claim_one(store).await;
    store.forget_message(&account, "m-e4", at(9_000)).await.expect("leaves a mark");
    let unanswered = Some(question(Some(claimed.key), "ドッグランは"));
    settle(store, &claimed, Settlement { unanswered, ..replied() }).await.expect("alive");
    assert_eq!(texts(store).await, [""; 0]);
}

async fn what_is_not_to_be_kept_leaves_no_question(store: &impl Store) {
    accept(store, vec![text("e1", "U1", 1, "助けて")]).await;
    let claimed = claim_one(store).await;
    let unanswered = Some(question(Some(claimed.key), "助けて"));
    settle(store, &claimed, Settlement { drop_body: true, unanswered, ..replied() }).await.expect("alive");
    accept(store, vec![super::event("e2", "U1", 2, EventKind::Unfollow)]).await;
    let claimed = claim_one(store).await;
    let unanswered = Some(question(Some(EventKey::from_webhook_event_id("e1")), "助けて"));
    settle(store, &claimed, Settlement { unanswered, ..replied() }).await.expect("alive");
    assert_eq!(texts(store).await, [""; 0]);
}

async fn once_the_body_is_gone_nothing_links_the_two(store: &impl Store) {
    let account = todoke();
    accept(store, vec![text("e1", "U1", 1, "ドッグランは")]).await;
    let claimed = claim_one(store).await;
    let unanswered = Some(question(Some(claimed.key), "ドッグランは"));
    settle(store, &claimed, Settlement { unanswered, ..replied() }).await.expect("alive");
    store.expire(at(9_000), at(100), 1_000).await.expect("expires");
    store.forget_message(&account, "m-e1", at(9_000)).await.expect("forgets");
    assert_eq!(texts(store).await, ["ドッグランは"], "kept for its own time");
}

async fn questions_are_listed_newest_first_in_portions(store: &impl Store) {
    let account = todoke();
    for second in 0..5 {
        let asked = question(None, &second.to_string());
        store.keep_unanswered(&account, at(second), asked, note(staff(1))).await.expect("keeps");
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let portion = store.list_unanswered(&account, before, 2).await.expect("readable");
        let Some(last) = portion.last() else { break };
        before = Some((last.at, last.id));
        seen.extend(portion.into_iter().map(|question| question.text));
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
    let minato = super::ACCOUNTS[1].parse().expect("valid");
    assert!(store.list_unanswered(&minato, None, 9).await.expect("readable").is_empty());
}

async fn two_people_cannot_mark_the_same_state_of_a_question(store: &impl Store) {
    let account = todoke();
    for text in ["a", "b"] {
        store.keep_unanswered(&account, at(1), question(None, text), note(staff(1))).await.expect("keeps");
    }
    let read: Vec<_> = list(store).await.iter().map(|q| ((q.at, q.id), q.version)).collect();
    let mark = |number, done| Some(Mark { done, by: staff(number), at: at(2) });
    let drafted = || Done::Drafted(IntentId::new("park.dogs"));
    let one = store.mark_unanswered(&account, read.clone(), mark(1, Done::Ignored), note(staff(1)));
    let other = store.mark_unanswered(&account, read.clone(), mark(2, drafted()), note(staff(2)));
    let (one, other) = tokio::join!(one, other);
    assert!(
        matches!((&one, &other), (Ok(2), Err(StoreError::Conflict)) | (Err(StoreError::Conflict), Ok(2))),
        "{one:?} {other:?}"
    );
    let marks: Vec<_> = list(store).await.into_iter().filter_map(|q| q.mark).collect();
    assert_eq!(marks.len(), 2);
    assert_eq!(marks[0].by, marks[1].by);
    // One of two has changed: neither is marked.
    let mut mixed: Vec<_> = list(store).await.iter().map(|q| ((q.at, q.id), q.version)).collect();
    mixed[1].1 = Version(1);
    let refused = store.mark_unanswered(&account, mixed, mark(3, drafted()), note(staff(3))).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert!(list(store).await.iter().all(|q| q.version == Version(2)));
    assert_eq!(entries(store).await, 3, "two were kept, one mark was made");
    let gone = store.mark_unanswered(&account, Vec::new(), mark(1, Done::Ignored), note(staff(1))).await;
    assert_eq!((gone.expect("does nothing"), entries(store).await), (0, 3));
    // Taken back: as new, and one version on.
    let read: Vec<_> = list(store).await.iter().map(|q| ((q.at, q.id), q.version)).collect();
    let back = store.mark_unanswered(&account, read, None, note(staff(1))).await;
    assert_eq!((back.expect("marked by nobody else"), entries(store).await), (2, 4));
    assert!(list(store).await.iter().all(|q| q.mark.is_none() && q.version == Version(3)));
}

async fn questions_expire(store: &impl Store) {
    let account = todoke();
    for second in 0..5 {
        store
            .keep_unanswered(&account, at(second), question(None, "x"), note(staff(1)))
            .await
            .expect("keeps");
    }
    assert_eq!(store.expire_unanswered(&account, at(3), 2).await.expect("expires"), 2);
    assert_eq!(store.expire_unanswered(&account, at(3), 2).await.expect("expires"), 1);
    assert_eq!(store.expire_unanswered(&account, at(3), 2).await.expect("expires"), 0);
    assert_eq!(list(store).await.len(), 2);
}
