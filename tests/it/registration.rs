//! A resident registers in the chat: by buttons, by words, with a question in the middle; over HTTP, on a
//! real store.

use todoke::{
    domain::{
        message::{Action, Messages, QuickReply},
        registration::{Codes, Tap},
    },
    simulator::{Act, Content, FriendId},
};

use crate::{privacy::holding, support::Town};

/// A resident at a phone: what the bot said last, and the buttons below it.
struct Phone<'a> {
    town: &'a Town,
    friend: FriendId,
    taps: usize,
}

impl<'a> Phone<'a> {
    fn new(town: &'a Town) -> Self {
        Self { town, friend: town.friend(), taps: 0 }
    }

    fn last(&self) -> Messages {
        let said =
            self.town.simulator.chat(&self.friend).into_iter().rev().find_map(|entry| match entry.content {
                Content::Said(messages) => Some(messages),
                Content::Did(..) => None,
            });
        said.expect("the bot has said something")
    }

    async fn say(&self, text: &str) -> String {
        self.town.answer(&self.friend, text).await
    }

    /// Taps what stands on a button; a picker picks the day.
    async fn tap(&mut self, label: &str, day: Option<&str>) -> String {
        let last = self.last();
        let actions: Vec<&Action> = last.quick_replies().iter().map(QuickReply::action).collect();
        let action = actions.iter().find(|action| action.label() == label);
        let Some(action) = action else {
            panic!("no {label} among {:?}", actions.iter().map(|a| a.label()).collect::<Vec<_>>())
        };
        let data = match action {
            Action::Postback { data, .. } | Action::Pick { data, .. } => data.clone(),
            other => panic!("{other:?} sends no code"),
        };
        self.taps += 1;
        let act = Act::Postback { data, display_text: None, picked: day.map(ToOwned::to_owned) };
        self.town.says(&self.friend, act).await.join("\n")
    }
}

