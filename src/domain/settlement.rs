//! How an event ended, and everything that is written with that in one step.

use serde::{Deserialize, Serialize};

use super::{
    conversation::Conversation, id::IntentId, language::Language, profile::Change, reason::Reason,
    time::Timestamp, unanswered::NewUnanswered,
};

/// The one outcome that each stored event gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// LINE accepted our reply (accepted, not "delivered": LINE's 200 says no more).
    Replied,
    /// There was nothing to answer: an unfollow, a standby event, a group.
    NoReplyDue,
    /// The reply token's time had run out before we could use it.
    Late,
    /// LINE refused the reply for good.
    RefusedByLine,
    /// The reply may or may not have been accepted; it is never sent again in another way.
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Replied, Self::NoReplyDue, Self::Late, Self::RefusedByLine, Self::Unknown];

    /// The label used in metrics and on the demo page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::NoReplyDue => "no_reply_due",
            Self::Late => "late",
            Self::RefusedByLine => "refused_by_line",
            Self::Unknown => "unknown",
        }
    }
}

/// One call that changes something at LINE, as it is remembered: the same record serves every kind of call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRecord {
    /// Which call.
    pub kind: OutboxKind,
    /// What makes the call happen once: the event's key for a reply, the retry key for the others.
    pub key: String,
    /// SHA-256 of the body that was sent, in hexadecimal.
    pub body_hash: String,
    /// How it ended.
    pub outcome: Outcome,
    /// LINE's `x-line-request-id`, where an answer came.
    pub request_id: Option<String>,
}

/// The calls that change something at LINE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// An answer with a reply token.
    Reply,
    /// A message to one person.
    Push,
    /// A message to at most 500 people.
    Multicast,
}

/// Everything that is written in one step when an event has been handled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// Why the bot said what it said. Kept as long as the event's body, then dropped with it.
    pub trace: Option<Trace>,
    /// A language that the resident chose with this event.
    pub language: Option<Language>,
    /// The conversation from now on; `None` leaves it as it was.
    pub conversation: Option<Conversation>,
    /// The call that was made, if any.
    pub outbox: Option<OutboxRecord>,
    /// Facts for the day's figures: counter names (from closed sets or intent ids) each plus one.
    pub facts: Vec<String>,
    /// Drop the body now instead of later: it holds personal data or was written in distress.
    pub drop_body: bool,
    /// A question that was not answered, masked, with the event in whose body its words stand (this one, or
    /// an earlier one that feedback is about). It is kept only while that body is, and once only.
    pub unanswered: Option<NewUnanswered>,
    /// What the resident said of themselves with this event.
    pub said: Said,
    /// When somebody became a friend with this event who was none before: the tap that may have led them here, if one
    /// is kept, is taken and counted for its place ([`super::place`]).
    pub befriended: Option<Timestamp>,
}

/// What a resident said of themselves.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// These changes; each may be of an earlier event too.
    Changes(Vec<Change>),
    /// That everything about them is to be erased, the event's own words included. Nothing else of the
    /// settlement is kept of them: no conversation, no language, no question.
    EraseMe,
}

impl Settlement {
    /// A settlement that says only how the event ended.
    pub fn plain(outcome: Outcome, at: Timestamp) -> Self {
        Self {
            outcome,
            at,
            trace: None,
            language: None,
            conversation: None,
            outbox: None,
            facts: Vec::new(),
            drop_body: false,
            unanswered: None,
            said: Said::Nothing,
            befriended: None,
        }
    }
}

/// Why the bot said what it said, for the person who asks (`ask`, the demo, later the console).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// `answer`, `ask`, `refuse`, `safety`, `fixed`, `choice`, `feedback` or `none`.
    pub decision: String,
    /// The intent, safety kind or fixed reply that was chosen.
    pub id: Option<String>,
    /// The language of the reply.
    pub language: Option<Language>,
    /// How sure the decision was, 0 to 1.
    pub confidence: Option<f32>,
    /// The best candidates with their scores.
    pub ranked: Vec<(IntentId, f32)>,
    /// The reasons in the order in which they applied. No words of the resident.
    pub why: Vec<Reason>,
}
