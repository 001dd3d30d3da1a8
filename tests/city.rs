//! The sample city: what it answers, what it leaves alone, and whom it sends to help at once.
//!
//! The figures are floors. The questions are those of `intents/todoke/questions.jsonl`; the messages of
//! people in danger and the ordinary ones that only sound like it stand in `tests/fixtures/safety`.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

use serde::{Deserialize, de::DeserializeOwned};
use todoke::{
    config::menus,
    content::{Shelf, files::FolderShelf},
    domain::{id::IntentId, language::Language, menu::MenuAction, message::Action, time::Clock},
    intent::{
        Decision, DecisionKind, FIXED_KINDS, Query, SAFETY_KINDS, Snapshot,
        check::{self, Question},
        source,
    },
    system::SystemClock,
};

static CITY: LazyLock<Snapshot> = LazyLock::new(|| {
    let files = FolderShelf::new("intents").read(&"todoke".parse().unwrap()).unwrap();
    let (content, problems) = source::read(&files, today());
    assert!(problems.is_empty(), "{problems:#?}");
    Snapshot::compile(content.unwrap())
});

fn today() -> jiff::civil::Date {
    SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn decide(text: &str) -> Decision {
    CITY.decide(&Query { text, language: None, offered: &Language::ALL, today: today() })
}

fn lines<T: DeserializeOwned>(path: impl AsRef<Path>) -> Vec<T> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_city_is_large_enough_to_be_used() {
    let mut by_topic: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in CITY.intents() {
        *by_topic.entry(&intent.topic).or_default() += 1;
        assert!(intent.examples.len() >= 5, "{} has too few examples", intent.id);
        for language in [Language::Ja, Language::JaEasy, Language::En] {
            assert!(intent.answer.exactly(language).is_some(), "{} has no answer in {language}", intent.id);
        }
    }
    assert!(by_topic.len() >= 12 && by_topic.values().sum::<usize>() >= 60, "{by_topic:?}");
}

#[test]
fn every_word_of_the_rich_menus_is_answered_in_the_menus_language() {
    let (menus, problems) = menus::load(Path::new("config/menus"), &"todoke".parse().unwrap()).unwrap();
    assert_eq!(problems, []);
    let mut said = 0;
    for menu in &menus {
        for area in menu.menu.areas() {
            let MenuAction::Tap(Action::Message { text, .. }) = &area.action else { continue };
            let decision = decide(text);
            assert!(
                !matches!(decision.kind, DecisionKind::Refuse { .. }),
                "{}: {text}: {decision:?}",
                menu.alias
            );
            assert_eq!(decision.language, menu.language, "{}: {text}", menu.alias);
            said += 1;
        }
    }
    assert_eq!((menus.len(), said), (2, 12));
}

#[test]
fn questions_are_answered_asked_back_or_refused_as_they_should() {
    let questions: Vec<Question> = lines("intents/todoke/questions.jsonl");
    let (figures, misses) = check::run(&CITY, &Language::ALL, today(), &questions);
    assert!(figures.answerable >= 110 && figures.unanswerable >= 40, "{figures:#?}");
    let floors = [
        ("ranked first", figures.top_1, 0.94),
        ("among the first three", figures.top_3, 0.97),
        ("answered outright", figures.answered_right, 0.83),
        ("others refused or asked back", figures.others_not_answered, 0.97),
        ("not wrong with confidence", 1.0 - figures.wrong_with_confidence, 0.985),
    ];
    for (what, reached, floor) in floors {
        assert!(reached >= floor, "{what}: {reached:.3} is below {floor}\n{misses:#?}");
    }
}

#[test]
fn what_is_somebody_elses_is_refused_with_who_does_it() {
    for (text, matter) in [
        ("運転免許の書きかえはどこ", "driving-licence"),
        ("税務署に出す確定申告の書き方", "income-tax"),
        ("車検証の再発行", "vehicle-inspection"),
        ("法務局で土地の登記をしたい", "registration"),
        ("ハローワークは何時に開きますか", "unemployment"),
        ("水道を止める連絡", "water"),
        ("my bank account was frozen", "bank-card"),
        ("Where do I get a Japanese passport", "passport"),
        ("札幌市の粗大ごみの料金", "municipality"),
    ] {
        let decision = decide(text);
        let DecisionKind::Refuse { elsewhere: Some(whose), .. } = &decision.kind else {
            panic!("{text}: {decision:?}");
        };
        assert_eq!(whose.name(), matter, "{text}");
    }
    for (text, intent) in [
        ("札幌から引っ越してきました、転入届はどこですか", "moving.in"),
        ("引っ越しでいらなくなったテレビの処分方法", "garbage.appliances"),
        ("国民年金の免除を申請したい", "insurance.pension"),
        ("住民税の申告は市役所でできますか", "tax.resident"),
    ] {
        let decision = decide(text);
        assert!(
            matches!(&decision.kind, DecisionKind::Answer(id) if id.as_str() == intent),
            "{text}: {decision:?}"
        );
    }
}

#[test]
fn every_matter_of_somebody_else_says_so_in_three_languages() {
    let files = FolderShelf::new("intents").read(&"todoke".parse().unwrap()).unwrap();
    let elsewhere = source::read(&files, today()).0.unwrap().elsewhere;
    assert!(elsewhere.matters.len() >= 30 && !elsewhere.home.is_empty());
    for matter in &elsewhere.matters {
        assert!(matter.examples.len() >= 5, "{} has too few examples", matter.id.as_str());
        for language in [Language::Ja, Language::JaEasy, Language::En] {
            assert!(matter.reply.exactly(language).is_some(), "{} in {language}", matter.id.as_str());
        }
    }
}

#[derive(Deserialize)]
struct Message {
    text: String,
    lang: String,
}

/// Patterns were written beside the first set. The second was worded by somebody who saw neither patterns
/// nor examples: it is never used for either, so that it shows what the next message will meet.
const SETS: [&str; 2] = ["", "-unseen"];

#[test]
fn people_in_danger_are_caught() {
    SETS.into_iter().for_each(assert_that_danger_is_caught);
}

#[expect(clippy::print_stdout, reason = "the figures of the run are its result")]
fn assert_that_danger_is_caught(set: &str) {
    let messages: Vec<Message> = lines(format!("tests/fixtures/safety/distress{set}.jsonl"));
    let other_languages = messages.iter().filter(|message| message.lang != "ja").count();
    assert!(messages.len() >= 120 && other_languages >= 20);
    let missed: Vec<&str> =
        messages.iter().map(|m| m.text.as_str()).filter(|text| !is_safety(text)).collect();
    let caught = 1.0 - missed.len() as f64 / messages.len() as f64;
    println!(
        "distress{set}: {} messages, {other_languages} not in Japanese, {caught:.3} caught",
        messages.len()
    );
    assert!(caught >= 0.98, "{caught:.3}: {missed:#?}");
}

#[test]
fn ordinary_messages_that_only_sound_like_danger_are_not() {
    SETS.into_iter().for_each(assert_that_ordinary_messages_pass);
}

#[expect(clippy::print_stdout, reason = "the figures of the run are its result")]
fn assert_that_ordinary_messages_pass(set: &str) {
    let messages: Vec<Message> = lines(format!("tests/fixtures/safety/ordinary{set}.jsonl"));
    assert!(messages.len() >= 300);
    let alarms: Vec<&str> = messages.iter().map(|m| m.text.as_str()).filter(|text| is_safety(text)).collect();
    let share = alarms.len() as f64 / messages.len() as f64;
    println!("ordinary{set}: {} messages, {share:.3} false alarms", messages.len());
    assert!(share <= 0.01, "{share:.3}: {alarms:#?}");
}

fn is_safety(text: &str) -> bool {
    matches!(decide(text).kind, DecisionKind::Safety(_))
}

#[test]
fn danger_comes_before_everything_else_in_the_message() {
    for (text, kind) in [
        ("死にたい。電話は090-1234-5678です", "self-harm"),
        ("生活保護断られたらもう死ぬしかない", "self-harm"),
        ("し に た い", "self-harm"),
        ("家が燃えてる 粗大ごみ", "fire"),
    ] {
        assert!(matches!(decide(text).kind, DecisionKind::Safety(id) if id.as_str() == kind), "{text}");
    }
}

#[test]
fn what_is_no_question_has_its_own_reply() {
    for (text, kind) in [
        ("ありがとうございます", "thanks"),
        ("ありがとうございました", "thanks"),
        ("こんにちは", "greeting"),
        ("Thank you!", "thanks"),
        ("人と話したい", "human"),
        ("本物ですか？", "genuine"),
        ("ばか", "abuse"),
        ("電話は090-1234-5678です", "personal-data"),
    ] {
        assert!(matches!(decide(text).kind, DecisionKind::Fixed(id) if id.as_str() == kind), "{text}");
    }
    assert_eq!(decide("English").kind, DecisionKind::SetLanguage(Language::En));
    assert_eq!(decide("言語").kind, DecisionKind::ChooseLanguage);
}

#[test]
fn every_fixed_and_safety_reply_exists_in_every_language() {
    for language in Language::ALL {
        for kind in SAFETY_KINDS {
            let safety = CITY.safety(kind).unwrap();
            assert!(safety.reply.exactly(language).is_some(), "{kind} in {language}");
            assert!(!safety.numbers.is_empty());
        }
        for kind in FIXED_KINDS {
            let fixed = CITY.fixed(kind).unwrap_or_else(|| panic!("{kind} is missing"));
            assert!(fixed.reply.exactly(language).is_some(), "{kind} in {language}");
        }
    }
}

#[test]
fn several_matters_in_one_message_become_choices() {
    let decision = decide("粗大ごみの出し方と、転入届の手続きを教えてください");
    let DecisionKind::Ask { choices, several: true } = &decision.kind else {
        panic!("{decision:?}");
    };
    let ids: Vec<&str> = choices.iter().map(IntentId::as_str).collect();
    assert_eq!(ids, ["garbage.bulky", "moving.in"]);
}
