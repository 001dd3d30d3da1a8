//! Who may speak: signatures, accounts, methods.

use serde_json::json;
use todoke::{domain::settlement::Outcome, line::signature};

use crate::{
    support::{Town, body},
    town::{Home, SECRET},
};

/// `{"events":[]}` under gzip.
const GZIPPED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x2d, 0x4b, 0xcd, 0x2b,
    0x29, 0x56, 0xb2, 0x8a, 0x8e, 0xad, 0x05, 0x00, 0x3a, 0x79, 0x4c, 0x5f, 0x0d, 0x00, 0x00, 0x00,
];

#[tokio::test]
async fn only_a_fitting_signature_lets_a_body_in() {
    let town = Town::new().await;
    let friend = town.friend();
    let event = town.draft_text(&friend, "粗大ごみを捨てたい").await;
    let id = event["webhookEventId"].as_str().unwrap().to_owned();
    let body = body(&[event]);
    let (right, wrong) =
        (signature::sign(SECRET, body.as_bytes()), signature::sign("another secret", body.as_bytes()));
    let tampered = body.replace("粗大ごみ", "転入届");
    let no_header: &[(&str, &str)] = &[];
    for (headers, body, code) in [
        (no_header, body.clone(), "unsigned"),
        (no_header, r#"{"events":[]}"#.to_owned(), "unsigned"),
        (&[("x-line-signature", "")], body.clone(), "wrong_signature"),
        (&[("x-line-signature", "not base64!")], body.clone(), "wrong_signature"),
        (&[("x-line-signature", &wrong)], body.clone(), "wrong_signature"),
        (&[("x-line-signature", &right)], tampered, "wrong_signature"),
        (&[("x-line-signature", &right)], format!("{body}\n"), "wrong_signature"),
        (&[("x-line-signature", &right), ("x-line-signature", &right)], body.clone(), "wrong_signature"),
        (&[("x-line-signature", &wrong), ("x-line-signature", &right)], body.clone(), "wrong_signature"),
    ] {
        let (status, told) = town.post_with(headers, body).await;
        assert_eq!((status, told["code"].as_str()), (401, Some(code)), "{headers:?}");
    }
    assert!(town.event(&id).await.is_none(), "nothing of a refused body is stored");
    // The control: the same body under the right signature, whatever the case of the header's name.
    assert_eq!(town.post_with(&[("X-Line-Signature", &right)], body).await.0, 200);
    assert_eq!(town.outcome(&id).await, Outcome::Replied);
}

#[tokio::test]
async fn the_previous_secret_is_taken_while_one_is_being_rotated() {
    let home = Home::new("");
    let variables = [("TODOKE_ACCOUNT_TODOKE__PREVIOUS_CHANNEL_SECRET", "the-one-before")];
    let town = Town::in_home(home, |_| {}, &variables).await;
    let body = r#"{"events":[]}"#;
    for (secret, status) in [(SECRET, 200), ("the-one-before", 200), ("the-one-before-that", 401)] {
        let signed = signature::sign(secret, body.as_bytes());
        assert_eq!(town.post_with(&[("x-line-signature", &signed)], body).await.0, status, "{secret}");
    }
}

#[tokio::test]
async fn an_address_is_one_account_and_one_method() {
    let town = Town::new().await;
    let body = r#"{"events":[]}"#;
    let signed = signature::sign(SECRET, body.as_bytes());
    for (path, status) in [
        ("/line/todoke/webhook", 200),
        ("/line/other/webhook", 404),
        ("/line/TODOKE/webhook", 404),
        ("/line/todoke%2F..%2Fx/webhook", 404),
        ("/line/%ff/webhook", 404),
        ("/line//webhook", 404),
        ("/line/todoke/webhook/", 404),
        ("/line/todoke", 404),
        ("/", 404),
    ] {
        let request = town.http.post(town.url(path)).header("x-line-signature", &signed).body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = town.http.request(method.clone(), town.url("/line/todoke/webhook"));
        let answer = request.header("x-line-signature", &signed).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "{method}");
        assert!(answer.headers()["allow"].to_str().unwrap().contains("POST"), "{method}");
    }
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(town.http.post(town.url(path)).send().await.unwrap().status().as_u16(), 405, "{path}");
    }
}

#[tokio::test]
async fn a_signed_body_that_is_no_webhook_is_400_and_one_without_events_is_200() {
    let town = Town::new().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, status) in [
        (String::new(), 400),
        ("not JSON".into(), 400),
        ("[]".into(), 400),
        ("null".into(), 400),
        ("42".into(), 400),
        ("{}".into(), 400),
        (r#"{"events":null}"#.into(), 400),
        (r#"{"events":{}}"#.into(), 400),
        (r#"{"events":[]"#.into(), 400),
        (r#"{"events":[{]}"#.into(), 400),
        (r#"{"events":[]}{"events":[]}"#.into(), 400),
        (format!(r#"{{"events":{deep}}}"#), 200),
        (deep, 400),
        (r#"{"events":[]}"#.into(), 200),
        (r#"{"destination":"Uwrong","events":[]}"#.into(), 200),
        (r#"{"destination":42,"events":[],"newer":{"member":[1]}}"#.into(), 200),
        (r#"{"events":[null,1,"x",[],{}]}"#.into(), 200),
    ] {
        let (answered, told) = town.post(body.clone()).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(answered, status, "{shown}: {told}");
        if status == 400 {
            assert_eq!(told["code"], "not_a_webhook", "{shown}");
        }
    }
    assert_eq!(town.post(b"{\"events\":[\"\xff\"]}".to_vec()).await.0, 400);
    assert_eq!(town.post(b"\xef\xbb\xbf{\"events\":[]}".to_vec()).await.0, 400);
    town.still_answers().await;
}

#[tokio::test]
async fn a_compressed_body_is_refused_and_the_answer_says_what_was_expected() {
    let town = Town::new().await;
    let signed = signature::sign(SECRET, GZIPPED);
    let headers = [("x-line-signature", signed.as_str()), ("content-encoding", "gzip")];
    let (status, told) = town.post_with(&headers, GZIPPED).await;
    assert_eq!(status, 400, "{told}");
    assert!(told["message"].as_str().unwrap().contains("UTF-8"), "{told}");
    town.still_answers().await;
}

#[tokio::test]
async fn the_destination_does_not_decide() {
    let town = Town::new().await;
    let friend = town.friend();
    let event = town.draft_text(&friend, "転入届").await;
    let id = event["webhookEventId"].as_str().unwrap().to_owned();
    let body = json!({ "destination": "Usomebody-else", "events": [event] }).to_string();
    assert_eq!(town.post(body).await.0, 200);
    assert_eq!(town.outcome(&id).await, Outcome::Replied);
}
