//! The staff of an account: the list, inviting somebody, and the links to hand over.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    frame::Frame,
    gate::Managing,
    me::role_names,
    session::Acting,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{Membership, Role, StaffId, rights::ManageStaff},
    journeys::staff::{
        Secret, StaffError,
        invite::{self, NewStaff},
    },
    web::error::ConsoleError,
};

/// So many people a page shows.
const A_PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct From {
    #[serde(default)]
    after: String,
}

struct Person {
    href: String,
    name: String,
    login: String,
    roles: String,
    department: String,
    days: String,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "console/staff.html")]
struct StaffPage {
    frame: Frame,
    base: String,
    people: Vec<Person>,
    next: Option<String>,
}

/// The list, oldest first.
pub(super) async fn list(
    visit: Visit,
    Acting(actor): Acting<ManageStaff>,
    Query(from): Query<From>,
) -> Result<Response, ConsoleError> {
    let (account, frame) = (actor.account(), visit.frame());
    let after: Option<StaffId> = from.after.parse().ok();
    let today = visit.ctx().today(account).ok_or(ConsoleError::NotFound)?;
    let mut listed = visit.ctx().store.list_staff(account, after, A_PAGE + 1).await?;
    let more = listed.len() > A_PAGE;
    listed.truncate(A_PAGE);
    let base = format!("/console/{account}/staff");
    let next = listed.last().filter(|_| more).map(|last| format!("{base}?after={}", last.value.id));
    let person = |staff: &crate::domain::staff::Staff| {
        let membership = staff.membership(account)?;
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
        let days = match (membership.from, membership.until) {
            (None, None) => String::new(),
            (from, until) => format!("{} – {}", day(from), day(until)),
        };
        Some(Person {
            href: format!("{base}/person/{}", staff.id),
            name: staff.name.to_string(),
            login: staff.login.as_str().to_owned(),
            roles: role_names(&frame, &membership.roles),
            department: membership.department.as_ref().map_or_else(String::new, ToString::to_string),
            days,
            is_here: membership.holds(today),
        })
    };
    let people = listed.iter().filter_map(|staff| person(&staff.value)).collect();
    Ok(page(&StaffPage { frame, base, people, next }))
}

/// A box for a role.
pub(super) struct RoleBox {
    pub(super) code: &'static str,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) checked: bool,
    pub(super) second: bool,
}

pub(super) fn role_boxes(frame: &Frame, chosen: &[Role]) -> Vec<RoleBox> {
    let one = |role: &Role| RoleBox {
        code: role.code(),
        label: frame.t(&format!("role-{}", role.code())),
        note: frame.t(&format!("role-{}-note", role.code())),
        checked: chosen.contains(role),
        second: role.needs_second_factor(),
    };
    Role::ALL.iter().map(one).collect()
}

/// The account's departments, for a choice; empty where any may be given.
pub(super) fn departments(visit: &Visit) -> Vec<String> {
    let account = visit.account().ok().and_then(|id| visit.ctx().library.account(id));
    account.map_or_else(Vec::new, |account| account.departments.iter().map(ToString::to_string).collect())
}

/// A problem at a field: the field's id and the sentence's key.
pub(super) type Problem = (&'static str, &'static str);

/// Problems in the order in which the fields stand on the page.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let fields = ["name", "login", "roles", "department", "from", "until"];
    problems.sort_by_key(|(field, _)| fields.iter().position(|one| one == field));
    problems
}

