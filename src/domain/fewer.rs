//! What a resident wants fewer of: announcements of one kind, told apart by what they were picked by or who speaks.
//!
//! Nobody can ask for fewer alerts and corrections: the first may save a life, the second puts right what somebody has
//! already read. What goes to all friends is one call for everybody, out of which nobody can be left.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    announcement::{Audience, Draft, Kind},
    id::InvalidId,
    segment::SegmentId,
    staff::Department,
};

/// Announcements that belong together for whoever wants fewer of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Series {
    /// Those to the same named segment.
    Segment(SegmentId),
    /// Those of the same department, to no named segment.
    Department(Department),
    /// Those to no named segment in which no department speaks.
    City,
}

impl Series {
    /// To which ones an announcement belongs.
    pub fn of(draft: &Draft) -> Self {
        match (&draft.audience, &draft.content.department) {
            (Audience::Picked { segment: Some(segment), .. }, _) => Self::Segment(*segment),
            (_, Some(department)) => Self::Department(department.clone()),
            (_, None) => Self::City,
        }
    }

    /// Those who asked for fewer of these are not sent this one; `None`: it is sent to them too.
    pub fn left_out(draft: &Draft) -> Option<Self> {
        let picks = !matches!(draft.audience, Audience::AllFriends | Audience::StaffGroup);
        (picks && draft.kind == Kind::Ordinary).then(|| Self::of(draft))
    }
}

/// Whether fewer of an announcement may be asked for: not of alerts, and not of what goes to staff alone.
pub fn may_ask(draft: &Draft) -> bool {
    draft.audience != Audience::StaffGroup && matches!(draft.kind, Kind::Ordinary | Kind::Correction)
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(segment) => write!(f, "{segment}"),
            Self::Department(name) => write!(f, "of:{}", name.as_str()),
            Self::City => f.write_str("city"),
        }
    }
}

impl FromStr for Series {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.strip_prefix("of:") {
            Some(name) => name.parse().map(Self::Department),
            None if text == "city" => Ok(Self::City),
            None => text.parse().map(Self::Segment),
        }
    }
}

impl TryFrom<String> for Series {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Series> for String {
    fn from(series: Series) -> Self {
        series.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        announcement::{AnnouncementId, Content},
        segment::Written,
    };

    fn draft(kind: Kind, audience: Audience, department: Option<&str>) -> Draft {
        let content = Content {
            title: "題".parse().unwrap(),
            bodies: std::collections::BTreeMap::new(),
            is_silent: false,
            department: department.map(|name| name.parse().unwrap()),
        };
        Draft { kind, content, audience, due: None }
    }

    fn picked(segment: Option<SegmentId>) -> Audience {
        Audience::Picked { predicate: Written::Following(true), segment }
    }

    #[test]
    fn a_named_segment_comes_before_the_department() {
        let segment = SegmentId(uuid::Uuid::from_u128(7));
        let cases = [
            (picked(Some(segment)), Some("環境局"), Series::Segment(segment)),
            (picked(None), Some("環境局"), Series::Department("環境局".parse().unwrap())),
            (picked(None), None, Series::City),
            (Audience::AllFriends, None, Series::City),
        ];
        for (audience, department, series) in cases {
            let draft = draft(Kind::Ordinary, audience, department);
            assert_eq!(Series::of(&draft), series);
            assert_eq!(series.to_string().parse::<Series>().unwrap(), series);
        }
        for bad in ["", "seg_1", "of:", "of:\u{202e}x", "City"] {
            assert!(bad.parse::<Series>().is_err(), "{bad}");
        }
    }

    #[test]
    fn alerts_and_corrections_leave_nobody_out() {
        let reached = Audience::Reached { announcement: AnnouncementId(uuid::Uuid::nil()) };
        let cases = [
            (Kind::Ordinary, picked(None), true, true),
            (Kind::Ordinary, Audience::AllFriends, false, true),
            (Kind::Ordinary, Audience::StaffGroup, false, false),
            (Kind::Alert, picked(None), false, false),
            (Kind::Drill, picked(None), false, false),
            (Kind::Correction, reached, false, true),
        ];
        for (kind, audience, leaves_out, may) in cases {
            let draft = draft(kind, audience, None);
            assert_eq!((Series::left_out(&draft).is_some(), may_ask(&draft)), (leaves_out, may), "{draft:?}");
        }
    }
}
