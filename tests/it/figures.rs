//! Figures in the console and as CSV, and the way to online procedures on which taps are counted.

use jiff::civil::Date;
use reqwest::{Client, Method, redirect::Policy};
use todoke::{
    domain::{id::IntentId, staff::Role, time::Clock},
    system::SystemClock,
};

use crate::{
    console::Browser,
    desk::{PUBLIC, addresses, path},
    support::Town,
    town::Home,
};

const PROCEDURE: &str = "https://www.city.example/転入?a=1";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/15.1.0";

/// A town whose answer about moving in has a link, and a title that a spreadsheet would take for a formula.
async fn town(settings: &str) -> Town {
    let home = Home::new(settings);
    let file = home.path().join("intents/todoke/moving.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let link = format!("    link: {{ label: {{ ja: 手続きへ }}, url: \"{PROCEDURE}\" }}\n");
    let text = text.replace("ja: 転入届, en", "ja: \"=転入届\", en") + &link;
    std::fs::write(&file, text).unwrap();
    Town::in_home(home, |_| {}, &[]).await
}

pub fn today() -> Date {
    SystemClock.now().in_tz("Asia/Tokyo").unwrap().date()
}

impl Town {
    /// Follows an address no further than its first answer.
    async fn step(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut request = http.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn taps(&self) -> u64 {
        let counts = self.app.ctx.store.day(&"todoke".parse().unwrap(), today()).await.unwrap();
        counts.iter().find(|(name, _)| name == "tap.moving.in").map_or(0, |(_, count)| *count)
    }
}

#[tokio::test]
async fn a_tap_leads_to_the_published_link_and_is_counted_once_where_a_person_tapped() {
    let town = town(PUBLIC).await;
    let friend = town.friend();
    town.answer(&friend, "転入届").await;
    let way = path(&addresses(&town, &friend)[0]);
    assert!(way.starts_with("/p/go/todoke.moving.in."), "{way}");
    town.answer(&town.friend(), "転入届").await;
    let person = [("user-agent", PHONE)];
    let answer = town.step(Method::GET, &way, &person).await;
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "https://www.city.example/%E8%BB%A2%E5%85%A5?a=1");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().get("set-cookie").is_none());
    assert_eq!(town.taps().await, 1);
    let preview = [("user-agent", "facebookexternalhit/1.1;line-poker/1.0")];
    for (method, headers) in [
        (Method::HEAD, &person[..]),
        (Method::GET, &preview[..]),
        (Method::GET, &[]),
        (Method::GET, &[("user-agent", PHONE), ("sec-purpose", "prefetch")][..]),
    ] {
        assert_eq!(town.step(method, &way, headers).await.status(), 302, "everybody is led on");
    }
    assert_eq!(town.taps().await, 1, "and only people are counted");
}

#[tokio::test]
async fn no_code_but_our_own_leads_anywhere() {
    let town = town(PUBLIC).await;
    let friend = town.friend();
    town.answer(&friend, "転入届").await;
    let way = path(&addresses(&town, &friend)[0]);
    let (_, hash) = way.rsplit_once('.').unwrap();
    for (foreign, code) in [
        (format!("{way}A"), 404),
        (format!("/p/go/todoke.garbage.bulky.{hash}"), 404),
        (format!("/p/go/https%3A%2F%2Fevil.example.{hash}"), 404),
        ("/p/go/x".to_owned(), 404),
        (format!("/p/go/{}", "a".repeat(5_000)), 404),
        (format!("{way}?to=https://evil.example&url=https://evil.example"), 302),
    ] {
        let answer = town.step(Method::GET, &foreign, &[("user-agent", PHONE)]).await;
        assert_eq!(answer.status(), code, "{foreign}");
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        assert!(location.iter().all(|to| to.starts_with("https://www.city.example/")), "{location:?}");
    }
    // An intent without a link, under a code of our own.
    let code =
        town.app.ctx.pages.links.write_way(&"todoke".parse().unwrap(), &IntentId::new("garbage.bulky"));
    let answer = town.step(Method::GET, &format!("/p/go/{code}"), &[("user-agent", PHONE)]).await;
    assert_eq!(answer.status(), 404);
    let told = answer.text().await.unwrap();
    assert!(told.contains("ページを表示できません"), "{told}");
    let posted = town.step(Method::POST, &way, &[]).await;
    assert_eq!(posted.status(), 405);
    town.still_answers().await;
}

#[tokio::test]
async fn without_a_public_address_the_button_leads_straight_to_the_procedure() {
    let town = town("").await;
    let friend = town.friend();
    town.answer(&friend, "転入届").await;
    assert_eq!(addresses(&town, &friend), [PROCEDURE]);
}

#[tokio::test]
async fn figures_are_shown_and_written_as_csv_in_which_nothing_is_a_formula() {
    let town = town(PUBLIC).await;
    let friend = town.friend();
    town.answer(&friend, "転入届").await;
    town.answer(&friend, "ちがう").await;
    town.answer(&friend, "粗大ごみ").await;
    town.answer(&friend, "転入届").await;
    town.answer(&friend, "宇宙旅行に行きたい").await;
    town.answer(&friend, "火事です").await;
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let page = viewer.get("/console/todoke/figures?period=7").await;
    assert_eq!(page.status, 200);
    for expected in ["<option value=\"7\" selected>", "=転入届", "moving.in", "<svg", "<td>3</td>"] {
        assert!(page.text.contains(expected), "{expected} in {}", page.text);
    }
    assert!(!page.text.contains("style="), "the policy takes no inline style");
    let usual = viewer.get("/console/todoke/figures?period=%3Cscript%3E").await;
    assert!(usual.text.contains("<option value=\"28\" selected>") && !usual.text.contains("<script>"));

    let today = today();
    let month = today.strftime("%Y-%m").to_string();
    let days = viewer.get(&format!("/console/todoke/figures/days.csv?period={month}")).await;
    assert_eq!(days.headers["content-type"], "text/csv; charset=utf-8");
    assert!(days.text.starts_with('\u{feff}') && days.text.contains("\r\n"), "{}", days.text);
    assert_eq!(days.text.lines().count(), usize::try_from(today.day()).unwrap() + 1, "a line a day so far");
    let of_today = days.text.lines().last().unwrap();
    assert_eq!(of_today, format!("{today},4,3,0,1,0,1,0"), "{}", days.text);
    let intents = viewer.get("/console/todoke/figures/intents.csv?period=7").await;
    assert!(intents.text.contains("moving.in,'=転入届,2,0,1,0"), "{}", intents.text);
    for (path, text) in [("days", &days.text), ("intents", &intents.text)] {
        assert!(!text.contains("宇宙"), "{path} holds no words of residents");
    }
    let mut operator = Browser::with_role(&town, "todoke", Role::Operator).await;
    assert_eq!(operator.get("/console/todoke/figures").await.status, 403);
}

#[tokio::test]
async fn home_shows_each_role_what_waits_for_it_and_no_more() {
    let town = town(PUBLIC).await;
    let friend = town.friend();
    town.answer(&friend, "宇宙旅行に行きたい").await;
    let cases = [
        (Role::Viewer, &["答えられなかった質問", "数字をくわしく見る"][..], &["宇宙旅行", "問い合わせ"][..]),
        (Role::FaqEditor, &["宇宙旅行に行きたい", "期限が近い回答"], &["未対応の問い合わせ"]),
        (Role::Desk, &["未対応の問い合わせ"], &["宇宙旅行に行きたい", "期限が近い回答"]),
        (Role::Operator, &["メニューから選んでください"], &["宇宙旅行", "きょうの数字"]),
        (Role::OutsidePoster, &["メニューから選んでください"], &["宇宙旅行", "きょうの数字"]),
    ];
    for (role, shown, hidden) in cases {
        let page = Browser::with_role(&town, "todoke", role).await.get("/console/todoke").await;
        assert_eq!(page.status, 200);
        let (_, main) = page.text.split_once("<main").unwrap();
        for text in shown {
            assert!(main.contains(text), "{role:?} sees {text}: {main}");
        }
        for text in hidden {
            assert!(!main.contains(text), "{role:?} sees no {text}: {main}");
        }
    }
}
