//! More friends: a place's link is tapped, somebody adds the account on LINE's page, and the console tells of it.

use reqwest::{Client, Method, redirect::Policy};
use todoke::{
    domain::{
        audit::Action,
        place::{NEW_FRIEND, SHARED},
        staff::{Machine, Role},
        version::Version,
    },
    journeys::grow::places::{Described, add},
};

use crate::{
    console::Browser,
    desk::PUBLIC,
    support::{Town, until},
    town::Home,
};

const BASE: &str = "/console/todoke/places";
const CHANGE: &str = "/console/todoke/places/change";
const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/15.1.0";

impl Town {
    /// Asks an address as a phone does, no further than its first answer.
    async fn knock(&self, path: &str) -> (u16, String) {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let answer = http.get(self.url(path)).header("user-agent", PHONE).send().await.unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default())
    }

    async fn counted(&self, name: &str) -> u64 {
        let counts =
            self.app.ctx.store.day(&"todoke".parse().unwrap(), crate::figures::today()).await.unwrap();
        counts.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count)
    }

    /// LINE has told who the account is, which is asked for after the start.
    async fn known_to_line(&self) {
        let account = "todoke".parse().unwrap();
        until("LINE has told", || async { self.app.ctx.identities.basic_id(&account) }).await;
    }

    /// Somebody new adds the account on LINE's page.
    async fn adds(&self, page: &str, friends: u64) {
        let added = self.http.post(page).form(&[("name", "新しい人")]).send().await.unwrap();
        assert!(added.text().await.unwrap().contains("追加しました"));
        until("the new friend is counted", || async {
            (self.counted(NEW_FRIEND).await == friends).then_some(())
        })
        .await;
    }
}

