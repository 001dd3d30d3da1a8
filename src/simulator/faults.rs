//! What may go wrong: by a script, call after call, or each with its share of calls, all from the double's one seed.

use std::{collections::VecDeque, time::Duration};

use super::random::Random;

/// Shares are of calls, 0 to 1.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that goes wrong, whatever else does")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// To which calls everything up to `latency` happens.
    pub calls: Calls,
    /// What happens to the next calls, one after the other; `None`: nothing. After the last of them the shares count.
    pub script: VecDeque<Option<Fault>>,
    /// The share of [`Fault::ErrorBefore`].
    pub error_before: f64,
    /// The share of [`Fault::ErrorAfter`].
    pub error_after: f64,
    /// The share of [`Fault::CutBefore`].
    pub cut_before: f64,
    /// The share of [`Fault::CutAfter`].
    pub cut_after: f64,
    /// The share of [`Fault::RateLimited`].
    pub rate_limited: f64,
    /// The share of [`Fault::TokenExpired`].
    pub token_expired: f64,
    /// The share of calls that take up to `slow_up_to` longer: half of them before they take effect, half after.
    pub slow: f64,
    /// How long a slow call takes at most.
    pub slow_up_to: Duration,
    /// Every call takes so long.
    pub latency: Duration,
    /// A webhook is sent twice at once, without being marked as a redelivery.
    pub duplicate: f64,
    /// Once so many changes of rich menus have taken effect, no call is answered any more: whoever waits for the
    /// last one's answer can be killed at exactly that place.
    pub silent_after: Option<u64>,
    /// The same for pages of followers.
    pub silent_after_pages: Option<u64>,
    /// Pages of followers have at most so many people.
    pub followers_a_page: Option<u64>,
    /// The account is neither verified nor premium: its followers are not listed.
    pub unverified: bool,
    /// A multicast to somebody whom LINE does not know is refused, naming the place, instead of skipping them.
    pub refuses_unknown: bool,
    /// The same, without a word about who it is.
    pub refuses_unknown_silently: bool,
    /// LINE finds fault with every message, as with one that keeps our limits and not its own.
    pub refuses_messages: bool,
    /// A webhook waits up to 20 ms, so that later ones overtake it.
    pub reorder: f64,
}

/// A group of endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Calls {
    /// Every call that the ledger knows.
    #[default]
    All,
    /// Push, multicast and broadcast alone.
    Sending,
    /// The making of channel access tokens alone.
    Tokens,
    /// The numbers of followers by day alone.
    Insight,
}

impl Calls {
    fn has(self, endpoint: &str) -> bool {
        match self {
            Self::All => true,
            Self::Sending => super::sending::ENDPOINTS.contains(&endpoint),
            Self::Tokens => endpoint == super::access::ENDPOINT,
            Self::Insight => endpoint == super::insight::ENDPOINT,
        }
    }
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 500, and nothing was accepted.
    ErrorBefore,
    /// 500 although the call was accepted.
    ErrorAfter,
    /// The connection is cut before anything was accepted.
    CutBefore,
    /// The connection is cut although the call was accepted.
    CutAfter,
    /// 429 with the text of the rate limit.
    RateLimited,
    /// 401: LINE does not take the token any more. One that the double issued is dead from then on; the one of the
    /// settings is taken again with the next call.
    TokenExpired,
}

impl Fault {
    /// Whether the call has no effect.
    pub(super) fn is_before(self) -> bool {
        matches!(self, Self::ErrorBefore | Self::CutBefore | Self::RateLimited | Self::TokenExpired)
    }
}

/// What was drawn for one call.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) fault: Option<Fault>,
    pub(super) before: Duration,
    pub(super) after: Duration,
}

impl Faults {
    pub(super) fn draw(&mut self, endpoint: &str, random: &mut Random) -> Drawn {
        if !self.calls.has(endpoint) {
            return Drawn::default();
        }
        let mut drawn = Drawn { before: self.latency, ..Drawn::default() };
        if random.happens(self.slow) {
            let most = u64::try_from(self.slow_up_to.as_micros()).unwrap_or(u64::MAX);
            let longer = Duration::from_micros(random.below(most.saturating_add(1)));
            let place = if random.happens(0.5) { &mut drawn.before } else { &mut drawn.after };
            *place += longer;
        }
        drawn.fault = match self.script.pop_front() {
            Some(scripted) => scripted,
            None => self.by_chance(random),
        };
        drawn
    }

    fn by_chance(&self, random: &mut Random) -> Option<Fault> {
        [
            (self.error_before, Fault::ErrorBefore),
            (self.error_after, Fault::ErrorAfter),
            (self.cut_before, Fault::CutBefore),
            (self.cut_after, Fault::CutAfter),
            (self.rate_limited, Fault::RateLimited),
            (self.token_expired, Fault::TokenExpired),
        ]
        .into_iter()
        .find_map(|(share, fault)| random.happens(share).then_some(fault))
    }
}
