//! The staff console over HTTP, as a browser without JavaScript sees it.

use jiff::ToSpan;
use regex::Regex;
use todoke::{
    domain::{
        audit::{Head, verify},
        staff::{Machine, Membership, Origin, Role, StaffId, Stage},
        time::Clock,
        version::Version,
    },
    journeys::{
        grow, reach, segments,
        staff::{
            Secret,
            invite::{self, NewStaff},
            play,
        },
    },
    system::SystemClock,
    web::console::{Need, PAGES, Page},
};

use crate::{
    support::Town,
    town::{Home, free_address},
};

const SESSION: &str = "__Host-todoke-session";
const WAY_IN: &str = "__Host-todoke-way-in";
pub const PASSWORD: &str = "correct horse battery";
const MINATO: &str = "name = \"みなと市\"\ndepartments = [\"広報課\"]\n";

/// What came back.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// The token of the page's form that is posted to `action`.
    pub fn form_key(&self, action: &str) -> String {
        let form = Regex::new(&format!(
            r#"action="{}"[^>]*>\s*<input type="hidden" name="form-key" value="([0-9a-f]{{64}})""#,
            regex::escape(action)
        ));
        let found = form.unwrap().captures(&self.text).map(|found| found[1].to_owned());
        found.unwrap_or_else(|| panic!("no form for {action} in {}", self.text))
    }
}

/// Somebody at a browser: keeps the cookies of the session and the way in, and follows nothing by itself.
pub struct Browser {
    pub http: reqwest::Client,
    pub cookie: Option<String>,
    pub way_in: Option<String>,
    pub base: String,
}

impl Browser {
    pub fn new(town: &Town) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, cookie: None, way_in: None, base: town.url("") }
    }

    /// Signed in as somebody with a role, by the demo's way.
    pub async fn with_role(town: &Town, account: &str, role: Role) -> Self {
        let mut browser = Self::new(town);
        let account = account.parse().unwrap();
        let name = format!("{}さん", role.code()).parse().unwrap();
        let origin = Origin { address: "127.0.0.1".into(), agent: "test".into() };
        let begun = play::play(&town.app.ctx, &Machine.actor(&account), role, name, origin).await.unwrap();
        browser.cookie = Some(begun.token.expose().to_owned());
        browser
    }

    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let request = [(SESSION, &self.cookie), (WAY_IN, &self.way_in)].into_iter().fold(
            request,
            |request, (name, value)| match value {
                Some(value) => request.header("cookie", format!("{name}={value}")),
                None => request,
            },
        );
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let value = (!value.is_empty()).then(|| value.to_owned());
            match name {
                SESSION => self.cookie = value,
                WAY_IN => self.way_in = value,
                _ => {}
            }
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status, location, text: answer.text().await.unwrap(), headers }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.http.post(format!("{}{path}", self.base)).form(fields)).await
    }

    /// Name and password, on the page that asks for them.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.fill("/console/-/sign-in", &[("login", login), ("password", password)]).await
    }

    /// Uses an invitation.
    pub async fn accept(&mut self, secret: &Secret) -> Answer {
        let link = format!("/console/-/invitations/{}", secret.expose());
        self.fill(&link, &[("password", PASSWORD), ("password-again", PASSWORD)]).await
    }

    /// Opens the page and posts its form.
    pub async fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let key = page.form_key(path);
        let fields: Vec<(&str, &str)> =
            [("form-key", key.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post(path, &fields).await
    }
}

async fn town() -> Town {
    town_with("").await
}

pub async fn town_with(settings: &str) -> Town {
    let home = Home::new(settings);
    std::fs::write(home.path().join("accounts/minato.toml"), MINATO).unwrap();
    Town::in_home(home, |_| {}, &[]).await
}

pub fn membership(account: &str, roles: &[Role]) -> Membership {
    let account = account.parse().unwrap();
    Membership { account, roles: roles.to_vec(), department: None, from: None, until: None }
}

