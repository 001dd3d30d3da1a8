//! A resident's own data on a page: seen, changed and erased, over HTTP, on a real store.

use regex::Regex;
use todoke::{
    domain::{
        id::{LineUserId, ResidentRef},
        language::Language,
        link::{Leads, Link},
        message::{Action, QuickReply},
        time::Timestamp,
    },
    journeys::pages::Bearer,
    simulator::{Act, Content, FriendId},
};

use crate::{
    desk::{PUBLIC, addresses, hidden, path, todoke},
    privacy::holding,
    support::Town,
};

pub type Fields = Vec<(String, String)>;

/// What a browser would send of a section as the page shows it.
pub fn form(page: &str, section: &str) -> Fields {
    let mark = format!("name=\"section\" value=\"{section}\"");
    let form = page.split("<form ").find(|form| form.contains(&mark)).expect("the section");
    let form = form.split("</form>").next().unwrap();
    let control =
        Regex::new(r#"(?s)<input ([^>]*)>|<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>"#).unwrap();
    let attribute = |tag: &str, name: &str| {
        let found = Regex::new(&format!(r#"(?:^| ){name}="([^"]*)""#)).unwrap().captures(tag);
        found.map(|found| unescaped(&found[1]))
    };
    let chosen = Regex::new(r#"<option value="([^"]*)" selected>"#).unwrap();
    let option = Regex::new(r#"<option value="([^"]*)""#).unwrap();
    let mut fields = Fields::new();
    for found in control.captures_iter(form) {
        if let Some(tag) = found.get(1).map(|tag| tag.as_str()) {
            if attribute(tag, "type").as_deref() != Some("checkbox") || tag.contains(" checked") {
                fields.push((attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()));
            }
        } else {
            let value = chosen.captures(&found[3]).or_else(|| option.captures(&found[3])).unwrap();
            let value = &value[1];
            fields.push((found[2].to_owned(), unescaped(value)));
        }
    }
    fields
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

/// The form with some fields filled in otherwise; `None`: a box that is unticked.
pub fn with(mut fields: Fields, changed: &[(&str, Option<&str>)]) -> Fields {
    for (name, value) in changed {
        // Boxes of one name are several values.
        if value.is_none() || name.rsplit_once('.').is_none_or(|(_, last)| last != "area") {
            fields.retain(|(known, _)| known != name);
        }
        fields.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    fields
}

pub struct Own<'a> {
    pub town: &'a Town,
    pub friend: FriendId,
    /// The page's address without a host.
    pub at: String,
}

impl<'a> Own<'a> {
    /// Somebody asks in the chat and gets the button.
    pub async fn new(town: &'a Town) -> Self {
        let friend = town.friend();
        let told = town.answer(&friend, "登録内容を見る").await;
        assert!(told.contains("[ページで見る・変える]"), "{told}");
        let at = path(&addresses(town, &friend)[0]);
        Self { town, friend, at }
    }

    pub async fn page(&self) -> String {
        let (status, page) = self.town.page(&self.at).await;
        assert_eq!(status, 200, "{page}");
        page
    }

    pub async fn send(&self, fields: &Fields) -> (u16, String) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.town.send_form(&self.at, &fields, "same-origin").await
    }

    /// Changes a section of the page as it is now.
    pub async fn change(&self, section: &str, changed: &[(&str, Option<&str>)]) -> (u16, String) {
        self.send(&with(form(&self.page().await, section), changed)).await
    }

    pub async fn saved(&self, section: &str, changed: &[(&str, Option<&str>)]) -> String {
        let (status, page) = self.change(section, changed).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("保存しました。") && page.contains("id=\"saved\""), "{page}");
        page
    }

    pub fn reference(&self) -> ResidentRef {
        self.town.app.ctx.store.resident_ref(&todoke(), &LineUserId::new(&self.friend.0)).unwrap()
    }

    pub fn link(&self, leads: Leads, minutes: i64) -> String {
        let until = self.town.app.ctx.clock.now();
        let until = until.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
        let link =
            Link { account: todoke(), resident: self.reference(), leads, language: Language::Ja, until };
        self.town.app.ctx.pages.links.write(&link)
    }

    pub async fn counted(&self, fact: &str) -> u64 {
        let now = self.town.app.ctx.clock.now();
        let day = now.in_tz("Asia/Tokyo").unwrap().date();
        let counts = self.town.app.ctx.store.day(&todoke(), day).await.unwrap();
        counts.iter().find(|(name, _)| name == fact).map_or(0, |(_, count)| *count)
    }

    /// Taps what stands on a quick reply of the last answer.
    async fn tap(&self, label: &str) -> String {
        let chat = self.town.simulator.chat(&self.friend).into_iter().rev();
        let last = chat.filter_map(|entry| match entry.content {
            Content::Said(messages) => Some(messages),
            Content::Did(..) => None,
        });
        let last = last.into_iter().next().unwrap();
        let taps: Vec<&Action> = last.quick_replies().iter().map(QuickReply::action).collect();
        let Some(Action::Postback { data, .. }) = taps.iter().find(|action| action.label() == label) else {
            panic!("no {label}")
        };
        let act = Act::Postback { data: data.clone(), display_text: None, picked: None };
        self.town.says(&self.friend, act).await.join("\n")
    }
}

#[tokio::test]
async fn everything_is_seen_and_changed_and_the_chat_knows_it() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    let page = own.page().await;
    for expected in [
        "登録内容の確認と変更",
        "登録された内容はありません",
        "はじめてご連絡をいただいた日",
        "保管しているお問い合わせはありません",
        "お送りしたものはありません",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    let page = own
        .saved(
            "topics",
            &[
                ("topics.garbage", Some("yes")),
                ("topics.garbage.area", Some("north")),
                ("topics.garbage.area", Some("south")),
                ("topics.garbage.hours", Some("6-8")),
                ("topics.taxes", Some("yes")),
            ],
        )
        .await;
    assert!(page.contains("<dd>ごみの日（北区、南区、6時〜8時）</dd>"), "{page}");
    own.saved("wards", &[("wards.home", Some("north")), ("wards.work", Some("south"))]).await;
    own.saved("children", &[("children.new", Some("令和６年５月"))]).await;
    own.saved("children", &[("children.new", Some("2024-05"))]).await;
    own.saved("household", &[("household", Some("４"))]).await;
    let page = own.saved("member", &[("member.code", Some("k7qm 2xw9 rt4h"))]).await;
    for told in ["自宅：北区", "勤め先：南区", "世帯の人数：4", "<dd>消防団</dd>", "value=\"2024-05\""]
    {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert_eq!(page.matches("<dd>2024年5月生まれ</dd>").count(), 2, "twins: {page}");
    assert!(page.contains("あなただけの鍵で暗号にして保管し") && page.contains("730日たつと"), "{page}");
    assert!(!page.contains("K7QM") && !page.contains("k7qm"), "the code is not shown again");

    // Changed, and taken back.
    let page = own.saved("topics", &[("topics.garbage.area", None), ("topics.taxes", None)]).await;
    assert!(page.contains("<dd>ごみの日（6時〜8時）</dd>"), "{page}");
    let page = own
        .saved(
            "children",
            &[
                ("children.0.remove", Some("yes")),
                ("children.1.kind", Some("born")),
                ("children.1", Some("2023-04")),
            ],
        )
        .await;
    assert_eq!(page.matches("月生まれ</dd>").count(), 1, "{page}");
    own.saved("household", &[("household", Some(""))]).await;
    own.saved("member", &[("member.fire-brigade", None)]).await;
    own.saved("wards", &[("wards.work", Some(""))]).await;
    let told = town.answer(&own.friend, "登録内容を見る").await;
    assert!(told.contains("自宅：北区") && told.contains("ごみの日（6時〜8時）"), "{told}");
    assert!(told.contains("2023年4月生まれ"), "{told}");
    for gone in ["勤め先", "消防団", "世帯の人数：", "税の期限", "2024年5月"] {
        assert!(!told.contains(gone), "{gone}: {told}");
    }
    let saved = own.counted("own-data.saved").await;
    assert_eq!(saved, 11, "one for each form that changed something");
    assert!(own.send(&form(&own.page().await, "topics")).await.1.contains("保存しました"));
    assert_eq!(own.counted("own-data.saved").await, saved, "a form without a change is none");
    town.verified().await;
}

#[tokio::test]
async fn a_page_from_before_undoes_nothing_and_a_double_post_is_one() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    own.saved("topics", &[("topics.garbage", Some("yes"))]).await;
    let old = own.page().await;
    // In the chat: garbage is stopped, childcare begins.
    town.answer(&own.friend, "配信停止").await;
    own.tap("ごみの日").await;
    town.answer(&own.friend, "受信設定").await;
    own.tap("子育て").await;

    let taxes = with(form(&old, "topics"), &[("topics.taxes", Some("yes"))]);
    let (status, page) = own.send(&taxes).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("<dd>子育て</dd>") && page.contains("<dd>税の期限</dd>"), "{page}");
    assert!(!page.contains("<dd>ごみの日"), "what the chat stopped stays stopped: {page}");
    assert_eq!(own.send(&taxes).await.0, 200);
    // The page would change what the chat has changed: it is told.
    let garbage = with(form(&old, "topics"), &[("topics.garbage.hours", Some("6-8"))]);
    let (status, page) = own.send(&garbage).await;
    assert_eq!(status, 409, "{page}");
    assert!(page.contains("変更は保存していません") && !page.contains("<dd>ごみの日"), "{page}");
    // Stopping everything stops what the page showed, and not what came after it.
    let (status, page) = own.send(&vec![("submit".into(), hidden(&old))]).await;
    assert_eq!(status, 200);
    assert!(page.contains("<dd>子育て</dd>"), "{page}");
    let (_, page) = own.send(&vec![("submit".into(), hidden(&own.page().await))]).await;
    assert!(page.contains("登録された内容はありません"), "{page}");

    let child = with(form(&own.page().await, "children"), &[("children.new", Some("2024-05"))]);
    let both = tokio::join!(own.send(&child), own.send(&child));
    assert_eq!((both.0.0, both.1.0), (200, 200));
    assert_eq!(own.page().await.matches("<dd>2024年5月生まれ</dd>").count(), 1);
    town.verified().await;
}

#[tokio::test]
async fn what_cannot_be_is_said_at_its_field_and_kept_as_typed() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    let hostile = "<script>alert(1)</script>\"&'\u{202e}";
    for (section, field, value, why) in [
        ("children", "children.new", hostile, "2024-05 のように"),
        ("children", "children.new", "2999-01", "2024-05 のように"),
        ("children", "children.new", "2199-01", "今月までの月"),
        ("household", "household", "13", "1から12まで"),
        ("household", "household", hostile, "1から12まで"),
        ("household", "household", "-3", "1から12まで"),
        ("member", "member.code", "K7QM-2XW9-RT4J", "招待コードは使えません"),
        ("member", "member.code", hostile, "招待コードは使えません"),
        ("wards", "wards.home", "nowhere", "いまはありません"),
        ("wards", "wards.home", hostile, "いまはありません"),
        ("topics", "topics.garbage.hours", "0-24", ""),
    ] {
        let (status, page) = own.change(section, &[(field, Some(value))]).await;
        if why.is_empty() {
            assert_eq!(status, 200, "hours of a topic that is not wanted count for nothing");
            continue;
        }
        assert_eq!(status, 422, "{section} {value}: {page}");
        assert!(page.contains(why) && page.contains("aria-invalid=\"true\""), "{why}: {page}");
        assert!(page.contains(&format!("<a href=\"#{field}\">")), "{page}");
        assert!(!page.contains("<script"), "{page}");
        if value != "nowhere" && field != "wards.home" {
            assert_eq!(
                form(&page, section).iter().find(|(n, _)| n == field).map(|(_, v)| v.replace("&#39;", "'")),
                Some(value.to_owned())
            );
        }
    }
    for (field, area) in [("topics.garbage.area", "nowhere"), ("topics.childcare.area", "north")] {
        let topic = field.trim_end_matches(".area");
        let (status, page) = own.change("topics", &[(topic, Some("yes")), (field, Some(area))]).await;
        assert_eq!(status, 422, "{page}");
    }
    assert!(own.page().await.contains("登録された内容はありません"));
    // What is mended is sent with the page that it came from.
    let (_, page) = own.change("household", &[("household", Some("0"))]).await;
    let (status, page) = own.send(&with(form(&page, "household"), &[("household", Some("3"))])).await;
    assert_eq!(status, 200);
    assert!(page.contains("世帯の人数：3"), "{page}");
    // Bytes that are no form, sections and fields of nobody.
    for body in ["%ff%fe=%00", "a", "section=topics", "section=%00&submit=x", "submit=&section="] {
        let request = town.http.post(town.url(&own.at)).body(body);
        let answer =
            request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        assert!(answer.status().is_client_error(), "{body}: {}", answer.status());
    }
    town.still_answers().await;
}

#[tokio::test]
async fn no_other_link_leads_to_it() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let (own, other) = (Own::new(&town).await, Own::new(&town).await);
    own.saved("household", &[("household", Some("4"))]).await;
    let page = own.page().await;
    let word = own.at.trim_start_matches("/p/me/").to_owned();

    // Forged, for something else, of another account, of another time.
    let mut broken = word.clone();
    broken.replace_range(40..41, if &word[40..41] == "A" { "B" } else { "A" });
    let ctx = &town.app.ctx;
    let (account, now) = ("elsewhere".parse().unwrap(), ctx.clock.now());
    let stranger = Bearer { account: &account, resident: own.reference(), language: Language::Ja, now };
    let elsewhere = path(&ctx.pages.mine_address(&stranger).unwrap());
    let over = format!("/p/me/{}", own.link(Leads::Mine, -1));
    for (at, expected) in [
        (format!("/p/me/{broken}"), 404),
        (format!("/p/me/{word}x"), 404),
        ("/p/me/x".to_owned(), 404),
        (format!("/p/me/{}", hidden(&page)), 404),
        (format!("/p/me/{}", own.link(Leads::Ask(None), 60)), 404),
        (elsewhere, 404),
        (over.clone(), 410),
    ] {
        for at in [at.clone(), format!("{at}/erase")] {
            let (status, page) = town.page(&at).await;
            assert_eq!(status, expected, "{at}");
            assert!(!page.contains("世帯"), "{page}");
        }
    }
    assert!(town.page(&over).await.1.contains("登録内容を見る"), "it says how to get a new one");
    assert_eq!(town.page(&format!("/p/ask/{word}")).await.0, 404, "nor does it lead elsewhere");
    assert_eq!(town.page(&format!("/p/enquiries/{word}")).await.0, 404);

    // A form of one page does not go through another's link, nor without its own word, nor from another site.
    let fields = with(form(&page, "household"), &[("household", Some("9"))]);
    assert_eq!(other.send(&fields).await.0, 404);
    assert_eq!(own.send(&with(fields.clone(), &[("submit", Some(&word))])).await.0, 404);
    assert_eq!(own.send(&with(fields.clone(), &[("submit", None)])).await.0, 404);
    let old = own.link(Leads::Change(Timestamp::UNIX_EPOCH), -1);
    assert_eq!(own.send(&with(fields.clone(), &[("submit", Some(&old))])).await.0, 410);
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(town.send_form(&own.at, &pairs, "cross-site").await.0, 404);
    assert_eq!(town.send_form(&format!("{}/erase", own.at), &pairs, "cross-site").await.0, 404);
    let crossed = with(Fields::new(), &[("submit", Some(hidden(&page).as_str()))]);
    let crossed: Vec<(&str, &str)> = crossed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(town.send_form(&format!("{}/erase", other.at), &crossed, "same-origin").await.0, 404);
    assert!(own.page().await.contains("世帯の人数：4"), "nothing was changed");
    assert!(!other.page().await.contains("世帯の人数："));

    // A page that was opened in time may be sent when its link is over.
    let late = Own { town: &town, friend: own.friend.clone(), at: over };
    let (status, page) = late.send(&fields).await;
    assert_eq!(status, 200);
    assert!(page.contains("保存しました。このリンクの期限は切れました") && !page.contains("世帯"), "{page}");
    assert!(own.page().await.contains("世帯の人数：9"));
}

#[tokio::test]
async fn pages_are_not_kept_found_or_told_elsewhere() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    for at in [own.at.clone(), format!("{}/erase", own.at)] {
        let answer = town.http.get(town.url(&at)).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("x-robots-tag"), "noindex, nofollow");
        assert!(header("content-security-policy").contains("default-src 'none'"));
        assert!(answer.headers().get("set-cookie").is_none());
    }
    // Sealed words are random: any sign may stand in them.
    let sealed = Regex::new("[A-Za-z0-9_-]{40,}").unwrap();
    for language in ["ja", "ja-easy", "en", "zh", "ko", "vi", "pt", "tl"] {
        for at in [own.at.clone(), format!("{}/erase", own.at)] {
            let (status, page) = town.page(&format!("{at}?lang={language}")).await;
            assert_eq!(status, 200);
            let page = sealed.replace_all(&page, "");
            assert!(!page.contains("{ $") && !page.contains("me-"), "{language}: {page}");
        }
    }
}

