//! PORT: how todoke speaks to a messaging service. `line::messenger` is the adapter.
//!
//! Journeys call it; it names only the domain. An error's variant is what the caller does next.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::{
    event::ReplyToken,
    id::{AccountId, LineUserId},
    message::Messages,
    time::Date,
};

/// LINE accepted a call. Accepted is not delivered: blocked people are skipped silently.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// `x-line-request-id` of the accepted call.
    pub request_id: Option<String>,
}

/// What LINE tells about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name shown in LINE. Personal data.
    pub display_name: String,
    /// The language of the person's LINE, as LINE writes it (`ja`, `en`, `zh-TW`, …), where known.
    pub language: Option<String>,
}

/// What LINE tells about the account itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotInfo {
    /// The account's own user id: the `destination` of its webhooks.
    pub user_id: String,
    /// The account's public id, `@…`.
    pub basic_id: String,
    /// The account's name.
    pub display_name: String,
}

/// So many people a multicast reaches at most (Messaging API, "Send multicast message").
pub const MOST_RECIPIENTS: usize = 500;

/// Whom one multicast is for: 1 to [`MOST_RECIPIENTS`] people, nobody twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients(Vec<LineUserId>);

/// These are no recipients of one multicast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRecipients {
    /// Nobody, or more than a multicast takes.
    #[error("a multicast is for 1 to {MOST_RECIPIENTS} people, not for {0}")]
    Number(usize),
    /// Somebody would get it twice.
    #[error("somebody is named twice")]
    Twice,
}

impl Recipients {
    /// Checks that they may be sent to in one call. Their order is kept: a retry has to send the same body.
    pub fn new(people: Vec<LineUserId>) -> Result<Self, NoRecipients> {
        if people.is_empty() || people.len() > MOST_RECIPIENTS {
            return Err(NoRecipients::Number(people.len()));
        }
        let mut known: Vec<&str> = people.iter().map(LineUserId::expose).collect();
        known.sort_unstable();
        if known.windows(2).any(|two| two[0] == two[1]) {
            return Err(NoRecipients::Twice);
        }
        Ok(Self(people))
    }

    /// Who they are.
    pub fn list(&self) -> &[LineUserId] {
        &self.0
    }
}

/// How an announcement reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Manner<'a> {
    /// No sound and no notification.
    pub is_silent: bool,
    /// The name under which LINE counts it (custom aggregation unit): 1 to 30 letters, digits and underscores.
    pub unit: Option<&'a str>,
    /// An alert: it goes over connections of its own, and before everything that waits for its turn.
    pub is_urgent: bool,
    /// How long it waits for its turn under the rate limit at most. After that it is
    /// [`SendError::NotSent`]: whoever may send only for a while does not begin later. `None`: as long as it takes.
    pub patience: Option<Duration>,
}

/// How messages that nobody asked for are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendKind {
    /// To one person.
    Push,
    /// The same to up to [`MOST_RECIPIENTS`] people.
    Multicast,
    /// To all friends.
    Broadcast,
}

/// How far the month's messages reach. Each recipient counts as one, replies do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// So many a month; `None`: as many as one likes (as with LINE's plan for municipalities).
    pub limit: Option<u64>,
    /// So many were sent this month, also from LINE's own console. LINE calls it approximate.
    pub used: u64,
}

impl Quota {
    /// So many are left this month; `None`: as many as one likes.
    pub fn left(self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

/// What LINE counted under a name. A number that is missing is not ready yet (usually for a day), or too small for
/// LINE to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitStatistics {
    /// People who had the message on their screen.
    pub seen: Option<u64>,
    /// People who opened any of its links.
    pub opened_a_link: Option<u64>,
    /// Its links, each with the people who opened it.
    pub links: Vec<LinkStatistics>,
}

/// How often a link was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkStatistics {
    /// The address.
    pub url: String,
    /// How many people opened it.
    pub people: Option<u64>,
}

/// So many names LINE counts under in a month; it drops the next one in silence (Messaging API, "Get number of units
/// used this month").
pub const MOST_UNITS: u64 = 1_000;

