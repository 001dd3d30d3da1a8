//! From what the bot cannot answer to a person: kept questions, the form, the answer, emergency mode.

use todoke::{
    domain::{
        emergency::Notice,
        enquiry::{Enquiry, EnquiryId, NoticeOutcome, State},
        id::{AccountId, IntentId},
        language::{Language, Localized},
        message::{Action, Message},
        staff::{Actor, Permission, Role, rights::ProposeEmergency},
        unanswered::{Unanswered, Why},
        version::Version,
    },
    journeys::{
        emergency::{self, EmergencyError},
        enquiries::{
            handle::{self, HandleError, Seen},
            notify,
        },
        search,
        unanswered::{MarkError, ignore, list_groups, mark_added},
    },
    simulator::{Act, ChatEntry, Content, FriendId, Simulator},
    store::StoreError,
};

use crate::{
    privacy::holding,
    support::{Town, until},
    town,
};

pub const PUBLIC: &str = "[server]\npublic_url = 'https://line.city.example/'\n";

pub fn todoke() -> AccountId {
    "todoke".parse().unwrap()
}

/// Somebody with every role and no department, by a number.
fn actor<R: Permission>(number: u128) -> Actor<R> {
    town::actor(number, Role::ALL)
}

fn tap(data: &str) -> Act {
    Act::Postback { data: data.into(), display_text: None, picked: None }
}

/// Every address behind a button that a chat has shown, the last one first.
pub fn addresses(town: &Town, friend: &FriendId) -> Vec<String> {
    addresses_at(&town.simulator, friend)
}

/// The same, at any double.
pub fn addresses_at(double: &Simulator, friend: &FriendId) -> Vec<String> {
    let said = |entry: ChatEntry| match entry.content {
        Content::Said(messages) => Some(messages),
        Content::Did(..) => None,
    };
    let chat = double.chat(friend).into_iter().rev().filter_map(said);
    let buttons = chat.flat_map(|messages| {
        let list = messages.list().iter();
        list.filter_map(
            |message| if let Message::Buttons(b) = message { Some(b.actions().to_vec()) } else { None },
        )
        .flatten()
        .collect::<Vec<_>>()
    });
    buttons
        .filter_map(|action| if let Action::Uri { uri, .. } = action { Some(uri) } else { None })
        .filter(|uri| uri.starts_with("http"))
        .collect()
}

/// The way to a page of ours as a browser would take it, without the host that only the outside knows.
pub fn path(address: &str) -> String {
    address.strip_prefix("https://line.city.example").expect("the public address").to_owned()
}

impl Town {
    pub async fn page(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)], site: &str) -> (u16, String) {
        let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let answer = self
            .http
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(body.join("&"))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn enquiries(&self, state: State) -> Vec<Enquiry> {
        let heads = self.app.ctx.store.list_enquiries(&todoke(), None, state, None, 100).await.unwrap();
        let mut list = Vec::new();
        for head in heads {
            list.push(self.app.ctx.store.load_enquiry(&todoke(), head.id).await.unwrap().unwrap().0);
        }
        list
    }

    pub async fn kept(&self) -> Vec<Unanswered> {
        self.app.ctx.store.list_unanswered(&todoke(), None, 100).await.unwrap()
    }

    /// Refused, and the way to the form.
    pub async fn way_to_form(&self, friend: &FriendId) -> String {
        self.answer(friend, "宇宙旅行に行きたい").await;
        path(&addresses(self, friend)[0])
    }
}