#[tokio::test]
async fn who_looks_or_sends_too_often_waits_and_others_do_not() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let (own, other) = (Own::new(&town).await, Own::new(&town).await);
    let fields = form(&own.page().await, "household");
    let codes = with(form(&own.page().await, "member"), &[("member.code", Some("AAAA-BBBB-CCCC"))]);
    let mut refused = 0;
    for _ in 0..70 {
        refused += usize::from(own.send(&codes).await.0 == 429);
    }
    assert!((8..=11).contains(&refused), "{refused}");
    let (status, page) = own.send(&fields).await;
    assert_eq!(status, 429);
    assert!(page.contains("分ほど待って"), "{page}");
    assert_eq!(other.change("household", &[("household", Some("2"))]).await.0, 200);
    // Other pages have buckets of their own.
    assert_eq!(town.page(&town.way_to_form(&own.friend).await).await.0, 200);
    let mut looks = 0;
    for _ in 0..130 {
        looks += usize::from(town.page(&own.at).await.0 == 200);
    }
    assert!((100..125).contains(&looks), "{looks}");
}

#[tokio::test]
async fn whoever_erases_is_told_what_goes_and_nothing_is_left() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    own.saved("topics", &[("topics.garbage", Some("yes"))]).await;
    own.saved("children", &[("children.new", Some("2019-03"))]).await;
    // An enquiry is listed by its number and goes with the rest.
    let way = town.way_to_form(&own.friend).await;
    let submit = hidden(&town.page(&way).await.1);
    let fields = [("submit", submit.as_str()), ("text", "canary-question"), ("name", "canary-name")];
    town.send_form(&way, &fields, "same-origin").await;
    let page = own.page().await;
    assert!(page.contains("-000001：受け付けました") && !page.contains("canary"), "{page}");

    let at = format!("{}/erase", own.at);
    let (status, confirm) = town.page(&at).await;
    assert_eq!(status, 200);
    for told in ["元に戻すことはできません", "登録した内容", "市への問い合わせ", "LINE のトークに残っている"]
    {
        assert!(confirm.contains(told), "{told}: {confirm}");
    }
    let erase = [("submit".to_owned(), hidden(&confirm))];
    let erase: Vec<(&str, &str)> = erase.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let stale = with(form(&page, "topics"), &[("topics.taxes", Some("yes"))]);
    for _ in 0..2 {
        let (status, page) = town.send_form(&at, &erase, "same-origin").await;
        assert_eq!(status, 200);
        assert!(page.contains("すべて消しました"), "{page}");
    }
    assert_eq!(own.counted("own-data.erased").await, 1);
    let (status, page) = town.page(&own.at).await;
    assert_eq!(status, 410);
    assert!(page.contains("あなたの内容はありません"), "{page}");
    assert_eq!(own.send(&stale).await.0, 410, "and no form brings anything back");
    assert!(town.app.ctx.store.resident(&todoke(), own.reference()).await.unwrap().is_none());
    for needle in [own.friend.0.as_str(), "canary-question", "canary-name", "2019-03"] {
        assert_eq!(holding(&town.home.data(), needle), 0, "{needle}");
    }
    // Whoever comes back is new, and the old form does not erase them.
    town.answer(&own.friend, "受信設定").await;
    own.tap("子育て").await;
    town.send_form(&at, &erase, "same-origin").await;
    assert!(town.answer(&own.friend, "登録内容を見る").await.contains("子育て"));
    town.verified().await;
}

