//! What residents do, and what they are told, over HTTP.

use todoke::{
    domain::settlement::Outcome,
    simulator::{Act, Content, FriendId},
};

use crate::{
    support::{Town, body, simulator},
    town::{Home, Server, free_address},
};

fn text(text: &str) -> Act {
    Act::Text { text: text.into() }
}

fn tap(data: &str) -> Act {
    Act::Postback { data: data.into(), display_text: None, picked: None }
}

#[tokio::test]
async fn a_new_friend_is_greeted_in_the_language_of_the_phone() {
    let town = Town::new().await;
    for (language, greeting) in [
        ("ja", "友だち追加"),
        ("en", "Thank you for adding"),
        ("en-GB", "Thank you for adding"),
        ("xx", "友だち追加"),
    ] {
        let friend = town.simulator.add_person("住民", language);
        let told = town.says(&friend, Act::Follow).await.join("\n");
        assert!(told.contains(greeting), "{language}: {told}");
    }
    assert_eq!(town.calls("push"), 0);
}

#[tokio::test]
async fn a_question_is_answered_and_the_feedback_words_are_understood() {
    let town = Town::new().await;
    let friend = town.friend();
    let told = town.answer(&friend, "粗大ごみを捨てたい").await;
    assert!(
        told.contains("予約が必要です") && told.contains("https://www.city.example/bulky.html"),
        "{told}"
    );
    assert!(told.contains("収集計画課"), "the contact stands in the text too: {told}");
    assert!(town.answer(&friend, "役に立った").await.contains("ありがとうございます"));
    // The word was about the answer before; said again it is an ordinary text.
    assert!(!town.answer(&friend, "役に立った").await.contains("いつでも送ってください"));
    town.answer(&friend, "転入届").await;
    let sorry = town.answer(&friend, "ちがう").await;
    assert!(sorry.contains("お役に立てず") && sorry.contains("00-0000-1102"), "{sorry}");
}

#[tokio::test]
async fn when_asked_back_a_number_is_enough_and_none_of_these_leads_to_a_person() {
    let town = Town::new().await;
    let friend = town.friend();
    for (typed, expected) in [
        ("1", "予約が必要"),
        ("2", "14日以内"),
        ("２", "14日以内"),
        ("②", "14日以内"),
        ("2番", "14日以内"),
        ("0", "わかりません"),
    ] {
        let asked = town.answer(&friend, "粗大ごみと転入届").await;
        assert!(asked.contains("1. 粗大ごみの出し方") && asked.contains("2. 転入届"), "{asked}");
        let told = town.answer(&friend, typed).await;
        assert!(told.contains(expected), "{typed}: {told}");
    }
    town.answer(&friend, "粗大ごみと転入届").await;
    let told = town.says(&friend, tap("n")).await.join("\n");
    assert!(told.contains("わかりません") && told.contains("試験市コールセンター"), "{told}");
    // A number that was not offered is an ordinary text, and a number without a question too.
    town.answer(&friend, "粗大ごみと転入届").await;
    for number in ["9", "1"] {
        let told = town.answer(&friend, number).await;
        assert!(!told.contains("予約が必要"), "{number}: {told}");
    }
}

#[tokio::test]
async fn the_numbers_of_one_person_are_not_those_of_another() {
    let town = Town::new().await;
    let (one, other) = (town.friend(), town.friend());
    town.answer(&one, "粗大ごみと転入届").await;
    assert!(!town.answer(&other, "1").await.contains("予約が必要"));
    assert!(town.answer(&one, "1").await.contains("予約が必要"));
}

#[tokio::test]
async fn buttons_do_what_they_say_and_old_ones_say_that_they_are_old() {
    let town = Town::new().await;
    let friend = town.friend();
    for (data, expected) in [
        ("a:moving.in", "14日以内"),
        ("u:moving.in", "ありがとうございます"),
        ("w:moving.in", "お役に立てず"),
        ("t:garbage", "1. 粗大ごみの出し方"),
        ("m", "ごみ"),
        ("l:en", "From now on"),
        ("a:gone.long-ago", "too old"),
        ("somebody=elses&button=1", "too old"),
        ("", "too old"),
    ] {
        let told = town.says(&friend, tap(data)).await.join("\n");
        assert!(told.contains(expected), "{data}: {told}");
    }
    let mut switch = town.draft(&friend, tap("m")).await;
    switch["postback"]["params"] = serde_json::json!({ "newRichMenuAliasId": "tab-b", "status": "SUCCESS" });
    assert_eq!(town.post(body(std::slice::from_ref(&switch))).await.0, 200);
    assert_eq!(town.outcome(switch["webhookEventId"].as_str().unwrap()).await, Outcome::NoReplyDue);
}

