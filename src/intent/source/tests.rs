//! Broken files: each fault is named with its place and with what to write instead.

use proptest::prelude::*;

use super::*;

const GOOD: &str = r#"topic: garbage
title: { ja: ごみ, en: Garbage }
owner: 環境局
contact:
  name: { ja: 収集計画課 }
  tel: "00-0000-1101"
  hours: { ja: 平日 }
intents:
  - id: garbage.bulky
    title: { ja: 粗大ごみの出し方 }
    examples: { ja: [粗大ごみを捨てたい], en: [How do I throw away a sofa?] }
    keywords: [粗大ごみ]
    patterns: ["ソファ.{0,6}捨て"]
    answer: { ja: 予約が必要です。 }
    link: { label: { ja: 申し込む }, url: "https://www.city.todoke.example/bulky" }
    quick_replies: [{ label: { ja: 料金 }, text: { ja: 粗大ごみの料金 } }]
    source: "https://www.city.todoke.example/bulky.html"
    valid: { from: 2026-04-01, until: 2027-03-31 }
    follow_up: [garbage.bulky]
"#;

fn today() -> Date {
    jiff::civil::date(2026, 11, 23)
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

fn problems(path: &str, text: &str) -> Vec<String> {
    read(&[file(path, text)], today()).1.iter().map(ToString::to_string).collect()
}

/// The problems after replacing a piece of the good file.
fn after(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from}");
    problems("garbage.yaml", &GOOD.replace(from, to))
}

#[test]
fn a_good_file_has_no_problem() {
    let (content, problems) = read(&[file("garbage.yaml", GOOD)], today());
    assert_eq!(problems, []);
    let content = content.unwrap();
    assert_eq!((content.topics.len(), content.intents.len()), (1, 1));
    assert_eq!(content.intents[0].contact.tel.as_deref(), Some("00-0000-1101"));
}

#[test]
fn every_fault_is_named_with_its_place_and_its_remedy() {
    for (from, to, place, hint) in [
        ("keywords: [粗大ごみ]", "keyword: [粗大ごみ]", "garbage.yaml:12:5", "keyword"),
        ("title: { ja: 粗大ごみの出し方 }", "title: { en: Bulky }", "garbage.yaml:10:12", "add ja"),
        ("title: { ja: 粗大ごみの出し方 }", "title: { jp: 粗大 }", "garbage.yaml:10:14", "jp"),
        (
            "title: { ja: 粗大ごみの出し方 }",
            "title: { ja: ソファ, 椅子 の 捨て方 }",
            "garbage.yaml:10:",
            "quotes",
        ),
        ("topic: garbage", "topic: trash", "garbage.yaml:1:8", "topic: garbage"),
        ("ソファ.{0,6}捨て", "ソファ(捨て", "garbage.yaml:13:16", "regular expression"),
        ("ソファ.{0,6}捨て", ".*", "garbage.yaml:13:16", "matches every text"),
        ("id: garbage.bulky", "id: bulky", "garbage.yaml:9:9", "garbage.<name>"),
        ("申し込む", "申し込む申し込む申し込む申し込む申し込む申し込む", "garbage.yaml:15:26", "at most 20"),
        ("https://www.city.todoke.example/bulky\"", "http://x\"", "garbage.yaml:15:", "begins with https://"),
        ("follow_up: [garbage.bulky]", "follow_up: [garbage.none]", "garbage.yaml:19:17", "no intent"),
        ("until: 2027-03-31", "until: 2026-01-01", "garbage.yaml:18:", "swap"),
        ("until: 2027-03-31", "until: someday", "garbage.yaml:18:", "someday"),
        ("\"00-0000-1101\"", "電話", "garbage.yaml:6:8", "no telephone number"),
        ("answer: { ja: 予約が必要です。 }", "answer: { ja: \"\" }", "garbage.yaml:14:", "empty"),
        ("owner: 環境局", "owner: \"\"", "garbage.yaml:2", "department"),
    ] {
        let said = after(from, to).join("\n");
        assert!(said.contains(place.trim_end_matches(":2")) && said.contains(hint), "{from} → {to}:\n{said}");
    }
}

