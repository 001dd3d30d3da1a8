//! Tokens that LINE issues: one renewal for everybody, before the old one ends, and once after a refusal.

use std::{fs, sync::Arc, time::Duration};

use serde_json::{Value, json};
use todoke::{
    domain::{
        id::LineUserId,
        message::{Message, Messages, Text},
    },
    messenger::{Manner, SendError},
    simulator::{Calls, Fault, Faults, FriendId, SimulatorConfig, ledger::Line},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    desk::todoke,
    support::{Town, until},
    town::{Home, TOKEN},
};

const ISSUES: &str = "/oauth2/v3/token";

/// A town whose account has a channel id, and this token ("": none).
async fn town(token: &str, change: impl FnOnce(&mut SimulatorConfig)) -> Town {
    let home = Home::new("");
    let file = home.path().join("accounts/todoke.toml");
    let account = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("channel_id = \"1234567890\"\n{account}")).unwrap();
    Town::in_home(home, change, &[("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN", token)]).await
}

/// Nobody but the issued tokens is let in.
fn issued_alone(config: &mut SimulatorConfig) {
    config.channel_access_token = "what-was-never-given".into();
}

async fn push(town: &Town, to: &FriendId, key: u128) -> Result<(), SendError> {
    let messages = Messages::new(vec![Message::Text(Text::new("お知らせ").unwrap())]).unwrap();
    let (to, key) = (LineUserId::new(&to.0), Uuid::from_u128(key));
    town.app.ctx.messenger.push(&todoke(), &to, &messages, Manner::default(), key).await.map(drop)
}

/// So many calls at the same time, all of which have to come to the same.
async fn at_once(town: &Town, count: u32, is_expected: fn(&Result<(), SendError>) -> bool) {
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let messenger = Arc::clone(&town.app.ctx.messenger);
        calls.spawn(async move { messenger.quota(&todoke()).await.map(drop) });
    }
    while let Some(result) = calls.join_next().await {
        let result = result.unwrap();
        assert!(is_expected(&result), "{result:?}");
    }
}

fn answered(town: &Town, status: u16) -> usize {
    let lines = town.simulator.ledger().lines();
    lines.iter().filter(|line| matches!(line, Line::Call { status: told, .. } if *told == status)).count()
}

/// The account's own finding, once there is one.
async fn finding(town: &Town, part: &str) -> Value {
    let look = || async {
        let answer = town.http.get(town.url("/readyz")).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["findings"].get(part).cloned()
    };
    until(part, look).await
}

#[tokio::test]
async fn everybody_shares_one_token_and_one_renewal() {
    let town = town("", issued_alone).await;
    at_once(&town, 100, Result::is_ok).await;
    assert_eq!(town.calls(ISSUES), 1);
    // LINE takes none of them any more: a hundred callers are told so, and one asks for another.
    town.simulator.expire_access_tokens();
    at_once(&town, 100, Result::is_ok).await;
    assert_eq!(town.calls(ISSUES), 2);
    assert!(answered(&town, 401) >= 1);
    let friend = town.friend();
    push(&town, &friend, 1).await.unwrap();
    town.still_answers().await;
    assert_eq!(town.calls(ISSUES), 2);
}

#[tokio::test]
async fn a_call_is_made_again_once_with_the_same_key() {
    let town = town("", issued_alone).await;
    let friend = town.friend();
    let script = [Some(Fault::TokenExpired), None, Some(Fault::TokenExpired), Some(Fault::TokenExpired)];
    town.simulator.set_faults(Faults { calls: Calls::Sending, script: script.into(), ..Faults::default() });
    push(&town, &friend, 1).await.unwrap();
    assert_eq!(town.calls(ISSUES), 2);
    // Refused with a new token too: that is not the token's time.
    assert!(matches!(push(&town, &friend, 2).await, Err(SendError::Unauthorized)));
    assert_eq!(town.calls(ISSUES), 3);
    // The next call finds that token dead, and goes on with another.
    push(&town, &friend, 2).await.unwrap();
    assert_eq!(town.calls(ISSUES), 4);
    let lines = town.simulator.ledger().lines();
    let keys: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Call { retry_key: Some(key), status, .. } => Some((key.clone(), *status)),
            _ => None,
        })
        .collect();
    let (one, two) = (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string());
    let expected = [(&one, 401), (&one, 200), (&two, 401), (&two, 401), (&two, 401), (&two, 200)];
    assert_eq!(keys, expected.map(|(key, status)| (key.clone(), status)));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let town = town("", |config| {
        issued_alone(config);
        config.access_token_life = Duration::from_secs(3);
    })
    .await;
    until("the token is renewed", || async {
        at_once(&town, 3, Result::is_ok).await;
        (town.calls(ISSUES) >= 2).then_some(())
    })
    .await;
    assert_eq!(answered(&town, 401), 0);
}