/// The value of a hidden field.
pub fn hidden(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"submit\" value=\"").expect("a form");
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_question_goes_to_a_person_and_the_answer_comes_back_without_passing_through_line() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let friend = town.friend();
    town.says(&friend, Act::Follow).await;
    let told = town.answer(&friend, "宇宙旅行に行きたい").await;
    assert!(told.contains("[市に問い合わせる]") && told.contains("00-0000-1100"), "{told}");
    let form = path(&addresses(&town, &friend)[0]);
    let (status, page) = town.page(&form).await;
    assert_eq!(status, 200, "{page}");
    for expected in
        ["市への問い合わせ", "365日", "<option selected>試験市コールセンター", "環境局", "name=\"text\""]
    {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    let submit = hidden(&page);
    let fields = |text| {
        [("submit", submit.as_str()), ("text", text), ("division", "環境局"), ("name", "佐藤<b>はる</b>")]
    };
    let (status, page) =
        town.send_form(&form, &fields("canary <script>alert(1)</script>"), "same-origin").await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("-000001"), "{page}");
    // Sent again, by a reload or a second tap: the first counts.
    let (_, again) = town.send_form(&form, &fields("another text"), "same-origin").await;
    assert!(again.contains("-000001"), "{again}");
    let open = town.enquiries(State::Open).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].head.division, "環境局");
    assert_eq!(open[0].content.name.as_deref(), Some("佐藤<b>はる</b>"));
    let (_, rest) = again.split_once("href=\"/p/enquiries/").unwrap();
    let own = format!("/p/enquiries/{}", rest.split_once('"').unwrap().0);
    let (status, page) = town.page(&own).await;
    assert_eq!(status, 200);
    assert!(page.contains("canary &#60;script&#62;") && !page.contains("<script"), "{page}");
    assert!(page.contains("受け付けました"), "{page}");

    let calls = town.calls("push");
    let seen = Seen { id: open[0].head.id, version: open[0].head.version };
    let ctx = &town.app.ctx;
    handle::note(ctx, &actor(1), seen, "note-canary").await.unwrap();
    let stale = handle::answer_enquiry(ctx, &actor(1), seen, "間に合わない").await;
    assert!(matches!(stale, Err(HandleError::Store(StoreError::Conflict))), "{stale:?}");
    let seen = Seen { version: seen.version.next(), ..seen };
    handle::answer_enquiry(ctx, &actor(1), seen, "answer-canary\n二行目").await.unwrap();
    assert_eq!(town.calls("push"), calls + 1);
    let chat = town.simulator.chat(&friend);
    let Content::Said(notice) = &chat.last().unwrap().content else { panic!("a notice") };
    let notice = notice.plain_lines().join("\n");
    assert!(notice.contains("-000001") && !notice.contains("canary"), "{notice}");
    let from_line = path(&addresses(&town, &friend)[0]);
    let (_, page) = town.page(&from_line).await;
    assert!(page.contains("answer-canary") && page.contains("回答しました"), "{page}");
    assert!(!page.contains("note-canary") && !page.contains("stf_"), "{page}");

    let submit = hidden(&page);
    for _ in 0..2 {
        let fields = [("submit", submit.as_str()), ("text", "もう一つ")];
        let (status, page) = town.send_form(&from_line, &fields, "same-origin").await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page.matches("もう一つ").count(), 1, "{page}");
    }
    let again = town.enquiries(State::Open).await;
    assert_eq!(again[0].content.messages.len(), 3);
    let closed = Seen { version: again[0].head.version, ..seen };
    handle::move_to(ctx, &actor(1), closed, State::Closed).await.unwrap();
    assert!(town.page(&from_line).await.1.contains("完了しました"));
    assert_eq!(town.verified().await["enquiries"], 1);
    for secret in ["canary", "佐藤", "もう一つ", "宇宙旅行"] {
        assert_eq!(holding(&town.home.data(), secret), 0, "{secret} stands in the data folder");
    }
    assert!(holding(&town.home.data(), "環境局") > 0, "the search finds what may be in clear");
    town.still_answers().await;
}

#[tokio::test]
async fn without_a_public_address_the_telephone_stays_the_only_way() {
    let town = Town::new().await;
    let friend = town.friend();
    let told = town.answer(&friend, "宇宙旅行に行きたい").await;
    assert!(!told.contains("市に問い合わせる") && told.contains("00-0000-1100"), "{told}");
}

#[tokio::test]
async fn a_wrong_answer_opens_the_form_of_its_own_division() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let friend = town.friend();
    town.answer(&friend, "転入届").await;
    let told = town.answer(&friend, "ちがう").await;
    assert!(told.contains("[市に問い合わせる]"), "{told}");
    let (_, page) = town.page(&path(&addresses(&town, &friend)[0])).await;
    assert!(
        page.contains("<option selected>市民局") && page.contains("トークでお尋ねの内容：転入届"),
        "{page}"
    );
    let english = format!("{}?lang=en", path(&addresses(&town, &friend)[0]));
    let (_, page) = town.page(&english).await;
    assert!(page.contains("<html lang=\"en\">") && page.contains("Ask the city"), "{page}");
}

