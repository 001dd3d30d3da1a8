//! Webhooks out: made, signed, delivered over HTTP, and delivered again until they are taken.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Friend, FriendId, Simulator,
    ledger::Line,
    lock,
    people::{Act, ChatEntry, Content, Happening, HappeningKind},
    spawn,
};
use crate::{domain::time::Timestamp, line::signature, system::Stopwatch};

/// The longest pause between two deliveries of a body.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// An event that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTicket {
    /// The `webhookEventId`.
    pub webhook_event_id: String,
    /// LINE's id of the message, for an unsend.
    pub message_id: String,
}

/// How one body is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// As LINE does: delivered again until it is answered 2xx.
    UntilTaken,
    /// Once.
    Once,
}

/// An event as JSON with what belongs to it.
struct Made {
    json: Value,
    id: String,
    token: Option<String>,
}

impl Simulator {
    /// A person who has not added the account yet; [`Act::Follow`] does that.
    pub fn add_person(&self, name: impl Into<String>, language: impl Into<String>) -> FriendId {
        let mut state = self.state();
        let id = FriendId(format!("U{}", state.random.hex()));
        let friend = Friend { id: id.clone(), name: name.into(), language: language.into(), follows: false };
        state.people.add(friend);
        id
    }

    /// Everybody, in the order in which they were added.
    pub fn people(&self) -> Vec<Friend> {
        self.state().people.all()
    }

    /// A person's chat.
    pub fn chat(&self, friend: &FriendId) -> Vec<ChatEntry> {
        self.state().people.chat(friend)
    }

    /// What went over the wire since `after`.
    pub fn happenings(&self, after: u64) -> Vec<Happening> {
        self.state().people.happenings(after)
    }

    /// Comes back when something has happened after `after`, or after `within`.
    pub async fn wait_for_happening(&self, after: u64, within: Duration) {
        let mut happened = self.0.happened.subscribe();
        let _ = tokio::time::timeout(within, happened.wait_for(|seq| *seq > after)).await;
    }

    /// A person does something; the webhook is on its way when this returns.
    pub fn act(&self, friend: &FriendId, act: Act) -> EventTicket {
        self.act_together(vec![(friend.clone(), act)], Delivery::UntilTaken).remove(0)
    }

    /// Several people do something, and LINE puts all of it into one body.
    pub fn act_together(&self, acts: Vec<(FriendId, Act)>, delivery: Delivery) -> Vec<EventTicket> {
        let now = self.0.clock.now();
        let (mut events, mut tickets) = (Vec::with_capacity(acts.len()), Vec::with_capacity(acts.len()));
        for (friend, act) in acts {
            let made = self.make(&friend, &act, now);
            let message_id = made.json["message"]["id"].as_str().unwrap_or_default().to_owned();
            tickets.push(EventTicket { webhook_event_id: made.id.clone(), message_id: message_id.clone() });
            {
                let mut state = self.state();
                match act {
                    Act::Follow => state.set_follows(&friend, true, now),
                    Act::Unfollow => state.set_follows(&friend, false, now),
                    _ => {}
                }
                state.people.say(&friend, now, Some(made.id.clone()), || Content::Did(act, message_id));
            }
            self.note(HappeningKind::Acted { event: made.id.clone(), friend });
            events.push(made);
        }
        self.0.in_flight.send_modify(|count| *count += 1);
        let simulator = self.clone();
        spawn(async move {
            simulator.deliver(events, delivery).await;
            simulator.0.in_flight.send_modify(|count| *count -= 1);
        });
        tickets
    }

