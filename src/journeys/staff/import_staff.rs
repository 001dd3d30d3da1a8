//! Staff by CSV, as the personnel department gives it, with the days from and until which they work.
//!
//! A first run only reads and says of each row what it would do or what is wrong with it; the second one,
//! with the same text, does all of it or nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    super::Ctx,
    Secret, StaffError, check_department,
    invite::{self, about},
    note,
};
use crate::{
    domain::{
        audit::Action,
        id::StaffId,
        staff::{Actor, Department, LoginName, Membership, Role, Staff, Version, rights::ManageStaff},
    },
    sheet,
    store::staff::{StaffChange, Versioned},
};

/// The columns, by name in the first row; the order does not matter.
pub const COLUMNS: [&str; 6] = ["login", "name", "roles", "department", "from", "until"];
/// So many rows a file may have.
pub const MOST_ROWS: usize = 2_000;

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowPlan {
    /// Somebody new.
    Add,
    /// Somebody known, who changes.
    Change,
    /// Somebody known, as the row says already.
    Same,
    /// Nothing can be done with it.
    Wrong(RowProblem),
}

/// What is wrong with a row; the value is named by its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowProblem {
    /// The column's value cannot be read.
    Column(&'static str),
    /// The login name stands in an earlier row.
    Twice,
    /// The account's file does not name the department.
    UnknownDepartment,
    /// The last day lies before the first.
    DaysExchanged,
    /// Nobody changes themselves.
    Oneself,
    /// The person belongs to other accounts only; invite them on the staff page.
    OfAnotherAccount,
}

/// A row with its number in the file (the first row holds the columns) and the login name as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Counted from 2.
    pub line: usize,
    /// As typed; the person sees which row is meant.
    pub login: String,
    /// What it comes to.
    pub plan: RowPlan,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A column is missing.
    #[error("the column {0} is missing")]
    NoColumn(&'static str),
    /// It is no CSV, or not in a known encoding.
    #[error("the file is no CSV")]
    NoCsv,
    /// It has more than [`MOST_ROWS`] rows.
    #[error("the file has more than 2,000 rows")]
    TooLong,
}

/// The plan of a whole file.
#[derive(Debug)]
pub struct Plan {
    /// Each row.
    pub rows: Vec<Row>,
    changes: Vec<(Staff, Option<Version>)>,
}

impl Plan {
    /// Whether every row can be done.
    pub fn is_sound(&self) -> bool {
        !self.rows.iter().any(|row| matches!(row.plan, RowPlan::Wrong(_)))
    }

    /// Whether anything would change.
    pub fn changes_something(&self) -> bool {
        !self.changes.is_empty()
    }
}

/// Somebody new, for whom a link is to be handed over.
#[derive(Debug)]
pub struct Imported {
    /// The login name.
    pub login: LoginName,
    /// The secret of the link.
    pub secret: Secret,
}

/// A text file as people save it: UTF-8 with or without a mark, or CP932 as Excel saves CSV in Japan.
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    sheet::text(bytes).map_err(|_| Unreadable::NoCsv)
}

/// Reads the file and says what each row would do. Changes nothing.
pub async fn plan(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    text: &str,
) -> Result<Result<Plan, Unreadable>, StaffError> {
    let lines = match read(text) {
        Ok(lines) => lines,
        Err(unreadable) => return Ok(Err(unreadable)),
    };
    let mut plan = Plan { rows: Vec::new(), changes: Vec::new() };
    let mut seen = BTreeMap::new();
    for (line, values) in lines {
        let login = values[0].clone();
        let row = match understand(ctx, actor, &values) {
            Err(problem) => RowPlan::Wrong(problem),
            Ok(new) if seen.insert(new.login.clone(), line).is_some() => RowPlan::Wrong(RowProblem::Twice),
            Ok(new) => {
                let known = ctx.store.load_staff_by_login(&new.login).await?;
                let (row, change) = compare(ctx, actor, new, known);
                plan.changes.extend(change);
                row
            }
        };
        plan.rows.push(Row { line, login, plan: row });
    }
    Ok(Ok(plan))
}

/// Does what a plan says, all or nothing, and gives a link for each new person.
pub async fn import_staff(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    plan: Plan,
) -> Result<Vec<Imported>, StaffError> {
    let (mut changes, mut imported) = (Vec::new(), Vec::new());
    let mut note = note(ctx, actor, Action::StaffImported, StaffId(ctx.ids.uuid_v7()));
    note.object = "import".into();
    for (staff, version) in plan.changes {
        let membership = staff.membership(actor.account()).ok_or(StaffError::Unknown)?;
        let about: Vec<String> =
            about(membership).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        note.detail.push((staff.id.to_string(), about.join(" ")));
        match version {
            Some(version) => changes.push(StaffChange::Change(staff, version)),
            None => {
                let (invitation, secret) = invite::invitation(ctx, staff.id);
                imported.push(Imported { login: staff.login.clone(), secret });
                changes.push(StaffChange::Add(staff, invitation));
            }
        }
    }
    ctx.store.import_staff(changes, note).await?;
    Ok(imported)
}

