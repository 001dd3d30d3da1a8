//! The pages on which people keep what the bot says: list, editor, publishing, history, tables, conflicts.
//!
//! Every page works on the desk of `journeys::curate`. What people typed is never lost: a page that refuses
//! shows it again, beside what stands in its way.

pub(super) mod conflict;
pub(super) mod due;
pub(super) mod editor;
mod fields;
pub(super) mod history;
pub(super) mod list;
mod meanwhile;
pub(super) mod publish;
pub(super) mod reassign;
pub(super) mod return_to;
pub(super) mod table;
pub(super) mod topic;
pub(super) mod topics;
mod words;

use std::sync::Arc;

use super::visit::Visit;
use crate::{
    domain::{account::Account, id::AccountId},
    journeys::curate::{Desk, Published},
    web::error::ConsoleError,
};

/// What every page here works on.
struct Place<'a> {
    desk: &'a Desk,
    account: &'a Account,
    head: Arc<Published>,
    /// The address of the list.
    base: String,
}

impl<'a> Place<'a> {
    fn of(visit: &'a Visit) -> Result<Self, ConsoleError> {
        let (desk, id): (&Desk, &AccountId) = (&visit.state().0.desk, visit.account()?);
        let account = desk.library.account(id).ok_or(ConsoleError::NotFound)?;
        let head = desk.published(id).ok_or(ConsoleError::NotFound)?;
        Ok(Self { desk, account, head, base: format!("/console/{id}/intents") })
    }

    fn today(&self) -> jiff::civil::Date {
        self.desk.today(self.account)
    }
}
