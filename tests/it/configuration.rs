//! The configuration of the real program: what stops a start, what it says, what it hides.

use std::{
    fs,
    process::{Command, Output},
};

use crate::town::{Home, SECRET, TOKEN};

fn run(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// `todoke serve` with these variables on top, which is expected to stop at once.
fn serve(home: &Home, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = home.command_here(&["serve"]);
    command.envs(variables.iter().copied());
    let (code, stdout, stderr) = run(command);
    assert_eq!(stdout, "", "complaints go to stderr");
    (code, stderr)
}

#[test]
fn an_unknown_variable_stops_the_start_and_is_named() {
    let home = Home::new("");
    for (name, hint) in [
        ("TODOKE_SERVER__LISTN", "server.listen"),
        ("TODOKE_SEVER__LISTEN", "server.listen"),
        ("TODOKE_X__Y", "x.y"),
        ("TODOKE_SERVER__", "TODOKE_SERVER__"),
        ("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRT", "CHANNEL_SECRET"),
        ("TODOKE_ACCOUNT_OTHER__CHANNEL_SECRET", "no account"),
    ] {
        let (code, told) = serve(&home, &[(name, "1")]);
        assert_eq!(code, Some(2), "{name}: {told}");
        assert!(told.contains(name) && told.contains(hint), "{name}: {told}");
    }
}

#[test]
fn variables_that_are_no_configuration_are_ignored() {
    let home = Home::new("");
    let mut command = home.command_here(&["config", "check"]);
    command.envs([
        ("TODOKE_BIN", "x"),
        ("TODOKE_", "x"),
        ("TODOKE", "x"),
        ("OTHER__KEY", "x"),
        ("todoke_x__y", "x"),
    ]);
    let (code, told, complaint) = run(command);
    assert_eq!(code, Some(0), "{told}{complaint}");
}

#[test]
fn a_contradiction_says_what_to_change() {
    let home = Home::new("");
    for (name, value, hint) in [
        ("TODOKE_LINE__RATE_SHARE", "0.0", "above 0"),
        ("TODOKE_INBOX__KEEP_ID_DAYS", "0", "raise keep_id_days"),
        ("TODOKE_RUNNER__CONCURRENCY", "0", "at least 1"),
        ("TODOKE_STORE__MAX_WAITING", "0", "at least 1"),
        ("TODOKE_SERVER__WEBHOOK_MAX_BYTES", "10", "1024"),
        ("TODOKE_SERVER__WEBHOOK_MAX_BYTES", "many", "whole number"),
        ("TODOKE_SERVER__LISTEN", "nowhere", "listen"),
        ("TODOKE_STORE__URL", "postgres://x", "--data"),
        ("TODOKE_SECURITY__MASTER_KEY", "short", "openssl rand -hex 32"),
        ("TODOKE_LOG__LEVEL", "todoke=noisy", "log.level"),
        ("TODOKE_ACCOUNTS__DIR", "/nonexistent", "/nonexistent"),
        ("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET", " ", "TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET"),
        ("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRET_FILE", "/nonexistent", "/nonexistent"),
    ] {
        let (code, told) = serve(&home, &[(name, value)]);
        assert_eq!(code, Some(2), "{name}={value}: {told}");
        assert!(told.contains(hint), "{name}={value}: {told}");
        assert!(
            told.lines().filter(|line| !line.starts_with('{')).count() <= 4,
            "short enough to read: {told}"
        );
    }
    let (code, told) = serve(&Home::new("[server]\nlistn = \"x\"\n"), &[]);
    assert!(code == Some(2) && told.contains("todoke.toml") && told.contains("server.listen"), "{told}");
    let (code, told) = serve(&Home::new("[server\n"), &[]);
    assert!(code == Some(2) && told.contains("todoke.toml"), "{told}");
}

#[test]
fn a_taken_port_and_a_taken_folder_are_named() {
    let home = Home::new("");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, told) = serve(&home, &[("TODOKE_SERVER__LISTEN", &address)]);
    assert!(code == Some(2) && told.contains(&address) && told.contains("server.listen"), "{told}");
    let store = todoke::app::open_to_look(&home.config(&[])).unwrap();
    let (code, told) = serve(&home, &[("TODOKE_SERVER__LISTEN", "127.0.0.1:0")]);
    assert!(code == Some(2) && told.contains("another todoke"), "{told}");
    store.close();
}

#[test]
fn config_check_shows_everything_but_secrets() {
    let home = Home::new("");
    let master = "0f".repeat(32);
    for arguments in [&["config", "check"][..], &["config", "check", "--json"]] {
        let mut command = home.command_here(arguments);
        command.env("TODOKE_SECURITY__MASTER_KEY", &master);
        command.env("TODOKE_ACCOUNT_TODOKE__PREVIOUS_CHANNEL_SECRET", "canary-previous");
        command.env("TODOKE_SERVER__PUBLIC_URL", "https://bot.example");
        let (code, told, complaint) = run(command);
        assert_eq!((code, complaint.as_str()), (Some(0), ""));
        for secret in [SECRET, TOKEN, &master, "canary"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(
            told.contains("***") && told.contains("https://bot.example") && told.contains("試験市"),
            "{told}"
        );
        if arguments.contains(&"--json") {
            let json: serde_json::Value = serde_json::from_str(&told).unwrap();
            assert_eq!(json["accounts"]["todoke"]["channel_secret"], "***");
            assert_eq!(json["settings"]["security"]["master_key"], "***");
        }
    }
}

#[test]
fn config_check_reports_a_problem_with_exit_code_1_and_as_json() {
    let home = Home::new("");
    let mut command = home.command_here(&["config", "check", "--json"]);
    command.env("TODOKE_X__Y", "1");
    let (code, told, _) = run(command);
    assert_eq!(code, Some(1));
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(json["problem"].as_str().unwrap().contains("TODOKE_X__Y"), "{told}");
}

#[test]
fn a_wrong_value_of_a_secret_is_not_repeated() {
    let home = Home::new("");
    for (name, value) in [
        ("TODOKE_SECURITY__MASTER_KEY", "canary-master"),
        ("TODOKE_ACCOUNT_TODOKE__CHANNEL_SECRT", "canary-x"),
    ] {
        let (code, told) = serve(&home, &[(name, value)]);
        assert_eq!(code, Some(2));
        assert!(!told.contains(value), "{told}");
    }
}

#[test]
fn a_wrong_value_of_a_secret_in_a_file_is_not_repeated() {
    for file in [
        "name = \"x\"\nchannel_secret = [\"canary-in-file\"]\n",
        "name = \"x\"\nchannel_secret = \"canary-in-file\n",
    ] {
        let home = Home::new("");
        fs::write(home.path().join("accounts/todoke.toml"), file).unwrap();
        let (code, told) = serve(&home, &[]);
        assert!(code == Some(2) && told.contains("todoke.toml") && !told.contains("canary"), "{told}");
    }
    let (code, told) = serve(&Home::new("[security]\nmaster_key = [\"canary-in-file\"]\n"), &[]);
    assert!(code == Some(2) && !told.contains("canary"), "{told}");
}
