//! What is said of a page in the list of all pages.

use axum::routing::MethodRouter;

use super::{ConsoleState, Section, form};
use crate::domain::staff::Right;

/// What somebody needs to open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the way in.
    Nothing,
    /// The password was given; what is missing is asked for on this page.
    Halfway,
    /// Signed in, whatever the roles.
    SignedIn,
    /// A right on the account of the address.
    Right(Right),
}

/// One page.
pub struct Page {
    /// Below `/console`; pages of an account begin with `/{account}`, others with `/-`, which is no account.
    pub path: &'static str,
    /// Its title's key in the catalogue.
    pub label: &'static str,
    /// What it takes to open it, or to post to it.
    pub need: Need,
    /// Where it stands in the menu; `None`: nowhere.
    pub section: Option<Section>,
    /// Whether a post needs a proof of identity of the last five minutes.
    pub grave: bool,
    /// Whether a post only looks, and so may be sent again and again.
    pub looks: bool,
    /// Whether the page has no form of its own and is opened from elsewhere: nothing is given to the browser.
    pub passes: bool,
    /// The largest form, in bytes.
    pub largest: usize,
    /// Its handlers.
    pub routes: fn() -> MethodRouter<ConsoleState>,
}

impl Page {
    pub(super) const fn new(
        path: &'static str,
        label: &'static str,
        need: Need,
        routes: fn() -> MethodRouter<ConsoleState>,
    ) -> Self {
        Self {
            path,
            label,
            need,
            section: None,
            grave: false,
            looks: false,
            passes: false,
            largest: form::LARGEST,
            routes,
        }
    }

    pub(super) const fn in_menu(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    pub(super) const fn looking(mut self) -> Self {
        self.looks = true;
        self
    }

    pub(super) const fn passing(mut self) -> Self {
        self.passes = true;
        self
    }

    pub(super) const fn taking(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    pub(super) const fn grave(mut self) -> Self {
        self.grave = true;
        self
    }
}
