//! Where an announcement stands, and what may follow.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Binding;
use crate::domain::{id::StaffId, time::Timestamp};

/// How long an approved announcement is held before the first call, so that a mistake can still be stopped
/// (reliability.md, design rule 6: 60 s for announcements, 0 to 10 s for alerts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold(SignedDuration);

impl Hold {
    /// The longest hold; whoever wants a later time schedules.
    pub const LONGEST: SignedDuration = SignedDuration::from_mins(60);

    /// So long; never negative, and an hour at most.
    pub fn new(time: SignedDuration) -> Self {
        Self(time.clamp(SignedDuration::ZERO, Self::LONGEST))
    }

    /// The time itself.
    pub fn time(self) -> SignedDuration {
        self.0
    }
}

/// Who let it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Approval {
    /// A second person, in their own right or in place of somebody who is away (代決).
    Second {
        /// Who.
        by: StaffId,
        /// In whose place; that person reviews it later (後閲).
        instead_of: Option<StaffId>,
    },
    /// One person alone, an alert of an agreed text. A second person has to review it.
    BreakGlass {
        /// Who.
        by: StaffId,
    },
}

impl Approval {
    /// Who let it out.
    pub fn by(self) -> StaffId {
        match self {
            Self::Second { by, .. } | Self::BreakGlass { by } => by,
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is written. Nothing of it has been shown to a second person, or an edit has voided what was.
    Draft,
    /// A second person looks at exactly this.
    Waiting {
        /// What was submitted.
        binding: Binding,
    },
    /// Approved; nothing has been handed to LINE.
    Held {
        /// What was approved.
        binding: Binding,
        /// By whom.
        approval: Approval,
        /// From when on it may be sent.
        from: Timestamp,
    },
    /// On its way.
    Sending {
        /// What was approved.
        binding: Binding,
        /// By whom.
        approval: Approval,
        /// Whether no call may be begun for now.
        paused: bool,
    },
    /// Every batch has its outcome.
    Sent {
        /// What was sent.
        binding: Binding,
        /// By whom it was approved.
        approval: Approval,
    },
    /// Stopped. Nothing more goes out, ever.
    Cancelled {
        /// What had been approved; `None`: nothing.
        binding: Option<Binding>,
        /// Whether calls had been begun.
        begun: bool,
    },
}

/// An announcement's way. It is made by [`Way::write`] and changes by these steps alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    author: StaffId,
    stage: Stage,
    /// Who has reviewed a break-glass alert or an approval in somebody's place.
    reviewed: Option<StaffId>,
}

/// Why a step is not taken; each is another sentence for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not stand where the step begins.
    #[error("the announcement stands somewhere else by now; look at it again")]
    Elsewhere,
    /// It is not what was looked at.
    #[error("the announcement or its audience was changed since you looked at it; look at it again")]
    Changed,
    /// One person cannot be two.
    #[error("whoever wrote the announcement cannot approve it; ask somebody else")]
    SamePerson,
    /// What was typed is not the number of people.
    #[error("the number that was typed is not the number of people; count again and type it")]
    Miscounted,
    /// Nobody would get it.
    #[error("nobody would get it; choose an audience of at least one person")]
    Nobody,
    /// The hold is not over.
    #[error("it is still held; it begins when the hold is over")]
    Held,
    /// Nothing is due for review, or by somebody else.
    #[error("there is nothing for you to review")]
    NoReview,
}

/// A step, by name, for the history and the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Written or rewritten.
    Written,
    /// Shown to a second person.
    Submitted,
    /// Given back to the author (差し戻し), or taken back by whoever submitted it.
    Returned,
    /// Approved.
    Approved,
    /// Let out by one person.
    BrokenGlass,
    /// The first call may be made.
    Begun,
    /// Paused.
    Paused,
    /// Gone on with.
    Resumed,
    /// Stopped for good.
    Cancelled,
    /// Every batch has its outcome.
    Finished,
    /// Looked at afterwards by the person whose approval it was.
    Reviewed,
}

impl Way {
    /// Somebody has written an announcement.
    pub fn write(author: StaffId) -> Self {
        Self { author, stage: Stage::Draft, reviewed: None }
    }

    /// Who wrote what it says now.
    pub fn author(&self) -> StaffId {
        self.author
    }

    /// Where it stands.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Who has reviewed it afterwards.
    pub fn reviewed(&self) -> Option<StaffId> {
        self.reviewed
    }

