//! When nothing may be said: blocks, groups, standby, machines' events.

use serde_json::json;
use todoke::{domain::settlement::Outcome, simulator::Act};

use crate::support::{Town, body};

#[tokio::test]
async fn who_blocks_the_account_is_not_spoken_to() {
    let town = Town::new().await;
    let friend = town.friend();
    town.says(&friend, Act::Follow).await;
    let id = town.simulator.act(&friend, Act::Unfollow).webhook_event_id;
    assert_eq!(town.outcome(&id).await, Outcome::NoReplyDue);
    assert_eq!(town.verdict(&id).replies_tried, 0);
    assert_eq!(town.calls("push"), 0);
    assert!(town.says(&friend, Act::Follow).await.join("").contains("友だち追加"), "and back again");
}

#[tokio::test]
async fn in_groups_rooms_and_standby_nothing_is_said_and_of_company_nothing_is_kept() {
    let town = Town::new().await;
    let friend = town.friend();
    let group = json!({ "type": "group", "groupId": "Cgroup", "userId": friend.0 });
    let room = json!({ "type": "room", "roomId": "Rroom", "userId": friend.0 });
    let user = json!({ "type": "user", "userId": friend.0 });
    for (mode, source) in
        [("active", &group), ("active", &room), ("standby", &user), ("standby", &group), ("newer", &user)]
    {
        for act in [Act::Text { text: "転入届".into() }, Act::Follow, Act::Image] {
            let mut event = town.draft(&friend, act).await;
            event["mode"] = mode.into();
            event["source"] = source.clone();
            let id = event["webhookEventId"].as_str().unwrap().to_owned();
            assert_eq!(town.post(body(&[event])).await.0, 200);
            assert_eq!(town.outcome(&id).await, Outcome::NoReplyDue, "{mode} {source}");
            assert_eq!(town.verdict(&id).replies_tried, 0, "{mode} {source}");
        }
    }
    // The control: the same friend alone, in an active chat.
    assert!(town.answer(&friend, "転入届").await.contains("14日以内"));
}

#[tokio::test]
async fn events_that_ask_nothing_get_no_reply_even_with_a_token() {
    let town = Town::new().await;
    let friend = town.friend();
    for kind in [
        "unfollow",
        "join",
        "leave",
        "memberJoined",
        "memberLeft",
        "videoPlayComplete",
        "beacon",
        "accountLink",
        "membership",
        "module",
        "activated",
        "deactivated",
        "botSuspended",
        "botResumed",
        "delivery",
        "messageEdited",
        "newer-than-this-code",
    ] {
        let mut event = town.draft_text(&friend, "転入届").await;
        event["type"] = kind.into();
        let id = event["webhookEventId"].as_str().unwrap().to_owned();
        assert_eq!(town.post(body(&[event])).await.0, 200);
        assert_eq!(town.outcome(&id).await, Outcome::NoReplyDue, "{kind}");
    }
    assert_eq!(town.calls(""), 0, "LINE was not called at all");
}

#[tokio::test]
async fn without_a_user_id_or_a_token_nothing_breaks() {
    let town = Town::new().await;
    let friend = town.friend();
    let mut nameless = town.draft_text(&friend, "転入届").await;
    nameless["source"].as_object_mut().unwrap().remove("userId");
    let mut tokenless = town.draft_text(&friend, "転入届").await;
    tokenless.as_object_mut().unwrap().remove("replyToken");
    assert_eq!(town.post(body(&[nameless.clone(), tokenless.clone()])).await.0, 200);
    // Who never agreed to be named may be answered all the same: the token is enough.
    assert_eq!(town.outcome(nameless["webhookEventId"].as_str().unwrap()).await, Outcome::Replied);
    assert_eq!(town.outcome(tokenless["webhookEventId"].as_str().unwrap()).await, Outcome::NoReplyDue);
}
