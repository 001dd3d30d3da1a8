//! What a browser sends of a predicate: groups of rows, or JSON; and what the pressed button does with it.

use super::super::form::Posted;
use crate::domain::segment::{
    Written,
    rows::{self, Group, How, MOST_GROUPS, MOST_ROWS, Op, Row},
};

/// A predicate as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// As rows.
    Rows(Vec<Group>),
    /// As JSON.
    Json(String),
}

impl Typed {
    /// One group to begin with.
    pub(super) fn new() -> Self {
        Self::Rows(vec![Group { how: How::All, rows: Vec::new() }])
    }

    /// What was written down: as rows where it is rows.
    pub(super) fn of(written: &Written) -> Self {
        match rows::from_written(written) {
            Some(groups) if groups.is_empty() => Self::new(),
            Some(groups) => Self::Rows(groups),
            None => Self::Json(serde_json::to_string_pretty(written).unwrap_or_default()),
        }
    }

    /// What the form brought.
    pub(super) fn read(posted: &Posted) -> Self {
        if posted.has("json") {
            return Self::Json(posted.raw("json").to_owned());
        }
        let groups = (0..MOST_GROUPS).map_while(|number| group(posted, &format!("g{number}")));
        Self::Rows(groups.collect())
    }

    /// The predicate as JSON, right or wrong.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Rows(groups) => rows::to_json(groups).to_string(),
            Self::Json(text) => text.clone(),
        }
    }

    /// The same for people to read.
    pub(super) fn pretty(&self) -> String {
        match self {
            Self::Rows(groups) => serde_json::to_string_pretty(&rows::to_json(groups)).unwrap_or_default(),
            Self::Json(text) => text.clone(),
        }
    }

    /// Adds or removes a row or a group, as the button says; gives the control at which one goes on. `None`:
    /// the button does something else.
    pub(super) fn change(&mut self, act: &str, posted: &Posted) -> Option<String> {
        let Self::Rows(groups) = self else { return None };
        let mut words = act.split(':');
        let (verb, mut number) = (words.next()?, words.map(|word| word.parse::<usize>().ok()));
        match (verb, number.next().flatten(), number.next().flatten()) {
            ("add-group", None, None) => {
                if groups.len() < MOST_GROUPS {
                    groups.push(Group { how: How::All, rows: Vec::new() });
                }
                Some(format!("g{}.how", groups.len().saturating_sub(1)))
            }
            ("remove-group", Some(at), None) => {
                if at < groups.len() {
                    groups.remove(at);
                }
                if groups.is_empty() {
                    groups.push(Group { how: How::All, rows: Vec::new() });
                }
                Some(format!("g{}.how", at.min(groups.len() - 1)))
            }
            ("add-row", Some(at), None) => {
                let group = groups.get_mut(at)?;
                let (op, attribute) = posted.text(&format!("g{at}.add")).split_once(':')?;
                if group.rows.len() < MOST_ROWS {
                    group.rows.push(Row::new(op_of(op)?, attribute));
                }
                Some(format!("g{at}.r{}", group.rows.len() - 1))
            }
            ("remove-row", Some(at), Some(row)) => {
                let group = groups.get_mut(at)?;
                if row < group.rows.len() {
                    group.rows.remove(row);
                }
                Some(format!("g{at}.add"))
            }
            _ => None,
        }
    }
}

fn op_of(code: &str) -> Option<Op> {
    Op::ALL.into_iter().find(|op| op.code() == code)
}

fn group(posted: &Posted, at: &str) -> Option<Group> {
    let field = format!("{at}.how");
    if !posted.has(&field) {
        return None;
    }
    let how = How::ALL.into_iter().find(|how| how.code() == posted.text(&field)).unwrap_or(How::All);
    let rows = (0..MOST_ROWS).map_while(|number| row(posted, &format!("{at}.r{number}")));
    Some(Group { how, rows: rows.collect() })
}

fn row(posted: &Posted, at: &str) -> Option<Row> {
    let op = op_of(posted.text(&format!("{at}.op")))?;
    let text = |name: &str| posted.text(&format!("{at}.{name}")).to_owned();
    let all = |name: &str| {
        let field = format!("{at}.{name}");
        posted.all(&field).map(ToOwned::to_owned).collect::<Vec<String>>()
    };
    Some(Row {
        op,
        attribute: text("attribute"),
        of: all("of"),
        roles: all("roles"),
        areas: all("areas"),
        from: text("from"),
        to: text("to"),
        at: text("at"),
        years: text("unit") != "months",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let mut posted = Posted::default();
        for (name, value) in fields {
            posted.push((*name).to_owned(), (*value).to_owned()).unwrap();
        }
        posted
    }

    #[test]
    fn rows_and_groups_come_and_go_by_buttons() {
        let fields = [
            ("g0.how", "any"),
            ("g0.r0.op", "in"),
            ("g0.r0.attribute", "topics"),
            ("g0.r0.of", "garbage"),
            ("g0.r0.of", "crime"),
            ("g0.add", "age:children"),
            ("g1.how", "none"),
            ("g3.how", "all"),
        ];
        let posted = posted(&fields);
        let typed = Typed::read(&posted);
        let Typed::Rows(groups) = &typed else { panic!("rows") };
        assert_eq!(groups.len(), 2, "a group that does not follow on is none");
        assert_eq!((groups[0].how, groups[1].how), (How::Any, How::None));
        assert_eq!(groups[0].rows[0].of, ["garbage", "crime"]);
        let after = |act: &str| {
            let mut typed = typed.clone();
            (typed.change(act, &posted), typed.text())
        };
        let topics = r#"{"in":{"attribute":"topics","of":["garbage","crime"]}}"#;
        let child = r#"{"child_age":{"attribute":"children"}}"#;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            after("add-row:0"),
            (some("g0.r1"), format!(r#"{{"all":[{{"any":[{topics},{child}]}}]}}"#))
        );
        assert_eq!(after("remove-row:0:0"), (some("g0.add"), r#"{"all":[]}"#.into()));
        assert_eq!(after("remove-group:0"), (some("g0.how"), r#"{"all":[]}"#.into()));
        assert_eq!(after("add-group").0, some("g2.how"));
        for other in ["save", "add-row", "add-row:9", "remove-row:0", "remove-group:x", "add-row:1"] {
            assert_eq!(after(other).0, None, "{other}");
        }
        assert_eq!(after("remove-row:0:9").1, typed.text(), "there is no such row");
    }
}
