//! A town in one process: the app, LINE's double, a folder, and the questions that tests ask of them.

use std::{sync::Arc, time::Duration};

use axum::Router;
use serde_json::{Value, json};
use todoke::{
    app::App,
    control,
    domain::{event::EventKey, settlement::Outcome},
    line::signature,
    simulator::{
        Act, ChatEntry, Content, Delivery, FriendId, HappeningKind, Simulator, SimulatorConfig,
        ledger::{Line, Verdict, judge},
    },
    store::view::EventView,
    system::SystemClock,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use crate::town::{Home, PATIENCE, SECRET, TOKEN, free_address};

/// The server inside this process and LINE's double.
pub struct Town {
    pub home: Home,
    pub simulator: Simulator,
    pub app: App,
    pub http: reqwest::Client,
}

/// LINE's double as tests want it.
pub async fn simulator(change: impl FnOnce(&mut SimulatorConfig)) -> Simulator {
    let mut config = SimulatorConfig::new(SECRET, TOKEN);
    change(&mut config);
    Simulator::start(config, Arc::new(SystemClock)).await.unwrap()
}

impl Town {
    pub async fn new() -> Self {
        Self::with("", |_| {}).await
    }

    /// With settings of the configuration file and a changed double.
    pub async fn with(settings: &str, change: impl FnOnce(&mut SimulatorConfig)) -> Self {
        Self::in_home(Home::new(settings), change, &[]).await
    }

    pub async fn in_home(
        home: Home,
        change: impl FnOnce(&mut SimulatorConfig),
        variables: &[(&str, &str)],
    ) -> Self {
        let simulator = simulator(change).await;
        let mut config = home.config(variables);
        config.settings.server.listen = "127.0.0.1:0".parse().unwrap();
        config.settings.line.api_base = simulator.api_base();
        config.settings.line.data_api_base = simulator.api_base();
        config.settings.line.schemes_base = simulator.schemes_base();
        let app = App::start(&config, None, |_| Router::new()).await.unwrap();
        simulator.set_webhook_url(format!("http://{}/line/todoke/webhook", app.address));
        Self { home, simulator, app, http: reqwest::Client::new() }
    }

    /// Stops everything in order; what is left is the folder.
    pub async fn stop(self) -> Home {
        timeout(PATIENCE, self.app.stop()).await.unwrap();
        self.simulator.shutdown().await;
        self.home
    }

    pub fn friend(&self) -> FriendId {
        self.simulator.add_person("住民", "ja")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.app.address)
    }

    /// Posts a signed body; the status and the answer.
    pub async fn post(&self, body: impl Into<Vec<u8>>) -> (u16, Value) {
        let body = body.into();
        let signed = signature::sign(SECRET, &body);
        self.post_with(&[("x-line-signature", &signed)], body).await
    }

    pub async fn post_with(&self, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> (u16, Value) {
        let mut request = self.http.post(self.url("/line/todoke/webhook")).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// An event as LINE would send it, with a reply token that the double knows; nothing is delivered.
    pub async fn draft(&self, friend: &FriendId, act: Act) -> Value {
        self.simulator.set_webhook_url(format!("http://{}/", free_address()));
        let id = self
            .simulator
            .act_together(vec![(friend.clone(), act)], Delivery::Once)
            .remove(0)
            .webhook_event_id;
        self.simulator.idle().await;
        self.simulator.set_webhook_url(self.url("/line/todoke/webhook"));
        let happened = self.simulator.happenings(0).into_iter().rev();
        let mut sent = happened.filter_map(|happening| match happening.kind {
            HappeningKind::Webhook { event, body, .. } if event == id => Some(body),
            _ => None,
        });
        sent.next().expect("the double has tried to deliver it")["events"][0].clone()
    }

    pub async fn draft_text(&self, friend: &FriendId, text: &str) -> Value {
        self.draft(friend, Act::Text { text: text.into() }).await
    }

    /// What the store knows of an event.
    pub async fn event(&self, id: &str) -> Option<EventView> {
        let account = "todoke".parse().unwrap();
        self.app.ctx.store.event(&account, EventKey::from_webhook_event_id(id)).await.unwrap()
    }

    /// The event's outcome, once it has one.
    pub async fn outcome(&self, id: &str) -> Outcome {
        let settled = || async { self.event(id).await.and_then(|event| event.outcome) };
        until(&format!("{id} is settled"), settled).await
    }

    /// Somebody does something and everything about it has ended; what the bot said to it.
    pub async fn says(&self, friend: &FriendId, act: Act) -> Vec<String> {
        let id = self.simulator.act(friend, act).webhook_event_id;
        self.outcome(&id).await;
        self.said_to(friend, &id)
    }

    pub async fn answer(&self, friend: &FriendId, text: &str) -> String {
        self.says(friend, Act::Text { text: text.into() }).await.join("\n")
    }

    /// What the chat shows as the bot's reply to an event.
    pub fn said_to(&self, friend: &FriendId, id: &str) -> Vec<String> {
        let of_event = |entry: &ChatEntry| entry.event.as_deref() == Some(id);
        let chat = self.simulator.chat(friend).into_iter().filter(of_event);
        let lines = chat.filter_map(|entry| match entry.content {
            Content::Said(messages) => Some(messages.plain_lines()),
            Content::Did(..) => None,
        });
        lines.flatten().collect()
    }

    pub fn verdict(&self, id: &str) -> Verdict {
        judge(&self.simulator.ledger().lines()).get(id).copied().unwrap_or_default()
    }

    /// How many calls of the Messaging API there were whose path contains this.
    pub fn calls(&self, part: &str) -> usize {
        let lines = self.simulator.ledger().lines();
        lines
            .iter()
            .filter(|line| matches!(line, Line::Call { endpoint, .. } if endpoint.contains(part)))
            .count()
    }

    pub async fn until_nothing_waits(&self) {
        until("nothing waits", || async { (self.app.ctx.store.waiting() == 0).then_some(()) }).await;
    }

    /// What `todoke store verify` reports; a problem stops the test.
    pub async fn verified(&self) -> Value {
        let report = control::ask(&self.home.data(), &control::Request::StoreVerify).await.unwrap().unwrap();
        assert_eq!(report["problems"], json!([]));
        report
    }

    /// The last line of every test of abuse: a resident is answered as if nothing had happened.
    pub async fn still_answers(&self) {
        let told = self.answer(&self.friend(), "粗大ごみを捨てたい").await;
        assert!(told.contains("予約が必要"), "{told}");
    }

    /// Writes to the socket as it stands, and gives what comes back until the server closes.
    pub async fn raw(&self, pieces: &[&[u8]]) -> String {
        self.converse(pieces, false).await
    }

    /// The same, and then the sender goes away.
    pub async fn raw_then_gone(&self, pieces: &[&[u8]]) -> String {
        self.converse(pieces, true).await
    }

    async fn converse(&self, pieces: &[&[u8]], gone: bool) -> String {
        let mut socket = TcpStream::connect(self.app.address).await.unwrap();
        for piece in pieces {
            // A server that has heard enough may close; what it said is still to be read.
            if socket.write_all(piece).await.is_err() {
                break;
            }
        }
        if gone {
            let _ = socket.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, socket.read_to_end(&mut answer)).await.expect("an answer or an end");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// A webhook body around events.
pub fn body(events: &[Value]) -> String {
    json!({ "destination": format!("U{}", "0".repeat(32)), "events": events }).to_string()
}

/// The head of a signed request, for those who write to the socket themselves.
pub fn head(body: &[u8], length: &str) -> String {
    let signed = signature::sign(SECRET, body);
    format!(
        "POST /line/todoke/webhook HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-line-signature: {signed}\r\n{length}\r\n\r\n"
    )
}

/// Looks again and again until there is something; stops the test when there never is.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let looking = async {
        let mut ticks = interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("in time: {what}"))
}