#[tokio::test]
async fn no_page_opens_or_changes_anything_with_a_link_that_is_not_its_own() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let (one, other) = (town.friend(), town.friend());
    let (form, others) = (town.way_to_form(&one).await, town.way_to_form(&other).await);
    let (_, page) = town.page(&form).await;
    let (_, others_page) = town.page(&others).await;
    let word = form.strip_prefix("/p/ask/").unwrap();
    let sent = |submit: String| [("submit", submit), ("text", "x".to_owned())];
    for (path, submit, site, expected) in [
        (form.clone(), hidden(&page), "cross-site", 404),
        (form.clone(), hidden(&others_page), "same-origin", 404),
        (form.clone(), String::new(), "same-origin", 404),
        (form.clone(), word.to_owned(), "same-origin", 404),
        (format!("{form}A"), hidden(&page), "same-origin", 404),
        ("/p/ask/x".to_owned(), hidden(&page), "same-origin", 404),
        (format!("/p/enquiries/{word}"), hidden(&page), "same-origin", 404),
        (format!("/p/enquiries/{}", hidden(&page)), hidden(&page), "same-origin", 404),
    ] {
        let fields = sent(submit);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, told) = town.send_form(&path, &fields, site).await;
        assert_eq!(status, expected, "{path} {site}: {told}");
        assert!(told.contains("ページを表示できません"), "{told}");
    }
    let empty = town.send_form(&form, &[("submit", &hidden(&page)), ("text", " \n")], "same-origin").await;
    assert_eq!(empty.0, 422);
    assert!(empty.1.contains("role=\"alert\"") && empty.1.contains("aria-invalid"), "{}", empty.1);
    let long = "あ".repeat(4_001);
    let long = town.send_form(&form, &[("submit", &hidden(&page)), ("text", &long)], "same-origin").await;
    assert_eq!(long.0, 422);
    assert!(long.1.contains("4000文字まで") && long.1.contains("ああ"), "what was written is not lost");
    assert!(town.enquiries(State::Open).await.is_empty());
    let head = town.http.get(town.url(&form)).send().await.unwrap();
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
    ] {
        assert!(head.headers()[name].to_str().unwrap().contains(part), "{name}");
    }
    assert!(head.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn somebody_who_sends_again_and_again_is_asked_to_wait() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let friend = town.friend();
    let form = town.way_to_form(&friend).await;
    let mut last = (0, String::new());
    for number in 0..6 {
        let (_, page) = town.page(&form).await;
        let text = format!("質問 {number}");
        last = town.send_form(&form, &[("submit", &hidden(&page)), ("text", &text)], "same-origin").await;
    }
    assert_eq!(last.0, 429);
    assert!(last.1.contains("12分") && last.1.contains("質問 5"), "{}", last.1);
    assert_eq!(town.enquiries(State::Open).await.len(), 5);
}

#[tokio::test]
async fn somebody_in_danger_gets_numbers_on_the_form_too() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let form = town.way_to_form(&town.friend()).await;
    let (_, page) = town.page(&form).await;
    let sent =
        town.send_form(&form, &[("submit", &hidden(&page)), ("text", "火事です")], "same-origin").await;
    assert!(sent.1.contains("いま危険を感じている方へ") && sent.1.contains("119"), "{}", sent.1);
}

#[tokio::test]
async fn who_has_left_is_not_written_to() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let friend = town.friend();
    let form = town.way_to_form(&friend).await;
    let (_, page) = town.page(&form).await;
    town.send_form(&form, &[("submit", &hidden(&page)), ("text", "質問")], "same-origin").await;
    let left = town.simulator.act(&friend, Act::Unfollow).webhook_event_id;
    town.outcome(&left).await;
    let open = town.enquiries(State::Open).await.remove(0);
    let seen = Seen { id: open.head.id, version: open.head.version };
    handle::answer_enquiry(&town.app.ctx, &actor(1), seen, "回答").await.unwrap();
    assert_eq!(town.calls("push"), 0);
    assert_eq!(notice_outcome(&town, open.head.id).await, Some(NoticeOutcome::NotFollowing));
}

