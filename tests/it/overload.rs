//! Too much at once: a quick 503, and nothing that was taken is lost.

use std::time::Duration;

use todoke::{
    domain::settlement::Outcome,
    simulator::{Act, Faults, HappeningKind, ledger::Line},
    system::Stopwatch,
};

use crate::support::{Town, body, head, until};

const SETTINGS: &str = "[store]\nmax_waiting = 5\n[runner]\nconcurrency = 1\n";

fn slow(milliseconds: u64) -> Faults {
    Faults { latency: Duration::from_millis(milliseconds), ..Faults::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_inbox_says_503_at_once_and_takes_the_redelivery_later() {
    let town = Town::with(SETTINGS, |_| {}).await;
    town.simulator.set_faults(slow(2_000));
    let mut drafts = Vec::new();
    for _ in 0..25 {
        drafts.push(town.draft_text(&town.friend(), "粗大ごみを捨てたい").await);
    }
    let (mut taken, mut refused, mut slowest) = (Vec::new(), Vec::new(), 0.0_f64);
    for event in drafts {
        let watch = Stopwatch::start();
        let (status, told) = town.post(body(std::slice::from_ref(&event))).await;
        if status == 503 {
            slowest = slowest.max(watch.elapsed_seconds());
            assert_eq!(told["code"], "busy");
            refused.push(event);
        } else {
            assert_eq!(status, 200, "{told}");
            taken.push(event);
        }
    }
    println!("{} taken, {} refused, slowest 503 after {slowest:.4} s", taken.len(), refused.len());
    assert!(taken.len() >= 5 && refused.len() >= 10, "{} {}", taken.len(), refused.len());
    assert!(slowest < 0.1, "a 503 took {slowest} s");
    let id = |event: &serde_json::Value| event["webhookEventId"].as_str().unwrap().to_owned();
    for event in &refused {
        assert!(town.event(&id(event)).await.is_none(), "what was refused is not stored");
    }
    town.simulator.set_faults(Faults::default());
    town.until_nothing_waits().await;
    for event in &refused {
        // One after another: the inbox is as small as before.
        assert_eq!(town.post(body(std::slice::from_ref(event))).await.0, 200);
        town.until_nothing_waits().await;
    }
    for event in taken.iter().chain(&refused) {
        assert_eq!(town.outcome(&id(event)).await, Outcome::Replied);
        assert_eq!(town.verdict(&id(event)).replies_accepted, 1);
    }
    town.verified().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_answered_in_the_end_although_most_were_sent_away_at_first() {
    let town = Town::with(SETTINGS, |_| {}).await;
    town.simulator.set_faults(slow(100));
    let crowd = |count: usize| -> Vec<_> {
        (0..count).map(|_| town.simulator.act(&town.friend(), Act::Text { text: "転入届".into() })).collect()
    };
    let mut tickets = crowd(10);
    until("the inbox is full", || async { (town.app.ctx.store.waiting() >= 5).then_some(()) }).await;
    tickets.extend(crowd(50));
    town.simulator.idle().await;
    for ticket in &tickets {
        assert_eq!(town.outcome(&ticket.webhook_event_id).await, Outcome::Replied);
        assert_eq!(town.verdict(&ticket.webhook_event_id).replies_accepted, 1);
    }
    let lines = town.simulator.ledger().lines();
    let busy = lines.iter().filter(|line| matches!(line, Line::Webhook { status: 503, .. })).count();
    let other = lines
        .iter()
        .filter(|line| matches!(line, Line::Webhook { status, .. } if ![200, 503].contains(status)));
    assert_eq!(other.count(), 0);
    println!("{busy} deliveries were sent away");
    assert!(busy > 0, "the inbox was full at least once");
}

#[tokio::test]
async fn more_webhooks_in_work_than_allowed_are_sent_away_and_come_back() {
    let town = Town::with("[server]\nwebhook_max_in_work = 1\n", |_| {}).await;
    let friend = town.friend();
    let tickets: Vec<_> = (0..40).map(|_| town.simulator.act(&friend, Act::Image)).collect();
    town.simulator.idle().await;
    for ticket in &tickets {
        assert_eq!(town.outcome(&ticket.webhook_event_id).await, Outcome::Replied);
    }
    let statuses = town.simulator.happenings(0).into_iter().filter_map(|happening| match happening.kind {
        HappeningKind::Webhook { status, .. } => Some(status),
        _ => None,
    });
    assert!(statuses.into_iter().all(|status| status == 200 || status == 503));
}

#[tokio::test]
async fn an_event_whose_sender_went_away_is_answered_at_once_all_the_same() {
    let town = Town::new().await;
    let mut ids = Vec::new();
    for _ in 0..30 {
        let event = town.draft_text(&town.friend(), "転入届").await;
        ids.push(event["webhookEventId"].as_str().unwrap().to_owned());
        let body = body(&[event]).into_bytes();
        let head = head(&body, &format!("content-length: {}", body.len()));
        // The request is whole; only nobody waits for the answer.
        town.raw_then_gone(&[head.as_bytes(), &body]).await;
    }
    let watch = Stopwatch::start();
    town.until_nothing_waits().await;
    let mut stored = 0;
    for id in &ids {
        stored += usize::from(town.event(id).await.is_some());
    }
    println!(
        "{stored} of {} were stored, settled {:.3} s after the last",
        ids.len(),
        watch.elapsed_seconds()
    );
    assert!(watch.elapsed_seconds() < 2.0, "{}", watch.elapsed_seconds());
}
