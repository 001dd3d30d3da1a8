//! SIGTERM: what has begun is finished, the process ends well, the rest is answered after the next start.

use std::time::Duration;

use todoke::{
    domain::{event::EventKey, settlement::Outcome, time::Clock},
    simulator::{Act, EventTicket, Faults, Simulator, ledger::judge},
    store::view::Views,
    system::{Stopwatch, SystemClock},
};

use crate::{
    support::{Town, body, simulator, until},
    town::{Home, Server, free_address},
};

/// The first line goes to the section of the intents: whoever watches them keeps the folder a moment longer.
const UNWATCHED: &str = "watch = false\n";

async fn until_replies_are_tried(double: &Simulator, least: u32) {
    let tried = || async {
        let tried: u32 = judge(&double.ledger().lines()).values().map(|verdict| verdict.replies_tried).sum();
        (tried >= least).then_some(())
    };
    until("replies are tried", tried).await;
}

fn a_crowd(double: &Simulator, count: usize) -> Vec<EventTicket> {
    let act = || Act::Text { text: "転入届".into() };
    (0..count).map(|_| double.act(&double.add_person("住民", "ja"), act())).collect()
}

/// How each event ended, read from the folder of a server that has stopped.
async fn outcomes(home: &Home, tickets: &[EventTicket]) -> Vec<Option<Outcome>> {
    let store = todoke::app::open_to_look(&home.config(&[])).unwrap();
    let account = "todoke".parse().unwrap();
    let mut outcomes = Vec::new();
    for ticket in tickets {
        let key = EventKey::from_webhook_event_id(&ticket.webhook_event_id);
        let event = store.event(&account, key).await.unwrap().expect("what was taken is stored");
        outcomes.push(event.outcome);
    }
    store.close();
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_begun_is_finished_and_the_rest_is_answered_after_the_next_start() {
    let (home, address) =
        (Home::new("[server]\ndrain_seconds = 10\n[runner]\nconcurrency = 2\n"), free_address());
    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    double.set_faults(Faults { latency: Duration::from_millis(500), ..Faults::default() });
    let tickets = a_crowd(&double, 16);
    double.idle().await;
    until_replies_are_tried(&double, 2).await;
    let watch = Stopwatch::start();
    assert_eq!(server.terminate().await.code(), Some(0));
    println!("stopped after {:.2} s", watch.elapsed_seconds());
    assert!(watch.elapsed_seconds() < 10.0, "the stop did not wait for everybody");

    let verdicts = judge(&double.ledger().lines());
    let after_stop = outcomes(&home, &tickets).await;
    for (ticket, outcome) in tickets.iter().zip(&after_stop) {
        let verdict = verdicts[&ticket.webhook_event_id];
        let expected = (verdict.replies_accepted == 1).then_some(Outcome::Replied);
        assert_eq!(*outcome, expected, "a reply that was begun is settled: {verdict:?}");
    }
    let left = after_stop.iter().filter(|outcome| outcome.is_none()).count();
    println!("{left} of {} were left for the next start", tickets.len());
    assert!(left > 0, "the stop came while events waited");

    double.set_faults(Faults::default());
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    let all = || async {
        judge(&double.ledger().lines()).values().all(|verdict| verdict.replies_accepted == 1).then_some(())
    };
    until("everybody is answered", all).await;
    assert!(server.terminate().await.success());
    assert_eq!(outcomes(&home, &tickets).await, vec![Some(Outcome::Replied); tickets.len()]);
    assert!(judge(&double.ledger().lines()).values().all(|verdict| verdict.replies_accepted == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_longer_than_it_may_for_a_line_that_is_down() {
    let (home, address) =
        (Home::new("[server]\ndrain_seconds = 1\n[runner]\nconcurrency = 1\n"), free_address());
    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    double.set_faults(Faults { error_before: 1.0, ..Faults::default() });
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    let tickets = a_crowd(&double, 4);
    double.idle().await;
    until_replies_are_tried(&double, 1).await;
    let watch = Stopwatch::start();
    assert_eq!(server.terminate().await.code(), Some(0));
    println!("stopped after {:.2} s", watch.elapsed_seconds());
    assert!(watch.elapsed_seconds() < 8.0, "{}", watch.elapsed_seconds());
    assert_eq!(outcomes(&home, &tickets).await, vec![None; tickets.len()]);

    double.set_faults(Faults::default());
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    let all = || async {
        judge(&double.ledger().lines()).values().all(|verdict| verdict.replies_accepted == 1).then_some(())
    };
    until("everybody is answered", all).await;
    assert!(server.terminate().await.success());
    assert_eq!(outcomes(&home, &tickets).await, vec![Some(Outcome::Replied); tickets.len()]);
}

#[tokio::test]
async fn what_waited_over_a_stop_until_its_time_was_over_is_late_and_not_unknown() {
    let town = Town::with(&format!("{UNWATCHED}[runner]\nconcurrency = 1\n"), |_| {}).await;
    let mut event = town.draft_text(&town.friend(), "転入届").await;
    town.simulator.set_faults(Faults { latency: Duration::from_millis(600), ..Faults::default() });
    // Somebody else's reply keeps the only worker busy until the stop.
    let busy = town.simulator.act(&town.friend(), Act::Image).webhook_event_id;
    until("the worker is busy", || async { (town.app.ctx.store.waiting() == 1).then_some(()) }).await;
    let dies = SystemClock.now() + Duration::from_secs(2);
    event["timestamp"] = (dies - Duration::from_mins(20)).as_millisecond().into();
    let id = event["webhookEventId"].as_str().unwrap().to_owned();
    assert_eq!(town.post(body(&[event])).await.0, 200);
    assert_eq!(town.event(&id).await.unwrap().outcome, None, "it waits");
    let home = town.stop().await;
    until("its time is over", || async { (SystemClock.now() > dies).then_some(()) }).await;

    let town = Town::in_home(home, |_| {}, &[]).await;
    assert_eq!(town.outcome(&busy).await, Outcome::Replied);
    assert_eq!(town.outcome(&id).await, Outcome::Late, "nobody had begun to answer it");
    assert_eq!(town.calls("reply"), 0);
}

#[tokio::test]
async fn a_damaged_record_is_reported_and_the_town_is_answered() {
    let town = Town::with(UNWATCHED, |_| {}).await;
    town.answer(&town.friend(), "転入届").await;
    let home = town.stop().await;
    {
        let tree = sled::open(home.data().join("store")).unwrap();
        let (key, value) = tree.scan_prefix(b"Itodoke").next().unwrap().unwrap();
        let mut value = value.to_vec();
        *value.last_mut().unwrap() ^= 1;
        tree.insert(key, value).unwrap();
        tree.flush().unwrap();
    }
    let town = Town::in_home(home, |config| config.seed = 2, &[]).await;
    let told = until("the damage is reported", || async {
        let answer = town.http.get(town.url("/readyz")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "webhooks are taken all the same");
        let told: serde_json::Value = answer.json().await.unwrap();
        told["findings"]["store.records"].as_object().cloned()
    })
    .await;
    assert!(told["reason"].as_str().unwrap().starts_with("1 stored record"), "{told:?}");
    assert!(told["remedy"].as_str().unwrap().contains("todoke store verify"), "{told:?}");
    town.still_answers().await;
}

#[tokio::test]
async fn a_connection_that_is_held_open_does_not_hold_up_a_stop() {
    let (home, address) = (Home::new("[server]\ndrain_seconds = 1\n"), free_address());
    let double = simulator(|_| {}).await;
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    let idle = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut half = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = b"POST /line/todoke/webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf";
    tokio::io::AsyncWriteExt::write_all(&mut half, head).await.unwrap();
    server.get("/livez").await;
    let watch = Stopwatch::start();
    assert_eq!(server.terminate().await.code(), Some(0));
    println!("stopped after {:.2} s", watch.elapsed_seconds());
    assert!(watch.elapsed_seconds() < 6.0, "{}", watch.elapsed_seconds());
    drop((idle, half));
}

#[tokio::test]
async fn a_stop_that_comes_while_the_server_starts_is_a_stop_in_order() {
    let (home, address) = (Home::new("[server]\ndrain_seconds = 1\n"), free_address());
    let double = simulator(|_| {}).await;
    let server = Server::spawn(&home, address, &double.api_base(), &[]);
    // The first line of the start: nothing is served yet.
    let log = home.path().join("log");
    until("it starts", || async {
        std::fs::read_to_string(&log).unwrap().contains("the store is open").then_some(())
    })
    .await;
    assert_eq!(server.terminate().await.code(), Some(0));
    assert!(std::fs::read_to_string(&log).unwrap().contains("todoke has stopped"));
}
