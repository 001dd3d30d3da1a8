//! Somebody helps with what a resident has registered: a link of their own that shows and changes less, and that
//! the resident takes back; over HTTP, on a real store.

use todoke::domain::{
    helper::HelperId,
    language::Language,
    link::{Leads, Link},
};

use crate::{
    desk::{PUBLIC, hidden, path},
    own_data::{Own, form, with},
    privacy::holding,
    support::Town,
};

/// The helper's page, its address without a host.
async fn helped<'a>(own: &Own<'a>, name: &str, days: &str) -> Own<'a> {
    let (status, page) = add(own, &hidden(&own.page().await), name, days).await;
    assert_eq!(status, 200, "{page}");
    let (_, address) = page.split_once("id=\"address\"><a href=\"").expect("an address");
    let at = path(address.split('"').next().unwrap());
    assert!(page.contains("https://line.me/R/share?text=") && page.contains("<svg"), "{page}");
    assert!(page.contains(&format!("「{name}」")), "{page}");
    Own { town: own.town, friend: own.friend.clone(), at }
}

async fn add(own: &Own<'_>, submit: &str, name: &str, days: &str) -> (u16, String) {
    let fields = [("submit", submit), ("helper.who", name), ("helper.days", days)];
    own.town.send_form(&format!("{}/helpers", own.at), &fields, "same-origin").await
}

async fn remove(own: &Own<'_>, submit: &str, id: &str) -> (u16, String) {
    let fields = [("submit", submit), ("remove", id)];
    own.town.send_form(&format!("{}/helpers", own.at), &fields, "same-origin").await
}

fn ids(page: &str) -> Vec<String> {
    let after = page.split("name=\"remove\" value=\"").skip(1);
    after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_helper_sees_and_changes_what_is_open_to_helpers_and_nothing_else() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    own.saved("topics", &[("topics.garbage", Some("yes"))]).await;
    own.saved("household", &[("household", Some("4"))]).await;
    own.saved("member", &[("member.code", Some("k7qm 2xw9 rt4h"))]).await;
    let way = town.way_to_form(&own.friend).await;
    let submit = hidden(&town.page(&way).await.1);
    let fields = [("submit", submit.as_str()), ("text", "質問です"), ("name", "花子")];
    town.send_form(&way, &fields, "same-origin").await;

    let helper = helped(&own, "長女", "30").await;
    let page = helper.page().await;
    assert!(page.contains("<dd>ごみの日</dd>") && page.contains("手伝う方"), "{page}");
    for hidden in
        ["世帯の人数", "消防団", "招待コード", "-000001", "すべて消す", "長女", "はじめて", "手伝ってもらう"]
    {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    // What the helper changes is changed for the resident, in the chat too.
    let page = helper.saved("topics", &[("topics.taxes", Some("yes"))]).await;
    assert!(page.contains("<dd>税の期限</dd>"), "{page}");
    helper.saved("children", &[("children.new", Some("2024-05"))]).await;
    let told = town.answer(&own.friend, "登録内容を見る").await;
    assert!(told.contains("税の期限") && told.contains("2024年5月生まれ"), "{told}");
    // The resident sees that somebody was there.
    let today = town.app.ctx.clock.now().in_tz("Asia/Tokyo").unwrap().date();
    let page = own.page().await;
    assert!(page.contains(&format!("最後に開いた日：{today}")) && ids(&page).len() == 1, "{page}");

    // Nothing that is not open goes through, whatever is sent.
    let mine = own.page().await;
    let theirs = hidden(&helper.page().await);
    for (section, field, value) in [("household", "household", "9"), ("member", "member.fire-brigade", "")] {
        let fields = with(form(&mine, section), &[(field, Some(value)), ("submit", Some(&theirs))]);
        assert_eq!(helper.send(&fields).await.0, 404, "{section}");
    }
    assert_eq!(add(&helper, &theirs, "もう一人", "7").await.0, 404);
    assert_eq!(remove(&helper, &theirs, &ids(&mine)[0]).await.0, 404);
    assert_eq!(town.page(&format!("{}/erase", helper.at)).await.0, 404);
    let erase = [("submit", theirs.as_str())];
    assert_eq!(town.send_form(&format!("{}/erase", helper.at), &erase, "same-origin").await.0, 404);
    assert!(own.page().await.contains("世帯の人数：4"));
    // Stopping everything is for helpers too.
    let (status, page) = helper.send(&vec![("submit".into(), theirs)]).await;
    assert_eq!(status, 200);
    assert!(!page.contains("<dd>税の期限</dd>"), "{page}");
    town.verified().await;
}

#[tokio::test]
async fn what_is_taken_back_leads_nowhere_at_once() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    let helper = helped(&own, "ケアマネジャー", "180").await;
    let open = with(form(&helper.page().await, "topics"), &[("topics.taxes", Some("yes"))]);
    let page = own.page().await;
    let (status, page) = remove(&own, &hidden(&page), &ids(&page)[0]).await;
    assert_eq!(status, 200);
    assert!(page.contains("保存しました") && ids(&page).is_empty(), "{page}");
    let (status, told) = town.page(&helper.at).await;
    assert_eq!(status, 410);
    assert!(told.contains("ご本人が取り消しました"), "{told}");
    assert_eq!(helper.send(&open).await.0, 410, "nor does a page that was open");
    assert!(!own.page().await.contains("<dd>税の期限"), "and nothing was changed");
    // One whose time is over, one of a number that never was, and one of somebody else.
    let other = Own::new(&town).await;
    let known = helped(&own, "長女", "7").await;
    let id = HelperId::read(&ids(&own.page().await)[0]).unwrap();
    for (at, expected) in [
        (own.link(Leads::Help(id), 5), 200),
        (own.link(Leads::Help(id), -1), 410),
        (own.link(Leads::Help(HelperId([7; 16])), 5), 410),
        (other.link(Leads::Help(id), 5), 410),
    ] {
        assert_eq!(town.page(&format!("/p/me/{at}")).await.0, expected);
    }
    assert_eq!(town.page(&known.at).await.0, 200);
}