/// A town that speaks every language and has a department.
async fn wide() -> Town {
    let home = Home::new(PUBLIC);
    let file = home.path().join("accounts/todoke.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let all = r#"languages = ["ja", "ja-easy", "en", "zh", "ko", "vi", "pt", "tl"]
departments = ["広報課"]"#;
    std::fs::write(&file, text.replace(r#"languages = ["ja", "en"]"#, all)).unwrap();
    Town::in_home(home, |_| {}, &[]).await
}

/// The code in the first link that the page shows.
fn code(page: &str) -> String {
    let (_, rest) = page.split_once("/p/add/").expect("a link");
    rest[..8].to_owned()
}

#[tokio::test]
async fn a_place_is_made_its_link_followed_and_what_came_of_it_told() {
    let town = Town::with(PUBLIC, |_| {}).await;
    town.known_to_line().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let empty = editor.get(BASE).await.text;
    assert!(empty.contains("最初の場所を作ってください"), "{empty}");
    let add = [("act", "add"), ("version", "0"), ("name", "区役所1階 窓口"), ("department", "")];
    let key = editor.get(BASE).await.form_key(CHANGE);
    let fields: Vec<_> = [("form-key", key.as_str())].into_iter().chain(add).collect();
    let made = editor.post(CHANGE, &fields).await;
    assert_eq!((made.status, made.location.as_str()), (303, BASE));
    let code = code(&editor.get(BASE).await.text);

    // Nobody tapped: a friend who came by another way is nobody's.
    let (status, line) = town.knock(&format!("/p/add/{code}")).await;
    assert_eq!(status, 302);
    assert!(line.ends_with("/R/ti/p/%40todoke"), "{line}");
    town.adds(&line, 1).await;
    assert_eq!(town.counted(&format!("add.came.{code}")).await, 1);
    town.adds(&line, 2).await;
    assert_eq!(town.counted(&format!("add.came.{code}")).await, 1, "one tap is of one friend");

    // Capitals are forgiven, since people type codes off paper; programs lead on and are not counted.
    assert_eq!(town.knock(&format!("/p/add/{}", code.to_uppercase())).await.0, 302);
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    for (method, agent) in [(Method::HEAD, PHONE), (Method::GET, "facebookexternalhit/1.1;line-poker/1.0")] {
        let url = town.url(&format!("/p/add/{code}"));
        let answer = http.request(method, url).header("user-agent", agent).send().await.unwrap();
        assert_eq!(answer.status(), 302);
    }
    assert_eq!(town.counted(&format!("add.tap.{code}")).await, 2);

    // Put away: off the list, and its paper works on.
    let page = editor.get(BASE).await;
    let key = page.form_key(CHANGE);
    let close = format!("close:{code}");
    let closed = editor.post(CHANGE, &[("form-key", &key), ("version", "1"), ("act", &close)]).await;
    assert_eq!(closed.status, 303);
    assert!(editor.get(BASE).await.text.contains("しまった場所"));
    assert_eq!(town.knock(&format!("/p/add/{code}")).await.0, 302);
    town.adds(&line, 3).await;
    assert_eq!(town.counted(&format!("add.came.{code}")).await, 2);
    let told = editor.get(&format!("{BASE}/places.csv?period=7")).await.text;
    assert!(told.contains(&format!("/p/add/{code},3,2")), "{told}");
}

#[tokio::test]
async fn what_is_typed_wrong_is_told_and_of_two_edits_one_stands() {
    let town = wide().await;
    let mut editor = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    let mut post = async |fields: &[(&str, &str)]| {
        let key = editor.get(BASE).await.form_key(CHANGE);
        let fields: Vec<_> = [("form-key", key.as_str())].into_iter().chain(fields.iter().copied()).collect();
        editor.post(CHANGE, &fields).await
    };
    let long = "あ".repeat(61);
    for (name, department, told) in [
        ("", "", "1行で60文字まで"),
        (long.as_str(), "", "1行で60文字まで"),
        ("広報", "なぞの課", "その課は"),
    ] {
        let got = post(&[("act", "add"), ("version", "0"), ("name", name), ("department", department)]).await;
        assert_eq!(got.status, 422, "{name}");
        assert!(got.text.contains(told), "{}", got.text);
        assert!(name.is_empty() || got.text.contains(name), "what was typed is still there");
    }
    assert_eq!(post(&[("act", "add"), ("version", "0"), ("name", "広報")]).await.status, 303);
    assert_eq!(post(&[("act", "add"), ("version", "0"), ("name", "駅")]).await.status, 409);
    assert_eq!(
        post(&[("act", "add"), ("version", "1"), ("name", "広報")]).await.status,
        422,
        "the name is taken"
    );
    assert_eq!(post(&[("act", "close:aaaaaaaa"), ("version", "1")]).await.status, 404);
    assert_eq!(post(&[("act", "close:../x"), ("version", "1")]).await.status, 400);
}

#[tokio::test]
async fn a_sheet_has_the_code_and_the_languages_that_were_asked_for() {
    let town = wide().await;
    let ctx = &town.app.ctx;
    let described = Described { name: "<b>駅</b>".parse().unwrap(), department: None };
    let actor = Machine.actor(&"todoke".parse().unwrap());
    let code = add(ctx, &actor, Version::default(), described).await.unwrap();
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let sheet = format!("{BASE}/place/{code}/sheet");
    let usual = viewer.get(&sheet).await.text;
    assert!(
        usual.contains("市からのお知らせを LINE で受け取れます")
            && usual.contains("Get the city’s news on LINE")
    );
    assert!(usual.contains("<svg") && !usual.contains("<b>駅"), "{usual}");
    let asked = viewer.get(&format!("{sheet}?lang=pt&lang=vi&lang=xx")).await.text;
    assert!(asked.contains("Receba os avisos") && asked.contains("Nhận thông báo"));
    assert!(!asked.contains("Get the city"), "{asked}");
    let file = viewer.get(&format!("{BASE}/place/{code}/qr.svg")).await;
    assert_eq!(file.headers["content-type"], "image/svg+xml");
    assert!(file.text.starts_with("<svg"));
    assert_eq!(viewer.get(&format!("{BASE}/place/aaaaaaaa/sheet")).await.status, 404);
    let audit = ctx.store.audit_from(0, 50).await.unwrap();
    let added = audit.iter().filter(|entry| entry.action == Action::PlaceAdded).count();
    assert_eq!(added, 1);
}

#[tokio::test]
async fn whoever_comes_before_line_has_told_who_the_account_is_is_asked_to_come_again() {
    let town = Town::with(PUBLIC, |_| {}).await;
    let actor = Machine.actor(&"todoke".parse().unwrap());
    let described = Described { name: "駅".parse().unwrap(), department: None };
    let code = add(&town.app.ctx, &actor, Version::default(), described).await.unwrap();
    let home = town.stop().await;
    let town = Town::in_home(home, |config| config.channel_access_token = "another".into(), &[]).await;
    assert_eq!(town.knock(&format!("/p/add/{code}")).await.0, 503);
    assert_eq!(town.knock("/p/share/todoke").await.0, 503);
    assert_eq!(town.counted(&format!("add.tap.{code}")).await, 0, "nobody came by");
    let town = Town::in_home(town.stop().await, |_| {}, &[]).await;
    town.known_to_line().await;
    assert_eq!(town.knock(&format!("/p/add/{code}")).await.0, 302, "and whoever comes then is let through");
    for nowhere in ["/p/add/aaaaaaaa", "/p/add/x", "/p/share/nowhere", "/p/share/..%2f"] {
        assert_eq!(town.knock(nowhere).await.0, 404, "{nowhere}");
    }
    let (status, line) = town.knock("/p/share/todoke").await;
    assert_eq!(status, 302);
    assert!(line.ends_with("/R/nv/recommendOA/%40todoke"), "{line}");
    assert_eq!(town.counted(SHARED).await, 1);
}
