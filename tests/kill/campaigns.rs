//! Announcements while the process is killed and LINE does everything it may do: nobody twice, nobody skipped.
//!
//! The judge is the ledger of LINE's double, fsynced before each answer. Each announcement has a share of faults of 1, 10
//! or 50 of 100 calls, some people whom LINE refuses, and is killed at random moments until it is sent.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use axum::Router;
use serde_json::Value;
use todoke::{
    app::App,
    domain::{
        announcement::{AnnouncementId, Audience, Block, Content, Draft, Kind},
        language::Language,
        segment,
        staff::{
            Role,
            rights::{Announce, Approve, WriteDrafts},
        },
    },
    journeys::announce::{self, Approving},
    simulator::{
        Act, Calls, Delivery, Faults, FriendId, Simulator, SimulatorConfig,
        ledger::{Ledger, handed},
    },
    system::{Stopwatch, SystemClock},
};
use tokio::time::{interval, timeout};

use crate::support::{Home, PATIENCE, Random, SECRET, Server, TOKEN, actor, free_address, knob};

/// Without holds and at LINE's own pace, tried again soon.
const SETTINGS: &str = "[announcements]\nhold_seconds = 0\nurgent_hold_seconds = 0\ncalls_per_second = 400\n\
                        calls_at_once = 8\nback_off_ms = 3\n[line]\nmulticast_per_second = 4000\n\
                        request_timeout_ms = 400\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_reaches_everybody_once_however_often_the_process_is_killed() {
    let campaigns = knob("TODOKE_TEST_CAMPAIGNS").unwrap_or(20);
    let people = usize::try_from(knob("TODOKE_TEST_PEOPLE").unwrap_or(20_000)).unwrap();
    let mut chance = Random::from_environment();
    let home = Home::new(SETTINGS);
    let ledger = home.path().join("ledger");
    let config = SimulatorConfig {
        ledger: Some(ledger.clone()),
        seed: chance.next(),
        keep_chats: false,
        multicasts_per_second: 4_000,
        ..SimulatorConfig::new(SECRET, TOKEN)
    };
    let simulator = Simulator::start(config, Arc::new(SystemClock)).await.unwrap();
    let friends: Vec<FriendId> = (0..people).map(|_| simulator.add_person("住民", "ja")).collect();
    let watch = Stopwatch::start();
    // Nobody hears of it: they are known by the list that LINE gives.
    simulator.set_webhook_url(format!("http://{}/", free_address()));
    for some in friends.chunks(500) {
        let acts = some.iter().map(|friend| (friend.clone(), Act::Follow)).collect();
        simulator.act_together(acts, Delivery::Once);
        simulator.idle().await;
    }
    let imported = command(&home, &simulator, &["followers", "import", "--account", "todoke"]).await;
    assert_eq!(imported["seen"], people, "{imported}");
    // LINE knows no more of some of them.
    let gone: Vec<FriendId> = (0..3).map(|_| chance.pick(&friends).clone()).collect();
    for friend in &gone {
        simulator.forget(friend);
    }
    println!("{people} people are known after {:.0} s", watch.elapsed_seconds());
    let (mut kills, mut sent) = (0, Vec::new());
    for campaign in 1..=campaigns {
        simulator.set_faults(Faults::default());
        let id = approved(&home, &simulator).await;
        simulator.set_faults(faults(campaign, &mut chance));
        kills += killed_until_sent(&home, &simulator, id, &mut chance).await;
        sent.push(id);
        println!("campaign {campaign}: {kills} kills, {:.1} s", watch.elapsed_seconds());
        if campaign % 10 == 0 {
            println!(
                "{campaign} of {campaigns} are sent after {:.0} s, {kills} kills",
                watch.elapsed_seconds()
            );
        }
    }
    simulator.shutdown().await;
    judge(&ledger, &friends, &gone, &sent);
    println!("{campaigns} announcements to {people} people, {kills} kills: nobody twice, nobody skipped");
    assert!(kills >= campaigns, "the process was killed while it sent");
}

/// 1, 10 or 50 of 100 calls go wrong in one of the ways, or in all of them.
fn faults(campaign: u64, chance: &mut Random) -> Faults {
    let share = [0.01, 0.1, 0.5][chance.below(3)];
    let faults = Faults {
        calls: Calls::Sending,
        refuses_unknown: campaign.is_multiple_of(2),
        refuses_unknown_silently: campaign % 4 == 1,
        latency: Duration::from_millis(chance.next() % 8),
        ..Faults::default()
    };
    match campaign % 7 {
        0 => Faults { error_before: share, ..faults },
        1 => Faults { error_after: share, ..faults },
        2 => Faults { cut_before: share / 2.0, cut_after: share / 2.0, ..faults },
        3 => Faults { rate_limited: share, ..faults },
        4 => Faults { token_expired: share, ..faults },
        5 => Faults { slow: share, slow_up_to: Duration::from_millis(600), ..faults },
        _ => {
            let share = share / 6.0;
            Faults {
                error_before: share,
                error_after: share,
                cut_before: share,
                cut_after: share,
                rate_limited: share,
                token_expired: share / 10.0,
                slow: share,
                slow_up_to: Duration::from_millis(500),
                ..faults
            }
        }
    }
}

