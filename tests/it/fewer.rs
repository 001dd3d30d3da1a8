//! What residents can ask about announcements: why one came, and for fewer like it; on a real store, through LINE's
//! double, and on the page of their own data.

use todoke::{
    catalogue::{Catalogue, Phrase},
    domain::{
        announcement::{AnnouncementId, Audience, Draft, Kind, Left, batch::Progress},
        id::LineUserId,
        language::Language,
        message::{Action, Message, Messages, QuickReply},
        profile::{Field, Slot, Value, Wish},
        registration::Tap,
        segment::SegmentId,
    },
    journeys::announce,
    simulator::{Act, Calls, Content, Fault, Faults, FriendId},
};

use crate::{
    announcements::{
        QUICK, announcer, approve, approved, author, content, crowd, draft, everybody, handed_of, known,
        member_of_staff, once, paused, picked, sent, tap, written,
    },
    desk::{PUBLIC, addresses, hidden, path, todoke},
    support::Town,
};

const WHY: &str = "なぜ届いたの？";
const FEWER: &str = "こういうのは減らして";

async fn town() -> Town {
    Town::with(&format!("{PUBLIC}{QUICK}"), |_| {}).await
}

/// The last thing that the account said to somebody.
fn last(town: &Town, friend: &FriendId) -> Messages {
    let said = town.simulator.chat(friend).into_iter().rev().find_map(|entry| match entry.content {
        Content::Said(messages) => Some(messages),
        Content::Did(..) => None,
    });
    said.expect("the account said something")
}

/// Every button of it: those of cards, and quick replies.
fn buttons(messages: &Messages) -> Vec<Action> {
    let cards = messages.list().iter().filter_map(|message| match message {
        Message::Buttons(card) => Some(card.actions().to_vec()),
        _ => None,
    });
    cards.flatten().chain(messages.quick_replies().iter().map(QuickReply::action).cloned()).collect()
}

fn labels(messages: &Messages) -> Vec<String> {
    buttons(messages).iter().map(|action| action.label().to_owned()).collect()
}

/// Taps a button of the last thing that was said; what is said then.
async fn press(town: &Town, friend: &FriendId, label: &str) -> String {
    let all = buttons(&last(town, friend));
    let Some(Action::Postback { data, .. }) = all.iter().find(|action| action.label() == label) else {
        panic!("no {label} among {all:?}")
    };
    say(town, friend, data).await
}

async fn say(town: &Town, friend: &FriendId, code: &str) -> String {
    let act = Act::Postback { data: code.to_owned(), display_text: None, picked: None };
    town.says(friend, act).await.join("\n")
}

fn field(attribute: &str, name: &str) -> Field {
    Field(attribute.parse().unwrap(), Slot::Named(name.parse().unwrap()))
}

async fn lives_in(town: &Town, friend: &FriendId, ward: &str) {
    tap(town, friend, &Tap::Say(field("wards", "home"), Value::Chosen(ward.parse().unwrap()))).await;
}

/// Wants the garbage days of one ward.
async fn wants_garbage(town: &Town, friend: &FriendId, ward: &str) {
    tap(town, friend, &Tap::Say(field("topics", "garbage"), Value::Wanted(Wish::default()))).await;
    tap(town, friend, &Tap::Area(field("topics", "garbage"), Some(ward.parse().unwrap()))).await;
}

fn of(town: &Town, words: &str, predicate: &str) -> Draft {
    let content = content(&[(Language::Ja, words)]);
    Draft { content, ..draft(Kind::Ordinary, picked(town, predicate)) }
}

/// Approved and sent; whom it reached.
async fn send(town: &Town, draft: Draft) -> (AnnouncementId, Vec<String>) {
    let id = approved(town, draft).await;
    sent(town, id).await;
    (id, handed_of(town, id).into_keys().collect())
}

async fn counted(town: &Town, fact: &str) -> u64 {
    let day = town.app.ctx.clock.now().in_tz("Asia/Tokyo").unwrap().date();
    let counts = town.app.ctx.store.day(&todoke(), day).await.unwrap();
    counts.iter().find(|(name, _)| name == fact).map_or(0, |(_, count)| *count)
}

