//! The city's single sign-on over HTTP: a double of a provider that keeps to the protocol or lies, and a
//! console that has a name.

use jiff::ToSpan;
use regex::Regex;
use todoke::{
    domain::{
        audit::Action,
        staff::{Failures, Role, StaffId, TRIES_BEFORE_WAITING},
    },
    journeys::staff::Secret,
    store::staff::{Sessions, Versioned},
};

use crate::{
    console::{Answer, Browser, PASSWORD, code, invite, key_of, membership, town_with},
    provider::{Provider, SECRET},
    support::Town,
};

const CONSOLE: &str = "https://console.city.example";
const BACK: &str = "https://console.city.example/console/-/oidc/back";
const ME: &str = "/console/-/me/sign-on";

async fn town() -> (Town, Provider) {
    let provider = Provider::start(BACK).await;
    (town_with(&provider.settings(CONSOLE)).await, provider)
}

/// Presses the button that leads to the provider and gives the address of the provider's page.
async fn leave(browser: &mut Browser, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let page = browser.get(page).await;
    let key = page.form_key(action);
    let fields: Vec<_> = [("form-key", key.as_str())].into_iter().chain(fields.iter().copied()).collect();
    let left = browser.post(action, &fields).await;
    assert_eq!(left.status, 200, "{}", left.text);
    let way = |pattern: &str| {
        let found = Regex::new(pattern).unwrap().captures(&left.text).map(|found| found[1].to_owned());
        found.unwrap_or_else(|| panic!("no way in {}", left.text)).replace("&#38;", "&")
    };
    let link = way(r#"class="button" href="(http[^"]+)" rel="noreferrer""#);
    assert_eq!(link, way(r#"http-equiv="refresh" content="0;url=([^"]+)""#), "by itself and by hand");
    link
}

/// The state that an address carries.
fn state_of(way: &str) -> String {
    Regex::new("state=([0-9a-f]{64})").unwrap().captures(way).unwrap()[1].to_owned()
}

/// Goes through the provider, and gives where it sends the browser back to.
async fn through(way: &str) -> String {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let sent = http.get(way).send().await.unwrap();
    let status = sent.status().as_u16();
    let to = sent.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    to.unwrap_or_else(|| panic!("the provider answered {status}"))
}

/// Comes back as a browser does from another site: without cookies, and then by our own page with them.
async fn come_back(browser: &mut Browser, town: &Town, to: &str) -> Answer {
    let path = to.strip_prefix(CONSOLE).expect("back at the console");
    let mut without = Browser::new(town);
    let page = without.get(path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!page.headers.contains_key("set-cookie"), "forms that are open elsewhere go on to count");
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        assert_eq!(page.headers[name], value);
    }
    let way =
        Regex::new(r#"class="button" href="([^"]+)""#).unwrap().captures(&page.text).unwrap()[1].to_owned();
    assert!(page.text.contains(&format!("content=\"0;url={way}\"")), "{}", page.text);
    browser.get(&way.replace("&#38;", "&")).await
}

/// To the provider and back.
async fn round(browser: &mut Browser, town: &Town, page: &str, action: &str) -> Answer {
    let fields: &[(&str, &str)] = if action == ME { &[("act", "link")] } else { &[] };
    let way = leave(browser, page, action, fields).await;
    let to = through(&way).await;
    come_back(browser, town, &to).await
}

/// Somebody whose first second factor is the account at the provider.
async fn linked(town: &Town, login: &str, role: Role) -> (StaffId, Browser) {
    let (staff, secret) = invite(town, login, membership("todoke", &[role])).await;
    let mut browser = Browser::new(town);
    browser.accept(&secret).await;
    let enrolled = round(&mut browser, town, "/console/-/enrol", "/console/-/enrol/sign-on").await;
    assert!(enrolled.location.starts_with("/console/-/me/recovery-codes/"), "{}", enrolled.text);
    assert!(browser.get(&enrolled.location).await.text.contains("<code>"), "recovery codes are shown");
    assert_eq!(browser.get("/console/todoke").await.status, 200);
    (staff, browser)
}

async fn at_second_step(town: &Town, login: &str) -> Browser {
    let mut browser = Browser::new(town);
    let came = browser.sign_in(login, PASSWORD).await;
    assert!(came.location.starts_with("/console/-/code"), "{}", came.text);
    browser
}

async fn come_in(browser: &mut Browser, town: &Town) -> Answer {
    round(browser, town, "/console/-/code", "/console/-/code/sign-on").await
}

async fn failures(town: &Town, staff: StaffId) -> Failures {
    town.app.ctx.store.load_credentials(staff).await.unwrap().value.failures
}

async fn forgive(town: &Town, staff: StaffId) {
    let store = &town.app.ctx.store;
    let Versioned { mut value, version } = store.load_credentials(staff).await.unwrap();
    value.failures = Failures::default();
    store.change_credentials(staff, value, version, Sessions::Keep, None).await.unwrap();
}

async fn actions(town: &Town) -> Vec<(Action, String)> {
    let entries = town.app.ctx.store.audit_from(1, 100_000).await.unwrap();
    let why = |entry: &todoke::domain::audit::Entry| {
        entry.detail.iter().find(|(name, _)| name == "why").map(|(_, why)| why.clone()).unwrap_or_default()
    };
    entries.iter().map(|entry| (entry.action, why(entry))).collect()
}

#[tokio::test]
async fn an_account_is_linked_from_the_invitation_and_opens_the_console() {
    let (town, provider) = town().await;
    let (staff, mut browser) = linked(&town, "hanako", Role::Administrator).await;
    let shown = browser.get(ME).await;
    assert!(
        shown.text.contains("市の共通ログイン") && shown.text.contains("最後の二段階認証です"),
        "{}",
        shown.text
    );
    let store = &town.app.ctx.store;
    let kept = store.load_credentials(staff).await.unwrap().value;
    let account = kept.outside_account().unwrap();
    assert_eq!(
        (account.issuer.as_str(), account.subject.as_str()),
        (provider.issuer().as_str(), "sub-hanako-canary")
    );
    assert_eq!(kept.recovery.len(), 10);

    let mut other = at_second_step(&town, "hanako").await;
    let action = "/console/-/code/sign-on";
    let way = leave(&mut other, "/console/-/code", action, &[("next", "/console/todoke/staff")]).await;
    for part in ["code_challenge_method=S256", "ui_locales=ja", "scope=openid", "response_type=code"] {
        assert!(way.contains(part), "{part}: {way}");
    }
    assert!(
        !way.contains("prompt=") && !way.contains("max_age="),
        "at sign-in the provider's own session will do"
    );
    let to = through(&way).await;
    let came = come_back(&mut other, &town, &to).await;
    assert_eq!((came.status, came.location.as_str()), (303, "/console/todoke/staff"), "{}", came.text);
    assert_eq!(other.get("/console/todoke/staff").await.status, 200, "with two factors");
    let actions = actions(&town).await;
    for action in [Action::AccountLinked, Action::SignOnUsed] {
        assert_eq!(actions.iter().filter(|(one, _)| *one == action).count(), 1, "{action:?}");
    }
    assert_eq!(provider.keys_told(), 1, "its description is read once");
    town.still_answers().await;
}

#[tokio::test]
async fn what_the_provider_did_not_say_for_this_is_refused_and_written_down() {
    let (town, provider) = town().await;
    let (staff, _) = linked(&town, "hanako", Role::Administrator).await;
    let client = crate::provider::CLIENT;
    let tried = async |why: &str, title: &str, change: &dyn Fn()| {
        forgive(&town, staff).await;
        let mut browser = at_second_step(&town, "hanako").await;
        let before = failures(&town, staff).await;
        change();
        let refused = come_in(&mut browser, &town).await;
        provider.behave();
        assert_eq!(refused.status, 422, "{why}: {}", refused.text);
        assert!(refused.text.contains(title), "{why}: {}", refused.text);
        assert_eq!(actions(&town).await.last(), Some(&(Action::SignOnRefused, why.to_owned())));
        assert_ne!(failures(&town, staff).await, before, "{why} counts as an attempt");
        assert!(browser.get("/console/todoke").await.location.contains("/-/code"), "{why}: still outside");
    };
    let unsound = "応答を確認できませんでした";
    tried("signature", unsound, &|| provider.forge()).await;
    tried("nonce", unsound, &|| provider.twist(|claims| claims["nonce"] = "another".into())).await;
    tried("audience", unsound, &|| provider.twist(|claims| claims["aud"] = "another".into())).await;
    let both = move |claims: &mut serde_json::Value| claims["aud"] = serde_json::json!([client, "another"]);
    tried("audience", unsound, &|| provider.twist(both)).await;
    tried("audience", unsound, &|| provider.twist(|claims| claims["azp"] = "another".into())).await;
    tried("issuer", unsound, &|| provider.twist(|claims| claims["iss"] = "https://evil.example".into()))
        .await;
    let ago = |claim: &'static str, seconds: i64| {
        move |claims: &mut serde_json::Value| {
            claims[claim] = (claims["iat"].as_i64().unwrap() - seconds).into();
        }
    };
    tried("time", unsound, &|| provider.twist(ago("exp", 1))).await;
    tried("time", unsound, &|| provider.twist(ago("iat", 3_600))).await;
    tried("time", unsound, &|| provider.twist(ago("iat", -3_600))).await;
    let other = "登録したアカウントではありません";
    tried("other-account", other, &|| provider.person("somebody-else")).await;
    provider.person("sub-hanako-canary");
    forgive(&town, staff).await;
    let mut honest = at_second_step(&town, "hanako").await;
    assert_eq!(come_in(&mut honest, &town).await.location, "/console", "the honest one goes on");
}

#[tokio::test]
async fn guessing_at_the_provider_is_as_slow_as_guessing_codes() {
    let (town, provider) = town().await;
    let (staff, _) = linked(&town, "hanako", Role::Administrator).await;
    provider.person("somebody-else");
    let mut browser = at_second_step(&town, "hanako").await;
    let mut statuses = Vec::new();
    for _ in 0..TRIES_BEFORE_WAITING + 2 {
        statuses.push(come_in(&mut browser, &town).await.status);
    }
    assert!(statuses.starts_with(&[422, 422]) && statuses.ends_with(&[429]), "{statuses:?}");
    provider.person("sub-hanako-canary");
    assert_eq!(come_in(&mut browser, &town).await.status, 429, "the right account waits too");
    forgive(&town, staff).await;
    assert_eq!(come_in(&mut browser, &town).await.status, 303);
}

#[tokio::test]
async fn a_way_counts_once_in_the_browser_that_began_it() {
    let (town, _provider) = town().await;
    let (staff, _) = linked(&town, "hanako", Role::Administrator).await;
    let mut own = at_second_step(&town, "hanako").await;
    let mut thief = at_second_step(&town, "hanako").await;
    let before = (failures(&town, staff).await, actions(&town).await);
    let way = leave(&mut own, "/console/-/code", "/console/-/code/sign-on", &[]).await;
    let to = through(&way).await;
    let over = "の手続きを続けられません";
    let stolen = come_back(&mut thief, &town, &to).await;
    assert!(stolen.status == 422 && stolen.text.contains(over), "{}", stolen.text);
    let nobody = come_back(&mut Browser::new(&town), &town, &to).await;
    assert!(nobody.status == 422 && nobody.text.contains("/console/-/sign-in"), "{}", nobody.text);
    let forged = format!("{BACK}?code=guess&state={}", "0".repeat(64));
    assert!(come_back(&mut own, &town, &forged).await.text.contains(over));
    let hostile = format!("{BACK}?code=%22%3E%3Cscript%3E&state=%27%3B%22%3Cscript%3E&error=%3Cscript%3E");
    let shown = come_back(&mut own, &town, &hostile).await;
    assert!(shown.text.contains(over) && !shown.text.contains("<script>"), "{}", shown.text);
    // Whoever knows no state does no harm, not even by way of the person's own browser.
    assert_eq!((failures(&town, staff).await, actions(&town).await), before);

    assert_eq!(come_back(&mut own, &town, &to).await.location, "/console");
    let again = come_back(&mut own, &town, &to).await;
    assert!(again.status == 422 && again.text.contains(over), "{}", again.text);
    for odd in ["", "?state=1&state=2", "?code=%FF"] {
        let answer = own.get(&format!("/console/-/oidc/go{odd}")).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, "/console"), "{odd}");
    }
}

