//! Edited intents: in use within a moment, or not at all.

use std::fs;

use serde_json::Value;

use crate::{
    support::{Town, until},
    town::Home,
};

impl Town {
    async fn readiness(&self) -> (u16, Value) {
        let answer = self.http.get(self.url("/readyz")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn until_status(&self, status: &str) -> Value {
        let look = || async {
            let (code, told) = self.readiness().await;
            assert_eq!(code, 200, "{told}");
            (told["status"] == status).then_some(told)
        };
        until(&format!("/readyz says {status}"), look).await
    }

    async fn until_answer(&self, text: &str, part: &str) {
        let friend = self.friend();
        let look = || async { self.answer(&friend, text).await.contains(part).then_some(()) };
        until(&format!("{text} is answered with {part}"), look).await;
    }

    fn intents(&self, file: &str) -> std::path::PathBuf {
        self.home.path().join("intents/todoke").join(file)
    }
}

#[tokio::test]
async fn an_edit_changes_the_answer_a_bad_one_does_not_and_mending_it_clears_the_finding() {
    let town = Town::new().await;
    let file = town.intents("garbage.yaml");
    let sound = fs::read_to_string(&file).unwrap();
    assert_eq!(town.readiness().await.1["status"], "ok");
    town.until_answer("粗大ごみを捨てたい", "予約が必要です").await;

    // As editors save: beside, then over.
    let edited = sound.replace("予約が必要です", "シールが必要です");
    fs::write(town.intents(".garbage.yaml.swp"), &edited).unwrap();
    fs::rename(town.intents(".garbage.yaml.swp"), &file).unwrap();
    town.until_answer("粗大ごみを捨てたい", "シールが必要です").await;

    fs::write(&file, edited.replace("シールが", "予約が").replace("keywords:", "keyword:")).unwrap();
    let told = town.until_status("degraded").await;
    let finding = &told["findings"]["intents.todoke"];
    let reason = finding["reason"].as_str().unwrap();
    assert!(reason.contains("garbage.yaml:12:") && reason.contains("keyword"), "{reason}");
    assert!(finding["remedy"].as_str().unwrap().contains("intents check"), "{finding}");
    town.until_answer("粗大ごみを捨てたい", "シールが必要です").await;

    fs::write(&file, &sound).unwrap();
    let told = town.until_status("ok").await;
    assert_eq!(told["findings"], serde_json::json!({}));
    town.until_answer("粗大ごみを捨てたい", "予約が必要です").await;
}

#[tokio::test]
async fn the_finding_names_the_error_and_not_a_warning_of_an_earlier_file() {
    let town = Town::new().await;
    let safety = fs::read_to_string(town.intents("_safety.yaml")).unwrap();
    fs::write(town.intents("_safety.yaml"), safety.replace("tl:", "# tl:")).unwrap();
    let moving = fs::read_to_string(town.intents("moving.yaml")).unwrap();
    fs::write(town.intents("moving.yaml"), moving.replace("id: moving.in", "id: in")).unwrap();
    let told = town.until_status("degraded").await;
    let reason = told["findings"]["intents.todoke"]["reason"].as_str().unwrap();
    assert!(reason.contains("moving.yaml:9:9"), "{reason}");
}

#[tokio::test]
async fn a_new_topic_is_in_use_and_one_that_goes_is_forgotten() {
    let town = Town::new().await;
    let topic = fs::read_to_string(town.intents("moving.yaml")).unwrap();
    let new = topic.replace("moving", "pools").replace("転入届", "市民プール").replace("引越し", "プール");
    fs::write(town.intents("pools.yaml"), new).unwrap();
    town.until_answer("市民プール", "市民プールは14日以内").await;
    fs::remove_file(town.intents("pools.yaml")).unwrap();
    town.until_answer("市民プール", "わかりませんでした").await;
    town.until_answer("転入届", "転入届は14日以内").await;
}

#[tokio::test]
async fn a_folder_that_goes_keeps_the_answers_and_one_that_comes_back_is_read() {
    let town = Town::new().await;
    let (folder, aside) = (town.home.path().join("intents/todoke"), town.home.path().join("aside"));
    fs::rename(&folder, &aside).unwrap();
    let told = town.until_status("degraded").await;
    assert!(
        told["findings"]["intents.todoke"]["reason"].as_str().unwrap().contains("intents/todoke"),
        "{told}"
    );
    town.still_answers().await;
    fs::rename(&aside, &folder).unwrap();
    town.until_status("ok").await;
    town.still_answers().await;
}

#[tokio::test]
async fn a_slip_in_a_topic_at_the_start_never_silences_the_safety_replies() {
    let home = Home::new("");
    let file = home.path().join("intents/todoke/garbage.yaml");
    let broken = fs::read_to_string(&file).unwrap().replace("keywords:", "keyword:");
    fs::write(&file, broken).unwrap();
    let town = Town::in_home(home, |_| {}, &[]).await;
    let told = town.until_status("degraded").await;
    let reason = told["findings"]["intents.todoke"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("only safety and fixed replies are in use"), "{reason}");
    town.until_answer("火事です", "119").await;
}

#[tokio::test]
async fn safety_replies_that_go_missing_are_kept_in_use() {
    let town = Town::new().await;
    let safety = town.intents("_safety.yaml");
    let sound = fs::read_to_string(&safety).unwrap();
    fs::remove_file(&safety).unwrap();
    let told = town.until_status("degraded").await;
    let reason = told["findings"]["intents.todoke"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("_safety.yaml is gone"), "{reason}");
    town.until_answer("火事です", "119").await;
    fs::write(&safety, sound).unwrap();
    town.until_status("ok").await;
}
