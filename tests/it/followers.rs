//! `todoke followers import`: page after page over HTTP, killed and gone on with, tokens that grow old, people who leave
//! meanwhile.

use std::process::Stdio;

use serde_json::{Value, json};
use todoke::{
    app::Holder,
    control::Request,
    domain::{follower::FollowerImport, id::LineUserId, resident::FollowState},
    simulator::{Act, Delivery, Faults, FriendId, Simulator},
    store::StoreError,
};

use crate::{
    support::{Town, simulator, until},
    town::Home,
};

/// People who have added the account before there was a todoke.
async fn followers(line: &Simulator, many: usize) -> Vec<FriendId> {
    let friends: Vec<FriendId> = (0..many).map(|_| line.add_person("住民", "ja")).collect();
    let acts = friends.iter().map(|friend| (friend.clone(), Act::Follow)).collect();
    line.act_together(acts, Delivery::Once);
    line.idle().await;
    friends
}

fn short_pages() -> Faults {
    Faults { followers_a_page: Some(20), ..Faults::default() }
}

fn command(home: &Home, line: &Simulator) -> std::process::Command {
    let mut command = home.command_here(&["followers", "import", "--account", "todoke", "--json"]);
    command.env("TODOKE_LINE__API_BASE", line.api_base());
    command
}

/// Runs the command: how it ended, what it said on stdout and on stderr.
async fn import(home: &Home, line: &Simulator) -> (Option<i32>, Value, String) {
    let mut command = command(home, line);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), told, String::from_utf8(output.stderr).unwrap())
}