#[tokio::test]
async fn a_way_is_over_after_ten_minutes_and_what_was_broken_off_counts_as_nothing() {
    let (town, _provider) = town().await;
    let (staff, _) = linked(&town, "hanako", Role::Administrator).await;
    let store = &town.app.ctx.store;
    let mut browser = at_second_step(&town, "hanako").await;
    let before = failures(&town, staff).await;
    let way = leave(&mut browser, "/console/-/code", "/console/-/code/sign-on", &[]).await;
    let to = through(&way).await;
    let state = state_of(&to);
    let token = Secret::parse(browser.cookie.as_ref().unwrap()).unwrap().hash();
    let hash = Secret::parse(&state).unwrap().hash();
    let mut detour = store.take_detour(&token, &hash).await.unwrap().expect("it is kept by the state's hash");
    detour.begun -= 11.minutes();
    store.keep_detour(&token, detour).await.unwrap();
    let late = come_back(&mut browser, &town, &to).await;
    assert!(late.status == 422 && late.text.contains("時間（10分）が過ぎた"), "{}", late.text);

    for (error, title) in [
        ("access_denied", "へのログインが完了しませんでした"),
        ("login_required", "へのログインが完了しませんでした"),
        ("temporarily_unavailable", "に接続できませんでした"),
    ] {
        let way = leave(&mut browser, "/console/-/code", "/console/-/code/sign-on", &[]).await;
        let state = state_of(&way);
        let told = come_back(&mut browser, &town, &format!("{BACK}?error={error}&state={state}")).await;
        assert!(told.status == 422 && told.text.contains(title), "{error}: {}", told.text);
        assert!(told.text.contains("セキュリティキー") && told.text.contains("href=\"/console/-/code\""));
    }
    assert_eq!(failures(&town, staff).await, before);
}

