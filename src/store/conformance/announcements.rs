//! What the port of announcements promises.

use jiff::{SignedDuration, civil::date};
use uuid::Uuid;

use super::{accept, at, entries, replied, settle_all, staff::note, text, todoke};
use crate::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Approval, Audience, Binding, Block, Content, Draft, Freeze, Frozen,
            Hold, Kind, LineCounts, Route, Stage, Step, Taken, Template, Variant, Way,
            batch::{BatchNo, Naming, Progress, Said, State},
            template::{KeptTemplate, TemplateId},
        },
        audit::Who,
        event::{EventKey, EventKind},
        fewer::Series,
        id::{LineUserId, ResidentNo, StaffId},
        language::Language,
        message::{Message, Messages, Text},
        profile::Change,
        segment::{self, Predicate, Set},
        staff::Deputy,
        version::Version,
    },
    store::{
        Store, StoreError,
        announcements::{Claim, ClaimedBatch, Move, Whom},
        staff::Versioned,
    },
};

pub(super) async fn all<S: Store>(fresh: &impl Fn() -> S) {
    of_two_steps_from_one_version_one_stands(&fresh()).await;
    a_draft_again_has_nobody_frozen(&fresh()).await;
    every_batch_is_claimed_once_and_settled_once(&fresh()).await;
    whoever_left_before_the_first_call_is_withdrawn_and_stands_in_no_later_one(&fresh()).await;
    whoever_asked_for_fewer_before_the_first_call_is_withdrawn(&fresh()).await;
    of_an_erased_person_no_call_is_made_again(&fresh()).await;
    nothing_is_given_while_it_is_paused_and_a_cancel_waits_for_what_was_given(&fresh()).await;
    bad_ids_are_isolated_and_the_others_go_on(&fresh()).await;
    a_call_that_was_not_made_counts_as_none(&fresh()).await;
    what_line_counted_last_is_kept(&fresh()).await;
    of_two_edits_of_deputies_or_templates_one_stands(&fresh()).await;
}

const AUTHOR: StaffId = StaffId(Uuid::from_u128(1));
const APPROVER: StaffId = StaffId(Uuid::from_u128(2));

fn following() -> Set {
    segment::plan(&Predicate::Following(true), date(2026, 12, 1))
}

fn words(words: &str) -> Variant {
    let text = Message::Text(Text::new(words).expect("short"));
    Variant { language: Language::Ja, messages: Messages::new(vec![text]).expect("one"), is_silent: false }
}

fn draft() -> Draft {
    let content = Content {
        title: "試験".parse().expect("a title"),
        bodies: [(Language::Ja, vec![Block::Text("こんにちは".into())])].into(),
        is_silent: false,
        department: None,
    };
    Draft { kind: Kind::Ordinary, content, audience: Audience::StaffGroup, due: None }
}

pub(super) fn new(number: u128) -> Announcement {
    Announcement {
        id: AnnouncementId(Uuid::from_u128(number)),
        draft: draft(),
        way: Way::write(AUTHOR),
        freeze: None,
        paused: None,
        corrects: None,
        begun_by: Who::Staff(AUTHOR),
        changed: at(1),
    }
}

pub(super) fn step(expected: Version, announcement: Announcement, step: Step) -> Move {
    let taken = Taken {
        at: at(1),
        by: Who::Staff(AUTHOR),
        step,
        remark: String::new(),
        instead_of: None,
        content: announcement.draft.hash(),
        count: None,
    };
    Move { expected, announcement, taken, note: Some(note(AUTHOR)) }
}

/// People who are known, so many.
async fn people(store: &impl Store, many: u32) -> Vec<ResidentNo> {
    let names: Vec<String> = (0..many).map(|number| format!("U{number:05}")).collect();
    for some in names.chunks(40) {
        accept(store, some.iter().map(|name| text(name, name, 1, "x")).collect()).await;
        settle_all(store, |_| replied()).await;
    }
    (0..many).map(ResidentNo).collect()
}

fn frozen(people: Vec<ResidentNo>) -> (Frozen, Freeze) {
    let freeze = Freeze {
        at: at(1),
        day: date(2026, 12, 1),
        counts: vec![u32::try_from(people.len()).expect("few")],
        route: Route::Multicast,
    };
    (Frozen { variants: vec![(words("こんにちは"), people)] }, freeze)
}

