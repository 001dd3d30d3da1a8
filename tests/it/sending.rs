//! Sending without having been asked: what LINE's double takes, what it refuses, and that a retry key counts once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use todoke::{
    domain::{
        id::LineUserId,
        message::{Message, Messages, Text},
    },
    messenger::{Manner, Quota, Recipients, SendError},
    simulator::{
        Act, Calls, Content, Fault, Faults, FriendId,
        ledger::{Line, handed, keys_of_two_bodies},
    },
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{desk::todoke, support::Town};

fn messages(text: &str) -> Messages {
    Messages::new(vec![Message::Text(Text::new(text).unwrap())]).unwrap()
}

fn recipients(friends: &[FriendId]) -> Recipients {
    Recipients::new(friends.iter().map(|friend| LineUserId::new(&friend.0)).collect()).unwrap()
}

fn last(town: &Town, friend: &FriendId) -> Option<String> {
    let chat = town.simulator.chat(friend).into_iter().rev();
    let said = chat.filter_map(|entry| match entry.content {
        Content::Said(messages) => Some(messages.plain_lines().join("\n")),
        Content::Did(..) => None,
    });
    said.into_iter().next()
}

const UNIT: Manner<'_> = Manner { is_silent: true, unit: Some("ann_1"), is_urgent: false, patience: None };

type Sent = Result<Option<String>, SendError>;

async fn send(town: &Town, to: &[FriendId], text: &str, key: u128) -> Sent {
    let (account, to, messages) = (todoke(), recipients(to), messages(text));
    let messenger = &town.app.ctx.messenger;
    let sent = messenger.multicast(&account, &to, &messages, UNIT, Uuid::from_u128(key)).await;
    sent.map(|receipt| receipt.request_id)
}

async fn push(town: &Town, to: &FriendId, text: &str, key: u128) -> Sent {
    let (to, messages) = (LineUserId::new(&to.0), messages(text));
    let messenger = &town.app.ctx.messenger;
    let sent = messenger.push(&todoke(), &to, &messages, UNIT, Uuid::from_u128(key)).await;
    sent.map(|receipt| receipt.request_id)
}

async fn broadcast(town: &Town, text: &str, key: u128) -> Sent {
    let messages = messages(text);
    let messenger = &town.app.ctx.messenger;
    let sent = messenger.broadcast(&todoke(), &messages, UNIT, Uuid::from_u128(key)).await;
    sent.map(|receipt| receipt.request_id)
}

/// How many calls were answered with a status.
fn answered(town: &Town, status: u16) -> usize {
    let lines = town.simulator.ledger().lines();
    lines.iter().filter(|line| matches!(line, Line::Call { status: told, .. } if *told == status)).count()
}

#[tokio::test]
async fn everybody_gets_it_once_however_often_the_same_key_is_tried() {
    let town = Town::new().await;
    let friends: Vec<FriendId> = (0..500).map(|_| town.friend()).collect();
    for friend in [&friends[0], &friends[499]] {
        town.says(friend, Act::Follow).await;
    }
    let first = send(&town, &friends, "お知らせです", 1).await.unwrap();
    assert!(first.is_some());
    for _ in 0..3 {
        // 409 is success, under the first call's id.
        assert_eq!(send(&town, &friends, "お知らせです", 1).await.unwrap(), first);
    }
    assert_eq!(answered(&town, 409), 3);
    assert!(keys_of_two_bodies(&town.simulator.ledger().lines()).is_empty());
    // It was accepted, and nobody was told: the same key again makes no second message.
    town.simulator.set_faults(Faults { error_after: 1.0, ..Faults::default() });
    assert!(matches!(send(&town, &friends[..10], "二通目", 2).await, Err(SendError::Unknown(_))));
    town.simulator.set_faults(Faults::default());
    assert!(send(&town, &friends[..10], "二通目", 2).await.is_ok());
    let lines = town.simulator.ledger().lines();
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for count in handed(&lines, "ann_1").into_values() {
        *counts.entry(count).or_default() += 1;
    }
    assert_eq!(counts, [(1, 490), (2, 10)].into());
    assert_eq!(last(&town, &friends[0]).as_deref(), Some("二通目"));
    assert_eq!(last(&town, &friends[499]).as_deref(), Some("お知らせです"));
    // What the judge looks for: another text under a key that was used.
    send(&town, &friends, "別のお知らせ", 1).await.unwrap();
    let key = Uuid::from_u128(1).to_string();
    assert_eq!(keys_of_two_bodies(&town.simulator.ledger().lines()), [key.as_str()].into());
    assert_eq!(last(&town, &friends[1]), None, "accepted is not delivered: who does not follow sees nothing");
}

