//! PURE: a predicate as rows in groups, as staff fill them in without writing JSON. All groups hold; in a group
//! all rows hold, at least one, or none.
//!
//! Rows hold what was typed, right or wrong: [`to_json`] writes it down as it is, [`super::read()`] judges it, and
//! [`place`] finds the row of a fault. Not every predicate is rows: [`from_written`] gives `None` for the others.

use serde_json::{Map, Value as Json, json};

use super::written::{Between, Bound, ChildAge, In, MemberOf, Written};

/// The most groups, and the most rows of a group, that are edited as rows.
pub const MOST_GROUPS: usize = 12;
/// The most rows of a group.
pub const MOST_ROWS: usize = 24;

/// How the rows of a group count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// All of them hold.
    All,
    /// At least one holds.
    Any,
    /// None holds.
    None,
}

impl How {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::All, Self::Any, Self::None];

    /// Its name in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
        }
    }
}

/// What a row asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// One of some choices, topics or places, or yes or no.
    In,
    /// Anything was said.
    Has,
    /// A number, a day or a month between two bounds.
    Between,
    /// A child of an age.
    Age,
    /// A member of a group.
    Member,
    /// Whether announcements may be sent.
    Following,
    /// Said something before a day.
    Registered,
    /// Chose one of some languages.
    Language,
}

impl Op {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::In,
        Self::Has,
        Self::Between,
        Self::Age,
        Self::Member,
        Self::Following,
        Self::Registered,
        Self::Language,
    ];

    /// Its name in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Has => "has",
            Self::Between => "between",
            Self::Age => "age",
            Self::Member => "member",
            Self::Following => "following",
            Self::Registered => "registered",
            Self::Language => "language",
        }
    }
}

/// A row as typed. What the operation does not need is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it asks.
    pub op: Op,
    /// Of which attribute; empty where none is needed.
    pub attribute: String,
    /// Names of choices; of yes-no and following: `yes` or `no`; of language: codes.
    pub of: Vec<String>,
    /// Of places: the roles; none: any.
    pub roles: Vec<String>,
    /// Of topics: the areas; none: wherever.
    pub areas: Vec<String>,
    /// The least.
    pub from: String,
    /// The most.
    pub to: String,
    /// A day: of ages, on which the child has that age; of registered, before which.
    pub at: String,
    /// Whether ages are in years instead of months; 3 to 5 years are 36 to 71 months.
    pub years: bool,
}

impl Row {
    /// A row in which nothing is filled in, but what has to be one or the other.
    pub fn new(op: Op, attribute: &str) -> Self {
        let none = String::new;
        Self {
            op,
            attribute: attribute.to_owned(),
            of: if op == Op::Following { vec![super::marks::said(true).to_owned()] } else { Vec::new() },
            roles: Vec::new(),
            areas: Vec::new(),
            from: none(),
            to: none(),
            at: none(),
            years: op == Op::Age,
        }
    }

    fn json(&self) -> Json {
        match self.op {
            Op::In => {
                let mut form = Map::new();
                form.insert("attribute".into(), json!(self.attribute));
                form.insert("of".into(), json!(self.of));
                for (name, list) in [("roles", &self.roles), ("areas", &self.areas)] {
                    if !list.is_empty() {
                        form.insert(name.into(), json!(list));
                    }
                }
                json!({ "in": form })
            }
            Op::Has => json!({ "has": self.attribute }),
            Op::Between => {
                let form = [
                    ("attribute", Some(json!(self.attribute))),
                    ("from", bound(&self.from)),
                    ("to", bound(&self.to)),
                ];
                json!({ "between": object(form) })
            }
            Op::Age => {
                let (from, to) = if self.years {
                    (years(&self.from, 0), years(&self.to, 11))
                } else {
                    (bound(&self.from), bound(&self.to))
                };
                let text = |text: &String| (!text.is_empty()).then(|| json!(text));
                let form = [
                    ("attribute", text(&self.attribute)),
                    ("from", from),
                    ("to", to),
                    ("at", text(&self.at)),
                ];
                json!({ "child_age": object(form) })
            }
            Op::Member => json!({ "member_of": { "attribute": self.attribute, "of": self.of } }),
            Op::Following => json!({ "following": self.of.first().is_none_or(|said| said != "no") }),
            Op::Registered => json!({ "registered_before": self.at }),
            Op::Language => json!({ "language": self.of }),
        }
    }
}

