//! What may go wrong, each with its share of calls, all from the double's one seed.

use std::time::Duration;

use super::random::Random;

/// Shares are of calls, 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// 500, and nothing was accepted.
    pub error_before: f64,
    /// 500 although the call was accepted.
    pub error_after: f64,
    /// The connection is cut before anything was accepted.
    pub cut_before: f64,
    /// The connection is cut although the call was accepted.
    pub cut_after: f64,
    /// 429 with the text of the rate limit.
    pub rate_limited: f64,
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
    /// A webhook waits up to 20 ms, so that later ones overtake it.
    pub reorder: f64,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    ErrorBefore,
    ErrorAfter,
    CutBefore,
    CutAfter,
    RateLimited,
}

impl Faults {
    pub(super) fn draw(&self, random: &mut Random) -> Option<Fault> {
        [
            (self.error_before, Fault::ErrorBefore),
            (self.error_after, Fault::ErrorAfter),
            (self.cut_before, Fault::CutBefore),
            (self.cut_after, Fault::CutAfter),
            (self.rate_limited, Fault::RateLimited),
        ]
        .into_iter()
        .find_map(|(share, fault)| random.happens(share).then_some(fault))
    }
}