pub async fn invite(town: &Town, login: &str, membership: Membership) -> (StaffId, Secret) {
    let actor = Machine.actor(&membership.account);
    let new =
        NewStaff { login: login.parse().unwrap(), name: "花子 <script>".parse().unwrap(), membership };
    let invited = invite::add_staff(&town.app.ctx, &actor, new).await.unwrap();
    (invited.staff, invited.secret)
}

pub async fn head(town: &Town) -> Head {
    let entries = town.app.ctx.store.audit_from(1, 100_000).await.unwrap();
    verify(Head::START, &entries).expect("the chain is whole")
}

pub fn code(key: &str, steps: i64) -> String {
    use totp_rs::{Builder, Secret};
    let seed = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let totp = Builder::new().with_secret(seed).with_account_name("x").build().unwrap();
    let now = SystemClock.now();
    let at = now.checked_add((30 * steps).seconds()).unwrap();
    totp.generate(u64::try_from(at.as_second()).unwrap()).to_string()
}

pub fn key_of(page: &str) -> String {
    Regex::new(r#"id="totp-key">([A-Z2-7 ]+)<"#).unwrap().captures(page).unwrap()[1].to_owned()
}

#[tokio::test]
async fn whoever_is_invited_sets_a_password_and_a_second_factor_and_comes_in_with_both() {
    let town = town().await;
    let (_, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let link = format!("/console/-/invitations/{}", secret.expose());
    let mut browser = Browser::new(&town);
    let page = browser.get(&link).await;
    assert!(page.text.contains("花子 &#60;script&#62;") && !page.text.contains("<script>"), "{}", page.text);
    for (password, again, complaint) in [
        ("short", "short", "12文字以上"),
        ("correct horse battery", "correct horse batterie", "2つの入力が違います"),
        ("hanako-hanako-1234", "hanako-hanako-1234", "推測されやすい"),
    ] {
        let answer = browser.fill(&link, &[("password", password), ("password-again", again)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains(complaint), "{complaint}: {}", answer.text);
    }
    let answer = browser.accept(&secret).await;
    assert_eq!((answer.status, answer.location.split('?').next()), (303, Some("/console/-/enrol")));
    assert_eq!(browser.get(&link).await.status, 410, "the link is used");
    assert_eq!(
        browser.get("/console/todoke").await.location,
        "/console/-/enrol",
        "halfway leads nowhere else"
    );

    let page = browser.get("/console/-/enrol").await;
    let key = key_of(&page.text);
    assert!(page.text.contains("<svg") && page.text.contains("otpauth://totp/"));
    assert_eq!(browser.fill("/console/-/enrol", &[("code", "000000")]).await.status, 422);
    let halfway = browser.cookie.clone();
    let enrolled = browser.fill("/console/-/enrol", &[("code", &code(&key, 0))]).await;
    assert_eq!(enrolled.status, 303, "{}", enrolled.text);
    assert_ne!(browser.cookie, halfway, "a session with more rights has another token");
    let codes = browser.get(&enrolled.location).await;
    let recovery = Regex::new(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>").unwrap();
    let recovery: Vec<String> =
        recovery.captures_iter(&codes.text).map(|found| found[1].to_owned()).collect();
    assert_eq!(recovery.len(), 10);
    let home = browser.get("/console/todoke").await;
    assert_eq!(home.status, 200);
    assert!(home.text.contains("職員") && home.text.contains("操作記録"));

    let mut other = Browser { cookie: halfway, ..Browser::new(&town) };
    assert!(
        other.get("/console/todoke").await.location.contains("sign-in"),
        "the token of the step before is dead"
    );
    assert_eq!(browser.fill_sign_out().await.location, "/console/-/sign-in");
    assert!(browser.get("/console/todoke").await.location.contains("sign-in"));

    let mut browser = Browser::new(&town);
    let wrong = browser.sign_in("hanako", "wrong").await;
    assert_eq!(wrong.status, 422);
    let fields = [("login", "Hanako"), ("password", PASSWORD), ("next", "/console/todoke/audit")];
    let right = browser.fill("/console/-/sign-in", &fields).await;
    assert_eq!(right.location, "/console/-/code?next=%2Fconsole%2Ftodoke%2Faudit");
    let spent = browser.fill("/console/-/code", &[("code", &code(&key, 0))]).await;
    assert_eq!(spent.status, 422, "no code is good twice");
    let next =
        browser.fill("/console/-/code", &[("code", &code(&key, 1)), ("next", "/console/todoke/audit")]).await;
    assert_eq!((next.status, next.location.as_str()), (303, "/console/todoke/audit"), "{}", next.text);
    let mut other = Browser::new(&town);
    other.sign_in("hanako", PASSWORD).await;
    let by_paper = other.fill("/console/-/code", &[("code", &recovery[3].to_lowercase())]).await;
    assert_eq!(by_paper.status, 303, "{}", by_paper.text);
    assert_eq!(other.get("/console/todoke").await.status, 200);
    other.cookie = None;
    other.sign_in("hanako", PASSWORD).await;
    assert_eq!(
        other.fill("/console/-/code", &[("code", &recovery[3])]).await.status,
        422,
        "nor a recovery code"
    );
    head(&town).await;
    town.still_answers().await;
}

impl Browser {
    async fn fill_sign_out(&mut self) -> Answer {
        let page = self.get("/console/-/me").await;
        let key = page.form_key("/console/-/sign-out");
        self.post("/console/-/sign-out", &[("form-key", &key)]).await
    }
}

#[tokio::test]
async fn many_wrong_passwords_make_everybody_wait_and_tell_nothing() {
    let town = town().await;
    let (_, secret) = invite(&town, "hanako", membership("todoke", &[Role::Viewer])).await;
    Browser::new(&town).accept(&secret).await;
    for login in ["hanako", "nobody-of-that-name"] {
        let mut statuses = Vec::new();
        for _ in 0..7 {
            let answer = Browser::new(&town).sign_in(login, "wrong").await;
            statuses.push(answer.status);
            if answer.status == 429 {
                assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 60);
                assert!(answer.text.contains("お試しください"));
            }
        }
        assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429], "{login}");
    }
    let right = Browser::new(&town).sign_in("hanako", PASSWORD).await;
    assert_eq!(right.status, 429, "a right password waits too, so that guessing stays slow");
}

#[tokio::test]
async fn a_form_of_the_way_in_counts_in_the_browser_that_it_was_made_for() {
    let town = town().await;
    let (_, secret) = invite(&town, "hanako", membership("todoke", &[Role::Viewer])).await;
    let link = format!("/console/-/invitations/{}", secret.expose());
    let (mut own, mut other) = (Browser::new(&town), Browser::new(&town));
    let made = own.get(&link).await;
    let cookie = made.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"), "{cookie}");
    let key = made.form_key(&link);
    let again = own.get(&link).await;
    assert!(!again.headers.contains_key("set-cookie"), "the same secret serves the next page");
    let post = async |browser: &mut Browser, path: &str, key: &str| {
        let fields =
            [("form-key", key), ("login", "hanako"), ("password", PASSWORD), ("password-again", PASSWORD)];
        browser.post(path, &fields).await
    };
    let before = head(&town).await;
    other.get(&link).await;
    for refused in [
        post(&mut other, &link, &key).await,
        post(&mut Browser::new(&town), &link, &key).await,
        post(&mut own, "/console/-/sign-in", &key).await,
        post(&mut own, &link, "").await,
    ] {
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("Cookie を許可") && refused.text.contains("何も変更していません"));
    }
    assert_eq!(head(&town).await, before, "nothing has changed anything");
    assert_eq!(post(&mut own, &link, &key).await.status, 303);
    // A page made for two hours ago.
    let mut late = Browser::new(&town);
    let key = late.get("/console/-/sign-in").await.form_key("/console/-/sign-in");
    let (secret, since) =
        late.way_in.clone().unwrap().split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    late.way_in = Some(format!("{secret}.{}", since.parse::<i64>().unwrap() - 7_201));
    assert_eq!(post(&mut late, "/console/-/sign-in", &key).await.status, 403);
    late.way_in = Some(format!("{secret}.{since}"));
    assert_eq!(post(&mut late, "/console/-/sign-in", &key).await.status, 303);
}

