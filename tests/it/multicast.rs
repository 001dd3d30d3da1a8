//! The same to many: what LINE's double takes, what it refuses, and that a retry key counts once.

use std::collections::BTreeMap;

use todoke::{
    domain::{
        id::LineUserId,
        message::{Message, Messages, Text},
    },
    messenger::{Manner, Recipients, SendError},
    simulator::{Act, Content, Faults, FriendId, ledger::handed},
};
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

async fn send(town: &Town, to: &[FriendId], text: &str, key: u128) -> Result<Option<String>, SendError> {
    let manner = Manner { is_silent: true, unit: Some("ann_1"), ..Manner::default() };
    let (account, to, messages) = (todoke(), recipients(to), messages(text));
    let messenger = &town.app.ctx.messenger;
    let sent = messenger.multicast(&account, &to, &messages, manner, Uuid::from_u128(key)).await;
    sent.map(|receipt| receipt.request_id)
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
        assert!(send(&town, &friends, "お知らせです", 1).await.is_ok());
    }
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
