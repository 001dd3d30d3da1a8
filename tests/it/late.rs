//! A reply token whose time is over: one outcome, no reply, never a push.

use std::time::Duration;

use todoke::{
    domain::{settlement::Outcome, time::Clock},
    simulator::{Act, Faults},
    system::SystemClock,
};

use crate::support::{Town, body};

#[tokio::test]
async fn an_event_of_twenty_minutes_ago_is_late_and_nothing_is_said() {
    let town = Town::new().await;
    let friend = town.friend();
    for (minutes, outcome, calls) in
        [(19, Outcome::Replied, 1), (21, Outcome::Late, 1), (60 * 24, Outcome::Late, 1)]
    {
        let mut event = town.draft_text(&friend, "転入届").await;
        let happened = SystemClock.now() - Duration::from_mins(minutes);
        event["timestamp"] = happened.as_millisecond().into();
        event["deliveryContext"]["isRedelivery"] = true.into();
        assert_eq!(town.post(body(std::slice::from_ref(&event))).await.0, 200);
        assert_eq!(
            town.outcome(event["webhookEventId"].as_str().unwrap()).await,
            outcome,
            "{minutes} minutes"
        );
        assert_eq!(town.calls("reply"), calls, "a dead token is not even tried");
    }
    assert_eq!(town.calls("push"), 0);
    assert_eq!(town.verified().await["settled"], 3);
}

#[tokio::test]
async fn a_token_that_line_calls_dead_ends_as_refused_and_is_never_made_good_by_a_push() {
    let town = Town::with("", |config| config.reply_token_life = Duration::ZERO).await;
    let friend = town.friend();
    for act in [Act::Follow, Act::Text { text: "転入届".into() }, Act::Image] {
        let id = town.simulator.act(&friend, act).webhook_event_id;
        assert_eq!(town.outcome(&id).await, Outcome::RefusedByLine);
        assert_eq!((town.verdict(&id).replies_tried, town.verdict(&id).replies_accepted), (1, 0));
    }
    assert_eq!(town.calls("push"), 0);
    assert_eq!(town.verified().await["settled"], 3);
}

#[tokio::test]
async fn a_reply_of_which_nobody_knows_whether_it_arrived_ends_as_unknown_and_nothing_follows() {
    let town = Town::new().await;
    let friend = town.friend();
    for faults in
        [Faults { error_after: 1.0, ..Faults::default() }, Faults { cut_after: 1.0, ..Faults::default() }]
    {
        town.simulator.set_faults(faults);
        let id = town.simulator.act(&friend, Act::Text { text: "転入届".into() }).webhook_event_id;
        // The second try meets a token that is spent; by then LINE answers properly again.
        crate::support::until("a first reply", || async {
            (town.verdict(&id).replies_tried > 0).then_some(())
        })
        .await;
        town.simulator.set_faults(Faults::default());
        assert_eq!(town.outcome(&id).await, Outcome::Unknown);
        assert_eq!((town.verdict(&id).replies_tried, town.verdict(&id).replies_accepted), (2, 1));
    }
    assert_eq!(town.calls("push"), 0);
}

#[tokio::test]
async fn what_line_did_not_take_is_tried_again_until_it_does() {
    let town = Town::new().await;
    let friend = town.friend();
    for faults in [
        Faults { error_before: 1.0, ..Faults::default() },
        Faults { cut_before: 1.0, ..Faults::default() },
        Faults { rate_limited: 1.0, ..Faults::default() },
    ] {
        town.simulator.set_faults(faults.clone());
        let id = town.simulator.act(&friend, Act::Text { text: "転入届".into() }).webhook_event_id;
        crate::support::until("a first reply", || async {
            (town.verdict(&id).replies_tried > 0).then_some(())
        })
        .await;
        town.simulator.set_faults(Faults::default());
        assert_eq!(town.outcome(&id).await, Outcome::Replied, "{faults:?}");
        assert_eq!(town.verdict(&id).replies_accepted, 1);
    }
}