#[tokio::test]
async fn without_a_public_address_there_is_no_button() {
    let town = Town::new().await;
    let friend = town.friend();
    let told = town.answer(&friend, "登録内容を見る").await;
    assert!(!told.contains("ページで見る") && addresses(&town, &friend).is_empty(), "{told}");
}

#[tokio::test]
async fn a_code_of_ones_own_lets_in_once_on_the_page_too() {
    use todoke::domain::{
        audit::{Action as Act, Note, Who},
        event::EventKey,
        roster::{GroupRef, Invited, PersonalCode},
    };
    let town = Town::with(PUBLIC, |_| {}).await;
    let (own, other) = (Own::new(&town).await, Own::new(&town).await);
    let (ctx, code) = (&town.app.ctx, PersonalCode::draw(&*town.app.ctx.entropy));
    let group = GroupRef { attribute: "member".parse().unwrap(), group: "fire-brigade".parse().unwrap() };
    let (now, hash, name) = (ctx.clock.now(), code.hash(), "佐藤 花子".parse().unwrap());
    let invited = Invited { group, name, hash, code: Some(code.clone()), made: now, used: None };
    let note = Note {
        at: now,
        actor: Who::CommandLine,
        action: Act::GroupImported,
        object: "all".into(),
        account: Some(todoke()),
        from: None,
        detail: Vec::new(),
    };
    let at = (now, EventKey::from_raw(b"list"));
    ctx.store.change_roster(&todoke(), vec![invited], Vec::new(), at, note).await.unwrap();
    let page = own.saved("member", &[("member.code", Some(code.expose()))]).await;
    assert!(page.contains("<dd>消防団</dd>") && !page.contains(code.expose()), "{page}");
    let (status, page) = other.change("member", &[("member.code", Some(code.expose()))]).await;
    assert!(status == 422 && page.contains("すでに使われています"), "{status} {page}");
    // Whoever left comes in again by their own code.
    own.saved("member", &[("member.fire-brigade", None)]).await;
    let page = own.saved("member", &[("member.code", Some(code.expose()))]).await;
    assert!(page.contains("<dd>消防団</dd>"), "{page}");
    town.verified().await;
}
