//! What typed words mean at a step, where they are neither a number of the list nor a button's label.

use jiff::civil::{Date, date};

use super::{Asking, AttributeId, ChoiceId, Field, Kind, Note, Slot, Step, Tap, Turn, Value, turn::press};
use crate::domain::roster::Admission;

/// What typed words are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Something that the step asked for.
    Turn(Box<Turn>),
    /// Nothing of the sort: perhaps a question.
    Else,
}

/// Reads words at a step: a number where one is asked for, a code of a group, a day or month.
/// `words` are normalised: narrow digits, small letters. `admission` says what the words are as a code of one's own.
pub fn typed(asking: &Asking<'_>, step: &Step, words: &str, admission: &Admission) -> Typed {
    let (Step::Attribute(id, _) | Step::Part(Field(id, _))) = step else { return Typed::Else };
    let Some(attribute) = asking.attribute(id) else { return Typed::Else };
    let whole = Field(id.clone(), Slot::Whole);
    let turn = match (&attribute.kind, step) {
        (Kind::Number { .. }, Step::Attribute(..)) => {
            let digits = words.trim_end_matches(['人', '名', '回', '個', '歳', '才', '.', '。']);
            let Ok(number) = digits.parse::<i32>() else { return Typed::Else };
            let turn = press(asking, &Tap::Say(whole, Value::Number(number)), None, Some(step));
            if turn.changes.is_empty() { Turn { next: Some(step.clone()), ..turn } } else { turn }
        }
        (Kind::Group(_), Step::Attribute(..)) => {
            let refused = |note| Turn { notes: vec![note], next: Some(step.clone()), ..Turn::default() };
            let group = attribute.kind.admitted_by(words).map(|group| &group.id);
            match (group, admission) {
                (Some(group), _) => join(asking, step, id, group),
                (None, Admission::Admitted(group)) => join(asking, step, &group.attribute, &group.group),
                (None, Admission::Taken) => refused(Note::UsedCode),
                (None, Admission::Unknown) if looks_like_a_code(words) => refused(Note::WrongCode),
                (None, Admission::Unknown) => return Typed::Else,
            }
        }
        (Kind::Children { .. }, _) => {
            let Some(day) = month_typed(words) else { return Typed::Else };
            let tap = match step {
                Step::Part(field) => Tap::Born(field.clone()),
                _ if day > asking.today => Tap::AddDue(id.clone()),
                _ => Tap::AddBorn(id.clone()),
            };
            press(asking, &tap, Some(day), Some(step))
        }
        (Kind::Date | Kind::Month, Step::Attribute(..)) => {
            let Some(day) = month_typed(words) else { return Typed::Else };
            press(asking, &Tap::Pick(whole), Some(day), Some(step))
        }
        _ => return Typed::Else,
    };
    Typed::Turn(Box::new(turn))
}

/// Somebody is let into a group.
fn join(asking: &Asking<'_>, step: &Step, attribute: &AttributeId, group: &ChoiceId) -> Turn {
    let field = Field(attribute.clone(), Slot::Named(group.clone()));
    press(asking, &Tap::Say(field, Value::Member), None, Some(step))
}

/// Letters and digits without a blank between words: nobody asks a question like that.
fn looks_like_a_code(words: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '-';
    words.len() >= 6 && words.chars().all(is_sign) && words.chars().any(|c| c.is_ascii_digit())
}

/// The years before the first ones of the eras that living people were born in.
const ERAS: [(&str, i16); 6] =
    [("令和", 2018), ("r", 2018), ("平成", 1988), ("h", 1988), ("昭和", 1925), ("s", 1925)];

/// A day as people type it: `2024-05`, `2024/5/3`, `2024年5月3日`, `令和6年5月`, `r6.5.3`; without a day of the
/// month the first. `None` where it is none.
pub fn month_typed(words: &str) -> Option<Date> {
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let (before, words) = ERAS
        .iter()
        .find_map(|(era, before)| Some((*before, words.strip_prefix(era)?)))
        .unwrap_or((0, words.as_str()));
    let words = words.replace('元', "1");
    let words = words.trim_end_matches(|c: char| "日生まれ予定ごろ頃".contains(c));
    let mut parts = words.split(['年', '月', '-', '/', '.']).filter(|part| !part.is_empty());
    let mut number = || parts.next().map(str::parse::<i16>);
    let (year, month, day) = (number()?.ok()?, number()?.ok()?, number().unwrap_or(Ok(1)).ok()?);
    if parts.next().is_some() || (before == 0 && !(1900..=2199).contains(&year)) {
        return None;
    }
    let year = year.checked_add(before)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let is_one = (1..=12).contains(&month) && (1..=31).contains(&day) && (1..=2199).contains(&year);
    is_one.then(|| Date::new(year, month, day).unwrap_or_else(|_| date(year, month, 1)))
}
