//! Topics on the console: made, filled, put in order, taken away; over HTTP without JavaScript.

use todoke::domain::staff::Role;

use crate::{
    console::{Browser, head},
    content::{edit, publish, says, send},
    support::Town,
};

const BASE: &str = "/console/todoke/intents";
const PETS: &str = "/console/todoke/intents/topics/topic/pets";
const WHOLE: [(&str, &str); 5] = [
    ("title.ja", "ペット"),
    ("owner", "健康福祉局 生活衛生課"),
    ("contact.name.ja", "生活衛生課"),
    ("contact.hours.ja", "平日 8時30分から17時"),
    ("contact.tel", "044-555-0199"),
];

#[tokio::test]
async fn a_topic_is_made_filled_and_offered() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let new = format!("{BASE}/topics/new");
    let nameless = edit(&mut editor, &new, &[WHOLE[0], ("name", "Pets!")], "save").await;
    assert_eq!(nameless.status, 422, "{}", nameless.text);
    assert!(nameless.text.contains("分野の名前に使えません") && nameless.text.contains("value=\"Pets!\""));
    let taken = edit(&mut editor, &new, &[WHOLE[0], ("name", "garbage")], "save").await;
    assert_eq!(taken.status, 409, "{}", taken.text);

    // Half of it is kept as a draft, but it is not published.
    let half = edit(&mut editor, &new, &[WHOLE[0], ("name", "pets")], "save").await;
    assert_eq!((half.status, half.location.as_str()), (303, PETS), "{}", half.text);
    let listed = editor.get(&format!("{BASE}/topics")).await;
    assert!(listed.text.contains("未公開") && listed.text.contains("ペット"), "{}", listed.text);
    let check = editor.get(&format!("{BASE}/publish?piece=pets")).await;
    assert!(check.text.contains("ペット：担当") && !check.text.contains("name=\"why\""), "{}", check.text);

    let saved = edit(&mut editor, PETS, &WHOLE, "publish").await;
    let before = head(&town).await;
    let done = publish(&mut editor, &saved.location, "生活衛生課の新設").await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(head(&town).await.seq, before.seq + 1, "one entry of the audit");
    assert!(!says(&town, "メニュー").await.contains("ペット"), "there is nothing to choose in it yet");

    let answer = [
        ("topic", "pets"),
        ("name", "lost"),
        ("title.ja", "迷子のペット"),
        ("answer.ja", "保護した動物の一覧をご覧ください。"),
    ];
    let with_examples = [answer.as_slice(), &[("examples.ja", "犬がいなくなった")]].concat();
    let saved = edit(&mut editor, &format!("{BASE}/new?topic=pets"), &with_examples, "publish").await;
    let done = publish(&mut editor, &saved.location, "最初の回答").await;
    assert_eq!(done.status, 303, "{}", done.text);
    let said = says(&town, "犬がいなくなった").await;
    assert!(said.contains("保護した動物の一覧") && said.contains("044-555-0199"), "{said}");
    assert!(says(&town, "ペット").await.contains("迷子のペット"), "the topic is found by its name");
}

#[tokio::test]
async fn a_topic_with_questions_is_not_taken_away_and_an_empty_one_is() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let check = editor.get(&format!("{BASE}/publish?remove=garbage")).await;
    assert!(check.text.contains("「garbage」という分野はありません"), "{}", check.text);
    assert!(!check.text.contains("name=\"why\""), "there is no button");
    // Whoever sends it all the same is refused.
    let hash = editor.get(&format!("{BASE}/topics/topic/garbage")).await.text;
    let hash = hash.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let saved = edit(&mut editor, &format!("{BASE}/garbage.bulky"), &[], "publish").await;
    let key = editor.get(&saved.location).await.form_key(&format!("{BASE}/publish"));
    let before = head(&town).await;
    let form = [("form-key", key.as_str()), ("why", "まちがい"), ("remove", &format!("garbage@{hash}"))];
    let refused = editor.post(&format!("{BASE}/publish"), &form).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert_eq!(head(&town).await.seq, before.seq);
    assert!(says(&town, "粗大ごみを捨てたい").await.contains("粗大ごみ"));

    let new = [WHOLE.as_slice(), &[("name", "pets")]].concat();
    let saved = edit(&mut editor, &format!("{BASE}/topics/new"), &new, "publish").await;
    assert_eq!(publish(&mut editor, &saved.location, "新設").await.status, 303);
    let gone = publish(&mut editor, &format!("{BASE}/publish?remove=pets"), "やめた").await;
    assert_eq!(gone.status, 303, "{}", gone.text);
    assert_eq!(editor.get(PETS).await.status, 404);
    let returned = publish(&mut editor, &format!("{BASE}/history/2/return"), "やはり要る").await;
    assert_eq!(returned.status, 303, "{}", returned.text);
    assert_eq!(editor.get(PETS).await.status, 200);
}

#[tokio::test]
async fn questions_are_offered_in_the_order_that_was_typed() {
    let town = Town::new().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let path = format!("{BASE}/topics/topic/garbage");
    let offered =
        |text: String| text.find("粗大ごみの出し方").zip(text.find("ごみの収集日")).map(|(a, b)| a < b);
    let page = editor.get(&path).await;
    let places: Vec<&str> =
        page.text.split("name=\"place.").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let bulky = places.iter().position(|id| *id == "garbage.bulky").unwrap();
    let days = places.iter().position(|id| *id == "garbage.days").unwrap();
    let (moved, to) =
        if bulky < days { ("place.garbage.days", bulky) } else { ("place.garbage.bulky", days) };
    let was = offered(says(&town, "ごみ").await);
    let saved = edit(&mut editor, &path, &[(moved, &(to + 1).to_string())], "publish").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    assert_eq!(publish(&mut editor, &saved.location, "順番").await.status, 303);
    assert_eq!(was, Some(bulky < days));
    assert_eq!(offered(says(&town, "ごみ").await), Some(days < bulky), "the other comes first now");
}

#[tokio::test]
async fn the_second_editor_of_a_topic_is_told_and_nothing_is_lost() {
    let town = Town::new().await;
    let mut first = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let mut second = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let path = format!("{BASE}/topics/topic/garbage");
    let seen = second.get(&path).await;
    let saved = edit(&mut first, &path, &[("owner", "環境局 <b>新しい課</b>")], "save").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let told = send(&mut second, &path, &seen, &[("owner", "環境局 別の課")], "save").await;
    assert_eq!(told.status, 409, "{}", told.text);
    assert!(told.text.contains("環境局 別の課"), "one's own text stays in the form");
    assert!(told.text.contains("<del>&#60;b&#62;新しい</del><ins>別の</ins>"), "{}", told.text);
    let decided = send(&mut second, &path, &told, &[], "save").await;
    assert_eq!(decided.status, 303, "with both in sight it is saved: {}", decided.text);
    let thrown = edit(&mut first, &path, &[], "discard").await;
    assert_eq!((thrown.status, thrown.location.as_str()), (303, path.as_str()));
}
