//! The commands: what they print, and how they end.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use serde_json::{Value, json};

use todoke::simulator::Act;

use crate::{
    support::{Town, simulator},
    town::{Home, Server, free_address},
};

fn run(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_command_has_a_help_and_wrong_use_is_2() {
    let home = Home::new("");
    for command in [
        "",
        "serve",
        "demo",
        "healthcheck",
        "config",
        "config check",
        "intents",
        "intents check",
        "intents ask",
        "intents rank",
        "intents eval",
        "intents import",
        "intents export",
        "intents settle",
        "intents schema",
        "store",
        "store verify",
        "segments",
        "segments count",
        "segments list",
        "segments save",
        "segments remove",
        "segments schema",
        "staff",
        "staff add",
        "staff list",
        "audit",
        "audit verify",
        "audit export",
        "completions",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let (code, told, _) = run(home.command(&arguments));
        assert_eq!(code, Some(0), "{command}");
        assert!(told.contains("Usage: todoke"), "{command}: {told}");
    }
    let (code, told, _) = run(home.command(&["--version"]));
    assert!(code == Some(0) && told.starts_with("todoke "), "{told}");
    for wrong in [
        "",
        "fly",
        "serve --fly",
        "serve x",
        "intents",
        "intents ask --account todoke",
        "intents ask 粗大ごみ",
        "intents ask --account TODOKE x",
        "intents rank",
        "intents rank --faq none --queries none",
        "intents rank --faq none --queries none --top 0",
        "intents eval",
        "store",
        "store fly",
        "segments count --account todoke",
        "segments count --account todoke --predicate /nonexistent",
        "segments remove --account todoke --id x --version 1",
        "staff add --account todoke --login a1 --name x",
        "audit verify --known x",
        "completions fly",
        "demo --port 70000",
        "intents check /nonexistent",
        "--config x config check",
    ] {
        let arguments: Vec<&str> = wrong.split_whitespace().collect();
        let (code, told, complaint) = run(home.command(&arguments));
        assert_eq!((code, told.as_str()), (Some(2), ""), "todoke {wrong}: {complaint}");
        assert!(!complaint.is_empty(), "todoke {wrong}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let (code, told, _) = run(home.command(&["completions", shell]));
        assert!(code == Some(0) && told.contains("healthcheck"), "{shell}");
    }
}

#[test]
fn intents_check_warns_of_what_a_copied_folder_forgets() {
    let home = Home::new("");
    let folder = home.path().join("intents/minato");
    fs::rename(home.path().join("intents/todoke"), &folder).unwrap();
    let garbage = fs::read_to_string(folder.join("garbage.yaml")).unwrap();
    fs::write(folder.join("garbage.yaml"), format!("# とどけ市\n{garbage}")).unwrap();
    fs::rename(folder.join("moving.yaml"), folder.join("moving.yml")).unwrap();
    let mut command = home.command(&["intents", "check"]);
    command.arg(&folder);
    let (code, told, _) = run(command);
    assert_eq!(code, Some(0), "warnings stop nothing: {told}");
    for hint in ["minato/garbage.yaml:1:3: warning: \"とどけ市\"", "minato/moving.yml:0:0: warning: "] {
        assert!(told.contains(hint), "{told}");
    }
    assert!(told.contains("rename it to moving.yaml"), "{told}");
}

#[test]
fn intents_check_names_file_line_and_column_of_every_problem() {
    let home = Home::new("");
    let folder = home.path().join("intents/todoke");
    let check = |more: &[&str]| {
        let mut command = home.command(&["intents", "check"]);
        command.arg(&folder).args(more);
        run(command)
    };
    let (code, told, complaint) = check(&[]);
    assert_eq!(code, Some(0), "{told}{complaint}");
    let garbage = fs::read_to_string(folder.join("garbage.yaml")).unwrap();
    fs::write(folder.join("garbage.yaml"), garbage.replace("keywords:", "keyword:")).unwrap();
    let moving = fs::read_to_string(folder.join("moving.yaml")).unwrap();
    fs::write(folder.join("moving.yaml"), moving.replace("id: moving.in", "id: in")).unwrap();
    let (code, told, _) = check(&[]);
    assert_eq!(code, Some(1));
    let place = |file: &str| format!("{}:", folder.join(file).canonicalize().unwrap().display());
    for (file, line) in [("garbage.yaml", "12:5: "), ("moving.yaml", "9:9: ")] {
        assert!(told.contains(&format!("{}{line}", place(file))), "{told}");
    }
    let (code, told, _) = check(&["--json"]);
    assert_eq!(code, Some(1));
    let report: Value = serde_json::from_str(&told).unwrap();
    let problems = report["problems"].as_array().unwrap();
    let keyword = problems.iter().find(|p| p["file"].as_str().unwrap().ends_with("garbage.yaml")).unwrap();
    assert_eq!(
        (&keyword["line"], &keyword["column"], &keyword["severity"]),
        (&12.into(), &5.into(), &"error".into())
    );
    // Without a folder every account's is checked; and nothing can be asked of broken intents.
    assert_eq!(run(home.command_here(&["intents", "check"])).0, Some(1));
    let (code, _, complaint) = run(home.command_here(&["intents", "ask", "--account", "todoke", "転入届"]));
    assert!(code == Some(2) && complaint.contains("garbage.yaml:12:5"), "{complaint}");
}

#[test]
fn ask_prints_one_line_of_json_a_text() {
    let home = Home::new("");
    let file = home.path().join("texts");
    fs::write(&file, "粗大ごみと転入届\n火事です\n宇宙旅行に行きたい\n").unwrap();
    let mut command =
        home.command_here(&["intents", "ask", "--account", "todoke", "--json", "粗大ごみを捨てたい"]);
    command.arg("--file").arg(&file);
    let (code, told, complaint) = run(command);
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    let lines = json_lines(&told);
    let decisions: Vec<&str> = lines.iter().map(|line| line["decision"].as_str().unwrap()).collect();
    assert_eq!(decisions, ["answer", "ask", "safety", "refuse"]);
    assert_eq!((&lines[0]["id"], &lines[2]["id"]), (&"garbage.bulky".into(), &"fire".into()));
    assert!(lines[1]["id"].is_null() && lines[3]["id"].is_null());
    for line in &lines {
        assert!(line["text"].is_string() && line["language"] == "ja", "{line}");
        assert!((0.0..=1.0).contains(&line["confidence"].as_f64().unwrap()), "{line}");
        assert!(!line["why"].as_array().unwrap().is_empty(), "{line}");
        let reply = line["reply"].as_array().unwrap();
        assert!(reply.iter().all(|message| message["type"].is_string()), "{line}");
        // What the command prints is what LINE would take.
        todoke::line::message::read_messages(&line["reply"]).unwrap();
    }
    let (code, told, _) = run(home.command_here(&["intents", "ask", "--account", "todoke", "転入届"]));
    assert!(code == Some(0) && told.contains("moving.in") && told.contains("14日以内"), "{told}");
    let (code, _, complaint) = run(home.command_here(&["intents", "ask", "--account", "other", "転入届"]));
    assert!(code == Some(2) && complaint.contains("todoke"), "the accounts are named: {complaint}");
}

#[test]
fn rank_prints_one_line_of_json_a_query_with_ids_as_they_were() {
    let home = Home::new("");
    let (faq, queries) = (home.path().join("faq.jsonl"), home.path().join("queries.jsonl"));
    fs::write(
        &faq,
        "{\"id\":\"bulky\",\"question\":\"粗大ごみの出し方\",\"answer\":\"予約が必要です\",\"examples\":[\"ソファを捨てたい\"]}\n\
         {\"id\":7,\"question\":\"転入届の出し方\",\"answer\":\"14日以内です\"}\n\n",
    )
    .unwrap();
    fs::write(&queries, "{\"id\":\"q1\",\"text\":\"粗大ごみの出し方\"}\n{\"id\":2,\"text\":\"転入届\",\"more\":1}\n{\"id\":3,\"text\":\"\"}\n").unwrap();
    let rank = |top: &str| {
        let mut command = home.command(&["intents", "rank", "--top", top, "--faq"]);
        command.arg(&faq).arg("--queries").arg(&queries);
        run(command)
    };
    let (code, told, complaint) = rank("10");
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    let lines = json_lines(&told);
    assert_eq!(
        lines.iter().map(|line| &line["id"]).collect::<Vec<_>>(),
        [&Value::from("q1"), &2.into(), &3.into()]
    );
    assert_eq!((&lines[0]["ranked"][0][0], &lines[1]["ranked"][0][0]), (&"bulky".into(), &7.into()));
    for line in &lines {
        assert!(["answer", "ask", "refuse"].contains(&line["decision"].as_str().unwrap()), "{line}");
        assert!((0.0..=1.0).contains(&line["confidence"].as_f64().unwrap()), "{line}");
        let scores: Vec<f64> =
            line["ranked"].as_array().unwrap().iter().map(|pair| pair[1].as_f64().unwrap()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "best first: {line}");
    }
    assert!(json_lines(&rank("1").1).iter().all(|line| line["ranked"].as_array().unwrap().len() <= 1));
    fs::write(&queries, "{\"id\":1,\"text\":\"x\"}\nnonsense\n").unwrap();
    let (code, _, complaint) = rank("10");
    assert!(code == Some(2) && complaint.contains("queries.jsonl:2"), "{complaint}");
}

#[test]
fn eval_prints_its_figures() {
    let home = Home::new("");
    let (code, told, complaint) =
        run(home.command_here(&["intents", "eval", "--account", "todoke", "--json"]));
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&report["figures"]["answerable"], &report["figures"]["unanswerable"]),
        (&2.into(), &1.into())
    );
    for figure in ["top_1", "top_3", "answered", "wrong_with_confidence", "asked", "refused"] {
        assert!((0.0..=1.0).contains(&report["figures"][figure].as_f64().unwrap()), "{figure}: {told}");
    }
    assert_eq!(report["figures"]["top_1"], 1.0);
    assert!(report["misses"].is_array());
    let (code, told, _) = run(home.command_here(&["intents", "eval", "--account", "todoke"]));
    assert!(code == Some(0) && told.contains("ranked first"), "{told}");
}