#[tokio::test]
async fn each_announcement_can_be_asked_why_and_those_that_may_be_fewer_for_fewer() {
    let town = town().await;
    let friend = crowd(&town, 1).await.remove(0);
    let staff = member_of_staff(&town).await;
    for (kind, to, expected) in [
        (Kind::Ordinary, &friend, &[WHY, FEWER][..]),
        (Kind::Alert, &friend, &[WHY]),
        (Kind::Drill, &staff, &[WHY]),
    ] {
        send(&town, draft(kind, everybody(&town))).await;
        assert_eq!(labels(&last(&town, to)), expected, "{kind:?}");
    }
    // A code tells LINE nothing but the announcement's id.
    let told = press(&town, &staff, WHY).await;
    assert!(told.contains("訓練です。"), "{told}");
    let (id, seen) = written(&town, draft(Kind::Ordinary, everybody(&town))).await;
    announce::test_send(&town.app.ctx, &author(), (id, seen)).await.unwrap();
    assert_eq!(labels(&last(&town, &staff)), [WHY]);
    let told = press(&town, &staff, WHY).await;
    assert!(told.contains("テストです"), "{told}");
    // What was never sent to somebody is not told to them, whatever code they send.
    for code in [format!("i:w:{id}"), format!("i:f:{id}"), format!("i:s:{id}"), "i:w:ann_0".to_owned()] {
        let told = say(&town, &friend, &code).await;
        assert!(!told.contains("ごみの 日"), "{code}: {told}");
    }
    let told = say(&town, &friend, &format!("i:u:{id}")).await;
    assert!(told.contains("元に戻すものはありません"), "{told}");
}

#[tokio::test]
async fn why_is_told_in_what_the_resident_registered_and_nothing_else() {
    let town = town().await;
    let friends = crowd(&town, 3).await;
    let told = town.answer(&friends[0], WHY).await;
    assert!(told.contains("まだありません"), "{told}");
    lives_in(&town, &friends[0], "north").await;
    wants_garbage(&town, &friends[0], "north").await;
    lives_in(&town, &friends[1], "south").await;
    let predicate = r#"{"all": [
        {"any": [{"in": {"attribute": "topics", "of": ["garbage", "taxes"]}},
                 {"in": {"attribute": "wards", "of": ["south"]}}]},
        {"not": {"member_of": {"attribute": "member", "of": ["fire-brigade"]}}}
    ]}"#;
    let (_, to) = send(&town, of(&town, "あしたは 資源の 日です。\nつづき", predicate)).await;
    assert_eq!(to.len(), 2);
    let told = press(&town, &friends[0], WHY).await;
    for expected in
        ["「あしたは 資源の 日です。」", "ごみの日（北区）", "お送りしない方の条件", "ご自身で登録"]
    {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    for foreign in ["南区", "税の期限", "消防団", "つづき", "試験"] {
        assert!(!told.contains(foreign), "{foreign} in {told}");
    }
    let told = press(&town, &friends[1], WHY).await;
    assert!(told.contains("自宅：南区") && !told.contains("ごみ"), "{told}");
    // Whoever has changed what is registered since is told so; typed words are about the latest.
    lives_in(&town, &friends[1], "north").await;
    let told = town.answer(&friends[1], "どうして届いたの").await;
    assert!(told.contains("いまの登録内容では当てはまりません"), "{told}");
    let told = town.answer(&friends[2], WHY).await;
    assert!(told.contains("まだありません"), "{told}");
    send(&town, draft(Kind::Ordinary, everybody(&town))).await;
    let told = town.answer(&friends[2], WHY).await;
    assert!(told.contains("友だち登録をしているすべての方"), "{told}");
    // A correction is told as one, with what it corrects.
    let (wrong, _) = send(&town, draft(Kind::Alert, everybody(&town))).await;
    let told = town.answer(&friends[2], WHY).await;
    assert!(told.contains("命や安全"), "{told}");
    let words = content(&[(Language::Ja, "日にちが ちがいました。")]);
    let (correction, seen) = announce::correct(&town.app.ctx, &author(), wrong, words).await.unwrap();
    announce::submit(&town.app.ctx, &announcer(), (correction, seen)).await.unwrap();
    approve(&town, correction).await.unwrap();
    sent(&town, correction).await;
    let told = press(&town, &friends[2], WHY).await;
    assert!(told.contains("訂正") && told.contains("「あしたは ごみの 日です。」"), "{told}");
    // Fewer corrections of alerts there are none.
    let told = town.answer(&friends[2], FEWER).await;
    assert!(told.contains("減らすことはできません"), "{told}");
    town.verified().await;
}