#[test]
fn blanks_that_are_none_are_named_where_they_stand() {
    for (from, to, place, hint) in [
        ("    keywords: [粗大ごみ]", "\tkeywords: [粗大ごみ]", "garbage.yaml:12:1:", "タブ"),
        ("    keywords: [粗大ごみ]", "  \t keywords: [粗大ごみ]", "garbage.yaml:12:3:", "タブ"),
        ("    keywords: [粗大ごみ]", "　　keywords: [粗大ごみ]", "garbage.yaml:12:1:", "全角の空白"),
        ("    keywords: [粗大ごみ]", "    　keywords: [粗大ごみ]", "garbage.yaml:12:5:", "全角の空白"),
        ("  name: { ja: 収集計画課 }", "\u{a0} name: { ja: 収集計画課 }", "garbage.yaml:5:1:", "半角"),
        ("intents:", "　intents:", "garbage.yaml:8:1:", "全角の空白"),
    ] {
        let said = after(from, to);
        assert_eq!(said.len(), 1, "{to:?}: {said:?}");
        assert!(said[0].starts_with(place) && said[0].contains(hint), "{to:?}: {said:?}");
    }
}

#[test]
fn blanks_within_a_text_are_nobodys_fault() {
    let text = "answer: { ja: 予約が必要です。 }";
    let block = "answer:\n      ja: |-\n        予約が必要です。\n        　有料です。\n        \t表";
    assert_eq!(after(text, block), [""; 0]);
    // Another fault in the same file is told as what it is.
    let both = GOOD.replace(text, block).replace("until: 2027-03-31", "untill: 2027-03-31");
    let said = problems("garbage.yaml", &both).join("\n");
    assert!(said.contains("untill") && !said.contains("タブ"), "{said}");
}

#[test]
fn a_file_whose_name_ends_in_another_yaml_is_a_warning() {
    for name in ["garbage.yml", "_safety.yml", "garbage.YAML"] {
        let (content, problems) = read(&[file(name, "no: [yaml")], today());
        assert!(content.is_some());
        let stem = name.split('.').next().unwrap();
        let told = problems[0].to_string();
        assert!(told.contains("warning:") && told.contains(&format!("rename it to {stem}.yaml")), "{told}");
    }
}

#[test]
fn words_of_the_sample_city_are_warned_of_in_every_other_account() {
    let files = [file("garbage.yaml", &GOOD.replace("予約が必要です。", "とどけ市（044-555-0000）へ"))];
    let of = |account: &str| left_from_sample(&account.parse().unwrap(), &files);
    assert_eq!(of("todoke"), []);
    let told: Vec<String> = of("minato").iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("garbage.yaml:14:19: warning: \"とどけ市\""), "{told:?}");
    assert!(told[1].starts_with("garbage.yaml:15:57: warning: \"todoke.example\""), "{told:?}");
}

#[test]
fn all_faults_of_all_files_are_told_at_once() {
    let one = GOOD.replace("[garbage.bulky]", "[garbage.none]").replace("ソファ.{0,6}捨て", "(");
    let two = GOOD.replace("topic: garbage", "topic: other");
    let (content, problems) = read(&[file("garbage.yaml", &one), file("other.yaml", &two)], today());
    assert!(content.is_none());
    let lines: Vec<(String, u64)> = problems.iter().map(|p| (p.file.clone(), p.line)).collect();
    let expected = [("garbage.yaml", 13), ("garbage.yaml", 19), ("other.yaml", 9), ("other.yaml", 9)];
    assert_eq!(lines, expected.map(|(file, line)| (file.to_owned(), line)));
    assert!(problems[3].what.contains("garbage.yaml:9"), "the duplicate names the first: {}", problems[3]);
}

#[test]
fn what_deserves_a_look_is_a_warning_and_stops_nothing() {
    let expired = GOOD.replace("until: 2027-03-31", "until: 2026-10-01");
    let (content, problems) = read(&[file("garbage.yaml", &expired)], today());
    assert!(content.is_some());
    assert!(problems[0].to_string().contains("warning: the answer has expired"), "{}", problems[0]);
}

#[test]
fn a_number_that_nobody_checked_for_half_a_year_is_a_warning() {
    let safety = |checked_on: &str| {
        let text = format!(
            "kinds:\n  - id: fire\n    title: {{ ja: 火事 }}\n    patterns: [火事です]\n    reply: {{ ja: 119 }}\n    numbers:\n      - {{ name: {{ ja: 消防 }}, tel: \"119\", hours: {{ ja: 24時間 }}, source: \"https://www.fdma.go.jp/\", checked_on: {checked_on} }}\n"
        );
        problems("_safety.yaml", &text).into_iter().filter(|p| p.contains("over 180 days")).count()
    };
    assert_eq!((safety("2026-05-01"), safety("2026-11-01")), (1, 0));
}