#[tokio::test]
async fn store_verify_and_healthcheck_work_while_serving_and_while_stopped() {
    let (home, address) = (Home::new(""), free_address());
    let listen = address.to_string();
    let command = |arguments: &[&str]| {
        let mut command = home.command_here(arguments);
        command.env("TODOKE_SERVER__LISTEN", &listen);
        run(command)
    };
    let (code, told, _) = command(&["healthcheck"]);
    assert!(code == Some(1) && told.contains("unreachable") && told.contains("todoke serve"), "{told}");
    let (code, _, complaint) = command(&["store", "verify", "--json"]);
    assert!(code == Some(2) && complaint.contains("there is no store in"), "{complaint}");
    assert!(!home.data().join("master.key").exists(), "a look makes nothing");

    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[]);
    server.ready().await;
    double.act(&double.add_person("住民", "ja"), Act::Image);
    double.idle().await;
    let (code, told, complaint) = command(&["store", "verify", "--json"]);
    assert_eq!(code, Some(0), "{complaint}");
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(report["pending"].as_u64().unwrap() + report["settled"].as_u64().unwrap(), 1, "{told}");
    assert_eq!((command(&["healthcheck"]).0, command(&["healthcheck", "--json"]).0), (Some(0), Some(0)));
    fs::write(home.path().join("intents/todoke/garbage.yaml"), "topic: [").unwrap();
    let degraded = || async { command(&["healthcheck"]).1.starts_with("degraded").then_some(()) };
    crate::support::until("healthcheck tells of the bad edit", degraded).await;
    assert_eq!(command(&["healthcheck"]).0, Some(0), "degraded is no reason to restart a container");
    assert!(server.terminate().await.success());

    let (code, told, _) = command(&["store", "verify"]);
    assert!(code == Some(0) && told.contains("1 settled") && told.contains("0 problems"), "{told}");
    let (code, told, _) = command(&["healthcheck", "--json"]);
    assert_eq!(code, Some(1));
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["status"], "unreachable");
}

