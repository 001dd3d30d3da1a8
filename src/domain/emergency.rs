//! Emergency mode: a text that precedes every answer of an account until a moment that is named with it.
//!
//! Invariant: it is in force only if two different people stand behind exactly that text and that end: one
//! who wrote it, one who approved it. Any edit makes a new draft, which nobody has approved. Ending needs
//! one person. PURE: `journeys::emergency` decides by these folds, the store keeps what comes out.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    audit::Link,
    enquiry::checked_text,
    id::StaffId,
    language::{Language, Localized},
    time::Timestamp,
};

/// The longest time for which a text may be in force; longer ones are news, not an emergency.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most characters of one language's text: it stands before every answer.
pub const MOST_CHARACTERS: usize = 1_000;

/// What is said, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    text: Localized<String>,
    until: Timestamp,
}

/// Why a notice cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Every other language falls back to Japanese.
    #[error("write the text in Japanese; every other language falls back to it")]
    NoJapanese,
    /// It stands before every answer.
    #[error("the text in {language} is longer than {MOST_CHARACTERS} characters; shorten it")]
    TooLong {
        /// Whose text.
        language: Language,
    },
    /// It would never be in force.
    #[error("the end is not in the future; choose a later one")]
    Over,
    /// It would be forgotten.
    #[error("the end is more than 14 days away; choose an earlier one and renew it if need be")]
    TooFar,
}

impl Notice {
    /// Checks the texts and the end against the present. Controls and marks that turn the direction of
    /// reading are dropped, so that what is approved is what is read.
    pub fn new(text: &Localized<String>, until: Timestamp, now: Timestamp) -> Result<Self, NoticeError> {
        let kept =
            text.iter().filter_map(|(language, text)| Some((language, checked_text(text, usize::MAX).ok()?)));
        let text = Localized::new(kept.collect());
        if text.exactly(Language::Ja).is_none() {
            return Err(NoticeError::NoJapanese);
        }
        if let Some((language, _)) = text.iter().find(|(_, text)| text.chars().count() > MOST_CHARACTERS) {
            return Err(NoticeError::TooLong { language });
        }
        if until <= now {
            return Err(NoticeError::Over);
        }
        if until.duration_since(now) > LONGEST {
            return Err(NoticeError::TooFar);
        }
        Ok(Self { text, until })
    }

    /// What is said.
    pub fn text(&self) -> &Localized<String> {
        &self.text
    }

    /// Until when.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The hash of the texts in all their languages, by which the audit tells one from another.
    pub fn hash(&self) -> Link {
        Link::of_text(
            &self.text.iter().map(|(language, text)| format!("{language}\0{text}\0")).collect::<String>(),
        )
    }
}

/// An account's emergency mode: at most one draft, at most one notice in force.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Emergency {
    draft: Option<Draft>,
    active: Option<Active>,
}

/// A notice that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What was written.
    pub notice: Notice,
    /// Who wrote exactly this.
    pub author: StaffId,
    /// When.
    pub at: Timestamp,
}

/// A notice that two people stand behind. Only [`Emergency::approve`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Active {
    notice: Notice,
    author: StaffId,
    approver: StaffId,
    since: Timestamp,
}

impl Active {
    /// What is said.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    /// Who wrote it.
    pub fn author(&self) -> StaffId {
        self.author
    }

    /// Who approved it.
    pub fn approver(&self) -> StaffId {
        self.approver
    }

    /// Since when it is in force.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no draft (any more).
    #[error("there is no draft; somebody has withdrawn or approved it")]
    NoDraft,
    /// The draft is not the one that was looked at.
    #[error("the draft was changed since you looked at it; read it again")]
    Changed,
    /// One person cannot be two.
    #[error("whoever wrote the text cannot approve it; ask somebody else")]
    SamePerson,
    /// Its end has passed while it waited.
    #[error("the end of the draft has passed; write a new one")]
    Over,
    /// Nothing is in force.
    #[error("no emergency text is in force")]
    NotActive,
}

