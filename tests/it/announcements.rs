//! Announcements from the draft to LINE: to exactly those people, once, and not after a cancel. The judge is the ledger
//! of LINE's double.

use std::{collections::BTreeMap, time::Duration};

use todoke::{
    domain::{
        announcement::{
            Announcement, AnnouncementId, Audience, Block, Content, Draft, Kind, PauseReason, Refusal, Stage,
            Template, batch::Progress,
        },
        language::Language,
        profile::{Field, Slot, Value},
        registration::{Codes, Tap},
        segment,
        staff::{
            Actor, Role,
            rights::{Announce, Approve, WriteDrafts},
        },
        version::Version,
    },
    journeys::announce::{self, AnnounceError, Approving},
    simulator::{
        Act, Calls, Delivery, Fault, Faults, FriendId,
        ledger::{Line, handed},
    },
};

use crate::{
    support::{Town, until},
    town::{Random, actor, knob},
};

/// Announcements without waits, at full pace.
pub const QUICK: &str = "[announcements]\nhold_seconds = 0\nurgent_hold_seconds = 0\ncalls_per_second = 2000\n\
                         ramp = false\nback_off_ms = 2\n[line]\nmulticast_per_second = 5000\n";

pub fn author() -> Actor<WriteDrafts> {
    actor(1, &[Role::Announcer])
}

pub fn announcer() -> Actor<Announce> {
    actor(1, &[Role::Announcer])
}

fn approver() -> Actor<Approve> {
    actor(2, &[Role::Approver])
}

pub fn content(words: &[(Language, &str)]) -> Content {
    Content {
        title: "試験".parse().unwrap(),
        bodies: words.iter().map(|(language, text)| (*language, vec![Block::Text((*text).into())])).collect(),
        is_silent: false,
        department: None,
    }
}

pub fn picked(town: &Town, predicate: &str) -> Audience {
    let account = "todoke".parse().unwrap();
    let account = town.app.ctx.library.account(&account).unwrap();
    let (_, predicate) = segment::read(predicate, &account.attributes).unwrap();
    Audience::Picked { predicate, segment: None }
}

