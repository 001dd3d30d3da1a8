//! From a resident's words to a decision: pure text in, pure values out.
//!
//! [`source`] reads intent files into [`Content`]; [`Snapshot`] compiles it; [`Snapshot::decide`] says
//! what is to be answered and why. No IO, no clock, no async: a decision can be replayed.
//!
//! The way of a text: [`normalize`] → [`safety`] → [`personal`] → languages → the city's fixed replies →
//! the matchers ([`matcher`]) → [`decision`], the only place with thresholds.

pub mod catalog;
pub mod check;
pub mod decision;
pub mod language;
pub mod matcher;
mod normal;
pub mod personal;
pub mod safety;
mod snapshot;
pub mod source;

pub use catalog::{Contact, Content, FixedId, FixedReply, Intent, SafetyId, SafetyKind, Topic};
pub use decision::{Decision, DecisionKind};
pub use normal::normalize;
pub use snapshot::{Query, Snapshot};
