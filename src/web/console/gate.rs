//! What happens before and after every handler of the console.
//!
//! Before: is the address let in, is the way encrypted, who is it, may they, was the form made here for
//! them, is it posted for the first time, and for a grave act: is it really them. After: where the form
//! led is kept, and an error becomes a page.

use std::net::SocketAddr;

use askama::Template;
use axum::{
    RequestExt,
    body::Body,
    extract::{ConnectInfo, OriginalUri, RawPathParams, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    ConsoleState, Need, Page,
    form::{self, FormKey, Posted},
    frame::Frame,
    peer::Caller,
    security_keys::{self, Offer},
    session::{self, WayIn},
    sign_on,
    visit::{self, Inner, Visit, see},
};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        id::AccountId,
        staff::{Actor, Denied, Hash, Reason, Right, Stage},
    },
    journeys::staff::{
        Refused, confirm,
        enrol::{self, Link},
        once::{self, Posting},
        recognise::{Recognised, recognise},
        sign_in::Proof,
    },
    web::error::ConsoleError,
};

/// The outermost layer: who is at the other end, and every error as a page.
pub(super) async fn entrance(
    State(state): State<ConsoleState>,
    mut request: Request,
    next: Next,
) -> Response {
    let words = ConsoleWords::new(session::language(request.headers()));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let passed = match peer {
        // A server that does not tell who is there is put together wrongly.
        None => Err(ConsoleError::Internal),
        Some(peer) => let_in(&state, Caller::of(peer, request.headers(), &state.0.trusted_proxies)),
    };
    let mut response = match passed {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    match response.extensions_mut().remove::<ConsoleError>() {
        Some(error) => error_page(words, &error),
        None => response,
    }
}

fn let_in(state: &ConsoleState, caller: Caller) -> Result<Caller, ConsoleError> {
    let allowed = &state.0.allow_from;
    if !allowed.is_empty() && !allowed.iter().any(|network| network.contains(caller.address)) {
        return Err(ConsoleError::NotFromHere);
    }
    if caller.is_safe { Ok(caller) } else { Err(ConsoleError::PlainHttp) }
}

#[derive(Template)]
#[template(path = "console/error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    status: u16,
    title: String,
    what: String,
    administrators: &'a [String],
}