#[tokio::test]
async fn whoever_left_is_out_with_the_next_request() {
    let town = town().await;
    let today = SystemClock.now();
    let today = today.in_tz("Asia/Tokyo").unwrap().date();
    let mut left = Browser::with_role(&town, "todoke", Role::FaqEditor).await;
    assert_eq!(left.get("/console/todoke").await.status, 200);
    let login = "demo-faq-editor".parse().unwrap();
    let known = town.app.ctx.store.load_staff_by_login(&login).await.unwrap().unwrap();
    let mut admin = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let path = format!("/console/todoke/staff/person/{}", known.value.id);
    let yesterday = today.yesterday().unwrap().to_string();
    let fields = |until| {
        [("act", "change"), ("version", "1"), ("name", "編集者"), ("role", "faq-editor"), ("until", until)]
    };
    let wrong =
        admin.fill(&path, &[("act", "change"), ("version", "1"), ("name", ""), ("until", "soon")]).await;
    assert_eq!(wrong.status, 422);
    for id in ["href=\"#name\"", "href=\"#roles\"", "href=\"#until\""] {
        assert!(wrong.text.contains(id), "{id}");
    }
    let changed = admin.fill(&path, &fields(yesterday.as_str())).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    let refused = left.get("/console/todoke").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("利用できる期間ではありません"));
    let stale = admin.fill(&path, &fields("")).await;
    assert_eq!(stale.status, 409, "the version has moved");
    assert!(stale.text.contains("ほかの人が先に変更しました"));
    let own = admin.get("/console/todoke/staff").await;
    assert!(own.text.contains("期間外"));
}

