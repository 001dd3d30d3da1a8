//! Security keys over HTTP: a key of our own making, signing with real keys, at a console that has a name.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value as Cbor;
use jiff::ToSpan;
use serde_json::Value;
use todoke::{
    domain::{
        audit::Action,
        staff::{Failures, Role, StaffId},
    },
    journeys::staff::Secret,
    store::staff::{Sessions, Versioned},
};

use crate::{
    console::{Answer, Browser, PASSWORD, code, invite, key_of, membership, town_with},
    support::Town,
};

const ORIGIN: &str = "https://console.city.example";
const NAMED: &str = "[console]\npublic_url = 'https://console.city.example'\n";

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key that signs what it is asked.
struct Key {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
    origin: &'static str,
    present: u8,
}

impl Key {
    fn new(id: u8) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { pair, id: vec![id; 32], counter: 0, origin: ORIGIN, present: 1 }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = serde_json::json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn data(&mut self, options: &Value, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let party = options["rpId"].as_str().or(options["rp"]["id"].as_str()).unwrap();
        let party = digest(&SHA256, party.as_bytes());
        [party.as_ref(), &[flags | self.present], &self.counter.to_be_bytes()].concat()
    }

    /// The fields of a form that adds it.
    fn create(&mut self, options: &Value) -> Vec<(String, String)> {
        let point = self.pair.public_key().as_ref().to_vec();
        let int = |n: i64| Cbor::Integer(n.into());
        let key = Cbor::Map(vec![
            (int(1), int(2)),
            (int(3), int(-7)),
            (int(-1), int(1)),
            (int(-2), Cbor::Bytes(point[1..33].to_vec())),
            (int(-3), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = self.data(options, 0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        ciborium::into_writer(&key, &mut data).unwrap();
        let object = Cbor::Map(vec![
            (Cbor::Text("fmt".into()), Cbor::Text("none".into())),
            (Cbor::Text("attStmt".into()), Cbor::Map(Vec::new())),
            (Cbor::Text("authData".into()), Cbor::Bytes(data)),
        ]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&object, &mut bytes).unwrap();
        vec![
            ("act".into(), "add".into()),
            ("key-name".into(), "職員証 <b>".into()),
            ("key-client-data".into(), text(&self.client_data("webauthn.create", options))),
            ("key-attestation".into(), text(&bytes)),
            ("key-transports".into(), "usb nonsense".into()),
        ]
    }

    /// The fields of a form that proves that it is there.
    fn get(&mut self, options: &Value, prefix: &str) -> Vec<(String, String)> {
        let client = self.client_data("webauthn.get", options);
        let data = self.data(options, 0);
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        vec![
            (format!("{prefix}-credential"), text(&self.id)),
            (format!("{prefix}-client-data"), text(&client)),
            (format!("{prefix}-authenticator-data"), text(&data)),
            (format!("{prefix}-signature"), text(signature.as_ref())),
        ]
    }
}

/// Opens a page and asks the server what a key is to sign, as the page's script does.
async fn options(browser: &mut Browser, page: &str) -> Value {
    let page = browser.get(page).await;
    let of = |name: &str| {
        let (_, rest) =
            page.text.split_once(&format!("data-{name}=\"")).unwrap_or_else(|| panic!("{}", page.text));
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(of("origin"), ORIGIN);
    let answer = browser.post(&of("options"), &[("form-key", &of("token"))]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

async fn fill(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.fill(path, &fields).await
}

/// Somebody who set up a key as the first second factor.
async fn with_key(town: &Town, login: &str, role: Role, key: &mut Key) -> (StaffId, Browser) {
    let (staff, secret) = invite(town, login, membership("todoke", &[role])).await;
    let mut browser = Browser::new(town);
    browser.accept(&secret).await;
    let asked = options(&mut browser, "/console/-/enrol").await;
    assert_eq!(asked["rp"]["id"], "console.city.example");
    let enrolled = fill(&mut browser, "/console/-/enrol", &key.create(&asked)).await;
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

/// Forgets somebody's failures, after which everybody waits.
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
async fn a_key_is_set_up_from_the_invitation_and_opens_the_console() {
    let town = town_with(NAMED).await;
    let mut key = Key::new(1);
    let (_, mut browser) = with_key(&town, "hanako", Role::Administrator, &mut key).await;
    let listed = browser.get("/console/-/me/keys").await;
    assert!(listed.text.contains("職員証 &#60;b&#62;") && listed.text.contains("最後の二段階認証です"));

    let mut other = at_second_step(&town, "hanako").await;
    let asked = options(&mut other, "/console/-/code").await;
    assert_eq!(asked["allowCredentials"][0]["transports"], serde_json::json!(["usb"]));
    let proof = key.get(&asked, "key");
    let right = fill(&mut other, "/console/-/code", &proof).await;
    assert_eq!((right.status, right.location.as_str()), (303, "/console"), "{}", right.text);
    assert_eq!(other.get("/console/todoke/staff").await.status, 200, "with two factors");

    let mut thief = at_second_step(&town, "hanako").await;
    assert_eq!(fill(&mut thief, "/console/-/code", &proof).await.status, 422, "not in another session");
    let actions = actions(&town).await;
    for action in [Action::KeyAdded, Action::KeyUsed] {
        assert_eq!(actions.iter().filter(|(one, _)| *one == action).count(), 1, "{action:?}");
    }
    assert!(actions.contains(&(Action::KeyRefused, "challenge".into())));
    town.still_answers().await;
}

#[tokio::test]
async fn what_a_key_did_not_say_here_and_now_is_refused_and_written_down() {
    let town = town_with(NAMED).await;
    let mut key = Key::new(1);
    let (staff, _) = with_key(&town, "hanako", Role::Administrator, &mut key).await;
    let mut stranger = Key::new(1);
    stranger.counter = 90;
    let tried = async |why: &str, change: &dyn Fn(&mut Key), key: &mut Key| {
        forgive(&town, staff).await;
        let mut browser = at_second_step(&town, "hanako").await;
        let asked = options(&mut browser, "/console/-/code").await;
        change(key);
        let refused = fill(&mut browser, "/console/-/code", &key.get(&asked, "key")).await;
        assert_eq!(refused.status, 422, "{why}: {}", refused.text);
        assert!(refused.text.contains("セキュリティキーを確認できませんでした"), "{}", refused.text);
        assert_eq!(actions(&town).await.last(), Some(&(Action::KeyRefused, why.to_owned())));
        assert!(browser.get("/console/todoke").await.location.contains("/-/code"), "{why}: still outside");
        (key.origin, key.present) = (ORIGIN, 1);
    };
    tried("signature", &|_| (), &mut stranger).await;
    tried("origin", &|key| key.origin = "https://console.city.example.evil", &mut key).await;
    tried("presence", &|key| key.present = 0, &mut key).await;
    forgive(&town, staff).await;
    let mut good = at_second_step(&town, "hanako").await;
    let asked = options(&mut good, "/console/-/code").await;
    let right = key.get(&asked, "key");
    assert_eq!(fill(&mut good, "/console/-/code", &right).await.status, 303);
    let mut copy = Key { pair: key.pair, ..Key::new(1) };
    copy.counter = 1;
    let mut browser = at_second_step(&town, "hanako").await;
    let asked = options(&mut browser, "/console/-/code").await;
    let refused = fill(&mut browser, "/console/-/code", &copy.get(&asked, "key")).await;
    assert_eq!(refused.status, 422, "a copy counts behind");
    assert_eq!(actions(&town).await.last(), Some(&(Action::KeyRefused, "counter".into())));
    // Once more with the same answer: the question was taken.
    copy.counter = 100;
    let late = copy.get(&asked, "key");
    assert_eq!(fill(&mut browser, "/console/-/code", &late).await.status, 422);
    assert_eq!(actions(&town).await.last(), Some(&(Action::KeyRefused, "challenge".into())));
}

#[tokio::test]
async fn a_grave_act_is_confirmed_by_a_key_and_the_last_one_is_not_removed() {
    let town = town_with(NAMED).await;
    let ctx = &town.app.ctx;
    let (mut key, mut spare) = (Key::new(1), Key::new(2));
    let (staff, mut browser) = with_key(&town, "hanako", Role::Administrator, &mut key).await;
    let keys = async || ctx.store.load_credentials(staff).await.unwrap().value.keys;
    let first = keys().await[0].id.to_string();
    let remove =
        |key: &str| vec![("act".to_owned(), "remove".to_owned()), ("key".to_owned(), key.to_owned())];
    let path = "/console/-/me/keys";
    let last = fill(&mut browser, path, &remove(&first)).await;
    assert!(last.status == 422 && last.text.contains("先に別のキーか認証アプリを登録"), "{}", last.text);

    // Ten minutes ago.
    let token = Secret::parse(browser.cookie.as_ref().unwrap()).unwrap().hash();
    let mut session = ctx.store.load_session(&token).await.unwrap().unwrap();
    session.proved -= 10.minutes();
    ctx.store.change_session(&token, session, None).await.unwrap();
    let asked = options(&mut browser, path).await;
    let new = spare.create(&asked);
    let confirm = fill(&mut browser, path, &new).await;
    assert!(confirm.text.contains("本人確認") && confirm.text.contains("data-prefix=\"confirm-key\""));
    assert_eq!(keys().await.len(), 1);
    let of = |name: &str| {
        let (_, rest) = confirm.text.split_once(&format!("data-{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let asked = browser.post(&of("options"), &[("form-key", &of("token"))]).await;
    let asked: Value = serde_json::from_str(&asked.text).unwrap();
    let mut fields = new.clone();
    fields.push(("form-key".into(), confirm.form_key(path)));
    fields.push(("confirm-password".into(), PASSWORD.into()));
    fields.extend(key.get(&asked, "confirm-key"));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let added = browser.post(path, &fields).await;
    assert_eq!((added.status, added.location.as_str()), (303, path), "{}", added.text);
    assert_eq!(keys().await.len(), 2);
    let asked = options(&mut browser, path).await;
    assert_eq!(asked["excludeCredentials"].as_array().unwrap().len(), 2);
    let twice = fill(&mut browser, path, &spare.create(&asked)).await;
    assert_eq!(twice.status, 422, "one key is not two");

    let mut elsewhere = at_second_step(&town, "hanako").await;
    let asked = options(&mut elsewhere, "/console/-/code").await;
    assert_eq!(fill(&mut elsewhere, "/console/-/code", &spare.get(&asked, "key")).await.status, 303);
    assert_eq!(fill(&mut browser, path, &remove(&first)).await.status, 303);
    assert!(elsewhere.get("/console/todoke").await.location.contains("sign-in"), "other sessions have ended");
    let mut without = at_second_step(&town, "hanako").await;
    let asked = options(&mut without, "/console/-/code").await;
    assert_eq!(fill(&mut without, "/console/-/code", &key.get(&asked, "key")).await.status, 422);
    assert_eq!(actions(&town).await.iter().filter(|(action, _)| *action == Action::KeyRemoved).count(), 1);
}

#[tokio::test]
async fn a_key_stands_beside_an_app_and_whoever_has_the_password_alone_adds_none() {
    let town = town_with(NAMED).await;
    let (_, secret) = invite(&town, "hanako", membership("todoke", &[Role::Administrator])).await;
    let mut browser = Browser::new(&town);
    browser.accept(&secret).await;
    let seed = key_of(&browser.get("/console/-/enrol").await.text);
    assert_eq!(browser.fill("/console/-/enrol", &[("code", &code(&seed, -1))]).await.status, 303);
    let path = "/console/-/me/keys";
    let mut key = Key::new(1);
    let asked = options(&mut browser, path).await;
    let mut unnamed = key.create(&asked);
    unnamed.retain(|(name, _)| name != "key-name");
    assert_eq!(fill(&mut browser, path, &unnamed).await.status, 422, "a key has a name");
    let added = fill(&mut browser, path, &key.create(&asked)).await;
    assert_eq!((added.status, added.location.as_str()), (303, path), "{}", added.text);

    let mut other = at_second_step(&town, "hanako").await;
    let page = other.get("/console/-/code").await;
    assert!(page.text.contains("セキュリティキーでログインする") && page.text.contains("name=\"code\""));
    let token = page.text.split("data-token=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let refused = other.post("/console/-/enrol/challenge", &[("form-key", &token)]).await;
    assert_eq!(refused.status, 403, "the token of another address");
    assert_eq!(other.post("/console/-/code/challenge", &[]).await.status, 403, "no token");
    assert_eq!(other.fill("/console/-/code", &[("code", &code(&seed, 0))]).await.status, 303, "the app too");
}

#[tokio::test]
async fn a_console_without_a_name_says_why_there_are_no_keys() {
    for (settings, reason) in [
        ("", "公開アドレスが設定されていません"),
        ("[console]\npublic_url = 'http://127.0.0.1:1'\n", "数字（IP アドレス）"),
        (
            "[server]\npublic_url = 'https://line.city.example'\nconsole_listen = ''\n",
            "data-origin=\"https://line.city.example\"",
        ),
    ] {
        let town = town_with(settings).await;
        let mut browser = Browser::with_role(&town, "todoke", Role::Viewer).await;
        let page = browser.get("/console/-/me/keys").await;
        assert!(page.text.contains(reason), "{settings}: {}", page.text);
    }
}