#[tokio::test]
async fn both_can_be_asked_in_every_language() {
    let town = town().await;
    let friend = crowd(&town, 1).await.remove(0);
    let (id, _) = send(&town, draft(Kind::Ordinary, Audience::AllFriends)).await;
    let catalogue = Catalogue::embedded().unwrap();
    let mut asked = 0;
    for language in Language::ALL {
        for (word, words, expected) in [
            (Phrase::AnnWhy, Phrase::AnnWhyWords, "友だち登録をしているすべての方"),
            (Phrase::AnnFewer, Phrase::AnnFewerWords, "お一人だけ止めることができません"),
        ] {
            let words = format!("{}|{}", catalogue.say(language, word), catalogue.say(language, words));
            for word in words.split('|') {
                let told = town.answer(&friend, word).await;
                assert!(told.contains(expected), "{language} {word}: {told}");
                asked += 1;
            }
        }
    }
    assert!(asked > 60, "{asked}");
    assert_eq!(counted(&town, &format!("fewer.{id}")).await, 1, "once, however often it is said");
}

#[tokio::test]
async fn exactly_the_topics_for_which_it_came_are_stopped_and_come_back_as_they_were() {
    let town = town().await;
    let friends = crowd(&town, 2).await;
    for friend in &friends {
        wants_garbage(&town, friend, "north").await;
        tap(&town, friend, &Tap::Say(field("topics", "childcare"), Value::Wanted(Wish::default()))).await;
    }
    let garbage = r#"{"in": {"attribute": "topics", "of": ["garbage"], "areas": ["north"]}}"#;
    let first = of(&town, "資源の 日です。", garbage);
    let (id, to) = send(&town, first.clone()).await;
    assert_eq!(to.len(), 2);
    let told = press(&town, &friends[0], FEWER).await;
    assert!(told.contains("ごみの日（北区）") && !told.contains("子育て"), "{told}");
    let told = press(&town, &friends[0], "止める").await;
    assert!(told.contains("「ごみの日（北区）」のお届けを止めました"), "{told}");
    assert_eq!(counted(&town, &format!("fewer.{id}")).await, 1);
    let stop = format!("i:s:{id}");
    let told = say(&town, &friends[0], &stop).await;
    assert!(told.contains("お届けしているお知らせはありません"), "twice is once: {told}");
    let registered = town.answer(&friends[0], "登録内容").await;
    assert!(registered.contains("子育て") && !registered.contains("ごみの日"), "{registered}");
    assert_eq!(send(&town, first.clone()).await.1, [friends[1].0.clone()]);
    let told = town.answer(&friends[0], FEWER).await;
    assert!(told.contains("いまの登録内容では"), "{told}");

    // Undone at once it is as it was, with its ward.
    let told = press(&town, &friends[1], FEWER).await;
    assert!(told.contains("ごみの日（北区）"), "{told}");
    press(&town, &friends[1], "止める").await;
    let told = press(&town, &friends[1], "元に戻す").await;
    assert!(told.contains("元に戻しました"), "{told}");
    let registered = town.answer(&friends[1], "登録内容").await;
    assert!(registered.contains("ごみの日（北区）"), "{registered}");
    assert_eq!(send(&town, first).await.1, [friends[1].0.clone()]);
    town.verified().await;
}