#[tokio::test]
async fn nothing_is_accepted_where_line_says_so() {
    let town = Town::with("[line]\nmulticast_per_second = 1000\n", |config| {
        config.multicasts_per_second = 3;
    })
    .await;
    let friend = town.friend();
    town.says(&friend, Act::Follow).await;
    let stranger = FriendId(format!("U{}", "9".repeat(32)));
    let both = [friend.clone(), stranger];
    town.simulator.set_faults(Faults { refuses_unknown: true, ..Faults::default() });
    match send(&town, &both, "一", 1).await {
        Err(SendError::BadRecipients { places }) => assert_eq!(places, [1]),
        other => panic!("{other:?}"),
    }
    town.simulator.set_faults(Faults::default());
    assert!(send(&town, &both, "二", 2).await.is_ok(), "or whoever is unknown is skipped");
    town.simulator.set_faults(Faults { cut_before: 1.0, ..Faults::default() });
    assert!(matches!(send(&town, &both, "三", 3).await, Err(SendError::Unknown(_) | SendError::NotSent(_))));
    town.simulator.set_faults(Faults::default());
    // Faster than LINE takes: refused, and our gate is empty from then on.
    assert!(matches!(send(&town, &both, "四", 4).await, Err(SendError::RateLimited { .. })));
    assert_eq!(last(&town, &friend).as_deref(), Some("二"));
    let lines = town.simulator.ledger().lines();
    assert_eq!(handed(&lines, "ann_1").values().sum::<u32>(), 2, "the call that was accepted, and no other");
}

