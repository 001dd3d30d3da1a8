//! The city's rich menus become those of the channel: look, plan, carry out.
//!
//! Nothing is stored here (of menus for some residents alone see [`super::link_menus`]): LINE's own list is the only
//! state, and todoke knows its menus by their names
//! ([`Mark`](crate::domain::menu::Mark)). So whatever was broken off, the next run sees how far it came. Menus
//! that others have made are never touched.

mod carry_out;
mod look;
mod plan;

pub use carry_out::{Stopped, carry_out};
pub use look::{Found, Looked, OurMenu, Refusal, look};
pub use plan::{Plan, PlanError, Step, plan};
