//! The second factor: asked for at sign-in, set up with a QR code, and its recovery codes.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

use super::{
    entrance,
    frame::Frame,
    security_keys::{self, Offer, Problem, WRONG},
    session, sign_on,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{Hash, Session, Staff, Stage},
    journeys::staff::{
        Refused,
        enrol::{self, Enrolled, Link},
        recognise::{Halfway, Recognised},
        sign_in,
    },
    web::{error::ConsoleError, qr::qr},
};

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    next: String,
}

pub(super) fn after(next: &str) -> String {
    let sound = next.starts_with("/console") && !next.contains(['\\', '\r', '\n']);
    if sound { next.to_owned() } else { "/console".to_owned() }
}

#[derive(Template)]
#[template(path = "console/code.html")]
struct CodePage {
    frame: Frame,
    next: String,
    /// Where the person has security keys.
    key: Option<Offer>,
    /// Where the person has an account at the city's single sign-on.
    sign_on: Option<sign_on::Offer>,
    problem: Option<Problem>,
}

async fn code_page(visit: &Visit, next: String, problem: Option<Problem>) -> Result<CodePage, ConsoleError> {
    let factors = enrol::look(visit.ctx(), session_of(visit)?.0.id).await?;
    let key = (factors.keys > 0).then(|| Offer::to_come_in(visit));
    let sign_on = (factors.link == Link::Usable).then(|| sign_on::Offer::to_come_in(visit, &next)).flatten();
    Ok(CodePage { frame: visit.frame(), next, key, sign_on, problem })
}

/// Asks for the code of the app, a recovery code or a security key.
pub(super) async fn ask(visit: Visit, Query(query): Query<After>) -> Result<Response, ConsoleError> {
    Ok(page(&code_page(&visit, after(&query.next), None).await?))
}

/// Takes it.
pub(super) async fn prove(visit: Visit) -> Result<Response, ConsoleError> {
    let next = after(visit.posted().text("next"));
    let assertion = security_keys::posted_proof(visit.posted(), "key");
    let proof = security_keys::proof(&visit, assertion.as_ref(), visit.posted().text("code"))?;
    match sign_in::prove(visit.ctx(), halfway(&visit)?, proof, visit.origin()).await {
        Ok(begun) => Ok(entrance::begin(&begun, &next)),
        Err(Refused::Wrong) => {
            let problem = if assertion.is_some() { WRONG } else { ("code-wrong", "code-wrong-what") };
            Ok(page_with_problems(&code_page(&visit, next, Some(problem)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

fn halfway(visit: &Visit) -> Result<&Halfway, ConsoleError> {
    match &visit.inner().who {
        Recognised::Halfway(halfway) => Ok(halfway),
        _ => Err(ConsoleError::Internal),
    }
}

pub(super) fn session_of(visit: &Visit) -> Result<(&Staff, &Session, Hash), ConsoleError> {
    match &visit.inner().who {
        Recognised::Halfway(halfway) => Ok((&halfway.staff, &halfway.session, halfway.token)),
        Recognised::Signed(signed) => Ok((signed.checked.staff(), signed.checked.session(), signed.token)),
        Recognised::Nobody => Err(ConsoleError::Internal),
    }
}

#[derive(Template)]
#[template(path = "console/enrol.html")]
struct EnrolPage {
    frame: Frame,
    action: String,
    qr: String,
    uri: String,
    typed: String,
    /// Where the first second factor is set up on the way in; under one's own account keys have a page of
    /// their own.
    key: Option<Offer>,
    /// The same, of an account at the city's single sign-on.
    sign_on: Option<sign_on::Offer>,
    problem: Option<Problem>,
}

/// Offers a seed.
pub(super) async fn offer(visit: Visit) -> Result<Response, ConsoleError> {
    enrol_page(&visit, None)
        .await
        .map(|found| found.map_or_else(|| see("/console/-/code"), |template| page(&template)))
}

async fn enrol_page(visit: &Visit, problem: Option<Problem>) -> Result<Option<EnrolPage>, ConsoleError> {
    let (staff, session, token) = session_of(visit)?;
    let Some(offer) = enrol::offer(visit.ctx(), staff, session, &token).await? else { return Ok(None) };
    let (frame, action) = (visit.frame(), visit.path().to_owned());
    let key = (session.stage == Stage::Enrol).then(|| Offer::to_enrol(visit));
    let sign_on = (session.stage == Stage::Enrol).then(|| sign_on::Offer::to_enrol(visit)).flatten();
    let (qr, uri, typed) = (qr(&offer.uri), offer.uri, offer.key);
    Ok(Some(EnrolPage { frame, action, qr, uri, typed, key, sign_on, problem }))
}

/// Takes the first code, or a key, and leads to the recovery codes.
pub(super) async fn enrol(visit: Visit) -> Result<Response, ConsoleError> {
    if visit.posted().has("key-attestation") {
        return match security_keys::add(&visit).await? {
            Ok(response) => Ok(response),
            Err(problem) => enrol_again(&visit, problem).await,
        };
    }
    let (_, session, token) = session_of(&visit)?;
    let code = visit.posted().text("code");
    match enrol::enrol(visit.ctx(), session, &token, code, visit.origin()).await {
        Ok(Enrolled { token, recovery_codes }) => {
            let shown = show_once(&visit, token.hash(), recovery_codes);
            Ok(entrance::with_cookie(see(&shown), session::give(&token)))
        }
        Err(Refused::Wrong) => enrol_again(&visit, ("code-wrong", "enrol-wrong-what")).await,
        Err(other) => Err(other.into()),
    }
}

async fn enrol_again(visit: &Visit, problem: Problem) -> Result<Response, ConsoleError> {
    match enrol_page(visit, Some(problem)).await? {
        Some(template) => Ok(page_with_problems(&template)),
        None => Ok(see("/console/-/code")),
    }
}

#[derive(Template)]
#[template(path = "console/new_codes.html")]
struct NewCodesPage {
    frame: Frame,
    action: String,
}

/// Asks whether new recovery codes are wanted.
pub(super) async fn ask_new_codes(visit: Visit) -> Response {
    page(&NewCodesPage { frame: visit.frame(), action: visit.path().to_owned() })
}

/// Makes them.
pub(super) async fn renew_codes(visit: Visit) -> Result<Response, ConsoleError> {
    let (_, session, token) = session_of(&visit)?;
    let codes = enrol::renew_recovery_codes(visit.ctx(), session, &visit.origin()).await?;
    Ok(see(&show_once(&visit, token, codes)))
}

pub(super) fn show_once(visit: &Visit, session: Hash, codes: Vec<String>) -> String {
    let lines = codes.into_iter().enumerate().map(|(n, code)| ((n + 1).to_string(), code)).collect();
    let (ctx, notices) = (visit.ctx(), &visit.state().0.notices);
    let id = notices.keep(&*ctx.entropy, session, ctx.clock.now(), lines);
    format!("/console/-/me/recovery-codes/{id}")
}

#[derive(Template)]
#[template(path = "console/recovery_codes.html")]
struct RecoveryCodesPage {
    frame: Frame,
    codes: Option<Vec<(String, String)>>,
    login: String,
}

/// Shows them, for ten minutes.
pub(super) async fn show_codes(visit: Visit, Path(notice): Path<String>) -> Result<Response, ConsoleError> {
    let signed = visit.signed()?;
    let codes = visit.state().0.notices.show(&notice, signed.token, visit.ctx().clock.now());
    let login = signed.checked.staff().login.as_str().to_owned();
    Ok(page(&RecoveryCodesPage { frame: visit.frame(), codes, login }))
}
