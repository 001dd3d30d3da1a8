//! Rich menus for a segment: `todoke richmenu sync` gives them to residents and takes them away, 500 a call, broken off
//! anywhere; with the real program, against a double of LINE.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use todoke::{
    domain::{
        profile::{Field, Slot, Value as Profiled, Wish},
        registration::{Codes, Tap},
    },
    simulator::{Act, Delivery, Faults, FriendId, Simulator},
};

use crate::{
    support::{Town, simulator, until},
    town::Home,
};

/// A town with the sample city's menus, and one for families.
fn home() -> Home {
    let home = Home::new("");
    fs::create_dir_all(folder(&home)).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/menus/todoke");
    for entry in fs::read_dir(sample).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), folder(&home).join(entry.file_name())).unwrap();
    }
    add(&home, "families", "子育て世帯");
    home
}

fn folder(home: &Home) -> PathBuf {
    home.path().join("config/menus/todoke")
}

/// A menu for a segment: the English one under another name.
fn add(home: &Home, alias: &str, segment: &str) {
    let text = fs::read_to_string(folder(home).join("main-en.toml")).unwrap();
    let text = text.replacen("name = \"", &format!("name = \"{alias} "), 1);
    fs::write(folder(home).join(format!("{alias}.toml")), format!("for = \"{segment}\"\n{text}")).unwrap();
}

fn command(home: &Home, line: &Simulator, arguments: &[&str]) -> Command {
    let mut command = home.command_here(arguments);
    command.env("TODOKE_LINE__API_BASE", line.api_base());
    command.env("TODOKE_LINE__DATA_API_BASE", line.api_base());
    command
}