/// What was typed about a membership, with everything that is wrong with it.
pub(super) fn read_membership(visit: &Visit, actor: &Managing) -> (Option<Membership>, Vec<Problem>) {
    let (posted, mut problems) = (visit.posted(), Vec::new());
    let roles: Vec<Role> = posted.all("role").filter_map(|role| role.parse().ok()).collect();
    if roles.is_empty() {
        problems.push(("roles", "problem-roles"));
    }
    let department = match posted.text("department") {
        "" => None,
        text => {
            let known = departments(visit);
            let read = text.parse().ok().filter(|_| known.is_empty() || known.iter().any(|one| one == text));
            if read.is_none() {
                problems.push(("department", "problem-department"));
            }
            read
        }
    };
    let mut day = |field: &'static str| match posted.text(field) {
        "" => None,
        text => {
            let read = text.parse::<jiff::civil::Date>().ok();
            if read.is_none() {
                problems.push((field, "problem-day"));
            }
            read
        }
    };
    let (from, until) = (day("from"), day("until"));
    if matches!((from, until), (Some(from), Some(until)) if until < from) {
        problems.push(("until", "problem-days"));
    }
    let membership = Membership { account: actor.account().clone(), roles, department, from, until };
    (problems.is_empty().then_some(membership), problems)
}

#[derive(Template)]
#[template(path = "console/staff_invite.html")]
struct InvitePage {
    frame: Frame,
    action: String,
    roles: Vec<RoleBox>,
    departments: Vec<String>,
    login: String,
    name: String,
    department: String,
    from: String,
    until: String,
    problems: Vec<Problem>,
}

impl InvitePage {
    fn of(visit: &Visit, problems: Vec<Problem>) -> Self {
        let (frame, posted) = (visit.frame(), visit.posted());
        let chosen: Vec<Role> = posted.all("role").filter_map(|role| role.parse().ok()).collect();
        let text = |field| posted.text(field).to_owned();
        Self {
            action: visit.path().to_owned(),
            roles: role_boxes(&frame, &chosen),
            departments: departments(visit),
            login: text("login"),
            name: text("name"),
            department: text("department"),
            from: text("from"),
            until: text("until"),
            problems,
            frame,
        }
    }
}

/// Asks whom to invite.
pub(super) async fn ask_invite(visit: Visit) -> Response {
    page(&InvitePage::of(&visit, Vec::new()))
}

/// Invites, and leads to the link.
pub(super) async fn invite(
    visit: Visit,
    Acting(actor): Acting<ManageStaff>,
) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let (membership, mut problems) = read_membership(&visit, &actor);
    let login = posted.text("login").parse().map_err(|_| problems.push(("login", "problem-login")));
    let name = posted.text("name").parse().map_err(|_| problems.push(("name", "problem-name")));
    if let (Some(membership), Ok(login), Ok(name)) = (membership, login, name) {
        match invite::add_staff(visit.ctx(), &actor, NewStaff { login, name, membership }).await {
            Ok(invited) => {
                let lines = vec![(posted.text("login").to_owned(), link(&visit, &invited.secret))];
                return Ok(see(&show_once(&visit, lines)?));
            }
            Err(StaffError::LoginTaken) => problems.push(("login", "problem-login-taken")),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(page_with_problems(&InvitePage::of(&visit, in_order(problems))))
}

/// The address to hand over.
pub(super) fn link(visit: &Visit, secret: &Secret) -> String {
    visit.link(&format!("/console/-/invitations/{}", secret.expose()))
}

/// Keeps links for one's own eyes; gives the page that shows them.
pub(super) fn show_once(visit: &Visit, lines: Vec<(String, String)>) -> Result<String, ConsoleError> {
    let (ctx, notices) = (visit.ctx(), &visit.state().0.notices);
    let id = notices.keep(&*ctx.entropy, visit.signed()?.token, ctx.clock.now(), lines);
    Ok(format!("/console/{}/staff/links/{id}", visit.account()?))
}

#[derive(Template)]
#[template(path = "console/staff_links.html")]
struct LinksPage {
    frame: Frame,
    base: String,
    links: Option<Vec<(String, String)>>,
}

/// Shows links, for ten minutes.
pub(super) async fn show_links(
    visit: Visit,
    Path((_, notice)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let base = format!("/console/{}/staff", visit.account()?);
    let token = visit.signed()?.token;
    let links = visit.state().0.notices.show(&notice, token, visit.ctx().clock.now());
    Ok(page(&LinksPage { frame: visit.frame(), base, links }))
}
