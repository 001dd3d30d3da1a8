//! Other systems: what they post with a key of their own, once, and what no key does. The description is held against
//! the server, word for word.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use todoke::{
    domain::{
        announcement::AnnouncementId,
        api_key::{ApiKey, Scope},
        audit::Who,
        staff::{
            Actor, Role,
            rights::{Approve, ManageStaff, WriteDrafts},
        },
    },
    journeys::{
        announce::{self, Approving},
        api_keys::{self, KeyError, NewKey},
    },
};

use crate::{
    announcements::QUICK,
    console::{invite, membership},
    support::{Town, until},
    town::actor,
};

const POSTS: &str = "/api/v1/announcements";

fn administrator() -> Actor<ManageStaff> {
    actor(99, &[Role::Administrator])
}

/// A key of somebody with a role, whose login name is the role's.
async fn key(town: &Town, role: Role, scopes: &[Scope], department: Option<&str>) -> (ApiKey, String) {
    let owner = role.code();
    if town.app.ctx.store.load_staff_by_login(&owner.parse().unwrap()).await.unwrap().is_none() {
        invite(town, owner, membership("todoke", &[role])).await;
    }
    let new = NewKey {
        label: "気象情報".parse().unwrap(),
        owner: owner.parse().unwrap(),
        scopes: scopes.to_vec(),
        department: department.map(|department| department.parse().unwrap()),
    };
    api_keys::add(&town.app.ctx, &administrator(), new).await.unwrap()
}

fn draft(submit: bool) -> Value {
    json!({
        "content": { "title": "試験", "bodies": { "ja": [{ "text": "あしたは ごみの 日です。" }] } },
        "audience": { "predicate": { "following": true } },
        "submit": submit,
    })
}

/// Posts as another system does; status and answer.
async fn post(town: &Town, key: &str, name: &str, body: &Value) -> (u16, Value) {
    let request = town.http.post(town.url(POSTS)).bearer_auth(key).header("idempotency-key", name);
    let answer = request.json(body).send().await.unwrap();
    let (status, place) = (answer.status().as_u16(), answer.headers().get("location").cloned());
    let answer: Value = answer.json().await.unwrap();
    if status == 201 {
        let expected = format!("{POSTS}/{}", answer["id"].as_str().unwrap());
        assert_eq!(place.unwrap().to_str().unwrap(), expected);
    }
    (status, answer)
}

