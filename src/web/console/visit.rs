//! One request of a person to the console, as the gate let it in.

use std::sync::Arc;

use axum::{
    http::{Uri, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{ConsoleState, Page, form::Posted, frame::Frame, peer::Caller, session::WayIn};
use crate::{
    catalogue::ConsoleWords,
    domain::{
        id::AccountId,
        staff::{Actor, Denied, Hash, Origin, Permission, Reason, Session},
    },
    journeys::{
        Ctx,
        staff::recognise::{Recognised, Signed},
    },
    web::error::ConsoleError,
};

/// What a handler knows of a request. Cheap to clone.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

pub(super) struct Inner {
    pub(super) state: ConsoleState,
    pub(super) page: &'static Page,
    /// The whole address.
    pub(super) uri: Uri,
    /// `https://city.example`, under which the browser reached us.
    pub(super) base: String,
    pub(super) caller: Caller,
    pub(super) agent: String,
    pub(super) words: ConsoleWords,
    pub(super) account: Option<AccountId>,
    pub(super) who: Recognised,
    pub(super) posted: Posted,
    /// For the forms of the way in, where there is no session.
    pub(super) way_in: Option<WayIn>,
}

impl Visit {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// What journeys use.
    pub fn ctx(&self) -> &Ctx {
        self.0.state.ctx()
    }

    pub(super) fn state(&self) -> &ConsoleState {
        &self.0.state
    }

    /// The console's sentences in the person's language.
    pub fn words(&self) -> ConsoleWords {
        self.0.words
    }

    /// What was posted; nothing on a GET.
    pub fn posted(&self) -> &Posted {
        &self.0.posted
    }

    /// The path of the address, to which the page's own form is posted.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The whole address below the console's own host.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0.base)
    }

    /// From where the request came.
    pub fn origin(&self) -> Origin {
        Origin { address: self.0.caller.address.to_string(), agent: self.0.agent.clone() }
    }

    /// The account of the address.
    pub fn account(&self) -> Result<&AccountId, ConsoleError> {
        self.0.account.as_ref().ok_or(ConsoleError::NotFound)
    }

    /// Who has signed in.
    pub fn signed(&self) -> Result<&Signed, ConsoleError> {
        match &self.0.who {
            Recognised::Signed(signed) => Ok(signed),
            _ => Err(ConsoleError::Internal),
        }
    }

    /// The session, whether signed in or halfway.
    pub(super) fn session(&self) -> Option<&Session> {
        match &self.0.who {
            Recognised::Signed(signed) => Some(signed.checked.session()),
            Recognised::Halfway(halfway) => Some(&halfway.session),
            Recognised::Nobody => None,
        }
    }

    /// What the tokens of this page's forms are bound to: the session or, on the way in, the browser.
    pub(super) fn form_key(&self) -> Option<Hash> {
        let of_browser = || self.0.way_in.as_ref().map(WayIn::form_key);
        self.session().map(|session| session.form_key).or_else(of_browser)
    }

    /// The proof of a right on the account of the address, for a journey.
    pub fn actor<R: Permission>(&self) -> Result<Actor<R>, Denied> {
        let denied = || Denied { right: R::RIGHT, reason: Reason::NotAMember };
        let (Recognised::Signed(signed), Some(account)) = (&self.0.who, &self.0.account) else {
            return Err(denied());
        };
        let today = self.ctx().today(account).ok_or_else(denied)?;
        signed.checked.actor(account, today)
    }

    /// What every page shows around its own content.
    pub fn frame(&self) -> Frame {
        Frame::of(self)
    }
}

/// A rendered template as an answer.
pub fn page(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            ConsoleError::Internal.into_response()
        }
    }
}

/// The form again, with what is wrong with it.
pub fn page_with_problems(template: &impl askama::Template) -> Response {
    (axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(template)).into_response()
}

/// The page as it is now, for somebody whose change met a colleague's.
pub fn conflicting(page: Response) -> Response {
    (axum::http::StatusCode::CONFLICT, page).into_response()
}

/// Where a form leads when it is done: to a page that may be loaded again.
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}