#[tokio::test]
async fn links_are_few_named_and_made_once() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    let submit = hidden(&own.page().await);
    for (name, shown) in [("", ""), ("  ", ""), ("\u{202e}逆さ", "逆さ"), (&"長".repeat(41), "長長")] {
        let (status, page) = add(&own, &submit, name, "30").await;
        assert_eq!(status, 422, "{page}");
        assert!(page.contains("1文字から40文字") && page.contains("href=\"#helper.who\""), "{page}");
        assert!(page.contains(shown), "what was typed is kept: {page}");
    }
    for _ in 0..2 {
        assert_eq!(add(&own, &submit, "<b>長女</b>\"", "30").await.0, 200);
    }
    let page = own.page().await;
    assert_eq!(ids(&page).len(), 1, "a form that is sent twice makes one");
    assert!(page.contains("&#60;b&#62;長女") && !page.contains("<b>長女"), "{page}");
    helped(&own, "長男", "7").await;
    helped(&own, "次男", "no number").await;
    let (status, page) = add(&own, &hidden(&own.page().await), "四人目", "30").await;
    assert_eq!(status, 409);
    assert!(page.contains("3つまでです") && ids(&page).len() == 3, "{page}");
    let (status, _) = town.page(&format!("{}/helpers", own.at)).await;
    assert_eq!(status, 200, "who comes back to the form's address is led to the page");
    let fields = [("submit", submit.as_str()), ("remove", "nobody")];
    assert_eq!(town.send_form(&format!("{}/helpers", own.at), &fields, "cross-site").await.0, 404);
    assert_eq!(ids(&own.page().await).len(), 3);
}

#[tokio::test]
async fn every_language_says_it_and_erasing_takes_the_helpers_too() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    let helper = helped(&own, "canary-helper", "30").await;
    for language in ["ja", "ja-easy", "en", "zh", "ko", "vi", "pt", "tl"] {
        let (status, page) = town.page(&format!("{}?lang={language}", helper.at)).await;
        assert_eq!(status, 200);
        assert!(!page.contains("{ $") && !page.contains("me-"), "{language}: {page}");
    }
    assert_eq!(holding(&town.home.data(), "canary-helper"), 0, "the name is sealed");
    assert!(own.page().await.contains("canary-helper"));
    let confirm = town.page(&format!("{}/erase", own.at)).await.1;
    let submit = hidden(&confirm);
    let erase = [("submit", submit.as_str())];
    town.send_form(&format!("{}/erase", own.at), &erase, "same-origin").await;
    assert_eq!(town.page(&helper.at).await.0, 410);
    town.answer(&own.friend, "登録内容を見る").await;
    assert_eq!(town.page(&helper.at).await.0, 410, "not for whoever comes back either");
    town.verified().await;
}

#[tokio::test]
async fn a_helpers_link_of_another_account_leads_nowhere() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let own = Own::new(&town).await;
    helped(&own, "長女", "7").await;
    let id = HelperId::read(&ids(&own.page().await)[0]).unwrap();
    let until = town.app.ctx.clock.now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let link = Link {
        account: "elsewhere".parse().unwrap(),
        resident: own.reference(),
        leads: Leads::Help(id),
        language: Language::Ja,
        until,
    };
    let word = town.app.ctx.pages.links.write(&link);
    assert_eq!(town.page(&format!("/p/me/{word}")).await.0, 404);
}