async fn notice_outcome(town: &Town, id: EnquiryId) -> Option<NoticeOutcome> {
    let (_, record) = town.app.ctx.store.load_enquiry(&todoke(), id).await.unwrap().unwrap();
    record.unwrap().outcome
}

#[tokio::test]
async fn a_notice_that_line_could_not_take_goes_out_once_later() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let friend = town.friend();
    town.says(&friend, Act::Follow).await;
    let form = town.way_to_form(&friend).await;
    let (_, page) = town.page(&form).await;
    town.send_form(&form, &[("submit", &hidden(&page)), ("text", "質問")], "same-origin").await;
    let open = town.enquiries(State::Open).await.remove(0);
    let seen = Seen { id: open.head.id, version: open.head.version };
    // Accepted by LINE, but nobody was told: the worst case for a message that must go out once.
    town.simulator.set_faults(todoke::simulator::Faults { error_after: 1.0, ..Default::default() });
    handle::answer_enquiry(&town.app.ctx, &actor(1), seen, "回答").await.unwrap();
    assert_eq!(notice_outcome(&town, open.head.id).await, None);
    town.simulator.set_faults(todoke::simulator::Faults::default());
    assert_eq!(notify(&town.app.ctx, &todoke()).await.unwrap(), 1);
    assert_eq!(notify(&town.app.ctx, &todoke()).await.unwrap(), 0);
    assert_eq!(notice_outcome(&town, open.head.id).await, Some(NoticeOutcome::Accepted));
    let told = town.simulator.chat(&friend).into_iter().filter(|entry| entry.event.is_none());
    let told = told.filter(|entry| matches!(entry.content, Content::Said(_))).count();
    assert_eq!(told, 1, "the resident sees one notice");
}

#[tokio::test]
async fn what_was_not_answered_is_kept_masked_and_nothing_else_is() {
    let town = Town::new().await;
    let friend = town.friend();
    for words in [
        "転入届",
        "火事です",
        "電話番号は090-1234-5678です",
        "ありがとう",
        "私は山田太郎です。宇宙旅行に行きたい",
        "1",
    ] {
        town.answer(&friend, words).await;
    }
    let kept = town.kept().await;
    let texts: Vec<&str> = kept.iter().map(|question| question.text.as_str()).collect();
    assert!(texts.contains(&"私は〔名前〕です。宇宙旅行に行きたい"), "{texts:?}");
    assert!(
        !texts.iter().any(|text| text.contains("火事") || text.contains("番号") || text.contains("転入"))
    );

    let before = town.kept().await.len();
    town.answer(&friend, "転入届を出したい").await;
    town.answer(&friend, "ちがう").await;
    let kept = town.kept().await;
    assert_eq!((kept.len(), kept[0].text.as_str()), (before + 1, "転入届を出したい"));
    assert_eq!(kept[0].why, Why::Wrong(IntentId::new("moving.in")));

    town.answer(&friend, "粗大ごみと転入届").await;
    town.says(&friend, tap("n")).await;
    let kept = town.kept().await;
    assert_eq!((kept[0].text.as_str(), &kept[0].why), ("粗大ごみと転入届", &Why::NoneOfThese));
    // A button of an older day is about a question that is not known any more.
    let before = kept.len();
    town.says(&friend, tap("w:garbage.bulky")).await;
    assert_eq!(town.kept().await.len(), before);
    assert_eq!(town.verified().await["questions"], before);
}