impl Emergency {
    /// What waits for a second person.
    pub fn draft(&self) -> Option<&Draft> {
        self.draft.as_ref()
    }

    /// What is in force at `now`.
    pub fn active(&self, now: Timestamp) -> Option<&Active> {
        self.active.as_ref().filter(|active| now < active.notice.until)
    }

    /// Writes or rewrites the draft. What is in force stays so until the draft is approved in its place.
    #[must_use]
    pub fn propose(&self, notice: Notice, author: StaffId, at: Timestamp) -> Self {
        Self { draft: Some(Draft { notice, author, at }), active: self.active.clone() }
    }

    /// Drops the draft.
    pub fn withdraw(&self) -> Result<Self, Refusal> {
        self.draft.as_ref().ok_or(Refusal::NoDraft)?;
        Ok(Self { draft: None, active: self.active.clone() })
    }

    /// Puts the draft in force, if it is exactly the notice that the approver has seen.
    pub fn approve(&self, seen: &Notice, approver: StaffId, now: Timestamp) -> Result<Self, Refusal> {
        let draft = self.draft.as_ref().ok_or(Refusal::NoDraft)?;
        if draft.notice != *seen {
            return Err(Refusal::Changed);
        }
        if draft.author == approver {
            return Err(Refusal::SamePerson);
        }
        if draft.notice.until <= now {
            return Err(Refusal::Over);
        }
        let Draft { notice, author, .. } = draft.clone();
        Ok(Self { draft: None, active: Some(Active { notice, author, approver, since: now }) })
    }

    /// Ends what is in force.
    pub fn end(&self, now: Timestamp) -> Result<Self, Refusal> {
        self.active(now).ok_or(Refusal::NotActive)?;
        Ok(Self { draft: self.draft.clone(), active: None })
    }
}

