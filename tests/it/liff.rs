//! The page that is opened inside LINE: LINE says whose an ID token is, and the page of their own data follows;
//! over HTTP against LINE's double.

use jiff::SignedDuration;
use todoke::{
    domain::time::Clock,
    simulator::{FriendId, Simulator},
    system::SystemClock,
};

use crate::{
    desk::PUBLIC,
    privacy::holding,
    support::{Town, simulator, until},
    town::{Home, Server, free_address},
};

const CHANNEL: &str = "1234567890";
const VARIABLE: (&str, &str) = ("TODOKE_ACCOUNT_TODOKE__LIFF_ID", "1234567890-AbcdEfgh");

async fn town() -> Town {
    Town::in_home(Home::new(PUBLIC), |_| {}, &[VARIABLE]).await
}

fn token(double: &Simulator, friend: &FriendId, channel: &str, ago: i64) -> String {
    let now = SystemClock.now().checked_sub(SignedDuration::from_secs(ago)).unwrap();
    double.id_token(friend, channel, now)
}

async fn enter(town: &Town, token: &str, site: &str) -> (u16, String) {
    town.send_form("/p/liff/todoke", &[("id_token", token)], site).await
}

#[tokio::test]
async fn whoever_line_names_sees_the_page_of_their_own_data() {
    let town = town().await;
    let (friend, other) = (town.friend(), town.friend());
    town.answer(&other, "受信設定").await;
    town.answer(&friend, "受信設定").await;
    assert!(town.answer(&friend, "3番").await.contains("「税の期限」を登録しました"));

    let answer = town.http.get(town.url("/p/liff/todoke")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(policy.contains("script-src 'self' https://static.line-scdn.net;"), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert_eq!(header("cache-control"), "no-store");
    let page = answer.text().await.unwrap();
    assert!(page.contains("data-liff=\"1234567890-AbcdEfgh\"") && page.contains("登録内容を見る"), "{page}");
    assert!(page.contains("href=\"https://liff.line.me/1234567890-AbcdEfgh\""), "{page}");
    let script = town.http.get(town.url("/p/assets/liff.js")).send().await.unwrap();
    assert_eq!(script.status(), 200);
    // Every other page runs no script at all.
    let mine = town.http.get(town.url("/p/me/x")).send().await.unwrap();
    assert!(!mine.headers()["content-security-policy"].to_str().unwrap().contains("script-src"));

    let (status, page) = enter(&town, &token(&town.simulator, &friend, CHANNEL, 0), "same-origin").await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("<dd>税の期限</dd>"), "{page}");
    let (status, page) = enter(&town, &token(&town.simulator, &other, CHANNEL, 0), "same-origin").await;
    assert_eq!(status, 200);
    assert!(page.contains("登録された内容はありません"), "their own, and no other's: {page}");
    assert_eq!(town.calls("/oauth2/v2.1/verify"), 2);
    town.verified().await;
}

#[tokio::test]
async fn tokens_that_line_did_not_make_for_this_channel_let_nobody_in() {
    let town = town().await;
    let friend = town.friend();
    town.answer(&friend, "受信設定").await;
    let good = token(&town.simulator, &friend, CHANNEL, 0);
    let mut forged = good.clone();
    forged.replace_range(good.len() - 4.., "0000");
    let (head, rest) = good.split_once('.').unwrap();
    let none = format!("{}.{}", head, rest.split('.').next().unwrap());
    let hostile = "x&client_id=9999999999";
    let long = "a".repeat(20_000);
    for (wrong, why) in [
        (token(&town.simulator, &friend, "9999999999", 0), "another channel's"),
        (token(&town.simulator, &friend, CHANNEL, 4_000), "its time is over"),
        (forged, "the signature is another"),
        (none, "no signature"),
        (hostile.to_owned(), "more than a token"),
        (long, "too long"),
        (String::new(), "empty"),
    ] {
        let (status, page) = enter(&town, &wrong, "same-origin").await;
        assert_eq!(status, 403, "{why}");
        assert!(
            page.contains("LINE で確認できませんでした") && !page.contains("登録された内容"),
            "{why}: {page}"
        );
    }
    assert_eq!(town.calls("/oauth2/v2.1/verify"), 4, "what cannot be a token is not sent to LINE");
    assert_eq!(enter(&town, &good, "cross-site").await.0, 404);
    let stranger = FriendId(format!("U{}", "7".repeat(32)));
    let (status, page) = enter(&town, &token(&town.simulator, &stranger, CHANNEL, 0), "same-origin").await;
    assert_eq!(status, 404);
    assert!(page.contains("友だちに追加"), "{page}");
    for path in ["/p/liff/minato", "/p/liff/nobody", "/p/liff/%00", "/p/liff/TODOKE"] {
        assert_eq!(town.page(path).await.0, 404, "{path}");
        assert_eq!(town.send_form(path, &[("id_token", &good)], "same-origin").await.0, 404, "{path}");
    }
    let nothing = town.send_form("/p/liff/todoke", &[("other", "x")], "same-origin").await;
    assert_eq!(nothing.0, 404);
    // LINE is down: nobody's fault, and the chat's way is said.
    town.simulator.shutdown().await;
    let (status, page) = enter(&town, &good, "same-origin").await;
    assert_eq!(status, 502);
    assert!(page.contains("登録内容を見る"), "{page}");
}

#[tokio::test]
async fn without_a_liff_id_there_is_no_such_page_and_a_wrong_one_stops_the_start() {
    let town = Town::with(PUBLIC, |_| {}).await;
    assert_eq!(town.page("/p/liff/todoke").await.0, 404);
    let wrong = Home::new("");
    let output = wrong
        .command_here(&["config", "check"])
        .env("TODOKE_ACCOUNT_TODOKE__LIFF_ID", "liff.line.me/1234567890-AbcdEfgh")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && told.contains("TODOKE_ACCOUNT_TODOKE__LIFF_ID: liff_id"), "{told}");
    assert!(told.contains("(1234567890-AbcdEfgh)"), "what it looks like is shown: {told}");
    let right =
        wrong.command_here(&["config", "check", "--json"]).env(VARIABLE.0, VARIABLE.1).output().unwrap();
    assert!(right.status.success());
    assert!(String::from_utf8_lossy(&right.stdout).contains("1234567890-AbcdEfgh"));
}