#[tokio::test]
async fn a_renewal_that_fails_stops_nobody_while_the_old_one_counts() {
    let town = town("", |config| {
        issued_alone(config);
        config.access_token_life = Duration::from_secs(3);
    })
    .await;
    at_once(&town, 1, Result::is_ok).await;
    town.simulator.set_faults(Faults { calls: Calls::Tokens, error_before: 1.0, ..Faults::default() });
    until("a renewal has failed", || async {
        at_once(&town, 3, Result::is_ok).await;
        (town.calls(ISSUES) >= 2).then_some(())
    })
    .await;
    // Then it has ended, and nobody gets in: nothing was sent.
    let friend = town.friend();
    until("no token is left", || async {
        match push(&town, &friend, 7).await {
            Ok(()) => None,
            Err(SendError::NotSent(_)) => Some(()),
            Err(other) => panic!("{other:?}"),
        }
    })
    .await;
    town.simulator.set_faults(Faults::default());
    until("there is a token again", || async { push(&town, &friend, 8).await.is_ok().then_some(()) }).await;
}

#[tokio::test]
async fn a_channel_id_that_does_not_fit_is_told_and_asked_about_once() {
    let town = town("", |config| {
        issued_alone(config);
        config.channel_id = "999".into();
    })
    .await;
    let found = finding(&town, "line.todoke").await;
    let (reason, remedy) = (found["reason"].as_str().unwrap(), found["remedy"].as_str().unwrap());
    assert!(reason.contains("issues no channel access token"), "{reason}");
    assert!(remedy.contains("channel_id") && remedy.contains("CHANNEL_SECRET"), "{remedy}");
    let before = town.calls(ISSUES);
    at_once(&town, 50, |result| matches!(result, Err(SendError::Unauthorized))).await;
    assert!(town.calls(ISSUES) < before + 5, "those who wait are told what the one was told");
    assert_eq!(town.calls("quota"), 0);
}

#[tokio::test]
async fn a_token_that_is_given_is_used_and_none_is_asked_for() {
    let town = town(TOKEN, |_| {}).await;
    at_once(&town, 3, Result::is_ok).await;
    town.still_answers().await;
    assert_eq!(town.calls(ISSUES), 0);
}

#[tokio::test]
async fn without_token_and_channel_id_nobody_gets_an_answer_and_it_is_told() {
    let variables = [("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN", "")];
    let town = Town::in_home(Home::new(""), |_| {}, &variables).await;
    let found = finding(&town, "account.todoke").await;
    let remedy = found["remedy"].as_str().unwrap();
    assert!(remedy.contains("CHANNEL_ACCESS_TOKEN") && remedy.contains("channel_id"), "{remedy}");
    at_once(&town, 2, |result| matches!(result, Err(SendError::NotConfigured))).await;
}

#[tokio::test]
async fn what_config_check_shows_is_how_the_account_is_let_in() {
    let home = Home::new("");
    let file = home.path().join("accounts/todoke.toml");
    let account = fs::read_to_string(&file).unwrap();
    let shown = |variables: &[(&str, &str)]| {
        let effective = serde_json::to_value(home.config(variables).effective).unwrap();
        effective["accounts"]["todoke"]["state"].clone()
    };
    let no_token = [("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN", "")];
    assert_eq!(shown(&[]), json!("on"));
    let told = shown(&no_token);
    assert!(told.as_str().unwrap().starts_with("cannot answer"), "{told}");
    fs::write(&file, format!("channel_id = \"1234567890\"\n{account}")).unwrap();
    assert_eq!(shown(&no_token), json!("on, with tokens that LINE issues to channel_id"));
}
