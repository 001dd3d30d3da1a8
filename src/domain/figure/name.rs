//! What a figure is: a closed set of names, and families of them by what the account asks and who speaks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::domain::{
    attribute::ChoiceId, id::InvalidId, language::Language, segment::split::AGES, staff::Department,
};

/// A figure, written for example `friends` or `registered.topic.garbage`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FigureName {
    /// Friends now, as LINE's numbers allow: `line.followers` − `line.blocks`. Whoever deleted their LINE account
    /// stays in it.
    Friends,
    /// How many people ever added the account (Messaging API, "Get number of followers"). It never falls.
    LineFollowers,
    /// How many people block the account now.
    LineBlocks,
    /// How many people LINE can reach by what it supposes of them: gender, age, region.
    LineReaches,
    /// Friends by our own count: people who did anything in this account and have not left it since. Whoever added it
    /// before todoke did and has done nothing since is not among them.
    OwnFriends,
    /// Of these, who registered: anything stands in their profile by which residents may be picked.
    Registered,
    /// Of these, who want a topic.
    RegisteredTopic(ChoiceId),
    /// Of these, who named a ward as their own (the first role of places, with all that is within).
    RegisteredWard(ChoiceId),
    /// Of these, who have a child of an age.
    RegisteredChild(AgeBand),
    /// Of our own friends, who chose a language.
    Language(Language),
    /// Questions that were decided about: one that was asked back about and then answered is two.
    Questions,
    /// Questions that were answered.
    QuestionsAnswered,
    /// Questions about which the bot asked back.
    QuestionsAsked,
    /// Questions without an answer.
    QuestionsRefused,
    /// Answers of which somebody said that they were useful.
    AnswersUseful,
    /// Answers of which somebody said that they were wrong.
    AnswersWrong,
    /// Taps on links to online procedures.
    Taps,
    /// Announcements whose sending began that day, without drills.
    SentAnnouncements,
    /// For how many people LINE accepted them, or may have; whoever got two counts twice.
    SentRecipients,
    /// Of those who were reached, how many left the account that day, within 72 hours; whoever got two counts twice.
    SentBlocks,
    /// The announcements of a department.
    DepartmentAnnouncements(Department),
    /// Their recipients.
    DepartmentRecipients(Department),
    /// Who left the account after them.
    DepartmentBlocks(Department),
}

/// How a figure is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many there are at the end of the day: days are not added up.
    State,
    /// What happened on the day: days are added up.
    Daily,
}

/// Ages of children as they are counted ([`AGES`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBand {
    /// Not born yet.
    Expected,
    /// Under one year.
    Under1,
    /// One and two years.
    From1,
    /// Three to five: before school.
    From3,
    /// Six to eleven: the years of primary school.
    From6,
    /// Twelve to seventeen.
    From12,
}

impl AgeBand {
    /// All, the youngest first.
    pub const ALL: [Self; 6] =
        [Self::Expected, Self::Under1, Self::From1, Self::From3, Self::From6, Self::From12];

    /// The name, in years.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Under1 => "0",
            Self::From1 => "1-2",
            Self::From3 => "3-5",
            Self::From6 => "6-11",
            Self::From12 => "12-17",
        }
    }

    /// The ages in whole months, both included.
    pub fn months(self) -> (i32, i32) {
        AGES[self as usize]
    }
}

/// The closed set: names without a parameter.
const PLAIN: [(&str, FigureName); 16] = [
    ("friends", FigureName::Friends),
    ("line.followers", FigureName::LineFollowers),
    ("line.blocks", FigureName::LineBlocks),
    ("line.reaches", FigureName::LineReaches),
    ("own.friends", FigureName::OwnFriends),
    ("registered.any", FigureName::Registered),
    ("questions", FigureName::Questions),
    ("questions.answered", FigureName::QuestionsAnswered),
    ("questions.asked", FigureName::QuestionsAsked),
    ("questions.refused", FigureName::QuestionsRefused),
    ("answers.useful", FigureName::AnswersUseful),
    ("answers.wrong", FigureName::AnswersWrong),
    ("taps", FigureName::Taps),
    ("sent.announcements", FigureName::SentAnnouncements),
    ("sent.recipients", FigureName::SentRecipients),
    ("sent.blocks", FigureName::SentBlocks),
];

impl FigureName {
    /// The closed set, in the order in which people read it: what may be a label of a metric.
    pub fn plain() -> impl Iterator<Item = Self> {
        PLAIN.into_iter().map(|(_, name)| name)
    }

    /// How it is measured.
    pub fn measure(&self) -> Measure {
        match self {
            Self::Friends
            | Self::LineFollowers
            | Self::LineBlocks
            | Self::LineReaches
            | Self::OwnFriends
            | Self::Registered
            | Self::RegisteredTopic(_)
            | Self::RegisteredWard(_)
            | Self::RegisteredChild(_)
            | Self::Language(_) => Measure::State,
            Self::Questions
            | Self::QuestionsAnswered
            | Self::QuestionsAsked
            | Self::QuestionsRefused
            | Self::AnswersUseful
            | Self::AnswersWrong
            | Self::Taps
            | Self::SentAnnouncements
            | Self::SentRecipients
            | Self::SentBlocks
            | Self::DepartmentAnnouncements(_)
            | Self::DepartmentRecipients(_)
            | Self::DepartmentBlocks(_) => Measure::Daily,
        }
    }

