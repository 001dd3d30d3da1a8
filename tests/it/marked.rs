//! Five hundred marked personal values, typed into every field that residents have: none stands in a log, a figure,
//! an address that a page leads to, or an error page (but in the very field that its writer has to mend).

use std::fs;

use regex::Regex;
use todoke::{
    domain::{
        attribute::AttributeId,
        registration::{Codes, Tap},
    },
    simulator::{Act, FriendId, Simulator},
};

use crate::{
    desk::{PUBLIC, addresses_at, hidden, path},
    own_data::{Fields, form, with},
    privacy::holding,
    support::{simulator, until},
    town::{Home, Server, free_address},
};

/// What every value begins with.
const MARK: &str = "canary-";

/// Residents at a real process, and everything that came back from it.
struct Stage {
    home: Home,
    double: Simulator,
    server: Server,
    http: reqwest::Client,
    marked: Vec<String>,
    /// What pages and statuses said, without what stands in fields.
    told: Vec<String>,
    statuses: Vec<u16>,
}

impl Stage {
    async fn new() -> Self {
        let settings = format!("{PUBLIC}[log]\nlevel = \"debug\"\n");
        let (home, address) = (Home::new(&settings), free_address());
        let double = simulator(|_| {}).await;
        double.set_webhook_url(format!("http://{address}/line/todoke/webhook"));
        let liff = [("TODOKE_ACCOUNT_TODOKE__LIFF_ID", "1234567890-AbcdEfgh")];
        let mut server = Server::spawn(&home, address, &double.api_base(), &liff);
        server.ready().await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { home, double, server, http, marked: Vec::new(), told: Vec::new(), statuses: Vec::new() }
    }

    /// A value that is like no other.
    fn mark(&mut self, of: &str) -> String {
        let value = format!("{MARK}{:03}-{of}", self.marked.len());
        self.marked.push(value.clone());
        value
    }

    async fn act(&self, friend: &FriendId, act: Act) {
        self.double.act(friend, act);
        self.settled().await;
    }

    async fn say(&self, friend: &FriendId, text: &str) {
        self.act(friend, Act::Text { text: text.into() }).await;
    }

    async fn settled(&self) {
        self.double.idle().await;
        until("nothing waits", || async {
            let metrics = self.server.get("/metrics").await;
            metrics.lines().any(|line| line == "todoke_events_waiting 0").then_some(())
        })
        .await;
    }

    async fn look(&mut self, at: &str) -> String {
        let answer = self.http.get(format!("http://{}{at}", self.server.address)).send().await.unwrap();
        self.note(answer).await
    }

    async fn send(&mut self, at: &str, fields: &Fields) -> String {
        let encoded = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = self.http.post(format!("http://{}{at}", self.server.address));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(body.join("&")).send().await.unwrap();
        self.note(answer).await
    }