pub fn everybody(town: &Town) -> Audience {
    picked(town, r#"{"following": true}"#)
}

pub fn draft(kind: Kind, audience: Audience) -> Draft {
    Draft {
        kind, content: content(&[(Language::Ja, "あしたは ごみの 日です。")]), audience, due: None
    }
}

/// People who follow and are known.
pub async fn crowd(town: &Town, many: usize) -> Vec<FriendId> {
    let friends: Vec<FriendId> = (0..many).map(|_| town.friend()).collect();
    for some in friends.chunks(100) {
        let acts = some.iter().map(|friend| (friend.clone(), Act::Follow)).collect();
        town.simulator.act_together(acts, Delivery::UntilTaken);
        town.simulator.idle().await;
    }
    town.until_nothing_waits().await;
    friends
}

pub async fn tap(town: &Town, friend: &FriendId, tap: &Tap) {
    town.says(friend, Act::Postback { data: Codes::code(tap), display_text: None, picked: None }).await;
}

/// Somebody of the staff group.
pub async fn member_of_staff(town: &Town) -> FriendId {
    let friend = crowd(town, 1).await.remove(0);
    tap(town, &friend, &Tap::Ask("member".parse().unwrap())).await;
    let told = town.answer(&friend, "M4RT-9KZQ-W2DX").await;
    assert!(told.contains("職員"), "{told}");
    friend
}

pub async fn written(town: &Town, draft: Draft) -> (AnnouncementId, Version) {
    announce::write(&town.app.ctx, &author(), draft, None).await.unwrap()
}

pub async fn known(town: &Town, id: AnnouncementId) -> Announcement {
    announce::open(&town.app.ctx, &author(), id).await.unwrap().value
}

/// Approves what waits, as the second person sees it.
pub async fn approve(town: &Town, id: AnnouncementId) -> Result<Version, AnnounceError> {
    let waiting = announce::open(&town.app.ctx, &approver(), id).await.unwrap();
    let binding = *waiting.value.way.binding().unwrap();
    let said = Approving { seen: waiting.version, binding, typed: binding.count, instead_of: None };
    announce::approve(&town.app.ctx, &approver(), id, said).await
}

pub async fn approved(town: &Town, draft: Draft) -> AnnouncementId {
    let (id, seen) = written(town, draft).await;
    announce::submit(&town.app.ctx, &announcer(), (id, seen)).await.unwrap();
    approve(town, id).await.unwrap();
    id
}

/// An announcement that was accepted for somebody.
pub async fn one_that_went_out(town: &Town) -> AnnouncementId {
    crowd(town, 1).await;
    let id = approved(town, draft(Kind::Ordinary, everybody(town))).await;
    sent(town, id).await;
    id
}

pub async fn sent(town: &Town, id: AnnouncementId) -> Progress {
    let is_sent = || async { matches!(known(town, id).await.way.stage(), Stage::Sent { .. }).then_some(()) };
    until("the announcement is sent", is_sent).await;
    progress(town, id).await
}

pub async fn paused(town: &Town, id: AnnouncementId) -> PauseReason {
    until("it is paused", || async { known(town, id).await.paused }).await
}

async fn progress(town: &Town, id: AnnouncementId) -> Progress {
    announce::progress(&town.app.ctx, &author(), id).await.unwrap().progress.unwrap()
}

/// How often each person was handed the announcement.
pub fn handed_of(town: &Town, id: AnnouncementId) -> BTreeMap<String, u32> {
    let (lines, unit) = (town.simulator.ledger().lines(), unit(id));
    handed(&lines, &unit).into_iter().map(|(who, times)| (who.to_owned(), times)).collect()
}

pub fn unit(id: AnnouncementId) -> String {
    let id = id.0.simple().to_string();
    format!("ann_{}", &id[6..])
}

pub fn once(friends: &[FriendId]) -> BTreeMap<String, u32> {
    friends.iter().map(|friend| (friend.0.clone(), 1)).collect()
}

#[tokio::test]
async fn what_two_people_stand_behind_reaches_exactly_those_people_once() {
    let town = Town::with(QUICK, |_| {}).await;
    let friends = crowd(&town, 1_203).await;
    let (id, seen) = written(&town, draft(Kind::Ordinary, everybody(&town))).await;
    announce::submit(&town.app.ctx, &announcer(), (id, seen)).await.unwrap();
    // Whoever wrote it cannot be the second person, and whoever miscounts is not let through.
    let waiting = announce::open(&town.app.ctx, &approver(), id).await.unwrap();
    let binding = *waiting.value.way.binding().unwrap();
    assert_eq!(binding.count, 1_203);
    let said = Approving { seen: waiting.version, binding, typed: 1_203, instead_of: None };
    let same: Actor<Approve> = actor(1, &[Role::Announcer, Role::Approver]);
    let refused = announce::approve(&town.app.ctx, &same, id, said).await;
    assert!(matches!(refused, Err(AnnounceError::Refused(Refusal::SamePerson))));
    let refused = announce::approve(&town.app.ctx, &approver(), id, Approving { typed: 1_204, ..said }).await;
    assert!(matches!(refused, Err(AnnounceError::Refused(Refusal::Miscounted))));
    let not_mine = Approving { instead_of: Some(author().doer().person().unwrap()), ..said };
    let refused = announce::approve(&town.app.ctx, &approver(), id, not_mine).await;
    assert!(matches!(refused, Err(AnnounceError::NotADeputy)));
    // Somebody who comes after the submission is not added; who leaves before the first call is withdrawn.
    crowd(&town, 2).await;
    town.simulator.act(&friends[7], Act::Unfollow);
    town.simulator.idle().await;
    town.until_nothing_waits().await;
    assert_eq!(handed_of(&town, id), BTreeMap::new());
    announce::approve(&town.app.ctx, &approver(), id, said).await.unwrap();
    assert_eq!(sent(&town, id).await, Progress { accepted: 1_202, withdrawn: 1, ..Progress::default() });
    let expected: Vec<FriendId> = friends.iter().filter(|one| **one != friends[7]).cloned().collect();
    assert_eq!(handed_of(&town, id), once(&expected));
    let history = announce::history(&town.app.ctx, &author(), id).await.unwrap();
    let steps: Vec<String> = history.iter().map(|taken| format!("{:?}", taken.step)).collect();
    assert_eq!(steps, ["Written", "Submitted", "Approved", "Begun", "Finished"]);
    town.verified().await;
}

#[tokio::test]
async fn an_edit_voids_what_was_shown_and_a_draft_of_others_is_not_overwritten() {
    let town = Town::with(QUICK, |_| {}).await;
    crowd(&town, 3).await;
    let (id, seen) = written(&town, draft(Kind::Ordinary, everybody(&town))).await;
    let shown = announce::submit(&town.app.ctx, &announcer(), (id, seen)).await.unwrap();
    let waiting = announce::open(&town.app.ctx, &approver(), id).await.unwrap();
    let binding = *waiting.value.way.binding().unwrap();
    let other =
        Draft { content: content(&[(Language::Ja, "べつの 文。")]), ..waiting.value.draft.clone() };
    assert!(
        announce::edit(&town.app.ctx, &author(), (id, seen), other.clone()).await.is_err(),
        "an old page"
    );
    announce::edit(&town.app.ctx, &author(), (id, shown), other).await.unwrap();
    let said = Approving { seen: shown, binding, typed: 3, instead_of: None };
    assert!(announce::approve(&town.app.ctx, &approver(), id, said).await.is_err());
    let now = announce::open(&town.app.ctx, &approver(), id).await.unwrap();
    let said = Approving { seen: now.version, ..said };
    assert!(announce::approve(&town.app.ctx, &approver(), id, said).await.is_err(), "nobody has shown it");
    assert!(handed_of(&town, id).is_empty());
}

#[tokio::test]
async fn each_reader_gets_their_language_and_the_name_of_their_ward() {
    let town = Town::with(QUICK, |_| {}).await;
    let friends = crowd(&town, 4).await;
    town.answer(&friends[1], "English").await;
    for (friend, ward) in [(&friends[2], "north"), (&friends[3], "south")] {
        let home = Field("wards".parse().unwrap(), Slot::Named("home".parse().unwrap()));
        tap(&town, friend, &Tap::Say(home, Value::Chosen(ward.parse().unwrap()))).await;
    }
    let words = [
        (Language::Ja, "{{ wards.home | default(\"市内\") }}の お知らせ"),
        (Language::En, "News of {{ wards.home | default(\"the city\") }}"),
    ];
    let draft = Draft { content: content(&words), ..draft(Kind::Ordinary, everybody(&town)) };
    let id = approved(&town, draft).await;
    assert_eq!(sent(&town, id).await.accepted, 4);
    assert_eq!(handed_of(&town, id), once(&friends));
    let last =
        |friend| town.simulator.chat(friend).last().map(|entry| format!("{:?}", entry.content)).unwrap();
    assert!(last(&friends[0]).contains("市内の お知らせ"), "{}", last(&friends[0]));
    assert!(last(&friends[1]).contains("News of the city"));
    let localized: [String; 2] = [last(&friends[2]), last(&friends[3])];
    assert!(localized[0].contains("北区の お知らせ"), "{localized:?}");
    assert!(localized[1].contains("南区の お知らせ"), "{localized:?}");
}

#[tokio::test]
async fn a_drill_reaches_the_staff_group_alone_and_is_marked_by_the_server() {
    let town = Town::with(QUICK, |_| {}).await;
    crowd(&town, 5).await;
    let staff = member_of_staff(&town).await;
    let id = approved(&town, draft(Kind::Drill, everybody(&town))).await;
    assert_eq!(sent(&town, id).await.accepted, 1);
    assert_eq!(handed_of(&town, id), once(std::slice::from_ref(&staff)));
    let said = format!("{:?}", town.simulator.chat(&staff).last().unwrap().content);
    assert!(said.contains("【訓練】"), "{said}");
    // A trial is marked too, and the same trial goes out once.
    let (id, seen) = written(&town, draft(Kind::Ordinary, everybody(&town))).await;
    for _ in 0..2 {
        assert_eq!(announce::test_send(&town.app.ctx, &author(), (id, seen)).await.unwrap(), 1);
    }
    let tests = town
        .simulator
        .chat(&staff)
        .into_iter()
        .filter(|entry| format!("{:?}", entry.content).contains("【テスト】"));
    assert_eq!(tests.count(), 1);
}

#[tokio::test]
async fn a_correction_reaches_exactly_those_who_were_reached() {
    let town = Town::with(QUICK, |_| {}).await;
    let friends = crowd(&town, 12).await;
    let id = approved(&town, draft(Kind::Ordinary, everybody(&town))).await;
    sent(&town, id).await;
    crowd(&town, 3).await;
    let words = content(&[(Language::Ja, "日にちが ちがいました。")]);
    let (correction, seen) = announce::correct(&town.app.ctx, &author(), id, words).await.unwrap();
    announce::submit(&town.app.ctx, &announcer(), (correction, seen)).await.unwrap();
    approve(&town, correction).await.unwrap();
    sent(&town, correction).await;
    assert_eq!(handed_of(&town, correction), once(&friends));
    let said = format!("{:?}", town.simulator.chat(&friends[0]).last().unwrap().content);
    assert!(said.contains("【訂正】"), "{said}");
}

/// 20 announcements to 2,000 people with everything that may go wrong at 1, 10 and 50 of 100 calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_line_does_nobody_gets_it_twice_and_nobody_is_skipped() {
    let mut chance = Random::from_environment();
    let town = Town::with(QUICK, |double| double.multicasts_per_second = 5_000).await;
    let friends = crowd(&town, 2_000).await;
    for round in 0..knob("TODOKE_TEST_SENDS").unwrap_or(20) {
        let share = [0.01, 0.1, 0.5][usize::try_from(round % 3).unwrap()] / 5.0;
        town.simulator.set_faults(Faults {
            error_before: share,
            error_after: share,
            cut_before: share,
            cut_after: share,
            rate_limited: share,
            latency: Duration::from_millis(chance.next() % 5),
            ..Faults::default()
        });
        let id = approved(&town, draft(Kind::Ordinary, everybody(&town))).await;
        let progress = sent(&town, id).await;
        assert_eq!(progress, Progress { accepted: 2_000, ..Progress::default() }, "round {round}");
        assert_eq!(handed_of(&town, id), once(&friends), "round {round}");
    }
}