/// An announcement to these people that is being sent.
async fn sending(store: &impl Store, number: u128, to: Vec<ResidentNo>) -> Versioned<Announcement> {
    let (frozen, freeze) = frozen(to);
    let first = new(number);
    let binding = Binding { content: first.draft.hash(), audience: frozen.hash(), count: frozen.count() };
    let version = store
        .move_announcement(&todoke(), step(Version::default(), first.clone(), Step::Written))
        .await
        .expect("writes");
    let way = first.way.submit(binding).expect("a draft");
    let waiting = Announcement { way, freeze: Some(freeze.clone()), ..first };
    let to = step(version, waiting.clone(), Step::Submitted);
    let version = store.freeze_announcement(&todoke(), to, frozen).await.expect("freezes");
    let at_once = Hold::new(SignedDuration::ZERO);
    let typed = binding.count;
    let way = waiting
        .way
        .approve((&binding, &binding), typed, (APPROVER, None), (at(1), at_once))
        .expect("approved");
    let held = Announcement { way, ..waiting };
    let account = todoke();
    let naming = Naming { account: &account, announcement: held.id, content: held.draft.hash() };
    let to = step(version, held.clone(), Step::Approved);
    let version = store.approve_announcement(&account, to, naming.cut(&freeze)).await.expect("approves");
    let way = held.way.begin(at(2)).expect("the hold is over");
    let begun = Announcement { way, ..held };
    let version =
        store.move_announcement(&account, step(version, begun.clone(), Step::Begun)).await.expect("begins");
    Versioned { value: begun, version }
}

async fn claim(store: &impl Store, id: AnnouncementId, second: i64, most: usize) -> Claim {
    store.claim_batches(&todoke(), id, &following(), at(second), most).await.expect("claims")
}

async fn settle(store: &impl Store, claimed: &ClaimedBatch, said: Said) {
    store.settle_batch(claimed, said, at(10)).await.expect("settles");
}

fn accepted() -> Said {
    Said::Accepted { request_id: Some("r".into()) }
}

async fn progress(store: &impl Store, id: AnnouncementId) -> Progress {
    store.announcement_progress(&todoke(), id).await.expect("readable").expect("approved")
}

async fn of_two_steps_from_one_version_one_stands(store: &impl Store) {
    let first = new(1);
    let before = entries(store).await;
    let to = step(Version::default(), first.clone(), Step::Written);
    let version = store.move_announcement(&todoke(), to.clone()).await.expect("writes");
    let again = store.move_announcement(&todoke(), to).await;
    assert!(matches!(again, Err(StoreError::Conflict)));
    let known = store.announcement(&todoke(), first.id).await.expect("readable").expect("there");
    assert_eq!((known.value, known.version), (first.clone(), version));
    let steps = store.announcement_history(&todoke(), first.id).await.expect("readable");
    assert_eq!((steps.len(), entries(store).await), (1, before + 1), "a step and its note, once");
    for number in [2, 3] {
        store
            .move_announcement(&todoke(), step(Version::default(), new(number), Step::Written))
            .await
            .expect("writes");
    }
    let ids = |list: Vec<Versioned<Announcement>>| -> Vec<u128> {
        list.into_iter().map(|known| known.value.id.0.as_u128()).collect()
    };
    assert_eq!(ids(store.list_announcements(&todoke(), None, 2).await.expect("readable")), [3, 2]);
    let before = Some(AnnouncementId(Uuid::from_u128(2)));
    assert_eq!(ids(store.list_announcements(&todoke(), before, 2).await.expect("readable")), [1]);
    let other = super::ACCOUNTS[1].parse().expect("an id");
    assert!(store.list_announcements(&other, None, 9).await.expect("readable").is_empty());
}

async fn a_draft_again_has_nobody_frozen(store: &impl Store) {
    let first = new(1);
    let (frozen, freeze) = frozen(vec![ResidentNo(4), ResidentNo(70_000)]);
    let binding = Binding { content: first.draft.hash(), audience: frozen.hash(), count: 2 };
    let way = first.way.submit(binding).expect("a draft");
    let waiting = Announcement { way, freeze: Some(freeze), ..first.clone() };
    let to = step(Version::default(), waiting.clone(), Step::Submitted);
    let version = store.freeze_announcement(&todoke(), to, frozen).await.expect("freezes");
    let variants = || async { store.frozen_variants(&todoke(), first.id).await.expect("readable") };
    assert_eq!(variants().await, [(words("こんにちは"), 2)]);
    let back = Announcement { way: waiting.way.give_back().expect("waits"), freeze: None, ..waiting };
    store.move_announcement(&todoke(), step(version, back, Step::Returned)).await.expect("writes");
    assert!(variants().await.is_empty());
    assert_eq!(store.announcement_progress(&todoke(), first.id).await.expect("readable"), None);
}