#[tokio::test]
async fn a_provider_that_is_down_or_talks_nonsense_leaves_the_other_ways_open() {
    let (town, provider) = town().await;
    let (staff, mut inside) = linked(&town, "hanako", Role::Administrator).await;
    let seed = key_of(&inside.get("/console/-/me/second-factor").await.text);
    let app = inside.fill("/console/-/me/second-factor", &[("code", &code(&seed, -1))]).await;
    assert_eq!(app.status, 303, "{}", app.text);
    let mut browser = at_second_step(&town, "hanako").await;
    let before = failures(&town, staff).await;
    let down = "に接続できませんでした";
    for (status, body) in [
        (200, b"<html>maintenance</html>".to_vec()),
        (200, b"{}".to_vec()),
        (200, vec![b' '; 3 * 1024 * 1024]),
        (302, Vec::new()),
        (503, b"busy".to_vec()),
        (400, br#"{"error":"invalid_client","error_description":"canary-oidc-description"}"#.to_vec()),
    ] {
        let length = body.len();
        provider.say_instead(status, body);
        let told = come_in(&mut browser, &town).await;
        assert!(told.status == 422 && told.text.contains(down), "{status}, {length} bytes: {}", told.text);
        assert!(!told.text.contains("canary"));
    }
    provider.behave();
    let way = leave(&mut browser, "/console/-/code", "/console/-/code/sign-on", &[]).await;
    let to = through(&way).await;
    provider.stop();
    let told = come_back(&mut browser, &town, &to).await;
    assert!(told.status == 422 && told.text.contains(down), "{}", told.text);
    assert_eq!(failures(&town, staff).await, before, "it is not the person's fault");
    let by_app = browser.fill("/console/-/code", &[("code", &code(&seed, 0))]).await;
    assert_eq!(by_app.status, 303, "{}", by_app.text);

    // A provider that was never reached does not describe itself.
    let cold = town_with(&provider.settings(CONSOLE)).await;
    let (_, secret) = invite(&cold, "taro", membership("todoke", &[Role::Administrator])).await;
    let mut browser = Browser::new(&cold);
    browser.accept(&secret).await;
    let key = browser.get("/console/-/enrol").await.form_key("/console/-/enrol/sign-on");
    let told = browser.post("/console/-/enrol/sign-on", &[("form-key", &key)]).await;
    assert!(told.status == 422 && told.text.contains(down), "{}", told.text);
    assert!(told.text.contains("href=\"/console/-/enrol\""));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_learned_at_once() {
    let (town, provider) = town().await;
    linked(&town, "hanako", Role::Administrator).await;
    provider.rotate();
    let mut browser = at_second_step(&town, "hanako").await;
    assert_eq!(come_in(&mut browser, &town).await.location, "/console");
    assert_eq!(provider.keys_told(), 2);
}

#[tokio::test]
async fn one_account_is_one_persons_and_whoever_has_the_password_alone_links_none() {
    let (town, provider) = town().await;
    let store = &town.app.ctx.store;
    let (hanako, mut first) = linked(&town, "hanako", Role::Administrator).await;
    let (taro, secret) = invite(&town, "taro", membership("todoke", &[Role::Administrator])).await;
    let mut second = Browser::new(&town);
    second.accept(&secret).await;
    let taken = round(&mut second, &town, "/console/-/enrol", "/console/-/enrol/sign-on").await;
    assert!(
        taken.status == 422 && taken.text.contains("ほかの職員が登録しているアカウントです"),
        "{}",
        taken.text
    );
    assert!(store.load_credentials(taro).await.unwrap().value.linked.is_none());
    assert!(second.get("/console/todoke").await.location.contains("/-/enrol"), "still outside");
    provider.person("sub-taro");
    let own = round(&mut second, &town, "/console/-/enrol", "/console/-/enrol/sign-on").await;
    assert!(own.location.starts_with("/console/-/me/recovery-codes/"), "{}", own.text);

    // At the second step nothing is linked, whatever is posted where.
    let mut halfway = at_second_step(&town, "hanako").await;
    let key = halfway.get("/console/-/code").await.form_key("/console/-/code/sign-on");
    for path in ["/console/-/enrol/sign-on", ME] {
        let refused = halfway.post(path, &[("form-key", &key), ("act", "link")]).await;
        assert!(refused.status == 403 || refused.location.starts_with("/console/-/code"), "{path}");
    }
    // Another account in place of the first one; the first one is free again.
    provider.person("sub-hanako-new");
    let moved = round(&mut first, &town, ME, ME).await;
    assert_eq!((moved.status, moved.location.as_str()), (303, ME), "{}", moved.text);
    let kept = store.load_credentials(hanako).await.unwrap().value;
    assert_eq!(kept.outside_account().unwrap().subject, "sub-hanako-new");
    provider.person("sub-hanako-canary");
    let other = come_in(&mut halfway, &town).await;
    assert!(other.text.contains("登録したアカウントではありません"), "{}", other.text);
}

#[tokio::test]
async fn a_grave_act_is_confirmed_by_signing_in_anew_and_the_last_factor_stays() {
    let (town, provider) = town().await;
    let ctx = &town.app.ctx;
    let (staff, mut browser) = linked(&town, "hanako", Role::Administrator).await;
    let last = browser.get(ME).await;
    assert!(!last.text.contains("value=\"unlink\""));
    let key = last.form_key(ME);
    let refused = browser.post(ME, &[("form-key", &key), ("act", "unlink")]).await;
    assert!(refused.status == 422 && refused.text.contains("最後の二段階認証です"), "{}", refused.text);

    // Ten minutes ago.
    let token = Secret::parse(browser.cookie.as_ref().unwrap()).unwrap().hash();
    let age = async || {
        let mut session = ctx.store.load_session(&token).await.unwrap().unwrap();
        session.proved -= 10.minutes();
        ctx.store.change_session(&token, session, None).await.unwrap();
    };
    age().await;
    let path = "/console/todoke/staff/invite";
    let new = [("login", "taro"), ("name", "太郎"), ("role", "viewer")];
    let asked = browser.fill(path, &new).await;
    assert!(asked.text.contains("本人確認") && asked.text.contains("新しいタブ"), "{}", asked.text);
    let confirm = async |browser: &mut Browser, password: &str| {
        let key = asked.form_key(path);
        let mut fields =
            vec![("form-key", key.as_str()), ("confirm-password", password), ("confirm-code", "")];
        fields.extend(new);
        browser.post(path, &fields).await
    };
    assert_eq!(confirm(&mut browser, PASSWORD).await.status, 422, "nothing was proved yet");
    let prove = "/console/-/me/sign-on/prove";
    let key = asked.form_key(prove);
    let go = async |browser: &mut Browser| {
        let left = browser.post(prove, &[("form-key", &key)]).await;
        let way = Regex::new(r#"class="button" href="(http[^"]+)""#).unwrap().captures(&left.text).unwrap()
            [1]
        .replace("&#38;", "&");
        assert!(way.contains("prompt=login") && way.contains("max_age=0"), "{way}");
        let to = through(&way).await;
        come_back(browser, &town, &to).await
    };
    let not_anew = "もう一度ログインしたことを確認できませんでした";
    provider.twist(|claims| claims["auth_time"] = (claims["iat"].as_i64().unwrap() - 3_600).into());
    assert!(go(&mut browser).await.text.contains(not_anew), "an hour ago is not anew");
    provider.twist(|claims| drop(claims.as_object_mut().unwrap().remove("auth_time")));
    assert!(go(&mut browser).await.text.contains(not_anew), "not told is not anew");
    assert_eq!(actions(&town).await.last(), Some(&(Action::SignOnRefused, "not-anew".into())));
    provider.behave();
    forgive(&town, staff).await;
    let proved = go(&mut browser).await;
    assert!(proved.status == 200 && proved.text.contains("で確認できました"), "{}", proved.text);
    assert_eq!(confirm(&mut browser, "wrong").await.status, 422, "the password is asked for as well");
    let done = confirm(&mut browser, PASSWORD).await;
    assert!(done.status == 303 && done.location.contains("/staff/links/"), "{}", done.text);
    age().await;
    let key = browser.get(path).await.form_key(path);
    let mut again = vec![("form-key", key.as_str()), ("confirm-password", PASSWORD), ("confirm-code", "")];
    again.extend([("login", "jiro"), ("name", "次郎"), ("role", "viewer")]);
    assert_eq!(browser.post(path, &again).await.status, 422, "a sign-in there is good once");

    // Beside an app the account may be let go of, and other sessions end.
    let mut session = ctx.store.load_session(&token).await.unwrap().unwrap();
    session.proved += 10.minutes();
    ctx.store.change_session(&token, session, None).await.unwrap();
    forgive(&town, staff).await;
    let mut other = at_second_step(&town, "hanako").await;
    assert_eq!(come_in(&mut other, &town).await.status, 303);
    let seed = key_of(&browser.get("/console/-/me/second-factor").await.text);
    let enrolled = browser.fill("/console/-/me/second-factor", &[("code", &code(&seed, 0))]).await;
    assert_eq!(enrolled.status, 303, "{}", enrolled.text);
    let key = browser.get(ME).await.text;
    let key = Regex::new(
        r#"name="form-key" value="([0-9a-f]{64})">\s*<input type="hidden" name="act" value="unlink""#,
    )
    .unwrap()
    .captures(&key)
    .expect("it may be let go of")[1]
        .to_owned();
    let gone = browser.post(ME, &[("form-key", &key), ("act", "unlink")]).await;
    assert_eq!((gone.status, gone.location.as_str()), (303, ME), "{}", gone.text);
    assert!(other.get("/console/todoke").await.location.contains("sign-in"), "other sessions have ended");
    assert!(ctx.store.load_credentials(staff).await.unwrap().value.linked.is_none());
    let without = at_second_step(&town, "hanako").await.get("/console/-/code").await;
    assert!(!without.text.contains("/code/sign-on"), "{}", without.text);
    assert_eq!(actions(&town).await.iter().filter(|(one, _)| *one == Action::AccountUnlinked).count(), 1);
}

#[tokio::test]
async fn the_app_may_go_where_another_factor_stays() {
    let (town, _provider) = town().await;
    let (staff, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let mut browser = Browser::new(&town);
    browser.accept(&secret).await;
    let seed = key_of(&browser.get("/console/-/enrol").await.text);
    assert_eq!(browser.fill("/console/-/enrol", &[("code", &code(&seed, -1))]).await.status, 303);
    let path = "/console/-/me/app";
    let last = browser.get(path).await;
    assert!(
        last.text.contains("最後の二段階認証です") && !last.text.contains("action=\"/console/-/me/app\"")
    );
    let linked = round(&mut browser, &town, ME, ME).await;
    assert_eq!((linked.status, linked.location.as_str()), (303, ME), "{}", linked.text);
    // A page of when there was another factor, posted when there is none.
    let early = browser.get(path).await.form_key(path);
    let store = &town.app.ctx.store;
    let with = store.load_credentials(staff).await.unwrap();
    let mut without = with.value.clone();
    without.linked = None;
    store.change_credentials(staff, without, with.version, Sessions::Keep, None).await.unwrap();
    let refused = browser.post(path, &[("form-key", &early)]).await;
    assert!(refused.status == 422 && refused.text.contains("最後の二段階認証です"), "{}", refused.text);
    store.change_credentials(staff, with.value, with.version.next(), Sessions::Keep, None).await.unwrap();

    let mut other = at_second_step(&town, "hanako").await;
    assert_eq!(other.fill("/console/-/code", &[("code", &code(&seed, 0))]).await.status, 303);
    let gone = browser.fill(path, &[]).await;
    assert_eq!((gone.status, gone.location.as_str()), (303, "/console/-/me"), "{}", gone.text);
    assert!(other.get("/console/todoke").await.location.contains("sign-in"), "other sessions have ended");
    let mut late = at_second_step(&town, "hanako").await;
    assert_eq!(late.fill("/console/-/code", &[("code", &code(&seed, 1))]).await.status, 422);
    assert_eq!(come_in(&mut late, &town).await.status, 303, "the account stays");
    assert_eq!(browser.get(path).await.location, "/console/-/me", "there is none to remove");
    assert_eq!(actions(&town).await.iter().filter(|(one, _)| *one == Action::AppRemoved).count(), 1);
}

#[tokio::test]
async fn two_administrators_take_the_account_away_as_well_and_it_is_free_again() {
    let (town, provider) = town().await;
    let ctx = &town.app.ctx;
    let (victim, mut person) = linked(&town, "hanako", Role::Administrator).await;
    let path = format!("/console/todoke/staff/person/{victim}");
    let account = ctx.store.load_credentials(victim).await.unwrap().value.outside_account().unwrap().clone();
    let mut first = Browser::with_role(&town, "todoke", Role::Administrator).await;
    assert_eq!(first.fill(&path, &[("act", "reset")]).await.status, 303);
    provider.person("sub-second");
    let (_, mut second) = linked(&town, "second", Role::Administrator).await;
    assert_eq!(second.fill(&path, &[("act", "reset")]).await.status, 303);
    let after = ctx.store.load_credentials(victim).await.unwrap().value;
    assert!(!after.has_second() && after.recovery.is_empty());
    assert_eq!(ctx.store.find_linked(&account).await.unwrap(), None);
    assert!(person.get("/console/todoke").await.location.contains("sign-in"), "every session has ended");
}

#[tokio::test]
async fn a_stronger_recognition_is_asked_for_and_demanded() {
    let provider = Provider::start(BACK).await;
    let settings =
        format!("{}acr_values = ['urn:city:mfa']\nscopes = ['profile']\n", provider.settings(CONSOLE));
    let town = town_with(&settings).await;
    let (_, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let mut browser = Browser::new(&town);
    browser.accept(&secret).await;
    let action = "/console/-/enrol/sign-on";
    let way = leave(&mut browser, "/console/-/enrol", action, &[]).await;
    assert!(way.contains("acr_values=urn%3Acity%3Amfa") && way.contains("scope=openid+profile"), "{way}");
    let weak = round(&mut browser, &town, "/console/-/enrol", action).await;
    assert!(weak.status == 422 && weak.text.contains("での本人確認が足りません"), "{}", weak.text);
    provider.twist(|claims| claims["acr"] = "urn:city:mfa".into());
    let strong = round(&mut browser, &town, "/console/-/enrol", action).await;
    assert_eq!(strong.status, 303, "{}", strong.text);
}

#[tokio::test]
async fn no_name_and_no_secret_of_the_sign_on_stands_in_clear_in_the_data_folder() {
    let (town, _provider) = town().await;
    linked(&town, "hanako", Role::Administrator).await;
    let mut browser = at_second_step(&town, "hanako").await;
    let way = leave(&mut browser, "/console/-/code", "/console/-/code/sign-on", &[]).await;
    let of = |name: &str| {
        let found = Regex::new(&format!("{name}=([^&]+)")).unwrap().captures(&way).unwrap()[1].to_owned();
        assert!(found.len() >= 40, "{name}");
        found
    };
    let marks = [of("state"), of("nonce"), "sub-hanako-canary".into(), SECRET.into()];
    let home = town.stop().await;
    let mut folders = vec![home.data()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            if !entry.file_type().unwrap().is_file() {
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            read += bytes.len();
            for mark in &marks {
                let is_there = bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
                assert!(!is_there, "{mark} stands in {}", entry.path().display());
            }
        }
    }
    assert!(read > 10_000, "there was something to read");
}