    fn make(&self, friend: &FriendId, act: &Act, now: Timestamp) -> Made {
        let mut state = self.state();
        let id = ulid(now, state.random.next(), state.random.next());
        let message_id = format!("5{:017}", state.random.below(100_000_000_000_000_000));
        let (mut json, replies) = act.event(&message_id);
        if let Act::SwitchMenu { alias } = act {
            json["postback"]["params"] = state.menus.switch(friend, alias);
        }
        json["mode"] = "active".into();
        json["timestamp"] = now.as_millisecond().into();
        json["source"] = json!({ "type": "user", "userId": friend.0 });
        json["webhookEventId"] = id.clone().into();
        json["deliveryContext"] = json!({ "isRedelivery": false });
        let token = replies.then(|| state.random.hex());
        if let Some(token) = &token {
            json["replyToken"] = token.clone().into();
            state.tokens.issue(token.clone(), id.clone(), now);
        }
        Made { json, id, token }
    }

    async fn deliver(&self, mut events: Vec<Made>, delivery: Delivery) {
        let (duplicate, late) = {
            let mut state = self.state();
            let faults = state.faults.clone();
            let late = state.random.happens(faults.reorder).then(|| state.random.below(20));
            (state.random.happens(faults.duplicate), late)
        };
        if let Some(milliseconds) = late {
            pause(Duration::from_millis(milliseconds)).await;
        }
        let mut wait = self.0.config.redeliver_after;
        for attempt in 1..=self.0.config.deliveries {
            let taken = if duplicate && attempt == 1 {
                let (one, other) = tokio::join!(self.send(&events, attempt), self.send(&events, attempt));
                one || other
            } else {
                self.send(&events, attempt).await
            };
            if taken || delivery == Delivery::Once || *self.0.stop.borrow() {
                return;
            }
            pause(wait).await;
            wait = (wait * 2).min(LONGEST_PAUSE);
            for event in &mut events {
                event.json["deliveryContext"]["isRedelivery"] = true.into();
            }
        }
    }

    /// Sends a body once; whether it was answered 2xx.
    async fn send(&self, events: &[Made], attempt: u32) -> bool {
        let _connection = self.0.connections.acquire().await;
        let list: Vec<&Value> = events.iter().map(|event| &event.json).collect();
        let body = json!({ "destination": self.0.config.destination, "events": list });
        let bytes = body.to_string();
        let signed = signature::sign(&self.0.config.channel_secret, bytes.as_bytes());
        {
            let (mut state, now) = (self.state(), self.0.clock.now());
            events
                .iter()
                .filter_map(|e| e.token.as_ref())
                .for_each(|token| state.tokens.delivered(token, now));
        }
        let watch = Stopwatch::start();
        let url = lock(&self.0.webhook_url).clone();
        let request = self
            .0
            .http
            .post(url)
            .header("x-line-signature", &signed)
            .header("content-type", "application/json; charset=utf-8")
            .body(bytes);
        let status = match request.send().await {
            Ok(response) => response.status().as_u16(),
            Err(_) => 0,
        };
        let ids: Vec<String> = events.iter().map(|event| event.id.clone()).collect();
        self.0.ledger.write(Line::Webhook { events: ids.clone(), attempt, status }).await;
        if self.0.config.keep_chats {
            for event in ids {
                self.note(HappeningKind::Webhook {
                    event,
                    body: body.clone(),
                    signature: signed.clone(),
                    attempt,
                    status,
                    elapsed_ms: watch.elapsed_seconds() * 1_000.0,
                });
            }
        }
        (200..300).contains(&status)
    }
}

#[expect(clippy::disallowed_methods, reason = "LINE waits before it delivers again, and so does its double")]
async fn pause(duration: Duration) {
    sleep(duration).await;
}

/// A ULID in its canonical form.
fn ulid(now: Timestamp, high: u64, low: u64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or_default();
    let chance = (u128::from(high) << 64 | u128::from(low)) & ((1 << 80) - 1);
    let value = (milliseconds << 80) | chance;
    (0..26)
        .rev()
        .map(|place| {
            let digit = usize::try_from((value >> (place * 5)) & 31).expect("five bits are below 32");
            char::from(ALPHABET[digit])
        })
        .collect()
}