#[tokio::test]
async fn every_kind_of_message_gets_its_own_words() {
    let town = Town::new().await;
    let friend = town.friend();
    for (act, expected) in [
        (Act::Sticker { sticker_id: "1".into() }, "スタンプ"),
        (Act::Image, "画像"),
        (Act::Video, "動画"),
        (Act::Audio, "音声"),
        (Act::File, "ファイル"),
        (Act::Location, "位置情報"),
        (text("ありがとう"), "どういたしまして"),
        (text("火事です"), "119"),
        (text("電話番号は090-1234-5678です"), "個人情報"),
        (text("宇宙旅行に行きたい"), "わかりませんでした"),
    ] {
        let told = town.says(&friend, act.clone()).await.join("\n");
        assert!(told.contains(expected), "{act:?}: {told}");
    }
    let mut newer = town.draft(&friend, Act::Image).await;
    newer["message"]["type"] = "hologram".into();
    assert_eq!(town.post(body(std::slice::from_ref(&newer))).await.0, 200);
    let id = newer["webhookEventId"].as_str().unwrap();
    assert_eq!(town.outcome(id).await, Outcome::Replied);
    assert!(town.said_to(&friend, id).join("\n").contains("この種類"));
}

#[tokio::test]
async fn the_same_event_again_is_answered_once() {
    let town = Town::new().await;
    let friend = town.friend();
    let mut event = town.draft_text(&friend, "転入届").await;
    let id = event["webhookEventId"].as_str().unwrap().to_owned();
    let twice = body(&[event.clone(), event.clone()]);
    let (one, other) = tokio::join!(town.post(twice.clone()), town.post(twice));
    assert_eq!((one.0, other.0), (200, 200));
    assert_eq!(town.outcome(&id).await, Outcome::Replied);
    event["deliveryContext"]["isRedelivery"] = true.into();
    for _ in 0..3 {
        assert_eq!(town.post(body(std::slice::from_ref(&event))).await.0, 200);
        town.until_nothing_waits().await;
    }
    assert_eq!(town.verdict(&id).replies_tried, 1);
    assert_eq!(town.said_to(&friend, &id).iter().filter(|line| line.contains("14日以内")).count(), 1);
    assert_eq!(town.verified().await["settled"], 1);
}

#[tokio::test]
async fn one_persons_messages_are_answered_in_their_order() {
    let town = Town::new().await;
    let friend = town.friend();
    let mut spread = Vec::new();
    for (later, words) in (0..).zip(["粗大ごみと転入届", "2", "役に立った"]) {
        let mut event = town.draft_text(&friend, words).await;
        event["timestamp"] = (event["timestamp"].as_i64().unwrap() + later).into();
        spread.push(event);
    }
    spread.reverse();
    assert_eq!(town.post(body(&spread)).await.0, 200);
    let mut answers = Vec::new();
    for event in spread.iter().rev() {
        let id = event["webhookEventId"].as_str().unwrap();
        assert_eq!(town.outcome(id).await, Outcome::Replied);
        answers.push(town.said_to(&friend, id).join("\n"));
    }
    assert!(answers[0].contains("1. 粗大ごみ"), "{answers:?}");
    assert!(answers[1].contains("14日以内"), "{answers:?}");
    assert!(answers[2].contains("ありがとうございます"), "{answers:?}");
}

#[tokio::test]
async fn a_chosen_language_is_remembered_over_a_restart() {
    let (home, address) = (Home::new(""), free_address());
    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    let (friend, other) = (double.add_person("住民", "ja"), double.add_person("別の住民", "ja"));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    assert!(told(&double, &friend, text("English")).await.contains("From now on"));
    assert!(told(&double, &friend, text("転入届")).await.contains("Register within 14 days"));
    assert_eq!(server.terminate().await.code(), Some(0));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    assert!(told(&double, &friend, text("転入届")).await.contains("Register within 14 days"));
    assert!(told(&double, &other, text("転入届")).await.contains("14日以内に出してください"));
    assert!(told(&double, &friend, Act::Follow).await.contains("Thank you for adding"));
    assert!(server.terminate().await.success());
}

/// What a server elsewhere says to somebody.
async fn told(double: &todoke::simulator::Simulator, friend: &FriendId, act: Act) -> String {
    let id = double.act(friend, act).webhook_event_id;
    let said = || async {
        double.chat(friend).into_iter().find_map(|entry| match entry.content {
            Content::Said(messages) if entry.event.as_deref() == Some(&id) => {
                Some(messages.plain_lines().join("\n"))
            }
            _ => None,
        })
    };
    crate::support::until("a reply", said).await
}

#[tokio::test]
async fn what_is_somebody_elses_is_said_to_be_so_with_whom_to_call() {
    let town = Town::new().await;
    let friend = town.friend();
    let told = town.answer(&friend, "パスポートの更新").await;
    assert!(told.contains("県の担当です") && told.contains("00-0000-1103"), "{told}");
    let told = town.answer(&friend, "札幌市の粗大ごみ").await;
    assert!(told.contains("札幌市へお尋ねください") && !told.contains("予約が必要です"), "{told}");
    assert!(told.contains("1. "), "what is near here can be chosen: {told}");
    assert!(town.answer(&friend, "1").await.contains("予約が必要です"));
}
