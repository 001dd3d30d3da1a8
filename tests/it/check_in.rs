//! Before anybody writes: does LINE know the account, and are its webhooks meant for it?

use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};
use todoke::{
    app::App,
    simulator::{Simulator, SimulatorConfig},
    system::SystemClock,
};

use crate::{
    support::{Town, body, until},
    town::{Home, SECRET, TOKEN, free_address},
};

async fn findings(town: &Town) -> Value {
    let answer = town.http.get(town.url("/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), 200, "webhooks are taken all the same");
    answer.json::<Value>().await.unwrap()["findings"].clone()
}

async fn finding(town: &Town, part: &str) -> (String, String) {
    let look = || async { findings(town).await.get(part).cloned() };
    let found = until(part, look).await;
    assert_eq!(found["level"], "degraded");
    (found["reason"].as_str().unwrap().to_owned(), found["remedy"].as_str().unwrap().to_owned())
}

async fn until_fine(town: &Town) {
    until("all is fine", || async { (findings(town).await == json!({})).then_some(()) }).await;
}

#[tokio::test]
async fn a_refused_token_is_told_with_the_variable_to_set() {
    let town = Town::with("", |config| config.channel_access_token = "another".into()).await;
    let (reason, remedy) = finding(&town, "line.todoke").await;
    assert!(reason.contains("channel access token") && reason.contains("アクセストークン"), "{reason}");
    assert!(remedy.contains("TODOKE_ACCOUNT_TODOKE__CHANNEL_ACCESS_TOKEN"), "{remedy}");
    assert!(!remedy.contains(TOKEN) && !reason.contains(TOKEN));
}

#[tokio::test]
async fn a_line_out_of_reach_is_told_and_asked_again_until_it_answers() {
    let home = Home::new("");
    let (mut config, line) = (home.config(&[]), free_address());
    config.settings.server.listen = "127.0.0.1:0".parse().unwrap();
    config.settings.line.api_base = format!("http://{line}");
    // Nobody listens there yet.
    let app = App::start(&config, None, |_| Router::new()).await.unwrap();
    let elsewhere = SimulatorConfig::new(SECRET, TOKEN);
    let simulator = Simulator::start(elsewhere, Arc::new(SystemClock)).await.unwrap();
    let mut town = Town { home, simulator, app, http: reqwest::Client::new() };
    let (reason, _) = finding(&town, "line.todoke").await;
    assert!(reason.starts_with("LINE is not reached"), "{reason}");
    let there = SimulatorConfig { listen: line, ..SimulatorConfig::new(SECRET, TOKEN) };
    town.simulator = Simulator::start(there, Arc::new(SystemClock)).await.unwrap();
    until_fine(&town).await;
    assert_eq!(town.calls(""), 0, "nothing was sent to anybody");
}

#[tokio::test]
async fn webhooks_of_another_channel_than_the_tokens_are_told_until_they_fit() {
    let other = format!("U{}", "1".repeat(32));
    let town = Town::with("", |config| config.destination = other.clone()).await;
    // The body's destination is not the bot that the token belongs to.
    assert_eq!(town.post(body(&[])).await.0, 200);
    let (reason, remedy) = finding(&town, "line.todoke.destination").await;
    assert!(reason.contains("another channel") && reason.contains("チャネルが違い"), "{reason}");
    assert!(remedy.contains("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET"), "{remedy}");
    let fitting = json!({ "destination": other, "events": [] }).to_string();
    assert_eq!(town.post(fitting).await.0, 200);
    until_fine(&town).await;
}