#[tokio::test]
async fn topics_children_and_wards_are_registered_changed_and_stopped() {
    let town = Town::new().await;
    let mut phone = Phone::new(&town);
    phone.say("登録したい").await;
    let told = phone.tap("ごみの日", None).await;
    assert!(told.contains("「ごみの日」を登録しました") && told.contains("どの地域"), "{told}");
    let told = phone.tap("北区", None).await;
    assert!(told.contains("ごみの日（北区）") && told.contains("自宅：北区"), "{told}");
    assert_eq!(phone.taps, 2, "two taps and a word to the first useful subscription");

    phone.tap("子育て", None).await;
    phone.tap("✓ごみの日", None).await;
    phone.tap("時間を変える", None).await;
    let told = phone.tap("6時〜8時", None).await;
    assert!(told.contains("ごみの日（北区、6時〜8時）"), "{told}");
    phone.tap("登録の一覧へ", None).await;
    phone.tap("お子さん", None).await;
    let told = phone.tap("生年月日を選ぶ", Some("2024-05-03")).await;
    assert!(told.contains("2024年5月生まれ"), "{told}");
    let told = phone.say("令和2年12月").await;
    assert!(told.contains("2020年12月生まれ"), "a month may be typed: {told}");

    // A question in the middle is answered, and the registration goes on behind it.
    let told = phone.say("粗大ごみを捨てたい").await;
    assert!(told.contains("予約が必要です") && told.contains("お子さんの生まれた月"), "{told}");
    phone.tap("登録の一覧へ", None).await;
    phone.tap("お住まいの区など", None).await;
    phone.tap("自宅：北区", None).await;
    let told = phone.tap("南区", None).await;
    assert!(told.contains("「自宅：南区」を登録しました"), "{told}");
    let left = phone.say("やめる").await;
    assert!(left.contains("受信設定を終わりました"), "{left}");
    assert!(!phone.say("2").await.contains("登録しました"), "a number is no choice of it any more");

    let told = phone.say("登録内容を見る").await;
    for part in ["自宅：南区", "子育て、ごみの日（北区、6時〜8時）", "2024年5月生まれ、2020年12月生まれ"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    phone.taps = 0;
    phone.say("配信停止").await;
    let told = phone.tap("子育て", None).await;
    assert!(told.contains("「子育て」のお届けを止めました") && phone.taps == 1, "{told}");
    let told = phone.say("1").await;
    assert!(told.contains("「ごみの日」のお届けを止めました"), "the last one, by its number: {told}");
    assert!(phone.say("配信停止").await.contains("お届けしているお知らせはありません"));
    town.verified().await;
}

#[tokio::test]
async fn it_survives_a_restart_and_speaks_the_residents_language() {
    let town = Town::new().await;
    let mut phone = Phone::new(&town);
    phone.say("English").await;
    let told = phone.say("settings").await;
    assert!(told.contains("Choose the news you want"), "{told}");
    phone.tap("Tax deadlines", None).await;
    let (friend, simulator_taps) = (phone.friend.clone(), phone.taps);
    let told = phone.say("my data").await;
    assert!(told.contains("Tax deadlines") && simulator_taps == 1, "{told}");
    phone.say("4人").await;
    let told = phone.say("News settings").await;
    assert!(told.contains("This is registered"), "whoever has registered sees what is there: {told}");
    let told = phone.tap("Household size", None).await;
    assert!(told.contains("from 1 to 12"), "{told}");
    let told = phone.say("400").await;
    assert!(told.contains("could not be saved") && told.contains("from 1 to 12"), "{told}");
    assert!(phone.say("4").await.contains("Household size：4"), "a number is asked for, not a choice");
    phone.tap("Groups", None).await;
    assert!(phone.say("K7QM-2XW9-RT4J").await.contains("cannot be used"));
    assert!(phone.say("k7qm 2xw9 rt4h").await.contains("Fire brigade"));
    phone.tap("Groups", None).await;
    let told = phone.tap("Why do you ask?", None).await;
    assert!(
        told.contains("messages to the fire brigade") && told.contains("only while it is registered"),
        "{told}"
    );
    assert!(!friend.0.is_empty());
    town.verified().await;
}

#[tokio::test]
async fn buttons_of_an_older_day_danger_and_other_peoples_codes_do_no_harm() {
    let town = Town::new().await;
    let mut phone = Phone::new(&town);
    let press = |data: String| Act::Postback { data, display_text: None, picked: Some("nonsense".into()) };
    for data in ["r:", "r:00000000000000000000", "r:zz", "r:\u{202e}"] {
        let told = town.says(&phone.friend, press(data.into())).await.join("\n");
        assert!(told.contains("古くなっています"), "{data}: {told}");
    }
    let add = Tap::AddBorn("children".parse().unwrap());
    let told = town.says(&phone.friend, press(Codes::code(&add))).await.join("\n");
    assert!(told.contains("登録できませんでした"), "no day was picked: {told}");
    phone.say("受信設定").await;
    let told = phone.say("火事です").await;
    assert!(told.contains("119") && !told.contains("知りたいお知らせ"), "{told}");
    assert!(!phone.say("1").await.contains("登録しました"), "and it has ended");
    phone.say("受信設定").await;
    phone.tap("子育て", None).await;
    // What the bot asks back in the middle is answered by the next number; then the registration goes on.
    let asked = phone.say("粗大ごみと転入届").await;
    assert!(asked.contains("2. 転入届"), "{asked}");
    let told = phone.say("2").await;
    assert!(told.contains("14日以内") && told.contains("知りたいお知らせ"), "{told}");
    assert!(phone.say("3番").await.contains("「税の期限」を登録しました"));
    town.still_answers().await;
}

#[tokio::test]
async fn whoever_wants_it_is_erased_and_nothing_of_them_is_left() {
    let town = Town::new().await;
    let mut phone = Phone::new(&town);
    let mut hidden = vec![phone.friend.0.clone()];
    phone.say("受信設定").await;
    phone.tap("ごみの日", None).await;
    phone.tap("北区", None).await;
    phone.say("canary-text ごみ").await;
    hidden.push("canary-text".into());
    phone.say("登録を全部消す").await;
    let kept = phone.tap("登録の一覧へ", None).await;
    assert!(kept.contains("ごみの日（北区）"), "{kept}");
    phone.say("登録を全部消す").await;
    let told = phone.tap("はい、消します", None).await;
    assert!(told.contains("すべて消しました"), "{told}");
    assert!(phone.say("登録内容を見る").await.contains("まだ何も登録されていません"));
    town.verified().await;
    for needle in &hidden {
        assert_eq!(holding(&town.home.data(), needle), 0, "{needle}");
    }
}