fn object<const N: usize>(form: [(&str, Option<Json>); N]) -> Json {
    form.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

/// A number as people type it: Japanese keyboards give wide digits too.
fn number(text: &str) -> Option<i32> {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        '－' | '−' => '-',
        other => other,
    };
    text.trim().chars().map(narrow).collect::<String>().parse().ok()
}

/// A number where it is one, else the text, which is then judged by whoever reads it.
fn bound(text: &str) -> Option<Json> {
    if text.is_empty() {
        None
    } else {
        Some(number(text).map_or_else(|| json!(text), |number| json!(number)))
    }
}

fn years(text: &str, more: i64) -> Option<Json> {
    if text.is_empty() {
        return None;
    }
    Some(number(text).map_or_else(|| json!(text), |years| json!(i64::from(years) * 12 + more)))
}

/// Rows in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How they count.
    pub how: How,
    /// The rows.
    pub rows: Vec<Row>,
}

/// The predicate as JSON; a group without rows says nothing, and without any it holds for everybody.
pub fn to_json(groups: &[Group]) -> Json {
    let groups = groups.iter().filter(|group| !group.rows.is_empty()).map(|group| {
        let rows: Vec<Json> = group.rows.iter().map(Row::json).collect();
        match group.how {
            How::All => json!({ "all": rows }),
            How::Any => json!({ "any": rows }),
            How::None => json!({ "not": { "any": rows } }),
        }
    });
    json!({ "all": groups.collect::<Vec<_>>() })
}

/// The group and the row in which a fault of [`to_json`]'s predicate is, both counted from 0; `None`: in the whole.
pub fn place(groups: &[Group], at: &str) -> Option<(usize, usize)> {
    let index = |text: &str| text.split(']').next().and_then(|number| number.parse::<usize>().ok());
    let rest = at.strip_prefix("all[")?;
    let mut filled = groups.iter().enumerate().filter(|(_, group)| !group.rows.is_empty());
    let (group, found) = filled.nth(index(rest)?)?;
    let (_, inner) = rest.split_once("].")?;
    let row = index(inner.split_once('[')?.1)?;
    (row < found.rows.len()).then_some((group, row))
}

/// The rows of a predicate that is rows, so that they mean the same.
pub fn from_written(written: &Written) -> Option<Vec<Group>> {
    let mut groups = Vec::new();
    match written {
        Written::All(parts) => {
            for part in parts {
                match (part, groups.last_mut()) {
                    // Rows that stand beside each other are one group.
                    (leaf, Some(Group { how: How::All, rows })) if row(leaf).is_some() => {
                        rows.extend(row(leaf));
                    }
                    (other, _) => groups.push(group(other)?),
                }
            }
        }
        other => groups.push(group(other)?),
    }
    let fits = groups.len() <= MOST_GROUPS && groups.iter().all(|group| group.rows.len() <= MOST_ROWS);
    fits.then_some(groups)
}

fn group(written: &Written) -> Option<Group> {
    // An empty list means everybody or nobody, which no rows say.
    let rows = |parts: &[Written]| {
        if parts.is_empty() { None } else { parts.iter().map(row).collect::<Option<Vec<Row>>>() }
    };
    let (how, rows) = match written {
        Written::All(parts) => (How::All, rows(parts)?),
        Written::Any(parts) => (How::Any, rows(parts)?),
        Written::Not(inner) => match &**inner {
            Written::Any(parts) => (How::None, rows(parts)?),
            leaf => (How::None, vec![row(leaf)?]),
        },
        leaf => (How::All, vec![row(leaf)?]),
    };
    Some(Group { how, rows })
}

