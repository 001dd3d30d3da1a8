//! Announcements: written, looked at by a second person, held, sent, put right.
//!
//! Whoever opens the console sees what went out, since residents ask about it on the telephone; what is on its way is
//! for those who write, send, approve or audit. The words are LINE's: accepted (受付), never delivered.

mod after;
pub(super) mod compose;
pub(super) mod deputies;
mod form;
pub(super) mod gate;
pub(super) mod history;
pub(super) mod list;
mod look;
mod progress;
pub(super) mod templates;
pub(super) mod view;
mod words;

pub(super) use look::fragment as preview;
pub(super) use progress::fragment as progress_now;

use super::visit::Visit;
use crate::{
    domain::{
        account::Account,
        announcement::{Announcement, AnnouncementId, Stage},
        staff::{
            Actor,
            rights::{Announce, Approve, ReadAudit, ViewConsole, WriteDrafts},
        },
    },
    journeys::announce,
    store::staff::Versioned,
    web::error::ConsoleError,
};

/// The account of the address.
fn account(visit: &Visit) -> Result<&Account, ConsoleError> {
    visit.ctx().library.account(visit.account()?).ok_or(ConsoleError::NotFound)
}

/// The address of the list.
fn base(visit: &Visit) -> Result<String, ConsoleError> {
    Ok(format!("/console/{}/announcements", visit.account()?))
}

/// The address of one.
fn address(visit: &Visit, id: AnnouncementId) -> Result<String, ConsoleError> {
    Ok(format!("{}/a/{id}", base(visit)?))
}

/// Whether the person may know of it: of what went out everybody, of the rest those who have to do with it.
fn is_shown(visit: &Visit, announcement: &Announcement) -> bool {
    let went_out = matches!(
        announcement.way.stage(),
        Stage::Sending { .. } | Stage::Sent { .. } | Stage::Cancelled { begun: true, .. }
    );
    let sees_all = visit.actor::<Announce>().is_ok()
        || visit.actor::<Approve>().is_ok()
        || visit.actor::<ReadAudit>().is_ok();
    let wrote_it = visit.actor::<WriteDrafts>().is_ok_and(|actor| actor.doer().is(announcement.way.author()));
    went_out || sees_all || wrote_it
}

/// The announcement of an address.
async fn load(
    visit: &Visit,
    actor: &Actor<ViewConsole>,
    id: &str,
) -> Result<Versioned<Announcement>, ConsoleError> {
    let id = id.parse().map_err(|_| ConsoleError::NotFound)?;
    let known = announce::open(visit.ctx(), actor, id).await?;
    if is_shown(visit, &known.value) { Ok(known) } else { Err(ConsoleError::NotFound) }
}
