//! Webhooks as they go over the wire: made and signed before any clock starts.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde_json::{Value, json};
use todoke::line::signature;

/// The account under test; its intents are the sample city's.
pub const ACCOUNT: &str = "todoke";
/// Signs webhooks.
pub const SECRET: &str = "the-bench-signs-with-this-secret";
/// Lets the server in at the double.
pub const TOKEN: &str = "the-bench-lets-in-with-this-token";
/// How many residents the one-event webhooks come from.
pub const RESIDENTS: usize = 10_000;

/// Chance with a fixed seed (`SplitMix64`).
pub struct Random(u64);

impl Random {
    /// Always the same sequence for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of the things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let count = u64::try_from(things.len()).expect("a length is below 2^64");
        &things[usize::try_from(self.next() % count).expect("below a length")]
    }
}

/// Whole HTTP requests, one after another in one piece of memory.
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// How many events each body holds.
    pub events_each: usize,
}

impl Requests {
    /// Webhooks of one text event each, with distinct event ids.
    pub fn singles(count: usize) -> anyhow::Result<Self> {
        Self::make(1, count, 1, RESIDENTS)
    }

    /// Webhooks of many text events, each event from another resident: they fill a store.
    pub fn bulk(residents: usize) -> anyhow::Result<Self> {
        Self::make(2, residents.div_ceil(50), 50, residents)
    }

    /// Webhooks of one tap each, with distinct event ids: the residents take turns, and each goes through `taps`
    /// (the code behind a button and the day picked with it) again and again.
    pub fn taps(count: usize, taps: &[(String, Option<&str>)]) -> anyhow::Result<Self> {
        Self::of(3, count, 1, |number, _| {
            let (data, picked) = &taps[number / RESIDENTS % taps.len()];
            let mut postback = json!({ "data": data });
            if let Some(day) = picked {
                postback["params"] = json!({ "date": day });
            }
            (number % RESIDENTS, "postback", postback)
        })
    }

    fn make(seed: u64, count: usize, events_each: usize, residents: usize) -> anyhow::Result<Self> {
        let texts = questions()?;
        Self::of(seed, count, events_each, |number, random| {
            let text = random.pick(&texts);
            let message = json!({
                "type": "text",
                "id": format!("5{:017}", random.next() % 100_000_000_000_000_000),
                "quoteToken": format!("{:016x}{:016x}{:016x}", random.next(), random.next(), random.next()),
                "text": text,
            });
            (number % residents, "message", message)
        })
    }

    /// `what` says of an event, by its number: whose it is, its type, and what stands under the type's name.
    fn of(
        seed: u64,
        count: usize,
        events_each: usize,
        what: impl Fn(usize, &mut Random) -> (usize, &'static str, Value),
    ) -> anyhow::Result<Self> {
        let mut random = Random::new(seed);
        let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let (mut bytes, mut ends) =
            (Vec::with_capacity(count * events_each * 900), Vec::with_capacity(count));
        for body in 0..count {
            let numbers = body * events_each..(body + 1) * events_each;
            let events: Vec<Value> = numbers
                .map(|number| {
                    let what = what(number, &mut random);
                    event(number, now, what, &mut random)
                })
                .collect();
            let body = json!({ "destination": format!("U{:032x}", 0), "events": events }).to_string();
            let head = format!(
                "POST /line/{ACCOUNT}/webhook HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: LineBotWebhook/2.0\r\n\
                 content-type: application/json; charset=utf-8\r\nx-line-signature: {}\r\ncontent-length: {}\r\n\r\n",
                signature::sign(SECRET, body.as_bytes()),
                body.len(),
            );
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(body.as_bytes());
            ends.push(bytes.len());
        }
        Ok(Self { bytes, ends, events_each })
    }

    /// A request as it goes over the wire.
    pub fn get(&self, index: usize) -> &[u8] {
        let from = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[from..self.ends[index]]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
}

/// An event; its reply token says its number, so that the double knows what is answered.
fn event(
    number: usize,
    now: u64,
    (resident, kind, content): (usize, &str, Value),
    random: &mut Random,
) -> Value {
    let happened = now + u64::try_from(number / 20).expect("a number is below 2^64");
    let mut event = json!({
        "type": kind,
        "webhookEventId": ulid(happened, random),
        "deliveryContext": { "isRedelivery": false },
        "timestamp": now,
        "source": { "type": "user", "userId": user_id(resident) },
        "replyToken": format!("{number:032x}"),
        "mode": "active",
    });
    event[kind] = content;
    event
}

/// A resident's LINE id: the same number is the same person.
fn user_id(resident: usize) -> String {
    let mut random = Random::new(u64::try_from(resident).expect("a number is below 2^64"));
    format!("U{:016x}{:016x}", random.next(), random.next())
}

/// A ULID in its canonical form.
fn ulid(milliseconds: u64, random: &mut Random) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let chance = (u128::from(random.next()) << 64 | u128::from(random.next())) & ((1 << 80) - 1);
    let value = (u128::from(milliseconds) << 80) | chance;
    (0..26)
        .rev()
        .map(|place| {
            let digit = usize::try_from((value >> (place * 5)) & 31).expect("five bits are below 32");
            char::from(ALPHABET[digit])
        })
        .collect()
}

/// The sample city's test questions.
pub fn questions() -> anyhow::Result<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/intents/todoke/questions.jsonl");
    let lines = std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    lines
        .lines()
        .map(|line| {
            let question: Value = serde_json::from_str(line)?;
            Ok(question["text"].as_str().context("a question has no text")?.to_owned())
        })
        .collect()
}