async fn run(home: &Home, line: &Simulator, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = command(home, line, arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const SYNC: [&str; 5] = ["richmenu", "sync", "--account", "todoke", "--yes"];

async fn sync(home: &Home, line: &Simulator, more: &[&str]) -> (Option<i32>, String, String) {
    run(home, line, &[&SYNC[..], more].concat()).await
}

/// Names a segment, or changes the one of that name.
async fn segment(home: &Home, line: &Simulator, name: &str, predicate: &Value) {
    let (_, told, _) = run(home, line, &["segments", "list", "--account", "todoke", "--json"]).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let known = told["segments"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    let predicate = predicate.to_string();
    let mut arguments =
        vec!["segments", "save", "--account", "todoke", "--name", name, "--predicate", &predicate];
    let seen = known.map(|one| (one["id"].as_str().unwrap().to_owned(), one["version"].to_string()));
    if let Some((id, version)) = &seen {
        arguments.extend(["--id", id, "--version", version]);
    }
    let (code, told, complaint) = run(home, line, &arguments).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
}

/// People who follow and whom todoke knows.
async fn residents(home: &Home, line: &Simulator, many: usize) -> Vec<FriendId> {
    let friends: Vec<FriendId> = (0..many).map(|_| line.add_person("住民", "ja")).collect();
    let acts = friends.iter().map(|friend| (friend.clone(), Act::Follow)).collect();
    line.act_together(acts, Delivery::Once);
    line.idle().await;
    let (code, told, complaint) = run(home, line, &["followers", "import", "--account", "todoke"]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    friends
}

/// The name of the menu that somebody sees.
fn seen(line: &Simulator, friend: &FriendId) -> String {
    line.menu_of(friend).map(|(_, kept)| kept.menu.name().to_owned()).unwrap_or_default()
}

fn count(line: &Simulator, friends: &[FriendId], alias: &str) -> usize {
    friends.iter().filter(|friend| seen(line, friend).starts_with(&format!("todoke:{alias}:"))).count()
}

#[tokio::test]
async fn a_segment_gets_its_menu_and_a_repeat_makes_no_call() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let friends = residents(&home, &line, 601).await;
    let (code, told, _) = sync(&home, &line, &[]).await;
    assert!(code == Some(1) && told.contains("子育て世帯"), "{told}");
    assert!(told.contains("which does not exist") && line.menu_changes() == 0, "{told}");

    segment(&home, &line, "子育て世帯", &json!({"following": true})).await;
    let plan = run(&home, &line, &["richmenu", "sync", "--account", "todoke", "--dry-run"]).await.1;
    assert!(plan.contains("give families to 601 residents of the segment 「子育て世帯」"), "{plan}");
    assert_eq!(line.menu_changes(), 0, "a dry run changes nothing");
    let (code, told, complaint) = sync(&home, &line, &[]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    // Three menus with pictures and aliases, the default, two calls for 601 residents.
    assert_eq!((line.menu_changes(), count(&line, &friends, "families")), (12, 601), "{told}");
    let (code, told, _) = sync(&home, &line, &[]).await;
    assert!(code == Some(0) && told.starts_with("There is nothing to do"), "{told}");
    assert_eq!(line.menu_changes(), 12);

    // A changed menu: nobody sees the default in between.
    let file = folder(&home).join("families.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("name = \"", "name = \"新", 1)).unwrap();
    let (code, told, complaint) = sync(&home, &line, &[]).await;
    assert!(code == Some(0) && told.contains("give families to 601"), "{told}{complaint}");
    assert!(
        friends.iter().all(|friend| seen(&line, friend).contains("新families")),
        "{}",
        seen(&line, &friends[0])
    );

    // Nobody is in it any more; and a menu whose file goes needs no call for anybody.
    segment(&home, &line, "子育て世帯", &json!({"has": "children"})).await;
    let before = line.menu_changes();
    let (code, told, complaint) = sync(&home, &line, &[]).await;
    assert!(code == Some(0) && told.contains("let 601 residents see the default again"), "{told}{complaint}");
    assert_eq!((line.menu_changes() - before, count(&line, &friends, "main")), (2, 601));
    segment(&home, &line, "子育て世帯", &json!({"following": true})).await;
    assert_eq!(sync(&home, &line, &[]).await.0, Some(0));
    fs::remove_file(file).unwrap();
    let before = line.menu_changes();
    let (code, told, complaint) = sync(&home, &line, &[]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    assert_eq!((line.menu_changes() - before, count(&line, &friends, "main")), (2, 601), "{told}");
    let (_, told, _) = run(&home, &line, &["audit", "export"]).await;
    let arranged = told.lines().filter(|entry| entry.contains("\"menu.arranged\"")).collect::<Vec<_>>();
    assert_eq!(arranged.len(), 5, "{arranged:?}");
    assert!(arranged.iter().all(|entry| entry.contains("\"command-line\"")), "{arranged:?}");
}

#[tokio::test]
async fn killed_after_any_call_it_goes_on_and_makes_at_most_that_call_again() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let friends = residents(&home, &line, 1_101).await;
    segment(&home, &line, "子育て世帯", &json!({"following": false})).await;
    assert_eq!(sync(&home, &line, &[]).await.0, Some(0));
    // Everybody gets it, three calls; then nobody has it, three calls. Each time LINE has done the first call, or the
    // second one after that, and nothing of it is noted here when the process is killed.
    for (predicate, alias) in
        [(json!({"following": true}), "families"), (json!({"following": false}), "main")]
    {
        segment(&home, &line, "子育て世帯", &predicate).await;
        let before = line.menu_changes();
        for calls in [1, 2, 2] {
            let last = line.menu_changes() + calls;
            line.set_faults(Faults { silent_after: Some(last), ..Faults::default() });
            let mut child =
                command(&home, &line, &SYNC).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            until("the call took effect", || async { (line.menu_changes() >= last).then_some(()) }).await;
            // SIGKILL.
            child.kill().unwrap();
            child.wait().unwrap();
            line.set_faults(Faults::default());
        }
        let (code, told, complaint) = sync(&home, &line, &[]).await;
        assert_eq!(code, Some(0), "{told}{complaint}");
        assert_eq!(count(&line, &friends, alias), 1_101);
        // Of the calls that were broken off each was made once again: three besides the three that were needed.
        assert_eq!(line.menu_changes() - before, 6);
        let now = line.menu_changes();
        assert!(sync(&home, &line, &[]).await.1.starts_with("There is nothing to do"));
        assert_eq!(line.menu_changes(), now);
    }
}

#[tokio::test]
async fn of_several_menus_the_first_counts_and_whoever_leaves_loses_it_through_the_running_server() {
    let town = Town::in_home(home(), |_| {}, &[]).await;
    let (home, line) = (&town.home, &town.simulator);
    let friends: Vec<FriendId> = (0..12).map(|_| town.friend()).collect();
    for friend in &friends {
        town.says(friend, Act::Follow).await;
    }
    for friend in &friends[..6] {
        town.answer(friend, "登録したい").await;
        let taxes = Field("topics".parse().unwrap(), Slot::Named("taxes".parse().unwrap()));
        let data = Codes::code(&Tap::Say(taxes, Profiled::Wanted(Wish::default())));
        town.says(friend, Act::Postback { data, display_text: None, picked: None }).await;
    }
    // By the names of files: all before families.
    add(home, "all", "全員");
    segment(home, line, "全員", &json!({"has": "topics"})).await;
    segment(home, line, "子育て世帯", &json!({"following": true})).await;
    let (code, told, complaint) = sync(home, line, &[]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    assert!(
        told.contains("give all to 6 residents") && told.contains("give families to 6 residents"),
        "{told}"
    );
    assert_eq!((count(line, &friends[..6], "all"), count(line, &friends[6..], "families")), (6, 6));

    let left = line.act(&friends[7], Act::Unfollow).webhook_event_id;
    town.outcome(&left).await;
    let (code, told, complaint) = sync(home, line, &[]).await;
    assert!(code == Some(0) && told.contains("let fewer than 5 (not shown) residents"), "{told}{complaint}");
    assert_eq!(count(line, &friends, "families"), 5);

    line.set_faults(Faults { rate_limited: 1.0, ..Faults::default() });
    let (code, _, complaint) = sync(home, line, &[]).await;
    assert!(code == Some(2) && complaint.contains("rate limit"), "{complaint}");
    line.set_faults(Faults::default());
    town.verified().await;
    town.still_answers().await;
}