/// Two people let an announcement to everybody out, in a server of their own that is then stopped.
async fn approved(home: &Home, simulator: &Simulator) -> AnnouncementId {
    let mut config = home.config(&[]);
    config.settings.server.listen = "127.0.0.1:0".parse().unwrap();
    config.settings.line.api_base = simulator.api_base();
    let app = App::start(&config, None, |_| Router::new()).await.unwrap();
    let ctx = &app.ctx;
    let account = ctx.library.account(&"todoke".parse().unwrap()).unwrap();
    let (_, predicate) = segment::read(r#"{"following": true}"#, &account.attributes).unwrap();
    let content = Content {
        title: "試験".parse().unwrap(),
        bodies: [(Language::Ja, vec![Block::Text("あしたは ごみの 日です。".into())])].into(),
        is_silent: false,
        department: None,
    };
    let audience = Audience::Picked { predicate, segment: None };
    let draft = Draft { kind: Kind::Ordinary, content, audience, due: None };
    let author = actor::<WriteDrafts>(1, &[Role::Announcer]);
    let seen = announce::write(ctx, &author, draft, None).await.unwrap();
    announce::submit(ctx, &actor::<Announce>(1, &[Role::Announcer]), seen).await.unwrap();
    let approver = actor::<Approve>(2, &[Role::Approver]);
    let waiting = announce::open(ctx, &approver, seen.0).await.unwrap();
    let binding = *waiting.value.way.binding().unwrap();
    let said = Approving { seen: waiting.version, binding, typed: binding.count, instead_of: None };
    announce::approve(ctx, &approver, seen.0, said).await.unwrap();
    timeout(PATIENCE, app.stop()).await.unwrap();
    seen.0
}

/// Kills the server at random moments, goes on with what was paused, and comes back when it is sent: how many kills.
async fn killed_until_sent(
    home: &Home,
    simulator: &Simulator,
    id: AnnouncementId,
    chance: &mut Random,
) -> u64 {
    let (address, mut kills) = (free_address(), 0);
    let wanted = 1 + chance.next() % 3;
    loop {
        let mut server = Server::spawn(home, address, &simulator.api_base(), &[]);
        server.ready().await;
        if kills < wanted {
            super::some_moment(chance).await;
            drop(server);
            kills += 1;
            continue;
        }
        let id = id.to_string();
        let show = ["announcements", "show", "--account", "todoke", &id];
        let resume = ["announcements", "resume", "--account", "todoke", &id];
        let sent = timeout(PATIENCE, async {
            let mut ticks = interval(Duration::from_millis(30));
            loop {
                ticks.tick().await;
                match command(home, simulator, &show).await["state"].as_str() {
                    Some("sent") => return,
                    // Somebody has looked, and goes on.
                    Some("paused") => drop(command(home, simulator, &resume).await),
                    _ => {}
                }
            }
        });
        let is_sent = sent.await.is_ok();
        assert!(is_sent, "it is sent in the end: {}", command(home, simulator, &show).await);
        return kills;
    }
}

async fn command(home: &Home, simulator: &Simulator, arguments: &[&str]) -> Value {
    let mut command = home.command_here(arguments);
    command.arg("--json").env("TODOKE_LINE__API_BASE", simulator.api_base());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn judge(ledger: &Path, friends: &[FriendId], gone: &[FriendId], sent: &[AnnouncementId]) {
    let lines = Ledger::read(ledger).unwrap();
    for id in sent {
        let name = id.0.simple().to_string();
        let handed: BTreeMap<&str, u32> = handed(&lines, &format!("ann_{}", &name[6..]));
        let twice: Vec<_> = handed.iter().filter(|(_, times)| **times != 1).collect();
        assert!(twice.is_empty(), "{id}: twice: {twice:?}");
        // Whom LINE does not know it refuses, or skips silently: the double hands them nothing.
        let skipped: Vec<_> = friends
            .iter()
            .filter(|friend| !gone.contains(friend) && !handed.contains_key(friend.0.as_str()))
            .collect();
        assert!(skipped.is_empty(), "{id}: {} are skipped", skipped.len());
    }
}