/// The rows by line number, each with its values in the order of [`COLUMNS`].
fn read(text: &str) -> Result<Vec<(usize, [String; 6])>, Unreadable> {
    let mut lines = sheet::numbered(text).map_err(|_| Unreadable::NoCsv)?.into_iter();
    let (_, header) = lines.next().unwrap_or_default();
    let at = |column: &'static str| {
        let is_it = |name: &String| name.trim().eq_ignore_ascii_case(column);
        header.iter().position(is_it).ok_or(Unreadable::NoColumn(column))
    };
    let mut places = [0; 6];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = at(column)?;
    }
    let mut rows = Vec::new();
    for (line, cells) in lines {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= MOST_ROWS {
            return Err(Unreadable::TooLong);
        }
        let value = |place: usize| cells.get(place).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        rows.push((line, places.map(value)));
    }
    Ok(rows)
}

fn understand(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    [login, name, roles, department, from, until]: &[String; 6],
) -> Result<invite::NewStaff, RowProblem> {
    let wrong = RowProblem::Column;
    let day = |text: &str, column| -> Result<Option<Date>, RowProblem> {
        let text = text.replace('/', "-");
        if text.is_empty() { Ok(None) } else { read_day(&text).map(Some).ok_or(wrong(column)) }
    };
    let roles: Vec<Role> = roles
        .split([' ', '+', ';', '、', '　'])
        .filter(|role| !role.is_empty())
        .map(|role| role.parse().map_err(|_| wrong("roles")))
        .collect::<Result<_, _>>()?;
    if roles.is_empty() {
        return Err(wrong("roles"));
    }
    let department: Option<Department> =
        if department.is_empty() { None } else { Some(department.parse().map_err(|_| wrong("department"))?) };
    check_department(ctx, actor.account(), department.as_ref()).map_err(|_| RowProblem::UnknownDepartment)?;
    let (from, until) = (day(from, "from")?, day(until, "until")?);
    if matches!((from, until), (Some(from), Some(until)) if until < from) {
        return Err(RowProblem::DaysExchanged);
    }
    Ok(invite::NewStaff {
        login: login.parse().map_err(|_| wrong("login"))?,
        name: name.parse().map_err(|_| wrong("name"))?,
        membership: Membership { account: actor.account().clone(), roles, department, from, until },
    })
}

/// `2027-04-01`, also `2027-4-1` as tables write it.
fn read_day(text: &str) -> Option<Date> {
    let mut parts = text.split('-').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn compare(
    ctx: &Ctx,
    actor: &Actor<ManageStaff>,
    new: invite::NewStaff,
    known: Option<Versioned<Staff>>,
) -> (RowPlan, Option<(Staff, Option<Version>)>) {
    let Some(Versioned { value: old, version }) = known else {
        let id = StaffId(ctx.ids.uuid_v7());
        let staff = Staff { id, login: new.login, name: new.name, memberships: vec![new.membership] };
        return (RowPlan::Add, Some((staff, None)));
    };
    if old.membership(actor.account()).is_none() {
        return (RowPlan::Wrong(RowProblem::OfAnotherAccount), None);
    }
    let mut staff = old.clone();
    staff.name = new.name;
    staff.set_membership(new.membership);
    if staff == old {
        return (RowPlan::Same, None);
    }
    if actor.doer().is(staff.id) {
        return (RowPlan::Wrong(RowProblem::Oneself), None);
    }
    (RowPlan::Change, Some((staff, Some(version))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_utf_8_and_in_excels_encoding() {
        let text = "login,name,roles,department,from,until\r\nhanako,鈴木 花子,viewer,環境課,2027/4/1,\r\n";
        let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(text);
        for bytes in
            [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat(), cp932.into_owned()]
        {
            let rows = read(&decode(&bytes).unwrap()).unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].0, 2);
            assert_eq!(rows[0].1[1], "鈴木 花子");
        }
        assert_eq!(decode(b"\xff\xff\xff"), Err(Unreadable::NoCsv));
    }

    #[test]
    fn columns_may_stand_in_any_order_and_a_missing_one_is_named() {
        let rows = read("until,from,department,roles,name,login\n2027-03-31,,,viewer,花子,hanako\n").unwrap();
        assert_eq!(rows[0].1, ["hanako", "花子", "viewer", "", "", "2027-03-31"].map(String::from));
        assert_eq!(read("login,name\na,b\n").unwrap_err(), Unreadable::NoColumn("roles"));
        let long = format!("{}\n{}", COLUMNS.join(","), "x,,,,,\n".repeat(MOST_ROWS + 1));
        assert_eq!(read(&long).unwrap_err(), Unreadable::TooLong);
    }

    #[test]
    fn days_are_read_as_tables_write_them() {
        assert_eq!(read_day("2027-4-1"), Some(jiff::civil::date(2027, 4, 1)));
        assert_eq!(read_day("2027-13-1"), None);
        assert_eq!(read_day("2027-4-1-1"), None);
        assert_eq!(read_day("4-1"), None);
    }
}
