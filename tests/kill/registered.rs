//! What residents registered by taps while the process was killed: what the chat acknowledged is stored.

use std::collections::BTreeMap;

use todoke::{
    app,
    domain::{
        event::EventKey,
        id::LineUserId,
        profile::{Field, Slot, Value, Wish},
        registration::{Codes, Tap},
    },
    simulator::{
        Act, FriendId,
        ledger::{Line, judge},
    },
    store::{audience::Audience, enquiries::Enquiries, view::Views},
};

use crate::support::{Home, Random};

/// The topics of the test town.
const TOPICS: [&str; 3] = ["garbage", "childcare", "taxes"];

/// A tap on a topic's button.
#[derive(Debug, Clone)]
pub struct Tapped {
    friend: FriendId,
    topic: &'static str,
    wanted: bool,
    /// The event that told of it.
    event: String,
}

/// Somebody's next tap: which topic, whether it is wanted from now on, and the tap.
pub fn tap(chance: &mut Random) -> (&'static str, bool, Act) {
    let (topic, wanted) = (*chance.pick(&TOPICS), chance.below(2) == 0);
    let field = field(topic);
    let tap = if wanted { Tap::Say(field, Value::Wanted(Wish::default())) } else { Tap::TakeBack(field) };
    (topic, wanted, Act::Postback { data: Codes::code(&tap), display_text: None, picked: None })
}

impl Tapped {
    /// A tap under the name of its event.
    pub fn new(friend: FriendId, topic: &'static str, wanted: bool, event: String) -> Self {
        Self { friend, topic, wanted, event }
    }

    /// Of two taps on a topic the later one counts: the event's moment (the first ten letters of its ULID are the
    /// milliseconds), then its name.
    fn at(&self) -> (&str, EventKey) {
        (&self.event[..10], EventKey::from_webhook_event_id(&self.event))
    }
}

fn field(topic: &str) -> Field {
    Field("topics".parse().unwrap(), Slot::Named(topic.parse().unwrap()))
}

/// What was acknowledged and is not in the store, how much was acknowledged, and how many residents are
/// registered for something.
///
/// A tap is acknowledged when LINE has accepted the reply to it. It has to be stored, unless a later tap on the
/// same topic was stored: one whose reply was lost may count or not.
pub async fn missing(home: &Home, lines: &[Line], tapped: &[Tapped]) -> (Vec<String>, usize, usize) {
    let (verdicts, account) = (judge(lines), "todoke".parse().unwrap());
    let acknowledged = |tap: &Tapped| verdicts.get(&tap.event).is_some_and(|v| v.replies_accepted > 0);
    let mut by_topic: BTreeMap<(&str, &str), Vec<&Tapped>> = BTreeMap::new();
    for tap in tapped {
        by_topic.entry((&tap.friend.0, tap.topic)).or_default().push(tap);
    }
    let store = app::open_to_look(&home.config(&[])).unwrap();
    let (mut found, mut registered) = (Vec::new(), 0);
    for ((friend, topic), mut taps) in by_topic {
        taps.sort_by_key(|tap| tap.at());
        let resident = store.resident_ref(&account, &LineUserId::new(friend)).unwrap();
        let is_wanted = store.profile(&account, resident).await.unwrap().get(&field(topic)).is_some();
        registered += usize::from(is_wanted);
        let Some(last) = taps.iter().rposition(|tap| acknowledged(tap)) else { continue };
        let mut allowed = vec![taps[last].wanted];
        for tap in &taps[last + 1..] {
            let view = store.event(&account, EventKey::from_webhook_event_id(&tap.event)).await.unwrap();
            allowed.extend(view.and_then(|view| view.outcome).map(|_| tap.wanted));
        }
        if !allowed.contains(&is_wanted) {
            found.push(format!("{topic} was acknowledged as {}, stored as {is_wanted}", taps[last].wanted));
        }
    }
    store.close();
    (found, tapped.iter().filter(|tap| acknowledged(tap)).count(), registered)
}
