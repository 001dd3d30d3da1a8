//! A batch: the people of one call to LINE, frozen, with the key that makes the call count once.
//!
//! From its first call on a batch never changes: the same people, the same words, the same key (invariant I13: one
//! retry key never carries two bodies). Whoever left before that call is withdrawn and noted. Where LINE refuses some
//! of them the others go into batches of their own, under keys of their own. PURE: the sender decides by these folds,
//! the store keeps what comes out; progress is what is settled, never a place in a list.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AnnouncementId, Freeze, Route};
use crate::domain::{
    audit::Link,
    id::{AccountId, ResidentNo},
    time::Timestamp,
};

/// People of one multicast (Messaging API, "Send multicast message").
pub const MOST: u32 = 500;

/// LINE remembers a retry key for 24 hours ("Retrying an API request"). An hour before that nothing is tried again
/// under it: a person decides.
pub const KEY_IS_GOOD_FOR: SignedDuration = SignedDuration::from_hours(23);

/// Which batch of an announcement, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchNo(pub u32);

/// Who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum People {
    /// So many of a variant, from that place on in the order of their numbers.
    Part {
        /// The variant.
        variant: u16,
        /// The first one's place.
        from: u32,
        /// How many, at most [`MOST`].
        count: u32,
    },
    /// These, of a variant: the rest of a batch of which LINE refused some.
    Named {
        /// The variant.
        variant: u16,
        /// Who.
        people: Vec<ResidentNo>,
    },
    /// Every friend, counted as so many of whom we know: a broadcast.
    Everybody {
        /// How many we know.
        known: u64,
    },
}

impl People {
    /// The variant whose words they get.
    pub fn variant(&self) -> u16 {
        match self {
            Self::Part { variant, .. } | Self::Named { variant, .. } => *variant,
            Self::Everybody { .. } => 0,
        }
    }

    /// How many they are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Part { count, .. } => u64::from(*count),
            Self::Named { people, .. } => people.len() as u64,
            Self::Everybody { known } => *known,
        }
    }
}

/// Where a batch stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No call was made.
    Waiting,
    /// A call was made, or was about to be; whether LINE accepted it is not known yet.
    Begun {
        /// When the first call was made.
        first: Timestamp,
        /// How many were made.
        tries: u32,
        /// Before this moment none is made again.
        again: Option<Timestamp>,
    },
    /// LINE accepted it (受付).
    Accepted {
        /// When.
        at: Timestamp,
        /// `x-line-request-id` of the call that was accepted.
        request_id: Option<String>,
    },
    /// LINE refused it for good.
    Refused {
        /// When.
        at: Timestamp,
        /// The HTTP status.
        status: u16,
    },
    /// Nobody can tell any more whether LINE accepted it.
    Unknown {
        /// Since when.
        since: Timestamp,
    },
    /// LINE refused the call for some of its people, who are counted as refused here; the others are in these batches.
    Split {
        /// When.
        at: Timestamp,
        /// How many were refused.
        refused: u32,
        /// The batches of the others.
        into: Vec<BatchNo>,
    },
    /// Everybody had left before the first call.
    Nobody {
        /// When that was seen.
        at: Timestamp,
    },
}

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Which one.
    pub no: BatchNo,
    /// Who.
    pub people: People,
    /// The key of its calls, stored before the first one.
    pub retry_key: Uuid,
    /// Where it stands.
    pub state: State,
    /// Who left before the first call, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<ResidentNo>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// LINE accepted it, now or under the same key before.
    Accepted {
        /// `x-line-request-id`.
        request_id: Option<String>,
    },
    /// It may or may not have been accepted, or was certainly not but may be: try again from then on, under the same
    /// key.
    Again {
        /// When.
        at: Timestamp,
    },
    /// It was refused for good, whoever it is for.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// It was refused for those at these places of the call.
    Bad {
        /// Places in the list of people, from 0.
        places: Vec<usize>,
    },
    /// It was refused for somebody, and LINE does not say for whom.
    Halve,
    /// The call was not made: it was paused or cancelled right before.
    NotMade,
    /// The call cannot be made again as it was, and whether it was accepted is not known.
    Lost,
}

/// What a batch becomes when it is settled: itself, and the batches of those who go on in another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The batch.
    pub batch: Batch,
    /// New batches.
    pub more: Vec<Batch>,
}