fn row(written: &Written) -> Option<Row> {
    let bound = |bound: &Option<Bound>| match bound {
        None => String::new(),
        Some(Bound::Number(number)) => number.to_string(),
        Some(Bound::Text(text)) => text.clone(),
    };
    Some(match written {
        Written::All(_) | Written::Any(_) | Written::Not(_) => return None,
        Written::In(In { attribute, of, roles, areas }) => Row {
            of: of.clone(),
            roles: roles.clone().unwrap_or_default(),
            areas: areas.clone().unwrap_or_default(),
            ..Row::new(Op::In, attribute)
        },
        Written::Has(attribute) => Row::new(Op::Has, attribute),
        Written::Between(Between { attribute, from, to }) => {
            Row { from: bound(from), to: bound(to), ..Row::new(Op::Between, attribute) }
        }
        Written::ChildAge(ChildAge { attribute, from, to, at }) => {
            let years = from.is_none_or(|from| from % 12 == 0) && to.is_none_or(|to| to % 12 == 11);
            let typed = |months: Option<i32>| {
                months.map_or_else(String::new, |months| {
                    (if years { months.div_euclid(12) } else { months }).to_string()
                })
            };
            Row {
                from: typed(*from),
                to: typed(*to),
                at: at.clone().unwrap_or_default(),
                years,
                ..Row::new(Op::Age, attribute.as_deref().unwrap_or_default())
            }
        }
        Written::Following(yes) => {
            Row { of: vec![super::marks::said(*yes).to_owned()], ..Row::new(Op::Following, "") }
        }
        Written::RegisteredBefore(day) => Row { at: day.clone(), ..Row::new(Op::Registered, "") },
        Written::Language(of) => Row { of: of.clone(), ..Row::new(Op::Language, "") },
        Written::MemberOf(MemberOf { attribute, of }) => {
            Row { of: of.clone(), ..Row::new(Op::Member, attribute) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            holds, read,
            sample::{self, Random},
            tests::household,
        },
        *,
    };

    #[test]
    fn rows_mean_what_the_predicate_means() {
        let (mut random, attributes) = (Random(11), sample::attributes());
        let (mut rowed, mut deeper) = (0, 0);
        for _ in 0..3_000 {
            let json = sample::predicate(&mut random, 2);
            let Ok((predicate, written)) = read(&json.to_string(), &attributes) else { continue };
            let Some(groups) = from_written(&written) else {
                deeper += 1;
                continue;
            };
            rowed += 1;
            let again = to_json(&groups);
            let (same, _) =
                read(&again.to_string(), &attributes).unwrap_or_else(|f| panic!("{again}: {f:?}"));
            for _ in 0..20 {
                let (profile, standing) = household(&mut random, &attributes);
                let means = |predicate| holds(predicate, &profile, &standing, sample::today());
                assert_eq!(means(&predicate), means(&same), "{json} {again}");
            }
        }
        assert!(rowed > 1_000 && deeper > 100, "{rowed} {deeper}");
    }

    #[test]
    fn a_fault_is_found_in_its_row_and_ages_are_typed_in_years() {
        let filled = Row { from: "３".into(), to: "5".into(), ..Row::new(Op::Age, "children") };
        assert_eq!(filled.json(), json!({"child_age": {"attribute": "children", "from": 36, "to": 71}}));
        let groups = [
            Group { how: How::All, rows: vec![filled] },
            Group { how: How::Any, rows: Vec::new() },
            Group {
                how: How::None,
                rows: vec![
                    Row::new(Op::Has, "topics"),
                    Row::new(Op::In, "level"),
                    Row::new(Op::Age, "children"),
                ],
            },
        ];
        let faults = read(&to_json(&groups).to_string(), &sample::attributes()).unwrap_err();
        let places: Vec<_> = faults.iter().map(|fault| place(&groups, &fault.at)).collect();
        assert_eq!(places, [Some((2, 1)), Some((2, 2))], "{faults:?}");
        assert_eq!(place(&groups, ""), None);
        assert_eq!(place(&groups, "all[7].any[0]"), None);
        assert_eq!(place(&groups, "all[0].all[9]"), None);
        assert_eq!(to_json(&groups[1..2]), json!({"all": []}));
    }
}
