//! `todoke richmenu`: from files to LINE, twice, broken off anywhere, beside menus that others have made.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use todoke::{
    app,
    domain::{id::LineUserId, menu::MenuId, settlement::Outcome},
    journeys::arrange_menus::{self, Found},
    menus::{MOST_LINKED, RichMenus},
    messenger::SendError,
    simulator::{Act, Faults, FriendId, Simulator},
};

use crate::{
    support::{Town, simulator, until},
    town::{Home, TOKEN},
};

/// A town with the sample city's own menus.
fn home() -> Home {
    let home = Home::new("");
    let folder = home.path().join("config/menus/todoke");
    fs::create_dir_all(&folder).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/menus/todoke");
    for file in fs::read_dir(sample).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    home
}

fn file(home: &Home, name: &str) -> std::path::PathBuf {
    home.path().join("config/menus/todoke").join(name)
}

fn change(home: &Home, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(file(home, name)).unwrap();
    assert!(text.contains(from), "{name}");
    fs::write(file(home, name), text.replace(from, to)).unwrap();
}

fn command(home: &Home, line: &Simulator, arguments: &[&str]) -> Command {
    let mut command = home.command_here(&["richmenu", "sync", "--account", "todoke"]);
    command.args(arguments);
    command.env("TODOKE_LINE__API_BASE", line.api_base());
    command.env("TODOKE_LINE__DATA_API_BASE", line.api_base());
    command
}

/// Runs the command: how it ended, and what it said on stdout and on stderr.
async fn sync(home: &Home, line: &Simulator, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = command(home, line, arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What the channel has now, as the program itself sees it.
async fn found(home: &Home, line: &Simulator) -> Found {
    let menus = client(home, line);
    arrange_menus::look(&*menus, &"todoke".parse().unwrap(), &[]).await.unwrap().found
}

fn client(home: &Home, line: &Simulator) -> Box<dyn RichMenus> {
    let mut config = home.config(&[]);
    config.settings.line.api_base = line.api_base();
    config.settings.line.data_api_base = line.api_base();
    Box::new(app::rich_menus(&config).unwrap())
}

/// What somebody else's program does with the channel.
async fn foreign(line: &Simulator, path: &str, body: &Value) -> Value {
    let request = reqwest::Client::new().post(format!("{}{path}", line.api_base())).bearer_auth(TOKEN);
    let answer = request.json(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}");
    answer.json().await.unwrap()
}

/// A menu with its picture that somebody else has made.
async fn foreign_menu(line: &Simulator, name: &str) -> String {
    let menu = json!({
        "size": { "width": 2_500, "height": 1_686 }, "selected": false, "name": name, "chatBarText": "m",
        "areas": [{
            "bounds": { "x": 0, "y": 0, "width": 10, "height": 10 },
            "action": { "type": "uri", "label": "l", "uri": "https://city.example" },
        }],
    });
    let made = foreign(line, "/v2/bot/richmenu", &menu).await;
    let id = made["richMenuId"].as_str().unwrap().to_owned();
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/menus/todoke/main.png");
    let request = reqwest::Client::new()
        .post(format!("{}/v2/bot/richmenu/{id}/content", line.api_base()))
        .bearer_auth(TOKEN)
        .header("content-type", "image/png");
    assert!(request.body(fs::read(picture).unwrap()).send().await.unwrap().status().is_success());
    id
}

/// The texts of a resident's menu, if its picture is there.
fn seen(line: &Simulator, friend: &FriendId) -> Option<Vec<String>> {
    let (_, kept) = line.menu_of(friend)?;
    kept.image.as_ref()?;
    Some(kept.menu.areas().iter().map(|area| area.action.label().to_owned()).collect())
}

#[tokio::test]
async fn a_plan_is_shown_carried_out_and_then_there_is_nothing_to_do() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let friend = line.add_person("住民", "ja");

    let (code, told, _) = sync(&home, &line, &["--dry-run"]).await;
    assert!(code == Some(0) && told.contains("7. show main to residents by default"), "{told}");
    assert_eq!((line.menu_changes(), seen(&line, &friend)), (0, None), "a dry run changes nothing");

    let (code, told, complaint) = sync(&home, &line, &[]).await;
    assert_eq!((code, line.menu_changes()), (Some(2), 0), "nobody agreed: {told}{complaint}");
    assert!(complaint.contains("--yes"), "{complaint}");

    let (code, told, complaint) = sync(&home, &line, &["--yes"]).await;
    assert!(code == Some(0) && told.ends_with("as the files want them.\n"), "{told}{complaint}");
    assert_eq!(line.menu_changes(), 7);
    assert!(seen(&line, &friend).unwrap().contains(&"ごみ".to_owned()));

    let (code, told, _) = sync(&home, &line, &["--yes"]).await;
    assert!(code == Some(0) && told.starts_with("There is nothing to do"), "{told}");
    let (code, told, _) = sync(&home, &line, &["--yes", "--json"]).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told["steps"], line.menu_changes()), (Some(0), &json!([]), 7));
}

