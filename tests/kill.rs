//! Kill -9 at random moments: whatever was answered 200 takes effect exactly once.
//!
//! Now and then the process is stopped cleanly instead, since the start after that trusts what the stop left.
//!
//! The judge stands outside: the ledger of LINE's double, fsynced before each answer, and the store as it
//! lies on the disk after the last stop. `TODOKE_TEST_KILLS` sets the number of kills, `TODOKE_TEST_SEED`
//! replays a run.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "kill/campaigns.rs"]
mod campaigns;
#[path = "kill/registered.rs"]
mod registered;
mod support;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use registered::Tapped;
use support::{Home, PATIENCE, Random, SECRET, Server, TOKEN, free_address, knob};
use todoke::{
    app,
    domain::{event::EventKey, settlement::Outcome},
    simulator::{
        Act, Delivery, EventTicket, Faults, FriendId, Simulator, SimulatorConfig,
        ledger::{Ledger, Line, judge},
    },
    store::view::Views,
    system::{Stopwatch, SystemClock},
};
use tokio::time::{interval, sleep, timeout};

const FRIENDS: usize = 40;
/// So many bodies are on their way to a server that may be down; more connections than LINE uses.
const MOST_IN_FLIGHT: usize = 200;
const TEXTS: &[&str] = &[
    "粗大ごみを捨てたい",
    "転入届",
    "粗大ごみと転入届",
    "役に立った",
    "ちがう",
    "English",
    "日本語",
    "ありがとう",
    "宇宙旅行に行きたい",
    "When is garbage collected?",
    "火事です",
];
/// What some type beside: a choice of whatever was asked last.
const NUMBERS: &[&str] = &["1", "0"];
const BUTTONS: &[&str] =
    &["a:garbage.bulky", "n", "u:moving.in", "w:garbage.days", "l:en", "t:garbage", "m", "old"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_200_takes_effect_exactly_once_however_often_the_process_is_killed() {
    let kills = knob("TODOKE_TEST_KILLS").unwrap_or(25);
    let mut chance = Random::from_environment();
    let mut moments = Random::new(chance.next());
    let home = Home::new("");
    let ledger = home.path().join("ledger");
    let config = SimulatorConfig {
        ledger: Some(ledger.clone()),
        seed: chance.next(),
        keep_chats: false,
        ..SimulatorConfig::new(SECRET, TOKEN)
    };
    let simulator = Simulator::start(config, Arc::new(SystemClock)).await.unwrap();
    let address = free_address();
    simulator.set_webhook_url(format!("http://{address}/line/todoke/webhook"));

    let (over, watch) = (Cell::new(false), Stopwatch::start());
    let tapped = RefCell::default();
    let killing = async {
        for round in 1..=kills {
            simulator.set_faults(faults(round, &mut moments));
            // A clean stop now and then: what it leaves for the next start must be as true as a crash's silence.
            if round % 5 == 0 {
                let mut server = Server::spawn(&home, address, &simulator.api_base(), &[]);
                server.ready().await;
                some_moment(&mut moments).await;
                assert!(server.terminate().await.success());
            }
            let mut server = Server::spawn(&home, address, &simulator.api_base(), &[]);
            // A part of the kills falls into the start, where what was left behind is brought back.
            if moments.below(4) > 0 {
                server.ready().await;
            }
            some_moment(&mut moments).await;
            drop(server);
            if round % 25 == 0 {
                println!("{round} of {kills} kills after {:.0} s", watch.elapsed_seconds());
            }
        }
        over.set(true);
    };
    let ((), bodies) = tokio::join!(killing, residents(&simulator, &mut chance, &over, &tapped));

    simulator.set_faults(Faults::default());
    let mut last = Server::spawn(&home, address, &simulator.api_base(), &[]);
    last.ready().await;
    timeout(PATIENCE, simulator.idle()).await.expect("every body is answered in the end");
    println!("every body is answered after {:.0} s", watch.elapsed_seconds());
    until_nothing_waits(&last).await;
    println!("nothing waits after {:.0} s", watch.elapsed_seconds());
    assert!(last.terminate().await.success());
    simulator.shutdown().await;

    let lines = Ledger::read(&ledger).unwrap();
    let outcomes = outcomes_in_store(&home, &lines).await;
    report(kills, bodies, &lines, &outcomes);
    assert_eq!(complaints(&lines, &outcomes), Vec::<String>::new());
    let (missing, acknowledged, registered) = registered::missing(&home, &lines, &tapped.into_inner()).await;
    println!(
        "registrations: {acknowledged} taps acknowledged, {} missing, {registered} topics wanted",
        missing.len()
    );
    assert_eq!(missing, Vec::<String>::new());
    assert!(acknowledged as u64 > kills && registered > 0, "residents registered");
    let verified = home.command_here(&["store", "verify", "--json"]).output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&verified.stdout).unwrap();
    println!("store verify: {told}");
    assert_eq!(verified.status.code(), Some(0), "{told}");
    assert_eq!(told["pending"], 0);
    assert_eq!(told["settled"], outcomes.len(), "no event is stored under two names");
    assert!(outcomes.len() as u64 > kills * 5, "the rounds were not idle");
}

