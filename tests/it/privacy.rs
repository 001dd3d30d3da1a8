//! What nobody may read: neither words nor LINE ids stand on the disk or in a log in clear, no secret
//! leaves, and a message that was taken back is gone.

use std::{fs, path::Path, time::Duration};

use todoke::{
    domain::settlement::Outcome,
    line::signature,
    simulator::{Act, Faults, FriendId, HappeningKind, Simulator},
};

use crate::{
    support::{Town, body, simulator, until},
    town::{Home, SECRET, Server, TOKEN, free_address},
};

const WORDS: &str = "canary-words-私は粗大ごみを捨てたい";
const NAME: &str = "canary-name-とどけ花子";

/// How many files below a folder hold these bytes.
pub fn holding(folder: &Path, needle: &str) -> usize {
    let mut found = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found += holding(&path, needle);
        } else if let Ok(bytes) = fs::read(&path) {
            found += usize::from(bytes.windows(needle.len()).any(|window| window == needle.as_bytes()));
        }
    }
    found
}

fn assert_nothing_in_clear(home: &Home, secrets: &[String]) {
    for secret in secrets {
        assert_eq!(holding(&home.data(), secret), 0, "{secret} stands in the data folder");
    }
}

#[tokio::test]
async fn no_word_and_no_line_id_is_ever_on_the_disk_in_clear_and_an_unsend_removes_the_body() {
    let town = Town::new().await;
    let friend = town.simulator.add_person(NAME, "ja");
    let mut hidden = vec![WORDS.to_owned(), NAME.to_owned(), friend.0.clone(), SECRET.into(), TOKEN.into()];
    let ticket = town.simulator.act(&friend, Act::Text { text: WORDS.into() });
    hidden.push(ticket.message_id.clone());
    town.outcome(&ticket.webhook_event_id).await;
    assert_nothing_in_clear(&town.home, &hidden);
    // The control: what may be in clear is found by the same search.
    assert!(holding(&town.home.data(), "message.text") > 0 && holding(&town.home.data(), "replied") > 0);

    // While it waits, too: LINE is slow, so the event stays pending.
    town.simulator.set_faults(Faults { latency: Duration::from_millis(400), ..Faults::default() });
    let waits = town.simulator.act(&friend, Act::Text { text: WORDS.into() });
    until("it is stored", || async { town.event(&waits.webhook_event_id).await }).await;
    assert_nothing_in_clear(&town.home, &hidden);
    town.simulator.set_faults(Faults::default());
    town.outcome(&waits.webhook_event_id).await;

    assert!(town.event(&ticket.webhook_event_id).await.unwrap().trace.is_some());
    town.says(&friend, Act::Unsend { message_id: ticket.message_id.clone() }).await;
    let forgotten = town.event(&ticket.webhook_event_id).await.unwrap();
    assert_eq!(
        (forgotten.outcome, forgotten.trace),
        (Some(Outcome::Replied), None),
        "the body is gone, the outcome stays"
    );
    assert!(
        town.event(&waits.webhook_event_id).await.unwrap().trace.is_some(),
        "no other message is touched"
    );
    town.verified().await;
    assert_nothing_in_clear(&town.home, &hidden);
    let home = town.stop().await;
    assert_nothing_in_clear(&home, &hidden);
}

#[tokio::test]
async fn a_message_that_is_taken_back_while_it_waits_leaves_nothing_behind() {
    let town = Town::with("[runner]\nconcurrency = 1\n", |_| {}).await;
    let friend = town.friend();
    town.simulator.set_faults(Faults { latency: Duration::from_millis(600), ..Faults::default() });
    // Somebody else's reply keeps the only worker busy meanwhile.
    town.simulator.act(&town.friend(), Act::Image);
    until("the worker is busy", || async { (town.app.ctx.store.waiting() == 1).then_some(()) }).await;
    let events = [
        town.draft_text(&friend, WORDS).await,
        town.draft(&friend, Act::Unsend { message_id: "none".into() }).await,
    ];
    let message = events[0]["message"]["id"].as_str().unwrap().to_owned();
    let mut unsend = events[1].clone();
    unsend["unsend"]["messageId"] = message.into();
    assert_eq!(town.post(body(&[events[0].clone(), unsend.clone()])).await.0, 200);
    let id = |event: &serde_json::Value| event["webhookEventId"].as_str().unwrap().to_owned();
    town.simulator.set_faults(Faults::default());
    assert_eq!(town.outcome(&id(&unsend)).await, Outcome::NoReplyDue);
    town.outcome(&id(&events[0])).await;
    let kept = town.event(&id(&events[0])).await.unwrap();
    assert_eq!(kept.trace, None, "nothing of the message is kept: {kept:?}");
    town.verified().await;
}

