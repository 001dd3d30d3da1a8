//! `todoke groups`: lists in and out, and people who come in with their codes; over HTTP, on a real store, with the real
//! program.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::{Value, json};
use todoke::{
    domain::registration::{Codes, Tap},
    simulator::Act,
};

use crate::{privacy::holding, support::Town, town::Home};

/// Runs `todoke groups …`: how it ended, and what it said on stdout and on stderr.
async fn groups(home: &Home, verb: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = home.command_here(&["groups", verb, "--account", "todoke"]);
    command.args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Writes a file into the town's folder, and gives its name.
fn file(home: &Home, name: &str, bytes: impl AsRef<[u8]>) -> String {
    fs::write(home.path().join(name), bytes).unwrap();
    name.to_owned()
}

/// The list as `export` writes it: cells of rows, without the heading.
async fn exported(home: &Home) -> Vec<Vec<String>> {
    let (code, told, complaint) = groups(home, "export", &["out.csv"]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    let rows = todoke::sheet::read(&fs::read(home.path().join("out.csv")).unwrap()).unwrap();
    assert_eq!(rows[0], ["group", "name", "code", "state", "since"]);
    rows[1..].to_vec()
}

async fn members(home: &Home) -> Value {
    let predicate = json!({"member_of": {"attribute": "member", "of": ["fire-brigade"]}}).to_string();
    let mut command = home.command_here(&["segments", "count", "--account", "todoke", "--json"]);
    command.args(["--predicate", &predicate]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_list_gives_codes_by_which_people_come_in_and_a_new_list_takes_them_off() {
    let town = Town::new().await;
    let (home, friend) = (&town.home, town.friend());
    let people = ["佐藤 花子", "髙橋 一郎", "山田 太郎"];
    let text = format!("name\r\n{}\r\n", people.join("\r\n"));
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(&text);
    let list = file(home, "brigade.csv", &cp932);
    let arguments = ["--group", "fire-brigade", &list];
    let (code, told, _) = groups(home, "import", &[&arguments[..], &["--dry-run"]].concat()).await;
    assert!(
        code == Some(0) && told.contains("+ member=fire-brigade: 髙橋 一郎 (line 3) gets a code"),
        "{told}"
    );
    assert!(exported(home).await.is_empty(), "a dry run changes nothing");
    let (code, told, complaint) = groups(home, "import", &arguments).await;
    assert!(code == Some(2) && complaint.contains("--yes"), "nobody agreed: {told}{complaint}");
    assert!(exported(home).await.is_empty());
    let (code, told, complaint) = groups(home, "import", &[&arguments[..], &["--yes"]].concat()).await;
    assert!(code == Some(0) && told.contains("3 people have a code now"), "{told}{complaint}");
    // The same file again, in another encoding, and the export itself change nothing.
    let again = file(home, "again.csv", format!("\u{feff}{text}"));
    let list = exported(home).await;
    for same in [again.as_str(), "brigade.csv", "out.csv"] {
        let (code, told, _) = groups(home, "import", &["--group", "fire-brigade", same, "--yes"]).await;
        assert!(code == Some(0) && told.starts_with("There is nothing to do: 3 people"), "{told}");
    }
    assert_eq!(exported(home).await, list);

    // Somebody comes in; nobody else does by the same code.
    let code_of = |name: &str| list.iter().find(|row| row[1] == name).unwrap()[2].clone();
    let (sato, yamada) = (code_of("佐藤 花子"), code_of("山田 太郎"));
    let asks = || Act::Postback {
        data: Codes::code(&Tap::Ask("member".parse().unwrap())),
        display_text: None,
        picked: None,
    };
    town.says(&friend, asks()).await;
    let told = town.answer(&friend, &sato.to_lowercase().replace('-', " ").replace('0', "o")).await;
    assert!(told.contains("「消防団」を登録しました"), "{told}");
    let other = town.friend();
    town.says(&other, asks()).await;
    let told = town.answer(&other, &sato).await;
    assert!(told.contains("すでに使われています"), "{told}");
    town.says(&friend, asks()).await;
    let told = town.answer(&friend, &sato).await;
    assert!(told.contains("消防団") && told.contains("登録しました"), "the same resident again: {told}");
    let row = exported(home).await.into_iter().find(|row| row[1] == "佐藤 花子").unwrap();
    assert_eq!((row[0].as_str(), row[2].as_str(), row[3].as_str()), ("fire-brigade", "", "used"));
    let (_, told, _) = groups(home, "list", &["--json"]).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let brigade = told["groups"].as_array().unwrap().iter().find(|group| group["group"] == "fire-brigade");
    let brigade = brigade.unwrap_or_else(|| panic!("{told}"));
    assert_eq!((&brigade["invited"], &brigade["used"]), (&json!(3), &json!(1)));

    // A new list: whoever is not on it leaves, by the code or by having come in with it.
    let list = file(home, "new.csv", "group,name\n消防団,髙橋　一郎\n消防団,鈴木 次郎\n");
    let (code, told, complaint) = groups(home, "import", &[&list, "--replace", "--yes"]).await;
    assert!(
        code == Some(0) && told.contains("1 people have a code now, 2 were taken off"),
        "{told}{complaint}"
    );
    assert!(told.contains("佐藤 花子 came in on") && told.contains("山田 太郎 has not come in"), "{told}");
    // The letter says to send the code: nothing else has to be tapped or said before.
    let suzuki = exported(home).await.into_iter().find(|row| row[1] == "鈴木 次郎").unwrap()[2].clone();
    let (direct, late) = (town.friend(), town.friend());
    let told = town.answer(&direct, &suzuki).await;
    assert!(told.contains("消防団") && told.contains("登録しました"), "{told}");
    let told = town.answer(&late, &suzuki).await;
    assert!(told.contains("すでに使われています"), "{told}");
    for code in [&sato, &yamada] {
        let told = town.answer(&other, code).await;
        assert!(told.contains("使えません"), "{told}");
    }
    let told = town.answer(&friend, "登録内容を見る").await;
    assert!(!told.contains("消防団"), "{told}");
    assert_eq!(members(home).await["residents"], Value::Null, "nobody, which is not shown");

    let entries = town.app.ctx.store.audit_before(u64::MAX, 50).await.unwrap();
    let acts: Vec<String> =
        entries.iter().map(|entry| format!("{} {}", entry.action.code(), entry.actor)).collect();
    assert_eq!(acts.iter().filter(|act| *act == "group.imported command-line").count(), 2, "{acts:?}");
    let report = town.verified().await;
    assert_eq!(report["invited"], 2);
    for secret in people.iter().map(ToString::to_string).chain([yamada.clone(), yamada.replace('-', "")]) {
        assert_eq!(holding(&home.data(), &secret), 0, "{secret}");
    }
}

#[tokio::test]
async fn no_cell_of_a_list_is_a_formula_and_each_comes_back() {
    let home = Home::new("");
    let list = file(&home, "list.csv", "group,name\nfire-brigade,=1+1\nfire-brigade,'=2\n");
    let (code, told, complaint) = groups(&home, "import", &[&list, "--yes"]).await;
    assert_eq!(code, Some(0), "{told}{complaint}");
    let (code, _, _) = groups(&home, "export", &["--encoding", "cp932", "out.csv"]).await;
    assert_eq!(code, Some(0));
    let text = fs::read_to_string(home.path().join("out.csv")).unwrap();
    assert!(text.lines().skip(1).all(|line| line.contains(",'=")), "no cell is a formula: {text}");
    let (code, told, _) = groups(&home, "import", &["out.csv", "--yes"]).await;
    assert!(code == Some(0) && told.starts_with("There is nothing to do"), "{told}");
    let (code, _, complaint) = groups(&home, "export", &["--group", "other", "x.csv"]).await;
    assert!(code == Some(2) && complaint.contains("`todoke groups list`"), "{complaint}");
}

#[tokio::test]
async fn every_problem_is_told_and_nothing_is_changed() {
    let home = Home::new("");
    let list =
        file(&home, "list.csv", "group,name,code\nfire-brigade,佐藤,\nfire-brigade,佐藤,\nsea,山田,X\n");
    for more in [&["--dry-run"][..], &["--yes"], &["--yes", "--replace"]] {
        let (code, told, _) = groups(&home, "import", &[&[list.as_str()], more].concat()).await;
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("list.csv: line 3, name: the name stands in line 2 too"), "{told}");
        assert!(told.contains("list.csv: line 4, group: there is no such group"), "{told}");
        assert!(told.ends_with("Nothing was changed.\n"), "{told}");
    }
    assert!(exported(&home).await.is_empty());
    let broken = file(&home, "broken.csv", b"\xff\xfe\xfd");
    let (code, _, complaint) = groups(&home, "import", &[&broken, "--yes"]).await;
    assert!(code == Some(2) && complaint.contains("CSV UTF-8"), "{complaint}");
}

#[tokio::test]
async fn killed_at_any_place_the_list_is_the_old_or_the_new_one() {
    let home = Home::new("");
    let people: String = (0..3_000).map(|number| format!("fire-brigade,団員{number}\n")).collect();
    let list = file(&home, "list.csv", format!("group,name\n{people}"));
    let mut whole = 0;
    for round in 0..4_u32 {
        let mut command = home.command_here(&["groups", "import", "--account", "todoke", &list, "--yes"]);
        let killed = tokio::task::spawn_blocking(move || {
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // The plan is told, and the change begins; a little later every time.
            let _ = lines.nth(usize::try_from(round).unwrap() * 1_000);
            // SIGKILL.
            child.kill().unwrap();
            child.wait().unwrap()
        });
        killed.await.unwrap();
        let people = exported(&home).await.len();
        assert!(people == 0 || people == 3_000, "{people}");
        whole += usize::from(people > 0);
    }
    let (code, told, complaint) = groups(&home, "import", &[&list, "--yes"]).await;
    assert_eq!(code, Some(0), "{complaint}");
    assert!(whole > 0 || told.contains("3000 people have a code now"), "{told}");
    assert_eq!(exported(&home).await.len(), 3_000);
    let (_, told, _) = groups(&home, "import", &[&list, "--yes"]).await;
    assert!(told.starts_with("There is nothing to do: 3000 people"), "{told}");
}
