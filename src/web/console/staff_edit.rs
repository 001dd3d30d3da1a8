//! One person: what they are on the account, a new invitation, their sessions, a lost second factor.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    frame::Frame,
    session::Acting,
    staff::{Problem, RoleBox, departments, in_order, link, read_membership, role_boxes, show_once},
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{PersonName, Role, Staff, StaffId, Version, rights::ManageStaff},
    journeys::staff::{
        StaffError, change_staff::change_staff, enrol, invite, reset_factor::reset_factor, revoke::revoke,
    },
    store::staff::Versioned,
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/staff_edit.html")]
struct EditPage {
    frame: Frame,
    action: String,
    base: String,
    login: String,
    version: u64,
    name: String,
    roles: Vec<RoleBox>,
    departments: Vec<String>,
    department: String,
    from: String,
    until: String,
    is_oneself: bool,
    has_factor: bool,
    is_reset_asked: bool,
    problems: Vec<Problem>,
}

/// The person of the address, if one of the account.
async fn load(visit: &Visit, staff: &str) -> Result<Versioned<Staff>, ConsoleError> {
    let id: StaffId = staff.parse().map_err(|_| ConsoleError::NotFound)?;
    let account = visit.account()?;
    let found = visit.ctx().store.load_staff(id).await?;
    found.filter(|staff| staff.value.membership(account).is_some()).ok_or(ConsoleError::NotFound)
}

/// Shows the person.
pub(super) async fn show(
    visit: Visit,
    Path((_, staff)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let staff = load(&visit, &staff).await?;
    Ok(page(&edit_page(&visit, &staff, Vec::new()).await?))
}

async fn edit_page(
    visit: &Visit,
    staff: &Versioned<Staff>,
    problems: Vec<Problem>,
) -> Result<EditPage, ConsoleError> {
    let (frame, posted, account) = (visit.frame(), visit.posted(), visit.account()?);
    let factors = enrol::look(visit.ctx(), staff.value.id).await?;
    let membership = staff.value.membership(account).ok_or(ConsoleError::NotFound)?;
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    let title = staff.value.name.to_string();
    let mut edit = EditPage {
        action: visit.path().to_owned(),
        base: format!("/console/{account}/staff"),
        login: staff.value.login.as_str().to_owned(),
        version: staff.version.0,
        name: title.clone(),
        roles: role_boxes(&frame, &membership.roles),
        departments: departments(visit),
        department: membership.department.as_ref().map_or_else(String::new, ToString::to_string),
        from: day(membership.from),
        until: day(membership.until),
        is_oneself: visit.signed()?.checked.staff().id == staff.value.id,
        has_factor: factors.has_second(),
        is_reset_asked: factors.is_reset_asked,
        problems,
        frame: frame.titled(title),
    };
    if !edit.problems.is_empty() {
        // What was typed stays, with what is wrong with it beside it.
        let chosen: Vec<Role> = posted.all("role").filter_map(|role| role.parse().ok()).collect();
        edit.roles = role_boxes(&edit.frame, &chosen);
        for (slot, field) in [
            (&mut edit.name, "name"),
            (&mut edit.department, "department"),
            (&mut edit.from, "from"),
            (&mut edit.until, "until"),
        ] {
            posted.text(field).clone_into(slot);
        }
        edit.version = posted.text("version").parse().unwrap_or(edit.version);
    }
    Ok(edit)
}

/// Does what the pressed button says.
pub(super) async fn change(
    visit: Visit,
    Acting(actor): Acting<ManageStaff>,
    Path((_, staff)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let staff = load(&visit, &staff).await?;
    let (ctx, id, posted) = (visit.ctx(), staff.value.id, visit.posted());
    match posted.text("act") {
        "invite" => {
            let invited = invite::invite_again(ctx, &actor, id).await?;
            let lines = vec![(staff.value.login.as_str().to_owned(), link(&visit, &invited.secret))];
            Ok(see(&show_once(&visit, lines)?))
        }
        "revoke" => {
            revoke(ctx, &actor, id).await?;
            Ok(see(visit.path()))
        }
        "reset" => match reset_factor(ctx, &actor, id).await {
            Ok(_) => Ok(see(visit.path())),
            Err(StaffError::NoFactor) => Err(ConsoleError::Conflict),
            Err(other) => Err(other.into()),
        },
        "change" => {
            let (membership, mut problems) = read_membership(&visit, &actor);
            let name: Option<PersonName> = posted.text("name").parse().ok();
            if name.is_none() {
                problems.push(("name", "problem-name"));
            }
            let (Some(membership), Some(name)) = (membership, name) else {
                return Ok(page_with_problems(&edit_page(&visit, &staff, in_order(problems)).await?));
            };
            let expected = Version(posted.text("version").parse().map_err(|_| ConsoleError::BadForm)?);
            change_staff(ctx, &actor, id, expected, name, membership).await?;
            Ok(see(&format!("/console/{}/staff", actor.account())))
        }
        _ => Err(ConsoleError::BadForm),
    }
}