/// After a cancel is acknowledged nothing is sent: 20 races, 200 with `TODOKE_TEST_RACES=200`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_cancel_is_acknowledged_nothing_is_sent() {
    let mut chance = Random::from_environment();
    let settings = QUICK.replace("calls_per_second = 2000", "calls_per_second = 1000");
    let town = Town::with(&settings, |double| double.multicasts_per_second = 5_000).await;
    crowd(&town, 30).await;
    let (mut in_the_middle, races) = (0, knob("TODOKE_TEST_RACES").unwrap_or(20));
    for race in 0..races {
        town.simulator.set_faults(Faults {
            error_before: 0.1,
            cut_after: 0.1,
            latency: Duration::from_millis(chance.next() % 6),
            ..Faults::default()
        });
        // Many batches of one person each: personalised by nothing, so that the test needs few people.
        let words = [(Language::Ja, "あしたは ごみの 日です。")];
        let draft = Draft { content: content(&words), ..draft(Kind::Ordinary, everybody(&town)) };
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(approved(&town, draft.clone()).await);
        }
        moment(&mut chance).await;
        for id in ids {
            let cancelled = announce::cancel(&town.app.ctx, &announcer(), id).await;
            let calls = calls(&town);
            let before = (handed_of(&town, id), calls);
            let Ok(_) = cancelled else { continue };
            in_the_middle += u64::from(!before.0.is_empty() || calls > 0);
            let held = known(&town, id).await;
            assert!(matches!(held.way.stage(), Stage::Cancelled { .. }));
            moment(&mut chance).await;
            assert_eq!(handed_of(&town, id), before.0, "race {race}: after the acknowledgement");
        }
    }
    assert!(in_the_middle > 0, "the races were races");
}

