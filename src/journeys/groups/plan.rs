//! What a sheet of people would change, row by row. Pure: nothing is drawn and nothing is written.

use std::{collections::BTreeMap, fmt};

use crate::domain::{
    attribute::{AttributeId, Attributes, ChoiceId, Kind},
    roster::{GroupRef, Invited, InvitedName, MOST_INVITED, typed_code},
};

/// The columns that are read. Others (`state` and `since` of an export) say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Which group.
    Group,
    /// What the city calls the person.
    Name,
    /// The code, as an export writes it.
    Code,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Group => "group",
            Self::Name => "name",
            Self::Code => "code",
        })
    }
}

/// What is wrong with a place, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The column is missing.
    #[error("the column is missing; write its name into the first row")]
    NoColumn,
    /// The sheet has no people.
    #[error("there are no people below the heading; nobody is taken off a list by an empty sheet")]
    Empty,
    /// There are too many rows.
    #[error("there are more than {MOST_INVITED} rows; split the sheet")]
    TooMany,
    /// There is no such group.
    #[error("there is no such group; there are {0}")]
    NoGroup(String),
    /// Several attributes have a group of that name.
    #[error("several attributes have such a group; write {0}")]
    Ambiguous(String),
    /// It is another group than the one that was named.
    #[error("the row is of another group than --group; leave out --group or the row")]
    OtherGroup,
    /// The name cannot be one.
    #[error("the name has to be one line of 1 to 60 characters")]
    Name,
    /// The name stands there before.
    #[error("the name stands in line {0} too; add what tells the two apart, such as a ward or a number")]
    Twice(usize),
    /// The code is not the one that todoke made for the person.
    #[error("the code is not the one of this person; leave the cell empty, since todoke draws codes itself")]
    Code,
}

/// A problem with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: usize,
    /// The column; `None`: the whole line.
    pub column: Option<Column>,
    /// What is wrong.
    pub wrong: Wrong,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.wrong),
            None => write!(f, "line {}: {}", self.line, self.wrong),
        }
    }
}

/// What a sheet speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Every row is of this group; `None`: the column says it.
    pub group: Option<&'a GroupRef>,
    /// Whether the sheet is the whole list of its groups: whoever is not in it is taken off.
    pub replaces: bool,
}

/// What would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What is wrong; then nothing is done.
    pub problems: Vec<Problem>,
    /// People who get a code, with the line on which each stands.
    pub added: Vec<(usize, GroupRef, InvitedName)>,
    /// People who stay as they are.
    pub same: usize,
    /// People who are taken off: their codes open nothing more, and whoever came in by one leaves the group.
    pub removed: Vec<Invited>,
    /// People on the account's lists before.
    pub known: usize,
}

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// A group.
    One(GroupRef),
    /// Several.
    Several(Vec<GroupRef>),
    /// None.
    Nothing,
}

/// The group that a text names: `ward-heads`, `member=ward-heads`, or what residents read on its button.
pub fn find(attributes: &Attributes, text: &str) -> Find {
    let text = text.trim();
    let (attribute, name) = match text.split_once('=') {
        Some((attribute, name)) => (Some(attribute.trim()), name.trim()),
        None => (None, text),
    };
    let mut found: Vec<GroupRef> = Vec::new();
    let within = attributes.iter().filter(|one| attribute.is_none_or(|id| one.id.as_str() == id));
    for one in within.filter(|one| matches!(one.kind, Kind::Group(_))) {
        let is_it = |choice: &&crate::domain::attribute::Choice| {
            choice.id.as_str() == name || choice.label.iter().any(|(_, label)| label.trim() == name)
        };
        let groups = one.kind.choices().filter(is_it);
        found.extend(groups.map(|choice| reference(&one.id, &choice.id)));
    }
    match found.len() {
        0 => Find::Nothing,
        1 => Find::One(found.remove(0)),
        _ => Find::Several(found),
    }
}

fn reference(attribute: &AttributeId, group: &ChoiceId) -> GroupRef {
    GroupRef { attribute: attribute.clone(), group: group.clone() }
}

/// The names of groups, for people who wrote another.
fn names(groups: impl IntoIterator<Item = GroupRef>) -> String {
    groups.into_iter().map(|one| super::name_of(&one)).collect::<Vec<_>>().join(", ")
}

fn every(attributes: &Attributes) -> impl Iterator<Item = GroupRef> + '_ {
    let groups = attributes.iter().filter(|one| matches!(one.kind, Kind::Group(_)));
    groups.flat_map(|one| one.kind.choices().map(|choice| reference(&one.id, &choice.id)))
}

/// Where the columns stand.
struct Heading {
    group: Option<usize>,
    name: usize,
    code: Option<usize>,
}