#[tokio::test]
async fn a_form_posted_twice_shows_the_first_result_and_does_it_once() {
    let town = town().await;
    let mut admin = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let path = "/console/todoke/staff/invite";
    let page = admin.get(path).await;
    let key = page.form_key(path);
    let fields = [("form-key", key.as_str()), ("login", "taro"), ("name", "太郎"), ("role", "viewer")];
    let wrong = admin.post(path, &[("form-key", key.as_str()), ("login", "あ")]).await;
    assert_eq!(wrong.status, 422, "what is wrong does not use the form up");
    let first = admin.post(path, &fields).await;
    let before = head(&town).await;
    let second = admin.post(path, &fields).await;
    assert_eq!((first.status, second.status), (303, 303), "{}", first.text);
    assert_eq!(first.location, second.location);
    assert_eq!(head(&town).await, before);
    let shown = admin.get(&first.location).await;
    let link = Regex::new(r#"href="(http://[^"]+/console/-/invitations/[0-9a-f]{64})""#).unwrap();
    let link = link.captures(&shown.text).expect("the link is shown")[1].to_owned();
    assert_eq!(town.http.get(&link).send().await.unwrap().status(), 200);
    let mut other = Browser::with_role(&town, "todoke", Role::Administrator).await;
    assert!(!other.get(&first.location).await.text.contains("/invitations/"), "for the session that made it");
}

#[tokio::test]
async fn a_list_of_staff_is_looked_at_and_then_imported_whole() {
    let town = town().await;
    let mut admin = Browser::with_role(&town, "minato", Role::Administrator).await;
    let path = "/console/minato/staff/import";
    let post = async |admin: &mut Browser, csv: &str| {
        let page = admin.get(path).await;
        let part = |name: &str, content: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
        };
        let body = part("form-key", &page.form_key(path))
            + &part("act", "look")
            + &part("list\"; filename=\"staff.csv", csv)
            + "--x--\r\n";
        let request = admin.http.post(format!("{}{path}", admin.base)).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        admin.send(request).await
    };
    let before = head(&town).await;
    let bad = "login,name,roles,department,from,until\nhanako,花子,viewer,広報課,,2027-03-31\nhanako,花子,mayor,,,\ntaro,太郎,viewer,無い課,,\n";
    let looked = post(&mut admin, bad).await;
    assert_eq!(looked.status, 422);
    for said in ["新しく登録する", "roles の値を読めません", "一覧にある所属"] {
        assert!(looked.text.contains(said), "{said}: {}", looked.text);
    }
    let good = "login,name,roles,department,from,until\nhanako,=花子,viewer desk,広報課,,2027-03-31\n";
    let looked = post(&mut admin, good).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    assert_eq!(head(&town).await, before, "looking changes nothing");
    let key = looked.form_key(path);
    let done = admin.post(path, &[("form-key", &key), ("act", "go"), ("text", good)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(admin.get(&done.location).await.text.contains("hanako"));
    let known = town.app.ctx.store.load_staff_by_login(&"hanako".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(known.value.memberships[0].roles, [Role::Viewer, Role::Desk]);
    assert!(post(&mut admin, good).await.text.contains("変わらない"));
}

#[tokio::test]
async fn a_second_factor_is_reset_by_two_administrators_and_by_no_fewer() {
    let town = town().await;
    let ctx = &town.app.ctx;
    let (victim, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let mut person = Browser::new(&town);
    person.accept(&secret).await;
    let key = key_of(&person.get("/console/-/enrol").await.text);
    assert_eq!(person.fill("/console/-/enrol", &[("code", &code(&key, 0))]).await.status, 303);
    let path = format!("/console/todoke/staff/person/{victim}");
    let reset = [("act", "reset")];
    let mut first = Browser::with_role(&town, "todoke", Role::Administrator).await;
    assert_eq!(first.fill(&path, &reset).await.status, 303);
    assert_eq!(first.fill(&path, &reset).await.status, 403, "not the same one twice");
    let key = person.get("/console/-/me").await.form_key("/console/-/sign-out");
    let own = person.post(&path, &[("form-key", &key), ("act", "reset")]).await;
    assert_eq!(own.status, 403, "a token of another form");
    assert!(ctx.store.load_credentials(victim).await.unwrap().value.second.is_some());
    let (_, secret) = invite(&town, "second", membership("todoke", &[Role::Administrator])).await;
    let mut second = Browser::new(&town);
    second.accept(&secret).await;
    let key = key_of(&second.get("/console/-/enrol").await.text);
    assert_eq!(second.fill("/console/-/enrol", &[("code", &code(&key, 0))]).await.status, 303);
    assert_eq!(second.fill(&path, &reset).await.status, 303);
    let after = ctx.store.load_credentials(victim).await.unwrap().value;
    assert!(after.second.is_none() && after.recovery.is_empty());
    assert!(person.get("/console/todoke").await.location.contains("sign-in"), "every session has ended");
}

/// A question that was not answered, an enquiry of a resident, a segment, and an announcement that went out, by their names.
struct Asked {
    question: String,
    enquiry: String,
    segment: String,
    announcement: String,
    place: String,
}

async fn asked(town: &Town) -> Asked {
    let form = town.way_to_form(&town.friend()).await;
    let (_, page) = town.page(&form).await;
    let submit = crate::desk::hidden(&page);
    town.send_form(&form, &[("submit", &submit), ("text", "質問")], "same-origin").await;
    let question = town.kept().await.remove(0).id.to_string();
    let enquiry = town.enquiries(todoke::domain::enquiry::State::Open).await.remove(0).head.id.to_string();
    let (ctx, actor) = (&town.app.ctx, Machine.actor(&"todoke".parse().unwrap()));
    let name = "友だち".parse().unwrap();
    let (segment, _) = segments::save(ctx, &actor, None, name, r#"{"following": true}"#).await.unwrap();
    let announcement = crate::announcements::one_that_went_out(town).await.to_string();
    let described = grow::places::Described { name: "区役所".parse().unwrap(), department: None };
    let keeper = Machine.actor(&"todoke".parse().unwrap());
    let place = grow::places::add(ctx, &keeper, Version::default(), described);
    let place = place.await.unwrap().to_string();
    let rows = [["ward", "people"], ["north", "1000"]].map(|row| row.map(ToOwned::to_owned).to_vec());
    let keeper = Machine.actor(&"todoke".parse().unwrap());
    let as_of = ctx.today(keeper.account()).unwrap();
    let table = reach::New { as_of, source: "台帳".parse().unwrap(), rows: (1..).zip(rows).collect() };
    reach::keep(ctx, &keeper, Version::default(), table).await.unwrap();
    Asked { question, enquiry, segment: segment.to_string(), announcement, place }
}

/// A page's address with something real in each place.
fn address(
    page: &Page,
    account: &str,
    staff: StaffId,
    session: &str,
    secret: &Secret,
    asked: &Asked,
) -> String {
    let path = page.path.replace("{account}", account).replace("{staff}", &staff.to_string());
    let path = path.replace("{session}", session).replace("{language}", "en");
    let path = path.replace("{question}", &asked.question).replace("{enquiry}", &asked.enquiry);
    let path = path
        .replace("{place}", &asked.place)
        .replace("{segment}", &asked.segment)
        .replace("{announcement}", &asked.announcement);
    let path =
        path.replace("{intent}", "garbage.bulky").replace("{topic}", "garbage").replace("{revision}", "1");
    format!("/console{}", path.replace("{notice}", &"0".repeat(32)).replace("{secret}", secret.expose()))
}

#[tokio::test]
async fn no_page_changes_anything_without_session_role_account_form_and_own_origin() {
    let town = town_with(&format!("{}{}", crate::desk::PUBLIC, crate::announcements::QUICK)).await;
    let ctx = &town.app.ctx;
    let asked = asked(&town).await;
    let (victim, secret) = invite(&town, "victim", membership("todoke", &[Role::Viewer])).await;
    let (mut browsers, mut walked) = (Vec::new(), 0);
    for role in Role::ALL {
        browsers.push((*role, Browser::with_role(&town, "todoke", *role).await));
    }
    let admin = ctx.store.load_staff_by_login(&"demo-administrator".parse().unwrap()).await.unwrap().unwrap();
    let session = ctx.store.list_sessions(admin.value.id).await.unwrap()[0].id.to_string();
    // Everything that any form could ask for, so that nothing is refused for want of a field alone.
    let fields = [
        ("act", "revoke"),
        ("login", "intruder"),
        ("name", "侵入者"),
        ("role", "administrator"),
        ("version", "1"),
        ("password", "correct horse battery"),
        ("password-again", "correct horse battery"),
        ("code", "000000"),
        ("text", "login,name,roles,department,from,until\nintruder,x,administrator,,,\n"),
        ("next", "/console"),
        ("look", "0.0.0"),
        ("until", "2099-01-01T00:00"),
        ("text-ja", "侵入"),
        ("answer", "侵入"),
        ("note", "侵入"),
        ("title", "侵入"),
        ("form-key", "0000000000000000000000000000000000000000000000000000000000000000"),
    ];
    let before = head(&town).await;
    for page in PAGES {
        for account in ["todoke", "minato", "nowhere"] {
            let path = address(page, account, victim, &session, &secret, &asked);
            for (role, browser) in &mut browsers {
                let got = browser.get(&path).await;
                let may = match page.need {
                    Need::Right(right) => account == "todoke" && role.rights().contains(&right),
                    Need::Nothing | Need::Halfway | Need::SignedIn => true,
                };
                if may {
                    assert!([200, 303, 405].contains(&got.status), "{role:?} {path}: {}", got.status);
                } else {
                    // What is only posted to is opened by nobody.
                    assert!([403, 405].contains(&got.status), "{role:?} {path}: {}", got.status);
                }
                let posted = browser.post(&path, &fields).await;
                let refused = [403, 405].contains(&posted.status);
                // Whoever is in is sent on from the steps of the way in.
                let sent_on = posted.status == 303 && page.need == Need::Halfway;
                assert!(refused || sent_on, "{role:?} {path}: {}", posted.status);
                let foreign = browser.http.post(format!("{}{path}", browser.base)).form(&fields);
                for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
                    let foreign = foreign.try_clone().unwrap().header(name, value);
                    let posted = browser.send(foreign).await;
                    assert_eq!(posted.status, 403, "{path} from elsewhere");
                }
                walked += 1;
            }
            let mut nobody = Browser::new(&town);
            let got = nobody.get(&path).await;
            if page.need == Need::Nothing {
                assert!([200, 303].contains(&got.status), "{path}: {}", got.status);
                // Neither without the browser's secret nor with it, when the token is another one.
                for way_in in [None, nobody.way_in.clone()] {
                    nobody.way_in = way_in;
                    let posted = nobody.post(&path, &fields).await;
                    assert!([403, 405].contains(&posted.status), "{path}: {}", posted.status);
                }
            } else {
                let is_sent_in = got.location.starts_with("/console/-/sign-in");
                assert!(is_sent_in || got.status == 405, "{path}: {}", got.status);
                let posted = nobody.post(&path, &fields).await;
                let is_sent_in = posted.location.starts_with("/console/-/sign-in");
                assert!(is_sent_in || posted.status == 405, "{path}: {}", posted.status);
            }
        }
    }
    assert_eq!(head(&town).await, before, "nothing has changed anything");
    let untouched = town.enquiries(todoke::domain::enquiry::State::Open).await.remove(0);
    assert_eq!((untouched.head.version.0, untouched.content.messages.len()), (1, 1));
    let named = ctx.store.list_segments(&"todoke".parse().unwrap()).await.unwrap().remove(0);
    assert!(named.version.0 == 1 && !named.value.removed && named.value.name.as_str() == "友だち");
    assert_eq!(ctx.store.list_sessions(admin.value.id).await.unwrap().len(), 1);
    assert!(ctx.store.load_invitation(&secret.hash()).await.unwrap().is_some());
    assert!(walked >= PAGES.len() * 3 * Role::ALL.len());
}

#[tokio::test]
async fn a_right_that_is_missing_is_named_and_whom_to_ask() {
    let town = town().await;
    let _ = Browser::with_role(&town, "todoke", Role::Administrator).await;
    let mut viewer = Browser::with_role(&town, "todoke", Role::Viewer).await;
    let refused = viewer.get("/console/todoke/staff").await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("職員を管理する") && refused.text.contains("administratorさん"),
        "{}",
        refused.text
    );
    let elsewhere = viewer.get("/console/minato/staff").await;
    assert!(!elsewhere.text.contains("administratorさん"), "nobody of another account is named");
    assert_eq!(viewer.get("/console/todoke/no-such-page").await.status, 404);
    let home = viewer.get("/console/todoke").await;
    assert!(!home.text.contains("操作記録"), "the menu shows what may be opened");
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    ] {
        assert!(home.headers[name].to_str().unwrap().contains(part), "{name}");
        assert!(refused.headers[name].to_str().unwrap().contains(part), "{name} of an error");
    }
    assert!(
        !home.text.contains(" style=") && !home.text.contains("<style") && !home.text.contains("onclick")
    );
    let css = Regex::new(r#"href="(/console/-/assets/[^"]+\.css)""#).unwrap().captures(&home.text).unwrap()
        [1]
    .to_owned();
    let css = viewer.get(&css).await;
    assert!(css.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(viewer.get("/console/-/assets/console-0000000000000000.css").await.status, 404);
    let english = viewer
        .http
        .get(town.url("/console/todoke"))
        .header("cookie", format!("{SESSION}={}; __Host-todoke-language=en", viewer.cookie.clone().unwrap()));
    assert!(english.send().await.unwrap().text().await.unwrap().contains("Sign out"));
}

#[tokio::test]
async fn the_console_is_open_to_the_allowed_and_encrypted_alone() {
    let town =
        town_with("[server]\ntrusted_proxies = ['127.0.0.1']\n[console]\nallow_from = ['10.1.0.0/16']\n")
            .await;
    let get = async |from: &str, proto: &str| {
        let request = town.http.get(town.url("/console/-/sign-in")).header("x-forwarded-for", from);
        let answer = request.header("x-forwarded-proto", proto).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("10.1.2.3", "https").await.0, 200);
    let (status, text) = get("192.0.2.1", "https").await;
    assert_eq!(status, 403);
    assert!(text.contains("console.allow_from"));
    let (status, text) = get("10.1.2.3", "http").await;
    assert_eq!(status, 403);
    assert!(text.contains("https") && text.contains("server.trusted_proxies"), "{text}");
    assert_eq!(get("10.1.2.3, 192.0.2.1", "https").await.0, 403, "what the client wrote is not believed");
}

#[tokio::test]
async fn the_console_may_have_an_address_of_its_own() {
    let own = free_address();
    let town = town_with(&format!("[server]\nconsole_listen = '{own}'\n")).await;
    assert_eq!(town.http.get(town.url("/console/-/sign-in")).send().await.unwrap().status(), 404);
    let page = town.http.get(format!("http://{own}/console/-/sign-in")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(town.http.get(format!("http://{own}/metrics")).send().await.unwrap().status(), 404);
    town.still_answers().await;
    town.stop().await;
}

#[tokio::test]
async fn a_grave_act_asks_again_who_it_is_and_keeps_what_was_typed() {
    let town = town().await;
    let ctx = &town.app.ctx;
    let (staff, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let mut person = Browser::new(&town);
    person.accept(&secret).await;
    let seed = key_of(&person.get("/console/-/enrol").await.text);
    assert_eq!(person.fill("/console/-/enrol", &[("code", &code(&seed, -1))]).await.status, 303);
    // Ten minutes ago.
    let token = Secret::parse(person.cookie.as_ref().unwrap()).unwrap().hash();
    let mut session = ctx.store.load_session(&token).await.unwrap().unwrap();
    assert_eq!((session.stage, session.staff), (Stage::Full, staff));
    session.proved -= 10.minutes();
    ctx.store.change_session(&token, session, None).await.unwrap();
    let path = "/console/todoke/staff/invite";
    let asked = person.fill(path, &[("login", "taro"), ("name", "太郎"), ("role", "viewer")]).await;
    assert!(asked.text.contains("本人確認") && asked.text.contains("value=\"太郎\""), "{}", asked.text);
    assert!(ctx.store.load_staff_by_login(&"taro".parse().unwrap()).await.unwrap().is_none());
    let again = |key: &str, password: &str, code: &str| {
        [
            ("form-key", key),
            ("login", "taro"),
            ("name", "太郎"),
            ("role", "viewer"),
            ("confirm-password", password),
            ("confirm-code", code),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let post = async |person: &mut Browser, fields: [(String, String); 6]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        person.post(path, &fields).await
    };
    let wrong = post(&mut person, again(&asked.form_key(path), "wrong", &code(&seed, 0))).await;
    assert_eq!(wrong.status, 422);
    let done = post(&mut person, again(&wrong.form_key(path), PASSWORD, &code(&seed, 0))).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(ctx.store.load_staff_by_login(&"taro".parse().unwrap()).await.unwrap().is_some());
}