fn calls(town: &Town) -> usize {
    let lines = town.simulator.ledger().lines();
    lines
        .iter()
        .filter(|line| matches!(line, Line::Call { endpoint, .. } if endpoint.contains("multicast")))
        .count()
}

#[expect(clippy::disallowed_methods, reason = "the cancel falls into a random moment; that is the point")]
async fn moment(chance: &mut Random) {
    tokio::time::sleep(Duration::from_micros(chance.next() % 8_000)).await;
}

#[tokio::test]
async fn what_needs_somebody_pauses_it_and_it_goes_on_where_it_was() {
    let town = Town::with(QUICK, |double| double.monthly_limit = Some(7)).await;
    let friends = crowd(&town, 5).await;
    let script = [Some(Fault::TokenExpired)].into();
    town.simulator.set_faults(Faults { calls: Calls::Sending, script, ..Faults::default() });
    let id = approved(&town, draft(Kind::Ordinary, everybody(&town))).await;
    assert_eq!(paused(&town, id).await, PauseReason::Token);
    assert!(handed_of(&town, id).is_empty());
    announce::resume(&town.app.ctx, &announcer(), id).await.unwrap();
    sent(&town, id).await;
    assert_eq!(handed_of(&town, id), once(&friends));
    // Two are left of the month's seven.
    let id = approved(&town, draft(Kind::Ordinary, everybody(&town))).await;
    assert_eq!(paused(&town, id).await, PauseReason::Quota);
    assert!(handed_of(&town, id).is_empty());
}