#[tokio::test]
async fn an_answer_at_the_keyboard_decides() {
    let (home, line) = (home(), simulator(|_| {}).await);
    for (answer, changes) in [("n\n", 0), ("\n", 0), ("y\n", 7)] {
        let mut command = command(&home, &line, &[]);
        let status = tokio::task::spawn_blocking(move || {
            use std::io::Write;
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
            child.wait().unwrap()
        });
        assert!(status.await.unwrap().success(), "{answer:?}");
        assert_eq!(line.menu_changes(), changes, "{answer:?}");
    }
}

#[tokio::test]
async fn killed_after_any_call_it_goes_on_and_residents_never_lose_the_menu() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let friend = line.add_person("住民", "ja");
    assert_eq!(sync(&home, &line, &["--yes"]).await.0, Some(0));
    // Two menus made and pictured, two aliases and the default led over, two deleted.
    let calls = 9;
    for call in 1..=calls {
        change(&home, "main.toml", "name = \"", "name = \"新");
        change(&home, "main-en.toml", "name = \"", "name = \"新");
        let last = line.menu_changes() + call;
        line.set_faults(Faults { silent_after: Some(last), ..Faults::default() });
        let mut child =
            command(&home, &line, &["--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the call took effect", || async { (line.menu_changes() >= last).then_some(()) }).await;
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(seen(&line, &friend).is_some(), "no menu after call {call}");
        line.set_faults(Faults::default());

        let (code, told, complaint) = sync(&home, &line, &["--yes"]).await;
        assert_eq!(code, Some(0), "after call {call}: {told}{complaint}");
        let found = found(&home, &line).await;
        assert_eq!((found.ours.len(), found.aliases.len()), (2, 2), "after call {call}: {found:?}");
        let default = found.default.unwrap();
        assert!(found.aliases.iter().any(|alias| alias.alias == "main" && alias.menu == default));
        let names: Vec<String> =
            found.aliases.iter().map(|alias| line.menu(&alias.menu.0).unwrap().menu.name().into()).collect();
        let newest = "新".repeat(usize::try_from(call).unwrap());
        assert!(names.iter().all(|name| name.contains(&format!(" {newest}と"))), "{names:?}");
        assert_eq!(line.menu_changes() - last, calls - call, "nothing is done twice after call {call}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_menu_that_is_left_behind() {
    let (home, line) = (home(), simulator(|_| {}).await);
    line.set_faults(Faults { error_after: 0.3, cut_after: 0.1, ..Faults::default() });
    let mut tries = 0;
    while sync(&home, &line, &["--yes"]).await.0 != Some(0) {
        tries += 1;
        assert!(tries < 200, "it never ends");
    }
    assert!(tries > 0, "nothing went wrong");
    line.set_faults(Faults::default());
    let found = found(&home, &line).await;
    assert_eq!((found.ours.len(), found.aliases.len()), (2, 2), "{found:?}");
}

#[tokio::test]
async fn what_others_have_made_stays_and_what_is_ours_goes_when_its_file_goes() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let friend = line.add_person("住民", "ja");
    let theirs = foreign_menu(&line, "todoke: by hand").await;
    let alias = json!({ "richMenuAliasId": "theirs", "richMenuId": theirs });
    foreign(&line, "/v2/bot/richmenu/alias", &alias).await;
    foreign(&line, &format!("/v2/bot/user/all/richmenu/{theirs}"), &json!({})).await;

    let (code, told, _) = sync(&home, &line, &["--yes"]).await;
    assert!(code == Some(0) && told.contains("1 menus that todoke has not made stay"), "{told}");
    assert!(told.contains("Residents see another menu now"), "{told}");
    assert!(seen(&line, &friend).unwrap().contains(&"ごみ".to_owned()));

    for name in ["main.toml", "main-en.toml"] {
        fs::remove_file(file(&home, name)).unwrap();
    }
    let (code, told, _) = sync(&home, &line, &["--yes"]).await;
    assert!(code == Some(0) && told.contains("show no menu by default"), "{told}");
    let found = found(&home, &line).await;
    assert_eq!((found.ours.len(), found.foreign), (0, vec![MenuId(theirs.clone())]));
    assert_eq!(found.aliases.iter().map(|alias| alias.alias.as_str()).collect::<Vec<_>>(), ["theirs"]);
    assert!(line.menu(&theirs).unwrap().image.is_some());
}

#[tokio::test]
async fn what_line_would_refuse_is_told_before_anything_is_changed() {
    let (home, line) = (home(), simulator(|_| {}).await);
    let theirs = foreign_menu(&line, "by hand").await;
    let alias = json!({ "richMenuAliasId": "main", "richMenuId": theirs });
    foreign(&line, "/v2/bot/richmenu/alias", &alias).await;
    let before = line.menu_changes();
    let (code, told, _) = sync(&home, &line, &["--yes"]).await;
    assert!(
        code == Some(1) && told.contains("alias main leads to a menu that todoke has not made"),
        "{told}"
    );

    let (code, told, _) = {
        change(&home, "main.toml", "switches_to = \"main-en\"", "switches_to = \"other\"");
        sync(&home, &line, &["--yes"]).await
    };
    let place = "main.toml:21: there is no menu \"other\"; the menus of this folder are main, main-en";
    assert!(code == Some(1) && told.contains(place), "{told}");

    line.set_faults(Faults { rate_limited: 1.0, ..Faults::default() });
    change(&home, "main.toml", "switches_to = \"other\"", "switches_to = \"main-en\"");
    let (code, _, complaint) = sync(&home, &line, &["--yes"]).await;
    assert!(code == Some(2) && complaint.contains("rate limit"), "{complaint}");
    assert_eq!(line.menu_changes(), before);

    let mut command = home.command_here(&["richmenu", "sync", "--account", "minato", "--yes"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && complaint.contains("the accounts are todoke"), "{complaint}");
}

#[tokio::test]
async fn lines_refusals_are_told_apart_and_pictures_go_to_lines_other_host() {
    let (home, line, files) = (home(), simulator(|_| {}).await, simulator(|_| {}).await);
    let account = "todoke".parse().unwrap();
    let config = home.config(&[]);
    let folder = home.path().join("config/menus");
    let (wanted, problems) = todoke::config::menus::load(&folder, &account).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let (menus, main) = (client(&home, &line), &wanted[0]);
    let id = menus.create(&account, &main.menu, "by hand").await.unwrap();
    let refused = |result: Result<(), SendError>, hint: &str| match result {
        Err(SendError::Refused { status: 400, message }) => assert!(message.contains(hint), "{message}"),
        other => panic!("{hint}: {other:?}"),
    };
    refused(menus.set_default(&account, &id).await, "must upload richmenu image");
    assert!(!menus.has_image(&account, &id).await.unwrap());
    menus.upload(&account, &id, &main.image).await.unwrap();
    assert!(menus.has_image(&account, &id).await.unwrap());
    refused(menus.upload(&account, &id, &main.image).await, "already been uploaded");
    menus.create_alias(&account, &main.alias, &id).await.unwrap();
    refused(menus.create_alias(&account, &main.alias, &id).await, "conflict");
    let none = MenuId("richmenu-none".into());
    refused(menus.update_alias(&account, &main.alias, &none).await, "not found");
    assert!(matches!(menus.set_default(&account, &none).await, Err(SendError::Gone)));
    assert!(matches!(menus.delete(&account, &none).await, Err(SendError::Gone)));
    assert!(matches!(menus.delete_alias(&account, &"none".parse().unwrap()).await, Err(SendError::Gone)));

    let mut elsewhere = config;
    elsewhere.settings.line.api_base = line.api_base();
    elsewhere.settings.line.data_api_base = files.api_base();
    let split = app::rich_menus(&elsewhere).unwrap();
    let upload = split.upload(&account, &id, &main.image).await;
    assert!(matches!(upload, Err(SendError::Gone)), "the other host does not know the menu: {upload:?}");
}

#[tokio::test]
async fn a_tab_leads_to_the_other_menu_and_is_not_answered() {
    let town = Town::in_home(home(), |_| {}, &[]).await;
    let friend = town.friend();
    assert_eq!(sync(&town.home, &town.simulator, &["--yes"]).await.0, Some(0));
    let greeted = town.simulator.act(&friend, Act::Follow).webhook_event_id;
    assert_eq!(town.outcome(&greeted).await, Outcome::Replied);

    let switch = |alias: &str| town.simulator.act(&friend, Act::SwitchMenu { alias: alias.into() });
    let tapped = switch("main-en").webhook_event_id;
    assert_eq!(town.outcome(&tapped).await, Outcome::NoReplyDue);
    assert!(seen(&town.simulator, &friend).unwrap().contains(&"Garbage".to_owned()));
    let tapped = switch("none").webhook_event_id;
    assert_eq!(town.outcome(&tapped).await, Outcome::NoReplyDue);
    assert!(seen(&town.simulator, &friend).unwrap().contains(&"Garbage".to_owned()), "it stays");

    // A changed menu: whoever had the old one sees the default until they tap again.
    change(&town.home, "main-en.toml", "name = \"", "name = \"新");
    assert_eq!(sync(&town.home, &town.simulator, &["--yes"]).await.0, Some(0));
    assert!(seen(&town.simulator, &friend).unwrap().contains(&"ごみ".to_owned()));
}

#[tokio::test]
async fn residents_are_linked_500_a_call() {
    let (home, line) = (home(), simulator(|_| {}).await);
    assert_eq!(sync(&home, &line, &["--yes"]).await.0, Some(0));
    let friends: Vec<FriendId> = (0..=MOST_LINKED).map(|_| line.add_person("住民", "ja")).collect();
    let english = found(&home, &line).await.aliases.into_iter().find(|one| one.alias == "main-en").unwrap();
    let ids: Vec<LineUserId> = friends.iter().map(|friend| LineUserId::new(friend.0.clone())).collect();
    let before = line.menu_changes();
    client(&home, &line).link(&"todoke".parse().unwrap(), &english.menu, &ids).await.unwrap();
    assert_eq!(line.menu_changes() - before, 2);
    assert!(friends.iter().all(|one| seen(&line, one).unwrap().contains(&"Garbage".to_owned())));
}