async fn every_batch_is_claimed_once_and_settled_once(store: &impl Store) {
    let everybody = people(store, 1_203).await;
    let id = sending(store, 1, everybody.clone()).await.value.id;
    let under_way = store.announcements_under_way(&todoke()).await.expect("readable");
    assert_eq!(under_way.len(), 1);
    let first = claim(store, id, 3, 2).await;
    assert_eq!((first.batches.len(), first.is_over), (2, false));
    let rest = claim(store, id, 3, 9).await;
    assert_eq!(rest.batches.len(), 1);
    let none = claim(store, id, 3, 9).await;
    assert!(none.batches.is_empty() && !none.is_over && none.next.is_none(), "all are claimed");
    let all: Vec<ClaimedBatch> = first.batches.into_iter().chain(rest.batches).collect();
    let called: Vec<ResidentNo> = all.iter().flat_map(|one| &one.people).map(|(who, _)| *who).collect();
    assert_eq!(called, everybody, "each person once, in order");
    assert_eq!(all[0].people[7].1.expose(), "U00007");
    assert_eq!(progress(store, id).await, Progress { under_way: 1_203, ..Progress::default() });
    assert!(all.iter().all(|one| store.may_call(&one.lease)));
    settle(store, &all[0], accepted()).await;
    assert!(!store.may_call(&all[0].lease), "it has its outcome");
    settle(store, &all[1], Said::Again { at: at(20) }).await;
    store.release_batch(&all[2].lease);
    let later = claim(store, id, 4, 9).await;
    assert_eq!(later.batches.len(), 1, "one waits, one is settled");
    assert_eq!((later.batches[0].batch.retry_key, later.next), (all[2].batch.retry_key, Some(at(20))));
    settle(store, &later.batches[0], accepted()).await;
    let last = claim(store, id, 20, 9).await;
    assert_eq!(last.batches[0].people, all[1].people, "the same body under the same key");
    settle(store, &last.batches[0], Said::Lost).await;
    assert!(claim(store, id, 30, 9).await.is_over);
    let expected = Progress { accepted: 703, unknown: 500, ..Progress::default() };
    assert_eq!(progress(store, id).await, expected);
    assert_eq!(store.unknown_batches(&todoke(), id).await.expect("readable").len(), 1);
    let account = todoke();
    let of = |whom| store.people_of(&account, id, whom);
    assert_eq!(of(Whom::Reached).await.expect("readable"), everybody);
    assert_eq!(of(Whom::Unsettled).await.expect("readable"), everybody[500..1_000]);
    let someone = store.resident_ref(&todoke(), &LineUserId::new("U01100")).expect("a reference");
    let got = store.announcements_to(&todoke(), someone, 9).await.expect("readable");
    assert_eq!((got.len(), &got[0].variant, got[0].at), (1, &words("こんにちは"), at(10)));
    let only = store.announcement_to(&todoke(), someone, id).await.expect("readable");
    assert_eq!(only.as_ref(), got.first());
    let other = AnnouncementId(Uuid::from_u128(77));
    assert_eq!(store.announcement_to(&todoke(), someone, other).await.expect("readable"), None);
}

async fn whoever_left_before_the_first_call_is_withdrawn_and_stands_in_no_later_one(store: &impl Store) {
    let everybody = people(store, 3).await;
    let id = sending(store, 1, everybody).await.value.id;
    accept(store, vec![super::event("bye", "U00001", 5, EventKind::Unfollow)]).await;
    settle_all(store, |_| replied()).await;
    let claimed = claim(store, id, 6, 9).await.batches.remove(0);
    let to = |claimed: &ClaimedBatch| -> Vec<u32> { claimed.people.iter().map(|(who, _)| who.0).collect() };
    assert_eq!(to(&claimed), [0, 2]);
    settle(store, &claimed, Said::Again { at: at(7) }).await;
    // From the first call on who is in it stands, whoever comes back or leaves.
    let back = EventKind::Follow { is_unblocked: true };
    let bye = super::event("bye-2", "U00002", 8, EventKind::Unfollow);
    accept(store, vec![super::event("back", "U00001", 8, back), bye]).await;
    settle_all(store, |_| replied()).await;
    let claimed = claim(store, id, 9, 9).await.batches.remove(0);
    assert_eq!(to(&claimed), [0, 2]);
    settle(store, &claimed, accepted()).await;
    let expected = Progress { accepted: 2, withdrawn: 1, ..Progress::default() };
    assert_eq!(progress(store, id).await, expected);
    let left = store.resident_ref(&todoke(), &LineUserId::new("U00001")).expect("a reference");
    assert!(store.announcements_to(&todoke(), left, 9).await.expect("readable").is_empty());
    assert_eq!(store.announcement_to(&todoke(), left, id).await.expect("readable"), None);
    // With nobody left there is no call.
    let id = sending(store, 2, vec![ResidentNo(2)]).await.value.id;
    let claim = claim(store, id, 10, 9).await;
    assert!(claim.batches.is_empty());
    assert_eq!(progress(store, id).await, Progress { withdrawn: 1, ..Progress::default() });
}