#[tokio::test]
async fn a_message_that_comes_after_its_own_unsend_leaves_nothing_behind() {
    let town = Town::new().await;
    let friend = town.friend();
    let message = town.draft_text(&friend, WORDS).await;
    let taken_back = Act::Unsend { message_id: message["message"]["id"].as_str().unwrap().into() };
    let unsend = town.draft(&friend, taken_back).await;
    // LINE may redeliver in any order.
    for event in [unsend, message.clone()] {
        assert_eq!(town.post(body(&[event])).await.0, 200);
        town.until_nothing_waits().await;
    }
    let kept = town.event(message["webhookEventId"].as_str().unwrap()).await.unwrap();
    assert_eq!(kept.trace, None, "nothing of the message is kept: {kept:?}");
}

#[tokio::test]
async fn a_personal_number_and_a_cry_for_help_are_not_kept() {
    let town = Town::new().await;
    let friend = town.friend();
    let conversation = ["電話番号は090-1234-5678です", "火事です"];
    for text in conversation {
        town.answer(&friend, text).await;
    }
    for secret in ["090-1234-5678", "火事です"] {
        assert_eq!(holding(&town.home.data(), secret), 0, "{secret}");
    }
}

#[tokio::test]
async fn at_level_debug_the_log_names_no_person_no_word_and_no_secret() {
    let (home, address) = (Home::new("[log]\nlevel = \"debug\"\n"), free_address());
    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    let friend = double.add_person(NAME, "ja");
    for faults in [
        Faults::default(),
        Faults { error_before: 0.5, cut_before: 0.5, ..Faults::default() },
        Faults { error_after: 0.5, rate_limited: 0.5, ..Faults::default() },
    ] {
        double.set_faults(faults);
        everything(&double, &friend).await;
    }
    double.set_faults(Faults::default());
    double.idle().await;
    strangers(&server, &friend).await;
    until("nothing waits", || async {
        let metrics = server.get("/metrics").await;
        metrics.lines().any(|line| line == "todoke_events_waiting 0").then_some(())
    })
    .await;
    let metrics = format!("{}{}", server.get("/metrics").await, server.get("/readyz").await);
    assert!(server.terminate().await.success());

    let log = fs::read_to_string(home.path().join("log")).unwrap();
    // The control: the log was written, at this level, of this conversation.
    assert!(log.contains("todoke is ready") && log.contains("\"DEBUG\"") && log.contains("LINE answered"));
    let mut hidden: Vec<String> = [WORDS, NAME, &friend.0, SECRET, TOKEN].map(Into::into).into();
    hidden.extend(tokens_and_messages(&double));
    hidden.push(fs::read_to_string(home.data().join("master.key")).unwrap().trim().to_owned());
    for secret in &hidden {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret}");
        assert!(!metrics.contains(secret.as_str()), "{secret}");
    }
    assert!(hidden.len() > 15, "{}", hidden.len());
}

/// One of each thing that a resident does.
async fn everything(double: &Simulator, friend: &FriendId) {
    let sent = double.act(friend, Act::Text { text: WORDS.into() });
    for act in [
        Act::Follow,
        Act::Image,
        Act::Location,
        Act::Postback { data: format!("a:{WORDS}"), display_text: None, picked: None },
        Act::Text { text: format!("電話番号は090-1234-5678 {WORDS}") },
        Act::Unsend { message_id: sent.message_id },
        Act::Unfollow,
    ] {
        double.act(friend, act);
    }
    double.idle().await;
}

/// Bodies that nobody of LINE sent, and bodies that cannot be read.
async fn strangers(server: &Server, friend: &FriendId) {
    let http = reqwest::Client::new();
    let url = format!("http://{}/line/todoke/webhook", server.address);
    let broken = format!(
        r#"{{"events":[{{"type":"message","message":[],"userId":"{}","text":"{WORDS}"}}]}}"#,
        friend.0
    );
    let unclosed = format!(r#"{{"events":["{WORDS}""#);
    for (body, signature) in [
        (broken.clone(), signature::sign(SECRET, broken.as_bytes())),
        (unclosed.clone(), signature::sign(SECRET, unclosed.as_bytes())),
        (broken, "canary".to_owned()),
    ] {
        let status =
            http.post(&url).header("x-line-signature", signature).body(body).send().await.unwrap().status();
        assert!(!status.is_server_error());
    }
    let odd = format!("http://{}/line/{WORDS}/webhook?user={}", server.address, friend.0);
    assert_eq!(http.post(odd).body("x").send().await.unwrap().status(), 404);
}

/// Reply tokens and message ids of everything that was sent.
fn tokens_and_messages(double: &Simulator) -> Vec<String> {
    let bodies = double.happenings(0).into_iter().filter_map(|happening| match happening.kind {
        HappeningKind::Webhook { body, .. } => Some(body),
        _ => None,
    });
    let mut found: Vec<String> = bodies
        .flat_map(|body| {
            let event = body["events"][0].clone();
            [event["replyToken"].clone(), event["message"]["id"].clone()]
        })
        .filter_map(|value| value.as_str().map(ToOwned::to_owned))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn the_search_itself_finds_what_is_in_clear() {
    let home = Home::new("");
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("leak"), format!("xx{WORDS}xx")).unwrap();
    assert_eq!(holding(&home.data(), WORDS), 1);
}
