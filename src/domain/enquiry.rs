//! A question to a person of the city: asked on a form of ours, answered on its page, announced in LINE.
//!
//! Invariant: words of residents and staff travel by the form's page alone; LINE carries a notice without
//! content. PURE: what may follow what is decided here; the store keeps what comes out, sealed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    id::{IntentId, InvalidId, ResidentRef, StaffId},
    language::Language,
    message::Messages,
    time::Timestamp,
    version::Version,
};

/// An enquiry's name, `enq_…`; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnquiryId(pub Uuid);

impl fmt::Display for EnquiryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enq_{}", self.0.simple())
    }
}

impl FromStr for EnquiryId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = text.strip_prefix("enq_").and_then(|uuid| Uuid::try_parse(uuid).ok());
        uuid.map(Self).ok_or_else(|| InvalidId::new(text, "an enquiry's id (enq_ and 32 hexadecimal digits)"))
    }
}

/// The number that people read to each other, `2026-000123`: the year in the account's time zone and a
/// count. It opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Receipt(pub String);

impl Receipt {
    /// The number of the year's `count`th enquiry.
    pub fn new(year: i16, count: u64) -> Self {
        Self(format!("{year}-{count:06}"))
    }

    /// Reads what people type: full-width digits, other dashes and leading zeros left out are forgiven.
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.trim().chars().map(half_width).collect();
        let (year, count) = plain.split_once('-')?;
        let digits = |part: &str| part.len() <= 12 && part.chars().all(|c| c.is_ascii_digit());
        let (year, count) =
            (digits(year).then(|| year.parse().ok())??, digits(count).then(|| count.parse().ok())??);
        Some(Self::new(year, count))
    }
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        'ー' | '－' | '−' | '‐' | '–' | '—' => '-',
        other => other,
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an enquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 未対応: nobody has taken it.
    Open,
    /// 処理中: somebody works on it.
    InProgress,
    /// 処理済み: it was answered.
    Answered,
    /// 完了: nothing more is to come.
    Closed,
}

impl State {
    /// Every state, in the order in which an enquiry passes them.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::Answered, Self::Closed];

    /// Reads a label back.
    pub fn read(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.label() == label)
    }

    /// A label from a closed set, for figures and addresses.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Whether staff may move it there by hand. "Answered" is reached by answering alone, and nothing that
    /// was begun is untouched again.
    pub fn may_be_moved_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open | Self::Answered | Self::Closed, Self::InProgress)
                | (Self::Open | Self::InProgress | Self::Answered, Self::Closed)
        )
    }
}

/// The most characters of one message.
pub const MOST_CHARACTERS: usize = 4_000;
/// The most characters of a name.
pub const LONGEST_NAME: usize = 60;
/// The most characters of a canned answer's title.
pub const LONGEST_TITLE: usize = 60;
/// The most messages and notes of one enquiry; a talk that is longer belongs on the telephone.
pub const MOST_ENTRIES: usize = 100;

/// Words that one side wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Makes sending it twice harmless.
    pub id: Uuid,
    /// Who wrote it.
    pub from: Side,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub text: String,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The resident.
    Resident,
    /// Somebody of the staff.
    Staff(StaffId),
}

/// Words among staff; the resident never sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who wrote it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub text: String,
}

/// What may be read of an enquiry without its key: it names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its name.
    pub id: EnquiryId,
    /// Its number for people.
    pub receipt: Receipt,
    /// Who asked.
    pub resident: ResidentRef,
    /// The department that answers.
    pub division: String,
    /// Where it stands.
    pub state: State,
    /// Who works on it.
    pub assigned: Option<StaffId>,
    /// What the talk was about.
    pub about: Option<IntentId>,
    /// In which language the resident reads.
    pub language: Language,
    /// When it was asked.
    pub opened: Timestamp,
    /// When it was last changed: it is kept for a time from here on.
    pub changed: Timestamp,
    /// Counts the changes.
    pub version: Version,
}

/// What is sealed of an enquiry, under a key of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    /// The resident's name, if given.
    pub name: Option<String>,
    /// What was written, in order; the first is the question.
    pub messages: Vec<Message>,
    /// Words among staff.
    pub notes: Vec<Note>,
}

/// An enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// What names nobody.
    pub head: Head,
    /// What is personal.
    pub content: Content,
}

