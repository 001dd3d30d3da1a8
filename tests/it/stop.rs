//! SIGTERM: what has begun is finished, the process ends well, the rest is answered after the next start.

use std::time::Duration;

use todoke::{
    domain::{event::EventKey, settlement::Outcome},
    simulator::{Act, EventTicket, Faults, Simulator, ledger::judge},
    store::view::Views,
    system::Stopwatch,
};

use crate::{
    support::{simulator, until},
    town::{Home, Server, free_address},
};

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
