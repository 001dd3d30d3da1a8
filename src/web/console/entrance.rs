//! The way in and out: sign-in, invitation, language, sign-out.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    ConsoleState,
    frame::Frame,
    session,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::{language::Language, staff::Stage},
    journeys::staff::{
        Refused, Secret,
        invite::{self, NotAccepted},
        passwords::WeakPassword,
        recognise::{Recognised, recognise},
        sign_in::{self, Begun},
    },
    web::error::ConsoleError,
};

/// Where somebody wanted to go before signing in.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// A page of the console, and nothing else.
    fn path(&self) -> &str {
        let sound = self.next.starts_with("/console") && !self.next.contains(['\\', '\r', '\n']);
        if sound { &self.next } else { "/console" }
    }
}

/// `/console`: the home page of one's first account.
pub(super) async fn root(
    State(state): State<ConsoleState>,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    match recognise(state.ctx(), session::token(&headers).as_ref()).await? {
        Recognised::Signed(signed) => Ok(match signed.accounts(state.ctx()).next() {
            Some(account) => see(&format!("/console/{account}")),
            None => see("/console/-/me"),
        }),
        Recognised::Halfway(_) => Ok(see("/console/-/me")),
        Recognised::Nobody => Ok(see("/console/-/sign-in")),
    }
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    frame: Frame,
    next: String,
    login: String,
    problem: bool,
}

/// Asks for name and password.
pub(super) async fn show(visit: Visit, Query(next): Query<Next>) -> Response {
    if visit.signed().is_ok() {
        return see(next.path());
    }
    let next = next.path().to_owned();
    page(&SignInPage { frame: visit.frame(), next, login: String::new(), problem: false })
}

/// Takes name and password.
pub(super) async fn sign_in(visit: Visit) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let next = Next { next: posted.text("next").to_owned() }.path().to_owned();
    let login = posted.text("login").to_owned();
    match sign_in::sign_in(visit.ctx(), &login, posted.raw("password"), visit.origin()).await {
        Ok(begun) => Ok(begin(&begun, &next)),
        Err(Refused::Wrong) => {
            let template = SignInPage { frame: visit.frame(), next, login, problem: true };
            Ok(page_with_problems(&template))
        }
        Err(other) => Err(other.into()),
    }
}

/// Gives the cookie and leads to the next step.
pub(super) fn begin(begun: &Begun, next: &str) -> Response {
    let target = match begun.stage {
        Stage::Full => next.to_owned(),
        stage => {
            let step = if stage == Stage::Enrol { "enrol" } else { "code" };
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("/console/-/{step}?next={next}")
        }
    };
    with_cookie(see(&target), session::give(&begun.token))
}

pub(super) fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Ends the session.
pub(super) async fn sign_out(visit: Visit) -> Result<Response, ConsoleError> {
    sign_in::sign_out(visit.ctx(), visit.signed()?.checked.session(), &visit.origin()).await?;
    Ok(with_cookie(see("/console/-/sign-in"), session::take_away()))
}

/// Chooses the language and goes back.
pub(super) async fn choose_language(
    Path(language): Path<String>,
    Query(next): Query<Next>,
) -> Result<Response, ConsoleError> {
    let language = match language.as_str() {
        "ja" => Language::Ja,
        "en" => Language::En,
        _ => return Err(ConsoleError::NotFound),
    };
    Ok(with_cookie(see(next.path()), session::keep_language(language)))
}

#[derive(Template)]
#[template(path = "console/invitation.html")]
struct InvitationPage {
    frame: Frame,
    action: String,
    /// Name and login name; `None` when the invitation is no longer good.
    invited: Option<(String, String)>,
    problem: Option<&'static str>,
}

/// Asks whoever was invited for a password.
pub(super) async fn show_invitation(
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, ConsoleError> {
    let template = invitation_page(&visit, &secret, None).await?;
    let response = page(&template);
    Ok(if template.invited.is_some() {
        response
    } else {
        (axum::http::StatusCode::GONE, response).into_response()
    })
}

async fn invitation_page(
    visit: &Visit,
    secret: &str,
    problem: Option<&'static str>,
) -> Result<InvitationPage, ConsoleError> {
    let invited = match Secret::parse(secret) {
        Some(secret) => invite::load_invited(visit.ctx(), &secret).await?,
        None => None,
    };
    let invited = invited.map(|staff| (staff.name.to_string(), staff.login.as_str().to_owned()));
    Ok(InvitationPage { frame: visit.frame(), action: visit.path().to_owned(), invited, problem })
}

/// Takes the password.
pub(super) async fn accept(visit: Visit, Path(secret): Path<String>) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let (password, again) = (posted.raw("password"), posted.raw("password-again"));
    let problem = match Secret::parse(&secret) {
        _ if password != again => Some("password-differs"),
        Some(secret) => match invite::accept(visit.ctx(), &secret, password, visit.origin()).await {
            Ok(begun) => return Ok(begin(&begun, "/console")),
            Err(NotAccepted::Weak(weak)) => Some(weak_key(weak)),
            Err(NotAccepted::Over) => None,
            Err(NotAccepted::Store(error)) => return Err(error.into()),
        },
        None => None,
    };
    Ok(page_with_problems(&invitation_page(&visit, &secret, problem).await?))
}

/// What is wrong with a password, as a key of the catalogue.
pub(super) fn weak_key(weak: WeakPassword) -> &'static str {
    match weak {
        WeakPassword::Short => "password-short",
        WeakPassword::Long => "password-long",
        WeakPassword::Guessable => "password-guessable",
    }
}
