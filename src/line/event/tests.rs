//! Raw bytes in, events out: what LINE promises, what it does not, and what a hostile sender might try.

use proptest::prelude::*;

use super::*;
use crate::domain::event::{Content, EventKind, Mode, Source};

fn received() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn one(json: &str) -> Parsed {
    parse(&RawValue::from_string(json.to_owned()).unwrap(), received())
}

fn event(json: &str) -> Event {
    one(json).body.unwrap()
}

#[test]
fn a_body_without_a_list_of_events_is_refused_with_a_sentence() {
    for body in [
        &b""[..],
        b"{}",
        b"[]",
        b"null",
        b"{\"events\":{}}",
        b"{\"events\":[1,]}",
        b"\xff{}",
        b"{\"events\":[]} x",
    ] {
        assert!(split(body).is_err(), "{}", String::from_utf8_lossy(body));
    }
    let said = split(b"{}").unwrap_err().to_string();
    assert!(said.contains("\"events\":[…]"), "{said}");
}

#[test]
fn the_verify_button_sends_no_events() {
    let body = split(br#"{"destination":"U0","events":[]}"#).unwrap();
    assert!(body.events.is_empty());
    assert_eq!(body.destination().as_deref(), Some("U0"));
}

#[test]
fn a_bad_event_never_loses_its_neighbours() {
    let body =
        br#"{"events":[{"type":"follow"},7,{"no":"type"},{"type":"message"},"\uD83E",{"type":"unfollow"}]}"#;
    let parsed: Vec<Parsed> = split(body).unwrap().events.iter().map(|raw| parse(raw, received())).collect();
    let read: Vec<bool> = parsed.iter().map(|p| p.body.is_ok()).collect();
    assert_eq!(read, [true, false, false, false, false, true]);
}

#[test]
fn a_lone_surrogate_becomes_a_replacement_character() {
    let text = event(r#"{"type":"message","message":{"id":"1","type":"text","text":"ごみ\uD83E"}}"#);
    assert_eq!(text.text(), Some("ごみ\u{fffd}"));
}

#[test]
fn a_nul_character_never_reaches_the_store() {
    let text = event(r#"{"type":"message","message":{"id":"1","type":"text","text":"a\u0000b"}}"#);
    assert_eq!(text.text(), Some("a\u{fffd}b"));
}

#[test]
fn a_member_of_an_unexpected_type_counts_as_missing() {
    let odd = event(
        r#"{"type":"message","timestamp":"soon","mode":3,"source":[],"replyToken":{},"webhookEventId":9,
        "message":{"id":5,"type":"text","text":"ごみ"}}"#,
    );
    assert_eq!((odd.happened, odd.mode, odd.source.clone()), (received(), Mode::Active, Source::None));
    assert!(odd.reply_token.is_none());
    assert_eq!(odd.text(), Some("ごみ"));
}

#[test]
fn unknown_kinds_are_kept_by_name() {
    assert_eq!(event(r#"{"type":"teleport"}"#).kind, EventKind::Unknown { name: "teleport".into() });
    let message = event(r#"{"type":"message","message":{"id":"1","type":"scent"}}"#);
    assert_eq!(message.kind.label(), "message.unknown");
    assert!(matches!(event(r#"{"type":"follow","mode":"shadow"}"#).mode, Mode::Other));
}

#[test]
fn a_timestamp_far_in_the_future_is_no_timestamp() {
    assert_eq!(event(r#"{"type":"follow","timestamp":9999999999999}"#).happened, received());
    assert_eq!(event(r#"{"type":"follow","timestamp":1}"#).happened.as_millisecond(), 1);
}

#[test]
fn without_an_id_only_the_delivery_context_may_change_between_deliveries() {
    let first = one(
        r#"{"type":"follow","timestamp":5,"deliveryContext":{"isRedelivery":false},"source":{"type":"user"}}"#,
    );
    let again = one(
        r#"{"type":"follow", "timestamp":5, "deliveryContext":{"isRedelivery":true},"source":{"type":"user"}}"#,
    );
    let other = one(
        r#"{"type":"follow","timestamp":6,"deliveryContext":{"isRedelivery":false},"source":{"type":"user"}}"#,
    );
    assert_eq!(first.key, again.key);
    assert_ne!(first.key, other.key);
}

#[test]
fn a_tab_of_a_rich_menu_is_told_from_a_button() {
    let postback =
        |params: &str| match event(&format!(r#"{{"type":"postback","postback":{{"data":"d"{params}}}}}"#))
            .kind
        {
            EventKind::Postback(postback) => postback.menu_switch,
            other => panic!("{other:?}"),
        };
    assert!(postback(r#","params":{"newRichMenuAliasId":"a","status":"SUCCESS"}"#));
    assert!(!postback(r#","params":{"date":"2026-11-23"}"#));
    assert!(!postback(""));
}

#[test]
fn every_fixture_becomes_what_its_snapshot_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/webhooks");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut became = String::new();
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let body = split(&bytes).unwrap();
        became.push_str(&format!("{}\n", file.file_name().unwrap().to_str().unwrap()));
        for raw in body.events {
            let parsed = parse(raw, received());
            became.push_str(&match parsed.body {
                Ok(event) => format!(
                    "  {} | {} | {:?} | {:?} | token {} | {}\n",
                    parsed.key,
                    event.kind.label(),
                    event.mode,
                    event.source,
                    event.reply_token.is_some(),
                    describe(&event.kind)
                ),
                Err(unreadable) => format!("  {} | unreadable: {}\n", parsed.key, unreadable.reason),
            });
        }
    }
    insta::assert_snapshot!("fixtures", became);
}

fn describe(kind: &EventKind) -> String {
    match kind {
        EventKind::Message(message) => match &message.content {
            Content::Text(text) => format!("{text:?}"),
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(webhook) = split(&body) {
            for raw in webhook.events {
                let _ = parse(raw, received());
            }
        }
    }

    #[test]
    fn a_mutated_webhook_never_panics_and_keeps_its_count(at in 0usize..300, byte in any::<u8>()) {
        let mut body = br#"{"destination":"U0","events":[{"type":"message","mode":"active","timestamp":1790000000000,"source":{"type":"user","userId":"U00000000000000000000000000000001"},"webhookEventId":"01KATPQ5V0000000000000000A","deliveryContext":{"isRedelivery":false},"replyToken":"t","message":{"id":"1","type":"text","text":"\uD83E\uDD28 gomi"}},{"type":"follow"}]}"#.to_vec();
        let at = at % body.len();
        body[at] = byte;
        if let Ok(webhook) = split(&body) {
            for raw in &webhook.events {
                let _ = parse(raw, received());
            }
        }
    }

    #[test]
    fn any_text_arrives_as_it_was_sent(text in "\\PC{0,60}") {
        let json = serde_json::json!({ "type": "message", "message": { "id": "1", "type": "text", "text": text } });
        let event = event(&json.to_string());
        prop_assert_eq!(event.text(), Some(text.as_str()));
    }
}
