//! Bodies that are cut, long, odd or hostile: nobody beside the culprit is harmed.

use serde_json::{Value, json};
use todoke::{
    domain::{event::EventKey, settlement::Outcome},
    simulator::Act,
};

use crate::support::{Town, body, head};

fn id(event: &Value) -> &str {
    event["webhookEventId"].as_str().unwrap()
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing_behind() {
    let town = Town::new().await;
    let event = town.draft_text(&town.friend(), "転入届").await;
    let body = body(std::slice::from_ref(&event)).into_bytes();
    let head = head(&body, &format!("content-length: {}", body.len() + 100));
    let answer = town.raw_then_gone(&[head.as_bytes(), &body]).await;
    assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
    assert!(town.event(id(&event)).await.is_none());
    for nonsense in [&b"\x16\x03\x01\x02\x00"[..], b"GET", b"POST / HTTP/9.9\r\n\r\n", b"\r\n\r\n", b""] {
        assert!(!town.raw_then_gone(&[nonsense]).await.starts_with("HTTP/1.1 5"));
    }
    town.still_answers().await;
}

#[tokio::test]
async fn a_chunked_body_is_read_whole() {
    let town = Town::new().await;
    let event = town.draft_text(&town.friend(), "転入届").await;
    let body = body(std::slice::from_ref(&event)).into_bytes();
    let mut sent = head(&body, "transfer-encoding: chunked").into_bytes();
    for piece in body.chunks(7) {
        sent.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        sent.extend_from_slice(piece);
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b"0\r\n\r\n");
    let answer = town.raw(&[&sent]).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(town.outcome(id(&event)).await, Outcome::Replied);
    // The same without an end is harmless.
    let cut = town.raw_then_gone(&[&sent[..sent.len() - 5]]).await;
    assert!(!cut.starts_with("HTTP/1.1 2") && !cut.starts_with("HTTP/1.1 5"), "{cut}");
    town.still_answers().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_read_to_its_end_and_answered_413() {
    let town = Town::with("[server]\nwebhook_max_bytes = 65536\n", |_| {}).await;
    let fits = vec![b' '; 65_536];
    assert_eq!(town.post(fits).await.0, 400);
    let large = vec![b' '; 65_537];
    let (status, told) = town.post(large).await;
    assert_eq!((status, told["code"].as_str()), (413, Some("too_large")));
    // Far more than fits into the buffers between us: answered only by who reads it all.
    let huge = vec![b' '; 20 << 20];
    let answer = town.raw(&[head(&huge, &format!("content-length: {}", huge.len())).as_bytes(), &huge]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    town.still_answers().await;
}

#[tokio::test]
async fn odd_events_are_taken_and_their_neighbours_answered() {
    let town = Town::new().await;
    let (first, last) = (town.friend(), town.friend());
    let before = town.draft_text(&first, "粗大ごみを捨てたい").await;
    let after = town.draft_text(&last, "転入届").await;
    let odd = odd_events();
    let text = format!(r#"{{"destination":"U0","events":[{before},{},{after}]}}"#, odd.join(","));
    assert_eq!(town.post(text.clone()).await.0, 200);
    town.until_nothing_waits().await;
    for event in [&before, &after] {
        assert_eq!(town.outcome(id(event)).await, Outcome::Replied, "{event}");
    }
    let stored = town.verified().await["settled"].clone();
    assert_eq!(stored, odd.len() + 2, "each odd event is kept under a name of its own");
    // A redelivery of all of it changes nothing.
    assert_eq!(town.post(text.replace(r#""isRedelivery":false"#, r#""isRedelivery":true"#)).await.0, 200);
    town.until_nothing_waits().await;
    assert_eq!(town.verified().await["settled"], stored);
    assert_eq!(town.verdict(id(&before)).replies_tried, 1);
    town.still_answers().await;
}

/// Each differs from the others in what LINE would call the event.
fn odd_events() -> Vec<String> {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let text = |id: &str, text: &str| {
        format!(
            r#"{{"type":"message","webhookEventId":"{id}","timestamp":1700000000000,"source":{{"type":"user","userId":"U{id}"}},"replyToken":"t{id}","deliveryContext":{{"isRedelivery":false}},"message":{{"id":"m{id}","type":"text","text":{text}}}}}"#
        )
    };
    vec![
        text("lone", r#""\ud83e""#),
        text("reversed", r#""\udc00\ud800""#),
        text("nul", r#""a\u0000b""#),
        text("number", "42"),
        text("nested", &deep),
        text("long", &format!("{:?}", "長".repeat(60_000))),
        text(&"i".repeat(5_000), r#""an id of five thousand letters""#),
        r#"{"type":"message","webhookEventId":"no-message"}"#.into(),
        r#"{"type":"message","webhookEventId":"odd-message","message":[]}"#.into(),
        r#"{"type":"newer-than-this-code","webhookEventId":"newer","replyToken":"t","source":{"type":"user","userId":"Ux"}}"#.into(),
        r#"{"type":"message","webhookEventId":"newer-content","message":{"type":"hologram","id":"1"}}"#.into(),
        r#"{"type":"unsend","webhookEventId":"unsends-nothing"}"#.into(),
        r#"{"type":"postback","webhookEventId":"no-postback","source":{"type":"user","userId":"Ux"}}"#.into(),
        r#"{"type":"follow","webhookEventId":"absurd-time","timestamp":99999999999999999}"#.into(),
        r#"{"type":"follow","webhookEventId":"negative-time","timestamp":-1}"#.into(),
        r#"{"type":"follow","webhookEventId":"worded-time","timestamp":"yesterday"}"#.into(),
        r#"{"type":"follow","webhookEventId":"odd-source","source":"me"}"#.into(),
        r#"{"type":"follow","webhookEventId":"odd-user","source":{"type":"user","userId":{}}}"#.into(),
        r#"{"type":"follow","webhookEventId":"newer-source","source":{"type":"planet"}}"#.into(),
        r#"{"webhookEventId":"no-type"}"#.into(),
        r#"{"type":"follow"}"#.into(),
        r#"{"type":"follow","timestamp":1}"#.into(),
        r#"{"type":"follow","webhookEventId":""}"#.into(),
        r#"{"type":"follow","webhookEventId":7}"#.into(),
        "null".into(),
        "[]".into(),
        "\"text\"".into(),
        "1e999".into(),
    ]
}

#[tokio::test]
async fn an_event_without_an_id_is_answered_once_however_often_it_comes() {
    let town = Town::new().await;
    let friend = town.friend();
    let mut event = town.draft_text(&friend, "転入届").await;
    let made = id(&event).to_owned();
    event.as_object_mut().unwrap().remove("webhookEventId");
    for redelivery in [false, true, true] {
        event["deliveryContext"]["isRedelivery"] = redelivery.into();
        assert_eq!(town.post(body(std::slice::from_ref(&event))).await.0, 200);
        town.until_nothing_waits().await;
    }
    // The double knows the event by its reply token.
    let verdict = town.verdict(&made);
    assert_eq!((verdict.replies_tried, verdict.replies_accepted), (1, 1));
    assert_eq!(town.verified().await["settled"], 1);
}

/// Without optimisation ten thousand cannot be sealed within the time that LINE waits.
const MANY: usize = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

#[tokio::test]
async fn ten_thousand_events_in_one_body_are_stored_exactly_once_each() {
    let town = Town::new().await;
    let people = [town.friend(), town.friend(), town.friend()];
    let ids: Vec<String> = (0..MANY).map(|number| format!("many-{number}")).collect();
    let events: Vec<Value> = (0..MANY)
        .map(|number| {
            json!({
                "type": "message", "webhookEventId": ids[number], "timestamp": 1_700_000_000_000_usize + number,
                "source": { "type": "user", "userId": people[number % 3] },
                "deliveryContext": { "isRedelivery": false },
                "message": { "id": number.to_string(), "type": "text", "text": "転入届" },
            })
        })
        .collect();
    let body = body(&events);
    assert_eq!(town.post(body.clone()).await.0, 200);
    town.until_nothing_waits().await;
    assert_eq!(town.post(body).await.0, 200, "and once more, all known");
    let account = "todoke".parse().unwrap();
    for id in &ids {
        let key = EventKey::from_webhook_event_id(id);
        assert!(town.app.ctx.store.event(&account, key).await.unwrap().is_some(), "{id}");
    }
    town.until_nothing_waits().await;
    assert_eq!(town.verified().await["settled"], MANY);
    town.still_answers().await;
}

#[tokio::test]
async fn a_text_as_long_as_line_allows_in_every_script_is_answered() {
    let town = Town::new().await;
    let friend = town.friend();
    for text in [
        "あ".repeat(5_000),
        "👨‍👩‍👧‍👦".repeat(400),
        "\u{202e}\u{200b}".repeat(2_000),
        " ".repeat(5_000),
        "と".repeat(4_999),
    ] {
        let told = town.says(&friend, Act::Text { text: text.clone() }).await;
        assert!(!told.is_empty(), "{}", text.chars().take(5).collect::<String>());
    }
    town.still_answers().await;
}
