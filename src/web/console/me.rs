//! One's own account: sessions, password, second factor, language.

use askama::Template;
use axum::{extract::Path, response::Response};

use super::{
    entrance::{weak_key, with_cookie},
    frame::Frame,
    session, sign_on,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{SessionId, Staff},
    journeys::{
        Ctx,
        staff::{
            enrol::{self, Link},
            revoke, set_password,
            set_password::NotSet,
        },
    },
    web::error::ConsoleError,
};

struct SessionRow {
    id: String,
    begun: String,
    seen: String,
    address: String,
    agent: String,
    is_this: bool,
    form: String,
}

struct Role {
    account: String,
    roles: String,
    until: String,
}

#[derive(Template)]
#[template(path = "console/me.html")]
struct MePage {
    frame: Frame,
    login: String,
    roles: Vec<Role>,
    sessions: Vec<SessionRow>,
    has_factor: bool,
    has_app: bool,
    keys: usize,
    /// What staff call the city's single sign-on, where there is one or an account of one is linked.
    sign_on: Option<String>,
    has_link: bool,
    codes_left: usize,
}

/// Shows it.
pub(super) async fn show(visit: Visit) -> Result<Response, ConsoleError> {
    let (ctx, signed, frame) = (visit.ctx(), visit.signed()?, visit.frame());
    let staff = signed.checked.staff();
    let factors = enrol::look(ctx, staff.id).await?;
    let zone = zone_of(ctx, staff);
    let time = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let this = signed.checked.session().id;
    let sessions = revoke::list_own(ctx, &signed.checked).await?;
    let sessions = sessions.into_iter().map(|session| SessionRow {
        begun: time(session.begun),
        seen: time(session.seen),
        address: session.origin.address,
        agent: session.origin.agent,
        is_this: session.id == this,
        form: frame.form(&format!("/console/-/me/sessions/{}", session.id)),
        id: session.id.to_string(),
    });
    let roles = staff.memberships.iter().map(|membership| Role {
        account: ctx.library.account(&membership.account).map_or_else(String::new, |a| a.name.clone()),
        roles: role_names(&frame, &membership.roles),
        until: membership.until.map_or_else(String::new, |day| day.to_string()),
    });
    let template = MePage {
        login: staff.login.as_str().to_owned(),
        roles: roles.collect(),
        sessions: sessions.collect(),
        has_factor: factors.has_second(),
        has_app: factors.has_app,
        keys: factors.keys,
        sign_on: sign_on::name(&visit).or_else(|| (factors.link != Link::None).then(|| frame.t("sign-on"))),
        has_link: factors.link != Link::None,
        codes_left: factors.codes_left,
        frame,
    };
    Ok(page(&template))
}

/// The time zone in which somebody reads times: that of the first account.
pub(super) fn zone_of(ctx: &Ctx, staff: &Staff) -> jiff::tz::TimeZone {
    let first = staff.memberships.first().and_then(|one| ctx.library.account(&one.account));
    first.map_or(jiff::tz::TimeZone::UTC, |account| account.time_zone.clone())
}

/// Roles by their names.
pub(super) fn role_names(frame: &Frame, roles: &[crate::domain::staff::Role]) -> String {
    let names: Vec<String> = roles.iter().map(|role| frame.t(&format!("role-{}", role.code()))).collect();
    names.join("・")
}

/// Ends one of one's sessions.
pub(super) async fn end_session(visit: Visit, Path(session): Path<String>) -> Result<Response, ConsoleError> {
    let session: SessionId = session.parse().map_err(|_| ConsoleError::NotFound)?;
    let signed = visit.signed()?;
    if !revoke::end_own(visit.ctx(), &signed.checked, session).await? {
        return Err(ConsoleError::NotFound);
    }
    if session == signed.checked.session().id {
        return Ok(with_cookie(see("/console/-/sign-in"), session::take_away()));
    }
    Ok(see("/console/-/me"))
}

#[derive(Template)]
#[template(path = "console/password.html")]
struct PasswordPage {
    frame: Frame,
    action: String,
    problem: Option<&'static str>,
}

/// Asks for a new password.
pub(super) async fn ask_password(visit: Visit) -> Response {
    page(&PasswordPage { frame: visit.frame(), action: visit.path().to_owned(), problem: None })
}

/// Takes it; that it is really them was asked before (see `gate`).
pub(super) async fn set_password(visit: Visit) -> Result<Response, ConsoleError> {
    let (posted, signed) = (visit.posted(), visit.signed()?);
    let password = posted.raw("password");
    let problem = if password == posted.raw("password-again") {
        match set_password::set_password(visit.ctx(), signed, password, &visit.origin()).await {
            Ok(()) => return Ok(see("/console/-/me")),
            Err(NotSet::Weak(weak)) => weak_key(weak),
            Err(NotSet::Store(error)) => return Err(error.into()),
        }
    } else {
        "password-differs"
    };
    let (frame, action) = (visit.frame(), visit.path().to_owned());
    Ok(page_with_problems(&PasswordPage { frame, action, problem: Some(problem) }))
}