/// In a third of the rounds all is well at LINE; in the others one thing goes wrong.
fn faults(round: u64, chance: &mut Random) -> Faults {
    let usual = Faults { duplicate: 0.2, reorder: 0.3, ..Faults::default() };
    match round % 6 {
        1 => Faults { error_before: 0.3, error_after: 0.3, ..usual },
        2 => Faults { cut_before: 0.3, cut_after: 0.3, ..usual },
        3 => Faults { rate_limited: 0.3, ..usual },
        4 => Faults { latency: Duration::from_millis(1 + chance.next() % 300), ..usual },
        _ => usual,
    }
}

#[expect(clippy::disallowed_methods, reason = "the kill falls into a random moment; that is the point")]
async fn some_moment(chance: &mut Random) {
    sleep(Duration::from_millis(20 + chance.next() % 381)).await;
}

/// People write, tap, block and come back, several of them in one body, until it is over.
async fn residents(
    simulator: &Simulator,
    chance: &mut Random,
    over: &Cell<bool>,
    tapped: &RefCell<Vec<Tapped>>,
) -> usize {
    let friends: Vec<FriendId> =
        (0..FRIENDS).map(|n| simulator.add_person(format!("住民{n}"), "ja")).collect();
    let mut sent: VecDeque<(FriendId, EventTicket)> = VecDeque::new();
    let mut ticks = interval(Duration::from_millis(12));
    let mut bodies = 0;
    while !over.get() {
        ticks.tick().await;
        // On a slow machine what is delivered again would otherwise be nearly all that there is to do.
        if simulator.in_flight() >= MOST_IN_FLIGHT {
            continue;
        }
        let together = 1 + chance.below(4) * chance.below(2);
        let acts: Vec<Doing> = (0..together).map(|_| act(&friends, &sent, chance)).collect();
        let who: Vec<_> = acts.iter().map(|doing| (doing.friend.clone(), doing.topic)).collect();
        let acts = acts.into_iter().map(|doing| (doing.friend, doing.act)).collect();
        for ((friend, topic), ticket) in
            who.into_iter().zip(simulator.act_together(acts, Delivery::UntilTaken))
        {
            let event = ticket.webhook_event_id.clone();
            let tap = topic.map(|(topic, wanted)| Tapped::new(friend.clone(), topic, wanted, event));
            tapped.borrow_mut().extend(tap);
            sent.push_back((friend, ticket));
        }
        sent.drain(..sent.len().saturating_sub(50));
        bodies += 1;
    }
    bodies
}