/// For which announcement keys are made.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The announcement.
    pub announcement: AnnouncementId,
    /// The hash of what is said.
    pub content: Link,
}

/// A namespace of our own for retry keys, made once.
const NAMESPACE: Uuid = Uuid::from_u128(0x7f0c_6a52_0f3b_4c55_9a0f_5d1e_b2c7_4e19);

/// The retry key of a message beside announcements: it follows from its name and from who gets it, so that the same to
/// the same people counts once and no key carries two bodies.
pub fn retry_key(account: &AccountId, name: &str, people: impl Iterator<Item = ResidentNo>) -> Uuid {
    let people: String = people.map(|who| format!("\0{}", who.0)).collect();
    Uuid::new_v5(&NAMESPACE, format!("beside\0{account}\0{name}{people}").as_bytes())
}

impl Naming<'_> {
    /// The retry key of a batch: `UUIDv5` of account, announcement, content and number (reliability.md, rule 2).
    pub fn retry_key(&self, no: BatchNo) -> Uuid {
        let Self { account, announcement, content } = self;
        Uuid::new_v5(&NAMESPACE, format!("{account}\0{announcement}\0{content}\0{}", no.0).as_bytes())
    }

    fn batch(&self, no: BatchNo, people: People) -> Batch {
        Batch { no, people, retry_key: self.retry_key(no), state: State::Waiting, withdrawn: Vec::new() }
    }

    /// The batches of a frozen audience: each variant cut into parts of at most [`MOST`] people.
    pub fn cut(&self, freeze: &Freeze) -> Vec<Batch> {
        let mut all: Vec<People> = Vec::new();
        match freeze.route {
            Route::Broadcast => {
                let known = freeze.counts.iter().map(|count| u64::from(*count)).sum();
                all.push(People::Everybody { known });
            }
            Route::Multicast => {
                for (variant, count) in (0_u16..).zip(&freeze.counts) {
                    let starts = (0..*count).step_by(MOST as usize);
                    all.extend(starts.map(|from| People::Part {
                        variant,
                        from,
                        count: MOST.min(count - from),
                    }));
                }
            }
        }
        (0..).map(BatchNo).zip(all).map(|(no, people)| self.batch(no, people)).collect()
    }
}

