//! A resident: somebody who has written to, added or left a city's LINE account.

use serde::{Deserialize, Serialize};

use super::{
    event::EventKey,
    id::{LineUserId, ResidentId, ResidentNo},
    language::Language,
    time::Timestamp,
};

/// One person on one account. The same person on two accounts is two residents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// The stable name.
    pub id: ResidentId,
    /// The dense number for bitmaps.
    pub no: ResidentNo,
    /// Where LINE reaches the person.
    pub line_user_id: LineUserId,
    /// The language the person chose; without a choice each message is answered in its own.
    pub language: Option<Language>,
    /// Whether the person follows the account now.
    pub follow: FollowState,
    /// When the first event came in.
    pub first_seen: Timestamp,
}

/// Whether somebody follows the account: a fold over follow and unfollow events in which the latest by
/// `(timestamp, key)` wins, so that order and duplication of arrival do not matter (invariant I12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FollowState {
    /// No follow or unfollow event has been seen.
    #[default]
    Unknown,
    /// The latest event says so.
    Known {
        /// Whether the person follows.
        following: bool,
        /// The event that says so.
        since: (Timestamp, EventKey),
    },
}

impl FollowState {
    /// Takes one more event into account.
    #[must_use]
    pub fn fold(self, following: bool, at: (Timestamp, EventKey)) -> Self {
        match self {
            Self::Known { since, .. } if since >= at => self,
            _ => Self::Known { following, since: at },
        }
    }

    /// Whether announcements may be sent: only a known unfollow says no.
    pub fn may_be_reached(self) -> bool {
        !matches!(self, Self::Known { following: false, .. })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn follow_state_ignores_order_and_duplicates(
            events in prop::collection::vec((any::<bool>(), 0i64..50, any::<[u8; 4]>()), 0..12),
            order in any::<u64>(),
        ) {
            let event = |&(following, second, id): &(bool, i64, [u8; 4])| {
                // One event id means one event: derive its content from the id.
                let following = following ^ (id[0] & 1 == 1);
                (following, (Timestamp::from_second(second).unwrap(), EventKey::from_raw(&[&id[..], &[u8::from(following)]].concat())))
            };
            let events: Vec<_> = events.iter().map(event).collect();
            let mut shuffled: Vec<_> = events.iter().chain(&events).copied().collect();
            let mut seed = order;
            for i in (1..shuffled.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(i, usize::try_from(seed >> 33).unwrap() % (i + 1));
            }
            let fold = |list: &[(bool, (Timestamp, EventKey))]| {
                list.iter().fold(FollowState::Unknown, |state, (following, at)| state.fold(*following, *at))
            };
            prop_assert_eq!(fold(&events), fold(&shuffled));
        }
    }
}