/// What somebody does; with a tap on a topic's button, which topic and whether it is wanted.
struct Doing {
    friend: FriendId,
    act: Act,
    topic: Option<(&'static str, bool)>,
}

fn act(friends: &[FriendId], sent: &VecDeque<(FriendId, EventTicket)>, chance: &mut Random) -> Doing {
    let mut topic = None;
    // Half of them register by taps alone, so that what they are registered for follows from those.
    let (typing, tapping) = friends.split_at(friends.len() / 2);
    let mut friend = chance.pick(friends).clone();
    let act = match chance.below(16) {
        0 => Act::Follow,
        1 => Act::Unfollow,
        2 => Act::Sticker { sticker_id: "1".into() },
        3 => Act::Image,
        4 | 5 => Act::Postback { data: (*chance.pick(BUTTONS)).into(), display_text: None, picked: None },
        6 if !sent.is_empty() => {
            let (sender, ticket) = &sent[chance.below(sent.len())];
            friend = sender.clone();
            Act::Unsend { message_id: ticket.message_id.clone() }
        }
        7..10 => {
            let (of, wanted, tap) = registered::tap(chance);
            friend = chance.pick(tapping).clone();
            topic = Some((of, wanted));
            tap
        }
        10 => {
            friend = chance.pick(typing).clone();
            Act::Text { text: (*chance.pick(NUMBERS)).into() }
        }
        _ => Act::Text { text: (*chance.pick(TEXTS)).into() },
    };
    Doing { friend, act, topic }
}

async fn until_nothing_waits(server: &Server) {
    let waited = timeout(PATIENCE, async {
        let mut ticks = interval(Duration::from_millis(50));
        loop {
            ticks.tick().await;
            if server.get("/metrics").await.lines().any(|line| line == "todoke_events_waiting 0") {
                return;
            }
        }
    });
    waited.await.expect("the inbox becomes empty");
}

/// What the store says about an event: not there, or there with an outcome, or there without one.
type Outcomes = BTreeMap<String, Option<Option<Outcome>>>;

async fn outcomes_in_store(home: &Home, lines: &[Line]) -> Outcomes {
    let store = app::open_to_look(&home.config(&[])).unwrap();
    let account = "todoke".parse().unwrap();
    let mut outcomes = Outcomes::new();
    for id in judge(lines).into_keys() {
        let view = store.event(&account, EventKey::from_webhook_event_id(&id)).await.unwrap();
        outcomes.insert(id, view.map(|view| view.outcome));
    }
    store.close();
    outcomes
}

/// Everything that breaks the promise: each answered event has one outcome, and at most one reply of it
/// was accepted, which the outcome must not deny.
fn complaints(lines: &[Line], outcomes: &Outcomes) -> Vec<String> {
    let mut found = Vec::new();
    for (id, verdict) in judge(lines) {
        let accepted = verdict.replies_accepted;
        if accepted > 1 {
            found.push(format!("{id}: {accepted} replies were accepted"));
        }
        match outcomes.get(&id).copied().flatten() {
            None if verdict.answered_200 => found.push(format!("{id}: answered 200 and lost")),
            Some(None) => found.push(format!("{id}: has no outcome")),
            Some(Some(Outcome::Replied)) if accepted == 0 => {
                found.push(format!("{id}: is said to be replied, and no reply was accepted"));
            }
            Some(Some(other)) if accepted > 0 && !matches!(other, Outcome::Replied | Outcome::Unknown) => {
                found.push(format!("{id}: is said to be {}, and a reply was accepted", other.label()));
            }
            _ => {}
        }
    }
    let pushes =
        lines.iter().filter(|line| matches!(line, Line::Call { endpoint, .. } if endpoint.contains("push")));
    found.extend(pushes.map(|line| format!("nothing is ever pushed: {line:?}")));
    found
}

#[expect(clippy::print_stdout, reason = "the figures of the run are its result")]
fn report(kills: u64, bodies: usize, lines: &[Line], outcomes: &Outcomes) {
    let verdicts = judge(lines);
    let sum =
        |count: fn(&todoke::simulator::ledger::Verdict) -> u32| verdicts.values().map(count).sum::<u32>();
    let deliveries = lines.iter().filter(|line| matches!(line, Line::Webhook { .. })).count();
    println!("kills {kills}, bodies {bodies}, deliveries {deliveries}, events {}", verdicts.len());
    println!("replies tried {}, accepted {}", sum(|v| v.replies_tried), sum(|v| v.replies_accepted));
    for outcome in Outcome::ALL {
        let of: Vec<&String> =
            outcomes.iter().filter(|(_, o)| **o == Some(Some(outcome))).map(|(id, _)| id).collect();
        let accepted = of.iter().filter(|id| verdicts[**id].replies_accepted > 0).count();
        println!("outcome {}: {}, with an accepted reply {accepted}", outcome.label(), of.len());
    }
}

#[test]
fn the_judge_sees_a_doubled_a_lost_a_pending_and_a_denied_reply() {
    let webhook = |event: &str, status| Line::Webhook { events: vec![event.into()], attempt: 1, status };
    let call = |event: &str, endpoint: &str, accepted| Line::Call {
        endpoint: endpoint.into(),
        event: Some(event.into()),
        retry_key: None,
        body_hash: "00".into(),
        accepted,
        status: 200,
    };
    let reply = |event: &str, accepted| call(event, "/v2/bot/message/reply", accepted);
    let names = ["sound", "doubled", "lost", "waits", "denied", "boasted", "refused"];
    let mut lines: Vec<Line> = names[..6].iter().map(|name| webhook(name, 200)).collect();
    lines.extend([webhook("refused", 503), reply("sound", false), reply("sound", true)]);
    lines.extend([reply("doubled", true), reply("doubled", true), reply("denied", true)]);
    let mut outcomes: Outcomes = [
        ("sound", Outcome::Replied),
        ("doubled", Outcome::Replied),
        ("denied", Outcome::Late),
        ("boasted", Outcome::Replied),
    ]
    .map(|(name, outcome)| (name.to_owned(), Some(Some(outcome))))
    .into();
    outcomes.extend([("waits".into(), Some(None)), ("lost".into(), None)]);
    let expected = [
        "boasted: is said to be replied, and no reply was accepted",
        "denied: is said to be late, and a reply was accepted",
        "doubled: 2 replies were accepted",
        "lost: answered 200 and lost",
        "waits: has no outcome",
    ];
    assert_eq!(complaints(&lines, &outcomes), expected);
    let pushed = [call("sound", "/v2/bot/message/push", false)];
    assert_eq!(complaints(&pushed, &Outcomes::new()).len(), 1);
}