/// Why a call gave no receipt; each variant is a different next step for the caller.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// LINE refused for good: the same call will be refused again.
    #[error("LINE refused the call with {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// LINE's own words, without ids.
        message: String,
    },
    /// LINE refused all of a multicast because of these people: not one of the call got it. The others may be sent to
    /// under a new retry key.
    #[error("LINE does not take {} of the recipients", places.len())]
    BadRecipients {
        /// Their places in [`Recipients::list`], ascending; at least one.
        places: Vec<usize>,
    },
    /// The reply token is used up or too old. After an attempt with unknown end it means "probably sent".
    #[error("the reply token is used up or too old")]
    TokenSpent,
    /// The person, group or thing is not there (404), or its content is gone (410).
    #[error("LINE does not have it any more")]
    Gone,
    /// The channel access token is missing, wrong or expired: renew it, or alarm.
    #[error("LINE does not accept the channel access token")]
    Unauthorized,
    /// The plan or the account's kind does not allow it.
    #[error("the account's plan does not allow it: {message}")]
    Forbidden {
        /// LINE's own words.
        message: String,
    },
    /// Too fast (429, rate limit): nothing was accepted, wait and go on slower.
    #[error("LINE's rate limit is reached; try again in {after:?}")]
    RateLimited {
        /// How long to wait at least.
        after: Duration,
    },
    /// Too many jobs on audiences at once (429): wait until one has ended.
    #[error("too many audience jobs run at once")]
    TooManyJobs,
    /// Too many messages to one person in a short time (429).
    #[error("too many messages to one person")]
    TooManyToOne,
    /// The month's quota is used up (429): pause, and tell people.
    #[error("the monthly quota is used up")]
    QuotaOut,
    /// The call never reached LINE (no connection, or its turn did not come in time): nothing was accepted.
    #[error("LINE could not be reached")]
    NotSent(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// 5xx, timeout or cut connection after sending: it may or may not have been accepted.
    #[error("it is unknown whether LINE accepted the call")]
    Unknown(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// No such account, or it has no token.
    #[error("the account has no channel access token")]
    NotConfigured,
}

/// Speaks for the installation's accounts.
#[async_trait]
pub trait Messenger: Send + Sync + 'static {
    /// Answers an event. The reply token is the call's own idempotency key; no retry key is ever sent.
    async fn reply(
        &self,
        account: &AccountId,
        token: &ReplyToken,
        messages: &Messages,
    ) -> Result<Receipt, SendError>;

    /// Sends to one person under a retry key that was stored before the first try. 409 is success.
    async fn push(
        &self,
        account: &AccountId,
        to: &LineUserId,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError>;

    /// Sends the same to many, who do not see each other, under a retry key that was stored before the first try: the
    /// same key never carries another body or other people. 409 is success. Accepted is not delivered: whoever has
    /// blocked the account is skipped silently.
    async fn multicast(
        &self,
        account: &AccountId,
        to: &Recipients,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError>;

    /// Sends the same to all friends, under a retry key that was stored before the first try. 409 is success. LINE takes
    /// 60 an hour, and counts under no name: [`Manner::unit`] is not used.
    async fn broadcast(
        &self,
        account: &AccountId,
        messages: &Messages,
        manner: Manner<'_>,
        retry_key: Uuid,
    ) -> Result<Receipt, SendError>;

    /// Lets LINE try the messages without sending them; [`SendError::Refused`] has what it finds fault with.
    async fn validate(
        &self,
        account: &AccountId,
        kind: SendKind,
        messages: &Messages,
    ) -> Result<(), SendError>;

    /// How far the month's messages reach.
    async fn quota(&self, account: &AccountId) -> Result<Quota, SendError>;

    /// What LINE counted under a name from the first day to the last, both of Japan (UTC+9), at most 30 days apart.
    /// LINE takes 60 of these an hour; nobody waits for a turn here, but is told when it comes
    /// ([`SendError::RateLimited`]).
    async fn unit_statistics(
        &self,
        account: &AccountId,
        unit: &str,
        from: Date,
        to: Date,
    ) -> Result<UnitStatistics, SendError>;

    /// How many of [`MOST_UNITS`] names were used this month.
    async fn units_used(&self, account: &AccountId) -> Result<u64, SendError>;

    /// What LINE tells about a person; [`SendError::Gone`] where it tells nothing.
    async fn profile(&self, account: &AccountId, user: &LineUserId) -> Result<Profile, SendError>;

    /// Shows the "…" of somebody typing for 5 to 60 s, in steps of 5, in a one-to-one chat.
    async fn show_loading(
        &self,
        account: &AccountId,
        user: &LineUserId,
        seconds: u8,
    ) -> Result<(), SendError>;

    /// What LINE tells about the account.
    async fn bot_info(&self, account: &AccountId) -> Result<BotInfo, SendError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_few_enough_and_nobody_is_named_twice() {
        let people =
            |count: usize| (0..count).map(|n| LineUserId::new(format!("U{n:032}"))).collect::<Vec<_>>();
        assert_eq!(Recipients::new(people(0)), Err(NoRecipients::Number(0)));
        assert_eq!(Recipients::new(people(501)), Err(NoRecipients::Number(501)));
        assert_eq!(Recipients::new(people(500)).unwrap().list(), people(500));
        let twice = [people(3), people(1)].concat();
        assert_eq!(Recipients::new(twice), Err(NoRecipients::Twice));
    }
}
