use super::*;
use crate::domain::announcement::{FieldName, Mark};

fn content(body: Vec<Block>) -> Content {
    Content {
        title: "題".parse().unwrap(),
        bodies: [(Language::Ja, body)].into(),
        is_silent: false,
        department: None,
    }
}

fn text(words: &str) -> Block {
    Block::Text(words.to_owned())
}

fn picture() -> Picture {
    Picture {
        original: "https://x.example/a.png".into(),
        preview: "https://x.example/b.png".into(),
        alt: "会場の地図".into(),
    }
}

fn card() -> Card {
    let button = Button { label: "予約する".into(), uri: "https://x.example/book".into() };
    Card {
        title: None,
        text: "予約が必要です".into(),
        image: None,
        alt: "予約の案内".into(),
        buttons: vec![button],
    }
}

fn said(content: &Content, dress: &Dress) -> Vec<String> {
    let messages = content.render(Language::Ja, &Values::new(), dress).unwrap();
    let words = |message: &Message| match message {
        Message::Text(text) => text.as_str().to_owned(),
        Message::Image(image) => format!("image:{}", image.alt()),
        Message::Buttons(card) => {
            format!("{}|{}|{}", card.alt(), card.title().unwrap_or_default(), card.text())
        }
        Message::Carousel(_) => unreachable!("no block makes one"),
    };
    messages.list().iter().map(words).collect()
}

fn faults(content: &Content, dress: &Dress) -> Vec<(Part, Wrong)> {
    let faults = content.render(Language::Ja, &Values::new(), dress).unwrap_err();
    faults.into_iter().map(|fault| (fault.place.part, fault.wrong)).collect()
}

#[test]
fn every_bubble_of_a_drill_is_marked_whatever_it_is() {
    let dress = Dress { marks: vec![Mark::Drill], department: Some("危機管理室".parse().unwrap()) };
    let titled = Card { title: Some("避難".into()), ..card() };
    let content = content(vec![text("地震です"), Block::Card(titled), Block::Image(picture())]);
    assert_eq!(
        said(&content, &dress),
        [
            "【訓練】【危機管理室】地震です",
            "【訓練】予約の案内|【訓練】避難|予約が必要です",
            "【訓練】会場の地図",
            "image:【訓練】会場の地図",
        ]
    );
    let plain = said(&content, &Dress::default());
    assert_eq!(plain[0], "地震です");
    let both = Dress { marks: vec![Mark::Test, Mark::Drill], department: None };
    assert!(said(&content, &both).iter().all(|said| said.contains("【テスト】【訓練】")));
}

#[test]
fn a_card_without_title_is_marked_in_its_text() {
    let dress = Dress { marks: vec![Mark::Correction], department: None };
    let content = content(vec![Block::Card(card())]);
    assert_eq!(said(&content, &dress), ["【訂正】予約の案内||【訂正】予約が必要です"]);
}

#[test]
fn the_marks_count_towards_the_limits() {
    let content = content(vec![text(&"あ".repeat(5_000))]);
    assert!(content.render(Language::Ja, &Values::new(), &Dress::default()).is_ok());
    let drill = Dress { marks: vec![Mark::Drill], department: None };
    let limit = LimitError::TooLong { field: "text", actual: 5_004, max: 5_000 };
    assert_eq!(faults(&content, &drill), [(Part::Text, Wrong::Limit(limit))]);
}

#[test]
fn each_fault_stands_at_its_part() {
    let plain = Dress::default();
    let wrong_card = |change: fn(&mut Card)| {
        let mut card = card();
        change(&mut card);
        faults(&content(vec![Block::Card(card)]), &plain)
            .into_iter()
            .map(|(part, _)| part)
            .collect::<Vec<_>>()
    };
    assert_eq!(wrong_card(|card| card.text = "あ".repeat(161)), [Part::Text]);
    assert_eq!(wrong_card(|card| card.title = Some("あ".repeat(41))), [Part::Title]);
    assert_eq!(wrong_card(|card| card.alt = String::new()), [Part::Alt]);
    assert_eq!(wrong_card(|card| card.buttons[0].label = "あ".repeat(21)), [Part::Label(0)]);
    assert_eq!(wrong_card(|card| card.buttons[0].uri = "http://x.example".into()), [Part::Uri(0)]);
    assert_eq!(wrong_card(|card| card.buttons[0].uri = "javascript:alert(1)".into()), [Part::Uri(0)]);
    assert_eq!(wrong_card(|card| card.buttons[0].uri = String::new()), [Part::Uri(0)]);
    assert_eq!(wrong_card(|card| card.buttons.clear()), [Part::Whole]);
    assert_eq!(wrong_card(|card| card.image = Some("http://x.example/a.png".into())), [Part::Original]);
    assert_eq!(
        wrong_card(|card| {
            card.image = Some("https://x.example/a.png".into());
            card.text = "あ".repeat(61);
        }),
        [Part::Text]
    );
    let no_alt = Picture { alt: " ".into(), ..picture() };
    assert_eq!(faults(&content(vec![Block::Image(no_alt)]), &plain).len(), 1);
    let bad = Picture { original: "a".into(), preview: "http://x".into(), ..picture() };
    assert_eq!(faults(&content(vec![Block::Image(bad)]), &plain).len(), 2);
    let three = vec![Block::Image(picture()), Block::Image(picture()), Block::Image(picture())];
    let six = LimitError::Count { field: "messages", actual: 6, min: 1, max: 5 };
    assert_eq!(faults(&content(three), &plain), [(Part::Whole, Wrong::Limit(six))]);
    assert_eq!(faults(&content(Vec::new()), &plain), [(Part::Whole, Wrong::Nothing)]);
}

#[test]
fn values_make_variants() {
    let content = content(vec![text("{{ wards.home }}の皆さま"), Block::Card(card())]);
    let name: FieldName = "wards.home".parse().unwrap();
    assert_eq!(content.fields(), [name.clone()].into());
    let values = Values::from([(name, "青葉区".to_owned())]);
    let messages = content.render(Language::Ja, &values, &Dress::default()).unwrap();
    assert_eq!(notification(&messages), "青葉区の皆さま");
    assert_eq!(faults(&content, &Dress::default()), [(Part::Text, Wrong::NoValue("wards.home".into()))]);
    assert_eq!(
        notification(&content.example(Language::Ja, &Dress::default()).unwrap()),
        "[wards.home]の皆さま"
    );
}

#[test]
fn a_phone_shows_the_first_line_that_has_words() {
    let content = content(vec![text("\n \n断水のお知らせ\n本文")]);
    let messages = content.render(Language::Ja, &Values::new(), &Dress::default()).unwrap();
    assert_eq!(notification(&messages), "断水のお知らせ");
}