async fn whoever_asked_for_fewer_before_the_first_call_is_withdrawn(store: &impl Store) {
    let everybody = people(store, 3).await;
    let id = sending(store, 1, everybody).await.value.id;
    let who = store.resident_ref(&todoke(), &LineUserId::new("U00001")).expect("a reference");
    let stamp = (at(5), EventKey::from_webhook_event_id("fewer"));
    let asks = Change::fewer(Series::City, Some(id), stamp);
    store.change_profile(&todoke(), who, None, vec![asks]).await.expect("folds");
    let out = segment::asking_for_fewer(&Series::City);
    let still = Set::All(vec![following(), Set::Not(Box::new(out))]);
    let claimed =
        store.claim_batches(&todoke(), id, &still, at(6), 9).await.expect("claims").batches.remove(0);
    assert_eq!(claimed.people.iter().map(|(who, _)| who.0).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(progress(store, id).await, Progress { under_way: 2, withdrawn: 1, ..Progress::default() });
}

async fn of_an_erased_person_no_call_is_made_again(store: &impl Store) {
    let everybody = people(store, 3).await;
    let id = sending(store, 1, everybody).await.value.id;
    let erase = |name: &'static str, second| async move {
        let who = store.resident_ref(&todoke(), &LineUserId::new(name)).expect("a reference");
        store.erase_resident(&todoke(), who, at(second)).await.expect("erases");
    };
    erase("U00000", 5).await;
    let claimed = claim(store, id, 6, 9).await.batches.remove(0);
    assert_eq!(claimed.people.len(), 2, "erased before the first call: withdrawn");
    settle(store, &claimed, Said::Again { at: at(7) }).await;
    erase("U00001", 8).await;
    assert!(claim(store, id, 9, 9).await.batches.is_empty(), "the same body cannot be made again");
    let expected = Progress { unknown: 2, withdrawn: 1, ..Progress::default() };
    assert_eq!(progress(store, id).await, expected);
}

async fn nothing_is_given_while_it_is_paused_and_a_cancel_waits_for_what_was_given(store: &impl Store) {
    let everybody = people(store, 1_001).await;
    let Versioned { value, version } = sending(store, 1, everybody).await;
    let id = value.id;
    let claimed = claim(store, id, 3, 1).await.batches.remove(0);
    let paused = Announcement { way: value.way.pause().expect("is being sent"), ..value.clone() };
    let version = store
        .move_announcement(&todoke(), step(version, paused.clone(), Step::Paused))
        .await
        .expect("pauses");
    assert!(!store.may_call(&claimed.lease), "what was given may be called no more");
    assert!(claim(store, id, 4, 9).await.batches.is_empty());
    settle(store, &claimed, Said::NotMade).await;
    let resumed = Announcement { way: paused.way.resume().expect("is paused"), ..paused };
    let version = store
        .move_announcement(&todoke(), step(version, resumed.clone(), Step::Resumed))
        .await
        .expect("resumes");
    let claimed = claim(store, id, 5, 1).await.batches.remove(0);
    assert!(store.may_call(&claimed.lease));
    let cancelled = Announcement { way: resumed.way.cancel().expect("is being sent"), ..resumed };
    let to = step(version, cancelled, Step::Cancelled);
    store.move_announcement(&todoke(), to).await.expect("cancels");
    let account = todoke();
    let mut quiet = std::pin::pin!(store.quiet(&account, id));
    let early =
        std::future::poll_fn(|context| std::task::Poll::Ready(quiet.as_mut().poll(context).is_ready()));
    assert!(!early.await, "a call is under way");
    settle(store, &claimed, accepted()).await;
    quiet.await;
    assert!(claim(store, id, 6, 9).await.batches.is_empty());
    assert!(store.announcements_under_way(&todoke()).await.expect("readable").is_empty());
    let expected = Progress { accepted: 500, not_yet: 501, ..Progress::default() };
    assert_eq!(progress(store, id).await, expected);
}

