//! Other systems are told of each step, signed, until they take it; what they are told names nobody.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use todoke::{
    domain::{
        announcement::{AnnouncementId, Audience, Block, Content, Draft, Kind},
        language::Language,
        segment,
        staff::{
            Actor, Role,
            rights::{Announce, WriteDrafts},
        },
        version::Version,
    },
    journeys::announce,
    simulator::Act,
};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    announcements::QUICK,
    support::{Town, until},
    town::{Home, actor},
};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came: id, kind, announcement.
type Taken = (String, String, String);

#[derive(Default)]
struct Heard {
    /// What is answered, one after the other; then 200.
    answers: Vec<u16>,
    taken: Vec<Taken>,
    refused: Vec<Taken>,
}

/// Another system, which checks signatures.
#[derive(Clone, Default)]
struct Other(Arc<Mutex<Heard>>);

async fn hear(State(other): State<Other>, headers: HeaderMap, body: Bytes) -> axum::http::StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let text = std::str::from_utf8(&body).unwrap();
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&STANDARD.decode(SECRET).unwrap()).unwrap();
    mac.update(format!("{id}.{at}.{text}").as_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    let value: Value = serde_json::from_str(text).unwrap();
    let (kind, announcement) = (value["type"].clone(), value["data"]["announcement"].clone());
    let expected = json!({
        "type": kind, "timestamp": value["timestamp"],
        "data": { "account": "todoke", "announcement": announcement },
    });
    assert_eq!(value, expected, "ids and nothing else");
    let told = (id, kind.as_str().unwrap().to_owned(), announcement.as_str().unwrap().to_owned());
    let mut heard = other.0.lock().unwrap();
    let status = if heard.answers.is_empty() { 200 } else { heard.answers.remove(0) };
    if status == 200 {
        heard.taken.push(told);
    } else {
        heard.refused.push(told);
    }
    status.try_into().unwrap()
}

impl Other {
    /// Listens; its address.
    async fn listen(&self, tasks: &mut JoinSet<()>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/told", post(hear)).with_state(self.clone());
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}/told")
    }

    fn answers(&self, answers: &[u16]) {
        self.0.lock().unwrap().answers = answers.to_vec();
    }

    fn taken(&self) -> Vec<Taken> {
        self.0.lock().unwrap().taken.clone()
    }

    fn refused(&self) -> Vec<Taken> {
        self.0.lock().unwrap().refused.clone()
    }

    /// What it has taken, once that is so many.
    async fn has_taken(&self, many: usize) -> Vec<Taken> {
        until("it is told", || async { (self.taken().len() >= many).then(|| self.taken()) }).await
    }
}

/// A home whose account tells these addresses.
fn home(addresses: &[&str]) -> Home {
    let home = Home::new(QUICK);
    let file = home.path().join("accounts/todoke.toml");
    let account = fs::read_to_string(&file).unwrap();
    let hook = |url: &&str| format!("\n[[webhooks]]\nurl = \"{url}\"\nsecret = \"whsec_{SECRET}\"\n");
    fs::write(&file, account + &addresses.iter().map(hook).collect::<String>()).unwrap();
    home
}

fn announcer() -> Actor<Announce> {
    actor(1, &[Role::Announcer])
}

/// Something that waits for a second person.
async fn submitted(town: &Town) -> AnnouncementId {
    let ctx = &town.app.ctx;
    let account = ctx.library.account(&"todoke".parse().unwrap()).unwrap();
    let (_, predicate) = segment::read(r#"{"following": true}"#, &account.attributes).unwrap();
    let content = Content {
        title: "秘密の題".parse().unwrap(),
        bodies: [(Language::Ja, vec![Block::Text("秘密の本文".into())])].into(),
        is_silent: false,
        department: None,
    };
    let audience = Audience::Picked { predicate, segment: None };
    let author: Actor<WriteDrafts> = actor(1, &[Role::Announcer]);
    let draft = Draft { kind: Kind::Ordinary, content, audience, due: None };
    let (id, seen): (_, Version) = announce::write(ctx, &author, draft, None).await.unwrap();
    announce::submit(ctx, &announcer(), (id, seen)).await.unwrap();
    id
}

fn kinds(taken: &[Taken]) -> Vec<&str> {
    taken.iter().map(|(_, kind, _)| kind.as_str()).collect()
}

#[tokio::test]
async fn each_system_is_told_of_each_step_until_it_takes_it() {
    let mut tasks = JoinSet::new();
    let (one, two) = (Other::default(), Other::default());
    let (here, there) = (one.listen(&mut tasks).await, two.listen(&mut tasks).await);
    two.answers(&[500, 503, 302]);
    let town = Town::in_home(home(&[&here, &there]), |_| {}, &[]).await;
    town.says(&town.friend(), Act::Follow).await;
    let id = submitted(&town).await;
    let first = two.has_taken(1).await;
    let refused = two.refused();
    assert_eq!(refused, vec![first[0].clone(); 3], "the same name with every try");
    assert_eq!(one.taken(), first, "who has taken it is not told again");
    announce::cancel(&town.app.ctx, &announcer(), id).await.unwrap();
    let all = two.has_taken(2).await;
    assert_eq!(kinds(&all), ["announcement.submitted", "announcement.cancelled"]);
    assert!(all[0].0 != all[1].0 && all.iter().all(|(_, _, of)| *of == id.to_string()));
    one.has_taken(2).await;
    // Who has taken the address away is not told of this any more.
    two.answers(&[410]);
    submitted(&town).await;
    one.has_taken(3).await;
    until("nothing is left", || async {
        let left = town.app.ctx.store.list_tellings(&"todoke".parse().unwrap(), 10).await.unwrap();
        left.is_empty().then_some(())
    })
    .await;
    assert_eq!((two.taken().len(), two.refused().len()), (2, 4));
    town.verified().await;
}

#[tokio::test]
async fn what_was_not_told_before_a_stop_is_told_after_the_start() {
    let mut tasks = JoinSet::new();
    let other = Other::default();
    let address = other.listen(&mut tasks).await;
    other.answers(&vec![500; 10_000]);
    let town = Town::in_home(home(&[&address]), |_| {}, &[]).await;
    town.says(&town.friend(), Act::Follow).await;
    submitted(&town).await;
    until("it is tried", || async { (!other.refused().is_empty()).then_some(()) }).await;
    let home = town.stop().await;
    other.answers(&[]);
    let town = Town::in_home(home, |_| {}, &[]).await;
    let taken = other.has_taken(1).await;
    assert_eq!(kinds(&taken), ["announcement.submitted"]);
    assert_eq!(taken[0], other.refused()[0]);
    town.still_answers().await;
}

#[tokio::test]
async fn where_nobody_is_told_nothing_is_kept() {
    let town = Town::in_home(home(&[]), |_| {}, &[]).await;
    town.says(&town.friend(), Act::Follow).await;
    submitted(&town).await;
    until("nothing is left", || async {
        let left = town.app.ctx.store.list_tellings(&"todoke".parse().unwrap(), 10).await.unwrap();
        left.is_empty().then_some(())
    })
    .await;
}