fn error_page(words: ConsoleWords, error: &ConsoleError) -> Response {
    let status = error.status();
    let (title, what) = (format!("error-{}", error.code()), format!("error-{}-what", error.code()));
    let mut administrators: &[String] = &[];
    let what = match error {
        ConsoleError::Wait { seconds } => words.say_with(&what, &[("time", &words_for(words, *seconds))]),
        ConsoleError::Denied { denied, administrators: names } => {
            administrators = names;
            let right = words.say(&format!("right-{}", denied.right.code()));
            let reason = match denied.reason {
                Reason::NotAMember => "denied-not-a-member",
                Reason::NoRole => "denied-no-role",
                Reason::NoSecondFactor => "denied-no-second-factor",
            };
            words.say_with(reason, &[("right", &right)])
        }
        _ => words.say(&what),
    };
    let title = words.say(&title);
    let template = ErrorPage {
        frame: Frame::bare(words).titled(title.clone()),
        status: status.as_u16(),
        title,
        what,
        administrators,
    };
    let mut response = (status, visit::page(&template)).into_response();
    if let ConsoleError::Wait { seconds } = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

/// How long, for people.
pub(super) fn words_for(words: ConsoleWords, seconds: u64) -> String {
    if seconds >= 60 {
        words.say_with("minutes", &[("count", &seconds.div_ceil(60).to_string())])
    } else {
        words.say_with("seconds", &[("count", &seconds.max(1).to_string())])
    }
}

/// The layer around one page.
pub(super) async fn page(
    State((state, page)): State<(ConsoleState, &'static Page)>,
    request: Request,
    next: Next,
) -> Response {
    match pass(state, page, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn pass(
    state: ConsoleState,
    page: &'static Page,
    mut request: Request,
    next: Next,
) -> Result<Response, ConsoleError> {
    let caller = *request.extensions().get::<Caller>().ok_or(ConsoleError::Internal)?;
    let OriginalUri(uri) = request.extract_parts().await.map_err(|_| ConsoleError::Internal)?;
    let who = recognise(state.ctx(), session::token(request.headers()).as_ref()).await?;
    let account = account_of(page, &mut request).await?;
    if let Some(way) = way_in(page, &who, uri.path_and_query().map_or("/console", |p| p.as_str())) {
        return Ok(way);
    }
    if let (Need::Right(right), Recognised::Signed(signed)) = (page.need, &who) {
        let account = account.as_ref().ok_or(ConsoleError::NotFound)?;
        let allowed = match state.ctx().today(account) {
            Some(today) => signed.checked.may(right, account, today),
            // An account that is not there looks like one that is not theirs.
            None => Err(Denied { right, reason: Reason::NotAMember }),
        };
        if let Err(denied) = allowed {
            return Err(explain(&state, account, denied).await);
        }
    }
    let base = base(request.headers(), caller);
    let agent = header_text(request.headers(), header::USER_AGENT).chars().take(120).collect();
    let words = ConsoleWords::new(session::language(request.headers()));
    let is_post = request.method() == Method::POST;
    let (parts, body) = request.into_parts();
    let (posted, body) = if is_post {
        let request = Request::from_parts(parts.clone(), body);
        (Posted::read(request, page.largest).await?, Body::empty())
    } else {
        (Posted::default(), body)
    };
    let now = state.ctx().clock.now();
    // A form that was made while it was young counts to its end.
    let way_in = WayIn::of(&parts.headers, now).filter(|one| is_post || one.is_young(now));
    let is_asked_for = way_in.is_none() && !is_post && page.need == Need::Nothing && !page.passes;
    let new = is_asked_for.then(|| WayIn::new(&*state.ctx().entropy, now));
    let (cookie, way_in) = (new.as_ref().map(WayIn::give), way_in.or(new));
    let inner = Inner { state, page, uri, base, caller, agent, words, account, who, posted, way_in };
    let visit = Visit::new(inner);
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(visit.clone());
    if is_post {
        return take_form(visit, request, next).await;
    }
    let mut response = next.run(request).await;
    if let Some(cookie) = cookie.filter(|_| !response.status().is_redirection()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Runs a posted form, if it was made here and not posted before.
async fn take_form(visit: Visit, request: Request, next: Next) -> Result<Response, ConsoleError> {
    let posted = visit.posted();
    let form_key = visit.form_key().ok_or(ConsoleError::FormExpired)?;
    let key = FormKey::new(form_key).check(posted.text(form::FIELD), visit.path());
    let key = key.ok_or(ConsoleError::FormExpired)?;
    let (Some(session), Some(token)) = (visit.session(), token_of(&visit)) else {
        // On the way in there is no session yet in which a form could count once: a second attempt to sign
        // in is an attempt, and an invitation is good once by itself.
        return Ok(next.run(request).await);
    };
    if visit.inner().page.looks {
        return Ok(next.run(request).await);
    }
    let is_fresh = session.is_fresh(visit.ctx().clock.now());
    if visit.inner().page.grave
        && !is_fresh
        && let Some(asked) = prove(&visit).await?
    {
        return Ok(asked);
    }
    match once::begin(visit.ctx(), &token, &key).await? {
        Posting::First => {}
        Posting::Done(location) => return Ok(see(&location)),
        Posting::Unknown => return Err(ConsoleError::Unknown),
    }
    let response = next.run(request).await;
    let location = (response.status() == StatusCode::SEE_OTHER)
        .then(|| response.headers().get(header::LOCATION)?.to_str().ok().map(str::to_owned))
        .flatten();
    once::finish(visit.ctx(), &token, &key, location).await?;
    Ok(response)
}

#[derive(Template)]
#[template(path = "console/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    action: String,
    with_code: bool,
    /// Where the person has security keys.
    key: Option<Offer>,
    /// Where the person has an account at the city's single sign-on.
    sign_on: Option<sign_on::Offer>,
    /// Somebody who has no password (in the demo) has no proof to give.
    has_password: bool,
    fields: Vec<(String, String)>,
    problem: bool,
}

/// Asks for the proof of identity that a grave act needs, with what was posted kept in the page, or takes
/// the proof that came with it. `None`: go on.
async fn prove(visit: &Visit) -> Result<Option<Response>, ConsoleError> {
    let (posted, signed) = (visit.posted(), visit.signed()?);
    let is_answer = posted.has("confirm-password");
    if is_answer {
        let assertion = security_keys::posted_proof(posted, "confirm-key");
        let code = posted.text("confirm-code");
        let has_signed_on = signed.checked.session().signed_on.is_some();
        let proof = if assertion.is_none() && code.is_empty() && has_signed_on {
            Proof::SignOn
        } else {
            security_keys::proof(visit, assertion.as_ref(), code)?
        };
        let password = posted.raw("confirm-password");
        match confirm::confirm(visit.ctx(), signed, password, proof, &visit.origin()).await {
            Ok(_) => return Ok(None),
            Err(Refused::Wrong) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let factors = enrol::look(visit.ctx(), signed.checked.staff().id).await?;
    let template = ConfirmPage {
        frame: visit.frame(),
        has_password: factors.has_password,
        action: visit.path().to_owned(),
        with_code: factors.has_second(),
        key: (factors.keys > 0).then(|| Offer::to_confirm(visit)),
        sign_on: (factors.link == Link::Usable).then(|| sign_on::Offer::to_confirm(visit)).flatten(),
        fields: posted.again(),
        problem: is_answer,
    };
    Ok(Some(if is_answer { visit::page_with_problems(&template) } else { visit::page(&template) }))
}

fn token_of(visit: &Visit) -> Option<Hash> {
    match &visit.inner().who {
        Recognised::Signed(signed) => Some(signed.token),
        Recognised::Halfway(halfway) => Some(halfway.token),
        Recognised::Nobody => None,
    }
}

/// Sends people to the step of the way in that they have reached; `None`: they may go on.
fn way_in(page: &Page, who: &Recognised, asked: &str) -> Option<Response> {
    match (page.need, who) {
        (Need::Nothing, _)
        | (Need::Halfway, Recognised::Halfway(_))
        | (Need::SignedIn | Need::Right(_), Recognised::Signed(_)) => None,
        (Need::Halfway, Recognised::Signed(_)) => Some(see("/console")),
        (_, Recognised::Halfway(halfway)) => Some(see(if halfway.session.stage == Stage::Enrol {
            "/console/-/enrol"
        } else {
            "/console/-/code"
        })),
        (_, Recognised::Nobody) => {
            let next: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
            Some(see(&format!("/console/-/sign-in?next={next}")))
        }
    }
}

async fn account_of(page: &Page, request: &mut Request) -> Result<Option<AccountId>, ConsoleError> {
    if !page.path.starts_with("/{account}") {
        return Ok(None);
    }
    let params: RawPathParams = request.extract_parts().await.map_err(|_| ConsoleError::NotFound)?;
    let account = params.iter().find(|(name, _)| *name == "account").map(|(_, value)| value.parse());
    account.transpose().map_err(|_| ConsoleError::NotFound)
}

/// Says whom to ask, to people of the account.
async fn explain(state: &ConsoleState, account: &AccountId, denied: Denied) -> ConsoleError {
    let mut administrators = Vec::new();
    if denied.reason == Reason::NoRole {
        let (ctx, today) = (state.ctx(), state.ctx().today(account));
        let listed = ctx.store.list_staff(account, None, 1_000).await.unwrap_or_default();
        administrators = listed
            .iter()
            .filter(|staff| {
                let membership = staff.value.membership(account);
                membership
                    .is_some_and(|m| today.is_some_and(|day| m.holds(day)) && m.grants(Right::ManageStaff))
            })
            .map(|staff| staff.value.name.to_string())
            .take(5)
            .collect();
    }
    ConsoleError::Denied { denied, administrators }
}

/// `https://city.example`, as the browser wrote it.
fn base(headers: &HeaderMap, caller: Caller) -> String {
    let scheme = if caller.is_https { "https" } else { "http" };
    let host = header_text(headers, header::HOST);
    // Shown to the person who sent it, and nobody else.
    let host: String =
        host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(*c)).take(255).collect();
    format!("{scheme}://{host}")
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// So that handlers need not name the domain for it.
pub(super) type Managing = Actor<crate::domain::staff::rights::ManageStaff>;
