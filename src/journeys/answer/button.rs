//! The codes behind our buttons: short, opaque to the resident, readable for us, at most 300 characters.

use crate::domain::{id::IntentId, language::Language};

/// What a button of ours means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Button {
    /// Show this intent's answer.
    Show(IntentId),
    /// None of the choices fits.
    NoneOfThese,
    /// The answer of this intent helped.
    Useful(IntentId),
    /// The answer of this intent was wrong.
    Wrong(IntentId),
    /// Speak this language from now on.
    Speak(Language),
    /// Show the questions of this topic.
    Topic(String),
    /// Show all topics.
    Topics,
}

impl Button {
    /// The code.
    pub(super) fn code(&self) -> String {
        match self {
            Self::Show(intent) => format!("a:{intent}"),
            Self::NoneOfThese => "n".to_owned(),
            Self::Useful(intent) => format!("u:{intent}"),
            Self::Wrong(intent) => format!("w:{intent}"),
            Self::Speak(language) => format!("l:{language}"),
            Self::Topic(topic) => format!("t:{topic}"),
            Self::Topics => "m".to_owned(),
        }
    }

    /// Reads a code; `None` for one of an older day or of somebody else.
    pub(super) fn read(code: &str) -> Option<Self> {
        let (letter, rest) = code.split_once(':').unwrap_or((code, ""));
        match (letter, rest) {
            ("n", "") => Some(Self::NoneOfThese),
            ("m", "") => Some(Self::Topics),
            (_, "") => None,
            ("a", intent) => Some(Self::Show(IntentId::new(intent))),
            ("u", intent) => Some(Self::Useful(IntentId::new(intent))),
            ("w", intent) => Some(Self::Wrong(IntentId::new(intent))),
            ("l", language) => language.parse().ok().map(Self::Speak),
            ("t", topic) => Some(Self::Topic(topic.to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_reads_back_and_foreign_codes_do_not() {
        let intent = IntentId::new("garbage.bulky");
        for button in [
            Button::Show(intent.clone()),
            Button::NoneOfThese,
            Button::Useful(intent.clone()),
            Button::Wrong(intent),
            Button::Speak(Language::JaEasy),
            Button::Topic("garbage".into()),
            Button::Topics,
        ] {
            assert_eq!(Button::read(&button.code()), Some(button));
        }
        for foreign in ["", "x", "a:", "l:xx", "action=buy&id=1", "n:1"] {
            assert_eq!(Button::read(foreign), None, "{foreign}");
        }
    }
}