#[tokio::test]
async fn who_unsends_a_question_takes_it_out_of_what_is_kept() {
    let town = Town::new().await;
    let friend = town.friend();
    town.answer(&friend, "宇宙旅行に行きたい").await;
    assert_eq!(town.kept().await.len(), 1);
    let chat = town.simulator.chat(&friend).into_iter();
    let message_id = chat
        .filter_map(|entry| match entry.content {
            Content::Did(Act::Text { .. }, message) => Some(message),
            _ => None,
        })
        .next_back()
        .unwrap();
    town.simulator.act(&friend, Act::Unsend { message_id });
    until("the question is gone", || async { town.kept().await.is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn staff_see_groups_and_what_was_done_with_them() {
    let town = Town::new().await;
    let ctx = &town.app.ctx;
    for words in ["ドッグランはありますか", "ドッグランありますか", "宇宙旅行に行きたい"]
    {
        town.answer(&town.friend(), words).await;
    }
    let groups = list_groups(ctx, &actor(1)).await.unwrap();
    assert_eq!(groups.iter().map(|group| group.questions.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((groups[0].last_week, groups[0].week_before, groups[0].is_new()), (2, 0, true));
    let seen = groups[0].seen();
    mark_added(ctx, &actor(1), seen.clone(), IntentId::new("park.dogs")).await.unwrap();
    let late = ignore(ctx, &actor(2), seen).await;
    assert!(matches!(late, Err(MarkError::Store(StoreError::Conflict))));
    let groups = list_groups(ctx, &actor(1)).await.unwrap();
    assert_eq!((groups[0].questions.len(), groups[1].is_new()), (1, false), "what is new comes first");
}

#[tokio::test]
async fn an_operator_finds_the_answers_of_the_chat_and_says_what_is_missing() {
    let town = Town::new().await;
    let ctx = &town.app.ctx;
    let found = search::search(ctx, &actor(1), "粗大ごみを捨てたい", Language::Ja).unwrap();
    assert_eq!((found.decision, found.hits[0].intent.as_str()), ("answer", "garbage.bulky"));
    assert!(found.hits[0].confidence > 0.6 && found.hits[0].contact.tel.is_some());
    assert!(found.hits.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
    assert!(search::search(ctx, &actor(1), "火事です", Language::Ja).unwrap().danger.is_some());
    let kept =
        search::not_found(ctx, &actor(1), "090-1234-5678の件、犬の登録は", Language::Ja).await.unwrap();
    assert!(kept.is_some());
    assert_eq!(town.kept().await[0].text, "〔電話〕の件、犬の登録は");
    for nothing in ["火事です", "090-1234-5678"] {
        assert_eq!(search::not_found(ctx, &actor(1), nothing, Language::Ja).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_emergency_text_of_two_people_precedes_every_answer_but_those_to_danger() {
    let town = Town::new().await;
    let (ctx, friend, account) = (&town.app.ctx, town.friend(), todoke());
    let text = |text: &str| Localized::new([(Language::Ja, text.to_owned())].into());
    let until = ctx.clock.now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    emergency::propose(ctx, &actor(1), Version(0), &text("避難所を開きました"), until).await.unwrap();
    assert!(!town.answer(&friend, "転入届").await.contains("避難所"), "one person is not enough");
    let draft = |emergency: todoke::domain::emergency::Emergency| -> Notice {
        emergency.draft().unwrap().notice.clone()
    };
    let seen = draft(ctx.store.emergency(&account).await.unwrap().0);
    let same = emergency::approve(ctx, &actor(1), &seen).await;
    assert!(matches!(same, Err(EmergencyError::Refused(_))), "{same:?}");
    let unread = emergency::propose(ctx, &actor(2), Version(0), &text("別の文"), until).await;
    assert!(matches!(unread, Err(EmergencyError::Store(StoreError::Conflict))), "{unread:?}");
    emergency::propose(ctx, &actor(1), Version(1), &text("避難所を三つ開きました"), until).await.unwrap();
    let edited = emergency::approve(ctx, &actor(2), &seen).await;
    assert!(matches!(edited, Err(EmergencyError::Refused(_))), "an edit voids what was seen: {edited:?}");
    let seen = draft(ctx.store.emergency(&account).await.unwrap().0);
    emergency::approve(ctx, &actor(2), &seen).await.unwrap();
    for words in ["転入届", "宇宙旅行に行きたい", "ありがとう", "English"] {
        let told = town.answer(&friend, words).await;
        assert!(told.starts_with("避難所を三つ開きました"), "{words}: {told}");
    }
    let danger = town.answer(&friend, "火事です").await;
    assert!(danger.contains("119") && !danger.contains("避難所"), "{danger}");
    emergency::end(ctx, &actor::<ProposeEmergency>(1)).await.unwrap();
    assert!(!town.answer(&friend, "転入届").await.contains("避難所"));
    let history = ctx.store.emergency_history(&account, None, 9).await.unwrap();
    assert_eq!(history.len(), 4, "every step is kept: {history:?}");
}