/// An enquiry as it comes from the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnquiry {
    /// Given with the form, so that sending it twice makes one.
    pub id: EnquiryId,
    /// Who asks.
    pub resident: ResidentRef,
    /// Whom it is for.
    pub division: String,
    /// What the talk was about.
    pub about: Option<IntentId>,
    /// In which language the resident reads.
    pub language: Language,
    /// The resident's name, if given.
    pub name: Option<String>,
    /// The question.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Why a text cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing was written.
    #[error("nothing is written")]
    Empty,
    /// Too much was written.
    #[error("it has more than {most} characters")]
    TooLong {
        /// How many there may be.
        most: usize,
    },
}

/// Checks what somebody wrote; controls and marks that turn the direction of reading are dropped.
pub fn checked_text(text: &str, most: usize) -> Result<String, TextError> {
    let is_kept = |c: &char| {
        (*c == '\n' || !c.is_control()) && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text: String = text.replace("\r\n", "\n").chars().filter(is_kept).collect();
    let text = text.trim();
    match text.chars().count() {
        0 => Err(TextError::Empty),
        length if length > most => Err(TextError::TooLong { most }),
        _ => Ok(text.to_owned()),
    }
}

/// A step that somebody takes with an enquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Staff answer. [`Enquiry::after`] leads to [`State::Answered`].
    Answer(Message),
    /// The resident writes more; what was done is open again.
    Reply(Message),
    /// Staff leave a note.
    Note(Note),
    /// It is given to somebody, or to nobody; what was open is begun.
    Assign(Option<StaffId>),
    /// It goes to another department, and to nobody there yet.
    Transfer(String),
    /// It is moved by hand.
    Move(State),
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The states do not follow one another.
    #[error("an enquiry cannot go from {from:?} to {to:?}")]
    Order {
        /// Where it stands.
        from: State,
        /// Where it was to go.
        to: State,
    },
    /// It has too many messages and notes.
    #[error("the enquiry has {MOST_ENTRIES} messages and notes already; go on by telephone")]
    Full,
}

impl Enquiry {
    /// The enquiry as it is opened.
    pub fn open(new: NewEnquiry, receipt: Receipt) -> Self {
        let NewEnquiry { id, resident, division, about, language, name, text, at } = new;
        let question = Message { id: id.0, from: Side::Resident, at, text };
        let head = Head {
            id,
            receipt,
            resident,
            division,
            state: State::Open,
            assigned: None,
            about,
            language,
            opened: at,
            changed: at,
            version: Version(1),
        };
        Self { head, content: Content { name, messages: vec![question], notes: Vec::new() } }
    }

    /// The enquiry after a step, with its next version. A message that is there already changes nothing.
    pub fn after(&self, step: Step, at: Timestamp) -> Result<Self, Refusal> {
        let mut next = self.clone();
        let entries = self.content.messages.len() + self.content.notes.len();
        match step {
            Step::Answer(message) | Step::Reply(message) if self.has(message.id) => return Ok(next),
            Step::Answer(_) | Step::Reply(_) | Step::Note(_) if entries >= MOST_ENTRIES => {
                return Err(Refusal::Full);
            }
            Step::Answer(message) => {
                next.content.messages.push(message);
                next.head.state = State::Answered;
            }
            Step::Reply(message) => {
                next.content.messages.push(message);
                let taken = next.head.assigned.is_some();
                next.head.state = if taken { State::InProgress } else { State::Open };
            }
            Step::Note(note) => next.content.notes.push(note),
            Step::Assign(whom) => {
                if whom.is_some() && next.head.state == State::Open {
                    next.head.state = State::InProgress;
                }
                next.head.assigned = whom;
            }
            Step::Transfer(division) => {
                next.head.division = division;
                next.head.assigned = None;
                if next.head.state == State::InProgress {
                    next.head.state = State::Open;
                }
            }
            Step::Move(to) if self.head.state.may_be_moved_to(to) => next.head.state = to,
            Step::Move(to) => return Err(Refusal::Order { from: self.head.state, to }),
        }
        next.head.changed = at;
        next.head.version = self.head.version.next();
        Ok(next)
    }

    /// Whether a message is part of it already.
    pub fn has(&self, message: Uuid) -> bool {
        self.content.messages.iter().any(|known| known.id == message)
    }
}