    /// Whether it counts people by what they said of themselves: a few of them are not shown.
    pub fn is_of_few(&self) -> bool {
        matches!(
            self,
            Self::Registered
                | Self::RegisteredTopic(_)
                | Self::RegisteredWard(_)
                | Self::RegisteredChild(_)
                | Self::Language(_)
        )
    }
}

impl fmt::Display for FigureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegisteredTopic(topic) => write!(f, "registered.topic.{topic}"),
            Self::RegisteredWard(ward) => write!(f, "registered.ward.{ward}"),
            Self::RegisteredChild(band) => write!(f, "registered.child.{}", band.code()),
            Self::Language(language) => write!(f, "language.{}", language.code()),
            Self::DepartmentAnnouncements(of) => write!(f, "sent.announcements.{}", of.as_str()),
            Self::DepartmentRecipients(of) => write!(f, "sent.recipients.{}", of.as_str()),
            Self::DepartmentBlocks(of) => write!(f, "sent.blocks.{}", of.as_str()),
            plain => {
                let named = PLAIN.iter().find(|(_, name)| name == plain);
                f.write_str(named.map_or("", |(text, _)| text))
            }
        }
    }
}

impl FromStr for FigureName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if let Some((_, name)) = PLAIN.into_iter().find(|(plain, _)| *plain == text) {
            return Ok(name);
        }
        let invalid =
            || InvalidId::new(text, "a figure's name (friends, registered.topic.garbage, language.en, …)");
        let of = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'));
        let department = |rest: &str| rest.parse::<Department>().ok().filter(|named| named.as_str() == rest);
        let found = if let Some(topic) = of("registered.topic") {
            topic.parse().ok().map(Self::RegisteredTopic)
        } else if let Some(ward) = of("registered.ward") {
            ward.parse().ok().map(Self::RegisteredWard)
        } else if let Some(code) = of("registered.child") {
            AgeBand::ALL.into_iter().find(|band| band.code() == code).map(Self::RegisteredChild)
        } else if let Some(code) = of("language") {
            code.parse().ok().map(Self::Language)
        } else if let Some(rest) = of("sent.announcements") {
            department(rest).map(Self::DepartmentAnnouncements)
        } else if let Some(rest) = of("sent.recipients") {
            department(rest).map(Self::DepartmentRecipients)
        } else if let Some(rest) = of("sent.blocks") {
            department(rest).map(Self::DepartmentBlocks)
        } else {
            None
        };
        found.ok_or_else(invalid)
    }
}

impl TryFrom<String> for FigureName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<FigureName> for String {
    fn from(name: FigureName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_reads_back_as_what_it_was_and_no_two_are_alike() {
        let families = [
            "registered.topic.garbage",
            "registered.ward.kita",
            "registered.child.expected",
            "registered.child.1-2",
            "language.en",
            "sent.announcements.危機管理局 防災課",
            "sent.recipients.環境局",
            "sent.blocks.環境局",
        ];
        let plain = FigureName::plain().map(|name| name.to_string());
        let all: Vec<String> = plain.chain(families.map(ToOwned::to_owned)).collect();
        let read: BTreeSet<FigureName> =
            all.iter().map(|text| text.parse().unwrap_or_else(|error| panic!("{error}"))).collect();
        assert_eq!(read.len(), all.len());
        for text in &all {
            assert_eq!(text.parse::<FigureName>().unwrap().to_string(), *text);
        }
        for wrong in [
            "",
            "friend",
            "friends.",
            "Friends",
            "registered.topic.",
            "registered.topic.A",
            "registered.child.2-3",
            "language.xx",
            "sent.recipients.",
            "sent.recipients. 環境局",
            "sent.blocks.a\nb",
            "line.followers.x",
        ] {
            assert!(wrong.parse::<FigureName>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_state_is_not_added_up_and_only_what_people_said_of_themselves_may_be_too_few() {
        let named = |text: &str| text.parse::<FigureName>().unwrap();
        assert_eq!(named("friends").measure(), Measure::State);
        assert_eq!(named("registered.ward.kita").measure(), Measure::State);
        assert_eq!(named("sent.recipients.環境局").measure(), Measure::Daily);
        assert!(named("registered.ward.kita").is_of_few() && !named("questions").is_of_few());
    }

    #[test]
    fn ages_of_children_follow_one_another() {
        let mut next = None;
        for band in AgeBand::ALL {
            let (from, to) = band.months();
            assert!(from <= to && next.is_none_or(|next| next == from), "{band:?}");
            next = Some(to + 1);
        }
        assert_eq!(AgeBand::From3.months(), (36, 71));
    }
}