#[tokio::test]
async fn the_places_of_people_whom_line_does_not_know_are_named_or_not() {
    let town = Town::new().await;
    let friends = [town.friend(), town.friend(), town.friend()];
    town.simulator.forget(&friends[1]);
    town.simulator.set_faults(Faults { refuses_unknown_silently: true, ..Faults::default() });
    assert!(matches!(send(&town, &friends, "一", 1).await, Err(SendError::Refused { status: 400, .. })));
    town.simulator.set_faults(Faults { refuses_unknown: true, ..Faults::default() });
    match send(&town, &friends, "一", 1).await {
        Err(SendError::BadRecipients { places }) => assert_eq!(places, [1]),
        other => panic!("{other:?}"),
    }
    // The others get it under another key.
    let others = [friends[0].clone(), friends[2].clone()];
    send(&town, &others, "一", 2).await.unwrap();
    assert!(matches!(push(&town, &friends[1], "一", 3).await, Err(SendError::Refused { status: 400, .. })));
    let lines = town.simulator.ledger().lines();
    let got = handed(&lines, "ann_1");
    assert_eq!(got.into_values().collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn a_broadcast_reaches_all_friends_once_and_sixty_go_out_an_hour() {
    let town = Town::with("[line]\nrate_share = 1.0\n", |_| {}).await;
    let friends: Vec<FriendId> = (0..3).map(|_| town.friend()).collect();
    for friend in &friends[..2] {
        town.says(friend, Act::Follow).await;
    }
    let first = broadcast(&town, "全員に", 1).await.unwrap();
    assert_eq!(broadcast(&town, "全員に", 1).await.unwrap(), first);
    let lines = town.simulator.ledger().lines();
    let got = handed(&lines, "");
    let mut expected: Vec<&str> = friends[..2].iter().map(|friend| friend.0.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(got.keys().copied().collect::<Vec<_>>(), expected);
    assert!(got.values().all(|times| *times == 1));
    assert_eq!(last(&town, &friends[0]).as_deref(), Some("全員に"));
    assert_eq!(last(&town, &friends[2]), None);
    for key in 3..=60 {
        broadcast(&town, "もう一度", key).await.unwrap();
    }
    // The sixty-first waits for a minute; who may not wait is told that nothing was sent.
    let hurried = Manner { patience: Some(Duration::from_millis(50)), ..UNIT };
    let messenger = &town.app.ctx.messenger;
    let late = messenger.broadcast(&todoke(), &messages("遅い"), hurried, Uuid::from_u128(99)).await;
    assert!(matches!(late, Err(SendError::NotSent(None))), "{late:?}");
    assert_eq!(town.calls("message/broadcast"), 60);
    assert_eq!(answered(&town, 429), 0);
}

#[tokio::test]
async fn the_months_quota_ends_whole_calls_and_is_told_from_the_rate_limit() {
    let town = Town::with("", |config| config.monthly_limit = Some(5)).await;
    let friends: Vec<FriendId> = (0..4).map(|_| town.friend()).collect();
    for friend in &friends[..3] {
        town.says(friend, Act::Follow).await;
    }
    let quota = || async { town.app.ctx.messenger.quota(&todoke()).await.unwrap() };
    assert_eq!(quota().await, Quota { limit: Some(5), used: 0 }, "replies are not counted");
    send(&town, &friends, "一", 1).await.unwrap();
    assert_eq!(quota().await, Quota { limit: Some(5), used: 3 }, "nor who does not follow");
    assert!(matches!(send(&town, &friends, "二", 2).await, Err(SendError::QuotaOut)));
    assert!(matches!(broadcast(&town, "二", 3).await, Err(SendError::QuotaOut)));
    push(&town, &friends[0], "二", 4).await.unwrap();
    // What was accepted once is so also when the quota is at its end.
    town.simulator.use_up(1);
    assert_eq!(quota().await.left(), Some(0));
    assert!(send(&town, &friends, "一", 1).await.is_ok());
    assert!(matches!(push(&town, &friends[1], "二", 5).await, Err(SendError::QuotaOut)));
    // The city has bought more: the same key, which was not accepted, is taken now.
    town.simulator.set_monthly_limit(None);
    assert_eq!(quota().await, Quota { limit: None, used: 5 });
    send(&town, &friends, "二", 2).await.unwrap();
    let lines = town.simulator.ledger().lines();
    let got = handed(&lines, "ann_1");
    assert_eq!(got[friends[0].0.as_str()], 3);
    assert_eq!(got[friends[1].0.as_str()], 2);
}

#[tokio::test]
async fn what_goes_wrong_follows_a_script_and_leaves_other_endpoints_alone() {
    let town = Town::new().await;
    let friend = town.friend();
    let to = [friend.clone()];
    let script = [
        Some(Fault::ErrorBefore),
        Some(Fault::CutAfter),
        None,
        Some(Fault::RateLimited),
        Some(Fault::TokenExpired),
    ];
    town.simulator.set_faults(Faults { calls: Calls::Sending, script: script.into(), ..Faults::default() });
    assert!(matches!(send(&town, &to, "一", 1).await, Err(SendError::Unknown(_))));
    assert!(town.app.ctx.messenger.quota(&todoke()).await.is_ok(), "it sends nothing");
    assert!(matches!(send(&town, &to, "一", 1).await, Err(SendError::Unknown(_))));
    assert!(send(&town, &to, "一", 1).await.is_ok());
    assert_eq!(answered(&town, 409), 1, "the second was accepted");
    assert!(matches!(send(&town, &to, "二", 2).await, Err(SendError::RateLimited { .. })));
    // A token that was given cannot be renewed; LINE takes it again with the next call.
    assert!(matches!(send(&town, &to, "二", 2).await, Err(SendError::Unauthorized)));
    assert!(send(&town, &to, "二", 2).await.is_ok());
    let lines = town.simulator.ledger().lines();
    assert_eq!(handed(&lines, "ann_1")[friend.0.as_str()], 2);
    // A call that takes too long is accepted or not: nobody knows, and the key tells.
    town.simulator.set_faults(Faults {
        slow: 1.0,
        slow_up_to: Duration::from_millis(30),
        ..Faults::default()
    });
    for key in 10..20 {
        assert!(send(&town, &to, "三", key).await.is_ok());
    }
}

#[tokio::test]
async fn two_calls_with_one_key_at_the_same_time_are_one() {
    let town = Town::new().await;
    let to = [town.friend()];
    let latency = Duration::from_millis(30);
    town.simulator.set_faults(Faults { latency, ..Faults::default() });
    let (one, two) = tokio::join!(send(&town, &to, "一", 1), send(&town, &to, "一", 1));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(answered(&town, 409), 1);
    let lines = town.simulator.ledger().lines();
    assert_eq!(handed(&lines, "ann_1")[to[0].0.as_str()], 1);
}

#[tokio::test]
async fn multicasts_keep_to_two_hundred_a_second_and_an_alert_overtakes_them() {
    let town = Town::new().await;
    let to = [town.friend()];
    let begun = tokio::time::Instant::now();
    let mut ordinary = JoinSet::new();
    for key in 0..500 {
        let (messenger, to) = (Arc::clone(&town.app.ctx.messenger), recipients(&to));
        ordinary.spawn(async move {
            let key = Uuid::from_u128(key);
            messenger.multicast(&todoke(), &to, &messages("ふつう"), UNIT, key).await.unwrap();
        });
    }
    // The first of them is through: the others wait at the gate.
    ordinary.join_next().await.unwrap().unwrap();
    let alert = Manner { is_urgent: true, unit: Some("alert"), ..Manner::default() };
    let (key, messenger) = (Uuid::from_u128(1_000), &town.app.ctx.messenger);
    messenger.multicast(&todoke(), &recipients(&to), &messages("緊急"), alert, key).await.unwrap();
    let before = handed(&town.simulator.ledger().lines(), "ann_1")[to[0].0.as_str()];
    while let Some(sent) = ordinary.join_next().await {
        sent.unwrap();
    }
    assert_eq!(answered(&town, 429), 0);
    assert!(begun.elapsed() >= Duration::from_millis(2_450), "501 calls in {:?}", begun.elapsed());
    assert!(before < 250, "the alert came after {before} of 500");
    let lines = town.simulator.ledger().lines();
    assert_eq!(handed(&lines, "ann_1")[to[0].0.as_str()], 500);
    assert_eq!(handed(&lines, "alert")[to[0].0.as_str()], 1);
}