#[test]
fn an_unknown_kind_of_danger_or_fixed_reply_is_an_error() {
    let said = problems(
        "_safety.yaml",
        "kinds:\n  - { id: boredom, title: { ja: x }, patterns: [x], reply: { ja: x }, numbers: [] }\n",
    );
    assert!(said[0].contains("self-harm, violence, medical, fire, disaster"), "{said:?}");
    let said = problems("_fixed.yaml", "kinds:\n  - { id: boredom, reply: { ja: x } }\n");
    assert!(said[0].contains("follow, sticker"), "{said:?}");
    assert!(problems("_other.yaml", "")[0].contains("rename"), "a name with _ is no topic");
}

#[test]
fn hostile_files_meet_a_budget() {
    let deep = format!("topic: {}", "[".repeat(20_000));
    let aliases = format!(
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [{}]\n",
        "*f,".repeat(99)
    );
    let long = "x".repeat(FILE_BYTES + 1);
    let bomb = GOOD.replace("ソファ.{0,6}捨て", "((a{0,1000}){0,1000}){0,1000}");
    for text in [deep, aliases, long, bomb] {
        assert!(!problems("garbage.yaml", &text).is_empty());
    }
}

#[test]
fn faults_of_what_is_elsewhere_are_named() {
    let good = r#"home: [試験市]
neighbours: [{ ja: みなと町 }]
matters:
  - id: passport
    title: { ja: パスポート }
    examples: { ja: [パスポートを取りたい] }
    reply: { ja: 県の担当です。 }
    contact: { name: { ja: 県の窓口 }, tel: "00-0000-1101", hours: { ja: 平日 } }
"#;
    let (content, found) = read(&[file("_elsewhere.yaml", good)], today());
    assert_eq!(found, []);
    let elsewhere = content.unwrap().elsewhere;
    assert_eq!((elsewhere.home.len(), elsewhere.neighbours.len(), elsewhere.matters.len()), (1, 1, 1));
    for (from, to, place, hint) in [
        ("id: passport", "id: Pass Port", "4:9", "lower case letters"),
        ("id: passport", "id: municipality", "4:9", "other than municipality"),
        ("reply: { ja: 県の担当です。 }", "reply: { en: The prefecture. }", "7:12", "add ja"),
        (", hours: { ja: 平日 }", "", "8:41", "add when somebody answers"),
        ("reply:", "answer:", "7:5", "reply"),
        ("[パスポートを取りたい]", "[]", "4:9", "there are no examples"),
    ] {
        let told = problems("_elsewhere.yaml", &good.replace(from, to));
        let expected = format!("_elsewhere.yaml:{place}: ");
        assert!(told.iter().any(|p| p.starts_with(&expected) && p.contains(hint)), "{to}: {told:?}");
    }
    let twice = good.replace(
        "    contact",
        "  - { id: passport, title: { ja: 旅券 }, keywords: [旅券], reply: { ja: 県です。 } }\n    #",
    );
    let told = problems("_elsewhere.yaml", &twice);
    assert!(told.iter().any(|p| p.contains("stands already at _elsewhere.yaml:4")), "{told:?}");
}

#[test]
fn the_schema_for_editors_is_the_one_in_the_repository() {
    let committed = include_str!("../../../intents/schema.json");
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    assert!(committed == made, "write it anew: todoke intents schema > intents/schema.json");
    let committed = include_str!("../../../intents/schema-elsewhere.json");
    let made = format!("{}\n", serde_json::to_string_pretty(&elsewhere_schema()).unwrap());
    assert!(
        committed == made,
        "write it anew: todoke intents schema elsewhere > intents/schema-elsewhere.json"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for path in ["garbage.yaml", "_safety.yaml", "_fixed.yaml"] {
            let _ = read(&[file(path, &text)], today());
        }
    }

    #[test]
    fn a_mutated_file_never_panics_and_never_loses_its_place(at in 0usize..900, with in "[\\PC\n]{0,3}") {
        let mut text: Vec<char> = GOOD.chars().collect();
        let at = at % text.len();
        text.splice(at..=at, with.chars());
        let text: String = text.into_iter().collect();
        let (_, problems) = read(&[file("garbage.yaml", &text)], today());
        let lines = u64::try_from(text.lines().count()).unwrap() + 1;
        prop_assert!(problems.iter().all(|problem| problem.line <= lines));
    }
}
