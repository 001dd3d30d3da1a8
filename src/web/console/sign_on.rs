//! The city's single sign-on: sending people there and taking them back, and the account there that is theirs.
//!
//! A form may not lead to another site (see the policy), so that whoever is sent gets a page with a link that
//! opens by itself. Whoever comes back comes from another site and so without cookies: a page without a person
//! leads on to one of our own that has them. The state, good once in one session, is what both stand on. All
//! of it works without a script.

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderValue, header},
    response::Response,
};
use serde::Deserialize;

use super::{
    entrance,
    frame::Frame,
    second_factor::{after, session_of, show_once},
    security_keys::Problem,
    session,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    domain::staff::{Errand, Stage},
    journeys::staff::{
        enrol::{self, Link},
        leave_for_sign_on::{NotSent, leave_for_sign_on},
        link_account::{look_at_link, unlink},
        remove_key::NotRemoved,
        return_from_sign_on::{Answer, NotReturned, Returned, return_from_sign_on},
    },
    web::error::ConsoleError,
};

/// What staff call the provider, where there is one.
pub(super) fn name(visit: &Visit) -> Option<String> {
    let provider = visit.ctx().sign_on.as_ref()?;
    Some(provider.label(visit.words().language()).to_owned())
}

/// What `console/sign_on_offer.html` needs: a form that leads to the provider.
pub(super) struct Offer {
    pub(super) action: &'static str,
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) go: &'static str,
    pub(super) next: String,
    /// Whether it opens beside the page, in which something was typed.
    pub(super) beside: bool,
    /// Whether the person has just been there for this.
    pub(super) is_done: bool,
}

impl Offer {
    fn new(visit: &Visit, action: &'static str, what: &'static str, go: &'static str) -> Option<Self> {
        let name = name(visit)?;
        Some(Self { action, name, what, go, next: String::new(), beside: false, is_done: false })
    }

    /// At the second step of the way in.
    pub(super) fn to_come_in(visit: &Visit, next: &str) -> Option<Self> {
        let offer = Self::new(visit, "/console/-/code/sign-on", "sign-on-use-what", "sign-on-use")?;
        Some(Self { next: next.to_owned(), ..offer })
    }

    /// While the first second factor is set up on the way in.
    pub(super) fn to_enrol(visit: &Visit) -> Option<Self> {
        Self::new(visit, "/console/-/enrol/sign-on", "sign-on-link-what", "sign-on-link")
    }

    /// Before a grave act.
    pub(super) fn to_confirm(visit: &Visit) -> Option<Self> {
        let offer =
            Self::new(visit, "/console/-/me/sign-on/prove", "sign-on-confirm-what", "sign-on-confirm")?;
        let now = visit.ctx().clock.now();
        let is_done = visit.session().is_some_and(|session| session.has_signed_on(now));
        Some(Self { beside: true, is_done, ..offer })
    }
}

#[derive(Template)]
#[template(path = "console/sign_on_leave.html")]
struct LeavePage {
    frame: Frame,
    name: String,
    way: String,
}

/// Sends somebody there at the second step of the way in.
pub(super) async fn leave_to_come_in(visit: Visit) -> Result<Response, ConsoleError> {
    leave(&visit, Errand::ComeIn, &after(visit.posted().text("next"))).await
}

/// Sends somebody there to link the first second factor.
pub(super) async fn leave_to_enrol(visit: Visit) -> Result<Response, ConsoleError> {
    leave(&visit, Errand::Link, "/console").await
}

/// Sends somebody there to confirm a grave act.
pub(super) async fn leave_to_confirm(visit: Visit) -> Result<Response, ConsoleError> {
    leave(&visit, Errand::Confirm, "/console").await
}

async fn leave(visit: &Visit, errand: Errand, next: &str) -> Result<Response, ConsoleError> {
    let ((_, session, token), name) = (session_of(visit)?, name(visit).ok_or(ConsoleError::NotFound)?);
    let language = visit.words().language();
    match leave_for_sign_on(visit.ctx(), session, &token, errand, next, language).await {
        Ok(way) => Ok(page(&LeavePage { frame: visit.frame(), name, way })),
        Err(NotSent::NotOffered) => Err(ConsoleError::NotFound),
        Err(NotSent::Provider(_)) => Ok(problem(visit, ("sign-on-down", "sign-on-down-what"), Some(errand))),
        Err(NotSent::Store(error)) => Err(error.into()),
    }
}