async fn look(town: &Town, key: &str, id: &Value) -> (u16, Value) {
    let url = town.url(&format!("{POSTS}/{}", id.as_str().unwrap()));
    let answer = town.http.get(url).bearer_auth(key).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn count(town: &Town) -> usize {
    let author: Actor<WriteDrafts> = actor(1, &[Role::Announcer]);
    announce::list(&town.app.ctx, &author, None, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_post_is_shown_to_a_second_person_and_goes_out_after_the_approval() {
    let town = Town::with(QUICK, |_| {}).await;
    for _ in 0..6 {
        town.says(&town.friend(), todoke::simulator::Act::Follow).await;
    }
    let (made, key) = key(&town, Role::Announcer, Scope::ALL, None).await;
    let (status, told) = post(&town, &key, "2026-12-29", &draft(true)).await;
    assert_eq!((status, &told["state"], &told["people"]), (201, &json!("waiting"), &json!(6)), "{told}");
    assert_eq!(told["progress"], Value::Null);
    let id: AnnouncementId = told["id"].as_str().unwrap().parse().unwrap();
    let ctx = &town.app.ctx;
    let approver: Actor<Approve> = actor(2, &[Role::Approver]);
    let waiting = announce::open(ctx, &approver, id).await.unwrap();
    assert_eq!(waiting.value.begun_by, Who::ApiKey(made.id));
    assert_eq!(waiting.value.way.author(), made.owner, "somebody answers for it, and cannot approve it");
    let binding = *waiting.value.way.binding().unwrap();
    let said = Approving { seen: waiting.version, binding, typed: 6, instead_of: None };
    announce::approve(ctx, &approver, id, said).await.unwrap();
    let sent = until("it is sent", || async {
        let (status, told) = look(&town, &key, &told["id"]).await;
        assert_eq!(status, 200);
        (told["state"] == "sent").then_some(told)
    })
    .await;
    let all = json!({ "accepted": 6, "refused": 0, "unknown": 0, "not_yet": 0, "withdrawn": 0 });
    assert_eq!(sent["progress"], all);
    let steps = announce::history(ctx, &approver, id).await.unwrap();
    assert_eq!((steps[0].by, steps[1].by), (Who::ApiKey(made.id), Who::ApiKey(made.id)));
    town.verified().await;
}

#[tokio::test]
async fn the_same_post_is_one_and_gets_the_same_answer() {
    let town = Town::with(QUICK, |_| {}).await;
    let (_, one) = key(&town, Role::Announcer, Scope::ALL, None).await;
    let (_, other) = key(&town, Role::Announcer, &[Scope::Draft], None).await;
    let body = draft(false);
    let first = post(&town, &one, "a", &body).await;
    assert_eq!(first.0, 201);
    assert_eq!(post(&town, &one, "a", &body).await, first);
    // Many at the same time, as of a client that gives up too early.
    let (two, three, four) = tokio::join!(
        post(&town, &one, "b", &body),
        post(&town, &one, "b", &body),
        post(&town, &one, "b", &body)
    );
    assert!(two.0 == 201 && two == three && three == four, "{two:?} {three:?} {four:?}");
    assert_ne!(two.1["id"], first.1["id"]);
    assert_eq!(count(&town).await, 2);
    let (status, refused) = post(&town, &one, "a", &draft(true)).await;
    assert_eq!((status, &refused["code"]), (409, &json!("idempotency_key_reused")));
    // Names belong to a key; and they survive a restart.
    assert_eq!(post(&town, &other, "a", &body).await.0, 201);
    assert_eq!(count(&town).await, 3);
    let home = town.stop().await;
    let town = Town::in_home(home, |_| {}, &[]).await;
    assert_eq!(post(&town, &one, "a", &body).await, first);
    assert_eq!(count(&town).await, 3);
}

#[tokio::test]
async fn no_key_does_more_than_its_scopes_its_department_and_its_owner() {
    let town = Town::with(QUICK, |_| {}).await;
    let (drafter, drafts) = key(&town, Role::Announcer, &[Scope::Draft], None).await;
    let (_, reads) = key(&town, Role::Announcer, &[Scope::Read], None).await;
    let (_, outside) = key(&town, Role::OutsidePoster, &[Scope::Draft], Some("環境局")).await;
    let code = |(status, told): (u16, Value)| (status, told["code"].as_str().unwrap_or_default().to_owned());
    let is = |status: u16, what: &str| (status, what.to_owned());
    assert_eq!(code(post(&town, &reads, "a", &draft(false)).await), is(403, "denied"));
    assert_eq!(code(post(&town, &drafts, "a", &draft(true)).await), is(403, "denied"));
    assert_eq!(count(&town).await, 0, "nothing was written");
    let written = post(&town, &drafts, "a", &draft(false)).await.1;
    let posted = post(&town, &outside, "a", &draft(false)).await.1;
    // Each sees its own; who may read all sees all.
    assert_eq!(look(&town, &drafts, &written["id"]).await.0, 200);
    assert_eq!(code(look(&town, &drafts, &posted["id"]).await), is(404, "not_found"));
    assert_eq!(look(&town, &outside, &posted["id"]).await.0, 200);
    assert_eq!(look(&town, &reads, &posted["id"]).await.0, 200);
    assert_eq!(code(look(&town, &reads, &json!("ann_0")).await), is(404, "not_found"));
    // The key's department is put in, and no other can be.
    let id: AnnouncementId = posted["id"].as_str().unwrap().parse().unwrap();
    let author: Actor<WriteDrafts> = actor(1, &[Role::Announcer]);
    let stored = announce::open(&town.app.ctx, &author, id).await.unwrap().value;
    assert_eq!(stored.draft.content.department.unwrap().as_str(), "環境局");
    let mut elsewhere = draft(false);
    elsewhere["content"]["department"] = "財政局".into();
    assert_eq!(code(post(&town, &outside, "b", &elsewhere).await), is(422, "department"));
    // Nobody answers for more than they may do themselves.
    let new = |owner: &str, scope| NewKey {
        label: "x".parse().unwrap(),
        owner: owner.parse().unwrap(),
        scopes: vec![scope],
        department: None,
    };
    let by = administrator();
    let add = |new| api_keys::add(&town.app.ctx, &by, new);
    let beyond = add(new("outside-poster", Scope::Submit)).await;
    assert!(matches!(beyond, Err(KeyError::Beyond { scope: Scope::Submit, .. })));
    assert!(matches!(add(new("nobody", Scope::Draft)).await, Err(KeyError::UnknownOwner)));
    // Whoever leaves takes the keys along; a key that is taken away lets nobody in.
    let ctx = &town.app.ctx;
    api_keys::remove(ctx, &administrator(), drafter.id).await.unwrap();
    assert_eq!(code(post(&town, &drafts, "c", &draft(false)).await), is(401, "unauthorized"));
    assert_eq!(api_keys::list(ctx, &administrator()).await.unwrap().len(), 2);
    let owner = ctx.store.load_staff_by_login(&"outside-poster".parse().unwrap()).await.unwrap().unwrap();
    let mut left = owner.value;
    left.memberships[0].until = Some("2020-01-01".parse().unwrap());
    let note = administrator().note(ctx.clock.now(), todoke::domain::audit::Action::StaffChanged, left.id);
    ctx.store.change_staff(left, owner.version, note).await.unwrap();
    assert_eq!(code(post(&town, &outside, "c", &draft(false)).await), is(403, "denied"));
}

#[tokio::test]
async fn what_cannot_be_is_told_with_its_place_and_writes_nothing() {
    let town = Town::with(QUICK, |_| {}).await;
    let (_, key) = key(&town, Role::Announcer, Scope::ALL, None).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = draft(true);
        change(&mut body);
        body
    };
    let cases: [(Value, u16, &str, &str); 8] = [
        (
            with(&|body| body["content"]["bodies"]["ja"][0]["text"] = "あ".repeat(5_001).into()),
            422,
            "content",
            "content.bodies.ja[0].text",
        ),
        (
            with(&|body| body["audience"] = json!({ "predicate": { "has": "shoe-size" } })),
            422,
            "predicate",
            "audience.predicate.has",
        ),
        (
            with(&|body| body["audience"] = json!({ "segment": format!("seg_{}", "0".repeat(32)) })),
            422,
            "unknown_segment",
            "",
        ),
        (with(&|body| body["audience"] = json!({ "segment": "x" })), 422, "unknown_segment", ""),
        (with(&|body| body["kind"] = "correction".into()), 400, "malformed", ""),
        (with(&|body| body["approve"] = true.into()), 400, "malformed", ""),
        (with(&|body| body["content"]["bodies"]["xx"] = json!([{ "text": "x" }])), 400, "malformed", ""),
        (json!([]), 400, "malformed", ""),
    ];
    for (n, (body, expected, code, at)) in cases.iter().enumerate() {
        let (status, told) = post(&town, &key, &format!("case {n}"), body).await;
        assert_eq!((status, told["code"].as_str().unwrap()), (*expected, *code), "{told}");
        assert_eq!(told["faults"][0]["at"].as_str().unwrap_or_default(), *at, "{told}");
    }
    assert_eq!(count(&town).await, 0);
    // A draft may be unfinished. What nobody would get is written, and shown to nobody.
    let long = with(&|body| {
        body["content"]["bodies"]["ja"][0]["text"] = "あ".repeat(5_001).into();
        body["submit"] = false.into();
    });
    assert_eq!(post(&town, &key, "long", &long).await.0, 201);
    let (status, told) = post(&town, &key, "nobody", &draft(true)).await;
    assert_eq!(
        (status, &told["state"], &told["problem"]["code"]),
        (201, &json!("draft"), &json!("nobody")),
        "{told}"
    );
    let late = with(&|body| body["due"] = "2020-01-01T00:00:00Z".into());
    let (_, told) = post(&town, &key, "late", &late).await;
    assert_eq!(told["problem"]["code"], "too_late");
    // What is no post at all.
    let send = |headers: Vec<(&'static str, String)>, body: String| {
        let mut request = town.http.post(town.url(POSTS)).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        async move {
            let answer = request.send().await.unwrap();
            let challenge = answer.headers().contains_key("www-authenticate");
            let status = answer.status().as_u16();
            let told: Value = answer.json().await.unwrap();
            assert_eq!(challenge, status == 401);
            (status, told["code"].as_str().unwrap().to_owned())
        }
    };
    let auth = || ("authorization", format!("Bearer {key}"));
    let kind = || ("content-type", "application/json; charset=utf-8".to_owned());
    let name = || ("idempotency-key", "z".to_owned());
    let body = || draft(false).to_string();
    let is = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(send(vec![kind(), name()], body()).await, is(401, "unauthorized"));
    let wrong = |shown: String| ("authorization", shown);
    for shown in [
        format!("Basic {key}"),
        format!("Bearer {}", &key[..key.len() - 1]),
        format!("Bearer todoke_key_{}", "0".repeat(64)),
        key.clone(),
        format!("Bearer {}", key.trim_start_matches("todoke_key_")),
    ] {
        assert_eq!(send(vec![wrong(shown), kind(), name()], body()).await, is(401, "unauthorized"));
    }
    assert_eq!(send(vec![auth(), kind()], body()).await, is(400, "idempotency_key_missing"));
    let long = ("idempotency-key", "z".repeat(256));
    assert_eq!(send(vec![auth(), kind(), long], body()).await, is(400, "idempotency_key_missing"));
    let plain = ("content-type", "text/plain".to_owned());
    assert_eq!(send(vec![auth(), plain, name()], body()).await, is(415, "not_json"));
    assert_eq!(send(vec![auth(), kind(), name()], "{".into()).await, is(400, "malformed"));
    let large = " ".repeat(600 * 1024);
    assert_eq!(send(vec![auth(), kind(), name()], large).await, is(413, "too_large"));
    town.still_answers().await;
}

#[tokio::test]
async fn keys_are_shown_over_an_encrypted_way_alone() {
    // The test's own address counts as a proxy that is believed.
    let settings = format!("{QUICK}[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let town = Town::with(&settings, |_| {}).await;
    let (_, key) = key(&town, Role::Announcer, Scope::ALL, None).await;
    for (proto, expected) in [("http", 403), ("https", 404)] {
        let url = town.url(&format!("{POSTS}/ann_{}", "0".repeat(32)));
        let asked = town.http.get(url).bearer_auth(&key).header("x-forwarded-proto", proto);
        assert_eq!(asked.send().await.unwrap().status().as_u16(), expected, "{proto}");
    }
}

async fn description(town: &Town) -> Value {
    let answer = town.http.get(town.url("/api/openapi.json")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// Follows references.
fn resolve<'a>(all: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(place) => all.pointer(place.trim_start_matches('#')).expect("what is named is there"),
        None => schema,
    }
}

/// Which names of each object of the schema a value uses; what the schema does not have stops the test.
fn used(all: &Value, schema: &Value, value: &Value, names: &mut BTreeMap<String, BTreeSet<String>>) {
    let place = schema["$ref"].as_str().unwrap_or_default().to_owned();
    let schema = resolve(all, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| {
            let choice = resolve(all, choice);
            let is_named = choice["required"]
                .as_array()
                .is_some_and(|needed| needed.iter().all(|name| value.get(name.as_str().unwrap()).is_some()));
            choice["enum"].as_array().is_some_and(|few| few.contains(value))
                || is_named
                || (choice["type"] == "null" && value.is_null())
        };
        let chosen: Vec<&Value> = choices.iter().filter(fits).collect();
        assert_eq!(chosen.len(), 1, "{value} is one of {choices:?}");
        return used(all, chosen[0], value, names);
    }
    if let (Some(known), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for needed in schema["required"].as_array().into_iter().flatten() {
            assert!(object.contains_key(needed.as_str().unwrap()), "{needed} is missing: {value}");
        }
        for (name, value) in object {
            let schema = known.get(name).unwrap_or_else(|| panic!("{name} is not described: {place}"));
            names.entry(place.clone()).or_default().insert(name.clone());
            used(all, schema, value, names);
        }
    } else if let (Some(schema), Some(object)) = (schema.get("additionalProperties"), value.as_object()) {
        object.values().for_each(|value| used(all, schema, value, names));
    } else if let (Some(schema), Some(list)) = (schema.get("items"), value.as_array()) {
        for value in list {
            used(all, schema, value, names);
        }
    } else if let Some(few) = schema["enum"].as_array() {
        assert!(few.contains(value), "{value} is described");
    }
}

#[tokio::test]
async fn the_description_is_what_the_server_does() {
    let town = Town::with(QUICK, |_| {}).await;
    let (_, key) = key(&town, Role::Announcer, Scope::ALL, None).await;
    let all = description(&town).await;
    // Each address with each method: what is described is there, and nothing else is.
    for (path, methods) in all["paths"].as_object().unwrap() {
        let url = town.url(&path.replace("{id}", &format!("ann_{}", "0".repeat(32))));
        for method in ["get", "post", "put", "patch", "delete"] {
            let asked = town.http.request(method.to_uppercase().parse().unwrap(), &url);
            let status = asked.send().await.unwrap().status().as_u16();
            let expected = match methods.get(method) {
                None => 405,
                Some(described) if described["security"] == json!([]) => 200,
                Some(_) => 401,
            };
            assert_eq!(status, expected, "{method} {path}");
        }
    }
    // Every example is taken, and together they use every name that is described; so is every answer.
    let create = &all["paths"][POSTS]["post"];
    let shape = &create["requestBody"]["content"]["application/json"];
    let answered = json!({ "$ref": "#/components/schemas/Announcement" });
    let mut names = BTreeMap::new();
    for (name, example) in shape["examples"].as_object().unwrap() {
        used(&all, &shape["schema"], &example["value"], &mut names);
        let (status, told) = post(&town, &key, name, &example["value"]).await;
        assert_eq!(status, 201, "{name}: {told}");
        used(&all, &answered, &told, &mut BTreeMap::new());
    }
    for (place, used) in &names {
        if let Some(known) = resolve(&all, &json!({ "$ref": place }))["properties"].as_object() {
            let known: BTreeSet<String> = known.keys().cloned().collect();
            assert_eq!(*used, known, "the examples use all of {place}");
        }
    }
    let schemas: BTreeSet<&str> = names.keys().map(String::as_str).collect();
    assert!(
        schemas.contains("#/components/schemas/Button") && schemas.contains("#/components/schemas/Picture")
    );
    // What is asked for is needed: without it the server says so too.
    for (place, needed) in [("", "content"), ("", "audience"), ("/content", "title"), ("/content", "bodies")]
    {
        let mut less = draft(false);
        less.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(needed);
        let (status, told) = post(&town, &key, needed, &less).await;
        assert_eq!((status, told["code"].as_str()), (400, Some("malformed")), "{needed}");
        used(&all, &json!({ "$ref": "#/components/schemas/Problem" }), &told, &mut BTreeMap::new());
    }
}

#[tokio::test]
async fn a_key_is_made_listed_and_removed_by_commands_and_its_secret_is_shown_once() {
    let town = Town::new().await;
    invite(&town, "hanako", membership("todoke", &[Role::Announcer])).await;
    let run = |arguments: Vec<&'static str>| {
        let mut command = town.home.command_here(&arguments);
        async move {
            let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
            (
                output.status.code().unwrap(),
                String::from_utf8(output.stdout).unwrap(),
                String::from_utf8(output.stderr).unwrap(),
            )
        }
    };
    let add = |owner, scope| {
        vec!["keys", "add", "--account", "todoke", "--label", "気象情報", "--owner", owner, "--scope", scope]
    };
    let (status, shown, _) = run(add("hanako", "announcements:draft")).await;
    let key = shown.trim();
    assert_eq!((status, key.len()), (0, "todoke_key_".len() + 64));
    assert_eq!(post(&town, key, "a", &draft(false)).await.0, 201);
    let (_, listed, _) = run(vec!["keys", "list", "--account", "todoke", "--json"]).await;
    assert!(!listed.contains(&key["todoke_key_".len()..]), "nobody is shown it again");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (listed["keys"][0]["owner"].as_str(), listed["keys"][0]["label"].as_str()),
        (Some("hanako"), Some("気象情報"))
    );
    for (wrong, told) in [
        (add("taro", "announcements:draft"), "login name"),
        (add("hanako", "announcements:approve"), "no scope"),
        (vec!["keys", "remove", "--account", "todoke", "key_1"], "key_"),
    ] {
        let (status, _, why) = run(wrong).await;
        assert!(status == 2 && why.contains(told), "{why}");
    }
    let id: &'static str = listed["keys"][0]["id"].as_str().unwrap().to_owned().leak();
    assert_eq!(run(vec!["keys", "remove", "--account", "todoke", id]).await.0, 0);
    assert_eq!(post(&town, key, "b", &draft(false)).await.0, 401);
}