#[tokio::test]
async fn neither_token_nor_line_id_stands_anywhere() {
    let settings = format!("{PUBLIC}[log]\nlevel = \"debug\"\n");
    let (home, address) = (Home::new(&settings), free_address());
    let double = simulator(|_| {}).await;
    double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
    let mut server = Server::spawn(&home, address, &double.api_base(), &[VARIABLE]);
    server.ready().await;
    let friend = double.add_person("住民", "ja");
    double.act(&friend, todoke::simulator::Act::Text { text: "受信設定".into() });
    double.idle().await;
    until("nothing waits", || async {
        let metrics = server.get("/metrics").await;
        metrics.lines().any(|line| line == "todoke_events_waiting 0").then_some(())
    })
    .await;
    let given = token(&double, &friend, CHANNEL, 0);
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("http://{address}/p/liff/todoke");
    let answer = http.post(&url).form(&[("id_token", &given)]).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let led_to = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        led_to.starts_with("/p/me/") && !led_to.contains(&friend.0) && !led_to.contains(&given),
        "{led_to}"
    );
    let metrics = server.get("/metrics").await;
    assert!(
        metrics.contains("endpoint=\"/oauth2/v2.1/verify\",status=\"2xx\"") || metrics.contains("verify"),
        "{metrics}"
    );
    assert!(server.terminate().await.success());
    let log = std::fs::read_to_string(home.path().join("log")).unwrap();
    for secret in [given.as_str(), friend.0.as_str()] {
        assert!(!log.contains(secret) && !metrics.contains(secret), "no token and no LINE id is told");
        assert_eq!(holding(&home.data(), secret), 0);
    }
}