impl Heading {
    fn read(line: usize, cells: &[String], scope: Scope<'_>) -> Result<Self, Vec<Problem>> {
        let at = |column: Column| {
            let name = column.to_string();
            cells.iter().position(|cell| cell.trim().eq_ignore_ascii_case(&name))
        };
        let missing = |column| Problem { line, column: Some(column), wrong: Wrong::NoColumn };
        let (group, name) = (at(Column::Group), at(Column::Name));
        let mut problems = Vec::new();
        if group.is_none() && scope.group.is_none() {
            problems.push(missing(Column::Group));
        }
        match name {
            Some(name) if problems.is_empty() => Ok(Self { group, name, code: at(Column::Code) }),
            Some(_) => Err(problems),
            None => {
                problems.push(missing(Column::Name));
                Err(problems)
            }
        }
    }
}

/// Compares a sheet, the heading first, each row with its line, with the lists as they are.
pub fn plan(
    attributes: &Attributes,
    list: &[Invited],
    rows: &[(usize, Vec<String>)],
    scope: Scope<'_>,
) -> Plan {
    let mut plan = Plan { known: list.len(), ..Plan::default() };
    let is_blank = |cells: &[String]| cells.iter().all(|cell| cell.trim().is_empty());
    let mut rows = rows.iter().filter(|(_, cells)| !is_blank(cells));
    let Some((line, heading)) = rows.next() else {
        plan.problems.push(Problem { line: 1, column: None, wrong: Wrong::Empty });
        return plan;
    };
    let heading = match Heading::read(*line, heading, scope) {
        Ok(heading) => heading,
        Err(problems) => return Plan { problems, ..plan },
    };
    let known: BTreeMap<(&GroupRef, String), &Invited> =
        list.iter().map(|one| ((&one.group, one.name.key()), one)).collect();
    let mut seen: BTreeMap<(GroupRef, String), usize> = BTreeMap::new();
    for (count, (line, cells)) in rows.enumerate() {
        if count >= MOST_INVITED {
            plan.problems.push(Problem { line: *line, column: None, wrong: Wrong::TooMany });
            break;
        }
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim());
        let problem = |column, wrong| Problem { line: *line, column: Some(column), wrong };
        let group = group_of(attributes, heading.group.is_some().then(|| cell(heading.group)), scope);
        let name = cell(Some(heading.name)).parse::<InvitedName>();
        let (group, name) = match (group, name) {
            (Ok(group), Ok(name)) => (group, name),
            (group, name) => {
                plan.problems.extend(group.err().map(|wrong| problem(Column::Group, wrong)));
                plan.problems.extend(name.err().map(|_| problem(Column::Name, Wrong::Name)));
                continue;
            }
        };
        if let Some(before) = seen.insert((group.clone(), name.key()), *line) {
            plan.problems.push(problem(Column::Name, Wrong::Twice(before)));
            continue;
        }
        let known = known.get(&(&group, name.key())).copied();
        let code = cell(heading.code);
        let is_theirs = known.is_some_and(|known| typed_code(code) == Some(known.hash));
        if !code.is_empty() && !is_theirs {
            plan.problems.push(problem(Column::Code, Wrong::Code));
            continue;
        }
        match known {
            Some(_) => plan.same += 1,
            None => plan.added.push((*line, group, name)),
        }
    }
    if seen.is_empty() && plan.problems.is_empty() {
        plan.problems.push(Problem { line: *line, column: None, wrong: Wrong::Empty });
    }
    if scope.replaces {
        // A group without any row is not what the sheet speaks of, unless it was named.
        let is_meant = |one: &Invited| match scope.group {
            Some(group) => one.group == *group,
            None => seen.keys().any(|(group, _)| *group == one.group),
        };
        let gone = list.iter().filter(|one| is_meant(one));
        let gone = gone.filter(|one| !seen.contains_key(&(one.group.clone(), one.name.key())));
        plan.removed = gone.cloned().collect();
    }
    plan
}

/// The group of a row: `cell` is `None` where there is no such column.
fn group_of(attributes: &Attributes, cell: Option<&str>, scope: Scope<'_>) -> Result<GroupRef, Wrong> {
    let written = match (cell.filter(|cell| !cell.is_empty()), scope.group) {
        (None, Some(group)) => return Ok(group.clone()),
        (None, None) => "",
        (Some(cell), _) => cell,
    };
    match find(attributes, written) {
        Find::Nothing => Err(Wrong::NoGroup(names(every(attributes)))),
        Find::Several(several) if scope.group.is_none_or(|group| !several.contains(group)) => {
            Err(Wrong::Ambiguous(names(several)))
        }
        Find::Several(_) => scope.group.cloned().ok_or(Wrong::OtherGroup),
        Find::One(group) if scope.group.is_some_and(|wanted| *wanted != group) => Err(Wrong::OtherGroup),
        Find::One(group) => Ok(group),
    }
}

#[cfg(test)]
mod tests;