/// What the provider's address back carries.
#[derive(Default, Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    iss: String,
}

/// Whatever stands there, it is a page that answers.
type Carried = Result<Query<Brought>, axum::extract::rejection::QueryRejection>;

#[derive(Template)]
#[template(path = "console/sign_on_back.html")]
struct BackPage {
    frame: Frame,
    way: String,
}

/// Where the provider sends people back to: leads on to [`go`], where the browser sends its cookies.
pub(super) async fn back(visit: Visit, brought: Carried) -> Response {
    let brought = brought.map(|Query(brought)| brought).unwrap_or_default();
    let Brought { code, state, error, iss } = &brought;
    let carried = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("code", code), ("state", state), ("error", error), ("iss", iss)])
        .finish();
    let way = format!("/console/-/oidc/go?{carried}");
    let frame = Frame::bare(visit.words()).titled(visit.words().say("sign-on-back"));
    let mut response = page(&BackPage { frame, way });
    // The address holds what is not used yet. The page has no form, which would come from nowhere by this.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[derive(Template)]
#[template(path = "console/sign_on_end.html")]
struct EndPage {
    frame: Frame,
    is_problem: bool,
    title: String,
    what: String,
    again: Option<Again>,
}

/// Takes what was brought back.
pub(super) async fn go(visit: Visit, brought: Carried) -> Result<Response, ConsoleError> {
    let visit = &visit;
    let brought = brought.map(|Query(brought)| brought).unwrap_or_default();
    if brought.state.is_empty() {
        return Ok(see("/console"));
    }
    let Ok((_, session, token)) = session_of(visit) else {
        return Ok(problem(visit, ("sign-on-over", "sign-on-over-what"), None));
    };
    let Brought { code, state, error, iss } = &brought;
    let answer = Answer { code, state, error, issuer: iss };
    let returned = match return_from_sign_on(visit.ctx(), session, &token, &answer, visit.origin()).await {
        Ok(returned) => returned,
        Err(NotReturned::Refused(refused)) => return Err(refused.into()),
        Err(error) => {
            let (told, errand) = told(&error, session.stage);
            return Ok(problem(visit, told, Some(errand)));
        }
    };
    Ok(match returned {
        Returned::CameIn(begun, next) => entrance::begin(&begun, &next),
        Returned::LinkedFirst(enrolled) => {
            let shown = show_once(visit, enrolled.token.hash(), enrolled.recovery_codes);
            entrance::with_cookie(see(&shown), session::give(&enrolled.token))
        }
        Returned::Linked => see("/console/-/me/sign-on"),
        Returned::Confirmed => {
            page(&end_page(visit, ("sign-on-confirmed", "sign-on-confirmed-what"), false, None))
        }
    })
}

/// By which key a failure is told, and what the person was about.
fn told(error: &NotReturned, stage: Stage) -> (Problem, Errand) {
    let by_stage = match stage {
        Stage::SecondFactor => Errand::ComeIn,
        Stage::Enrol | Stage::Full => Errand::Link,
    };
    match error {
        NotReturned::BrokenOff(errand) => (("sign-on-broken-off", "sign-on-broken-off-what"), *errand),
        NotReturned::Provider(errand) => (("sign-on-down", "sign-on-down-what"), *errand),
        NotReturned::OtherAccount(errand) => {
            (("sign-on-other-account", "sign-on-other-account-what"), *errand)
        }
        NotReturned::Unsound(errand) => (("sign-on-unsound", "sign-on-unsound-what"), *errand),
        NotReturned::NotStrong(errand) => (("sign-on-not-strong", "sign-on-not-strong-what"), *errand),
        NotReturned::Taken => (("sign-on-taken", "sign-on-taken-what"), by_stage),
        NotReturned::NotAnew => (("sign-on-not-anew", "sign-on-not-anew-what"), Errand::Confirm),
        NotReturned::Over | NotReturned::Refused(_) => (("sign-on-over", "sign-on-over-what"), by_stage),
    }
}