#[tokio::test]
async fn a_lost_master_key_is_noticed_and_no_other_is_made_in_its_place() {
    let town = Town::new().await;
    town.answer(&town.friend(), "転入届").await;
    let home = town.stop().await;
    fs::remove_file(home.data().join("master.key")).unwrap();
    let (code, told, complaint) = run(home.command_here(&["store", "verify"]));
    assert_eq!((code, told.as_str()), (Some(2), ""), "{complaint}");
    assert!(complaint.contains("master key"), "{complaint}");
    assert!(!home.data().join("master.key").exists(), "nothing was changed");
    let other = home.data().join("master.key");
    fs::write(&other, "0f".repeat(32)).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    let (code, told, complaint) = run(home.command_here(&["store", "verify"]));
    assert_eq!((code, told.as_str()), (Some(2), ""), "{complaint}");
}

#[tokio::test]
async fn staff_are_added_and_the_audit_is_read_with_and_without_a_server() {
    let home = Home::new("");
    let run = |arguments: &[&str]| {
        let ended = home.command_here(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
    };
    let add = |login: &str, role: &str| {
        run(&["staff", "add", "--account", "todoke", "--login", login, "--name", "花子", "--role", role])
    };
    let (status, url, _) = add("hanako", "administrator");
    assert_eq!(status, 0);
    assert!(url.starts_with("http://127.0.0.1:8080/console/-/invitations/"), "{url}");
    let (status, _, complaint) = add("hanako", "viewer");
    assert!(status == 2 && complaint.contains("taken"), "{complaint}");
    let (status, _, complaint) = add("taro", "mayor");
    assert!(status == 2 && complaint.contains("faq-editor"), "{complaint}");
    let (status, _, complaint) =
        run(&["staff", "add", "--account", "minato", "--login", "a1", "--name", "x", "--role", "viewer"]);
    assert!(status == 2 && complaint.contains("the accounts are todoke"), "{complaint}");

    let simulator = simulator(|_| {}).await;
    let mut server = Server::spawn(&home, free_address(), &simulator.api_base(), &[]);
    server.ready().await;
    assert_eq!(add("taro", "viewer").0, 0, "through the server that holds the store");
    let (status, listed, _) = run(&["staff", "list", "--account", "todoke", "--json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((status, listed["staff"].as_array().unwrap().len()), (0, 2));
    let (status, verified, _) = run(&["audit", "verify", "--json"]);
    let verified: Value = serde_json::from_str(&verified).unwrap();
    assert_eq!((status, &verified["entries"]), (0, &json!(3)), "two people and the files' first revision");
    let end = verified["end"].as_str().unwrap().to_owned();
    let (status, exported, _) = run(&["audit", "export"]);
    assert_eq!((status, exported.lines().count()), (0, 4), "taking it out is an entry too");
    assert!(!exported.contains("花子") && !exported.contains("taro"), "{exported}");
    assert!(server.terminate().await.success());
    assert_eq!(run(&["audit", "verify", "--known", &end]).0, 0);
    let (status, told, _) = run(&["audit", "verify", "--known", &end.replace(':', ":0")]);
    assert!(status == 1 && told.contains("not part of the log"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn segments_are_counted_and_named_with_and_without_a_server() {
    let home = Home::new("");
    let segments = |home: &Home, arguments: &[&str]| {
        let arguments = [&["segments"][..], arguments, &["--account", "todoke", "--json"]].concat();
        let (code, told, complaint) = run(home.command_here(&arguments));
        (code, serde_json::from_str::<Value>(&told).unwrap_or(Value::String(complaint)))
    };
    let wants = r#"{"in": {"attribute": "topics", "of": ["garbage"]}}"#;
    let (code, told) = segments(&home, &["count", "--predicate", wants]);
    assert_eq!(
        (code, &told["residents"], &told["everybody"]),
        (Some(0), &Value::Null, &Value::Null),
        "{told}"
    );
    let path = home.path().join("predicate.json");
    fs::write(&path, wants.replace("garbage", "shoe")).unwrap();
    let (code, told) = segments(&home, &["count", "--predicate", path.to_str().unwrap()]);
    assert_eq!((code, &told["problems"][0]["at"]), (Some(1), &"in.of[0]".into()), "{told}");
    let (code, saved) = segments(&home, &["save", "--name", "ごみの日", "--predicate", wants]);
    assert_eq!((code, &saved["version"]), (Some(0), &1.into()), "{saved}");
    let id = saved["id"].as_str().unwrap();

    let town = Town::in_home(home, |_| {}, &[]).await;
    // Seven people write; none has said anything of themselves.
    for _ in 0..7 {
        town.says(&town.friend(), Act::Text { text: "粗大ごみ".into() }).await;
    }
    let ask = |arguments: &[&str]| segments(&town.home, arguments);
    let (_, told) = ask(&["count", "--predicate", r#"{"not": {"has": "topics"}}"#]);
    assert_eq!((&told["residents"], &told["everybody"]), (&7.into(), &7.into()), "{told}");
    assert_eq!(ask(&["count", "--predicate", wants]).1["residents"], Value::Null, "a few are not shown");
    let rename = ["save", "--name", "ごみ", "--predicate", wants, "--id", id, "--version", "1"];
    assert_eq!(ask(&rename).1["version"], 2);
    let (_, listed) = ask(&["list"]);
    let first = &listed["segments"][0];
    assert_eq!((&first["name"], &first["version"]), (&"ごみ".into(), &2.into()), "{listed}");
    let (code, complaint) = ask(&["remove", "--version", "1", "--id", id]);
    assert!(code == Some(2) && complaint.as_str().unwrap().contains("changed meanwhile"), "{complaint}");
    assert_eq!(ask(&["remove", "--version", "2", "--id", id]).0, Some(0));
    let home = town.stop().await;
    assert_eq!(segments(&home, &["list"]).1["segments"], json!([]));
}

/// A sheet of two columns for the town's intent on bulky garbage.
fn sheet(home: &Home, answer: &str) -> String {
    let path = home.path().join("answers.csv");
    fs::write(&path, format!("id,answer.ja\ngarbage.bulky,{answer}\n")).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sheet_goes_in_as_drafts_and_comes_out_as_published_beside_a_server_and_without_one() {
    let town = Town::new().await;
    let path = sheet(&town.home, "電話で予約");
    let import = |more: &[&str]| {
        let arguments = [&["intents", "import", "--account", "todoke", &path, "--json"], more].concat();
        let (code, told, complaint) = run(town.home.command_here(&arguments));
        (code, serde_json::from_str::<Value>(&told).unwrap_or_else(|_| panic!("{told}{complaint}")))
    };
    let (code, told) = import(&["--dry-run"]);
    assert_eq!(
        (code, &told["changed"], &told["saved"]),
        (Some(0), &1.into(), &serde_json::json!([])),
        "{told}"
    );
    let (code, told) = import(&[]);
    assert_eq!((code, &told["saved"][0][0]), (Some(0), &"garbage.bulky".into()), "{told}");
    sheet(&town.home, "");
    let (code, told) = import(&[]);
    assert_eq!((code, &told["problems"][0]["row"]), (Some(1), &2.into()), "{told}");
    town.still_answers().await;

    let out = town.home.path().join("out.xlsx").display().to_string();
    let export = ["intents", "export", "--account", "todoke", &out];
    let (code, told, complaint) = run(town.home.command_here(&export));
    assert!(code == Some(0) && told.contains("revision 1"), "{told}{complaint}");
    assert!(fs::read(&out).unwrap().starts_with(b"PK"));
    let (code, _, complaint) =
        run(town.home.command_here(&["intents", "settle", "--account", "todoke", "--take", "files"]));
    assert!(code == Some(2) && complaint.contains("nothing to settle"), "{complaint}");

    let home = town.stop().await;
    let out = home.path().join("out").display().to_string();
    let export = ["intents", "export", "--account", "todoke", "--format", "yaml", &out];
    let (code, told, complaint) = run(home.command_here(&export));
    assert_eq!(code, Some(0), "{told}{complaint}");
    assert!(fs::read_to_string(home.path().join("out/garbage.yaml")).unwrap().contains("garbage.bulky"));
    let (code, told, _) = run(home.command_here(&["intents", "import", "--account", "todoke", &path]));
    assert!(code == Some(1) && told.contains("B2: answer has no Japanese; add ja"), "{told}");
    let (code, _, complaint) =
        run(home.command_here(&["intents", "import", "--account", "todoke", "/nonexistent"]));
    assert!(code == Some(2) && complaint.contains("cannot be read"), "{complaint}");
}