async fn bad_ids_are_isolated_and_the_others_go_on(store: &impl Store) {
    let everybody = people(store, 5).await;
    let id = sending(store, 1, everybody).await.value.id;
    let claimed = claim(store, id, 3, 9).await.batches.remove(0);
    settle(store, &claimed, Said::Bad { places: vec![1] }).await;
    let good = claim(store, id, 4, 9).await.batches.remove(0);
    assert_ne!(good.batch.retry_key, claimed.batch.retry_key, "another body, another key");
    assert_eq!(good.batch.no, BatchNo(1));
    let to: Vec<u32> = good.people.iter().map(|(who, _)| who.0).collect();
    assert_eq!(to, [0, 2, 3, 4]);
    settle(store, &good, Said::Halve).await;
    let halves = claim(store, id, 5, 9).await.batches;
    assert_eq!(halves.iter().map(|half| half.people.len()).collect::<Vec<_>>(), [2, 2]);
    settle(store, &halves[0], accepted()).await;
    settle(store, &halves[1], Said::Refused { status: 400 }).await;
    assert!(claim(store, id, 6, 9).await.is_over);
    assert_eq!(progress(store, id).await, Progress { accepted: 2, refused: 3, ..Progress::default() });
    for (name, got) in [("U00000", 1), ("U00001", 0), ("U00002", 1), ("U00004", 0)] {
        let who = store.resident_ref(&todoke(), &LineUserId::new(name)).expect("a reference");
        let known = store.announcements_to(&todoke(), who, 9).await.expect("readable");
        assert_eq!(known.len(), got, "{name}");
    }
    let known = store.announcement(&todoke(), id).await.expect("readable").expect("there");
    let way = known.value.way.finish().expect("is being sent");
    assert!(matches!(way.stage(), Stage::Sent { approval: Approval::Second { by: APPROVER, .. }, .. }));
    let sent = Announcement { way, ..known.value };
    store.move_announcement(&todoke(), step(known.version, sent, Step::Finished)).await.expect("finishes");
    assert_eq!(progress(store, id).await, Progress { accepted: 2, refused: 3, ..Progress::default() });
}

async fn a_call_that_was_not_made_counts_as_none(store: &impl Store) {
    let everybody = people(store, 2).await;
    let id = sending(store, 1, everybody).await.value.id;
    let claimed = claim(store, id, 3, 9).await.batches.remove(0);
    settle(store, &claimed, Said::NotMade).await;
    accept(store, vec![super::event("bye", "U00001", 5, EventKind::Unfollow)]).await;
    settle_all(store, |_| replied()).await;
    let claimed = claim(store, id, 6, 9).await.batches.remove(0);
    assert_eq!(claimed.people.len(), 1, "whoever left meanwhile is withdrawn");
    assert!(matches!(claimed.batch.state, State::Begun { tries: 1, .. }));
}

async fn what_line_counted_last_is_kept(store: &impl Store) {
    let (id, other) = (AnnouncementId(Uuid::from_u128(1)), AnnouncementId(Uuid::from_u128(2)));
    assert_eq!(store.line_counts(&todoke(), id).await.expect("readable"), None);
    for (asked, seen) in [(10, None), (20, Some(30))] {
        let links = vec![("https://x.example".to_owned(), seen)];
        let counts = LineCounts { asked: at(asked), seen, opened_a_link: None, links };
        store.save_line_counts(&todoke(), id, counts.clone()).await.expect("writes");
        assert_eq!(store.line_counts(&todoke(), id).await.expect("readable"), Some(counts));
    }
    assert_eq!(store.line_counts(&todoke(), other).await.expect("readable"), None);
}

async fn of_two_edits_of_deputies_or_templates_one_stands(store: &impl Store) {
    let deputy = Deputy { of: APPROVER, by: AUTHOR, from: date(2026, 12, 1), until: date(2026, 12, 5) };
    let account = todoke();
    let save = |seen, list| store.save_deputies(&account, seen, list, note(AUTHOR));
    let version = save(Version::default(), vec![deputy]).await.expect("writes");
    assert!(matches!(save(Version::default(), Vec::new()).await, Err(StoreError::Conflict)));
    let known = store.deputies(&todoke()).await.expect("readable");
    assert_eq!((known.value, known.version), (vec![deputy], version));
    let template = KeptTemplate {
        id: TemplateId(Uuid::from_u128(1)),
        template: Template {
            name: "大雨".parse().expect("a name"),
            content: draft().content,
            for_alerts: true,
        },
        author: AUTHOR,
        agreed_by: None,
        changed: at(1),
    };
    let save = |seen, list| store.save_templates(&account, seen, list, note(AUTHOR));
    let version = save(Version::default(), vec![template.clone()]).await.expect("writes");
    assert!(matches!(save(Version::default(), Vec::new()).await, Err(StoreError::Conflict)));
    let known = store.templates(&todoke()).await.expect("readable");
    assert_eq!((known.value, known.version), (vec![template], version));
}