/// One step of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// What was done.
    pub what: StepKind,
    /// The notice that it was done with.
    pub notice: Notice,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A draft was written or rewritten.
    Proposed,
    /// The draft was dropped.
    Withdrawn,
    /// The draft came into force.
    Approved,
    /// What was in force was ended before its time.
    Ended,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn who(name: &str) -> StaffId {
        StaffId(uuid::Uuid::from_u128(name.bytes().map(u128::from).sum()))
    }

    fn notice(text: &str, until: i64) -> Notice {
        let text = Localized::new([(Language::Ja, text.to_owned())].into());
        Notice::new(&text, at(until), at(0)).unwrap()
    }

    #[test]
    fn two_people_put_a_text_in_force_and_one_ends_it() {
        let idle = Emergency::default();
        let drafted = idle.propose(notice("避難してください", 100), who("a"), at(1));
        assert_eq!(drafted.active(at(1)), None);
        let seen = drafted.draft().unwrap().notice.clone();
        assert_eq!(drafted.approve(&seen, who("a"), at(2)), Err(Refusal::SamePerson));
        let active = drafted.approve(&seen, who("b"), at(2)).unwrap();
        assert!(active.active(at(99)).is_some());
        assert_eq!(active.active(at(100)), None, "its end ends it");
        assert_eq!(active.end(at(50)).unwrap().active(at(50)), None);
        assert_eq!(active.end(at(100)), Err(Refusal::NotActive));
    }

    #[test]
    fn an_edit_voids_what_was_about_to_be_approved() {
        let drafted = Emergency::default().propose(notice("一", 100), who("a"), at(1));
        let seen = drafted.draft().unwrap().notice.clone();
        let edited = drafted.propose(notice("二", 100), who("b"), at(2));
        assert_eq!(edited.approve(&seen, who("c"), at(3)), Err(Refusal::Changed));
        let seen = edited.draft().unwrap().notice.clone();
        assert_eq!(edited.approve(&seen, who("b"), at(3)), Err(Refusal::SamePerson));
        assert!(
            edited.approve(&seen, who("a"), at(3)).is_ok(),
            "who wrote another text may approve this one"
        );
        let later = edited.propose(notice("二", 101), who("b"), at(3));
        assert_eq!(
            later.approve(&seen, who("c"), at(4)),
            Err(Refusal::Changed),
            "another end is another notice"
        );
    }

    #[test]
    fn a_notice_has_japanese_and_a_near_end() {
        let text = |text: &str| Localized::new([(Language::Ja, text.to_owned())].into());
        let english = Localized::new([(Language::En, "Leave".to_owned())].into());
        for (text, until, expected) in [
            (english, 10, NoticeError::NoJapanese),
            (text("  "), 10, NoticeError::NoJapanese),
            (text(&"あ".repeat(1_001)), 10, NoticeError::TooLong { language: Language::Ja }),
            (text("避難"), 5, NoticeError::Over),
            (text("避難"), 5 + 15 * 86_400, NoticeError::TooFar),
        ] {
            assert_eq!(Notice::new(&text, at(until), at(5)), Err(expected));
        }
        let turned = Notice::new(&text("避難\u{202e}所\r\n北\u{0}"), at(10), at(5)).unwrap();
        assert_eq!(turned.text().exactly(Language::Ja), Some(&"避難所\n北".to_owned()));
    }

    /// The model: the set of (notice, person) pairs that were written and that were approved, kept apart from
    /// the machine. What is in force must be in both, by two people, unended and not over.
    #[test]
    fn in_two_hundred_thousand_random_steps_nothing_is_in_force_without_two_people() {
        let mut seed = [0; 8];
        crate::domain::id::Entropy::fill(&crate::system::SystemEntropy, &mut seed);
        let mut random = crate::domain::segment::sample::Random(u64::from_le_bytes(seed));
        println!("seed {}", random.0);
        let mut below = |bound: u64| i64::try_from(random.next() % bound).unwrap();
        let people: Vec<StaffId> = (1..5).map(|n| who(&"a".repeat(n))).collect();
        let (mut machine, mut now) = (Emergency::default(), 0_i64);
        let mut written: Option<(Notice, StaffId)> = None;
        let mut approved: Option<(Notice, StaffId, StaffId)> = None;
        let mut looked_at: Option<Notice> = None;
        let mut times_active = 0;
        for step in 0..200_000 {
            now += below(3);
            let person = people[usize::try_from(below(4)).unwrap()];
            match below(8) {
                0 | 1 => {
                    let text = Localized::new([(Language::Ja, format!("text {}", below(3)))].into());
                    let notice = Notice::new(&text, at(now + 1 + below(20)), at(now)).unwrap();
                    machine = machine.propose(notice.clone(), person, at(now));
                    written = Some((notice, person));
                }
                2 => looked_at = machine.draft().map(|draft| draft.notice.clone()),
                3..=5 => {
                    if let Some(seen) = &looked_at {
                        let result = machine.approve(seen, person, at(now));
                        let may = written
                            .as_ref()
                            .is_some_and(|(n, author)| n == seen && *author != person && n.until() > at(now));
                        assert_eq!(result.is_ok(), may, "step {step}: {result:?}");
                        if let Ok(next) = result {
                            machine = next;
                            approved = written.take().map(|(notice, author)| (notice, author, person));
                        }
                    }
                }
                6 => {
                    if let Ok(next) = machine.withdraw() {
                        machine = next;
                        written = None;
                    }
                }
                _ => {
                    if below(4) == 0
                        && let Ok(next) = machine.end(at(now))
                    {
                        machine = next;
                        approved = None;
                    }
                }
            }
            let expected = approved.as_ref().filter(|(notice, ..)| notice.until() > at(now));
            let active = machine.active(at(now));
            assert_eq!(active.map(Active::notice), expected.map(|(notice, ..)| notice), "step {step}");
            if let (Some(active), Some((_, author, approver))) = (active, expected) {
                assert_ne!(active.author(), active.approver(), "step {step}");
                assert_eq!((active.author(), active.approver()), (*author, *approver), "step {step}");
                times_active += 1;
            }
        }
        assert!(times_active > 1_000, "the walk has been where it matters: {times_active}");
    }
}