/// A page from which to go on: its address and the key of its name.
type Again = (&'static str, &'static str);

/// What went wrong and what to do; without an errand nobody has signed in. Not a 5xx even where the provider is
/// down: proxies like to put a page of their own in place of those.
fn problem(visit: &Visit, told: Problem, errand: Option<Errand>) -> Response {
    let stage = visit.session().map(|session| session.stage);
    let again = match (errand, stage) {
        (None, _) => Some(("/console/-/sign-in", "sign-in")),
        (Some(Errand::ComeIn), _) => Some(("/console/-/code", "sign-on-again")),
        (Some(Errand::Link), Some(Stage::Enrol)) => Some(("/console/-/enrol", "sign-on-again")),
        (Some(Errand::Link), _) => Some(("/console/-/me/sign-on", "sign-on-again")),
        // The form waits in another tab.
        (Some(Errand::Confirm), _) => None,
    };
    page_with_problems(&end_page(visit, told, true, again))
}

fn end_page(visit: &Visit, (title, what): Problem, is_problem: bool, again: Option<Again>) -> EndPage {
    let (mut frame, name) = (visit.frame(), name(visit).unwrap_or_else(|| visit.words().say("sign-on")));
    let title = frame.tv(title, "name", &name);
    let what = frame.tv(what, "name", &name);
    // This address was good once; and it is copied nowhere.
    frame.language_href = Frame::bare(visit.words()).language_href;
    EndPage { frame: frame.titled(title.clone()), is_problem, title, what, again }
}

struct Linked {
    since: String,
    used: String,
    /// Whether it may be let go of.
    is_last: bool,
    /// Whether it is of the provider that there is.
    is_of_provider: bool,
}

#[derive(Template)]
#[template(path = "console/sign_on.html")]
struct SignOnPage {
    frame: Frame,
    action: String,
    name: Option<String>,
    linked: Option<Linked>,
    problem: Option<Problem>,
}

/// Shows what is linked.
pub(super) async fn show(visit: Visit) -> Result<Response, ConsoleError> {
    Ok(page(&sign_on_page(&visit, None).await?))
}

async fn sign_on_page(visit: &Visit, problem: Option<Problem>) -> Result<SignOnPage, ConsoleError> {
    let (ctx, signed) = (visit.ctx(), visit.signed()?);
    let staff = signed.checked.staff();
    let factors = enrol::look(ctx, staff.id).await?;
    let zone = super::me::zone_of(ctx, staff);
    let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string();
    let linked = look_at_link(ctx, signed).await?.map(|linked| Linked {
        since: day(linked.since),
        used: linked.used.map_or_else(|| "–".to_owned(), day),
        is_last: !factors.has_app && factors.keys == 0 && staff.needs_second_factor(),
        is_of_provider: factors.link == Link::Usable,
    });
    let (frame, action) = (visit.frame(), visit.path().to_owned());
    Ok(SignOnPage { frame, action, name: name(visit), linked, problem })
}

/// Links or lets go; that it is really them was asked before (see `gate`).
pub(super) async fn act(visit: Visit) -> Result<Response, ConsoleError> {
    match visit.posted().text("act") {
        "link" => leave(&visit, Errand::Link, "/console/-/me/sign-on").await,
        "unlink" => match unlink(visit.ctx(), visit.signed()?, &visit.origin()).await {
            Ok(()) => Ok(see("/console/-/me/sign-on")),
            Err(NotRemoved::Unknown) => Err(ConsoleError::NotFound),
            Err(NotRemoved::Last) => {
                let problem = Some(("key-last", "sign-on-last-what"));
                Ok(page_with_problems(&sign_on_page(&visit, problem).await?))
            }
            Err(NotRemoved::Store(error)) => Err(error.into()),
        },
        _ => Err(ConsoleError::BadForm),
    }
}
