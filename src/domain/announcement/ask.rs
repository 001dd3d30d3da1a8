//! What residents ask about an announcement, as the codes behind the buttons below it. They pass through LINE, and hold
//! nothing but the announcement's id.

use super::AnnouncementId;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Why did I get it?
    Why(AnnouncementId),
    /// The same about a trial of it, to staff.
    WhyTest(AnnouncementId),
    /// Fewer like this.
    Fewer(AnnouncementId),
    /// Stop the topics for which it came.
    Stop(AnnouncementId),
    /// Undo what followed from asking for fewer because of it.
    Undo(AnnouncementId),
}

/// Before our codes, so that no other button is taken for one.
const PREFIX: &str = "i:";

impl Ask {
    /// The code.
    pub fn code(self) -> String {
        let (letter, id) = match self {
            Self::Why(id) => ('w', id),
            Self::WhyTest(id) => ('t', id),
            Self::Fewer(id) => ('f', id),
            Self::Stop(id) => ('s', id),
            Self::Undo(id) => ('u', id),
        };
        format!("{PREFIX}{letter}:{id}")
    }

    /// Reads a code; `None`: it is another button's.
    pub fn read(code: &str) -> Option<Self> {
        let (letter, id) = code.strip_prefix(PREFIX)?.split_once(':')?;
        let id = id.parse().ok()?;
        match letter {
            "w" => Some(Self::Why(id)),
            "t" => Some(Self::WhyTest(id)),
            "f" => Some(Self::Fewer(id)),
            "s" => Some(Self::Stop(id)),
            "u" => Some(Self::Undo(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_foreign_ones_do_not() {
        let id = AnnouncementId(uuid::Uuid::from_u128(0x0192_7f00_0000_7000_8000_0000_0000_0001));
        for ask in [Ask::Why(id), Ask::WhyTest(id), Ask::Fewer(id), Ask::Stop(id), Ask::Undo(id)] {
            assert_eq!(Ask::read(&ask.code()), Some(ask));
            assert!(ask.code().len() <= 300);
        }
        for foreign in
            ["", "i:", "i:w", "i:w:ann_1", "i:x:ann_01927f0000007000800000000000001", "a:i", "r:00"]
        {
            assert_eq!(Ask::read(foreign), None, "{foreign}");
        }
    }
}