impl Batch {
    /// Whether a call may still be made.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Begun { .. })
    }

    /// Before which moment no call is made; `None`: at once.
    pub fn not_before(&self) -> Option<Timestamp> {
        match self.state {
            State::Begun { again, .. } => again,
            _ => None,
        }
    }

    /// A call is about to be made. Before the first one those who left are withdrawn, and with nobody left there is
    /// none; afterwards who is in it stands.
    #[must_use]
    pub fn begin(self, withdrawn: Vec<ResidentNo>, now: Timestamp) -> Self {
        match self.state {
            State::Waiting if withdrawn.len() as u64 >= self.people.count() => {
                Self { state: State::Nobody { at: now }, withdrawn, ..self }
            }
            State::Waiting => {
                Self { state: State::Begun { first: now, tries: 1, again: None }, withdrawn, ..self }
            }
            State::Begun { first, .. } if now.duration_since(first) >= KEY_IS_GOOD_FOR => {
                Self { state: State::Unknown { since: now }, ..self }
            }
            State::Begun { first, tries, .. } => {
                Self { state: State::Begun { first, tries: tries.saturating_add(1), again: None }, ..self }
            }
            _ => self,
        }
    }

    /// Settles a call that was made to `people`, in the order in which they stood in it. `next` is the first number
    /// that no batch has.
    pub fn settle(
        self,
        said: Said,
        people: &[ResidentNo],
        (naming, next): (&Naming<'_>, BatchNo),
        now: Timestamp,
    ) -> Settled {
        let State::Begun { first, tries, .. } = self.state else {
            return Settled { batch: self, more: Vec::new() };
        };
        let alone = |state| Settled { batch: Self { state, ..self.clone() }, more: Vec::new() };
        match said {
            Said::Accepted { request_id } => alone(State::Accepted { at: now, request_id }),
            Said::Again { at } if at.duration_since(first) < KEY_IS_GOOD_FOR => {
                alone(State::Begun { first, tries, again: Some(at) })
            }
            Said::Again { .. } | Said::Lost => alone(State::Unknown { since: now }),
            Said::Refused { status } => alone(State::Refused { at: now, status }),
            // Before the first call: as if it had never been begun, so that whoever leaves until then is withdrawn.
            Said::NotMade if tries <= 1 => Settled {
                batch: Self { state: State::Waiting, withdrawn: Vec::new(), ..self },
                more: Vec::new(),
            },
            Said::NotMade => alone(State::Begun { first, tries: tries - 1, again: None }),
            Said::Bad { places } => {
                let is_bad = |place: usize| places.contains(&place);
                let good: Vec<ResidentNo> = people
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| !is_bad(*place))
                    .map(|(_, who)| *who)
                    .collect();
                // A place that nobody stands at names nobody: then it is as if LINE had said nothing.
                if good.len() == people.len() {
                    return self.settle(Said::Halve, people, (naming, next), now);
                }
                self.split(people.len() - good.len(), vec![good], (naming, next), now)
            }
            Said::Halve if people.len() <= 1 => alone(State::Refused { at: now, status: 400 }),
            Said::Halve => {
                let (left, right) = people.split_at(people.len() / 2);
                self.split(0, vec![left.to_vec(), right.to_vec()], (naming, next), now)
            }
        }
    }

    fn split(
        self,
        refused: usize,
        groups: Vec<Vec<ResidentNo>>,
        (naming, next): (&Naming<'_>, BatchNo),
        now: Timestamp,
    ) -> Settled {
        let variant = self.people.variant();
        let groups = groups.into_iter().filter(|people| !people.is_empty());
        let more: Vec<Batch> = (next.0..)
            .map(BatchNo)
            .zip(groups)
            .map(|(no, people)| naming.batch(no, People::Named { variant, people }))
            .collect();
        let refused = u32::try_from(refused).unwrap_or(u32::MAX);
        let into = more.iter().map(|batch| batch.no).collect();
        Settled { batch: Self { state: State::Split { at: now, refused, into }, ..self }, more }
    }

    /// Counts its people where they stand.
    pub fn count_into(&self, progress: &mut Progress) {
        let withdrawn = self.withdrawn.len() as u64;
        let left = self.people.count().saturating_sub(withdrawn);
        progress.withdrawn += withdrawn;
        match &self.state {
            State::Waiting => progress.not_yet += left,
            State::Begun { .. } => progress.under_way += left,
            State::Accepted { .. } => progress.accepted += left,
            State::Refused { .. } => progress.refused += left,
            State::Unknown { .. } => progress.unknown += left,
            // The others are counted in their own batches.
            State::Split { refused, .. } => progress.refused += u64::from(*refused),
            State::Nobody { .. } => {}
        }
    }
}

/// How many people stand where. The sum of all is the number that was frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// LINE accepted it for them (受付); it does not say whether they saw it.
    pub accepted: u64,
    /// LINE refused it for them.
    pub refused: u64,
    /// Nobody can tell.
    pub unknown: u64,
    /// A call was made and is not settled.
    pub under_way: u64,
    /// No call was made.
    pub not_yet: u64,
    /// They left before the first call.
    pub withdrawn: u64,
}

impl Progress {
    /// Where the people of these batches stand.
    pub fn of<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> Self {
        let mut progress = Self::default();
        for batch in batches {
            batch.count_into(&mut progress);
        }
        progress
    }

    /// Everybody.
    pub fn total(&self) -> u64 {
        self.settled() + self.under_way + self.not_yet
    }

    /// Those who have their outcome.
    pub fn settled(&self) -> u64 {
        self.accepted + self.refused + self.unknown + self.withdrawn
    }

    /// The same after batches have become others.
    #[must_use]
    pub fn after<'a>(self, before: &Batch, after: impl IntoIterator<Item = &'a Batch>) -> Self {
        let (minus, mut plus) = (Self::of([before]), self);
        for batch in after {
            batch.count_into(&mut plus);
        }
        Self {
            accepted: plus.accepted.saturating_sub(minus.accepted),
            refused: plus.refused.saturating_sub(minus.refused),
            unknown: plus.unknown.saturating_sub(minus.unknown),
            under_way: plus.under_way.saturating_sub(minus.under_way),
            not_yet: plus.not_yet.saturating_sub(minus.not_yet),
            withdrawn: plus.withdrawn.saturating_sub(minus.withdrawn),
        }
    }

    /// Whether everybody has.
    pub fn is_over(&self) -> bool {
        self.under_way + self.not_yet == 0
    }
}

#[cfg(test)]
mod tests;