/// How many residents a predicate holds for, in a town that does not run.
async fn count(home: &Home, predicate: &Value) -> Value {
    let mut command = home.command_here(&["segments", "count", "--account", "todoke", "--json"]);
    command.args(["--predicate", &predicate.to_string()]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["residents"].clone()
}

#[tokio::test]
async fn everybody_becomes_known_by_short_pages_and_again_changes_nothing() {
    let (home, line) = (Home::new(""), simulator(|_| {}).await);
    followers(&line, 100).await;
    line.add_person("通りすがり", "ja");
    line.set_faults(short_pages());
    let (code, told, complaint) = import(&home, &line).await;
    assert_eq!(code, Some(0), "{complaint}");
    assert_eq!((&told["seen"], &told["new"], &told["restarts"]), (&json!(100), &json!(100), &json!(0)));
    assert!(told["pages"].as_u64().unwrap() >= 5 && complaint.contains("page 1:"), "{told} {complaint}");
    assert_eq!(count(&home, &json!({"following": true})).await, 100);
    let (code, told, _) = import(&home, &line).await;
    assert_eq!((code, &told["seen"], &told["new"]), (Some(0), &json!(100), &json!(0)));
    assert_eq!(count(&home, &json!({"following": true})).await, 100);
}

#[tokio::test]
async fn killed_after_any_page_it_goes_on_there_and_counts_nobody_twice() {
    let (home, line) = (Home::new(""), simulator(|_| {}).await);
    followers(&line, 100).await;
    // The next page takes effect at LINE, nothing is answered any more, and the page is not stored here. Pages may be
    // empty, so that all is not read after so few.
    for _ in 0..3 {
        let last = line.follower_pages() + 2;
        line.set_faults(Faults { silent_after_pages: Some(last), ..short_pages() });
        let mut child = command(&home, &line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("a page was given", || async { (line.follower_pages() >= last).then_some(()) }).await;
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    line.set_faults(short_pages());
    let (code, told, complaint) = import(&home, &line).await;
    assert_eq!(code, Some(0), "{complaint}");
    assert_eq!(
        (&told["seen"], &told["new"], &told["restarts"]),
        (&json!(100), &json!(100), &json!(0)),
        "{told}"
    );
    assert_eq!(count(&home, &json!({"following": true})).await, 100);
}

#[tokio::test]
async fn a_token_that_grew_old_begins_the_list_again() {
    let (home, line) = (Home::new(""), simulator(|_| {}).await);
    followers(&line, 60).await;
    line.set_faults(short_pages());
    let mut config = home.config(&[]);
    config.settings.line.api_base = line.api_base();
    let mut holder = Holder::new(&config);
    let step = || Request::FollowersStep { account: "todoke".into() };
    let told = loop {
        let told = holder.ask(step()).await.unwrap();
        if told["seen"].as_u64() > Some(0) {
            break told;
        }
    };
    assert_eq!(told["finished"], Value::Null);
    line.expire_follower_tokens();
    drop(holder);
    let (code, after, complaint) = import(&home, &line).await;
    assert_eq!(code, Some(0), "{complaint}");
    assert_eq!((&after["seen"], &after["new"], &after["restarts"]), (&json!(60), &json!(60), &json!(1)));
}

#[tokio::test]
async fn whoever_leaves_after_the_list_was_asked_for_stays_away_and_whoever_came_back_is_back() {
    let town = Town::new().await;
    let (line, account) = (&town.simulator, "todoke".parse().unwrap());
    let state = |friend: &FriendId| {
        let (store, user) = (town.app.ctx.store.clone(), LineUserId::new(friend.0.clone()));
        async move {
            let account = "todoke".parse().unwrap();
            let of = store.resident_ref(&account, &user).unwrap();
            store.resident(&account, of).await.unwrap().map(|resident| resident.follow)
        }
    };
    let [leaves, back, erased] = [town.friend(), town.friend(), town.friend()];
    for friend in [&leaves, &back, &erased] {
        town.says(friend, Act::Follow).await;
    }
    let blocked = line.act(&back, Act::Unfollow).webhook_event_id;
    town.outcome(&blocked).await;
    // The webhook of coming back was lost.
    let lost = town.draft(&back, Act::Follow).await;
    assert_eq!(lost["type"], "follow");
    assert!(matches!(state(&back).await, Some(FollowState::Known { following: false, .. })));
    let of = town.app.ctx.store.resident_ref(&account, &LineUserId::new(erased.0.clone())).unwrap();
    town.app.ctx.store.erase_resident(&account, of, town.app.ctx.clock.now()).await.unwrap();

    // The list was asked for, and then somebody left: the page that lists them comes later.
    let began = town.app.ctx.clock.now();
    let left = line.act(&leaves, Act::Unfollow).webhook_event_id;
    town.outcome(&left).await;
    let import = FollowerImport::begin(began).after_page(2, None, began);
    let people = [&leaves, &erased].map(|friend| LineUserId::new(friend.0.clone())).to_vec();
    let store = &town.app.ctx.store;
    let stored = store.take_followers(&account, people, None, import, None).await.unwrap();
    // And a list that was asked for a while after somebody had left.
    let later = began.checked_add(jiff::SignedDuration::from_mins(2)).unwrap();
    let import = FollowerImport::begin(later).after_page(1, None, later);
    let people = vec![LineUserId::new(back.0.clone())];
    let other = store.take_followers(&account, people.clone(), None, import.clone(), None).await;
    assert!(matches!(other, Err(StoreError::Conflict)), "{other:?}");
    let stored = store.take_followers(&account, people, Some(stored), import, None).await.unwrap();
    assert_eq!(stored.new, 0);
    assert!(matches!(state(&leaves).await, Some(FollowState::Known { following: false, .. })));
    assert!(matches!(state(&back).await, Some(FollowState::Known { following: true, .. })));
    assert_eq!(state(&erased).await, None, "whoever was erased is not brought back");

    // Through the running server, beside residents who write.
    let (code, told, complaint) = import_here(&town).await;
    assert_eq!(code, Some(0), "{complaint}");
    assert_eq!((&told["seen"], &told["new"]), (&json!(2), &json!(0)), "{told}");
    let entries = town.app.ctx.store.audit_before(u64::MAX, 50).await.unwrap();
    let entry = entries.iter().find(|entry| entry.action.code() == "followers.imported").unwrap();
    assert_eq!(entry.actor.to_string(), "command-line");
    town.verified().await;
    town.still_answers().await;
}

async fn import_here(town: &Town) -> (Option<i32>, Value, String) {
    import(&town.home, &town.simulator).await
}

#[tokio::test]
async fn what_line_does_not_give_is_said_with_what_to_do() {
    let (home, line) = (Home::new(""), simulator(|_| {}).await);
    followers(&line, 3).await;
    line.set_faults(Faults { unverified: true, ..Faults::default() });
    let (code, _, complaint) = import(&home, &line).await;
    assert!(code == Some(2) && complaint.contains("認証済アカウントだけ"), "{complaint}");
    // Too fast now and then: it waits and goes on.
    line.set_faults(Faults { rate_limited: 0.4, ..Faults::default() });
    let mut waited = false;
    for _ in 0..6 {
        let (code, told, complaint) = import(&home, &line).await;
        assert_eq!((code, &told["seen"]), (Some(0), &json!(3)), "{complaint}");
        waited |= complaint.contains("going on in 1 s");
        if waited {
            break;
        }
    }
    assert!(waited, "nothing went wrong");
}
