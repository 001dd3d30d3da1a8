//! Whether the city reaches its people: the daily facts, targets, how they stand and where they lead, and who is told when one
//! gets worse.
//!
//! [`Collector`] collects the facts, a step at a time; [`known`] reads them. [`save`], [`evaluate`] and their like are what
//! staff do with targets; [`outlooks`] is what pages show; [`worsened()`] tells staff once.

mod collect;
mod departments;
mod edit;
mod facts;
mod history;
mod outlook;
mod own;
mod worsened;

pub use collect::{Collector, Step};
pub use departments::{OfDepartment, departments};
pub use edit::{
    MOST, TargetError, Wanted, evaluate, evaluations, list, remove, restore, save, suggested_for,
};
pub use facts::{Known, known, latest, shown};
pub use history::{SUM_DAYS, history};
pub use outlook::{Outlook, outlook, outlooks};
pub use worsened::{recent, worsened};
