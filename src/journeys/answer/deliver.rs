//! One reply to LINE: tried until its token's time runs out, never sent in another way.
//!
//! A reply token is its own idempotency key, so the same call may be repeated after an unknown end; if
//! the token is then spent, the first try had probably arrived.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::{
    domain::{
        event::ReplyToken,
        message::{Message, Messages, Text},
        settlement::{OutboxKind, OutboxRecord, Outcome},
        time::{self, Timestamp},
    },
    journeys::Ctx,
    messenger::{Receipt, SendError},
    store::Claimed,
};

/// The first pause after a failed try; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// How a reply ended.
pub(super) struct Delivery {
    pub(super) outcome: Outcome,
    pub(super) record: Option<OutboxRecord>,
}

impl Delivery {
    /// Nothing was due.
    pub(super) fn none() -> Self {
        Self { outcome: Outcome::NoReplyDue, record: None }
    }
}

/// Says the messages with the event's reply token.
pub(super) async fn reply(ctx: &Ctx, claimed: &Claimed, token: &ReplyToken, messages: &Messages) -> Delivery {
    let deadline = time::reply_deadline(claimed.received, claimed.event.happened);
    let (outcome, receipt) = attempt(ctx, claimed, token, messages, deadline).await;
    let record = OutboxRecord {
        kind: OutboxKind::Reply,
        key: claimed.key.to_string(),
        body_hash: hash(messages),
        outcome,
        request_id: receipt.request_id,
    };
    Delivery { outcome, record: Some(record) }
}

async fn attempt(
    ctx: &Ctx,
    claimed: &Claimed,
    token: &ReplyToken,
    messages: &Messages,
    deadline: Timestamp,
) -> (Outcome, Receipt) {
    let mut messages = std::borrow::Cow::Borrowed(messages);
    let mut maybe_accepted = claimed.maybe_attempted;
    let mut pause = FIRST_PAUSE;
    loop {
        if ctx.clock.now() >= deadline {
            return (if maybe_accepted { Outcome::Unknown } else { Outcome::Late }, Receipt::default());
        }
        let wait = match ctx.messenger.reply(&claimed.account, token, &messages).await {
            Ok(receipt) => return (Outcome::Replied, receipt),
            Err(SendError::TokenSpent) if maybe_accepted => return (Outcome::Unknown, Receipt::default()),
            // LINE refuses the content: words alone are better than silence. The token is not spent.
            Err(SendError::Refused { status: 400, message }) => match words_only(&messages) {
                Some(words) => {
                    tracing::error!(event = %claimed.key, %message, "LINE refused a reply's form; trying words only");
                    messages = std::borrow::Cow::Owned(words);
                    Duration::ZERO
                }
                None => return refused(claimed, &SendError::Refused { status: 400, message }),
            },
            Err(SendError::Unknown(_)) => {
                maybe_accepted = true;
                pause
            }
            Err(SendError::RateLimited { after }) => after.max(pause),
            Err(
                SendError::NotSent(_)
                | SendError::QuotaOut
                | SendError::TooManyToOne
                | SendError::TooManyJobs,
            ) => pause,
            // The token may be replaced while we wait; the operator is told by `line`.
            Err(SendError::Unauthorized) => LONGEST_PAUSE,
            Err(error) => return refused(claimed, &error),
        };
        pause = (pause * 2).min(LONGEST_PAUSE);
        wait_but_not_beyond(ctx, wait, deadline).await;
    }
}

fn refused(claimed: &Claimed, error: &SendError) -> (Outcome, Receipt) {
    tracing::error!(event = %claimed.key, %error, "LINE refused a reply");
    (Outcome::RefusedByLine, Receipt::default())
}

#[expect(clippy::disallowed_methods, reason = "a back-off between tries is a delay by purpose")]
async fn wait_but_not_beyond(ctx: &Ctx, wait: Duration, deadline: Timestamp) {
    let left = Duration::try_from(deadline.duration_since(ctx.clock.now())).unwrap_or(Duration::ZERO);
    tokio::time::sleep(wait.min(left)).await;
}

/// The same content as plain texts without buttons; `None` when it is that already.
fn words_only(messages: &Messages) -> Option<Messages> {
    let plain = messages.quick_replies().is_empty()
        && messages.list().iter().all(|message| matches!(message, Message::Text(_)));
    if plain {
        return None;
    }
    let texts = messages.list().iter().filter_map(|message| match message {
        Message::Text(text) => Some(text.clone()),
        Message::Buttons(buttons) => Text::new(buttons.text()).ok(),
        Message::Carousel(carousel) => Text::new(carousel.alt()).ok(),
        Message::Image(image) => Text::new(image.alt()).ok(),
    });
    Messages::new(texts.map(Message::Text).collect()).ok()
}

/// SHA-256 of what was said, in hexadecimal: enough to prove what went out, without keeping it.
fn hash(messages: &Messages) -> String {
    let mut hasher = Sha256::new();
    for line in messages.plain_lines() {
        hasher.update(line.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
