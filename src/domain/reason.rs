//! Why the bot said what it said: a closed set of reasons, as data. They are kept with an event for some
//! hours and told in the reader's language (`catalogue::reasons`); none holds a resident's words.

use serde::{Deserialize, Serialize};

use super::id::IntentId;

/// One reason. Its stored name stays for ever; a new reason is a new name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// A safety pattern applied; nothing else was tried.
    SafetyPattern {
        /// The kind of danger.
        kind: String,
    },
    /// The message resembles examples of danger.
    SafetyLikeness {
        /// The kind of danger.
        kind: String,
        /// How much, 0 to 1.
        confidence: f32,
        /// From where on it counts.
        enough: f32,
    },
    /// The whole message is about the chat's language.
    AboutLanguage,
    /// It belongs to registering what the resident wants to be told.
    Registration,
    /// The whole message is a phrase with a fixed reply.
    FixedPhrase {
        /// The fixed reply.
        id: String,
    },
    /// The message seems to hold personal data.
    PersonalData {
        /// Of which kind.
        what: Personal,
    },
    /// This intent is nearest.
    Nearest {
        /// The intent.
        intent: IntentId,
        /// The matcher that was surest.
        by: String,
        /// How sure, 0 to 1.
        confidence: f32,
        /// From where on it would be answered outright.
        answers: f32,
        /// From where on the bot would ask back.
        asks: f32,
    },
    /// This matter of somebody else's is as near as the best intent.
    Elsewhere {
        /// The matter.
        matter: String,
        /// The matcher that was surest.
        by: String,
        /// How sure, 0 to 1.
        confidence: f32,
        /// From where on it is told whose it is.
        enough: f32,
    },
    /// The message is about another municipality.
    OtherMunicipality,
    /// The message is the name of a topic.
    TopicName,
    /// The message holds several matters.
    SeveralMatters,
    /// The second intent is too close to the best.
    SecondTooClose,
    /// The best is not sure enough to be answered outright.
    NotSureEnough,
    /// Nothing is near enough.
    NothingNear,
    /// Somebody became a friend.
    BecameFriend,
    /// This kind of message has a fixed reply.
    FixedKind,
    /// A choice was tapped.
    ChoiceTapped,
    /// The number of a choice was typed.
    NumberTyped,
    /// None of the choices fitted.
    NoneFitted,
    /// A topic was tapped.
    TopicTapped,
    /// All topics were asked for.
    TopicsAsked,
    /// A button's code leads nowhere (any more).
    ButtonTooOld,
    /// Feedback: the answer helped.
    AnswerHelped,
    /// Feedback: the answer was wrong, and the contact opens.
    AnswerWrong,
    /// A language was tapped.
    LanguageTapped,
    /// It is about an announcement that was sent: why it came, or fewer like it.
    AboutAnnouncement,
    /// A sentence, as they were stored before reasons were data. Nothing makes one any more.
    #[serde(untagged)]
    Sentence(String),
}

/// What kind of personal data a text carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Personal {
    /// A telephone number.
    Telephone,
    /// A mail address.
    Mail,
    /// A postal code with an address.
    Address,
    /// An individual number (My Number): 12 digits with their check digit.
    MyNumber,
    /// A payment card: 13 to 19 digits with their check digit.
    Card,
}

impl Personal {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Telephone, Self::Mail, Self::Address, Self::MyNumber, Self::Card];

    /// The name in stored reasons and catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Mail => "mail",
            Self::Address => "address",
            Self::MyNumber => "my-number",
            Self::Card => "card",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_reasons_read_back_and_so_do_the_sentences_of_before() {
        let stored = r#"["nothing is near enough",{"reason":"not-sure-enough"},{"reason":"personal-data","what":"my-number"}]"#;
        let read: Vec<Reason> = serde_json::from_str(stored).unwrap();
        let expected = [
            Reason::Sentence("nothing is near enough".into()),
            Reason::NotSureEnough,
            Reason::PersonalData { what: Personal::MyNumber },
        ];
        assert_eq!(read, expected);
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
        for what in Personal::ALL {
            assert_eq!(serde_json::to_value(what).unwrap(), what.as_str());
        }
    }
}
