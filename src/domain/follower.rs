//! PURE: how far an import of everybody who follows the account has come.
//!
//! LINE gives followers in pages; where a page ends it gives a token that leads to the next one for a day. An import
//! that was broken off goes on from the last page that was stored, or begins again if that token is too old.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{event::EventKey, time::Timestamp};

/// How long a token leads to the next page (Messaging API, "Get a list of users who added your LINE Official Account
/// as a friend").
pub const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// So far LINE's clock may be apart from ours, and its times are of whole milliseconds: whoever left a moment before the
/// list was asked for is not brought back by it. If they did come back in that minute, their own event says so.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(60);

/// Where the next page begins, as LINE calls it. Whoever has it and the channel's token can list people: `Debug`
/// redacts it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(String);

impl PageToken {
    /// Wraps what LINE gave.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself, for the next call.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(…)")
    }
}

/// An import, as stored after each page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowerImport {
    /// When the list was asked for from its beginning, the last time. What somebody has done after that counts more
    /// than the list: whoever blocked the account since has left.
    pub began: Timestamp,
    /// The token of the next page and when LINE gave it; `None`: the first page is next.
    pub next: Option<(PageToken, Timestamp)>,
    /// Pages since it began.
    pub pages: u64,
    /// People on these pages.
    pub seen: u64,
    /// People who were not known before, of every beginning.
    pub new: u64,
    /// How often it had to begin again.
    pub restarts: u64,
    /// When the last page was stored; `None`: it goes on.
    pub finished: Option<Timestamp>,
}

impl FollowerImport {
    /// An import that begins now.
    pub fn begin(now: Timestamp) -> Self {
        Self { began: now, next: None, pages: 0, seen: 0, new: 0, restarts: 0, finished: None }
    }

    /// The same, from the beginning.
    #[must_use]
    pub fn again(self, now: Timestamp) -> Self {
        Self { new: self.new, restarts: self.restarts + 1, ..Self::begin(now) }
    }

    /// Whether the token of the next page leads nowhere any more.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.next.as_ref().is_some_and(|(_, given)| now.duration_since(*given) >= TOKEN_LIFE)
    }

    /// After a page with so many people; without a token it was the last one.
    #[must_use]
    pub fn after_page(self, people: u64, next: Option<PageToken>, now: Timestamp) -> Self {
        let finished = next.is_none().then_some(now);
        let next = next.map(|token| (token, now));
        Self { pages: self.pages + 1, seen: self.seen + people, next, finished, ..self }
    }

    /// What the list says of somebody, as a follow: a moment before it was asked for ([`CLOCKS_APART`]).
    pub fn stamp(&self) -> (Timestamp, EventKey) {
        let before = self.began.checked_sub(CLOCKS_APART).unwrap_or(self.began);
        (before, EventKey::from_raw(b"followers/ids"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_a_day_and_what_was_new_is_remembered_when_it_is_not() {
        let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap();
        let import = FollowerImport::begin(at(0)).after_page(300, Some(PageToken::new("t")), at(1));
        assert!(!import.is_stale(at(24)) && import.is_stale(at(25)));
        assert_eq!((import.pages, import.seen, import.finished), (1, 300, None));
        let again = FollowerImport { new: 7, ..import }.again(at(26));
        assert_eq!((again.began, again.seen, again.new, again.restarts), (at(26), 0, 7, 1));
        assert!(!again.is_stale(at(99)), "the first page needs no token");
        assert_eq!(again.after_page(0, None, at(27)).finished, Some(at(27)));
        assert_eq!(format!("{:?}", PageToken::new("secret")), "PageToken(…)");
    }
}