    /// Keeps what a page tells: where it leads, and its words, if it is the page of an error.
    async fn note(&mut self, answer: reqwest::Response) -> String {
        let status = answer.status().as_u16();
        let led = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let page = answer.text().await.unwrap();
        self.told.extend(led);
        if status >= 400 {
            self.told.push(without_fields(&page));
        }
        let links = Regex::new(r#"(?:href|action|src)="([^"]*)""#).unwrap();
        self.told.extend(links.captures_iter(&page).map(|link| link[1].to_owned()));
        self.statuses.push(status);
        page
    }

    /// A resident, and the ways to the form and to the page of their own data.
    async fn resident(&mut self) -> (FriendId, String, String) {
        let name = self.mark("profile-name");
        let friend = self.double.add_person(&name, "ja");
        self.say(&friend, "宇宙旅行に行きたい").await;
        let ask = path(&addresses_at(&self.double, &friend)[0]);
        self.say(&friend, "登録内容を見る").await;
        let mine = path(&addresses_at(&self.double, &friend)[0]);
        (friend, ask, mine)
    }
}

/// A page without what stands in its fields: whoever has to mend something sees what they typed, there.
fn without_fields(page: &str) -> String {
    let fields =
        Regex::new(r#"(?s)<textarea[^>]*>.*?</textarea>|<option[^>]*>[^<]*</option>| value="[^"]*""#)
            .unwrap();
    fields.replace_all(page, "").into_owned()
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn nothing_that_a_resident_types_stands_in_logs_figures_addresses_or_error_pages() {
    let mut stage = Stage::new().await;
    for _ in 0..10 {
        let (friend, ask, mine) = stage.resident().await;
        chat(&mut stage, &friend).await;
        enquiry(&mut stage, &friend, &ask).await;
        own_data(&mut stage, &mine).await;
        addresses(&mut stage).await;
    }
    assert!(stage.marked.len() >= 500, "{}", stage.marked.len());
    for status in [303, 403, 404, 409, 422] {
        assert!(stage.statuses.contains(&status), "no {status} among {:?}", stage.statuses);
    }
    let Stage { home, double, server, marked, told, .. } = stage;
    let figures = format!("{}{}", server.get("/metrics").await, server.get("/readyz").await);
    assert!(server.terminate().await.success());
    double.shutdown().await;
    let log = fs::read_to_string(home.path().join("log")).unwrap();
    // The control: the log is of this level and of these conversations, and the search finds what is there.
    assert!(log.contains("\"DEBUG\"") && log.contains("LINE answered") && figures.contains("todoke_"));
    let pages = told.join("\n");
    assert!(pages.contains("市への問い合わせ") || pages.contains("/p/me/"), "pages were kept");
    for value in &marked {
        for (what, text) in [("log", &log), ("figures", &figures), ("pages", &pages)] {
            let line = text.lines().find(|line| line.contains(value.as_str()));
            assert!(line.is_none(), "{value} stands in the {what}: {line:?}");
        }
        assert_eq!(holding(&home.data(), value), 0, "{value} stands in the data folder");
    }
    assert!(!pages.contains(MARK) && !log.contains(MARK));
}

/// Words at every step of a registration, codes behind buttons, picked days.
async fn chat(stage: &mut Stage, friend: &FriendId) {
    let open = |tap: Tap| Act::Postback { data: Codes::code(&tap), display_text: None, picked: None };
    let ask = |id: &str| Tap::Ask(id.parse::<AttributeId>().unwrap());
    for step in
        [Tap::Open, ask("children"), ask("household"), ask("member"), ask("wards"), ask("topics"), Tap::Stop]
    {
        stage.act(friend, open(step)).await;
        let words = stage.mark("step");
        stage.say(friend, &words).await;
        let words = format!("私は{}です。090-1234-5678", stage.mark("in-a-sentence"));
        stage.say(friend, &words).await;
    }
    let marked = [
        stage.mark("words"),
        stage.mark("code"),
        stage.mark("registration-code"),
        stage.mark("shown"),
        stage.mark("day"),
    ];
    let [words, code, registration, shown, day] = marked;
    stage.say(friend, &words).await;
    for (data, display_text, picked) in [
        (code, None, None),
        (format!("r:{registration}"), None, None),
        (Codes::code(&Tap::AddBorn("children".parse().unwrap())), Some(shown), Some(day)),
    ] {
        stage.act(friend, Act::Postback { data, display_text, picked }).await;
    }
}

/// The form to the city, and the page of the enquiry.
async fn enquiry(stage: &mut Stage, friend: &FriendId, ask: &str) {
    let page = stage.look(ask).await;
    let submit = hidden(&page);
    let long = format!("{}{}", stage.mark("too-long"), "あ".repeat(4_001));
    let (name, division, lost) = (stage.mark("name"), stage.mark("division"), stage.mark("submit"));
    stage
        .send(ask, &fields(&[("submit", &submit), ("text", &long), ("name", &name), ("division", &division)]))
        .await;
    let (text, name) = (stage.mark("text"), stage.mark("name"));
    stage.send(ask, &fields(&[("submit", &lost), ("text", &text), ("name", &name)])).await;
    let sent = fields(&[("submit", &submit), ("text", &text), ("name", &name), (&stage.mark("field"), "x")]);
    let done = stage.send(ask, &sent).await;
    let at = Regex::new("/p/enquiries/[A-Za-z0-9_-]+").unwrap();
    let led = stage
        .told
        .iter()
        .rev()
        .chain([&done])
        .find_map(|text| at.find(text))
        .map(|at| at.as_str().to_owned());
    let at = led.expect("the enquiry's page");
    let page = stage.look(&at).await;
    let (reply, lost) = (stage.mark("reply"), stage.mark("reply"));
    let submit = hidden(&page);
    stage.send(&at, &fields(&[("submit", &submit), ("text", &reply)])).await;
    stage.send(&at, &fields(&[("submit", "x"), ("text", &lost)])).await;
    assert!(!friend.0.is_empty());
}

/// Every field of the page of one's own data, its hidden ones too, and a helper.
async fn own_data(stage: &mut Stage, mine: &str) {
    let page = stage.look(mine).await;
    for (section, field) in [
        ("household", "household"),
        ("household", "was.household"),
        ("member", "member.code"),
        ("children", "children.new"),
        ("children", "children.new.kind"),
        ("wards", "wards.home"),
        ("topics", "topics.garbage.hours"),
        ("topics", "topics.garbage.area"),
        ("topics", "section"),
        ("topics", "submit"),
    ] {
        let (value, unknown) = (stage.mark("own"), stage.mark("unknown"));
        let mut sent = with(form(&page, section), &[(field, Some(&value)), ("topics.garbage", Some("yes"))]);
        sent.push((unknown.clone(), unknown));
        stage.send(mine, &sent).await;
    }
    let (at, submit) = (format!("{mine}/helpers"), hidden(&page));
    let (who, long, days, remove) =
        (stage.mark("helper"), stage.mark("helper-too-long"), stage.mark("days"), stage.mark("remove"));
    let long = format!("{long}{}", "あ".repeat(40));
    stage.send(&at, &fields(&[("submit", &submit), ("helper.who", &long), ("helper.days", &days)])).await;
    stage.send(&at, &fields(&[("submit", &submit), ("remove", &remove)])).await;
    let erase = stage.mark("erase");
    stage.send(&format!("{mine}/erase"), &fields(&[("submit", &erase)])).await;
    // The last one: from now on the resident's own page names the helper.
    stage.send(&at, &fields(&[("submit", &submit), ("helper.who", &who), ("helper.days", &days)])).await;
}

/// Addresses and tokens that somebody makes up: they are not repeated anywhere.
async fn addresses(stage: &mut Stage) {
    for place in ["/p/me/", "/p/ask/", "/p/enquiries/", "/p/go/", "/p/liff/", "/p/"] {
        let at = format!("{place}{}?lang={}", stage.mark("address"), stage.mark("language"));
        stage.look(&at).await;
    }
    let (token, form) = (stage.mark("token"), stage.mark("form"));
    stage.send("/p/liff/todoke", &fields(&[("id_token", &token)])).await;
    let request = stage.http.post(format!("http://{}/p/liff/todoke", stage.server.address));
    let answer = request.header("content-type", "text/plain").body(form).send().await.unwrap();
    stage.note(answer).await;
}