    /// It says something else, or to others: whoever changed it is the author now, and nobody has approved it. Not
    /// once it is approved: then it is cancelled, or corrected by another one.
    pub fn edit(self, author: StaffId) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Draft | Stage::Waiting { .. } => Ok(Self::write(author)),
            _ => Err(Refusal::Elsewhere),
        }
    }

    /// Shows exactly this to a second person.
    pub fn submit(self, binding: Binding) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Draft if binding.count == 0 => Err(Refusal::Nobody),
            Stage::Draft => Ok(self.at(Stage::Waiting { binding })),
            _ => Err(Refusal::Elsewhere),
        }
    }

    /// Gives it back, or takes it back: a draft again, of the same author.
    pub fn give_back(self) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Waiting { .. } => Ok(self.at(Stage::Draft)),
            _ => Err(Refusal::Elsewhere),
        }
    }

    /// Lets it out. `seen` is what the approver looked at and `now` what it is at this moment (the audience is
    /// counted anew); `typed` is the number of people as typed; `due` is when it was meant to go out (now, or later).
    pub fn approve(
        self,
        (seen, now_bound): (&Binding, &Binding),
        typed: u64,
        (by, instead_of): (StaffId, Option<StaffId>),
        (due, hold): (Timestamp, Hold),
    ) -> Result<Self, Refusal> {
        let Stage::Waiting { binding } = self.stage else { return Err(Refusal::Elsewhere) };
        if binding != *seen || binding != *now_bound {
            return Err(Refusal::Changed);
        }
        if by == self.author || instead_of == Some(by) {
            return Err(Refusal::SamePerson);
        }
        if typed != binding.count {
            return Err(Refusal::Miscounted);
        }
        let approval = Approval::Second { by, instead_of };
        Ok(self.at(Stage::Held { binding, approval, from: after(due, hold) }))
    }

    /// One person lets an alert out whose text was agreed on before. The second person reviews it afterwards.
    pub fn break_glass(
        self,
        binding: Binding,
        typed: u64,
        by: StaffId,
        (now, hold): (Timestamp, Hold),
    ) -> Result<Self, Refusal> {
        if !matches!(self.stage, Stage::Draft | Stage::Waiting { .. }) {
            return Err(Refusal::Elsewhere);
        }
        if binding.count == 0 {
            return Err(Refusal::Nobody);
        }
        if typed != binding.count {
            return Err(Refusal::Miscounted);
        }
        Ok(self.at(Stage::Held { binding, approval: Approval::BreakGlass { by }, from: after(now, hold) }))
    }

    /// Begins with the first call, when the hold is over.
    pub fn begin(self, now: Timestamp) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Held { from, .. } if now < from => Err(Refusal::Held),
            Stage::Held { binding, approval, .. } => {
                Ok(self.at(Stage::Sending { binding, approval, paused: false }))
            }
            _ => Err(Refusal::Elsewhere),
        }
    }

    /// No call is begun until it is gone on with.
    pub fn pause(self) -> Result<Self, Refusal> {
        self.set_paused(true)
    }

    /// Goes on.
    pub fn resume(self) -> Result<Self, Refusal> {
        self.set_paused(false)
    }

    /// Stops it for good, wherever it stands before its end. One person may: it only makes less go out.
    pub fn cancel(self) -> Result<Self, Refusal> {
        let (binding, begun) = match self.stage {
            Stage::Draft | Stage::Waiting { .. } => (None, false),
            Stage::Held { binding, .. } => (Some(binding), false),
            Stage::Sending { binding, .. } => (Some(binding), true),
            Stage::Sent { .. } | Stage::Cancelled { .. } => return Err(Refusal::Elsewhere),
        };
        Ok(self.at(Stage::Cancelled { binding, begun }))
    }

    /// Every batch has its outcome.
    pub fn finish(self) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Sending { binding, approval, .. } => Ok(self.at(Stage::Sent { binding, approval })),
            _ => Err(Refusal::Elsewhere),
        }
    }

    /// Whose review is due: the person in whose place it was approved; after a break-glass alert anybody's but the
    /// one's who let it out (`Some(None)`). `None`: nobody's.
    pub fn review_due(&self) -> Option<Option<StaffId>> {
        if self.reviewed.is_some() {
            return None;
        }
        match self.approval()? {
            Approval::Second { instead_of: None, .. } => None,
            Approval::Second { instead_of, .. } => Some(instead_of),
            Approval::BreakGlass { .. } => Some(None),
        }
    }

    /// Notes the review.
    pub fn review(self, by: StaffId) -> Result<Self, Refusal> {
        let is_due = match self.review_due() {
            None => false,
            Some(Some(whose)) => whose == by,
            Some(None) => self.approval().is_some_and(|approval| approval.by() != by),
        };
        if is_due { Ok(Self { reviewed: Some(by), ..self }) } else { Err(Refusal::NoReview) }
    }

    /// Who let it out, from the hold on.
    pub fn approval(&self) -> Option<Approval> {
        match self.stage {
            Stage::Held { approval, .. } | Stage::Sending { approval, .. } | Stage::Sent { approval, .. } => {
                Some(approval)
            }
            Stage::Draft | Stage::Waiting { .. } | Stage::Cancelled { .. } => None,
        }
    }

    /// What was shown to a second person, from that moment on.
    pub fn binding(&self) -> Option<&Binding> {
        match &self.stage {
            Stage::Waiting { binding }
            | Stage::Held { binding, .. }
            | Stage::Sending { binding, .. }
            | Stage::Sent { binding, .. } => Some(binding),
            Stage::Cancelled { binding, .. } => binding.as_ref(),
            Stage::Draft => None,
        }
    }

    /// Whether a second person is to look at it.
    pub fn waits(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. })
    }

    /// What may be handed to LINE at this moment: nothing, unless it is being sent and is not paused. The sender asks
    /// this before every call.
    pub fn sends(&self) -> Option<&Binding> {
        match &self.stage {
            Stage::Sending { binding, paused: false, .. } => Some(binding),
            _ => None,
        }
    }

    fn set_paused(self, to: bool) -> Result<Self, Refusal> {
        match self.stage {
            Stage::Sending { binding, approval, paused } if paused != to => {
                Ok(self.at(Stage::Sending { binding, approval, paused: to }))
            }
            _ => Err(Refusal::Elsewhere),
        }
    }

    fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

/// When the hold is over.
fn after(due: Timestamp, hold: Hold) -> Timestamp {
    due.checked_add(hold.time()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
