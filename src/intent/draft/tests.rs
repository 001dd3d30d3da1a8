//! Drafts: round trips, and each rule with its field.

use proptest::prelude::*;

use super::*;
use crate::intent::source::{self, SourceFile};

fn texts() -> impl Strategy<Value = Texts> {
    let text = prop_oneof![
        "[ぁ-んァ-ン一-龥a-zA-Z0-9、。？ー ]{1,20}",
        "[\\PC]{1,20}",
        "[ -~]{1,20}",
        "[ぁ-ん]{1,8}\n\n?[ -~ぁ-ん]{1,8}\n- [a-z:#]{1,8}",
        Just("yes".to_owned()),
        Just("119".to_owned()),
        Just("\u{202e}\u{7}\"\\".to_owned()),
    ];
    prop::collection::btree_map(prop::sample::select(Language::ALL.to_vec()), text, 1..4)
}

fn list() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[\\PC]{1,30}", 0..6)
}

fn drafts() -> impl Strategy<Value = Draft> {
    let some = || prop::option::of("[\\PC]{1,20}");
    let contact = (texts(), some(), texts()).prop_map(|(name, tel, hours)| ContactDraft { name, tel, hours });
    let link = (texts(), "[\\PC]{1,20}").prop_map(|(label, url)| LinkDraft { label, url });
    let quick = (texts(), texts()).prop_map(|(label, text)| QuickDraft { label, text });
    let valid = (some(), some()).prop_map(|(from, until)| ValidDraft { from, until });
    let first = (texts(), some(), list(), list(), list(), texts());
    let second = (
        prop::option::of(link),
        prop::collection::vec(quick, 0..3),
        prop::option::of(contact),
        some(),
        prop::option::of(valid),
        list(),
        list(),
    );
    ("[a-z-]{1,9}", first, second).prop_map(|(name, first, second)| {
        let (title, owner, examples, keywords, patterns, answer) = first;
        let (link, quick_replies, contact, source, valid, follow_up, must_not_break) = second;
        let examples = [(Language::Ja, examples)].into();
        let checked_on = source.clone();
        Draft {
            id: format!("garbage.{name}"),
            title,
            owner,
            examples,
            keywords,
            patterns,
            answer,
            link,
            quick_replies,
            contact,
            source,
            checked_on,
            valid,
            follow_up,
            must_not_break,
        }
        .tidied()
    })
}

fn topic() -> TopicDraft {
    TopicDraft {
        topic: "garbage".into(),
        title: [(Language::Ja, "ごみ".to_owned())].into(),
        names: vec!["ゴミ".into()],
        owner: "環境局".into(),
        contact: ContactDraft {
            name: [(Language::Ja, "収集計画課".to_owned())].into(),
            tel: Some("044-555-0153".into()),
            hours: [(Language::Ja, "平日".to_owned())].into(),
        },
        order: Vec::new(),
    }
}

fn sound() -> Draft {
    Draft {
        id: "garbage.bulky".into(),
        title: [(Language::Ja, "粗大ごみ".to_owned())].into(),
        examples: [(Language::Ja, vec!["粗大ごみを捨てたい".to_owned()])].into(),
        answer: [(Language::Ja, "予約が必要です。".to_owned())].into(),
        ..Draft::default()
    }
}

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_as_yaml_reads_back_as_the_same_draft(one in drafts(), two in drafts()) {
        let mut two = two;
        two.id = format!("{}2", two.id);
        let text = topic_yaml(&topic(), [&one, &two]);
        let (read_topic, read) = source::drafts(&SourceFile { path: "garbage.yaml".into(), text: text.clone() })
            .map_err(|problem| TestCaseError::fail(format!("{problem}\n{text}")))?;
        prop_assert_eq!(&read, &[one, two], "{}", text);
        let order = read.iter().map(|draft| draft.id.clone()).collect();
        prop_assert_eq!(read_topic, TopicDraft { order, ..topic() });
    }

    #[test]
    fn the_canonical_form_reads_back(draft in drafts()) {
        let json = serde_json::to_string(&draft).unwrap();
        prop_assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
    }

    #[test]
    fn every_field_can_be_taken_out_and_put_into_another_draft(draft in drafts()) {
        let mut copy = Draft { quick_replies: draft.quick_replies.clone(), ..Draft::default() };
        for field in Field::of_intents() {
            copy.set(field, draft.values(field).into_iter().map(ToOwned::to_owned).collect());
        }
        prop_assert_eq!(copy.tidied(), draft);
    }

    #[test]
    fn no_draft_makes_the_check_panic(draft in drafts()) {
        let (intent, problems) = check(&draft, &topic(), today());
        let errors = problems.iter().any(|problem| problem.severity() == source::Severity::Error);
        prop_assert_eq!(intent.is_none(), errors);
    }
}

#[test]
fn every_field_has_a_name_that_reads_back() {
    let fields: Vec<Field> = Field::of_intents().chain(Field::of_topics()).collect();
    assert!(fields.len() > 80);
    for field in fields {
        assert_eq!(field.to_string().parse(), Ok(field));
    }
    assert!("answer.jp".parse::<Field>().is_err());
}

#[test]
fn each_fault_points_to_its_field_and_says_what_to_write() {
    type Edit = fn(&mut Draft);
    let cases: [(Edit, &str, &str); 13] = [
        (|d| d.id = "bulky".into(), "id", "garbage.<name>"),
        (|d| d.title = [(Language::En, "Bulky".into())].into(), "title.ja", "add ja"),
        (|d| drop(d.answer.insert(Language::En, " ".into())), "answer.en", "empty"),
        (|d| d.keywords = vec!["a".into(), String::new()], "keywords", "remove it"),
        (|d| d.patterns = vec!["(".into()], "patterns", "regular expression"),
        (|d| d.patterns = vec![".*".into()], "patterns", "every text"),
        (|d| d.source = Some("http://x".into()), "source", "https://"),
        (|d| d.set(Field::LinkUrl, vec!["x".into()]), "link.url", "https://"),
        (|d| d.set(Field::ContactTel, vec!["電話".into()]), "contact.tel", "digits"),
        (|d| d.set(Field::ValidUntil, vec!["soon".into()]), "valid.until", "2027-03-31"),
        (|d| d.set(Field::ValidUntil, vec!["2026-01-01".into()]), "valid.until", "renew"),
        (|d| d.checked_on = Some("2027-01-01".into()), "checked_on", "future"),
        (|d| d.must_not_break = vec![" ".into()], "must_not_break", "remove it"),
    ];
    assert_eq!(check(&sound(), &topic(), today()).1, []);
    for (edit, field, hint) in cases {
        let mut draft = sound();
        edit(&mut draft);
        let (_, problems) = check(&draft, &topic(), today());
        let told = problems.iter().find(|problem| problem.field.to_string() == field);
        let told = told.unwrap_or_else(|| panic!("no problem at {field}: {problems:?}")).to_string();
        assert!(told.contains(hint), "{field}: {told}");
    }
}

#[test]
fn an_intent_takes_owner_and_contact_from_its_topic() {
    let (intent, _) = check(&sound(), &topic(), today());
    let intent = intent.unwrap();
    assert_eq!((intent.owner.as_str(), intent.contact.tel.as_deref()), ("環境局", Some("044-555-0153")));
}