#[tokio::test]
async fn whoever_wants_fewer_is_left_out_of_the_series_and_of_no_alert_and_no_correction() {
    let town = town().await;
    let friends = crowd(&town, 3).await;
    let waste = |town: &Town| {
        let mut draft = of(town, "資源の 日です。", r#"{"following": true}"#);
        draft.content.department = Some("環境局".parse().unwrap());
        draft
    };
    let (id, to) = send(&town, waste(&town)).await;
    assert_eq!(to.len(), 3);
    let told = press(&town, &friends[0], FEWER).await;
    assert!(told.contains("「環境局」からのお知らせ") && told.contains("訂正は"), "{told}");
    assert_eq!(counted(&town, &format!("fewer.{id}")).await, 1);
    let others = |some: &[FriendId]| once(some).into_keys().collect::<Vec<_>>();
    assert_eq!(send(&town, waste(&town)).await.1, others(&friends[1..]));
    // Other departments, what names none, alerts, drills and corrections are another matter.
    let mut other = waste(&town);
    other.content.department = Some("福祉局".parse().unwrap());
    assert_eq!(send(&town, other).await.1, others(&friends));
    assert_eq!(send(&town, draft(Kind::Ordinary, everybody(&town))).await.1, others(&friends));
    assert_eq!(send(&town, Draft { kind: Kind::Alert, ..waste(&town) }).await.1, others(&friends));
    let mut right = content(&[(Language::Ja, "あさってでした。")]);
    right.department = Some("環境局".parse().unwrap());
    let (correction, seen) = announce::correct(&town.app.ctx, &author(), id, right).await.unwrap();
    announce::submit(&town.app.ctx, &announcer(), (correction, seen)).await.unwrap();
    approve(&town, correction).await.unwrap();
    sent(&town, correction).await;
    assert_eq!(handed_of(&town, correction).into_keys().collect::<Vec<_>>(), others(&friends));
    // Of a correction fewer means fewer of what it corrects.
    let told = press(&town, &friends[1], FEWER).await;
    assert!(told.contains("「環境局」からのお知らせ"), "{told}");
    assert_eq!(send(&town, waste(&town)).await.1, others(&friends[2..]));
    // The list, and the way back.
    let told = town.answer(&friends[1], "減らしたお知らせ").await;
    assert!(told.contains("1. 「環境局」からのお知らせ"), "{told}");
    let told = press(&town, &friends[1], "1. 元に戻す").await;
    assert!(told.contains("元に戻しました"), "{told}");
    let told = town.answer(&friends[1], "減らしたお知らせ").await;
    assert!(told.contains("減らしているお知らせはありません"), "{told}");
    assert_eq!(send(&town, waste(&town)).await.1, others(&friends[1..]));
    town.verified().await;
}

#[tokio::test]
async fn of_a_named_segment_it_is_the_segment_and_its_name_is_told_to_nobody() {
    let town = town().await;
    let friends = crowd(&town, 2).await;
    let named = |words: &str, segment: u128| {
        let mut draft = of(&town, words, r#"{"following": true}"#);
        draft.content.department = Some("環境局".parse().unwrap());
        let Audience::Picked { segment: named, .. } = &mut draft.audience else { unreachable!() };
        *named = Some(SegmentId(uuid::Uuid::from_u128(segment)));
        draft
    };
    send(&town, named("講座の ご案内", 1)).await;
    let told = press(&town, &friends[0], FEWER).await;
    assert!(told.contains("「【環境局】講座の ご案内」と同じ条件の方へのお知らせ"), "{told}");
    assert!(!told.contains("seg_"), "{told}");
    assert_eq!(send(&town, named("つぎの 講座", 1)).await.1, [friends[1].0.clone()]);
    assert_eq!(send(&town, named("ほかの こと", 2)).await.1.len(), 2);
}

#[tokio::test]
async fn whoever_asks_between_the_approval_and_their_first_call_is_withdrawn() {
    let settings = QUICK.replace("ramp = false", "ramp = true");
    let town = Town::with(&format!("{PUBLIC}{settings}"), |_| {}).await;
    crowd(&town, 500).await;
    // They came later, so they stand in the second batch.
    let later = crowd(&town, 2).await;
    let draft = || draft(Kind::Ordinary, everybody(&town));
    assert_eq!(send(&town, draft()).await.1.len(), 502);
    let script = [Some(Fault::TokenExpired)].into();
    town.simulator.set_faults(Faults { calls: Calls::Sending, script, ..Faults::default() });
    let id = approved(&town, draft()).await;
    paused(&town, id).await;
    town.answer(&later[1], FEWER).await;
    announce::resume(&town.app.ctx, &announcer(), id).await.unwrap();
    assert_eq!(sent(&town, id).await, Progress { accepted: 501, withdrawn: 1, ..Progress::default() });
    assert!(!handed_of(&town, id).contains_key(&later[1].0));
}

#[tokio::test]
async fn the_page_of_ones_own_data_shows_what_was_sent_and_takes_back_what_is_fewer() {
    let town = town().await;
    let friends = crowd(&town, 2).await;
    let page_of = async |friend: &FriendId| {
        town.answer(friend, "登録内容を見る").await;
        let at = path(&addresses(&town, friend)[0]);
        let (status, page) = town.page(&at).await;
        assert_eq!(status, 200, "{page}");
        (at, page)
    };
    let (_, page) = page_of(&friends[0]).await;
    assert!(page.contains("お送りしたものはありません"), "{page}");
    lives_in(&town, &friends[0], "north").await;
    let north = r#"{"in": {"attribute": "wards", "of": ["north"]}}"#;
    let (id, _) = send(&town, of(&town, "<b>水道</b>の 工事です。", north)).await;
    let (_, page) = page_of(&friends[0]).await;
    let date = town.app.ctx.clock.now().in_tz("Asia/Tokyo").unwrap().date();
    for expected in [
        format!("<dt>{date}：&#60;b&#62;水道"),
        "<dd>自宅：北区</dd>".into(),
        "減らしているお知らせはありません".into(),
    ] {
        assert!(page.contains(&expected), "{expected} in {page}");
    }
    assert!(!page_of(&friends[1]).await.1.contains("水道"), "of nobody else");
    town.answer(&friends[0], FEWER).await;
    assert_eq!(known(&town, id).await.id, id);
    let (at, page) = page_of(&friends[0]).await;
    assert!(
        page.contains("担当課の名前がない、市からのお知らせ") && page.contains("value=\"city\""),
        "{page}"
    );
    let fields = [("submit", hidden(&page)), ("series", "city".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let undo = format!("{at}/fewer");
    assert_eq!(town.send_form(&undo, &fields, "cross-site").await.0, 404);
    // Somebody else's page undoes nothing of this one's.
    let (other, page) = page_of(&friends[1]).await;
    let foreign = hidden(&page);
    let stolen = [("submit", foreign.as_str()), ("series", "city")];
    assert_eq!(town.send_form(&undo, &stolen, "same-origin").await.0, 404);
    assert_eq!(
        town.send_form(&format!("{other}/fewer"), &stolen, "same-origin").await.0,
        200,
        "nothing to do"
    );
    let (status, page) = town.send_form(&undo, &[fields[0], ("series", "seg_1")], "same-origin").await;
    assert_eq!(status, 404, "{page}");
    let profile = async || {
        let who = town.app.ctx.store.resident_ref(&todoke(), &LineUserId::new(&friends[0].0)).unwrap();
        town.app.ctx.store.profile(&todoke(), who).await.unwrap()
    };
    assert_eq!(profile().await.fewer().count(), 1);
    for _ in 0..2 {
        let (status, page) = town.send_form(&undo, &fields, "same-origin").await;
        assert_eq!((status, page.contains("保存しました。")), (200, true), "{page}");
        assert_eq!(profile().await.fewer().count(), 0);
    }
    assert_eq!(counted(&town, &format!("fewer-undone.{id}")).await, 1);
    // Asked for anew in the chat, an older page does not overrule it.
    town.answer(&friends[0], FEWER).await;
    assert_eq!(town.send_form(&undo, &fields, "same-origin").await.0, 409);
    assert_eq!(profile().await.fewer().count(), 1);
    town.answer(&friends[0], "登録を全部消す").await;
    let told = press(&town, &friends[0], "はい、消します").await;
    assert!(told.contains("すべて消しました"), "{told}");
    assert_eq!(profile().await.fewer().count(), 0);
    // Whoever comes back is somebody new.
    town.answer(&friends[0], "こんにちは").await;
    assert_eq!(send(&town, of(&town, "工事です。", r#"{"following": true}"#)).await.1.len(), 2);
    town.verified().await;
}

#[tokio::test]
async fn afterwards_staff_see_how_many_left_and_what_line_counted() {
    let town = town().await;
    let friends = crowd(&town, 30).await;
    let (first, _) = send(&town, draft(Kind::Ordinary, everybody(&town))).await;
    let leave = async |friend: &FriendId| {
        town.simulator.act(friend, Act::Unfollow);
        town.simulator.idle().await;
        town.until_nothing_waits().await;
    };
    for friend in &friends[..3] {
        leave(friend).await;
    }
    let (second, to) = send(&town, draft(Kind::Ordinary, everybody(&town))).await;
    assert_eq!(to.len(), 27);
    leave(&friends[3]).await;
    town.answer(&friends[4], FEWER).await;
    let seen = async |id| announce::afterwards(&town.app.ctx, &author(), id).await.unwrap();
    let before = seen(second).await;
    assert_eq!((before.reached, before.fewer, before.fewer_undone, before.line), (27, 1, 0, None));
    // The fourth had got both.
    assert_eq!(before.left, Left { soon: 1, later: 1 });
    assert_eq!(before.share, Some(Left { soon: 370, later: 370 }));
    assert_eq!(before.usual, Some(Left { soon: 4 * 10_000 / 30, later: 4 * 10_000 / 30 }));
    let before = seen(first).await;
    assert_eq!((before.left, before.usual), (Left { soon: 4, later: 4 }, None));
    // Of each once a day.
    assert_eq!(announce::learn_counts(&town.app.ctx, &todoke()).await.unwrap(), 2);
    assert_eq!(announce::learn_counts(&town.app.ctx, &todoke()).await.unwrap(), 0);
    let line = seen(second).await.line.unwrap();
    assert_eq!((line.seen, line.opened_a_link, line.links), (Some(27), None, vec![]));
    town.verified().await;
}