#[tokio::test]
async fn in_danger_one_person_lets_agreed_words_out_and_a_second_one_looks_at_them_afterwards() {
    let town = Town::with(QUICK, |_| {}).await;
    let staff = member_of_staff(&town).await;
    let friends = crowd(&town, 3).await;
    let ctx = &town.app.ctx;
    let alert = draft(Kind::Alert, everybody(&town));
    let (id, seen) = written(&town, alert.clone()).await;
    let announcer = announcer();
    let alone = |seen| announce::break_glass(ctx, &announcer, (id, seen), 4);
    assert!(matches!(alone(seen).await, Err(AnnounceError::NotAgreed)), "nobody has agreed to these words");
    let name = "大雨".parse().unwrap();
    let template = Template { name, content: alert.content.clone(), for_alerts: true };
    let kept = announce::keep_template(ctx, &author(), (None, Version::default()), template).await.unwrap();
    assert!(matches!(alone(seen).await, Err(AnnounceError::NotAgreed)), "only one person has");
    let known = announce::templates(ctx, &author()).await.unwrap().version;
    let same: Actor<Approve> = actor(1, &[Role::Approver]);
    assert!(announce::agree_template(ctx, &same, (kept, known)).await.is_err(), "not its author");
    announce::agree_template(ctx, &approver(), (kept, known)).await.unwrap();
    let other = Draft { content: content(&[(Language::Ja, "べつの ことば")]), ..alert.clone() };
    let (changed, seen_of) = written(&town, other).await;
    let refused = announce::break_glass(ctx, &announcer, (changed, seen_of), 4).await;
    assert!(matches!(refused, Err(AnnounceError::NotAgreed)), "other words than were agreed on");
    alone(seen).await.unwrap();
    sent(&town, id).await;
    let everybody = [&friends[..], std::slice::from_ref(&staff)].concat();
    assert_eq!(handed_of(&town, id), once(&everybody));
    let told = town.simulator.chat(&staff).into_iter().map(|entry| format!("{:?}", entry.content));
    assert_eq!(
        told.filter(|said| said.contains("承認なしで送りました")).count(),
        1,
        "staff are told at once"
    );
    let myself: Actor<Announce> = actor(1, &[Role::Announcer]);
    assert!(announce::review(ctx, &myself, id).await.is_err(), "one does not review oneself");
    announce::review(ctx, &approver(), id).await.unwrap();
    assert_eq!(known_reviewer(&town, id).await, approver().doer().person().ok());
}

async fn known_reviewer(town: &Town, id: AnnouncementId) -> Option<todoke::domain::id::StaffId> {
    known(town, id).await.way.reviewed()
}

/// An alert that is approved in the middle of a long announcement goes out before the rest of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_overtakes_what_is_being_sent() {
    let settings = QUICK.replace("calls_per_second = 2000", "calls_per_second = 2");
    let town = Town::with(&settings, |double| double.multicasts_per_second = 5_000).await;
    let friends = crowd(&town, 5_100).await;
    let long = approved(&town, draft(Kind::Ordinary, everybody(&town))).await;
    until("it is under way", || async { (!handed_of(&town, long).is_empty()).then_some(()) }).await;
    let alert = approved(&town, draft(Kind::Alert, everybody(&town))).await;
    sent(&town, alert).await;
    let before = handed_of(&town, long).len();
    assert!(before < friends.len(), "the alert is sent and the long one is not");
    assert_eq!(handed_of(&town, alert), once(&friends));
    sent(&town, long).await;
    assert_eq!(handed_of(&town, long), once(&friends));
}