/// A notice in LINE that an answer is there: written before it is sent, so that it is sent once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// LINE's retry key; the same key never carries another body.
    pub retry_key: Uuid,
    /// What is sent: no word of the enquiry.
    pub messages: Messages,
    /// When it was written.
    pub written: Timestamp,
}

/// How a notice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeOutcome {
    /// LINE accepted it (accepted, not "delivered").
    Accepted,
    /// The resident does not follow the account; nothing was sent.
    NotFollowing,
    /// LINE refused it for good.
    Refused,
    /// It may or may not have been accepted; LINE's retry key has run out.
    Unknown,
}

impl NoticeOutcome {
    /// A label from a closed set.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotFollowing => "not_following",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// A text that staff send often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedAnswer {
    /// By what staff find it.
    pub title: String,
    /// What is filled in.
    pub text: String,
    /// The department that uses it; `None`: all.
    pub division: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn enquiry() -> Enquiry {
        let new = NewEnquiry {
            id: EnquiryId(Uuid::from_u128(1)),
            resident: ResidentRef([1; 16]),
            division: "環境課".into(),
            about: None,
            language: Language::Ja,
            name: None,
            text: "ドッグランはありますか".into(),
            at: at(1),
        };
        Enquiry::open(new, Receipt::new(2026, 1))
    }

    fn message(id: u128, from: Side) -> Message {
        Message { id: Uuid::from_u128(id), from, at: at(2), text: "はい".into() }
    }

    #[test]
    fn an_enquiry_is_taken_answered_and_closed_and_a_reply_opens_it_again() {
        let staff = StaffId(Uuid::from_u128(7));
        let taken = enquiry().after(Step::Assign(Some(staff)), at(2)).unwrap();
        assert_eq!(taken.head.state, State::InProgress);
        let answered = taken.after(Step::Answer(message(2, Side::Staff(staff))), at(3)).unwrap();
        assert_eq!((answered.head.state, answered.head.version), (State::Answered, Version(3)));
        let closed = answered.after(Step::Move(State::Closed), at(4)).unwrap();
        let again = closed.after(Step::Reply(message(3, Side::Resident)), at(5)).unwrap();
        assert_eq!(again.head.state, State::InProgress);
        let elsewhere = again.after(Step::Transfer("公園課".into()), at(6)).unwrap();
        assert_eq!((elsewhere.head.state, elsewhere.head.assigned), (State::Open, None));
    }

    #[test]
    fn a_message_that_comes_twice_is_there_once() {
        let once = enquiry().after(Step::Reply(message(2, Side::Resident)), at(2)).unwrap();
        assert_eq!(once.after(Step::Reply(message(2, Side::Resident)), at(3)), Ok(once.clone()));
    }

    #[test]
    fn only_answering_makes_an_enquiry_answered() {
        for from in State::ALL {
            assert!(!from.may_be_moved_to(State::Answered));
            assert!(!from.may_be_moved_to(State::Open));
            assert!(!from.may_be_moved_to(from));
        }
    }

    #[test]
    fn a_receipt_number_is_read_as_people_write_it() {
        for typed in ["2026-000123", " 2026-123", "２０２６－０００１２３", "2026ー000123\n"] {
            assert_eq!(Receipt::read(typed), Some(Receipt::new(2026, 123)), "{typed}");
        }
        for typed in ["", "2026", "2026-", "-1", "2026-1-2", "x-1", "99999-1", "2026-99999999999999"] {
            assert_eq!(Receipt::read(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_talk_has_an_end() {
        let mut talk = enquiry();
        for number in 0..99 {
            talk = talk.after(Step::Reply(message(100 + number, Side::Resident)), at(2)).unwrap();
        }
        assert_eq!(talk.after(Step::Reply(message(999, Side::Resident)), at(2)), Err(Refusal::Full));
    }

    #[test]
    fn hostile_text_becomes_plain_text() {
        assert_eq!(checked_text(" a\r\nb\u{202e}c\u{0} ", 10), Ok("a\nbc".into()));
        assert_eq!(checked_text(" \u{2066} ", 10), Err(TextError::Empty));
        assert_eq!(checked_text("ああ", 1), Err(TextError::TooLong { most: 1 }));
    }
}
