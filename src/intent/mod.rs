//! From a resident's words to a decision: pure text in, pure values out.
//!
//! [`source`] reads intent files into [`Content`]; [`Snapshot`] compiles it; [`Snapshot::decide`] says
//! what is to be answered and why. No IO, no clock, no async: a decision can be replayed.
//!
//! The way of a text: [`normalize`] → patterns of [`safety`] → languages → the city's fixed replies →
//! likeness to the examples of [`safety`] → [`personal`] → topics by name, other municipalities and the
//! matchers ([`matcher`]), before which intents and matters of [`elsewhere`] are equal → [`decision`], the only
//! place with thresholds.

pub mod catalog;
pub mod check;
pub mod columns;
pub mod decision;
pub mod diff;
pub mod draft;
pub mod edition;
pub mod elsewhere;
pub mod expression;
pub mod language;
pub mod likeness;
pub mod listing;
pub mod mask;
pub mod matcher;
mod normal;
pub mod personal;
pub mod piece;
pub mod regression;
pub mod rewrite;
pub mod safety;
mod snapshot;
pub mod source;

pub use catalog::{
    Contact, Content, FIXED_KINDS, FixedId, FixedReply, Intent, Link, SAFETY_KINDS, SafetyId, SafetyKind,
    Topic,
};
pub use decision::{Decision, DecisionKind};
pub use elsewhere::{Elsewhere, Matter, MatterId, Whose};
pub use normal::normalize;
pub use snapshot::{Query, Snapshot};
