//! What LINE tells of the account's use, and what it finds fault with before anything is sent.

use jiff::civil::Date;
use todoke::{
    domain::{
        id::LineUserId,
        message::{Message, Messages, Text},
    },
    messenger::{Manner, Recipients, SendError, SendKind, UnitStatistics},
    simulator::{Act, Fault, Faults, ledger::Line},
};
use uuid::Uuid;

use crate::{desk::todoke, support::Town};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_was_counted_under_a_name_is_told_and_few_are_not() {
    let town = Town::new().await;
    let mut people = Vec::new();
    for _ in 0..25 {
        let friend = town.friend();
        town.says(&friend, Act::Follow).await;
        people.push(LineUserId::new(&friend.0));
    }
    let messages = Messages::new(vec![Message::Text(Text::new("お知らせ").unwrap())]).unwrap();
    let messenger = &town.app.ctx.messenger;
    let (from, to) = (day("2026-11-01"), day("2026-12-01"));
    for (unit, count) in [("many", 25), ("few", 19)] {
        let manner = Manner { unit: Some(unit), ..Manner::default() };
        let to = Recipients::new(people[..count].to_vec()).unwrap();
        let key = Uuid::from_u128(count as u128);
        messenger.multicast(&todoke(), &to, &messages, manner, key).await.unwrap();
    }
    town.simulator.tap_link("many", "https://city.example/a?b=c&d", 20);
    town.simulator.tap_link("many", "https://city.example/rare", 3);
    assert_eq!(messenger.units_used(&todoke()).await.unwrap(), 2);
    let many = messenger.unit_statistics(&todoke(), "many", from, to).await.unwrap();
    assert_eq!((many.seen, many.opened_a_link), (Some(25), Some(20)));
    let links: Vec<_> = many.links.iter().map(|link| (link.url.as_str(), link.people)).collect();
    assert_eq!(links, [("https://city.example/a?b=c&d", Some(20)), ("https://city.example/rare", None)]);
    let few = messenger.unit_statistics(&todoke(), "few", from, to).await.unwrap();
    assert_eq!(few.seen, None);
    let never = messenger.unit_statistics(&todoke(), "never", from, to).await.unwrap();
    assert_eq!(never, UnitStatistics::default());
    let too_long = messenger.unit_statistics(&todoke(), "many", from, day("2026-12-02")).await;
    assert!(matches!(too_long, Err(SendError::Refused { status: 400, .. })), "{too_long:?}");
    let calls = town.calls("insight");
    let no_name = messenger.unit_statistics(&todoke(), "a&from=20200101", from, to).await;
    assert!(matches!(no_name, Err(SendError::Refused { status: 400, .. })), "{no_name:?}");
    assert_eq!(town.calls("insight"), calls, "LINE was not asked");
    // Sixty an hour; nobody waits for a minute in front of a page.
    for _ in calls..60 {
        messenger.unit_statistics(&todoke(), "many", from, to).await.unwrap();
    }
    let over = messenger.unit_statistics(&todoke(), "many", from, to).await;
    assert!(matches!(over, Err(SendError::RateLimited { .. })), "{over:?}");
    assert_eq!(town.calls("insight"), 60);
}

#[tokio::test]
async fn line_tries_messages_without_sending_them() {
    let town = Town::new().await;
    let friend = town.friend();
    town.says(&friend, Act::Follow).await;
    let messenger = &town.app.ctx.messenger;
    let messages = Messages::new(vec![Message::Text(Text::new("お知らせ").unwrap())]).unwrap();
    for (kind, path) in [
        (SendKind::Push, "validate/push"),
        (SendKind::Multicast, "validate/multicast"),
        (SendKind::Broadcast, "validate/broadcast"),
    ] {
        messenger.validate(&todoke(), kind, &messages).await.unwrap();
        assert_eq!(town.calls(path), 1);
    }
    assert_eq!(town.simulator.ledger().lines().iter().filter_map(Line::handed).count(), 0);
    // LINE finds fault with something; its words are for staff.
    town.simulator.set_faults(Faults { refuses_messages: true, ..Faults::default() });
    match messenger.validate(&todoke(), SendKind::Multicast, &messages).await {
        Err(SendError::Refused { status: 400, message }) => {
            assert!(message.contains("messages[0].text"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    let script = [Some(Fault::ErrorBefore)].into();
    town.simulator.set_faults(Faults { script, ..Faults::default() });
    let unknown = messenger.validate(&todoke(), SendKind::Push, &messages).await;
    assert!(matches!(unknown, Err(SendError::Unknown(_))), "{unknown:?}");
}
