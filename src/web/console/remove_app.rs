//! Removing one's authenticator app, where another second factor is there.

use askama::Template;
use axum::response::Response;

use super::{
    frame::Frame,
    visit::{Visit, page, page_with_problems, see},
};
use crate::{
    journeys::staff::{enrol, remove_app::remove_app, remove_key::NotRemoved},
    web::error::ConsoleError,
};

#[derive(Template)]
#[template(path = "console/remove_app.html")]
struct RemoveAppPage {
    frame: Frame,
    action: String,
    is_last: bool,
    was_tried: bool,
}

/// Asks whether it is to be removed, or says why it cannot be.
pub(super) async fn ask(visit: Visit) -> Result<Response, ConsoleError> {
    let staff = visit.signed()?.checked.staff();
    let factors = enrol::look(visit.ctx(), staff.id).await?;
    if !factors.has_app {
        return Ok(see("/console/-/me"));
    }
    let is_last = !factors.has_beside_app() && staff.needs_second_factor();
    Ok(page(&remove_page(&visit, is_last, false)))
}

/// Removes it; that it is really them was asked before (see `gate`).
pub(super) async fn go(visit: Visit) -> Result<Response, ConsoleError> {
    match remove_app(visit.ctx(), visit.signed()?, &visit.origin()).await {
        Ok(()) => Ok(see("/console/-/me")),
        Err(NotRemoved::Unknown) => Err(ConsoleError::NotFound),
        Err(NotRemoved::Last) => Ok(page_with_problems(&remove_page(&visit, true, true))),
        Err(NotRemoved::Store(error)) => Err(error.into()),
    }
}

fn remove_page(visit: &Visit, is_last: bool, was_tried: bool) -> RemoveAppPage {
    RemoveAppPage { frame: visit.frame(), action: visit.path().to_owned(), is_last, was_tried }
}
